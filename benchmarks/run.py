"""Time the course's layers beside their peers: ``python benchmarks/run.py [W1 ...]``.

Writes ``bench.json`` (every turn, versions, machine), a table and a plot.
"""

import json
import sys
from pathlib import Path

import click
import measure
import workloads
from rich.console import Console
from rich.table import Table

from rnn_tf.errors import wrong
from rnn_tf.paths import written_whole

NAMES = {
    "keras": "Keras",
    "keras_best": "Keras at its best",
    "ours": "rnn_tf.layers",
    "ours_bf16": "rnn_tf.layers, bfloat16",
    "torch": "PyTorch",
    "jax": "JAX",
    "limit": "products alone",
}


def chosen(keys):
    """Workload keys that start with one of ``keys``; all of them without any."""
    if not keys:
        return list(workloads.WORKLOADS)
    found = [
        key for key in workloads.WORKLOADS if any(key == k or key.startswith(f"{k}-") for k in keys)
    ]
    if not found:
        raise wrong("workload", " ".join(keys), "among " + " ".join(workloads.WORKLOADS))
    return found


def table(results, kind):
    """Milliseconds a step, with the range of the turns, and each peer's ratio to ours."""
    sheet = Table(title=f"{kind}: milliseconds a step (ratio to rnn_tf.layers)")
    sheet.add_column("work")
    variants = [v for v in NAMES if any(v in found for found in results.values())]
    for variant in variants:
        sheet.add_column(NAMES[variant], justify="right")
    for key, found in results.items():
        ours = found.get("ours", {}).get("median_ms")
        cells = []
        for variant in variants:
            entry = found.get(variant)
            if entry is None:
                cells.append("")
                continue
            cell = f"{entry['median_ms']:.2f}\n{min(entry['ms']):.2f}…{max(entry['ms']):.2f}"
            if ours and variant != "ours":
                cell += f"\n({entry['median_ms'] / ours:.2f})"
            if entry["all_disturbed"]:
                cell += "\ndisturbed"
            cells.append(cell)
        sheet.add_row(key, *cells)
    return sheet


def plot(results, kind, target):
    """Ratios to our layers as points, one row a workload."""
    from rnn_tf import plots

    plots.use_style()
    figure, (axis,) = plots.panels(1)
    keys = list(results)
    for number, variant in enumerate(v for v in NAMES if v != "ours"):
        places = [n for n, key in enumerate(keys) if variant in results[key]]
        ratios = [
            results[keys[n]][variant]["median_ms"] / results[keys[n]]["ours"]["median_ms"]
            for n in places
        ]
        if places:
            axis.plot(ratios, places, "os^DvP"[number], label=NAMES[variant], linestyle="none")
    axis.axvline(1, color="black", linewidth=1)
    axis.set_xscale("log")
    axis.set_yticks(range(len(keys)), keys)
    plots.label(axis, f"time a {kind} step, relative to rnn_tf.layers (ratio)", "workload")
    axis.legend(fontsize="small")
    with written_whole(target) as temporary:
        figure.savefig(temporary)


@click.command()
@click.argument("keys", nargs=-1, metavar="[W1|W1-lstm|...]...")
@click.option("--kind", type=click.Choice(["training", "inference"]), default="training")
@click.option("--turns", default=7, show_default=True, help="Turns of each peer.")
@click.option("--build", type=click.Path(path_type=Path), default="build", show_default=True)
def main(keys, kind, turns, build):
    """Time recurrent layers side by side. PyTorch and JAX take part where they are installed."""
    console = Console()
    results = {}
    for key in chosen(keys):
        work = workloads.WORKLOADS[key]
        variants = [v for v in measure.PEERS if v != "ours_bf16" or work.vocab_size or key == "W5"]
        with console.status(f"{key}: {len(variants)} peers taking turns"):
            results[key] = measure.side_by_side(
                variants, kind, key, work.rounds, turns=turns, log=console.print
            )
    console.print(table(results, kind))
    report = {"machine": measure.machine(), "kind": kind, "results": results}
    with written_whole(build / f"bench-{kind}.json") as temporary:
        temporary.write_text(json.dumps(report, indent=1), encoding="utf-8")
    plot(results, kind, build / f"bench-{kind}.png")
    console.print(f"kept in {build / f'bench-{kind}.json'}")


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
