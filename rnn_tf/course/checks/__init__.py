"""Instant checks of the labs: each says what is wrong with an answer, or that it is right.

A lesson's checks are one module, named as the lesson: ``checks.by_hand``. A check is a function
of the reader's answer that raises ``NotYet`` with what is wrong, in both languages:

    @exercise
    def one_step(step):
        '''``step(x, h, w)`` gives the next hidden state.'''
        found = step(x, h, w)
        expect_shape(found, (3, 4))
        if np.allclose(found, without_memory):
            raise NotYet("the old state does nothing: …", "旧状态没有起作用：……")
        expect_close(found, right, at_most=1e-12)

It never shows the solution. A wrong answer that many would give gets words of its own.
"""

import functools
import os

import numpy as np

from rnn_tf.course.settings import current_language


class NotYet(Exception):
    """An answer that is not right yet, and what is wrong with it.

    Args:
        en, zh: one or two sentences to the reader.
    """

    def __init__(self, en, zh):
        super().__init__(en)
        self.words = {"en": en, "zh": zh}


def language():
    """The language of the lab that is open, else as ``settings.current_language`` says."""
    from rnn_tf.course import session

    now = session.current()
    return now.lang if now else current_language()


def exercise(check):
    """Make a function that raises ``NotYet`` into a check that prints its verdict.

    The check returns whether the answer is right. An error inside the answer is a verdict too,
    not a traceback. Where results are collected (``rnn-tf run``), a wrong answer is an
    ``AssertionError``, so that a solution that does not pass its check fails its run.
    """

    @functools.wraps(check)
    def checked(*answer, **named):
        lang = language()
        try:
            check(*answer, **named)
        except NotYet as wrong:
            words = wrong.words[lang]
        except NotImplementedError:
            words = {"en": "still to be written.", "zh": "还没有写。"}[lang]
        except Exception as error:  # whatever a reader's code may raise
            shown = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            words = {"en": f"it stops: {shown}", "zh": f"运行出错：{shown}"}[lang]
        else:
            print({"en": "✓ right", "zh": "✓ 正确"}[lang])
            return True
        print({"en": f"✗ not yet: {words}", "zh": f"✗ 还不对：{words}"}[lang])
        if os.environ.get("RNN_TF_ROWS"):
            raise AssertionError(f"{check.__name__}: {words}")
        return False

    return checked


def expect_number(found, name="answer"):
    """The answer as a float; ``NotYet`` if it is no finite number."""
    if found is None or found is ...:
        raise NotImplementedError
    try:
        number = float(found)
    except (TypeError, ValueError):
        kind = type(found).__name__
        raise NotYet(
            f"{name} is of type {kind}, a number is wanted.",
            f"{name} 的类型是 {kind}，应为一个数。",
        ) from None
    if not np.isfinite(number):
        raise NotYet(f"{name} is {number}.", f"{name} 等于 {number}。")
    return number


def expect_shape(found, shape, name="result"):
    """The answer as an array of this shape; ``NotYet`` if it is none."""
    if found is None or found is ...:
        raise NotImplementedError
    array = np.asarray(found)
    if array.shape != tuple(shape):
        raise NotYet(
            f"{name} has the shape {array.shape}, wanted is {tuple(shape)}.",
            f"{name} 的形状是 {array.shape}，应为 {tuple(shape)}。",
        )
    return array


def expect_close(found, right, *, at_most, name="result"):
    """``NotYet`` if any number differs by more than ``at_most``; says where it is worst."""
    found, right = expect_shape(found, np.shape(right), name), np.asarray(right)
    error = np.abs(found - right)
    if np.all(error <= at_most):
        return
    worst = np.unravel_index(np.nanargmax(np.where(np.isnan(error), np.inf, error)), error.shape)
    at = f" [{', '.join(map(str, worst))}]" if worst else ""
    raise NotYet(
        f"{name}{at} is {found[worst]:.6g}, which is off by {error[worst]:.2g}.",
        f"{name}{at} 等于 {found[worst]:.6g}，偏差为 {error[worst]:.2g}。",
    )
