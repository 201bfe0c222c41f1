"""What the articles talk about, and where it lives in the course."""

ROWS = []
