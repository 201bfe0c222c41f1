"""Counting models: they are distributions, and their values are those of NLTK or of the hand."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.lm import KneserNeyInterpolated
from nltk.lm.preprocessing import padded_everygram_pipeline

from rnn_tf.baselines import ngrams
from rnn_tf.errors import InputError
from rnn_tf.text import Vocabulary

BOS, EOS = Vocabulary.BOS, Vocabulary.EOS
TOY = [
    [BOS, 4, 5, 6, 4, 5, 7, EOS],
    [BOS, 4, 5, 4, 6, EOS],
    [BOS, 5, 6, 4, 5, 6, 8, EOS],
    [BOS, 1, 5, EOS],
]
VOCAB_SIZE = 10

words = st.integers(1, VOCAB_SIZE - 1).filter(lambda n: n not in (BOS, EOS))
documents = st.lists(
    st.lists(words, max_size=12).map(lambda ids: [BOS, *ids, EOS]), min_size=1, max_size=6
)
models = st.sampled_from(
    [
        ngrams.Unigram,
        ngrams.Bigram,
        lambda: ngrams.WittenBell(3),
        ngrams.KneserNey,
        lambda: ngrams.KneserNey(3),
        lambda: ngrams.KneserNey(4),
        lambda: ngrams.KneserNey(2, discounts=(0.0, 1.0)),
    ]
)


@given(models, documents, st.lists(words, max_size=4))
@settings(deadline=None, max_examples=80)
def test_probabilities_sum_to_one_after_any_context(make, sequences, context):
    p = make().fit(sequences, VOCAB_SIZE).probabilities(context)
    assert p.shape == (VOCAB_SIZE,)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    assert p[Vocabulary.PAD] == p[BOS] == 0


@given(models, documents, documents)
@settings(deadline=None, max_examples=50)
def test_scores_of_a_text_are_the_probabilities_after_its_contexts(make, sequences, others):
    model = make().fit(sequences, VOCAB_SIZE)
    with np.errstate(divide="ignore"):
        scored = model.log_probabilities(others)
        assert [len(s) for s in scored] == [len(s) - 1 for s in others]
        text = others[-1]
        one_by_one = [
            math.log(p) if (p := model.probabilities(text[1:t])[text[t]]) else -np.inf
            for t in range(1, len(text))
        ]
    np.testing.assert_allclose(scored[-1], one_by_one)


def test_kneser_ney_bigram_equals_nltk_where_the_definitions_agree():
    """NLTK takes one discount at every order but the lowest, and mixes in no uniform guess.

    From order 3 on it also counts the begin token as a word that can follow; ours never does.
    """
    discount = 0.4
    inner = [[str(n) for n in document[1:-1]] for document in TOY]
    grams, padded = padded_everygram_pipeline(2, inner)
    theirs = KneserNeyInterpolated(2, discount=discount)
    theirs.fit(grams, padded)
    ours = ngrams.KneserNey(2, discounts=(0.0, discount)).fit(TOY, VOCAB_SIZE)
    names = {BOS: "<s>", EOS: "</s>"} | {n: str(n) for n in (1, 4, 5, 6, 7, 8)}
    for context in set(names) - {EOS}:
        p = ours.probabilities([context])
        for word in set(names) - {BOS}:
            assert p[word] == pytest.approx(theirs.score(names[word], [names[context]]), abs=1e-12)


def slow_kneser_ney(sequences, order, discounts, context, word, vocab_size):
    """The formula read off word for word, over sets and lists."""
    grams = Counter()
    for sequence in sequences:
        padded = [BOS] * (order - 2) + list(sequence)
        for t in range(order - 1, len(padded)):
            grams[tuple(padded[t - order + 1 : t + 1])] += 1
    context = tuple(([BOS] * order + list(context))[-(order - 1) :])

    def p(context, grams):
        """``grams`` holds the counts of n-grams one longer than ``context``."""
        if not context:
            lower = 1 / (vocab_size - 2)
        else:
            lower = p(context[1:], Counter(gram[1:] for gram in grams))
        following = {gram[-1]: n for gram, n in grams.items() if gram[:-1] == context}
        if not following:
            return lower
        total, discount = sum(following.values()), discounts[len(context)]
        own = max(following.get(word, 0) - discount, 0) / total
        return own + discount * len(following) / total * lower

    return p(context, grams)


@given(st.integers(2, 4), documents, st.lists(words, max_size=3), words)
@settings(deadline=None, max_examples=50)
def test_kneser_ney_of_any_order_equals_its_formula(order, sequences, context, word):
    discounts = (0.3, 0.5, 0.7, 0.9)[:order]
    model = ngrams.KneserNey(order, discounts).fit(sequences, VOCAB_SIZE)
    slow = slow_kneser_ney(sequences, order, discounts, context, word, VOCAB_SIZE)
    assert model.probabilities(context)[word] == pytest.approx(slow, abs=1e-12)


def test_kneser_ney_bigram_by_hand():
    """After 4: 5, 5, 5, 6 (c = 4, two kinds). As kinds of contexts: see the comments."""
    model = ngrams.KneserNey(2, discounts=(0.0, 0.5)).fit([[BOS, 4, 5, 4, 5, 4, 5, 4, 6, EOS]], 8)
    # Distinct bigrams by last word: 4 after {BOS, 5}, 5 after {4}, 6 after {4}, EOS after {6}.
    p5, p6, p4 = 1 / 5, 1 / 5, 2 / 5
    p = model.probabilities([4])
    left = 0.5 * 2 / 4
    np.testing.assert_allclose(p[[5, 6, 4]], [2.5 / 4 + left * p5, 0.5 / 4 + left * p6, left * p4])
    # A context that was never seen leaves the lower order alone.
    np.testing.assert_allclose(model.probabilities([7])[[5, 6, 4]], [p5, p6, p4])


def test_discounts_are_estimated_from_what_was_seen_once_and_twice():
    model = ngrams.KneserNey(2).fit([[BOS, 4, 5, 4, 5, 6, EOS]], 8)
    # Bigrams: (BOS,4) 1, (4,5) 2, (5,4) 1, (5,6) 1, (6,EOS) 1: n1 = 4, n2 = 1.
    # Kinds of contexts: 4 has 2; 5, 6 and EOS have 1: n1 = 3, n2 = 1.
    assert model.discounts == pytest.approx([3 / 5, 4 / 6])


def test_unigram_is_the_relative_frequency_smoothed_by_kinds():
    model = ngrams.Unigram().fit([[BOS, 4, 4, 4, 5, EOS]], 8)
    # 5 tokens of 3 kinds; 6 ids can be predicted.
    expected = (np.array([3, 1, 0]) + 3 / 6) / (5 + 3)
    np.testing.assert_allclose(model.probabilities([7, 7])[[4, 5, 6]], expected)
    scored = ngrams.perplexity(model, [[BOS, 4, 5, EOS]])
    assert scored == pytest.approx(math.prod(model.probabilities()[[4, 5, EOS]]) ** (-1 / 3))


def test_a_text_of_equally_frequent_words_has_the_uniform_perplexity():
    sequences = [[BOS, 1, 4, 5, 6, 7, 8, 9, EOS]]
    model = ngrams.Unigram().fit(sequences, VOCAB_SIZE)
    assert ngrams.perplexity(model, sequences) == pytest.approx(
        ngrams.uniform_perplexity(VOCAB_SIZE)
    )


def test_longer_contexts_help_where_the_text_needs_them():
    """In ABB ABB … the next word is known from two words, and not from one."""
    text = [BOS, *[4, 5, 5] * 40, EOS]
    of_order = [
        ngrams.perplexity(ngrams.KneserNey(n).fit([text], VOCAB_SIZE), [text]) for n in (1, 2, 3)
    ]
    assert of_order[0] > 1.5 * of_order[2]
    assert of_order[1] > 1.2 * of_order[2]
    assert of_order[2] < 1.2


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: ngrams.KneserNey(0), "order"),
        (lambda: ngrams.KneserNey(2, discounts=(0.5,)), "discounts"),
        (lambda: ngrams.KneserNey(2, discounts=(0.5, 1.5)), "discounts"),
        (lambda: ngrams.KneserNey(4).fit(TOY, 100_000), "order"),
        (lambda: ngrams.Bigram().fit([[4, 5]], 8), "<bos>"),
        (lambda: ngrams.Bigram().fit([[BOS, 4, 0, 0]], 8), "padding"),
        (lambda: ngrams.Bigram().fit([[BOS, 9, EOS]], 8), "ids"),
        (lambda: ngrams.Bigram().probabilities([4]), "fit"),
        (lambda: ngrams.Bigram().log_probabilities(TOY), "fit"),
    ],
)
def test_wrong_use_gets_one_clear_line(attempt, words):
    with pytest.raises(InputError) as caught:
        attempt()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
