"""All experiments with their rules."""

from rnn_tf.claims.experiments import (
    articles,
    cells,
    depth,
    descent,
    feedback,
    generalising,
    gradients,
    keras_side,
    lengths,
    looking,
    memory,
    over_fitting,
    patients,
    reading,
    remedies,
    seconds,
    series,
    several,
    tools_around,
    translating,
    voices,
    which_network,
    windows,
    words,
)

#: In the order in which they run: the quick ones first.
_MODULES = (
    cells, gradients, windows, series, articles, generalising, several, descent,
    reading, memory, feedback, lengths, over_fitting, voices, patients,
    seconds, keras_side, tools_around, looking, depth, words, translating,
    remedies, which_network,
)  # fmt: skip
EXPERIMENTS = tuple(one for module in _MODULES for one in module.EXPERIMENTS)
