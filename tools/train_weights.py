#!/usr/bin/env python
"""Train the language models whose weights are shipped, and write ``data/weights``.

    python tools/train_weights.py                  all models, tens of minutes on two cores
    python tools/train_weights.py poems_zh         one of them
    python tools/train_weights.py --to FOLDER      somewhere else: nothing shipped is changed

One recipe a model was tried, and watched on the validation documents; nothing was searched, and the
number of epochs follows from the time there was. The test documents are read once, at the end,
with the weights as they are shipped (float16), and by the counting models on the same tokens.
Training again gives other digits; one seed says nothing about how much others differ.
"""

import argparse
import json
import platform
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnn_tf import generation, text, training, weights
from rnn_tf.baselines import ngrams
from rnn_tf.datasets import articles, poems
from rnn_tf.models import word_language_model
from rnn_tf.training.language import train_language_model
from rnn_tf.training.metrics import model_perplexity
from tools import build_data, weights_page

FOLDER = build_data.DATA / "weights"


@dataclass(frozen=True)
class Recipe:
    """One model: its data, its sizes, its training."""

    data: str
    load: object
    tokens: object
    model: dict
    training: dict
    vocabulary: dict = field(default_factory=dict)
    seed: int = 0


RECIPES = {
    "articles": Recipe(
        data="datasets.articles.load()",
        load=articles.load,
        tokens=text.tokenize,
        vocabulary={"min_count": 2},
        model={"cell": "gru", "embedding": 128, "units": 192, "dropout": 0.5},
        training={"epochs": 16, "num_steps": 32, "batch_size": 16, "learning_rate": 5e-3},
    ),
    "poems_zh": Recipe(
        data='datasets.poems.load("zh")',
        load=lambda: poems.load("zh"),
        tokens=text.character_tokens,
        model={"cell": "gru", "embedding": 128, "units": 256, "dropout": 0.3},
        training={"epochs": 15, "num_steps": 52, "batch_size": 32, "learning_rate": 4e-3},
    ),
    "poems_en": Recipe(
        data='datasets.poems.load("en")',
        load=lambda: poems.load("en"),
        tokens=text.character_tokens,
        model={"cell": "gru", "embedding": 64, "units": 256, "dropout": 0.1},
        training={"epochs": 6, "num_steps": 100, "batch_size": 32, "learning_rate": 8e-3},
    ),
}
#: Padding is never read: scoring is by whole documents, and a target of padding weighs nothing.
SHARED = {"tie_embeddings": True, "pad_is_zero": False}
COUNTING = {
    "unigram": ngrams.Unigram,
    "bigram": ngrams.Bigram,
    "kneser_ney_3": lambda: ngrams.KneserNey(3),
}
#: Characters have more of a past than three tokens: there longer counts are a rival, too.
LONGER = {"kneser_ney_5": lambda: ngrams.KneserNey(5)}


def train(name, folder):
    """Train one model and write its three files into ``folder``. Returns its record."""
    recipe = RECIPES[name]
    data = recipe.load()
    tokens = {
        part: [recipe.tokens(document.text) for document in getattr(data, part)]
        for part in ("train", "validation", "test")
    }
    vocabulary = text.Vocabulary.fit(tokens["train"], **recipe.vocabulary)
    ids = {part: [vocabulary.encode(t) for t in found] for part, found in tokens.items()}
    scored = {part: text.whole_documents(ids[part]) for part in ("validation", "test")}

    sizes = {**SHARED, **recipe.model}
    training.set_seed(recipe.seed)
    model = word_language_model(len(vocabulary), **sizes)
    print(f"{name}: {len(vocabulary)} tokens, {model.count_params():,} weights", flush=True)
    stepper = generation.Stepper(model)  # it uses the model's own layers, and learns with it
    started = time.perf_counter()
    watched = 0.0

    def after_epoch(epoch, loss):
        nonlocal watched
        now = time.perf_counter()
        found = model_perplexity(model, *scored["validation"])
        line = sample(stepper, vocabulary, recipe.tokens, seed=epoch)
        print(f"epoch {epoch}, {now - started - watched:.0f} s: {np.exp(loss):.4g} training, ")
        print(f"    {found:.4g} validation; writes {line!r}", flush=True)
        watched += time.perf_counter() - now

    train_language_model(
        model, ids["train"], seed=recipe.seed, after_epoch=after_epoch, **recipe.training
    )
    seconds = time.perf_counter() - started - watched

    before = model_perplexity(model, *scored["validation"])
    folder.mkdir(parents=True, exist_ok=True)
    weights.save_weights(model, folder / f"{name}.npz")
    weights.load_weights(model, folder / f"{name}.npz")  # what is shipped is what is scored
    vocabulary.save(folder / f"{name}.vocabulary.json")
    perplexity = {
        part: {"network": model_perplexity(model, *scored[part])}
        | counted(ids["train"], ids[part], len(vocabulary), recipe.tokens)
        for part in ("validation", "test")
    }
    record = {
        "data": recipe.data,
        "model": sizes,
        "vocabulary": recipe.vocabulary,
        "training": recipe.training,
        "seed": recipe.seed,
        "seconds": round(seconds),
        "machine": machine(),
        "weights": model.count_params(),
        "tokens": {part: sum(len(s) - 1 for s in found) for part, found in ids.items()},
        "unknown": float(np.mean(np.concatenate(ids["test"]) == vocabulary.UNK)),
        "float16": perplexity["validation"]["network"] / before,
        "perplexity": perplexity,
    }
    written = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{name}.json").write_text(written, encoding="utf-8")
    print(written, flush=True)
    return record


def counted(train_ids, ids, vocab_size, tokens):
    """Perplexities of the counting models on the same tokens."""
    rivals = COUNTING | (LONGER if tokens is text.character_tokens else {})
    return {
        name: ngrams.perplexity(make().fit(train_ids, vocab_size), ids)
        for name, make in rivals.items()
    }


def sample(stepper, vocabulary, tokens, seed, max_tokens=60):
    """What the model writes by itself, with the surprising tenth of every choice left out."""
    ids = generation.generate(
        stepper,
        [vocabulary.BOS],
        max_tokens=max_tokens,
        strategy="nucleus",
        p=0.9,
        seed=seed,
        end_id=vocabulary.EOS,
    )
    written = vocabulary.decode(ids)
    return "".join(written) if tokens is text.character_tokens else text.detokenize(written)


def machine():
    """Processor, cores, versions: what the seconds depend on."""
    import os

    import keras
    import tensorflow

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return (
        f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"TensorFlow {tensorflow.__version__}, Keras {keras.__version__}"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Train the models whose weights are shipped.")
    parser.add_argument("names", nargs="*", default=[], help=", ".join(RECIPES))
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder for the files")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in RECIPES:
            parser.error(f"{name}: expected one of {', '.join(RECIPES)}")
    for name in options.names or RECIPES:
        train(name, options.to)
    if options.to == FOLDER:
        weights_page.list_weights(build_data.DATA)
    return 0


if __name__ == "__main__":
    sys.exit(main())
