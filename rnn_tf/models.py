"""The articles' models, repaired. All of them put out logits and check shapes before they train.

``SequenceClassifier`` writes its recurrence out, weight by weight; the others are built from
``rnn_tf.layers``, which are Keras's layers with a faster loop. Classification losses take
``from_logits=True``.
"""

import functools
import re

from rnn_tf import layers as fast
from rnn_tf.backend import keras, tf
from rnn_tf.errors import wrong
from rnn_tf.feeding import Batches, Feed
from rnn_tf.feeding.feed import fed
from rnn_tf.shapes import check_sequences, check_shapes, features_of

#: Known lengths up to this are unrolled: the graph grows, but a step costs no loop bookkeeping.
UNROLLED_STEPS = 32

CELLS = {"simple": fast.SimpleRNN, "lstm": fast.LSTM, "gru": fast.GRU}


_fit, _evaluate, _predict = map(fed, (keras.Model.fit, keras.Model.evaluate, keras.Model.predict))


def _fit_after_checks(self, x=None, y=None, *args, allow_single_step=False, **kwargs):
    """``keras.Model.fit``, fed by ``feeding.Feed`` and after a look at the data.

    ``shapes.check_shapes`` looks. ``feeding.Batches`` come in their own order: there
    ``shuffle`` is ``False`` by itself.

    Args:
        allow_single_step: accept sequences of one step, in which nothing recurs.
    """
    inputs, targets = (x.inputs, x.targets) if isinstance(x, Feed) else (x, y)
    check_shapes(self, inputs, targets, allow_single_step=allow_single_step)
    if isinstance(x, Batches):
        kwargs.setdefault("shuffle", False)
    # Variables made while TensorFlow traces a training step make it trace the step twice.
    if not self.built and hasattr(inputs, "shape"):
        self.build(inputs.shape)
    if self.built and isinstance(self.optimizer, keras.optimizers.Optimizer):
        self.optimizer.build(self.trainable_variables)
    return _fit(self, x, y, *args, **kwargs)


@functools.wraps(keras.Model.predict)
def _predict_by_batch(self, *args, **kwargs):
    # Keras would trace the model once for each of its ``steps_per_execution``: seconds a call.
    kept, self.steps_per_execution = self.steps_per_execution, 1
    try:
        return _predict(self, *args, **kwargs)
    finally:
        self.steps_per_execution = kept


@keras.saving.register_keras_serializable(package="rnn_tf")
class CheckedModel(keras.Model):
    """A functional Keras model whose ``fit`` checks the shapes first; no epoch ends in a wait."""

    fit, evaluate, predict = _fit_after_checks, _evaluate, _predict_by_batch


@keras.saving.register_keras_serializable(package="rnn_tf")
class SequenceClassifier(keras.Model):
    r"""A simple recurrent network with its equations written out.

    $h_t = \tanh(x_t W_x + h_{t-1} W_h + b_h)$ and logits $y_t = h_t W_y + b_y$, with the same
    weights at every step. Equal, weight for weight, to ``SimpleRNN(units)`` followed by
    ``Dense(outputs)``; ``get_weights`` has their order: kernel, recurrent_kernel, bias,
    output_kernel, output_bias.

    Args:
        units: size of the hidden state.
        outputs: logits: 1 for a yes-or-no question (with a sigmoid in the loss), else the number
            of classes (with a softmax in the loss).
        return_sequences: an answer at every step instead of one a sequence.
        mask_value: a step whose features all have this value is padding: the state waits, and
            per-step losses leave the step out.

    Call arguments:
        inputs: float, (batch, steps, features).
        initial_state: (batch, units); zeros if absent.
        mask: bool, (batch, steps), True where a step counts; found by itself where
            ``mask_value`` is set or a layer before sends a mask.

    Returns logits (batch, outputs), or (batch, steps, outputs) with ``return_sequences``.

    Raises ``InputError`` for inputs without a step axis and for integer inputs.

    Source: article 001 §4.2 and §5.2, repaired (B-001-16, -19, -20, -21, -27, -29);
    J. Elman (1990), Finding structure in time.
    """

    def __init__(self, units, outputs=1, *, return_sequences=False, mask_value=None, **kwargs):
        super().__init__(**kwargs)
        for name, value in (("units", units), ("outputs", outputs)):
            if not isinstance(value, int) or value < 1:
                raise wrong(name, repr(value), "a whole number from 1 up")
        self.units = units
        self.outputs_per_step = outputs
        self.return_sequences = return_sequences
        self.mask_value = mask_value
        self.supports_masking = True

    fit, evaluate, predict = _fit_after_checks, _evaluate, _predict_by_batch

    def build(self, input_shape):
        features = features_of(input_shape)
        # add_weight, because Keras 3 does not see a bare tf.Variable (B-001-19).
        self.kernel = self.add_weight(
            shape=(features, self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.output_kernel = self.add_weight(
            shape=(self.units, self.outputs_per_step),
            initializer="glorot_uniform",
            name="output_kernel",
        )
        self.output_bias = self.add_weight(
            shape=(self.outputs_per_step,), initializer="zeros", name="output_bias"
        )

    def __call__(self, inputs, *args, **kwargs):
        check_sequences(inputs)  # here, because Keras wraps what call raises in many lines
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs, initial_state=None, mask=None, training=None):
        if mask is None:
            mask = self.compute_mask_of_steps(inputs)
        hidden_states = self.hidden_states(inputs, initial_state, mask)
        if not self.return_sequences:
            hidden_states = hidden_states[:, -1]  # padding keeps the state, so this is the last
        return tf.matmul(hidden_states, self.output_kernel) + self.output_bias

    def hidden_states(self, inputs, initial_state=None, mask=None):
        """The hidden state after every step, (batch, steps, units); arguments as for a call."""
        inputs = tf.convert_to_tensor(inputs)
        check_sequences(inputs)
        # What the inputs bring needs no state: one product for all steps at once.
        brought = tf.matmul(inputs, self.kernel) + self.bias
        if initial_state is None:
            state = tf.zeros((tf.shape(inputs)[0], self.units), brought.dtype)
        else:
            state = tf.cast(tf.convert_to_tensor(initial_state), brought.dtype)

        def step(t, state):
            new_state = tf.tanh(brought[:, t] + tf.matmul(state, self.recurrent_kernel))
            if mask is None:
                return new_state
            return tf.where(mask[:, t, None], new_state, state)

        return _over_steps(step, state, inputs.shape[1], tf.shape(inputs)[1])

    def compute_mask_of_steps(self, inputs):
        """(batch, steps), False where a step is padding; ``None`` without ``mask_value``."""
        if self.mask_value is None:
            return None
        return tf.reduce_any(tf.not_equal(inputs, self.mask_value), axis=-1)

    def compute_mask(self, inputs, previous_mask=None):
        """What Keras's losses read: which of the outputs count."""
        if not self.return_sequences:
            return None
        return self.compute_mask_of_steps(inputs) if previous_mask is None else previous_mask

    def compute_output_shape(self, input_shape, **_):
        steps = (input_shape[1],) if self.return_sequences else ()
        return (input_shape[0], *steps, self.outputs_per_step)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "outputs": self.outputs_per_step,
            "return_sequences": self.return_sequences,
            "mask_value": self.mask_value,
        }


def _over_steps(step, state, known_steps, steps):
    """States (batch, steps, units) of ``state = step(t, state)`` for t = 0, 1, ….

    Args:
        known_steps: the number of steps if it is known while the graph is built, else ``None``.
        steps: the same as a tensor.
    """
    if known_steps is not None and known_steps <= UNROLLED_STEPS:
        states = []
        for t in range(known_steps):
            state = step(t, state)
            states.append(state)
        return tf.stack(states, axis=1)

    def body(t, state, states):
        state = step(t, state)
        return t + 1, state, states.write(t, state)

    states = tf.TensorArray(state.dtype, size=steps, element_shape=state.shape)
    *_, states = tf.while_loop(lambda t, *_: t < steps, body, (0, state, states))
    return tf.transpose(states.stack(), (1, 0, 2))


def stacked_lstm(num_steps, features=1, units=(50, 50, 50), dropout=0.2, outputs=1):
    """Stacked LSTMs with dropout that predict the value after a window.

    Args:
        num_steps: length of a window, or ``None`` for any.
        features: values a step.
        units: size of each LSTM, from the first up.
        dropout: share of each LSTM's outputs that is dropped while training.
        outputs: values predicted, e.g. 24 for the next 24 hours.

    Maps (batch, num_steps, features) to (batch, outputs): targets have no step axis (B-000-01).
    Source: article 000 §4.
    """
    inputs = keras.Input((num_steps, features), name="windows")
    values = inputs
    for number, size in enumerate(units, start=1):
        values = fast.LSTM(size, return_sequences=number < len(units), name=f"lstm_{number}")(
            values
        )
        if dropout:
            values = keras.layers.Dropout(dropout, name=f"dropout_{number}")(values)
    return CheckedModel(inputs, keras.layers.Dense(outputs, name="values")(values))


def row_lstm(rows=28, columns=28, units=128, num_classes=10, *, dropout=0.0):
    """An LSTM that reads a picture row by row and names its class.

    Args:
        rows, columns: a picture is ``rows`` steps of ``columns`` features.
        units: size of the LSTM.
        num_classes: logits put out.
        dropout: share of the last state that is dropped while training.

    Maps (batch, rows, columns) in [0, 1] to logits (batch, num_classes). Source: article 003 §4,
    with rows as steps (B-003-01, B-003-02).
    """
    inputs = keras.Input((rows, columns), name="pictures")
    state = fast.LSTM(units, name="lstm")(inputs)
    if dropout:
        state = keras.layers.Dropout(dropout, name="dropout")(state)
    return CheckedModel(inputs, keras.layers.Dense(num_classes, name="logits")(state))


@keras.saving.register_keras_serializable(package="rnn_tf")
class TiedEmbedding(keras.layers.Embedding):
    """An embedding that, called with ``reverse=True``, turns vectors back into logits.

    One matrix serves both ways, with a bias for the logits: half the weights of a small language
    model. Source: O. Press and L. Wolf (2017), Using the output embedding to improve language
    models.
    """

    def build(self, input_shape=None):
        super().build(input_shape)
        self.output_bias = self.add_weight(
            shape=(self.input_dim,), initializer="zeros", name="output_bias"
        )

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        return tf.tensordot(inputs, tf.transpose(self.embeddings), 1) + self.output_bias

    # Embedding's own pair knows of one weight only.
    save_own_variables = keras.layers.Layer.save_own_variables
    load_own_variables = keras.layers.Layer.load_own_variables

    def compute_mask(self, inputs, mask=None):
        vectors = keras.backend.is_float_dtype(inputs.dtype)
        return mask if vectors else super().compute_mask(inputs, mask)

    def compute_output_spec(self, inputs, reverse=False):
        last = (*inputs.shape[:-1], self.input_dim) if reverse else (*inputs.shape, self.output_dim)
        return keras.KerasTensor(last, dtype=self.compute_dtype)


def word_language_model(
    vocab_size,
    *,
    embedding=128,
    units=128,
    layers=1,
    cell="lstm",
    dropout=0.2,
    tie_embeddings=False,
    pad_is_zero=True,
):
    """A language model: at every step the logits of the next token.

    Args:
        vocab_size: number of token ids.
        embedding: size of a token's vector.
        units: size of each recurrent layer.
        layers: number of recurrent layers.
        cell: ``"simple"``, ``"lstm"`` or ``"gru"``.
        dropout: share dropped after the embedding and after every recurrent layer.
        tie_embeddings: use the embedding matrix for the logits too.
        pad_is_zero: id 0 is padding: masked in the states and in the loss. Without padding,
            ``False`` trains a little faster.

    Maps integer ids (batch, steps) to logits (batch, steps, vocab_size); any number of steps.
    Layers are named ``embedding``, ``recurrent_1``, …, ``projection`` (only if tied and
    ``units != embedding``) and ``logits`` (only if not tied): see ``parts_of``.

    Source: article 004 §4, repaired (B-004-07, -08, -11, -17).
    """
    if cell not in CELLS:
        raise wrong("cell", repr(cell), " or ".join(map(repr, CELLS)))
    embed = (TiedEmbedding if tie_embeddings else keras.layers.Embedding)(
        vocab_size, embedding, mask_zero=pad_is_zero, name="embedding"
    )
    ids = keras.Input((None,), dtype="int32", name="ids")
    values = embed(ids)
    if dropout:
        values = keras.layers.Dropout(dropout, name="dropout_0")(values)
    for number in range(1, layers + 1):
        values = CELLS[cell](units, return_sequences=True, name=f"recurrent_{number}")(values)
        if dropout:
            values = keras.layers.Dropout(dropout, name=f"dropout_{number}")(values)
    if not tie_embeddings:
        logits = fast.Dense(vocab_size, name="logits")(values)
    else:
        if units != embedding:
            values = keras.layers.Dense(embedding, name="projection")(values)
        logits = embed(values, reverse=True)
    return CheckedModel(ids, logits, name=f"{cell}_language_model")


#: The layers that ``word_language_model`` makes: with another one between, the parts lack it.
_PARTS = re.compile(r"ids|embedding|(dropout|recurrent)_\d+|projection|logits")


def parts_of(model):
    """The layers of a ``word_language_model``, for stepping it one token at a time.

    Returns ``(embedding, recurrent, head)``: the embedding layer (ids -> vectors), the list of
    recurrent layers from the first up, and a function from the last layer's states to logits.
    """
    names = {layer.name: layer for layer in getattr(model, "layers", ())}
    foreign = [name for name in names if not _PARTS.fullmatch(name)]
    if foreign or "embedding" not in names or "recurrent_1" not in names:
        shown = f"{getattr(model, 'name', model)!r}" + (f" with {foreign[:3]}" if foreign else "")
        raise wrong("model", shown, "a model made by word_language_model")
    embedding = names["embedding"]
    recurrent = [names[n] for n in names if n.startswith("recurrent_")]

    def head(states):
        if "logits" in names:
            return names["logits"](states)
        if "projection" in names:
            states = names["projection"](states)
        return embedding(states, reverse=True)

    return embedding, recurrent, head
