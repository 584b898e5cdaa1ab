"""The local AWS, and the few calls that the stack itself makes of it."""
