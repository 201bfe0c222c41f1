"""Faults of the program of article 002."""

ROWS = []
