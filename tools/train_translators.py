#!/usr/bin/env python
"""Train a translator of real sentences, and its rivals, and score them.

    python tools/train_translators.py                an hour or more on two cores
    python tools/train_translators.py --to FOLDER    somewhere else: nothing shipped is changed

Chinese to English, the short sentences of ``datasets.pairs.load()``. With attention and without
it, three seeds each, one recipe for both: it was watched on the validation part, and the network
with attention that does best there is kept (float16). With attention also from few pairs. The
test part is read once, at the end, by all seeds and by the two rivals that need no network. A seed
that is done lies in ``build/translator`` and is not trained again if the tool is stopped and begun
anew.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import sacrebleu

from rnn_tf import paths, training, translation, weights
from rnn_tf.baselines.dictionary import Nearest, WordByWord
from rnn_tf.datasets import pairs
from rnn_tf.datasets.base import Split
from rnn_tf.text import Vocabulary
from tools import build_data, train_weights, weights_page

NAME = weights.TRANSLATOR
SEEDS = (0, 1, 2)
SIZES = {"embedding": 128, "units": 192, "dropout": 0.3}
TRAINING = {"epochs": 18, "batch_size": 64, "learning_rate": 3e-3}
#: So many pairs are few: drawn from the training part, the same ones for network and rivals.
FEW = 1_000
#: Name -> whether with attention, how many pairs (``None``: all).
KINDS = {
    "with attention": (True, None),
    "without attention": (False, None),
    "with attention, few pairs": (True, FEW),
}
MOST_TOKENS = 20


def scores(said, part):
    """BLEU, chrF and the share wholly right of n translations, against all references."""
    most = max(map(len, part.references))
    written = [[pairs.plain(one) for one in some] for some in part.references]
    # One stream for the first reference of all sources, one for the second, where there is one.
    streams = [[some[k] if k < len(some) else None for some in written] for k in range(most)]
    return {
        "bleu": sacrebleu.corpus_bleu(said, streams, tokenize="none", force=True).score,
        "chrf": sacrebleu.corpus_chrf(said, streams).score,
        "right": float(np.mean(part.wholly_right(said))),
    }


def built(data, attention):
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    return translation.Translator(*sizes, attention=attention, **SIZES)


def spoken(model, data, part):
    ids = translation.Interpreter(model).greedy(part.inputs, max_tokens=MOST_TOKENS)
    return data.decode(ids)


def chosen(part, count):
    """Rows of ``count`` pairs of the part, all for ``None``: the same for everybody."""
    order = np.random.default_rng(0).permutation(len(part))
    return np.arange(len(part)) if count is None else np.sort(order[:count])


def train(data, kind, seed, folder):
    """Train one network; its weights and its record lie in ``folder`` and are not made twice."""
    stem = folder / f"{NAME}-{kind.replace(',', '').replace(' ', '-')}-{seed}"
    attention, count = KINDS[kind]
    training.set_seed(seed)
    model = built(data, attention)
    model.build()
    if stem.with_suffix(".done").is_file():
        weights.load_weights(model, stem.with_suffix(".npz"))
        return model, json.loads(stem.with_suffix(".done").read_bytes())
    started = time.perf_counter()

    def after_epoch(epoch, loss):
        seconds = time.perf_counter() - started
        print(f"{kind}, seed {seed}, epoch {epoch}, {seconds:.0f} s: {loss:.3f} nats", flush=True)

    rows = chosen(data.train, count)
    part = Split(data.train.inputs[rows], data.train.targets[rows])
    translation.train(model, part, seed=seed, after_epoch=after_epoch, **TRAINING)
    record = {"seconds": round(time.perf_counter() - started)}
    weights.save_weights(model, stem.with_suffix(".npz"))
    weights.load_weights(model, stem.with_suffix(".npz"))  # what is kept is what is scored
    record["validation"] = scores(spoken(model, data, data.validation), data.validation)
    with paths.written_whole(stem.with_suffix(".done")) as temporary:
        temporary.write_text(json.dumps(record), encoding="utf-8")
    print(kind, seed, record, flush=True)
    return model, record


def without_networks(data, count=None):
    """What the rivals say to the test part: the nearest source's translation, word by word."""
    sizes = len(data.source_vocabulary), len(data.target_vocabulary)
    rows = chosen(data.train, count)
    inputs, real = data.train.inputs[rows], data.train.targets[rows]
    nearest = Nearest(inputs, [data.train.translations[row] for row in rows], sizes[0])
    words = np.where((real == Vocabulary.BOS) | (real == Vocabulary.EOS), 0, real)
    dictionary = WordByWord(inputs, words, *sizes)
    return {
        "nearest": [pairs.plain(one) for one in nearest(data.test.inputs)],
        "word by word": [data.decode(ids) for ids in dictionary(data.test.inputs)],
    }


def make(folder, scratch):
    """Train all, choose by the validation part, read the test part, write the files of the best."""
    data = pairs.load()
    scratch.mkdir(parents=True, exist_ok=True)
    runs = {kind: [train(data, kind, seed, scratch) for seed in SEEDS] for kind in KINDS}
    validation = {kind: [record["validation"] for _, record in some] for kind, some in runs.items()}
    best = int(np.argmax([found["bleu"] for found in validation["with attention"]]))
    test = {
        kind: [scores(spoken(model, data, data.test), data.test) for model, _ in some]
        for kind, some in runs.items()
    }
    for count, words in ((None, ""), (FEW, ", few pairs")):
        for name, said in without_networks(data, count).items():
            test[name + words] = [scores(said, data.test)]
    record = {
        "data": "datasets.pairs.load()",
        "vocabularies": weights.vocabularies_of(data),
        "model": SIZES | {"attention": True},
        "training": TRAINING,
        "seed": SEEDS[best],
        "seconds": runs["with attention"][best][1]["seconds"],
        "machine": train_weights.machine(),
        "weights": runs["with attention"][best][0].count_params(),
        "pairs": {part: len(getattr(data, part)) for part in ("train", "validation", "test")}
        | {"few": len(chosen(data.train, FEW))},
        "scores": {"validation": validation, "test": test},
    }
    folder.mkdir(parents=True, exist_ok=True)
    weights.save_weights(runs["with attention"][best][0], folder / f"{NAME}.npz")
    written = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{NAME}.json").write_text(written, encoding="utf-8")
    print(written, flush=True)
    return record


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Train a translator and score it.")
    parser.add_argument("--to", type=Path, default=train_weights.FOLDER, help="its folder")
    parser.add_argument("--seeds", type=Path, default=Path("build/translator"), help="what is done")
    options = parser.parse_args(arguments)
    record = make(options.to, options.seeds)
    if options.to == train_weights.FOLDER:
        weights_page.list_weights(build_data.DATA)
    print(weights_page.table(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
