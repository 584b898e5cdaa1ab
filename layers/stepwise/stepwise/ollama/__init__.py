"""The model host: its port, and Ollama behind it."""
