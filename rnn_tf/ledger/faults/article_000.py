"""Faults of the program of article 000."""

ROWS = []
