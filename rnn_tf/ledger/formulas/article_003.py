"""Formulas of article 003."""

ROWS = []
