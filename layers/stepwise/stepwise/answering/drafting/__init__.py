"""Generate one answer with the model: calls, continuations, and closing the thinking."""
