"""Cases in several processes: building and tracing keep one core busy."""

import concurrent.futures
import contextlib
import multiprocessing

from .compare import outcomes


@contextlib.contextmanager
def in_processes(seed, parts, jobs):
    """A future with the outcomes of each part, a range of case numbers; closed, the rest stops."""
    pool = concurrent.futures.ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn")
    )
    try:
        yield [pool.submit(outcomes, seed, part) for part in parts]
    finally:
        pool.shutdown(cancel_futures=True)
