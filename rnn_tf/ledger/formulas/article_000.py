"""Formulas of article 000."""

ROWS = []
