"""Parse what the model wrote into the fields of the HTTP contract."""
