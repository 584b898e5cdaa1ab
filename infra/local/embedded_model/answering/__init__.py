"""From a conversation to the text of an answer."""
