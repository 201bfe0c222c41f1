"""Faults of the program of article 004."""

ROWS = []
