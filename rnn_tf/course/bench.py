"""``rnn-tf bench``: the benchmarks of the clone, or their copy in an installed wheel."""

from importlib import import_module
from importlib.util import find_spec

_PACKAGE = "rnn_tf._benchmarks" if find_spec("rnn_tf._benchmarks") else "benchmarks"

command = import_module(f"{_PACKAGE}.run").command
