"""Write one answer with the model: calls, continuations, and the end of a thinking."""
