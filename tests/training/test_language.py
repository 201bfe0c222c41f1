"""Training a language model: it learns, it repeats itself, it starts from the unigram."""

import numpy as np
import pytest

from rnn_tf import text, training
from rnn_tf.baselines import ngrams
from rnn_tf.errors import InputError
from rnn_tf.models import word_language_model
from rnn_tf.training.language import start_from_unigram, train_language_model
from rnn_tf.training.metrics import model_perplexity

VOCAB = 8
#: The token at the end repeats the one at the beginning: no count of two or three can know it.
DOCUMENTS = [
    np.array([2, first, *rest, first, 3], dtype=np.int32)
    for first in (4, 5)
    for rest in ([6, 6, 7], [6, 7, 7], [7, 6, 7], [7, 7, 7])
]


def made(tied, seed=0):
    training.set_seed(seed)
    return word_language_model(
        VOCAB,
        cell="gru",
        embedding=8,
        units=12,
        dropout=0,
        tie_embeddings=tied,
        pad_is_zero=False,
    )


@pytest.mark.parametrize("tied", [False, True])
def test_before_the_first_step_it_knows_the_unigram(tied):
    model = made(tied)
    for layer in ("embedding", "recurrent_1"):  # nothing but the bias speaks
        for variable in model.get_layer(layer).weights:
            variable.assign(np.zeros(variable.shape))
    start_from_unigram(model, DOCUMENTS)
    logits = model(DOCUMENTS[0][None, :-1])[0].numpy()
    p = np.exp(logits[-1]) / np.exp(logits[-1]).sum()
    counts = np.bincount(np.concatenate([d[1:] for d in DOCUMENTS]), minlength=VOCAB) + 0.1
    assert p == pytest.approx(counts / counts.sum(), rel=1e-4)


@pytest.mark.parametrize("num_steps", [4, 6])  # windows with moving borders, whole documents
def test_it_learns_what_counting_three_tokens_cannot_know(num_steps):
    model = made(tied=True)
    seen = []
    losses = train_language_model(
        model,
        DOCUMENTS,
        epochs=150,
        num_steps=num_steps,
        batch_size=4,
        learning_rate=2e-2,
        after_epoch=lambda epoch, loss: seen.append((epoch, loss)),
    )
    assert seen == list(enumerate(losses, start=1)) and len(losses) == 150
    assert losses[-1] < 0.7 * losses[0]
    if num_steps == 6:
        scored = text.whole_documents(DOCUMENTS)
        counting = ngrams.KneserNey(3).fit(DOCUMENTS, VOCAB)
        assert model_perplexity(model, *scored) < ngrams.perplexity(counting, DOCUMENTS)


def test_the_same_seed_gives_the_same_losses():
    runs = [
        train_language_model(made(True), DOCUMENTS, epochs=3, seed=s, num_steps=4, batch_size=4)
        for s in (0, 0, 1)
    ]
    assert runs[0] == pytest.approx(runs[1], rel=1e-5)
    assert runs[0] != pytest.approx(runs[2], rel=1e-5)


def test_documents_shorter_than_a_window_are_refused():
    with pytest.raises(InputError, match="B-004-20"):
        train_language_model(made(True), DOCUMENTS, epochs=1, num_steps=100)
