"""Families about whole numbers: their properties, their digits in a base, and what is counted."""
