"""Daily share prices of four large firms, 2000 to March 2013: prices, returns, the size of moves.

Source: Quandl WIKI prices, given to the public domain; PyPI bokeh-sampledata 2026.1. Five tickers
lie in the file; the three that were traded on every day of it are the default.
"""

import numpy as np

from rnn_tf.datasets import grid, series
from rnn_tf.datasets.base import resolve
from rnn_tf.errors import unusable, wrong

SHIPPED = "shares/shares.csv.gz"
TICKERS = ("AAPL", "IBM", "MSFT")

#: Columns of the grid, and their units.
UNITS = {
    "price": "USD",
    "printed_price": "USD",
    "return": "%",
    "size": "ln %",
    "volume": "ln shares",
}
#: Per cent added to a move before its logarithm is taken: a day without a move has one, too.
LEAST_MOVE = 0.1


def read(path=None, *, tickers=TICKERS):
    """The shares on a grid of trading days, ``Grid`` with the columns of ``UNITS``.

    ``price`` is the close adjusted for splits and dividends, ``printed_price`` the close as the
    newspaper printed it; ``return`` is 100 times the change of ln ``price`` since the trading day
    before; ``size`` is ln(|return| + ``LEAST_MOVE``); ``volume`` is ln(shares traded + 1).

    Args:
        path: a file like the shipped one: columns ``Ticker``, ``Date``, ``Close``, ``Volume``,
            ``Adj Close``.
        tickers: values of ``Ticker`` to read.

    Raises ``DataError`` for a file that is no such table or holds a price that is none, and
    ``InputError`` for a ticker that it does not hold.
    """
    path = resolve("shares", path, shipped=SHIPPED).path
    tickers = tuple(tickers)
    if not tickers or len(set(tickers)) < len(tickers):
        raise wrong("tickers", tickers, "one ticker or several different ones")
    table = grid.read(path, time="Date", columns=("Close", "Volume", "Adj Close"), group="Ticker")
    lacking = [name for name in tickers if name not in table.groups]
    if lacking:
        raise wrong("tickers", repr(lacking[0]), f"among those of {path}: {table.groups}")
    close, volume, adjusted = np.moveaxis(
        table.values[[table.groups.index(name) for name in tickers]], -1, 0
    )
    for name, values, above in (("Close", close, 0), ("Adj Close", adjusted, 0)):
        _must_be_above(path, table, tickers, name, values, above)
    _must_be_above(path, table, tickers, "Volume", volume, -1)
    returns = np.full(adjusted.shape, np.nan)
    returns[:, 1:] = 100 * np.diff(np.log(adjusted), axis=1)
    columns = (adjusted, close, returns, np.log(np.abs(returns) + LEAST_MOVE), np.log(volume + 1))
    return grid.Grid(table.times, np.stack(columns, axis=-1), tickers, tuple(UNITS))


def load(
    path=None,
    *,
    target="return",
    columns=None,
    tickers=TICKERS,
    num_steps=30,
    predict="level",
    calendar=("week",),
    validation=0.1,
    test=0.2,
    **cut,
):
    """Windows of past trading days and what the next one brought.

    Args:
        path: a file like the shipped one.
        target: a column of ``UNITS``; it is the first of the inputs.
        columns: what the model sees; the target alone unless named.
        tickers: shares; their windows share one scaling and are cut at the same days.
        num_steps, predict, calendar, validation, test, cut: as in ``series.prepare``; steps are
            trading days, the weekday of the day to predict is known.

    Returns a ``Series``; ``actual`` and ``last`` are in the unit of the target.
    """
    found = resolve("shares", path, shipped=SHIPPED)
    days = read(found.path, tickers=tickers)
    if target not in days.columns:
        raise wrong("target", repr(target), f"one of {days.columns}")
    return series.prepare(
        days,
        target=target,
        columns=(target,) if columns is None else columns,
        num_steps=num_steps,
        predict=predict,
        calendar=calendar,
        validation=validation,
        test=test,
        name="shares",
        source=found.source(int(np.isfinite(days.column("price")).sum()), "prices"),
        **cut,
    )


def _must_be_above(path, table, tickers, column, values, above):
    bad = np.argwhere(values <= above)
    if len(bad):
        place = tuple(bad[0])
        raise unusable(
            path,
            f"a {column} of {values[place]:g} for {tickers[place[0]]} on "
            f"{table.times[place[1]].astype('datetime64[D]')}",
            "prices above 0, and volumes of 0 or more",
        )
