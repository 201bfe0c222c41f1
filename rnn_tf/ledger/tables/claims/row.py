"""Writes one claim in few lines."""

from rnn_tf.ledger.rows import Claim


def measured(id, section, title, experiment, rule, *, left_out=None):
    """A claim that an experiment of ``rnn_tf.claims`` settles by one of its rules."""
    return Claim(
        id, section, "measured", title, experiment=experiment, rule=rule, left_out=left_out
    )


def argued(id, section, title, judgement, why, references):
    """A claim that is settled by an argument. ``references``: ids and keys, parted by spaces."""
    sources = tuple(references.split())
    return Claim(id, section, "argued", title, judgement=judgement, why=why, references=sources)


def untestable(id, section, title, why):
    """A claim that no experiment can settle, with the reason."""
    return Claim(id, section, "not testable", title, why=why)
