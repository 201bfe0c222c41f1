"""Time the course's layers beside their peers: ``rnn-tf bench``, or ``python -m benchmarks``.

Writes for each kind of work a JSON (every undisturbed turn, versions, machine), a table and a
figure.
"""

import json
from pathlib import Path

import click

from rnn_tf import paths
from rnn_tf.course import terminal
from rnn_tf.errors import wrong

from . import measure, tables, workloads

LAYERS = ("keras", "keras_quiet", "keras_best", "ours", "ours_bf16", "torch", "torch_one", "jax")

#: Who takes part, and what one of the times is for.
VARIANTS = {
    "training": (*LAYERS, "limit", "limit_tf"),
    "inference": (
        "keras",
        "keras_xla",
        "ours",
        "ours_xla",
        "ours_bf16",
        "torch",
        "torch_one",
        "limit",
        "limit_tf",
    ),
    "generation": (
        "predict",
        "stateful",
        "stepper",
        "whole_loop",
        "torch_loop",
        "torch_script",
        "jax_scan",
    ),
    "vocabulary": ("stepper", "whole_loop"),
    "growth": ("keras", "keras_quiet", "ours", "torch", "torch_one"),
    "feeding": ("keras", "keras_quiet", "ours"),
}
UNITS = {
    "training": "a training step",
    "inference": "a forward pass",
    "generation": "a token",
    "vocabulary": "a token",
    "growth": "a training step",
    "feeding": "an epoch",
}
BFLOAT16 = ("W3", "W5")
#: Those who have an encoder and a decoder.
DECODERS = ("keras", "keras_quiet", "keras_xla", "ours", "ours_xla", "torch", "torch_one")


def chosen(keys, kinds):
    """``{kind: its workloads}`` for keys such as W1, W3-words or steps; all without any."""
    found = {kind: [] for kind in kinds}
    for kind in kinds:
        for key in workloads.KINDS[kind]:
            if not keys or any(key == k or key.startswith(f"{k}-") for k in keys):
                found[kind].append(key)
    if not any(found.values()):
        known = dict.fromkeys(key for kind in kinds for key in workloads.KINDS[kind])
        raise wrong("workload", " ".join(keys), "among " + " ".join(known))
    return {kind: works for kind, works in found.items() if works}


def variants(kind, key):
    """Peers of one workload: bfloat16 only where the products are large."""
    takes_part = DECODERS if key == "W8" else VARIANTS[kind]
    return [
        v
        for v in VARIANTS[kind]
        if v in takes_part and (v != "ours_bf16" or key.startswith(BFLOAT16))
    ]


def table_of(kind, results):
    """The Markdown tables of one kind."""
    table = tables.markdown(results, UNITS[kind])
    more = {
        "training": tables.costs,
        "feeding": tables.lines,
        "vocabulary": tables.rates,
    }.get(kind)
    return f"{table}\n\n{more(results)}" if more else table


def keep(kind, results, build):
    """Write the three files of a kind."""
    report = {"machine": measure.machine(), "kind": kind, "results": results}
    with paths.written_whole(build / f"{kind}.json") as temporary:
        temporary.write_text(json.dumps(report, indent=1), encoding="utf-8")
    with paths.written_whole(build / f"{kind}.md") as temporary:
        temporary.write_text(table_of(kind, results) + "\n", encoding="utf-8")
    figure = (
        tables.growth_figure(results, UNITS[kind])
        if kind in ("growth", "feeding", "vocabulary")
        else tables.ratios_figure(results, UNITS[kind])
    )
    with paths.written_whole(build / f"{kind}.png") as temporary:
        figure.savefig(temporary, format="png")


def summary_of(build):
    """The ratios of all that a folder has of training and inference."""
    kept = {}
    for kind in ("training", "inference"):
        file = build / f"{kind}.json"
        kept[kind] = json.loads(file.read_text("utf-8"))["results"] if file.is_file() else {}
    return tables.summary(kept["training"], kept["inference"])


@click.command()
@click.argument("keys", nargs=-1, metavar="[W1|W3-words|steps|...]...")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(list(workloads.KINDS)),
    multiple=True,
    help=f"{', '.join(workloads.KINDS)}; may be given more than once.",
)
@click.option("--turns", type=click.IntRange(1), default=7, show_default=True)
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/bench"),
    show_default=True,
    help="Folder of what is written.",
)
def command(keys, kinds, turns, build):
    """Time the recurrent layers side by side: all kinds of work, or the KEYS given.

    PyTorch and JAX take part where they are installed: pip install "rnn-tf[bench]". Nothing else
    should run meanwhile; turns disturbed by other load are left out.
    """
    paths.check_writable(build)
    console = terminal.console()
    for kind, works in chosen(keys, kinds or tuple(workloads.KINDS)).items():
        results = {}
        for key in works:
            with console.status(f"{kind} {key}"):
                results[key] = measure.side_by_side(
                    variants(kind, key), kind, key, turns=turns, log=console.print
                )
            keep(kind, results, build)  # after each, so that an interruption loses little
            console.print(f"{key}, {kind}", style="bold")
            terminal.show_records(console, *tables.sheet(key, results[key], UNITS[kind]))
    with paths.written_whole(build / "summary.md") as temporary:
        temporary.write_text(summary_of(build) + "\n", encoding="utf-8")
    terminal.show_text(console, f"kept in {build}")
