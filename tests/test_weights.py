"""The shipped weights: they load, score what their record says, and a damaged file is refused."""

import json
import pickle
import shutil

import numpy as np
import pytest

from rnn_tf import generation, paths, text, weights
from rnn_tf.datasets import articles, poems
from rnn_tf.errors import DataError, InputError
from rnn_tf.models import word_language_model
from rnn_tf.training.metrics import model_perplexity

DATA = {
    "articles": (articles.load, text.tokenize),
    "poems_zh": (lambda: poems.load("zh"), text.character_tokens),
    "poems_en": (lambda: poems.load("en"), text.character_tokens),
}


@pytest.fixture(scope="module", params=weights.NAMES)
def trained(request):
    return weights.load(request.param)


def test_its_perplexity_is_the_recorded_one_and_below_every_trigram(trained):
    load, tokens = DATA[trained.name]
    ids = [trained.vocabulary.encode(tokens(d.text)) for d in load().validation]
    recorded = trained.record["perplexity"]["validation"]
    found = model_perplexity(trained.model, *text.whole_documents(ids))
    assert found == pytest.approx(recorded["network"], rel=0.01)
    assert found < recorded["kneser_ney_3"] < recorded["bigram"] < recorded["unigram"]
    test = trained.record["perplexity"]["test"]
    assert test["network"] < test["kneser_ney_3"]
    assert abs(trained.record["float16"] - 1) < 0.01
    assert f"{len(trained.vocabulary)} tokens" in repr(trained)


def test_its_vocabulary_is_that_of_the_training_documents(trained):
    load, tokens = DATA[trained.name]
    documents = [tokens(d.text) for d in load().train]
    again = text.Vocabulary.fit(documents, **trained.record["vocabulary"])
    assert trained.vocabulary == again


def test_it_writes(trained):
    ids = generation.generate(
        trained.model, [text.Vocabulary.BOS], max_tokens=60, strategy="nucleus", p=0.8, seed=0
    )
    written = trained.vocabulary.decode(ids)
    assert len(set(written)) > 10
    if trained.name == "poems_zh":
        assert [len(line) for line in "".join(written).split("\n")[:2]] == [12, 12]


def test_the_files_are_small_and_listed():
    folder = paths.data_folder() / "weights"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 6_000_000
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for name in weights.NAMES:
        size = (folder / f"{name}.npz").stat().st_size
        record = json.loads((folder / f"{name}.json").read_bytes())
        assert f"{size:,}" in readme
        assert f"**{record['perplexity']['test']['network']:.4g}**" in readme


def test_an_unknown_name_is_refused():
    with pytest.raises(InputError, match="name: got 'poems', expected 'articles' or 'poems_zh'"):
        weights.load("poems")


@pytest.mark.parametrize("ending", [".npz", ".json", ".vocabulary.json"])
def test_a_changed_shipped_file_gets_one_clear_line(tmp_path, monkeypatch, ending):
    copy = tmp_path / "data"
    copy.mkdir()
    shutil.copy(paths.data_folder() / "SHA256SUMS", copy)
    shutil.copytree(paths.data_folder() / "weights", copy / "weights")
    monkeypatch.setattr(paths, "data_folder", lambda: copy)
    changed = copy / "weights" / f"poems_en{ending}"
    content = bytearray(changed.read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(content)
    with pytest.raises(DataError, match=f"poems_en{ending}.*sha256") as caught:
        weights.load("poems_en")
    assert "\n" not in str(caught.value)


# Files of one's own --------------------------------------------------------------------------


def made(units=6, **options):
    return word_language_model(12, cell="gru", embedding=4, units=units, **options)


@pytest.mark.parametrize("options", [{}, {"tie_embeddings": True}, {"layers": 2}])
def test_what_was_saved_is_loaded(tmp_path, options):
    model, other = made(**options), made(**options)
    weights.save_weights(model, tmp_path / "mine.npz")
    assert weights.load_weights(other, tmp_path / "mine.npz") is other
    for before, after in zip(model.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(before.astype(np.float16), after)


class Evil:
    ran = False

    def __reduce__(self):
        return setattr, (Evil, "ran", True)


def arrays_of(model):
    return {name: variable.numpy() for name, variable in weights._named(model)}


def changed(name, change):
    """The arrays of a model, with one of them changed, or left out for ``None``."""
    arrays = arrays_of(made())
    arrays[name] = change(arrays[name])
    return {key: array for key, array in arrays.items() if array is not None}


@pytest.mark.parametrize(
    "arrays, told",
    [
        (lambda: changed("logits.bias", lambda a: None), "without 'logits.bias'"),
        (lambda: arrays_of(made(layers=2)), "with 'recurrent_2.bias'"),
        (lambda: arrays_of(made(units=7)), r"kernel of shape \(4, 21\), expected \(4, 18\)"),
        (lambda: changed("logits.bias", lambda a: a * np.nan), "logits.bias of float32, not all"),
        (lambda: changed("logits.bias", lambda a: a.astype(int)), "logits.bias of int64"),
        (lambda: changed("logits.bias", lambda a: np.array([Evil()] * 12)), "pickled objects"),
    ],
)
def test_a_foreign_file_gets_one_clear_line_and_changes_nothing(tmp_path, arrays, told):
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays())
    model = made()
    before = model.get_weights()
    with pytest.raises(DataError, match=told) as caught:
        weights.load_weights(model, path)
    assert "\n" not in str(caught.value) and "mine.npz" in str(caught.value)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert not Evil.ran


@pytest.mark.parametrize("content", [b"", b"no archive", pickle.dumps(Evil())])
def test_what_is_no_archive_is_refused_unread(tmp_path, content):
    path = tmp_path / "mine.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match="mine.npz") as caught:
        weights.load_weights(made(), path)
    assert "\n" not in str(caught.value) and not Evil.ran


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "mine.npz"
    weights.save_weights(made(), path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="mine.npz"):
        weights.load_weights(made(), path)


RESULTS = '"perplexity": {"test": {"network": 1}}'


@pytest.mark.parametrize(
    "record", ["{", "[]", '{"model": 3}', f'{{"model": {{"wings": 2}}, {RESULTS}}}']
)
def test_a_bad_record_is_refused(tmp_path, record):
    path = tmp_path / "mine.json"
    path.write_text(record, encoding="utf-8")
    text.Vocabulary(["a"]).save(tmp_path / "words.json")
    with pytest.raises(DataError, match="mine.json"):
        weights._put_together("mine", tmp_path / "x.npz", tmp_path / "words.json", path)
