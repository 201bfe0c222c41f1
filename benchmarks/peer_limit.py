"""The limit: a step's matrix products alone, half the batch on one core of two, and so on.

The share of one core is timed with the other cores idle, which flatters the limit a little. No
BLAS is the fastest for all shapes, so there are two: PyTorch's, and TensorFlow's one operation at
a time.
"""

from rnn_tf.threads import cores

GATES = {"simple": 1, "lstm": 4, "gru": 3}


def _products(work, batch_size, backward):
    """The products of one step for ``batch_size`` rows: (rows, inner, columns, times) each."""

    def product(rows, inner, columns, times=1):
        return rows, inner, columns, times

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


def _run(work, variant, backward):
    share = max(1, work.batch_size // cores())
    multiply = {"limit": _in_torch, "limit_tf": _in_tensorflow}[variant]
    todo = [(multiply(*shapes), times) for *shapes, times in _products(work, share, backward)]

    def run():
        for _ in range(work.rounds):
            for product, times in todo:
                for _ in range(times):
                    product()

    return run


def _in_torch(rows, inner, columns):
    import torch

    torch.set_num_threads(1)
    left, right = torch.randn(rows, inner), torch.randn(inner, columns)
    result = left @ right
    return lambda: torch.mm(left, right, out=result)


def _in_tensorflow(rows, inner, columns):
    from rnn_tf.backend import tf

    left, right = tf.random.normal((rows, inner)), tf.random.normal((inner, columns))
    return lambda: tf.raw_ops.MatMul(a=left, b=right)


def training(work, variant):
    """A function that makes the products of ``work.rounds`` training steps."""
    return _run(work, variant, backward=True)


def inference(work, variant):
    """A function that makes the products of ``work.rounds`` forward passes."""
    return _run(work, variant, backward=False)
