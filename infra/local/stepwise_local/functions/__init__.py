"""Lambda environments: processes that run the functions of the bundle."""
