"""A gradient derived by hand, made differentiable once more."""

from rnn_tf.backend import tf


def differentiable(gradient, plain, inputs):
    """``gradient`` for ``tf.custom_gradient``, with derivatives of its own.

    TensorFlow differentiates what a gradient function computes, but not what it merely has from
    its forward pass: a second derivative would silently lack that share. Here whoever asks for
    one, a gradient penalty, a Hessian or forward mode, gets it from ``plain``, which TensorFlow
    can differentiate as often as is wanted. Who does not ask pays nothing.

    Args:
        gradient: gradients with respect to the results -> gradients with respect to ``inputs``.
        plain: the function whose gradient it is, in TensorFlow's own operations.
        inputs: tuple of the tensors it is called with.
    """

    count = len(inputs)

    def again_differentiable(*d_results):
        @tf.custom_gradient
        def first(*values):
            def second(*d_first):
                d_results, inputs = values[:-count], values[-count:]
                with tf.GradientTape() as outer:
                    outer.watch(values)
                    with tf.GradientTape() as inner:
                        inner.watch(inputs)
                        results = tf.nest.flatten(plain(*inputs))
                    d_plain = inner.gradient(
                        results,
                        inputs,
                        output_gradients=list(d_results),
                        unconnected_gradients=tf.UnconnectedGradients.ZERO,
                    )
                return outer.gradient(d_plain, values, output_gradients=list(d_first))

            return gradient(*values[:-count]), second

        return first(*d_results, *inputs)

    return again_differentiable
