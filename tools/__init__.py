"""Programs that make what the repository ships; ``install.py`` alone is for readers."""
