"""The bundle on one machine: gateway, Lambda environments, AWS in memory, an embedded model."""
