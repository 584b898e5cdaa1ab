"""Solvers, one kind of problem a file; each takes a reading and gives a solution, or ``None``: not mine."""
