"""The bundle on one machine: gateway, Lambda environments, a local AWS, an embedded model."""
