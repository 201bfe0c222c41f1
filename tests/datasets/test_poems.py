"""The shipped poems and files of one's own."""

import gzip
import re
import shutil
from collections import Counter, defaultdict

import numpy as np
import pytest

from rnn_tf import paths, text
from rnn_tf.datasets import poems
from rnn_tf.errors import DataError, InputError


@pytest.fixture(scope="module", params=["zh", "en"])
def loaded(request):
    return poems.load(request.param)


def parts(loaded):
    return loaded.train, loaded.validation, loaded.test


def test_the_shipped_poems(loaded):
    sizes = {"poems_zh": [6_494, 812, 812], "poems_en": [2_515, 261, 200]}[loaded.name]
    characters = {"poems_zh": 356_948, "poems_en": 849_304}[loaded.name]
    assert [len(part) for part in parts(loaded)] == sizes
    assert sum(len(d.text) for part in parts(loaded) for d in part) == characters
    assert f"{sum(sizes)} poems" in loaded.source and "shipped sample" in loaded.source
    assert len({d.name for part in parts(loaded) for d in part}) == sum(sizes)


def test_the_form_is_regular():
    couplet = "[\u4e00-\u9fff]{5}，[\u4e00-\u9fff]{5}。"
    form = re.compile(rf"{couplet}\n{couplet}(\n{couplet}\n{couplet})?")
    found = {d.name: d.text for part in parts(poems.load("zh")) for d in part}
    assert all(form.fullmatch(poem) for poem in found.values())
    assert found["李白《静夜思》"] == "床前看月光，疑是地上霜。\n举头望山月，低头思故乡。"
    for part in parts(poems.load("en")):
        for document in part:
            lines = document.text.split("\n")
            assert 4 <= len(lines) <= 14
            assert all(re.match("'?[A-Z]", line) and 27 <= len(line) <= 56 for line in lines)


def test_no_poem_and_no_version_of_it_is_in_two_parts(loaded):
    """Two versions share whole lines; one line may be a common saying, two are a copy."""
    holders = defaultdict(set)
    for number, part in enumerate(parts(loaded)):
        for document in part:
            for line in set(re.split("[，。\n]+", document.text)) - {""}:
                holders[line].add((number, document.name))
    shared = Counter()
    for found in holders.values():
        for a in found:
            shared.update((a, b) for b in found if a < b)
    assert len(holders) > 20_000
    assert max(shared.values(), default=0) <= 1


def test_no_play_is_in_two_parts():
    plays = [{d.name.partition(": ")[0] for d in part} for part in parts(poems.load("en"))]
    assert [len(p) for p in plays] == [30, 4, 4]
    assert len(set.union(*plays)) == 38


def test_hardly_a_character_is_unknown(loaded):
    vocabulary = text.Vocabulary.fit([text.character_tokens(d.text) for d in loaded.train])
    ids = np.concatenate([vocabulary.encode(text.character_tokens(d.text)) for d in loaded.test])
    assert len(vocabulary) == {"poems_zh": 2_423, "poems_en": 65}[loaded.name]
    assert np.mean(ids == vocabulary.UNK) <= 1e-4


def test_the_seed_decides_the_split():
    first, again, other = poems.load(), poems.load("zh"), poems.load(seed=1)
    assert first == again
    assert [d.name for d in first.test] != [d.name for d in other.test]


def test_a_file_of_ones_own(tmp_path):
    blocks = [f"poem {n}\nline {n}\nanother {n}" for n in range(5)]
    plain, packed = tmp_path / "mine.txt", tmp_path / "mine.txt.gz"
    plain.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        found = poems.load("en", path)
        assert [len(part) for part in parts(found)] == [3, 1, 1]
        assert found.source.startswith("path given")
        assert found.train[0].text.startswith("line ")


@pytest.mark.parametrize(
    "content, told",
    [
        ("a\nb\n\nc\nd\n", "2 work"),
        ("a\nb\n\nc\nd\n\ne\n", "after 2 poems 'e'"),
        ("a\nb\n\n\n\nc\nd\n", "after 1 poems"),
        ("a\nb\n\na\nd\n", "two poems named 'a'"),
        ("", "empty"),
        ("play: 1\nb\n\nplay: 2\nd\n\nplay: 3\nf\n", r"1 work\(s\)"),
    ],
)
def test_a_bad_file_gets_one_clear_line(tmp_path, content, told):
    path = tmp_path / "bad.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=told) as caught:
        poems.load("en", path)
    assert "\n" not in str(caught.value) and "bad.txt" in str(caught.value)


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="lang: got 'fr', expected 'zh' or 'en'"):
        poems.load("fr")


def test_a_changed_file_is_noticed(tmp_path, monkeypatch):
    copy = tmp_path / "data"
    copy.mkdir()
    shutil.copy(paths.data_folder() / "SHA256SUMS", copy)
    shutil.copytree(paths.data_folder() / "poems", copy / "poems")
    monkeypatch.setattr(paths, "data_folder", lambda: copy)
    assert len(poems.load().test) == 812
    changed = copy / "poems" / "zh.txt.gz"
    changed.write_bytes(gzip.compress(gzip.decompress(changed.read_bytes())[:-40]))
    with pytest.raises(DataError, match="zh.txt.gz"):
        poems.load()
