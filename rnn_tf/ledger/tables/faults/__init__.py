"""The faults of the articles' programs, one module an article.

To add one: write two functions without arguments, the miniature that fails and the same thing
done right, and append the row below them to ``ROWS``::

    def four_dimensions():            # our own miniature; its source is printed by the ledger
        return keras.layers.LSTM(2)(np.zeros((5, 1, 4, 4)))

    def rows_are_steps():
        return keras.layers.LSTM(2)(np.zeros((5, 4, 4))).shape[1]

    ROWS.append(Fault(id="B-003-01", …, evidence=Raises("ValueError", "found ndim=4", right=2, …),
                      reproduce=four_dimensions, repaired=rows_are_steps))

The evidence is data: ``Raises(types, fragment, right=…, what=…)`` or ``Wrong(value, right=…,
what=…)``, where values are numbers, ``Near``, ``Between``, text, or a tuple of these. The value of
the failing half and of the right half must not both fit the same evidence, or the row would hold
with its fault removed: a test tries that with every row.

A miniature takes under two seconds, reads no network, seeds what is random with its own
``np.random.default_rng(seed)`` or layer seeds, and builds a fresh model each time. Small fits are
quickest with ``run_eagerly=True``. Design rows (kind "D") need no code: ``repair`` says what the
course does instead and ``at`` where; every place in ``at`` must exist.
"""
