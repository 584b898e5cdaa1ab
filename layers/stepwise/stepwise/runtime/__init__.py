"""A Lambda runtime for Python that can stream responses."""
