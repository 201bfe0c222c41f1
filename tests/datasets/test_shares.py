"""The shipped shares, and files that are none."""

import csv
import gzip

import numpy as np
import pytest

from rnn_tf import paths
from rnn_tf.datasets import shares
from rnn_tf.errors import DataError, InputError

HEADER = "Ticker,Date,Open,High,Low,Close,Volume,Adj Close"


def written(folder, lines, header=HEADER):
    path = folder / "shares.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def lines(days=120, tickers=("AAPL", "IBM"), start="2024-01-01"):
    found = []
    for place, ticker in enumerate(tickers):
        random = np.random.default_rng(place)
        closes = 100 * np.exp(np.cumsum(random.normal(0, 0.02, days)))
        for day, close in enumerate(closes):
            date = np.datetime64(start) + day
            found.append(f"{ticker},{date},1,1,1,{2 * close:.4f},{1000 + day},{close:.4f}")
    return found


def rows_of(ticker):
    text = gzip.decompress((paths.data_folder() / shares.SHIPPED).read_bytes()).decode()
    return [row for row in csv.DictReader(text.splitlines()) if row["Ticker"] == ticker]


def test_the_shipped_shares():
    days = shares.read()
    assert days.groups == shares.TICKERS and days.columns == tuple(shares.UNITS)
    rows = rows_of("IBM")
    prices = np.array([float(row["Adj Close"]) for row in rows])
    ibm = days.groups.index("IBM")
    np.testing.assert_array_equal(days.column("price")[ibm], prices)
    np.testing.assert_array_equal(
        days.column("printed_price")[ibm], [float(row["Close"]) for row in rows]
    )
    moves = 100 * np.log(prices[1:] / prices[:-1])
    np.testing.assert_allclose(days.column("return")[ibm, 1:], moves)
    np.testing.assert_allclose(days.column("size")[ibm, 1:], np.log(np.abs(moves) + 0.1))
    assert np.isnan(days.column("return")[:, 0]).all()
    volumes = [float(row["Volume"]) for row in rows]
    np.testing.assert_allclose(days.column("volume")[ibm], np.log1p(volumes))


def test_windows_of_returns():
    data = shares.load()
    assert data.source.startswith("shipped sample data/shares/shares.csv.gz, 9810 prices")
    assert data.train.inputs.shape == (6774, 30, 4) and data.train.known.shape == (6774, 1, 2)
    assert data.features == ("return", "filled", "week_sin", "week_cos")
    for earlier, later in ((data.train, data.validation), (data.validation, data.test)):
        assert earlier.times.max() < later.times.min()
    days = shares.read()
    place = np.flatnonzero(days.times == data.test.times[7])[0]
    group = days.groups.index(data.test.group[7])
    assert data.test.actual[7, 0] == days.column("return")[group, place + 1]
    outputs = (data.test.actual - data.scaling.target_mean) / data.scaling.target_std
    np.testing.assert_allclose(data.to_units(data.test, outputs), data.test.actual)


def test_a_share_that_came_later_is_cut_where_it_began():
    data = shares.load(tickers=("FB", "GOOG"), target="price", validation=0.05, test=0.03)
    assert set(data.test.group) == {"FB", "GOOG"}
    assert set(data.train.group) == {"GOOG"}


def test_weekday_of_the_day_to_predict():
    """Windows end on Fridays, too: the step to predict is then a Monday."""
    part = shares.load(tickers=("IBM",)).test
    weekday = (np.round(np.arctan2(*part.known[:, 0].T) / (2 * np.pi) * 7) % 7).astype(int)
    days = shares.read(tickers=("IBM",)).times
    following = days[np.searchsorted(days, part.times) + 1]
    np.testing.assert_array_equal(weekday, (following.astype("M8[D]").astype(int) + 3) % 7)


def test_shares_of_the_readers_own(tmp_path):
    path = written(tmp_path, lines())
    data = shares.load(path, tickers=("AAPL", "IBM"), num_steps=5)
    assert data.source.startswith(f"path given {path}, 240 prices")
    assert data.name == "shares"


@pytest.mark.parametrize(
    ("lines_of", "named"),
    [
        (lambda: [], "names of columns alone"),
        (lambda: ["AAPL,2024-13-01,1,1,1,1,1,1"], "line 2: Date '2024-13-01'"),
        (lambda: ["AAPL,yesterday,1,1,1,1,1,1"], "line 2: Date 'yesterday'"),
        (lambda: ["AAPL,2024-01-01,1,1,1,much,1,1"], "line 2: Close 'much'"),
        (lambda: ["AAPL,2024-01-01,1,1,1,1,1"], "line 2: 7 fields"),
        (lambda: ["AAPL,2024-01-01,1,1,1,1,1,1,1"], "line 2: 9 fields"),
        (lambda: ['AAPL,"2024-01-01,1,1,1,1,1,1'], "line 2"),
        (lambda: ["AAPL,2024-01-01,1,1,1,1,1,0"], "Adj Close of 0 for AAPL on 2024-01-01"),
        (lambda: ["AAPL,2024-01-01,1,1,1,-3,1,1"], "Close of -3 for AAPL"),
        (lambda: ["AAPL,2024-01-01,1,1,1,1,-5,1"], "Volume of -5"),
        (lambda: ["AAPL,2024-01-01,1,1,1,inf,1,1"], "line 2: Close 'inf'"),
        (lambda: [*lines(9), "AAPL,2024-01-01,1,1,1,7,7,7"], "two measurements of AAPL"),
        (lambda: [line.replace("AAPL", "T") for line in lines(9)], "tickers: got 'AAPL'"),
    ],
)
def test_bad_files_get_one_line(tmp_path, lines_of, named):
    path = written(tmp_path, lines_of())
    with pytest.raises((DataError, InputError)) as caught:
        shares.read(path, tickers=("AAPL",))
    assert named in str(caught.value) and "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def test_other_bad_files(tmp_path):
    with pytest.raises(DataError, match="no column Volume"):
        shares.read(written(tmp_path, [], HEADER.replace("Volume", "Number")))
    with pytest.raises(DataError, match="shares.csv"):
        shares.read(tmp_path / "nowhere" / "shares.csv")
    (tmp_path / "shares.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="shares.csv"):
        shares.read(tmp_path / "shares.csv")
    (tmp_path / "shares.csv.gz").write_bytes(gzip.compress(b"Ticker")[:-5])
    with pytest.raises(DataError, match="shares.csv.gz"):
        shares.read(tmp_path / "shares.csv.gz")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"tickers": ()}, "tickers: got ()"),
        ({"tickers": ("IBM", "IBM")}, "tickers"),
        ({"tickers": ("GE",)}, "tickers: got 'GE'"),
        ({"target": "tomorrow"}, "target: got 'tomorrow'"),
        ({"columns": ("price",), "target": "return", "num_steps": 0}, "num_steps: got 0"),
    ],
)
def test_bad_arguments_get_one_line(given, named):
    with pytest.raises(InputError) as caught:
        shares.load(**given)
    assert named in str(caught.value) and "\n" not in str(caught.value)
