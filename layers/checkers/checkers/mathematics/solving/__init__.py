"""Equations, inequalities and sets, solved completely or not at all."""
