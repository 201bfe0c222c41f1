"""What a forward pass computed, kept for looking at and for the way back."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnn_tf.reference.recurrence import over_time


def state_array(place):
    """An attribute of a trace: entry ``place`` of the states after each step, (B, T, U)."""
    return cached_property(lambda trace: over_time([state[place] for state in trace.states[1:]]))


def saved_array(place):
    """An attribute of a trace: entry ``place`` of what each step saved, (B, T, U)."""
    return cached_property(lambda trace: over_time([saved[place] for saved in trace.saved]))


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """What ``forward`` computed. B batch, T steps, F features, U units.

    Attributes:
        inputs: (B, T, F)
        states: T + 1 tuples of (B, U), before the first step and after each
        saved: T tuples of (B, U), what each step kept for ``back``
        initial_state: (B, U), h_0
        hidden_states: (B, T, U), h_1 … h_T
    """

    inputs: np.ndarray
    states: list
    saved: list

    hidden_states = state_array(0)

    @property
    def initial_state(self):
        """h_0, (B, U)."""
        return self.states[0][0]

    @property
    def final_state(self):
        """The ``initial_state`` of a forward pass that goes on from here: h_T, (B, U), or a tuple
        of all states if the cell carries more than one."""
        return one_or_all(self.states[-1])


def one_or_all(state):
    """A cell's state as callers see it: the array itself where there is only one."""
    return state[0] if len(state) == 1 else tuple(state)
