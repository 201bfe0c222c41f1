"""Numbers for reading: rounded, and the band that a result is held against."""

import math


def rounded(value, digits=3):
    """A number for reading: significant digits, plain or with an exponent as suits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1e-3 <= abs(value) < 1e6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:.{decimals}f}"
    return f"{value:.{max(0, digits - 1)}e}"


def band_words(row):
    """The band of a result row, as ``≥ 0.99`` or ``≤ 1e-07`` or both."""
    parts = []
    if row["at_least"] is not None:
        parts.append(f"≥ {row['at_least']:g}")
    if row["at_most"] is not None:
        parts.append(f"≤ {row['at_most']:g}")
    return " ".join(parts)
