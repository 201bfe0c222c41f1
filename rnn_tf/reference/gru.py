"""The gated recurrent unit in its four variants."""

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference.activations import sigmoid, sigmoid_back, tanh_back
from rnn_tf.reference.cell import Cell
from rnn_tf.reference.recurrence import sum_of_products
from rnn_tf.reference.trace import Trace, saved_array


class GRUTrace(Trace):
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state: (B, U), h_0
        hidden_states: (B, T, U), h_1 … h_T
        update_gates, reset_gates, candidates: (B, T, U), z, r, g of each step
        states, saved: the same step by step; see ``Trace``
    """

    update_gates = saved_array(0)
    reset_gates = saved_array(1)
    candidates = saved_array(2)


class _ResetAfter:
    """r ∘ (h U_g + b_r): the gate acts after the recurrent product, which is the loop's."""

    @staticmethod
    def step(r, h_g, before, U_g):
        return r * h_g

    @staticmethod
    def back(d_g, r, h_g, before, U_g):
        """``(d_r, d_h_g, d_before)``."""
        return d_g * h_g, d_g * r, 0.0

    @staticmethod
    def inner_gradients(trace, d_x_parts):
        return {}


class _ResetBefore:
    """(r ∘ h) U_g: the gate acts before the recurrent product.

    The product can only be made when r is known, so it is made inside the step, and the third
    block of ``h_part``, the loop's own h U_g, is not used. This is also why the fast layers do not
    have this variant. For the same reason U_g gets its gradient here and none from the loop.
    """

    @staticmethod
    def step(r, h_g, before, U_g):
        return (r * before) @ U_g

    @staticmethod
    def back(d_g, r, h_g, before, U_g):
        """``(d_r, d_h_g, d_before)``."""
        d_read = d_g @ U_g.T  # of r ∘ h
        return d_read * before, np.zeros_like(h_g), d_read * r

    @staticmethod
    def inner_gradients(trace, d_x_parts):
        read = [r * before for _, r, _, _, before in trace.saved]
        d_g = [np.split(d_x_part, 3, axis=-1)[2] for d_x_part in d_x_parts]
        d_U_g = sum_of_products(read, d_g)
        return {"recurrent_kernel": np.hstack([np.zeros_like(d_U_g)] * 2 + [d_U_g])}


# What the update gate chooses between: the first where z is 1, the second where it is 0. A swap
# undoes itself, so the same functions sort the gradients on the way back.
_ENDS = {
    "keep": lambda before, g: (before, g),
    "replace": lambda before, g: (g, before),
}


class GRU(Cell):
    """Update gate z and reset gate r around one state, as ``keras.layers.GRU``.

        z, r = σ(x_t W + b + h_{t-1} U + b_r)                   one column block each
        g    = tanh(x_t W_g + b_g + r ∘ (h_{t-1} U_g + b_rg))   reset_after=True (Keras, cuDNN)
        g    = tanh(x_t W_g + b_g + (r ∘ h_{t-1}) U_g)          reset_after=False; no b_r
        h_t  = z ∘ h_{t-1} + (1 − z) ∘ g                        update="keep" (Keras, Cho)
        h_t  = (1 − z) ∘ h_{t-1} + z ∘ g                        update="replace" (Chung; 004 §2.3)

    g is the candidate, also written h̃. Column blocks in Keras's order: update gate, reset gate,
    candidate. With ``reset_after`` the bias is (2, 3 * units): b, which goes with the input,
    above b_r.

    Sources: K. Cho and others (2014), arXiv 1406.1078; J. Chung and others (2014),
    arXiv 1412.3555. Article 004 §2.3 (F-004-04).
    """

    block_names = ("update", "reset", "candidate")
    trace_type = GRUTrace
    keras_layer = "GRU"
    keras_options = {"reset_after": "F-004-04"}
    keras_fixed = {"activation": "tanh", "recurrent_activation": "sigmoid"}
    pytorch_order = (1, 0, 2)
    pytorch_options = {"reset_after": (True,)}

    def __init__(self, features, units, seed=0, reset_after=True, update="keep"):
        if update not in _ENDS:
            raise wrong("update", repr(update), "'keep' or 'replace'", "F-004-04")
        self.reset_after = self.two_biases = bool(reset_after)  # decides the shape of the bias
        self.update = update
        self._reset = _ResetAfter if self.reset_after else _ResetBefore
        self._ends = _ENDS[update]
        super().__init__(features, units, seed)

    def step(self, x_part, h_part, state):
        x_z, x_r, x_g = np.split(x_part, 3, axis=-1)
        h_z, h_r, h_g = np.split(h_part, 3, axis=-1)
        (before,) = state
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        g = np.tanh(x_g + self._reset.step(r, h_g, before, self._U_g))
        one, other = self._ends(before, g)
        return (other + z * (one - other),), (z, r, g, h_g, before)

    def back(self, saved, d_state):
        z, r, g, h_g, before = saved
        (d_hidden,) = d_state
        one, other = self._ends(before, g)
        d_one = d_hidden * z
        d_before, d_g = self._ends(d_one, d_hidden - d_one)
        d_z = sigmoid_back(z, d_hidden * (one - other))
        d_g = tanh_back(g, d_g)
        d_r, d_h_g, d_read = self._reset.back(d_g, r, h_g, before, self._U_g)
        d_r = sigmoid_back(r, d_r)
        d_x_part = np.concatenate([d_z, d_r, d_g], axis=-1)
        d_h_part = np.concatenate([d_z, d_r, d_h_g], axis=-1)
        return d_x_part, d_h_part, (d_before + d_read,)

    def inner_gradients(self, trace, d_x_parts):
        return self._reset.inner_gradients(trace, d_x_parts)

    def exported_weights(self):
        """As those of ``update="keep"``, which is the same function: 1 − σ(a) = σ(−a)."""
        weights = super().exported_weights()
        if self.update == "replace":
            for array in weights.values():
                array[..., : self.units] *= -1.0  # the update gate is the first block
        return weights

    @property
    def _U_g(self):
        return self.weights["recurrent_kernel"][:, 2 * self.units :]

    def __repr__(self):
        return (
            f"{type(self).__name__}(features={self.features}, units={self.units}, "
            f"reset_after={self.reset_after}, update={self.update!r})"
        )
