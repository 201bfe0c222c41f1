"""One recurrence for every cell, with its hand-derived backward pass.

The input projection is one matrix product for all steps and stays ordinary TensorFlow. What is
written here is the part that cannot be: the loop over the steps. It keeps what each step saved,
and its gradient walks back over the same steps with the cell's adjoint; the gradient of the
recurrent kernel is then one product for all steps at once.

Steps are unrolled in blocks, with a ``tf.while_loop`` between blocks: a block's tensors stay in
the processor's cache, and the graph does not grow with the sequence.
"""

from rnn_tf.backend import tf
from rnn_tf.errors import wrong

#: Sequences up to this length are one block; longer ones go in equal blocks, of a size among
#: ``SIZES`` if one of them divides the length, else of ``BLOCK`` steps after a shorter first one.
UNROLLED = 64
BLOCK = 16
SIZES = (16, 15, 17, 14, 18, 13, 19, 12, 20, 21, 22, 23, 24, 25)


def checked_products(products):
    """``products`` of a layer; raises ``InputError`` for what is neither None nor bfloat16."""
    if products not in (None, "bfloat16"):
        raise wrong("products", repr(products), "'bfloat16' or None, the layer's own dtype")
    return products


def recurrence(
    cell, x_parts, recurrent_kernel, recurrent_bias, initial_state, mask, *, products, sequences
):
    """Run ``cell`` over time-major ``x_parts``.

    Args:
        cell: see ``rnn_tf.layers.cells``.
        x_parts: (steps, batch, gates * units), the projected inputs.
        recurrent_kernel: (units, gates * units)
        recurrent_bias: (gates * units,), or ``None`` where the inputs' bias is all there is.
        initial_state: tuple of (batch, units)
        mask: (steps, batch, 1) bool or ``None``; a masked step keeps the state.
        products: dtype of the operands of the recurrent matrix products.
        sequences: whether the outputs of all steps are wanted. If not, they are not put together,
            and no gradient for them is added at each step on the way back.

    Returns:
        ``(outputs (steps, batch, units) or None, final_state)``
    """
    dtype = x_parts.dtype
    units, states = recurrent_kernel.shape[0], cell.states

    def product(left, right, **transposed):
        if products == dtype:
            return tf.matmul(left, right, **transposed)
        left, right = tf.cast(left, products), tf.cast(right, products)
        return tf.cast(tf.matmul(left, right, **transposed), dtype)

    # The mask is captured and no argument: booleans have no gradient.
    @tf.custom_gradient
    def run(x_parts, recurrent_kernel, *rest):
        recurrent_bias, initial_state = rest[:-states], rest[-states:]
        walk = _Walk(x_parts)

        def forward(steps, state):
            results = []
            for x_part, kept in steps:
                h_part = product(state[0], recurrent_kernel)
                for bias in recurrent_bias:
                    h_part = h_part + bias
                new, saved = cell.step(x_part, h_part, state)
                if kept is not None:
                    new = tuple(tf.where(kept, n, s) for n, s in zip(new, state, strict=True))
                state = new
                results.append((state[0], *saved))
            return results, state

        masks = walk.cut(mask)
        kept_results, final_state = walk.over(
            forward, [walk.cut(x_parts), masks], initial_state, [units] * (1 + cell.saved)
        )
        outputs = walk.join(kept_results[0])

        def gradient(*d_results):
            d_outputs = d_results[0] if sequences else None
            d_final_state = d_results[-states:]
            # Transposed once: a product that transposes on the fly does it again at each step.
            transposed = tf.transpose(recurrent_kernel)

            def backward(steps, d_state):
                results = []
                for d_output, kept, *saved in reversed(steps):
                    d_state = (_sum(d_state[0], d_output), *d_state[1:])
                    passed = (None,) * states
                    if kept is not None:
                        zero = tf.zeros_like(d_state[0])
                        passed = tuple(tf.where(kept, zero, d) for d in d_state)
                        d_state = tuple(tf.where(kept, d, zero) for d in d_state)
                    d_x_part, d_h_part, direct = cell.back(saved, d_state)
                    through = product(d_h_part, transposed)
                    d_state = (
                        _sum(through, direct[0], passed[0]),
                        *(_sum(*parts) for parts in zip(direct[1:], passed[1:], strict=True)),
                    )
                    results.insert(0, (d_x_part,) if cell.one_sum else (d_x_part, d_h_part))
                return results, d_state

            d_parts, d_initial_state = walk.over(
                backward,
                [walk.cut(d_outputs), masks, *kept_results[1:]],
                d_final_state,
                [cell.gates * units] * (1 if cell.one_sum else 2),
                reverse=True,
            )
            d_x_parts = walk.join(d_parts[0])
            d_h_parts = d_x_parts if cell.one_sum else walk.join(d_parts[1])
            before = tf.concat([initial_state[0][None], outputs[:-1]], axis=0)
            rows = tf.reshape(d_h_parts, (-1, cell.gates * units))
            d_kernel = product(tf.reshape(before, (-1, units)), rows, transpose_a=True)
            d_bias = (tf.reduce_sum(rows, axis=0),) * len(recurrent_bias)
            return (d_x_parts, d_kernel, *d_bias, *d_initial_state)

        results = (outputs, *final_state) if sequences else final_state
        watched = (x_parts, recurrent_kernel, *rest)
        return results, first_order_only(gradient, *watched)

    static, steps = x_parts.shape[0] is not None, tf.shape(x_parts)[0]
    if not static:
        x_parts, mask = _whole_blocks(x_parts, mask)
    biases = () if recurrent_bias is None else (recurrent_bias,)
    results = run(x_parts, recurrent_kernel, *biases, *initial_state)
    final_state = tuple(results[-states:])
    if not sequences:
        return None, final_state
    return results[0] if static else results[0][:steps], final_state


def _whole_blocks(x_parts, mask):
    """A sequence whose length is known only at run time, filled up with masked steps."""
    steps, batch_size = tf.unstack(tf.shape(x_parts)[:2])
    missing = -steps % BLOCK
    if mask is None:
        mask = tf.ones((steps, batch_size, 1), tf.bool)
    filled = [[0, missing], [0, 0], [0, 0]]
    return tf.pad(x_parts, filled), tf.pad(mask, filled)


def _sum(*parts):
    first, *more = [part for part in parts if part is not None]
    for part in more:
        first = first + part
    return first


def first_order_only(gradient, *inputs):
    """The gradient function, with a clear refusal where somebody differentiates it again.

    ``inputs`` are those of the function whose gradient it is: the gradient depends on them too,
    which TensorFlow would not see, and a second derivative would silently be none.
    """

    def guarded(*d_results):
        @tf.custom_gradient
        def once(*values):
            def refuse(*_):
                raise NotImplementedError(
                    "rnn_tf.layers: got a second-order or forward-mode derivative, expected "
                    "first-order reverse mode: use the Keras class of the same name"
                )

            return gradient(*values[: len(d_results)]), refuse

        return once(*d_results, *inputs)

    return guarded


class _Walk:
    """The steps of a sequence cut into segments, each a number of equal blocks.

    A segment of one block holds its values as a list of steps, never stacked; a segment of
    several as one tensor (block * steps, batch, width), and what ``over`` gives as an array with
    an entry a block: what the way back reads is never put together.
    """

    def __init__(self, sequence):
        steps = sequence.shape[0]
        if steps is None:
            self.segments = [(BLOCK, tf.shape(sequence)[0] // BLOCK)]
        elif steps <= UNROLLED:
            self.segments = [(steps, 1)]
        else:
            size = next((size for size in SIZES if steps % size == 0), BLOCK)
            first, count = steps % size, steps // size
            self.segments = [(first, 1)] * bool(first) + [(size, count)]

    def cut(self, sequence):
        """A (steps, batch, width) tensor as one value a segment; ``None`` stays ``None``."""
        if sequence is None:
            return [None] * len(self.segments)
        values, start = [], 0
        for size, count in self.segments:
            if _single(count):
                values.append(tf.unstack(_part(sequence, start, size)))
            else:
                values.append(sequence[start:])
            start += size
        return values

    def join(self, values):
        """Results of ``over`` as one tensor (steps, batch, width)."""
        tensors = [tf.stack(v) if isinstance(v, list) else v.concat() for v in values]
        return tensors[0] if len(tensors) == 1 else tf.concat(tensors, axis=0)

    def over(self, function, sequences, state, widths, *, reverse=False):
        """Call ``function(steps of a block, state) -> (results a step, state)`` block by block.

        ``sequences`` come as ``cut`` gives them, and the results go out so: for each of
        ``widths`` one value a segment. With ``reverse`` the last block comes first.
        """
        places = list(range(len(self.segments)))
        found = dict.fromkeys(places)
        state = tuple(state)
        for place in reversed(places) if reverse else places:
            size, count = self.segments[place]
            values = [sequence[place] for sequence in sequences]
            if _single(count):
                results, state = function(_steps(values, size), state)
                found[place] = [list(parts) for parts in zip(*results, strict=True)]
            else:
                found[place], state = _loop(function, values, state, widths, size, count, reverse)
        return [[found[place][n] for place in places] for n in range(len(widths))], state


def _single(count):
    return isinstance(count, int) and count == 1


def _part(sequence, start, size):
    # A slice of known size at an unknown start, which XLA can compile too.
    _, batch_size, width = sequence.shape
    batch_size = tf.shape(sequence)[1] if batch_size is None else batch_size
    part = tf.slice(sequence, (start, 0, 0), (size, batch_size, width))
    return tf.ensure_shape(part, (size, *sequence.shape[1:]))


def _steps(values, size):
    """Values of one block, each a list of steps or ``None``, as one tuple a step."""
    return list(zip(*([None] * size if v is None else v for v in values), strict=True))


def _loop(function, values, state, widths, size, count, reverse):
    """``count`` blocks of ``size`` steps in a ``tf.while_loop``."""
    batch_size, dtype = state[0].shape[0], state[0].dtype
    arrays = tuple(
        tf.TensorArray(
            dtype, size=count, element_shape=(size, batch_size, width), clear_after_read=False
        )
        for width in widths
    )

    def block(value, place):
        if value is None:
            return None
        whole = isinstance(value, tf.Tensor)
        return tf.unstack(_part(value, place * size, size) if whole else value.read(place))

    def body(done, state, arrays):
        place = count - 1 - done if reverse else done
        results, state = function(_steps([block(v, place) for v in values], size), state)
        arrays = tuple(
            array.write(place, tf.stack(parts))
            for array, parts in zip(arrays, zip(*results, strict=True), strict=True)
        )
        return done + 1, state, arrays

    _, state, arrays = tf.while_loop(
        lambda done, *_: done < count,
        body,
        (tf.constant(0), state, arrays),
        parallel_iterations=1,
        shape_invariants=(
            tf.TensorShape([]),
            tuple(s.shape for s in state),
            tuple(tf.TensorShape(None) for _ in arrays),
        ),
    )
    return arrays, state
