"""Formulas of article 002."""

ROWS = []
