"""Translation: an encoder, a decoder, and dot attention between them.

The encoder reads the source in both directions; its states are the *memory*. The decoder starts
from the encoder's last states and puts out the translation token by token. Without attention these
last states are all it ever learns of the source. With attention it looks at the whole memory
before each token: scores are dot products of its state with each place of the memory, weights are
their softmax over the real places, and the weighted mean of the memory is the *context*.

Sources: I. Sutskever, O. Vinyals, Q. V. Le (2014), Sequence to sequence learning with neural
networks; D. Bahdanau, K. Cho, Y. Bengio (2015), Neural machine translation by jointly learning to
align and translate; M.-T. Luong, H. Pham, C. D. Manning (2015), Effective approaches to
attention-based neural machine translation (dot scores, the state before the context).
"""

import numpy as np

from rnn_tf import layers as fast
from rnn_tf.backend import keras, tf
from rnn_tf.errors import whole_number, wrong
from rnn_tf.feeding import Feed
from rnn_tf.generation import FORBIDDEN
from rnn_tf.generation.beam import beam_search
from rnn_tf.text import Vocabulary

#: Steps that one call of TensorFlow makes.
_STEPS_AT_ONCE = 20


@keras.saving.register_keras_serializable("rnn_tf")
class DotAttention(keras.layers.Layer):
    """What a query reads from a memory: softmax(query · memory) over the real places.

    Call arguments:
        queries: (batch, steps, units); memory: (batch, places, units);
        mask: bool (batch, places), True where a place is real; or (batch, steps, places), other
            places for each query.

    Returns contexts (batch, steps, units) and weights (batch, steps, places): each row of weights
    sums to 1, and is 0 at padding.
    """

    def call(self, queries, memory, mask):
        scores = tf.matmul(queries, memory, transpose_b=True)  # (batch, steps, places)
        mask = mask if len(mask.shape) == 3 else mask[:, None, :]
        scores = tf.where(mask, scores, scores.dtype.min)
        weights = tf.nn.softmax(scores)
        return tf.matmul(weights, memory), weights


@keras.saving.register_keras_serializable("rnn_tf")
class Translator(keras.Model):
    """Encoder (GRU in both directions) and decoder (GRU), with or without attention.

    Args:
        source_size, target_size: number of token ids of each side; 0 is padding.
        embedding: size of a token's vector, on both sides.
        units: size of the decoder's state, even: the encoder has half of them in each direction.
        attention: whether the decoder looks at the memory. Without it the network is the same
            but for the context.
        dropout: share dropped after the embeddings and before the logits while training.
        embedding_spread: standard deviation of the embeddings at the start. Keras's own start,
            uniform within 0.05, is so small that all tokens look alike at first (lesson 13).

    Call arguments:
        inputs: a pair (source, shifted): ids (batch, source_steps) and ids (batch, target_steps)
            that begin with the begin token. Logits at a step depend on the source and on the
            shifted ids up to that step.

    Returns logits (batch, target_steps, target_size).
    """

    def __init__(
        self,
        source_size,
        target_size,
        *,
        embedding=64,
        units=96,
        attention=True,
        dropout=0.3,
        embedding_spread=0.5,
        **kwargs,
    ):
        super().__init__(**kwargs)
        sizes = {"source_size": source_size, "target_size": target_size, "embedding": embedding}
        for name, value in (sizes | {"units": units}).items():
            whole_number(name, value)
        if units % 2:
            raise wrong("units", units, "an even number: half of them read each way")
        self._settings = sizes | {
            "units": units,
            "attention": attention,
            "dropout": dropout,
            "embedding_spread": embedding_spread,
        }
        self.target_size = target_size

        def embed(size, name):
            start = "uniform"
            if embedding_spread is not None:
                start = keras.initializers.RandomNormal(stddev=embedding_spread)
            return keras.layers.Embedding(size, embedding, embeddings_initializer=start, name=name)

        self.source_embedding = embed(source_size, "source_embedding")
        self.target_embedding = embed(target_size, "target_embedding")
        both_ways = fast.GRU(units // 2, return_sequences=True, return_state=True, name="reader")
        self.encoder = keras.layers.Bidirectional(both_ways, name="encoder")
        self.decoder = fast.GRU(units, return_sequences=True, return_state=True, name="decoder")
        self.attention = DotAttention(name="attention") if attention else None
        self.combine = keras.layers.Dense(units, activation="tanh", name="combine")
        self.dropout = keras.layers.Dropout(dropout, name="dropout")
        self.logits = fast.Dense(target_size, name="logits")

    def build(self, input_shape=None):
        if not self.built:
            self.built = True
            self((np.ones((1, 2), np.int32), np.ones((1, 2), np.int32)))

    def get_config(self):
        return {**super().get_config(), **self._settings}

    def encode(self, source, training=False):
        """The memory (batch, places, units), the first state of the decoder (batch, units), and
        which places are real (batch, places)."""
        mask = tf.not_equal(source, Vocabulary.PAD)
        vectors = self.dropout(self.source_embedding(source), training=training)
        memory, forward, backward = self.encoder(vectors, mask=mask, training=training)
        return memory, tf.concat([forward, backward], axis=-1), mask

    def decode(self, shifted, state, memory, mask, training=False):
        """Logits (batch, steps, target_size), the last state (batch, units), and attention weights
        (batch, steps, places), or ``None`` without attention."""
        vectors = self.dropout(self.target_embedding(shifted), training=training)
        states, last = self.decoder(vectors, initial_state=state, training=training)
        weights, seen = None, states
        if self.attention is not None:
            contexts, weights = self.attention(states, memory, mask)
            seen = tf.concat([states, contexts], axis=-1)
        combined = self.dropout(self.combine(seen), training=training)
        return self.logits(combined), last, weights

    def call(self, inputs, training=False):
        source, shifted = inputs
        memory, state, mask = self.encode(source, training)
        return self.decode(shifted, state, memory, mask, training)[0]


def shifted(targets):
    """What the decoder reads and what it shall say, from ids with begin and end token.

    Returns ``(inputs, outputs)``, both (n, steps - 1): under teacher forcing the true token of one
    step is read at the next.
    """
    targets = np.asarray(targets)
    if targets.ndim != 2 or not np.issubdtype(targets.dtype, np.integer) or targets.shape[1] < 2:
        raise wrong(
            "targets", f"{targets.dtype} {targets.shape}", "ids, (n, steps), 2 steps or more"
        )
    return targets[:, :-1], targets[:, 1:]


def train(
    model,
    split,
    *,
    epochs,
    seed=0,
    batch_size=64,
    learning_rate=4e-3,
    clip=1.0,
    after_epoch=None,
):
    """Train a ``Translator`` by teacher forcing.

    The loss is the mean cross-entropy over real tokens, in nats; padding does not count. Only
    whole batches, in an order of their own for each epoch.

    Args:
        model: a ``Translator``. It is compiled here, unless ``prepare`` has done so: then its own
            learning rate and clipping hold.
        split: ``datasets.pairs.PairSplit``, or anything with its ``inputs`` and ``targets``.
        epochs: passes over the pairs.
        seed: of the order; dropout and first weights follow ``training.set_seed``.
        batch_size: pairs a step.
        learning_rate: of Adam; constant.
        clip: where the norm of the gradient over all weights is above it, it is scaled down to
            it; ``None`` leaves it.
        after_epoch: called as ``after_epoch(epoch, loss)``, epochs from 1 up.

    Returns the loss of each epoch, (epochs,).
    """
    inputs, outputs = shifted(split.targets)
    if not 1 <= batch_size <= len(inputs):
        raise wrong("batch_size", batch_size, f"1 to {len(inputs)}, the number of pairs")
    if not model.compiled:
        prepare(model, learning_rate=learning_rate, clip=clip, steps=len(inputs) // batch_size)
    counted = (outputs != Vocabulary.PAD).astype("float32")
    random, losses = np.random.default_rng(seed), []
    for epoch in range(1, epochs + 1):
        # Whole batches only: a step for one known shape is compiled sooner and runs faster.
        rows = random.permutation(len(inputs))[: len(inputs) // batch_size * batch_size]
        feed = Feed(
            (split.inputs[rows], inputs[rows]), outputs[rows], counted[rows], batch_size=batch_size
        )
        losses.append(model.fit(feed, verbose=0).history["loss"][0])
        if after_epoch is not None:
            after_epoch(epoch, losses[-1])
    return np.array(losses)


def prepare(model, *, learning_rate=4e-3, clip=1.0, steps=_STEPS_AT_ONCE):
    """Build and compile a ``Translator``, as ``train`` does; arguments as there."""
    model.build()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, global_clipnorm=clip),
        # With weights of 0 and 1 this is the mean over the tokens of weight 1.
        loss=fast.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        ),
        steps_per_execution=min(_STEPS_AT_ONCE, steps),
        jit_compile=False,  # XLA makes this slower on a CPU
    )
    model.optimizer.build(model.trainable_variables)
    return model


class Interpreter:
    """A ``Translator`` that runs freely: what it says at one step it reads at the next.

    >>> interpreter = Interpreter(model)
    >>> ids = interpreter.greedy(data.test.inputs, max_tokens=20)
    >>> ids, weights = interpreter.greedy(data.test.inputs[:1], max_tokens=20, attention=True)

    Its parts are compiled once, for batches of any size. It uses the model's layers themselves:
    train the model further and the interpreter has learnt too.
    """

    def __init__(self, model):
        self.model = model
        ids = tf.TensorSpec([None, None], tf.int32)
        self._encode = tf.function(model.encode, input_signature=[ids])
        self._whole = tf.function(self._free_running, reduce_retracing=True)
        self._step = tf.function(self._one_step, reduce_retracing=True)

    def greedy(self, source, *, max_tokens=40, attention=False):
        """The likeliest token at every step.

        Args:
            source: ids (n, source_steps), 0 is padding.
            max_tokens: at most so many tokens; all rows stop when each has said its end token.
            attention: give the weights too.

        Returns int32 (n, steps): ids from the first token to the end token, then 0; with
        ``attention`` also the weights (n, steps, source_steps).
        """
        whole_number("max_tokens", max_tokens)
        if attention and self.model.attention is None:
            raise wrong("attention", True, "a model that has attention")
        source = _checked_source(source)
        ids, weights = self._whole(tf.constant(source), tf.constant(max_tokens))
        return (ids.numpy(), weights.numpy()) if attention else ids.numpy()

    def beam(self, source, *, beams=5, max_tokens=40):
        """The likeliest translation of one source that ``beams`` parallel attempts find.

        Args:
            source: ids (source_steps,).

        Returns ``(ids, log_probability)``, as ``generation.beam_search`` does; the score is never
        below that of the greedy translation.
        """
        whole_number("beams", beams)
        whole_number("max_tokens", max_tokens)
        allowed = np.ones(self.model.target_size, dtype=bool)
        allowed[list(FORBIDDEN)] = False
        source = _checked_source(np.asarray(source)[None])
        sentence = _Sentence(self, source)
        return beam_search(sentence, [Vocabulary.BOS], max_tokens, beams, allowed, Vocabulary.EOS)

    def _one_step(self, ids, state, memory, mask):
        logits, state, weights = self.model.decode(ids[:, None], state, memory, mask)
        return logits[:, 0], state, None if weights is None else weights[:, 0]

    def _free_running(self, source, max_tokens):
        memory, state, mask = self.model.encode(source)
        forbidden = tf.reduce_sum(tf.one_hot(FORBIDDEN, self.model.target_size), axis=0) > 0
        size, places = tf.shape(source)[0], tf.shape(source)[1]

        def one_more(count, ids, done, state, said, looked):
            logits, state, weights = self._one_step(ids, state, memory, mask)
            best = tf.argmax(tf.where(forbidden, logits.dtype.min, logits), -1, tf.int32)
            ids = tf.where(done, Vocabulary.PAD, best)
            if weights is not None:
                looked = looked.write(count, tf.where(done[:, None], 0.0, weights))
            done |= ids == Vocabulary.EOS
            return count + 1, ids, done, state, said.write(count, ids), looked

        said = tf.TensorArray(tf.int32, 0, dynamic_size=True, element_shape=[None])
        looked = tf.TensorArray(tf.float32, 0, dynamic_size=True, element_shape=[None, None])
        start = tf.fill([size], Vocabulary.BOS), tf.zeros([size], tf.bool)
        *_, said, looked = tf.while_loop(
            lambda count, _, done, *__: (count < max_tokens) & ~tf.reduce_all(done),
            one_more,
            (tf.constant(0), *start, state, said, looked),
        )
        said = tf.transpose(said.stack())
        if self.model.attention is None:
            return said, tf.zeros([size, 0, places])
        return said, tf.transpose(looked.stack(), (1, 0, 2))


class _Sentence:
    """One source, as ``generation.beam`` asks for it: what a ``Stepper`` is to a language model."""

    def __init__(self, interpreter, source):
        self._step = interpreter._step
        self.memory, self.first, self.mask = interpreter._encode(tf.constant(source))
        self.interpreter, self.source = interpreter, source

    def __call__(self, ids, states):
        ids = tf.constant(ids, tf.int32)
        repeated = [tf.repeat(one, tf.size(ids), axis=0) for one in (self.memory, self.mask)]
        logits, state, _ = self._step(ids, states[0][0], *repeated)
        return tf.cast(logits, tf.float64).numpy(), [[state]]

    def read(self, ids):
        return self(ids, [[self.first]])

    def write(self, prompt_ids, *, max_tokens, **_):
        ids = self.interpreter.greedy(self.source, max_tokens=max_tokens)[0]
        return ids[ids != Vocabulary.PAD]


def _checked_source(source):
    source = np.asarray(source)
    if source.ndim != 2 or not np.issubdtype(source.dtype, np.integer) or not source.size:
        raise wrong("source", f"{source.dtype} {source.shape}", "ids, (n, source_steps)")
    if (source == Vocabulary.PAD).all(axis=1).any():
        raise wrong("source", "a row of nothing but padding", "at least one token a row")
    return source.astype(np.int32)
