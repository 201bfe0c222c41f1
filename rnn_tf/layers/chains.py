"""Independent chains: one recurrent chain of small dependent products keeps one core busy.

A batch is therefore cut into as many chains as there are cores; TensorFlow runs them side by side
inside one graph. Results do not depend on the number of chains, but for rounding.
"""

import os


def cores():
    """Processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def chain_sizes(batch_size, chains):
    """``batch_size`` (a number or a scalar tensor) in ``chains`` parts as equal as can be."""
    if isinstance(batch_size, int):
        chains = max(1, min(chains, batch_size))
    return [(batch_size + place) // chains for place in range(chains)]
