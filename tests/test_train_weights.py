"""The tool that trains what is shipped, on a few words: its files load and its record is true."""

import numpy as np
import pytest

from rnn_tf import text, weights
from rnn_tf.baselines import ngrams
from rnn_tf.datasets.articles import Articles
from rnn_tf.training.metrics import model_perplexity
from tools import build_data, train_weights, weights_page

DOCUMENTS = [
    text.Document(f"{n}", f"{n % 7} the sea is deep and so is the well " * 3) for n in range(12)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    recipe = train_weights.Recipe(
        data="a few words",
        load=lambda: Articles("few", DOCUMENTS[:8], DOCUMENTS[8:10], DOCUMENTS[10:], "here"),
        tokens=text.character_tokens,
        model={"cell": "gru", "embedding": 8, "units": 16, "dropout": 0.1},
        training={"epochs": 3, "num_steps": 16, "batch_size": 4, "learning_rate": 1e-2},
    )
    data = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_weights, "RECIPES", {"few": recipe})
        train_weights.train("few", data / "weights")
        build_data.write_sums(data, {"other.txt": "0" * 64, "weights/gone.npz": "1" * 64})
        weights_page.list_weights(data)
    return data / "weights"


def test_the_record_is_what_the_files_score(folder):
    paths = [folder / f"few{ending}" for ending in (".npz", ".vocabulary.json", ".json")]
    trained = weights._put_together("few", *paths)
    ids = [trained.vocabulary.encode(list(d.text)) for d in DOCUMENTS]
    assert trained.vocabulary == text.Vocabulary.fit([list(d.text) for d in DOCUMENTS[:8]])
    recorded = trained.record["perplexity"]["test"]
    assert model_perplexity(trained.model, *text.whole_documents(ids[10:])) == pytest.approx(
        recorded["network"], rel=1e-4
    )
    counting = ngrams.KneserNey(3).fit(ids[:8], len(trained.vocabulary))
    assert recorded["kneser_ney_3"] == pytest.approx(ngrams.perplexity(counting, ids[10:]))
    assert trained.record["tokens"]["test"] == sum(len(s) - 1 for s in ids[10:])
    assert trained.record["unknown"] == np.mean(np.concatenate(ids[10:]) == text.Vocabulary.UNK)


def test_the_sums_list_what_lies_there_and_nothing_else_is_touched(folder):
    sums = build_data.read_sums(folder.parent)
    assert sums.pop("other.txt") == "0" * 64
    assert set(sums) == {f"weights/{path.name}" for path in folder.iterdir()}
    assert len(sums) == 4
    for path in folder.iterdir():
        assert sums[f"weights/{path.name}"] == build_data.sha256(path.read_bytes())


def test_the_page_says_what_the_record_says(folder):
    page = (folder / "README.md").read_text(encoding="utf-8")
    record = weights._record(folder / "few.json")
    assert f"**{record['perplexity']['test']['network']:.4g}**" in page
    assert f"{(folder / 'few.npz').stat().st_size:,}" in page and record["machine"] in page
