"""Readers of what is to be counted: a grammar of words that has to account for every one of them."""
