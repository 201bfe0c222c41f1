"""What the articles talk about (S-…), and where each thing lives in the course.

``"partly"`` and ``"not yet"`` say what is missing, ``"out of scope"`` says why: nothing is dropped
in silence. To move a topic, change its verdict, its places and its reason; never its id.
"""

from rnn_tf.ledger.tables.topics import applications, outlook, tasks, theory, tools

ROWS = (*theory.ROWS, *tasks.ROWS, *applications.ROWS, *tools.ROWS, *outlook.ROWS)
