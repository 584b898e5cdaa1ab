"""The equalities that a worked solution writes down."""
