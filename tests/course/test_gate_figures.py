"""The drawn cells: every symbol of the equations is there once, with its word and its number."""

import pytest
from matplotlib import pyplot as plt

from rnn_tf.course import figures
from rnn_tf.course.figures import gates


@pytest.fixture(autouse=True)
def style():
    figures.use_style()
    yield
    plt.close("all")


def texts(axis):
    return [text.get_text() for text in axis.texts if text.get_text()]


@pytest.mark.parametrize(
    ("draw", "symbols", "signs"),
    [(gates.lstm, "figo", {"×": 3, "+": 1}), (gates.gru, "zgr", {"×": 3, "+": 1})],
)
def test_a_cell_has_its_gates_and_its_products(draw, symbols, signs):
    _, axis = plt.subplots()
    draw(axis)
    found = texts(axis)
    for symbol in symbols:
        assert found.count(f"${symbol}$") == 1
    assert {sign: found.count(sign) for sign in signs} == signs
    assert found.count(r"$\sigma$") == len(symbols) - 1  # the candidate is no gate


def test_words_and_numbers_come_from_the_caller():
    _, axis = plt.subplots()
    draw = {"f": 0.881, "i": 0.5, "g": -0.76, "o": 0.12, "c": 1.25, "h_before": -0.1}
    gates.lstm(axis, words={"f": "遗忘门"}, values=draw)
    found = texts(axis)
    assert {"遗忘门", "0.88", "−0.76", "$c_t$\n1.25", "$h_{t-1}$\n−0.10"} <= set(found)


def test_both_cells_stand_side_by_side():
    figure = gates.cells(words={"z": "update"})
    assert [axis.get_title() for axis in figure.axes] == ["LSTM", "GRU"]
    assert "update" in texts(figure.axes[1]) and "update" not in texts(figure.axes[0])


def test_a_shut_gate_is_paler_than_an_open_one():
    shades = []
    for value in (0.0, 1.0):
        _, axis = plt.subplots()
        gates.lstm(axis, values={"f": value})
        edge = plt.matplotlib.colors.to_rgba(gates.GATE_COLOURS["f"])
        (box,) = [patch for patch in axis.patches if patch.get_edgecolor() == edge]
        shades.append(sum(box.get_facecolor()[:3]))
    assert shades[0] > shades[1] + 0.3
