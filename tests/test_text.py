"""Text: reading, splitting, tokens, vocabulary, windows."""

import json
import os
import string
from pathlib import Path

import nltk
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.corpus import PlaintextCorpusReader

from rnn_tf import text
from rnn_tf.errors import DataError, InputError
from rnn_tf.text import Document, Vocabulary

CHINESE = "大海很深。Python 3.12 很快！他说：“你好。”我们走吧？好……"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "fox.txt").write_text(
        "The fox, Mr. Reynard, ran 3.5 km. It slept.\n\nThe end", encoding="utf-8"
    )
    (tmp_path / "sea.txt").write_text("Deep is the sea.\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("not an article", encoding="utf-8")
    return tmp_path


# -- reading


def test_every_text_file_is_a_document(folder):
    (folder / "more").mkdir()
    (folder / "more" / "island.txt").write_text("An island.", encoding="utf-8")
    (folder / ".hidden.txt").write_text("hidden", encoding="utf-8")
    documents = text.read_documents(folder)
    assert [d.name for d in documents] == ["fox", "more/island", "sea"]
    assert documents[2].text == "Deep is the sea.\n"


@pytest.mark.parametrize("name", ["two words", "a..b", "国家", "x.zip", "50%", "Mr. O'Neill [1]"])
def test_files_of_any_name_and_content_come_as_they_are(tmp_path, name):
    content = "a\u2028b\u0085c\n\n\td\x0c — 海 \U0001f30a\n"
    (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8", newline="")
    (document,) = text.read_documents(tmp_path)
    assert document == Document(name.replace("..", "…"), content)


def test_nltk_itself_refuses_a_folder_of_ones_own_and_ours_reads_it(folder):
    path_before = list(nltk.data.path)
    if tuple(map(int, nltk.__version__.split(".")[:2])) >= (3, 10):
        with pytest.raises(PermissionError):
            PlaintextCorpusReader(str(folder), r".*\.txt").raw("sea.txt")
    with text.corpus_reader(folder) as reader:
        assert isinstance(reader, PlaintextCorpusReader)
        assert reader.raw("sea.txt") == "Deep is the sea.\n"
        assert list(reader.sents("fox.txt")) == [
            ["The", "fox", ",", "Mr.", "Reynard", ",", "ran", "3.5", "km", "."],
            ["It", "slept", "."],
            ["The", "end"],
        ]
        assert len(reader.paras("fox.txt")) == 2
    assert nltk.data.path == path_before


@pytest.mark.skipif(os.name != "posix", reason="group rights are a POSIX matter")
def test_a_clone_that_its_group_may_write_to_is_read(folder):
    """NLTK refuses such files; a clone with umask 002 consists of them (B-004-01)."""
    for path in folder.iterdir():
        path.chmod(0o664)
    folder.chmod(0o775)
    umask = os.umask(0o002)
    try:
        assert len(text.read_documents(folder)) == 2
    finally:
        os.umask(umask)


def test_the_reader_and_tokenize_agree(folder):
    with text.corpus_reader(folder) as reader:
        for document in text.read_documents(folder):
            sentences = reader.sents(document.name + ".txt")
            flat = [token for sentence in sentences for token in sentence]
            assert flat == text.tokenize(document.text, lower=False)


def test_line_ends_and_byte_order_marks_of_windows_are_dropped(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne.\r\n\r\nTwo.\r\n")
    assert text.read_documents(tmp_path)[0].text == "One.\n\nTwo.\n"


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda f: f / "missing", "no such folder"),
        (lambda f: f / "sea.txt", "the folder"),
        (lambda f: _made(f / "empty"), "no .txt file"),
        (lambda f: _with(f, b""), "empty file"),
        (lambda f: _with(f, b"   \n"), "empty file"),
        (lambda f: _with(f, "Caf\u00e9".encode("latin-1")), "UTF-8"),
        (lambda f: _with(f, "海".encode("gbk")), "UTF-8"),
    ],
)
def test_unusable_folders_get_one_clear_line(folder, prepare, words):
    with pytest.raises(DataError) as caught:
        text.read_documents(prepare(folder))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def _made(folder):
    folder.mkdir()
    return folder


def _with(folder, content):
    (folder / "odd.txt").write_bytes(content)
    return folder


# -- splitting


def documents_named(count):
    return [Document(f"d{n}", f"text {n}") for n in range(count)]


@given(st.integers(3, 60), st.floats(0.01, 0.45), st.floats(0.01, 0.45), st.integers(0, 5))
@settings(deadline=None)
def test_splits_share_no_document_and_lose_none(count, validation, test, seed):
    documents = documents_named(count)
    shares = {"validation_share": validation, "test_share": test, "seed": seed}
    parts = text.split_documents(documents, **shares)
    assert all(parts)
    assert sorted(d.name for part in parts for d in part) == sorted(d.name for d in documents)
    assert parts == text.split_documents(documents, **shares)


def test_shares_and_seed_of_a_split():
    parts = text.split_documents(documents_named(100), validation_share=0.2, test_share=0.1)
    assert [len(part) for part in parts] == [70, 20, 10]
    assert parts != text.split_documents(
        documents_named(100), validation_share=0.2, test_share=0.1, seed=1
    )


def test_equal_texts_stay_in_one_part():
    documents = documents_named(20) + [Document(f"copy{n}", f"text {n}") for n in range(20)]
    for part in text.split_documents(documents, validation_share=0.3, test_share=0.3):
        names = {d.name.removeprefix("copy").removeprefix("d") for d in part}
        assert len(part) == 2 * len(names)


@pytest.mark.parametrize(
    ("documents", "shares"),
    [
        (documents_named(2), {}),
        ([Document("a", "x"), Document("b", "x"), Document("c", "x")], {}),
        ([Document("a", "x"), Document("a", "y"), Document("b", "z")], {}),
        (documents_named(9), {"test_share": 0}),
        (documents_named(9), {"test_share": 0.5, "validation_share": 0.5}),
    ],
)
def test_splits_that_cannot_be_get_one_clear_line(documents, shares):
    with pytest.raises(InputError):
        text.split_documents(documents, **shares)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.data())
@settings(deadline=None)
def test_a_cut_document_keeps_every_paragraph_in_order(lengths, data):
    paragraphs = [f"{n}" * length for n, length in enumerate(lengths)]
    parts = data.draw(st.integers(1, len(paragraphs)))
    pieces = text.cut_document(Document("long", "\n\n".join(paragraphs)), parts)
    assert len(pieces) == len({p.name for p in pieces}) == parts
    assert [p for piece in pieces for p in piece.text.split("\n\n")] == paragraphs


def test_a_document_cannot_be_cut_into_more_parts_than_paragraphs():
    with pytest.raises(InputError, match="parts"):
        text.cut_document(Document("long", "one\n\ntwo"), 3)


# -- sentences and tokens


def test_abbreviations_do_not_end_sentences():
    found = text.sentences("Dr. No left the U.S. in 1962. He was, e.g., angry. Why?")
    assert found == ["Dr. No left the U.S. in 1962.", "He was, e.g., angry.", "Why?"]


def test_a_paragraph_ends_a_sentence():
    assert text.sentences("A title\n\nA sentence.") == ["A title", "A sentence."]


def test_the_shipped_tables_split_as_nltks_own_do():
    folder = os.environ.get("RNN_TF_DATA")
    tables = Path(folder or "", "nltk_data/tokenizers/punkt_tab/english")
    if not folder or not tables.is_dir():
        pytest.skip("RNN_TF_DATA does not name a folder with nltk_data in it")
    from rnn_tf.text.tokens import english_sentence_tokenizer

    ours = english_sentence_tokenizer()._params
    words = {w for w in tables.joinpath("abbrev_types.txt").read_text("utf-8").split("\n") if w}
    assert ours.abbrev_types == words
    rows = [r for r in tables.joinpath("ortho_context.tab").read_text("utf-8").split("\n") if r]
    # Punkt notes every word that it looked up in vain, with 0.
    seen = {word: contexts for word, contexts in ours.ortho_context.items() if contexts}
    assert seen == {r.split("\t")[0]: int(r.split("\t")[1]) for r in rows}


def test_english_tokens():
    assert text.tokenize("Iceland's GDP — it can't “fall” by 3.5%.") == [
        *("iceland", "'s", "gdp", "—", "it", "ca", "n't", "``", "fall", "''", "by", "3.5"),
        *("%", "."),
    ]


def test_chinese_is_found_and_split_by_character():
    assert text.language_of(CHINESE) == "zh"
    assert text.language_of("The word 海 means sea.") == "en"
    assert text.sentences(CHINESE) == [
        *("大海很深。", "Python 3.12 很快！", "他说：“你好。”", "我们走吧？", "好……")
    ]
    assert text.tokenize(CHINESE)[:12] == [
        *("大", "海", "很", "深", "。", "python", "3.12", "很", "快", "！", "他", "说")
    ]


def test_the_language_can_be_given():
    assert text.tokenize("a b.", "zh") == ["a", "b", "."]
    with pytest.raises(InputError, match="language"):
        text.tokenize("a", "fr")


def test_normalize_gives_one_spelling_to_one_word():
    assert text.normalize("Cafe\u0301  “Fox”\t’s \n\n x") == text.normalize(
        'CAF\u00c9 "fox" \'s\n\nx'
    )
    assert text.normalize("Fox", lower=False) == "Fox"
    assert text.normalize("他说：“好”") == "他说：“好”"


@pytest.mark.parametrize(
    "sentence",
    [
        "The fox (a red one) can't sleep.",
        'He said: "It is 3.5% of $4.5 billion; that\'s all."',
        "Iceland's free-market economy, in 2008, fell.",
        "It slept. Then it ran! Why? Nobody knows.",
    ],
)
def test_english_comes_back_as_it_was(sentence):
    assert text.detokenize(text.tokenize(sentence, lower=False)) == sentence


def test_detokenized_sentences_begin_with_a_capital():
    tokens = text.tokenize("It slept. Then it ran.")
    assert text.detokenize(tokens) == "It slept. Then it ran."
    assert text.detokenize(tokens, capitals=False) == "it slept. then it ran."


def test_chinese_comes_back_without_spaces():
    tokens = text.tokenize("我用 Python 3.12 写程序，很快。")
    assert text.detokenize(tokens) == "我用python 3.12写程序，很快。"


@given(st.text(max_size=60))
@settings(deadline=None)
def test_chinese_tokens_lose_no_sign(line):
    joined = "".join(text.tokenize(line, "zh", lower=False))
    assert joined == "".join(text.normalize(line, lower=False).split())


# -- stop words


def test_stop_words_leave_with_a_warning():
    tokens = ["The", "fox", "is", "in", "the", "house"]
    with pytest.warns(text.StopWordWarning, match="B-004-04"):
        assert text.without_stop_words(tokens) == ["fox", "house"]
    with pytest.warns(text.StopWordWarning):
        assert text.without_stop_words(["他", "的", "书"], {"的"}) == ["他", "书"]
    assert len(text.stop_words()) == 153


# -- vocabulary

token_lists = st.lists(
    st.lists(st.text(string.ascii_lowercase + "海的", min_size=1, max_size=3), max_size=20),
    min_size=1,
    max_size=5,
).filter(lambda lists: any(lists))


@given(token_lists)
@settings(deadline=None)
def test_encode_and_decode_are_inverse_for_known_tokens(documents):
    vocabulary = Vocabulary.fit(documents)
    for tokens in documents:
        ids = vocabulary.encode(tokens)
        assert ids.dtype == np.int32
        assert vocabulary.decode(ids) == tokens
        assert (ids[0], ids[-1]) == (Vocabulary.BOS, Vocabulary.EOS)
        assert Vocabulary.UNK not in ids
    assert len(set(vocabulary.tokens)) == len(vocabulary)


def test_special_ids_are_nobodys_words():
    vocabulary = Vocabulary.fit([["b", "a", "b", "<unk>"]])
    assert vocabulary.tokens == ("<pad>", "<unk>", "<bos>", "<eos>", "b", "a")
    assert vocabulary.encode(["a", "new"]).tolist() == [2, 5, 1, 3]
    assert vocabulary.encode(["a"], begin=False, end=False).tolist() == [5]
    assert vocabulary.decode([2, 5, 1, 3, 0]) == ["a", "<unk>"]
    assert vocabulary.decode([2, 5, 3], special=True) == ["<bos>", "a", "<eos>"]


def test_rare_words_stay_out():
    documents = [["a", "a", "a", "b", "b", "c"], ["d", "b"]]
    assert Vocabulary.fit(documents, min_count=2).tokens[4:] == ("a", "b")
    assert Vocabulary.fit(documents, max_size=5).tokens[4:] == ("a",)
    assert Vocabulary.fit(documents[::-1]) == Vocabulary.fit(documents)


def test_a_vocabulary_survives_the_disk(tmp_path):
    vocabulary = Vocabulary.fit([["sea", "海", '"', "\\", "sea"]])
    vocabulary.save(tmp_path / "v.json")
    assert Vocabulary.load(tmp_path / "v.json") == vocabulary
    assert "海" in (tmp_path / "v.json").read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["v.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"tokens": "abc"}', '{"tokens": [1]}', "{}"])
def test_other_files_are_no_vocabulary(tmp_path, content):
    (tmp_path / "v.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError):
        Vocabulary.load(tmp_path / "v.json")


def test_a_vocabulary_with_a_word_twice_is_refused(tmp_path):
    (tmp_path / "v.json").write_text(json.dumps({"tokens": ["a", "a"]}), encoding="utf-8")
    with pytest.raises(InputError, match="more than once"):
        Vocabulary.load(tmp_path / "v.json")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: Vocabulary.fit(["a text"]),
        lambda: Vocabulary.fit([[]]),
        lambda: Vocabulary.fit([["a"]], min_count=2),
        lambda: Vocabulary.fit([["a"]], min_count=0),
        lambda: Vocabulary.fit([["a"]], max_size=4),
        lambda: Vocabulary(["a"]).encode("a text"),
        lambda: Vocabulary(["a"]).decode([9]),
        lambda: Vocabulary(["a"]).decode([0.5]),
        lambda: Vocabulary(["a"]).decode([[1]]),
    ],
)
def test_wrong_use_of_a_vocabulary_gets_one_clear_line(attempt):
    with pytest.raises(InputError) as caught:
        attempt()
    assert "\n" not in str(caught.value)


# -- windows

sequence_lists = st.lists(st.integers(2, 40), min_size=1, max_size=6).map(
    # Ids tell document and place: 1000 * document + place.
    lambda lengths: [
        1000 * (n + 1) + np.arange(length, dtype=np.int32) for n, length in enumerate(lengths)
    ]
)


@given(sequence_lists, st.integers(1, 12), st.data())
@settings(deadline=None)
def test_every_token_is_a_target_once_and_its_input_is_the_token_before(sequences, steps, data):
    steps = min(steps, max(map(len, sequences)) - 1)
    offsets = [data.draw(st.integers(0, steps - 1)) for _ in sequences]
    inputs, targets = text.windows(sequences, steps, offset=offsets)
    assert inputs.shape == targets.shape
    assert inputs.shape[1] == steps
    assert inputs.dtype == targets.dtype == np.int32
    real = targets > 0
    assert sorted(targets[real]) == sorted(np.concatenate([s[1:] for s in sequences]))
    np.testing.assert_array_equal(inputs[real], targets[real] - 1)
    np.testing.assert_array_equal(inputs > 0, real)
    for row in inputs:  # one document a window, padding only at its end
        filled = row[row > 0]
        assert len(set(filled // 1000)) == 1
        np.testing.assert_array_equal(row[: len(filled)], filled)


def test_windows_by_hand():
    inputs, targets = text.windows([np.array([2, 5, 6, 7, 3]), np.array([2, 8, 3])], 3)
    assert inputs.tolist() == [[2, 5, 6], [7, 0, 0], [2, 8, 0]]
    assert targets.tolist() == [[5, 6, 7], [3, 0, 0], [8, 3, 0]]
    inputs, _ = text.windows([np.array([2, 5, 6, 7, 3])], 3, offset=1)
    assert inputs.tolist() == [[2, 0, 0], [5, 6, 7]]


def test_windows_of_two_parts_share_no_token():
    train, validation, test = text.split_documents(
        [Document(f"d{n}", f"w{n} x{n} y{n} z{n}") for n in range(12)],
        validation_share=0.2,
        test_share=0.2,
    )
    tokens = [[text.tokenize(d.text) for d in part] for part in (train, validation, test)]
    vocabulary = Vocabulary.fit([t for part in tokens for t in part])
    seen = [
        set(text.windows([vocabulary.encode(t) for t in part], 3)[1].ravel()) - {0, 3}
        for part in tokens
    ]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    assert all(seen)


def test_whole_documents():
    inputs, targets = text.whole_documents([np.array([2, 5, 3]), np.array([2, 5, 6, 7, 3])])
    assert inputs.tolist() == [[2, 5, 0, 0], [2, 5, 6, 7]]
    assert targets.tolist() == [[5, 3, 0, 0], [5, 6, 7, 3]]


def test_too_little_text_says_how_much_is_needed():
    with pytest.raises(InputError) as caught:
        text.windows([np.arange(57), np.arange(12)], 100)
    assert str(caught.value) == (
        "sequences: got a longest document of 57 ids, expected 101 ids for windows of 100 steps: "
        "give more text, or num_steps=56 at most (B-004-20)"
    )


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: text.windows([], 3),
        lambda: text.windows([np.array([1])], 1),
        lambda: text.windows([np.array([0.5, 1.5])], 1),
        lambda: text.windows([np.ones((3, 4), int)], 1),
        lambda: text.windows([np.arange(5)], 0),
        lambda: text.windows([np.arange(5)], 2.0),
        lambda: text.windows([np.arange(5)], 3, offset=3),
    ],
)
def test_wrong_windows_get_one_clear_line(attempt):
    with pytest.raises(InputError) as caught:
        attempt()
    assert "\n" not in str(caught.value)
