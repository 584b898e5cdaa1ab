"""AWS in memory, and the few calls that the stack itself makes of it."""
