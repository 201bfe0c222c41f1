"""Errors a learner can act on: one line that says what was given and what was wanted."""

from numbers import Integral


class InputError(ValueError):
    """Something given by the caller cannot be used. The message is one line."""


class DataError(InputError):
    """A data file is missing, damaged or not what its loader reads."""


def wrong(argument, received, wanted, ledger=None):
    """The ``InputError`` for one bad argument, to be raised by the caller.

    Args:
        argument: name of the argument as the caller wrote it.
        received: the value, or the part of it that is wrong (a shape, a type).
        wanted: what would have been right, in words.
        ledger: id of the articles' fault behind it, e.g. ``"B-003-01"``.

    >>> print(wrong("inputs", (9, 1, 28, 28), "(batch, steps, features)", "B-003-01"))
    inputs: got (9, 1, 28, 28), expected (batch, steps, features) (B-003-01)
    """
    return InputError(_line(argument, received, wanted, ledger))


def unusable(file, received, wanted):
    """The ``DataError`` for one bad file, to be raised by the caller."""
    return DataError(_line(file, received, wanted, None))


def _line(argument, received, wanted, ledger):
    text = f"{argument}: got {received}, expected {wanted}"
    if ledger:
        text += f" ({ledger})"
    return " ".join(text.split())


def whole_number(argument, value):
    """Raises the ``InputError`` for a ``value`` that is no whole number from 1 up."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise wrong(argument, repr(value), "a whole number from 1 up")
