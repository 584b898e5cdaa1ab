"""Witnesses of an answer: asked without having seen it, and what their votes make of it."""
