"""The rows themselves, as data: each module ends with its list ``ROWS``."""
