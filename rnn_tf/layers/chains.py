"""Independent chains: one recurrent chain of small dependent products keeps one core busy.

A batch is therefore cut into as many chains as there are cores; TensorFlow runs them side by side
inside one graph. Results do not depend on the number of chains, but for rounding.
"""

#: Multiplications below which a second chain costs as much as it brings: in each step of a
#: recurrent chain, and in one product that stands alone.
STEP_WORTH_CUTTING = 400_000
PRODUCT_WORTH_CUTTING = 1 << 24


def chain_sizes(batch_size, chains, work_per_row=None):
    """``batch_size`` (a number or a scalar tensor) in parts as equal as can be.

    Args:
        chains: so many parts, or fewer where there are fewer rows or the work is small.
        work_per_row: multiplications that a row needs at each step; ``None`` for work that is
            known to be worth it.
    """
    if isinstance(batch_size, int):
        small = work_per_row is not None and batch_size * work_per_row < STEP_WORTH_CUTTING
        chains = 1 if small else max(1, min(chains, batch_size))
    return [(batch_size + place) // chains for place in range(chains)]
