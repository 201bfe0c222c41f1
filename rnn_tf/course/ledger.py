"""``rnn-tf ledger``: look rows up, run them, check them all, write the pages."""

import json
import sys

import click

from rnn_tf import ledger
from rnn_tf.errors import InputError
from rnn_tf.ledger import check, pages, printing
from rnn_tf.ledger.rows import Raises
from rnn_tf.ledger.showing import print_row

_VERDICTS = tuple(printing.VERDICTS)


@click.command(
    "ledger",
    epilog="""\b
Examples:
  rnn-tf ledger B-003-01               a fault, run before your eyes
  rnn-tf ledger --article 004          everything about article 004
  rnn-tf ledger --kind formula --verdict wrong
  rnn-tf ledger --find 梯度 --lang zh   search, in either language
  rnn-tf ledger --check                run all rows and count those that hold
""",
)
@click.argument("id", required=False)
@click.option("--article", type=click.Choice(ledger.ARTICLES), help="Rows of one article.")
@click.option("--kind", type=click.Choice(ledger.KINDS), help="One kind of row.")
@click.option("--verdict", type=click.Choice(_VERDICTS), help="Rows of one verdict.")
@click.option("--lesson", help="Rows of one lesson: its name, or the number it starts with.")
@click.option("--find", help="Rows with this text, in either language.")
@click.option(
    "--lang", type=click.Choice(("en", "zh")), default="en", envvar="RNN_TF_LANG", help="Language."
)
@click.option("--check", "run_all", is_flag=True, help="Run the rows; with --pages, compare.")
@click.option("--pages", "write", is_flag=True, help="Write docs/ledger from the rows.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(id, article, kind, verdict, lesson, find, lang, run_all, write, as_json):
    """Every fault, formula, reference and topic of the five articles, and what became of it.

    With an ID the row is printed and run: what happens, why, the repair, the test that holds it.
    Exit status 1 if a row does not hold or a page is out of date.
    """
    if write:
        return _pages(run_all)
    rows = [ledger.get(id)] if id else select(article, kind, verdict, lesson, find)
    if not (id or run_all):
        _list(rows, lang, as_json)
    elif id and not as_json:
        _exit(print_row(rows[0], lang, whole=True).holds)
    else:
        _check(rows, as_json)


def select(article=None, kind=None, verdict=None, lesson=None, find=None):
    """The rows that fit all filters that are given."""
    wanted = find.casefold() if find else None
    return [
        row
        for row in ledger.rows(kind)
        if (article is None or row.article == article or article in getattr(row, "articles", ()))
        and (verdict is None or row.verdict == verdict)
        and (lesson is None or (row.lesson or "").startswith(lesson.zfill(2)))
        and (wanted is None or wanted in _searched(row))
    ]


def _searched(row):
    texts = [getattr(row, name) for name in row._texts]
    return "\n".join([row.id, *(part for text in texts if text for part in text)]).casefold()


def _list(rows, lang, as_json):
    if as_json:
        return _print_json([as_data(row) for row in rows])
    if not rows:
        click.echo("no row fits these filters" if lang == "en" else "没有符合条件的条目")
        return None
    from rnn_tf.course import terminal

    heads = (
        ("id", "verdict", "lesson", "title") if lang == "en" else ("编号", "判定", "课程", "内容")
    )
    columns = [terminal.Column(head, depth=0) for head in heads[:3]]
    columns.append(terminal.Column(heads[3], depth=1, wraps=True))
    records = [
        (row.id, printing.verdict(row, lang), row.lesson or "–", getattr(row.title, lang))
        for row in rows
    ]
    terminal.show_records(terminal.console(), columns, records)
    count = f"{len(rows)} rows" if lang == "en" else f"共 {len(rows)} 条"
    click.echo(f"{count}; rnn-tf ledger ID")
    return None


def _check(rows, as_json):
    from rnn_tf import backend  # noqa: F401  (started before the first row is timed)

    observations = []
    for row in rows:
        observations.append(check.observe(row))
        if not as_json and not observations[-1].holds:
            click.echo(f"{row.id} does not hold: {observations[-1].reason}")
    if as_json:
        _print_json([as_data(one.row) | outcome_data(one) for one in observations])
    else:
        ran = [one for one in observations if one.row.runs]
        holding = sum(one.holds for one in observations)
        click.echo(
            f"{sum(one.holds for one in ran)} of {len(ran)} rows that run hold; "
            f"{holding} of {len(observations)} rows in all; "
            f"{sum(one.seconds for one in observations):.0f} s"
        )
    _exit(all(one.holds for one in observations))


def as_data(row):
    """A row as plain data for ``--json``."""
    data = {
        "id": row.id,
        "kind": row.kind_of_row,
        "article": row.article,
        "section": row.section,
        "verdict": row.verdict,
        "lesson": row.lesson,
    }
    for name in row._texts:
        text = getattr(row, name)
        data[name] = text._asdict() if text else None
    for name in ("at", "latex", "centrality", "articles", "entries", "links"):
        if hasattr(row, name):
            data[name] = getattr(row, name)
    if row.runs:
        evidence = row.evidence
        data["evidence"] = {
            "kind": type(evidence).__name__.lower(),
            "what": evidence.what._asdict(),
            "right": check.in_words(evidence.right),
        }
        if isinstance(evidence, Raises):
            data["evidence"] |= {"types": evidence.types, "fragment": evidence.fragment}
        elif hasattr(evidence, "value"):
            data["evidence"]["value"] = check.in_words(evidence.value)
        data["test"] = row.test
    return data


def outcome_data(observation):
    """What running a row showed, as plain data."""
    return {
        "holds": observation.holds,
        "reason": observation.reason or None,
        "happens": None if observation.failing is None else str(observation.failing),
        "after": None if observation.right is None else str(observation.right),
        "seconds": round(observation.seconds, 3),
    }


def _print_json(data):
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _pages(only_compare):
    if pages.folder() is None:
        raise InputError("--pages: got an installed package, expected a clone with pyproject.toml")
    if only_compare:
        stale = pages.out_of_date()
        for path in stale:
            click.echo(f"out of date: {path}")
        click.echo("run rnn-tf ledger --pages" if stale else "the pages are up to date")
        return _exit(not stale)
    click.echo(f"{len(pages.write())} files in {pages.folder()}")
    return None


def _exit(good):
    if not good:
        sys.stdout.flush()
        raise click.exceptions.Exit(1)
