"""What was measured as a table and as a figure."""

import numpy as np

from rnn_tf.course import figures
from rnn_tf.course.terminal import Column

NAMES = {
    "keras": "Keras",
    "keras_quiet": "Keras without the wait",
    "keras_best": "Keras at its best",
    "keras_xla": "Keras, XLA",
    "ours": "rnn_tf",
    "ours_xla": "rnn_tf, XLA",
    "ours_bf16": "rnn_tf, bfloat16",
    "torch": "PyTorch",
    "torch_one": "PyTorch, one thread",
    "jax": "JAX",
    "limit": "products (PyTorch)",
    "limit_tf": "products (TensorFlow)",
    "predict": "predict on the window",
    "stateful": "stateful predict",
    "stepper": "one compiled step",
    "whole_loop": "whole loop compiled",
    "torch_loop": "PyTorch, cell by cell",
    "torch_script": "PyTorch, TorchScript",
    "jax_scan": "JAX, one scan",
}

OURS = ("ours", "whole_loop")


def _ours(found):
    return next(found[name] for name in OURS if name in found)


def _present(results):
    return [name for name in NAMES if any(name in found for found in results.values())]


def _time(ms):
    return f"{ms:.3g}" if ms < 100 else f"{ms:.0f}"


def _cell(entry, ours):
    text = f"{_time(entry['median_ms'])} ({_time(min(entry['ms']))}–{_time(max(entry['ms']))})"
    if entry is not ours:
        text += f" **{entry['median_ms'] / ours['median_ms']:.2f}×**"
    return text + (" disturbed" if entry["all_disturbed"] else "")


def markdown(results, unit):
    """Milliseconds, the range of the turns, and each peer's time over ours."""
    names = _present(results)
    lines = [
        f"Milliseconds {unit}: median (range); in bold how many times ours that is.",
        "",
        "| work | " + " | ".join(NAMES[name] for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for key, found in results.items():
        ours = _ours(found)
        cells = [_cell(found[name], ours) if name in found else "" for name in names]
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def sheet(key, found, unit):
    """One workload for the terminal: the columns, and a record for each peer."""
    ours = _ours(found)
    heads = (f"ms {unit}", "range", "times ours", "left out")
    columns = [Column(key, depth=0), *(Column(head, right=True) for head in heads)]
    records = []
    for name in _present({key: found}):
        entry = found[name]
        records.append(
            (
                NAMES[name],
                _time(entry["median_ms"]),
                f"{_time(min(entry['ms']))} to {_time(max(entry['ms']))}",
                f"{entry['median_ms'] / ours['median_ms']:.2f}",
                "all disturbed" if entry["all_disturbed"] else str(entry["left_out"]),
            )
        )
    return columns, records


def costs(results):
    """First call, in seconds, processor time and peak memory, ours beside Keras's."""
    lines = [
        "| work | first call: Keras, s | rnn_tf, s | longer by, s "
        "| processor: Keras, ms a step | rnn_tf, ms | ratio "
        "| peak: Keras, MB | rnn_tf, MB | ratio |",
        "|---" * 10 + "|",
    ]
    for key, found in results.items():
        if "keras" not in found or "ours" not in found:
            continue
        theirs, ours = found["keras"], found["ours"]
        longer = ours["first_call_s"] - theirs["first_call_s"]
        work = ours["cpu_ms"] / theirs["cpu_ms"]
        peak = ours["peak_mb"] / theirs["peak_mb"]
        lines.append(
            f"| {key} | {theirs['first_call_s']:.1f} | {ours['first_call_s']:.1f} | {longer:.1f} "
            f"| {_time(theirs['cpu_ms'])} | {_time(ours['cpu_ms'])} | {work:.2f} "
            f"| {theirs['peak_mb']:.0f} | {ours['peak_mb']:.0f} | {peak:.2f} |"
        )
    return "\n".join(lines)


def summary(training, inference):
    """How many times faster ours is, and what share of our time the products alone take."""
    lines = [
        "| work | training: Keras | without the wait | at its best | PyTorch "
        "| bfloat16, Keras without the wait | products : ours "
        "| inference: Keras | XLA too | PyTorch |",
        "|---" * 10 + "|",
    ]
    for key, found in training.items():
        ratios = [gain(found, "keras"), gain(found, "keras_quiet"), gain(found, "keras_best")]
        ratios += [gain(found, *TORCH), gain(found, "keras_quiet", over="ours_bf16")]
        ratios += [gain(found, *LIMITS)]
        forward = inference.get(key, {})
        ratios += [gain(forward, "keras"), gain(forward, "keras", "keras_xla")]
        ratios += [gain(forward, *TORCH)]
        cells = ("" if ratio is None else f"{ratio:.2f}" for ratio in ratios)
        lines.append(f"| {key} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


TORCH = ("torch", "torch_one")
LIMITS = ("limit", "limit_tf")


def gain(found, *peers, over="ours"):
    """Time of the fastest of ``peers`` over that of ``over``; ``None`` where either is missing."""
    times = [found[peer]["median_ms"] for peer in peers if peer in found]
    return min(times) / found[over]["median_ms"] if times and over in found else None


def line(results, source, peer):
    """The straight line through a peer's epochs: (ms a step, ms an epoch without steps, deviation).

    ``deviation`` is the largest difference between an epoch and the line, as a share of the epoch.
    """
    found = {key: entry[peer]["median_ms"] for key, entry in results.items() if peer in entry}
    times = {int(key.split("-")[1]): ms for key, ms in found.items() if key.startswith(source)}
    steps, ms = np.array(list(times)), np.array(list(times.values()))
    slope, start = np.polyfit(steps, ms, 1, w=1 / ms)
    return slope, start, np.abs((slope * steps + start) / ms - 1).max()


def lines(results):
    """What a step and an epoch cost, and how far epochs are from a straight line of their steps."""
    rows = [
        "| fed by | | ms a step | ms an epoch beside its steps | farthest from the line |",
        "|---|---|---|---|---|",
    ]
    for source in dict.fromkeys(key.split("-")[0] for key in results):
        present = [key for key in results if key.startswith(source)]
        for name in _present({key: results[key] for key in present}) if len(present) > 1 else ():
            slope, start, deviation = line(results, source, name)
            rows.append(
                f"| {source} | {NAMES[name]} | {slope:.1f} | {start:.0f} | {deviation:.0%} |"
            )
    return "\n".join(rows)


def rates(results):
    """First call, compiling included, and tokens a second, by size of the vocabulary."""
    names = _present(results)
    heads = [f"{NAMES[name]}: first call, s | tokens a second" for name in names]
    rows = ["| work | " + " | ".join(heads) + " |", "|---" * (2 * len(names) + 1) + "|"]
    for key, found in results.items():
        cells = [
            f"{found[name]['first_call_s']:.1f} | {1000 / found[name]['median_ms']:.0f}"
            if name in found
            else " | "
            for name in names
        ]
        rows.append(f"| {key} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def ratios_figure(results, unit):
    """Times over ours as points, one row a workload."""
    figures.use_style()
    figure, (axis,) = figures.panels(1)
    keys = list(results)
    for name, marker in zip(
        (name for name in _present(results) if name not in OURS), "os^DvP*Xdh", strict=False
    ):
        places = [n for n, key in enumerate(keys) if name in results[key]]
        ratios = [
            results[keys[n]][name]["median_ms"] / _ours(results[keys[n]])["median_ms"]
            for n in places
        ]
        axis.plot(ratios, places, marker, label=NAMES[name], linestyle="none")
    axis.axvline(1, color="black", linewidth=1)
    axis.set_xscale("log", base=2)
    axis.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}")
    axis.set_yticks(range(len(keys)), keys)
    axis.invert_yaxis()
    figures.label(axis, f"time {unit} over that of rnn_tf (ratio)", "workload")
    axis.legend(fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


GROWTH_LABELS = {
    "steps": "steps",
    "units": "units",
    "batch": "batch size (rows)",
    "arrays": "training steps, from arrays",
    "dataset": "training steps, from a dataset",
    "greedy": "words, greedy",
    "temperature": "words, temperature",
    "top_k": "words, top-k",
    "nucleus": "words, nucleus",
}


def growth_figure(results, unit):
    """Milliseconds by steps, units and rows, by training steps an epoch, or by words."""
    figures.use_style()
    axes_names = [a for a in GROWTH_LABELS if any(key.startswith(f"{a}-") for key in results)]
    figure, axes = figures.panels(len(axes_names))
    for axis, what in zip(axes, axes_names, strict=True):
        keys = [key for key in results if key.startswith(f"{what}-")]
        for name in _present(results):
            shown = [key for key in keys if name in results[key]]
            sizes = [int(key.split("-")[1]) for key in shown]
            times = [results[key][name]["median_ms"] for key in shown]
            axis.plot(sizes, times, marker="o", label=NAMES[name])
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        figures.label(axis, GROWTH_LABELS[what], f"time {unit} (ms)")
        axis.legend(fontsize="small")
    return figure
