"""``rnn-tf claims``: what the articles claim, measured; list, look up, measure, write the pages."""

import json
import sys
import time

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rnn_tf import claims, ledger
from rnn_tf.claims import measuring, pages, results, showing
from rnn_tf.claims.experiment import MODES
from rnn_tf.claims.showing import label
from rnn_tf.course import machine, terminal
from rnn_tf.errors import DataError, InputError
from rnn_tf.ledger import printing


@click.command(
    "claims",
    epilog="""\b
Examples:
  rnn-tf claims                        all claims, each with its verdict
  rnn-tf claims C-000-07               one, with its evidence
  rnn-tf claims --verdict refuted --lang zh
  rnn-tf claims run                    measure what is not measured yet
  rnn-tf claims run C-000-07 lags      measure these again, old and new side by side
  rnn-tf claims run --mode full --seeds 20 jacobians
""",
)
@click.argument("words", nargs=-1, metavar="[run] [ID]...")
@click.option("--mode", type=click.Choice(MODES), help="run: class or full; else whose results.")
@click.option("--seeds", type=int, help="run: how many seeds, three or more.")
@click.option("--again", is_flag=True, help="run: also what is measured already.")
@click.option("--article", type=click.Choice(ledger.ARTICLES), help="Claims of one article.")
@click.option("--verdict", type=click.Choice(showing.STANDINGS), help="Claims that stand so.")
@click.option(
    "--lang", type=click.Choice(("en", "zh")), default="en", envvar="RNN_TF_LANG", help="Language."
)
@click.option("--pages", "write", is_flag=True, help="Write docs/claims.")
@click.option("--check", is_flag=True, help="With --pages: compare, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(words, mode, seeds, again, article, verdict, lang, write, check, as_json):
    """What the five articles claim, and what measuring showed.

    ID is a claim (C-000-07) or an experiment (lags). A run may be interrupted or killed: the same
    command goes on after the last finished seed, and leaves alone what is finished.
    """
    if write:
        return _pages(check)
    if words[:1] == ("run",):
        return _run(words[1:], mode or "class", seeds, again, lang)
    chosen = [row for row in _named(words) if article in (None, row.article)]
    chosen = [row for row in chosen if verdict in (None, claims.outcome(row, mode))]
    if as_json:
        click.echo(json.dumps([_data(r, mode) for r in chosen], ensure_ascii=False, indent=1))
    elif words:
        for row in chosen:
            _show(row, mode, lang)
    else:
        _list(chosen, mode, lang)
    return None


def _named(words):
    """The claims that are named by id or experiment; all where nothing is named."""
    found = {}
    for word in words:
        rows = [row for row in ledger.claims() if row.experiment == word]
        for row in rows or [ledger.get(word)]:
            if row.kind_of_row != "claim":
                raise InputError(f"claims: got {word}, expected a claim: rnn-tf ledger {word}")
            found[row.id] = row
    return list(found.values()) if words else ledger.claims()


def _list(rows, mode, lang):
    heads = ("id", label("kind", lang), label("verdict", lang), label("experiment", lang))
    columns = [terminal.Column(head, depth=0) for head in heads]
    columns.append(terminal.Column(label("claim", lang), depth=1, wraps=True))
    records = [
        (
            row.id,
            printing.verdict(row, lang),
            _outcome(row, mode, lang),
            row.experiment or "–",
            getattr(row.title, lang),
        )
        for row in rows
    ]
    terminal.show_records(terminal.console(), columns, records)
    counts = {}
    for record in records:
        counts[record[2]] = counts.get(record[2], 0) + 1
    parts = [f"{word} {count}" for word, count in sorted(counts.items(), key=lambda c: -c[1])]
    total = f"{len(rows)} claims" if lang == "en" else f"共 {len(rows)} 条论断"
    click.echo(f"{total}: {', '.join(parts)}; rnn-tf claims ID")


def _outcome(row, mode, lang):
    word = claims.outcome(row, mode)
    names = printing.VERDICTS if word in printing.VERDICTS else printing.JUDGEMENTS
    return word if lang == "en" else names[word]


def _show(row, mode, lang):
    """One claim: how it stands and why."""
    screen, colon = terminal.console(), ": " if lang == "en" else "："
    terminal.show_text(screen, f"{row.id}  {getattr(row.title, lang)}")
    facts = [
        (printing.label("where", lang), printing.place(row, lang)),
        (label("kind", lang), printing.verdict(row, lang)),
        (label("verdict", lang), _outcome(row, mode, lang)),
    ]
    if row.kind != "measured":
        facts.append((label("argument", lang), getattr(row.why, lang)))
        facts += [(label("references", lang), text) for text in showing.references(row)]
    if row.left_out:
        facts.append((label("left out", lang), getattr(row.left_out, lang)))
    for name, text in facts:
        terminal.show_text(screen, f"{name}{colon}{text}", indent=2)
    if row.rule:
        _show_measured(row, mode, lang, screen, colon)
    click.echo()


def _show_measured(row, mode, lang, screen, colon):
    experiment, rule = claims.get(row.experiment), claims.rule(row)
    verdict, result = claims.verdict(row, mode), results.load(row.experiment, mode)
    words = f"{label('experiment', lang)} {experiment.name}"
    terminal.show_text(screen, f"{words}  {experiment.title[lang == 'zh']}", indent=2)
    if verdict is None:
        heads, rows = ("statement", "wanted"), showing.statements(rule, lang)
    else:
        heads = ("statement", "wanted", "found", "holds")
        rows = showing.findings(verdict, lang)
        if because := showing.because(verdict, lang):
            on = f"{label('on', lang)}{colon}" if verdict.on else ""
            terminal.show_text(screen, f"{on}{because}", indent=2)
        terminal.show_text(screen, showing.provenance(result, lang), indent=2)
    if rule.amended:
        words = f"{label('amended', lang)}{colon}{rule.amended[lang == 'zh']}"
        terminal.show_text(screen, words, indent=2)
    columns = [terminal.Column(label(heads[0], lang), depth=0, wraps=True)]
    columns += [terminal.Column(label(head, lang)) for head in heads[1:]]
    terminal.show_records(screen, columns, rows)
    if verdict is not None:
        terminal.show_text(screen, experiment.number[lang == "zh"], indent=2)
        columns = [terminal.Column(label("condition", lang), depth=0, wraps=True)]
        columns += [terminal.Column(label(head, lang), right=True) for head in ("mean", "spread")]
        terminal.show_records(
            screen, columns, showing.evidence(experiment, result, lang, rule.conditions)
        )


def _data(row, mode):
    """A claim as plain data."""
    data = {"id": row.id, "article": row.article, "section": row.section, "kind": row.kind}
    data |= {"title": row.title._asdict(), "outcome": claims.outcome(row, mode)}
    data |= {"experiment": row.experiment or None, "rule": row.rule or None}
    data |= {"left_out": row.left_out._asdict()} if row.left_out else {}
    found = claims.verdict(row, mode) if row.kind == "measured" else None
    if found:
        data["findings"] = [
            {"says": one.statement.says[0], "holds": one.holds, "mean": one.mean,
             "interval": [one.left, one.right], "seeds": one.seeds, "needed": one.needed}
            for one in found.findings
        ]  # fmt: skip
    return data


def _run(words, mode, seeds, again, lang):
    chosen = _experiments(words)
    todo = [one for one in chosen if words or again or not measuring.is_current(one, mode, seeds)]
    if len(todo) < len(chosen):
        kept = len(chosen) - len(todo)
        click.echo(f"{kept} measured already, left alone; --again measures them anew", err=True)
    about = (machine.versions(), machine.description())
    started, screen = time.perf_counter(), terminal.console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=screen, disable=not screen.is_terminal,
    )  # fmt: skip
    with bars:
        every = bars.add_task(label("experiment", lang), total=len(todo))
        for one in todo:
            bar = bars.add_task(one.name, total=None)
            before = _loaded(one.name, mode)
            result = measuring.measure(
                one, mode, seeds, about=about,
                watch=lambda done, total, bar=bar: bars.update(bar, completed=done, total=total),
            )  # fmt: skip
            bars.remove_task(bar)
            bars.advance(every)
            _side_by_side(one, before, result, lang)
    click.echo(f"{len(todo)} measured in {time.perf_counter() - started:.0f} s")


def _experiments(words):
    if not words:
        return claims.all_experiments()
    names = {}
    for word in words:
        name = word if "-" not in word else ledger.get(word).experiment
        if not name:
            raise InputError(f"{word}: got a claim that is not measured, expected one that is")
        names[name] = claims.get(name)
    return list(names.values())


def _loaded(name, mode):
    try:
        return results.load(name, mode)
    except DataError as error:
        click.echo(str(error), err=True)
        return None


def _side_by_side(experiment, before, now, lang):
    """The verdicts of an experiment's claims and its numbers, old and new."""
    screen = terminal.console()
    took = f"{sum(now.seconds):.0f} s"
    terminal.show_text(screen, f"{experiment.name}  {experiment.title[lang == 'zh']}  ({took})")
    columns = [terminal.Column(label("condition", lang), depth=0, wraps=True)]
    columns += [terminal.Column(label(head, lang), right=True) for head in ("before", "now")]
    records = [
        (
            experiment.label(name, lang),
            showing.mean_and_spread(before.values[name])
            if before and name in before.values
            else "–",
            showing.mean_and_spread(values),
        )
        for name, values in now.values.items()
    ]
    for row in showing.claims_of(experiment):
        rule = claims.rule(row)
        words = [
            printing.judgement(rule.verdict(one.evidence).outcome, lang)
            if one and set(rule.conditions) <= set(one.values)
            else "–"
            for one in (before, now)
        ]
        records.append((row.id, *words))
    terminal.show_records(screen, columns, records)


def _pages(only_compare):
    if pages.folder() is None:
        raise InputError("--pages: got an installed package, expected a clone with pyproject.toml")
    if not only_compare:
        click.echo(f"{len(pages.write())} files in {pages.folder()}")
        return
    stale = pages.out_of_date()
    for path in stale:
        click.echo(f"out of date: {path}")
    click.echo("run rnn-tf claims --pages" if stale else "the pages are up to date")
    if stale:
        sys.stdout.flush()
        raise click.exceptions.Exit(1)
