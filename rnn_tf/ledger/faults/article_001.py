"""Faults of the program of article 001."""

ROWS = []
