"""The limit: a training step's matrix products alone, in PyTorch's BLAS, half a batch a core."""

import os
from concurrent.futures import ThreadPoolExecutor

import torch

GATES = {"simple": 1, "lstm": 4, "gru": 3}

VARIANTS = ("limit",)


def _products(work, batch_size, backward):
    """The products of one step for ``batch_size`` rows as a list of (left, right, times)."""

    def product(rows, inner, columns, times=1):
        return torch.randn(rows, inner), torch.randn(inner, columns), times

    steps, units = work.num_steps, work.units
    wide, rows = GATES[work.cell] * units, steps * batch_size
    found, features = [], work.features
    for place in range(work.layers):
        found += [product(rows, features, wide), product(batch_size, units, wide, steps)]
        if backward:
            found += [
                product(batch_size, wide, units, steps),
                product(units, rows, wide),
                product(features, rows, wide),
            ]
            if place or work.vocab_size:
                found.append(product(rows, wide, features))
        features = units
    head_rows = rows if work.vocab_size else batch_size
    outputs = work.vocab_size or work.outputs
    found.append(product(head_rows, units, outputs))
    if backward:
        found += [product(units, head_rows, outputs), product(head_rows, outputs, units)]
    return found


def _run(work, backward):
    torch.set_num_threads(1)
    cores = len(os.sched_getaffinity(0))
    shares = [_products(work, max(1, work.batch_size // cores), backward) for _ in range(cores)]
    pool = ThreadPoolExecutor(cores)

    def share(products):
        for _ in range(work.rounds):
            for left, right, times in products:
                for _ in range(times):
                    torch.mm(left, right)

    def run():
        list(pool.map(share, shares))

    return run


def training(work, variant):
    """A function that makes the products of ``work.rounds`` training steps."""
    return _run(work, backward=True)


def inference(work, variant):
    """A function that makes the products of ``work.rounds`` forward passes."""
    return _run(work, backward=False)
