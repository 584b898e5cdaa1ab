"""What the model wrote, as the fields of the HTTP contract."""
