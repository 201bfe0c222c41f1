"""Voices drawn: tracks of pitch, what a network makes of them, and whose they are."""

import numpy as np

from rnn_tf.course.figures.style import COLOURS, LINE_STYLES, label, panels

_FRAME_MS = 10


def tracks(pitches, names, labels):
    """One panel a syllable: its pitch over time; a gap where there is none.

    Args:
        pitches: for each syllable (frames,), hertz or NaN, a frame every 10 ms.
        names: their titles.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, axes = panels(len(pitches), columns=len(pitches), width=2.1, height=2.6)
    for place, (axis, pitch, name) in enumerate(zip(axes, pitches, names, strict=True)):
        time = _FRAME_MS * np.arange(len(pitch))
        axis.plot(time, pitch, marker=".", color=COLOURS[place], linestyle="-")
        axis.set(ylim=(np.nanmin(np.concatenate(pitches)) - 20, 440), xlim=(0, 320))
        label(axis, labels[0], labels[1] if place == 0 else "", name)
    return figure


def frame(pressure, rate, melody, at, labels):
    """One frame of a sound with its period, and the place of that frame in the melody.

    Args:
        pressure: (samples,), from -1 to 1.
        rate: samples a second.
        melody: (frames,), hertz.
        at: number of the frame.
        labels: names of time and pressure, of time and pitch, and a word for the period.

    Returns the figure.
    """
    figure, (left, right) = panels(2, width=4.1, height=2.9)
    hop = rate * _FRAME_MS // 1000
    samples = pressure[at * hop : (at + 1) * hop + 1]
    left.plot(1000 * np.arange(len(samples)) / rate, samples, color=COLOURS[0], linestyle="-")
    period = 1000 / melody[at]
    first = 1000 * np.argmax(samples[: int(period * rate / 1000) + 1]) / rate
    height = 1.1 * np.max(samples)
    arrow = {"arrowstyle": "<->", "color": "black", "shrinkA": 0, "shrinkB": 0}
    left.annotate("", xy=(first, height), xytext=(first + period, height), arrowprops=arrow)
    left.text(first + period / 2, 1.06 * height, labels[4], ha="center", va="bottom")
    left.set_ylim(None, 1.45 * height)
    time = _FRAME_MS * np.arange(len(melody))
    right.plot(time, melody, marker=".", color=COLOURS[0], linestyle="-")
    right.plot(time[at], melody[at], "o", color=COLOURS[1], markersize=9)
    right.axvspan(time[at], time[at] + _FRAME_MS, color=COLOURS[1], alpha=0.2)
    label(left, labels[0], labels[1])
    label(right, labels[2], labels[3])
    return figure


def spectrum(pressure, rate, bands, labels):
    """A sound, its spectrum frame by frame, and the bands that a network gets, one above another.

    Args:
        pressure: (samples,), from -1 to 1.
        rate: samples a second.
        bands: (frames, bands), decibels; a frame every 20 ms.
        labels: names of time, of pressure, of frequency, of the bands and of the colours.

    A frame of the spectrum is 32 ms long, a new one begins every 4 ms. Returns the figure.
    """
    width, hop = round(0.032 * rate), round(0.004 * rate)
    starts = np.arange(0, len(pressure) - width + 1, hop)
    frames = pressure[starts[:, None] + np.arange(width)] * np.hanning(width)
    powers = np.abs(np.fft.rfft(frames)) ** 2  # (frames, frequencies)
    decibels = 10 * np.log10(np.maximum(powers / powers.max(), 1e-6))
    figure, axes = panels(3, columns=1, width=7.2, height=1.9)
    seconds = len(pressure) / rate
    axes[0].plot(np.arange(len(pressure)) / rate, pressure, color=COLOURS[0], linewidth=0.7, ls="-")
    edges = starts[0] / rate, (starts[-1] + width) / rate
    pictures = (
        (decibels, (*edges, 0, rate / 2000)),
        (bands, (0, 0.02 * len(bands), 0.5, len(bands[0]) + 0.5)),
    )
    for axis, (values, extent) in zip(axes[1:], pictures, strict=True):
        image = axis.imshow(
            values.T, origin="lower", aspect="auto", cmap="cividis", extent=extent, vmin=-60, vmax=0
        )
        axis.grid(False)
        figure.colorbar(image, ax=axis, label=labels[4])
    for axis, name in zip(axes, labels[1:4], strict=True):
        axis.set_xlim(0, seconds)
        label(axis, labels[0], name)
    return figure


def beliefs(pitches, probabilities, names, labels):
    """A melody above what the network believes after each of its frames.

    Args:
        pitches: for each syllable (frames,), as the network reads it.
        probabilities: for each (frames, classes).
        names: words for the classes; the first syllable is of the first class, and so on.
        labels: names of time, of pitch and of probability.

    Returns the figure.
    """
    figure, axes = panels(2 * len(pitches), columns=len(pitches), width=2.2, height=1.9)
    above, below = axes[: len(pitches)], axes[len(pitches) :]
    low, high = (edge(np.concatenate(pitches)) for edge in (np.min, np.max))
    for place, (pitch, belief) in enumerate(zip(pitches, probabilities, strict=True)):
        time = _FRAME_MS * np.arange(len(pitch))
        above[place].plot(time, pitch, marker=".", color="0.3", linestyle="-")
        above[place].set_ylim(low - 0.3, high + 0.3)
        label(above[place], "", labels[1] if place == 0 else "", names[place])
        for kind, name in enumerate(names):
            style = {"color": COLOURS[kind], "linestyle": LINE_STYLES[kind]}
            below[place].plot(time, belief[:, kind], label=name, **style)
        below[place].set_ylim(-0.03, 1.03)
        label(below[place], labels[0], labels[2] if place == 0 else "")
    figure.legend(*below[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def transposed(shifts, accuracies, baseline, labels):
    """Share of right answers against how far a voice was moved, a line a ruler.

    Args:
        shifts: (shifts,), semitones.
        accuracies: ``{ruler: (seeds, shifts)}``.
        baseline: ``(name, value)``.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, (axis,) = panels()
    for place, (name, runs) in enumerate(accuracies.items()):
        style = {"color": COLOURS[place], "linestyle": LINE_STYLES[place]}
        axis.plot(shifts, np.median(runs, axis=0), label=name, **style)
        axis.fill_between(
            shifts, *np.quantile(runs, (0, 1), axis=0), color=COLOURS[place], alpha=0.2
        )
    axis.axhline(baseline[1], color="black", linestyle=":", linewidth=1, label=baseline[0])
    axis.set_ylim(0, 1.03)
    label(axis, *labels)
    axis.legend(loc="center right", bbox_to_anchor=(1, 0.62), fontsize=9)
    return figure


def rulers(accuracies, nearest, majorities, names, labels):
    """Every voice a panel, every ruler a column, every seed a point.

    Args:
        accuracies: ``{voice: (rulers, seeds)}`` of the network.
        nearest: ``{voice: (rulers,)}`` of nearest neighbours.
        majorities: ``{voice: share}`` of its most frequent tone.
        names: words for the rulers.
        labels: name of the axis; words for network, nearest neighbours, majority.

    Returns the figure.
    """
    figure, axes = panels(len(accuracies), width=2.9, height=3.6)
    for axis, (voice, runs) in zip(axes, accuracies.items(), strict=True):
        for place, values in enumerate(runs):
            name = labels[1] if place == 0 else None
            axis.plot([place - 0.12] * len(values), values, "o", color=COLOURS[0], label=name)
        places = np.arange(len(names)) + 0.15
        axis.plot(places, nearest[voice], "D", color=COLOURS[1], mfc="none", label=labels[2])
        axis.axhline(majorities[voice], color="black", ls="--", lw=1, label=labels[3])
        axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axis.set(ylim=(0, 1.04), title=voice, xlim=(-0.5, len(names) - 0.5))
    axes[0].set_ylabel(labels[0])
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def melodies(means, titles, labels):
    """The mean melody of each tone, a line a voice.

    Args:
        means: ``{voice: (tones, points)}``, each voice on its own ruler.
        titles: words for the tones.
        labels: names of the two axes.

    Returns the figure.
    """
    figure, axes = panels(len(titles), columns=len(titles), width=2.1, height=2.7)
    for tone, (axis, title) in enumerate(zip(axes, titles, strict=True)):
        for place, (voice, lines) in enumerate(means.items()):
            share = np.linspace(0, 100, len(lines[tone]))
            style = {"color": COLOURS[place], "linestyle": LINE_STYLES[place]}
            axis.plot(share, lines[tone], label=voice, **style)
        axis.set_ylim(-2.1, 2.1)
        label(axis, labels[0], labels[1] if tone == 0 else "", title)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
