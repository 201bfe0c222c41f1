"""The articles' formulas, one module an article.

To add one, write ``correct`` (and ``as_printed`` where the printed form is wrong or right under one
reading only), functions without arguments that return a relative error, a difference or a count
against finite differences, the tape or a Keras layer, at unequal sizes; then append the row to
``ROWS``. ``latex`` is the right form without dollar signs; ``names`` gives each symbol's name and
shape. Never judge a gradient by its cosine: a wrong one can have 0.99.
"""
