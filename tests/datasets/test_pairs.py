"""Pairs of sentences: groups stay together, words come from training, bad files are named."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_tf.datasets import pairs
from rnn_tf.errors import DataError, InputError
from rnn_tf.text import Vocabulary
from tests.fuzzing import one_line

HOURS = [
    f"{hour}点{minute}分\t{minute} past {hour}" for hour in range(1, 13) for minute in (1, 5, 9)
]


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "pairs.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_file_becomes_three_parts(file):
    data = pairs.load(file("\n".join(HOURS)), seed=3)
    sizes = [len(part) for part in (data.train, data.validation, data.test)]
    assert sizes == [28, 4, 4]
    assert "36 pairs" in data.source and "path given" in data.source
    shown = set()
    for part in (data.train, data.validation, data.test):
        assert part.inputs.dtype == part.targets.dtype == np.int32
        for source, said, ids in zip(part.sources, part.translations, part.targets, strict=True):
            assert f"{source}\t{said}" in HOURS
            assert ids[0] == Vocabulary.BOS and ids[len(said.split()) + 1] == Vocabulary.EOS
            shown.add(source)
    assert len(shown) == 36


def test_only_training_words_are_known(file):
    data = pairs.load(file("\n".join(HOURS)), seed=3)
    words = {word for said in data.train.translations for word in said.split()}
    assert set(data.target_vocabulary.tokens[4:]) == words


sides = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("ijklmnop"))


@given(st.lists(sides, min_size=1, max_size=12, unique=True))
@settings(max_examples=200)
def test_groups_are_the_connected_ones(found):
    gathered = pairs.groups(found)
    assert sorted(i for group in gathered for i in group) == list(range(len(found)))
    # By another rule: labels spread along shared sides until nothing changes.
    label = list(range(len(found)))
    for _ in found:
        for i, one in enumerate(found):
            for j, other in enumerate(found):
                if one[0] == other[0] or one[1] == other[1]:
                    label[i] = label[j] = min(label[i], label[j])
    assert {frozenset(group) for group in gathered} == {
        frozenset(i for i in range(len(found)) if label[i] == name) for name in set(label)
    }


def test_no_sentence_is_in_two_parts(file):
    lines = [f"s{i // 2}\tt{(i + 1) // 2 if i % 6 else i}" for i in range(120)]
    data = pairs.load(file("\n".join(lines)))
    for side in ("sources", "translations"):
        parts = [set(getattr(p, side)) for p in (data.train, data.validation, data.test)]
        assert not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])


def test_references_are_all_translations_of_a_source(file):
    lines = ["你好\tHello", "你好\tHi", "再见\tBye", "谢谢\tThanks", "早\tMorning", "好\tGood"]
    data = pairs.load(file("\n".join(lines)), validation_share=0.2, test_share=0.2, seed=1)
    everything = {
        source: set(references)
        for part in (data.train, data.validation, data.test)
        for source, references in zip(part.sources, part.references, strict=True)
    }
    assert everything["你好"] == {"Hello", "Hi"} and everything["早"] == {"Morning"}


def test_more_columns_blank_lines_and_windows_ends_are_fine(file):
    rough = "\r\n".join(f" {line} \tignored" for line in HOURS) + "\r\n\r\n" + HOURS[0] + "\n"
    assert pairs.read(file(rough)) == pairs.read(file("\n".join(HOURS)))


def test_long_pairs_are_left_out(file):
    path = file("\n".join([*HOURS, "长" * 31 + "\tlong", "短\t" + "long " * 31]))
    assert len(pairs.read(path)) == 36 and len(pairs.read(path, most_tokens=31)) == 38


BAD = {
    "empty": b"",
    "blank": b"\n \n\n",
    "no tab": "你好 hello\n".encode(),
    "no translation": "你好\t\n".encode(),
    "no source": b"\thello\n",
    "commas": "你好,hello\n再见,bye\n".encode(),
    "one line without": ("\n".join(HOURS) + "\nlost\n").encode(),
    "binary": bytes(range(256)) * 4,
    "zip": b"PK\x03\x04" + bytes(200),
    "zeros": bytes(300),
    "one group": "一\tone\n一\ta\n".encode(),
    "one pair": "一\tone\n".encode(),
    "only long": ("长" * 40 + "\tlong\n").encode(),
    "damaged gzip": b"\x1f\x8b\x08\x00garbage",
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_named_in_one_line(file, kind):
    path = file(BAD[kind])
    with pytest.raises(DataError) as caught:
        pairs.load(path)
    one_line(caught, path.name)


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path / "missing.tsv", tmp_path):
        with pytest.raises(DataError) as caught:
            pairs.load(path)
        one_line(caught)
    with pytest.raises(InputError, match="path"):
        pairs.load(7)


@pytest.mark.parametrize("shares", [(0, 0.1), (0.5, 0.5), (0.1, -1)])
def test_shares_that_leave_nothing_are_refused(file, shares):
    with pytest.raises(InputError, match="validation_share"):
        pairs.load(file("\n".join(HOURS)), validation_share=shares[0], test_share=shares[1])


def test_the_shipped_pairs_are_short_sentences_of_frequent_tokens():
    data = pairs.load()
    parts = data.train, data.validation, data.test
    assert [len(part) for part in parts] == [15519, 1940, 1940]
    assert "data/translation/zh_en.tsv.gz, 19399 pairs" in data.source
    sides = [{side.lower() for side in p.sources + p.translations} for p in parts]
    assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    for part in parts:
        signs = [sum(map(str.isalnum, source)) for source in part.sources]
        assert min(signs) >= 1
        assert max(signs) <= 10
        assert not {"們", "這", "說", "會"} & set("".join(part.sources))  # simplified throughout
        unknown = [np.mean(ids == Vocabulary.UNK) for ids in (part.inputs, part.targets)]
        assert max(unknown) < 0.002
    assert data.test.wholly_right([said.upper() for said in data.test.translations]).all()
    assert max(len(some) for some in data.test.references) > 3


def test_marks_and_case_do_not_make_a_translation_wrong():
    said = pairs.prepare([("走吧", "Let's go!")], [("走吧", "Let's go!")], [("走吧", "Let's go!")])
    assert said.train.wholly_right(["let 's go !"]).tolist() == [True]
    assert said.train.wholly_right(["let 's go ."]).tolist() == [False]
    (ids,) = said.train.targets
    assert said.train.wholly_right([said.decode(ids[1:])]).tolist() == [True]


def test_a_translation_may_be_any_of_the_references(file):
    pairs_of_one = [("你好", "hello"), ("你好", "hi there"), ("再见", "bye")]
    data = pairs.prepare(pairs_of_one, [("你好", "hello")], [("再见", "bye")])
    said = data.decode(data.train.targets[:, 1:])
    assert said == ["hello", "hi there", "bye"]
    assert data.train.wholly_right(["hi there", "hello", "by"]).tolist() == [True, True, False]
    assert data.decode(data.train.targets[1]) == "hi there"  # the end token ends it, 0 is nothing
    with pytest.raises(InputError, match="said"):
        data.train.wholly_right(["hello"])
