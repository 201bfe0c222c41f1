"""The gated recurrent unit in its four variants, and its back-propagation through time."""

from dataclasses import dataclass

import numpy as np

from rnn_tf.errors import wrong
from rnn_tf.reference.activations import sigmoid
from rnn_tf.reference.cell import Cell


@dataclass(frozen=True)
class GRUTrace:
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        initial_state: (B, U), h_0
        hidden_states: (B, T, U), h_1 … h_T
        update_gates, reset_gates, candidates: (B, T, U), z, r, h̃ of each step
        recurrent_candidates: (B, T, U), what the reset gate multiplies: h_{t-1} U_h + b'_h if
            it acts after the product, h_{t-1} if before
    """

    inputs: np.ndarray
    initial_state: np.ndarray
    hidden_states: np.ndarray
    update_gates: np.ndarray
    reset_gates: np.ndarray
    candidates: np.ndarray
    recurrent_candidates: np.ndarray

    @property
    def final_state(self):
        """h_T, (B, U): the ``initial_state`` of a forward pass that goes on from here."""
        return self.hidden_states[:, -1]


class GRU(Cell):
    """Update gate z and reset gate r around one state, as ``keras.layers.GRU``.

        z, r = σ(x_t W + b + h_{t-1} U + b')                    one column block each
        h̃    = tanh(x_t W_h + b_h + r ∘ (h_{t-1} U_h + b'_h))   reset_after=True (Keras, cuDNN)
        h̃    = tanh(x_t W_h + b_h + (r ∘ h_{t-1}) U_h)          reset_after=False; no b'
        h_t  = z ∘ h_{t-1} + (1 − z) ∘ h̃                        update="keep" (Keras, Cho)
        h_t  = (1 − z) ∘ h_{t-1} + z ∘ h̃                        update="replace" (Chung; 004 §2.3)

    Column blocks in Keras's order: update gate, reset gate, candidate. With ``reset_after`` the
    bias is (2, 3 * units): b, which goes with the input, above b'.

    Sources: K. Cho and others (2014), arXiv 1406.1078; J. Chung and others (2014),
    arXiv 1412.3555. Article 004 §2.3 (F-004-04).
    """

    gates = ("update", "reset", "candidate")

    def __init__(self, features, units, seed=0, reset_after=True, update="keep"):
        if update not in ("keep", "replace"):
            raise wrong("update", repr(update), "'keep' or 'replace'", "F-004-04")
        super().__init__(features, units, seed)
        self.reset_after = bool(reset_after)
        self.update = update
        if self.reset_after:
            self.weights["bias"] = np.zeros((2, 3 * units))

    def forward(self, inputs, initial_state=None):
        """All states and gates of a batch.

        Args:
            inputs: (B, T, F)
            initial_state: (B, U), or ``None`` for zeros.

        Returns a ``GRUTrace``. Raises ``InputError`` for wrong shapes.
        """
        x = self._inputs(inputs)
        h_0 = self._state("initial_state", initial_state, len(x))
        W, U = self.weights["kernel"], self.weights["recurrent_kernel"]
        U_gates, U_h = U[:, : 2 * self.units], U[:, 2 * self.units :]
        b, b_recurrent = self._biases()
        b_gates, b_h = b_recurrent[: 2 * self.units], b_recurrent[2 * self.units :]

        shape = (len(x), x.shape[1], self.units)
        h_all, z_all, r_all, candidates, recurrent = (np.empty(shape) for _ in range(5))
        h = h_0
        for t in range(x.shape[1]):
            x_z, x_r, x_h = np.split(x[:, t] @ W + b, 3, axis=1)
            h_z, h_r = np.split(h @ U_gates + b_gates, 2, axis=1)
            z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
            if self.reset_after:
                recurrent[:, t] = h @ U_h + b_h
                candidate = np.tanh(x_h + r * recurrent[:, t])
            else:
                recurrent[:, t] = h
                candidate = np.tanh(x_h + (r * h) @ U_h)
            kept = z if self.update == "keep" else 1.0 - z
            h = kept * h + (1.0 - kept) * candidate
            h_all[:, t], z_all[:, t], r_all[:, t], candidates[:, t] = h, z, r, candidate
        return GRUTrace(x, h_0, h_all, z_all, r_all, candidates, recurrent)

    def backward(self, trace, d_hidden_states=None, d_final_state=None):
        """Back-propagation through time: the gradient of a loss L for everything it depends on.

        Args:
            trace: what ``forward`` returned.
            d_hidden_states: (B, T, U), ∂L/∂h_t as far as the loss uses h_t itself; ``None``: 0.
            d_final_state: (B, U), a further ∂L/∂h_T, from what goes on after the last step.

        Returns name -> gradient: every weight, ``"inputs"`` (B, T, F) and ``"initial_state"``
        (B, U).
        """
        d_direct = self._d_hidden_states(d_hidden_states, trace)
        carry = self._state("d_final_state", d_final_state, len(trace.inputs))
        W, U = self.weights["kernel"], self.weights["recurrent_kernel"]
        U_gates, U_h = U[:, : 2 * self.units], U[:, 2 * self.units :]
        gradients = self._zero_gradients(trace)
        d_U = gradients["recurrent_kernel"]
        d_U_gates, d_U_h = d_U[:, : 2 * self.units], d_U[:, 2 * self.units :]  # views

        x = trace.inputs
        for t in reversed(range(x.shape[1])):
            h_before = trace.hidden_states[:, t - 1] if t > 0 else trace.initial_state
            z, r = trace.update_gates[:, t], trace.reset_gates[:, t]
            candidate, recurrent = trace.candidates[:, t], trace.recurrent_candidates[:, t]
            kept, sign = (z, 1.0) if self.update == "keep" else (1.0 - z, -1.0)

            dh = d_direct[:, t] + carry
            # h_t = kept ∘ h_{t-1} + (1 − kept) ∘ h̃
            da_z = sign * dh * (h_before - candidate) * z * (1.0 - z)
            da_h = dh * (1.0 - kept) * (1.0 - candidate**2)
            carry = dh * kept
            if self.reset_after:  # a_h = x W_h + b_h + r ∘ (h_{t-1} U_h + b'_h)
                d_recurrent = da_h * r
                dr = da_h * recurrent
                d_U_h += h_before.T @ d_recurrent
                carry = carry + d_recurrent @ U_h.T
            else:  # a_h = x W_h + b_h + (r ∘ h_{t-1}) U_h
                d_reset_state = da_h @ U_h.T
                dr = d_reset_state * h_before
                d_U_h += (r * h_before).T @ da_h
                carry = carry + d_reset_state * r
            da_gates = np.hstack([da_z, dr * r * (1.0 - r)])
            da = np.hstack([da_gates, da_h])

            d_U_gates += h_before.T @ da_gates
            carry = carry + da_gates @ U_gates.T
            gradients["kernel"] += x[:, t].T @ da
            gradients["inputs"][:, t] = da @ W.T
            if self.reset_after:
                gradients["bias"][0] += da.sum(axis=0)
                gradients["bias"][1] += np.hstack([da_gates, d_recurrent]).sum(axis=0)
            else:
                gradients["bias"] += da.sum(axis=0)
        gradients["initial_state"] = carry
        return gradients

    def _biases(self):
        bias = self.weights["bias"]
        return (bias[0], bias[1]) if self.reset_after else (bias, np.zeros(3 * self.units))

    def __repr__(self):
        return (
            f"GRU(features={self.features}, units={self.units}, "
            f"reset_after={self.reset_after}, update={self.update!r})"
        )
