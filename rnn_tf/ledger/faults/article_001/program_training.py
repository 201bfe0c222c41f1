"""Article 001: being written."""

ROWS: list = []
