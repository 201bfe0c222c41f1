"""The tool that trains the shipped translator, on a few pairs, and what is shipped: the record is
what they score."""

import json
import shutil

import numpy as np
import pytest

from rnn_tf import paths, training, translation, weights
from rnn_tf.datasets import pairs
from rnn_tf.errors import DataError, InputError
from tools import train_translators, weights_page

WORDS = {"一": "one", "二": "two", "三": "three", "四": "four", "五": "Five!"}
PAIRS = [(a + b, f"{WORDS[a]} {WORDS[b]}") for a in WORDS for b in WORDS]


@pytest.fixture(scope="module")
def data():
    return pairs.prepare(PAIRS[:19], PAIRS[19:22], PAIRS[22:], source="a few")


@pytest.fixture(scope="module")
def folder(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairs, "load", lambda: data)
        patch.setattr(train_translators, "SIZES", {"embedding": 6, "units": 8, "dropout": 0.0})
        small = {"epochs": 2, "batch_size": 6, "learning_rate": 1e-2}
        patch.setattr(train_translators, "TRAINING", small)
        patch.setattr(train_translators, "SEEDS", (0, 1))
        few = train_translators.KINDS | {"with attention, few pairs": (True, 7)}
        patch.setattr(train_translators, "KINDS", few)
        patch.setattr(train_translators, "FEW", 7)
        made = train_translators.make(folder, folder / "scratch")
        done = {path.name: path.read_bytes() for path in (folder / "scratch").iterdir()}
        patch.setattr(translation, "train", None)  # a seed that is done is not trained again
        assert train_translators.make(folder, folder / "scratch") == made
        assert len(done) == 2 * 6
    return folder


def load_record(folder):
    return json.loads((folder / "zh_en.json").read_bytes())


def load(folder, data):
    return weights.load_translator(data, folder / "zh_en.npz")


def test_the_record_is_what_the_files_score(folder, data):
    found = load(folder, data)
    best = found.record["seed"]
    for part in ("validation", "test"):
        said = train_translators.spoken(found.model, data, getattr(data, part))
        recorded = found.record["scores"][part]["with attention"]
        assert train_translators.scores(said, getattr(data, part)) == recorded[best]
        assert len(recorded) == len(found.record["scores"][part]["without attention"]) == 2
    bleu = [run["bleu"] for run in found.record["scores"]["validation"]["with attention"]]
    assert bleu[best] == max(bleu)
    assert f"{max(bleu):.1f}" in repr(found)
    assert set(found.record["scores"]["test"]) >= {"nearest", "word by word"}


def test_the_page_states_each_system_with_its_spread(folder):
    page = weights_page.readme(folder)
    test = load_record(folder)["scores"]["test"]
    runs = sorted(run["chrf"] for run in test["without attention"])
    assert f"| {np.mean(runs):.1f} ({runs[0]:.1f} to {runs[1]:.1f}) |" in page
    assert f"| nearest | {test['nearest'][0]['bleu']:.1f} | " in page
    assert f"{(folder / 'zh_en.npz').stat().st_size:,} bytes" in page


def test_few_pairs_are_the_same_ones_for_everybody(data):
    few = train_translators.chosen(data.train, 7)
    assert len(set(few)) == 7 and few.tolist() == train_translators.chosen(data.train, 7).tolist()
    assert len(train_translators.chosen(data.train, None)) == len(data.train)
    said = train_translators.without_networks(data, 7)["nearest"]
    seen = {pairs.plain(data.train.translations[row]) for row in few}
    assert set(said) <= seen


def test_scores_take_any_reference():
    part = pairs.prepare(
        [("走", "Let's go now!"), ("走", "We all go away.")], [("走", "go")], [("走", "go")]
    ).train
    perfect = train_translators.scores(["we all go away .", "let 's go now !"], part)
    assert perfect["bleu"] == pytest.approx(100) and perfect["right"] == 1
    assert perfect["chrf"] == pytest.approx(100)
    half = train_translators.scores(["we all go away .", "no idea at all"], part)
    assert half["right"] == 0.5 and half["bleu"] < 75


def test_both_directions_of_the_encoder_are_saved(tmp_path, data):
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    models = []
    for seed in (1, 2):
        training.set_seed(seed)
        models.append(translation.Translator(*sizes, embedding=6, units=8))
        models[-1].build()
    weights.save_weights(models[0], tmp_path / "one.npz")
    weights.load_weights(models[1], tmp_path / "one.npz")
    for one, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)  # float16 lies between


def test_other_vocabularies_are_refused(folder, data):
    other = pairs.prepare(PAIRS[6:], PAIRS[:3], PAIRS[3:6])
    with pytest.raises(InputError, match="data: got vocabularies of"):
        load(folder, other)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"scores": 3}', "{" * 10_000])
def test_a_bad_record_is_refused(folder, data, tmp_path, content):
    shutil.copy(folder / "zh_en.npz", tmp_path)
    (tmp_path / "zh_en.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="zh_en.json") as caught:
        load(tmp_path, data)
    assert "\n" not in str(caught.value)
    assert load_record(folder)["seed"] in (0, 1)


def test_what_is_no_file_is_refused(tmp_path, data):
    with pytest.raises(InputError, match="zh_en.npz"):
        load(tmp_path, data)
    with pytest.raises(InputError, match="data: got str, expected pairs of sentences"):
        weights.load_translator("zh_en.npz")
    with pytest.raises(InputError, match="path: got int"):
        weights.load_translator(data, 7)


def test_what_is_shipped_scores_what_its_record_says():
    data = pairs.load()
    found = weights.load_translator(data)
    part = data.test
    said = train_translators.spoken(found.model, data, part)
    of_its_kind = found.record["scores"]["test"]["with attention"]
    recorded = of_its_kind[train_translators.SEEDS.index(found.record["seed"])]
    assert train_translators.scores(said, part) == pytest.approx(recorded, rel=0.01)
    readme = (paths.data_folder() / "weights" / "README.md").read_text(encoding="utf-8")
    assert weights_page.table(found.record) in readme
