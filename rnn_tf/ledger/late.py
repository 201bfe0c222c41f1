"""``keras`` and ``tf`` for the miniatures, started when a miniature first uses them.

Reading the ledger must stay quick, so no row's module may load TensorFlow.
"""


class _Late:
    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        from rnn_tf import backend

        return getattr(getattr(backend, self._name), attribute)


keras = _Late("keras")
tf = _Late("tf")
