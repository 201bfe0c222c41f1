"""The articles' references, and those that the course adds."""

ROWS = []
