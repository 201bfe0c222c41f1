"""``rnn-tf bench``: the benchmarks of the clone, or of the installed wheel."""

import importlib
import sys

from rnn_tf import paths

# The benchmarks are programs, not a package: their peers run in processes of their own.
sys.path.insert(0, str(paths.benchmarks_folder()))
command = importlib.import_module("run").command
