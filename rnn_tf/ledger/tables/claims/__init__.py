"""What the articles claim (C-…), and how each claim is settled.

Most are measured: the row names an experiment of ``rnn_tf.claims`` and a rule of that experiment,
and the verdict is computed from what was measured; it is written down nowhere. Some are argued,
with references; some can't be tested, and the row says why. Ids never change.
"""
