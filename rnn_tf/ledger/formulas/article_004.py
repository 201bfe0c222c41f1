"""Formulas of article 004."""

ROWS = []
