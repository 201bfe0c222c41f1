"""Seeing the gradients while ``fit`` trains."""

import numpy as np

from rnn_tf.backend import keras, tf


class GradientNorms(keras.callbacks.Callback):
    """Records the norm of every weight's gradient at every step of ``fit``, before clipping.

    >>> norms = GradientNorms()
    >>> model.fit(inputs, targets, callbacks=[norms])
    >>> norms.names, norms.per_weight.shape, norms.total.shape

    Attributes:
        names: one name a trainable weight.
        per_weight: (steps, weights), Euclidean norms.
        total: (steps,), the global norm over all weights: what ``global_clipnorm`` looks at.

    Works with any model and optimizer: it listens where ``fit`` hands the gradients over to the
    optimizer. With ``steps_per_execution`` above 1 no step is lost.
    """

    def __init__(self):
        super().__init__()
        self._rows = []
        self.names = []

    @property
    def per_weight(self):
        return np.array(self._rows).reshape(len(self._rows), -1)

    @property
    def total(self):
        return np.sqrt(np.square(self.per_weight).sum(axis=1))

    def on_train_begin(self, logs=None):
        self._rows, self._held, self._seen = [], None, 0
        self._capacity = self.model.steps_per_execution
        self._apply = self.model.optimizer.apply
        self.model.optimizer.apply = self._listen
        self.model.make_train_function(force=True)  # a step compiled before would not listen

    def on_train_batch_end(self, batch, logs=None):
        done = int(self._count)
        held = self._held.numpy()
        self._rows += [held[n % self._capacity] for n in range(self._seen, done)]
        self._seen = done

    def on_train_end(self, logs=None):
        del self.model.optimizer.apply  # the class's own method shows again
        self.model.train_function = None

    def _listen(self, gradients, trainable_variables=None):
        if self._held is None:
            weights = trainable_variables or self.model.trainable_variables
            self.names = [w.path.split("/", 1)[-1] for w in weights]
            with tf.init_scope():  # outside of the graph that is being built
                self._held = tf.Variable(tf.zeros((self._capacity, len(weights))))
                self._count = tf.Variable(0, dtype=tf.int64)
        norms = [tf.norm(g.values if isinstance(g, tf.IndexedSlices) else g) for g in gradients]
        row = tf.cast(tf.stack(norms), self._held.dtype)
        self._held.scatter_nd_update([[self._count % self._capacity]], [row])
        self._count.assign_add(1)
        return self._apply(gradients, trainable_variables)
