"""Ollama's protocol over HTTP."""
