"""Word problems of primary school: read clause by clause, and only where every clause and number has its place."""
