"""One recurrence for every cell: the loop over the steps, and the loop back.

The input projection is one matrix product for all steps and stays ordinary TensorFlow. What is
written here is the part that cannot be: ``forward`` keeps what each step saved, ``backward``
walks back over the same steps with the cell's adjoint. The gradient of the recurrent kernel is
then one product for all steps at once. How the steps are cut is the work of ``blocks``.
"""

from functools import partial

from rnn_tf.backend import tf
from rnn_tf.errors import wrong
from rnn_tf.layers.blocks import BLOCK, Blocks
from rnn_tf.layers.gradients import differentiable


def forward(steps, state, *, cell, product, recurrent_kernel, recurrent_bias):
    """The steps of one block, ``(x_part, kept)`` each; ``kept`` is False where a row is masked.

    Returns what each step made, ``(output, *saved)``, and the last state.
    """
    made = []
    for x_part, kept in steps:
        h_part = product(state[0], recurrent_kernel)
        for bias in recurrent_bias:
            h_part = h_part + bias
        new, saved = cell.step(x_part, h_part, state)
        if kept is not None:
            new = tuple(tf.where(kept, n, s) for n, s in zip(new, state, strict=True))
        state = new
        made.append((state[0], *saved))
    return made, state


def backward(steps, d_state, *, cell, product, transposed_kernel):
    """The same steps from the last to the first, ``(d_output, kept, *saved)`` each.

    Returns the gradients of each step's parts, ``(d_x_part, d_h_part)`` or their ``one_sum``, and
    that of the state before the block.
    """
    made = []
    for d_output, kept, *saved in reversed(steps):
        d_state = (_sum(d_state[0], d_output), *d_state[1:])
        passed = (None,) * cell.states
        if kept is not None:
            zero = tf.zeros_like(d_state[0])
            passed = tuple(tf.where(kept, zero, d) for d in d_state)
            d_state = tuple(tf.where(kept, d, zero) for d in d_state)
        d_x_part, d_h_part, direct = cell.back(saved, d_state)
        through = product(d_h_part, transposed_kernel)
        d_state = (
            _sum(through, direct[0], passed[0]),
            *(_sum(*parts) for parts in zip(direct[1:], passed[1:], strict=True)),
        )
        made.insert(0, (d_x_part,) if cell.one_sum else (d_x_part, d_h_part))
    return made, d_state


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
    known, num_steps = x_parts.shape[0], tf.shape(x_parts)[0]
    if known is None:
        x_parts, mask = _whole_blocks(x_parts, mask)
    units, states, biases = recurrent_kernel.shape[0], cell.states, int(recurrent_bias is not None)
    product = partial(_product, products)
    blocks = Blocks(x_parts)
    # The mask is captured and no argument: booleans have no gradient.
    masks = blocks.cut(mask)

    def ahead(x_parts, recurrent_kernel, *rest, blocks=blocks, masks=masks):
        one_block = partial(
            forward,
            cell=cell,
            product=product,
            recurrent_kernel=recurrent_kernel,
            recurrent_bias=rest[:biases],
        )
        widths = [units] * (1 + cell.saved_count)
        made, final_state = blocks.over(
            one_block, [blocks.cut(x_parts), masks], rest[biases:], widths
        )
        outputs = tf.ensure_shape(blocks.whole(made[0]), (known, *initial_state[0].shape))
        return outputs, final_state, made[1:]

    def wanted(outputs, final_state):
        return (outputs, *final_state) if sequences else tuple(final_state)

    @tf.custom_gradient
    def run(*inputs):
        outputs, final_state, saved = ahead(*inputs)
        made_here = tf.compat.v1.get_default_graph()

        def gradient(*d_results):
            _, recurrent_kernel, *rest = inputs
            kept = saved
            if tf.compat.v1.get_default_graph() is not made_here:
                # Traced apart from the pass ahead, as for a file: arrays cannot go from one graph
                # to another, so the pass is made again.
                kept = ahead(*inputs)[2]
            d_final_state = d_results[-states:]
            for d, state in zip(d_final_state, initial_state, strict=True):
                d.set_shape(state.shape)
            # Transposed once: a product that transposes on the fly does it again at each step.
            transposed_kernel = tf.transpose(recurrent_kernel)
            d_parts, d_initial_state = blocks.over(
                partial(backward, cell=cell, product=product, transposed_kernel=transposed_kernel),
                [blocks.cut(d_results[0] if sequences else None), masks, *kept],
                d_final_state,
                [cell.gates * units] * (1 if cell.one_sum else 2),
                reverse=True,
            )
            d_x_parts, *d_h_parts = map(blocks.whole, d_parts)
            rows = tf.reshape((d_h_parts or [d_x_parts])[0], (-1, cell.gates * units))
            before = tf.concat([rest[biases][None], outputs[:-1]], axis=0)
            d_kernel = product(tf.reshape(before, (-1, units)), rows, transpose_a=True)
            d_bias = [tf.reduce_sum(rows, axis=0)] * biases
            return (d_x_parts, d_kernel, *d_bias, *d_initial_state)

        def plain(*inputs):
            # TensorFlow's derivatives of 64 steps written out take half a minute to trace.
            steps = Blocks(x_parts, step_by_step=True)
            return wanted(*ahead(*inputs, blocks=steps, masks=steps.cut(mask))[:2])

        return wanted(outputs, final_state), differentiable(gradient, plain, inputs)

    bias = () if recurrent_bias is None else (recurrent_bias,)
    results = run(x_parts, recurrent_kernel, *bias, *initial_state)
    final_state = tuple(results[-states:])
    if not sequences:
        return None, final_state
    return results[0] if known is not None else results[0][:num_steps], final_state


def checked_products(products):
    """``products`` of a layer; raises ``InputError`` for what is neither None nor bfloat16."""
    if products not in (None, "bfloat16"):
        raise wrong("products", repr(products), "'bfloat16' or None, the layer's own dtype")
    return products


def _product(products, left, right, **transposed):
    """A matrix product with its operands in the dtype ``products``, the result in their own."""
    dtype = left.dtype
    if products == dtype:
        return tf.matmul(left, right, **transposed)
    left, right = tf.cast(left, products), tf.cast(right, products)
    return tf.cast(tf.matmul(left, right, **transposed), dtype)


def _whole_blocks(x_parts, mask):
    """A sequence whose length is known only at run time, filled up with masked steps."""
    num_steps, batch_size = tf.unstack(tf.shape(x_parts)[:2])
    # Of positive numbers: the remainder of a negative one is another in ONNX and LiteRT.
    missing = (BLOCK - num_steps % BLOCK) % BLOCK
    filled = [[0, missing], [0, 0], [0, 0]]
    if mask is None:
        mask = tf.ones((num_steps, batch_size, 1), tf.bool)
    mask = tf.ensure_shape(tf.pad(mask, filled), (None, x_parts.shape[1], 1))
    return tf.pad(x_parts, filled), mask


def _sum(*parts):
    first, *more = [part for part in parts if part is not None]
    for part in more:
        first = first + part
    return first
