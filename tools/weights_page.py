"""``data/weights/README.md``: what the records of all shipped weights say."""

import json

import numpy as np

from rnn_tf import weights
from tools import build_data


def list_weights(data):
    """Describe what lies in ``data/weights`` and bring its lines of ``SHA256SUMS`` up to date."""
    folder = data / "weights"
    (folder / "README.md").write_text(readme(folder), encoding="utf-8")
    sums = {p: d for p, d in build_data.read_sums(data).items() if not p.startswith("weights/")}
    for path in sorted(folder.iterdir()):
        sums[f"weights/{path.name}"] = build_data.sha256(path.read_bytes())
    build_data.write_sums(data, sums)


_README = """\
# Trained weights

Written by `tools/train_weights.py` and `tools/train_translators.py`; do not edit. Loaded by
`rnn_tf.weights`, which checks every file against `SHA256SUMS` and executes nothing. For each model:
`NAME.npz`, its weights as float16; `NAME.json`, the record of its training; for a language model
`NAME.vocabulary.json`.

## Language models: `weights.load(NAME)`

Perplexity on the test documents, which were read once; all models of a row score the same tokens.
One recipe a model was tried and watched on the validation documents: no sizes were searched, one
seed was trained, and the epochs follow from the time there was. A tenth of the works is test, a
tenth validation; no work is in two parts.

| Model | Data | Tokens | Unknown in test | {rivals} | Network |
|---|---|---|---|{lines}---|
{rows}

| Model | Network | Weights | Bytes | Epochs | Seconds | float16 : float32, validation |
|---|---|---|---|---|---|---|
{trainings}

Machine: {machine}. Seconds are
what the training took there; the machine did other work at the same time.
{notes}"""
_NAMED = {
    "unigram": "Unigram",
    "bigram": "Bigram",
    "kneser_ney_3": "Kneser-Ney 3",
    "kneser_ney_5": "Kneser-Ney 5",
}


def readme(folder):
    """``data/weights/README.md``, from the records beside it."""
    records = {
        path.name.partition(".")[0]: json.loads(
            path.with_name(path.name.replace(".vocabulary", "")).read_bytes()
        )
        for path in sorted(folder.glob("*.vocabulary.json"))
    }
    rows, trainings = [], []
    for name, record in records.items():
        found = record["perplexity"]["test"]
        figures = [f"{found[rival]:.4g}" if rival in found else "" for rival in _NAMED]
        rows.append(
            f"| `{name}` | `{record['data']}` | {record['tokens']['train']:,} + "
            f"{record['tokens']['test']:,} | {record['unknown']:.2%} | {' | '.join(figures)} "
            f"| **{found['network']:.4g}** |"
        )
        sizes = record["model"]
        trainings.append(
            f"| `{name}` | {sizes['cell'].upper()}, {sizes['units']} units, embedding "
            f"{sizes['embedding']}, tied, dropout {sizes['dropout']} | {record['weights']:,} "
            f"| {(folder / f'{name}.npz').stat().st_size:,} | {record['training']['epochs']} "
            f"| {record['seconds']} | {record['float16']:.5f} |"
        )
    return _README.format(
        rivals=" | ".join(_NAMED.values()),
        lines="---|" * len(_NAMED),
        rows="\n".join(rows),
        trainings="\n".join(trainings),
        notes="".join(
            f"`{name}`: {record['note']}\n" for name, record in records.items() if "note" in record
        ),
        machine="; ".join(sorted({record["machine"] for record in records.values()})),
    ) + "".join(map(_translator, sorted(folder.glob(f"{weights.TRANSLATOR}.json"))))


_TRANSLATOR = """
## Translator: `weights.load_translator(data)`

`{name}`, trained on `{data}`: {train:,} pairs, {validation:,} for validation, {test:,} in the test
part, which was read once. Encoder and decoder with attention, embedding {embedding}, {units} units,
dropout {dropout}: {weights:,} weights, {bytes:,} bytes. One recipe ({epochs} epochs, batches of
{batch_size}, Adam {learning_rate}, constant), watched on the validation part; nothing was searched.
Of the seeds with attention the one with the best validation BLEU is shipped, seed {seed};
it took {seconds} s to train, while the machine did other work.

{table}

BLEU (words, with marks as words, lower case) and chrF by sacrebleu, against every translation of
the source in the part, from 0 to 100; median and range of the seeds. "Nearest" says what the most
similar source of the training part was translated by, "word by word" what a dictionary made from
the pairs says. "Few pairs": {few:,} of the training part, the same ones for all three. Machine:
{machine}.
"""


def _translator(path):
    record = json.loads(path.read_bytes())
    return _TRANSLATOR.format(
        name=path.stem,
        bytes=path.with_suffix(".npz").stat().st_size,
        table=table(record),
        **{key: record[key] for key in ("data", "weights", "seed", "seconds", "machine")},
        **record["pairs"],
        **record["model"],
        **record["training"],
    )


def table(record):
    """What a record of translators says of the test part, in Markdown."""
    rows = ["| System | BLEU | chrF | Wholly right |", "|---|---|---|---|"]
    for system, runs in record["scores"]["test"].items():
        cells = [_spread([run[key] for run in runs], digits) for key, digits in _SCORES.items()]
        rows.append(f"| {system} | {' | '.join(cells)} |")
    return "\n".join(rows)


#: Scores and the digits behind the point.
_SCORES = {"bleu": 1, "chrf": 1, "right": 3}


def _spread(values, digits):
    median = f"{np.median(values):.{digits}f}"
    if len(values) == 1:
        return median
    return f"{median} ({min(values):.{digits}f} to {max(values):.{digits}f})"
