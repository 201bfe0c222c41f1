"""The ledger as pages for reading: ``docs/ledger/{en,zh}/*.md`` and ``references.bib``."""

from rnn_tf import ledger, paths
from rnn_tf.ledger import check, printing
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY
from rnn_tf.ledger.rows import Raises

_NOTICE = {
    "en": "Written by `rnn-tf ledger --pages` from the rows in `rnn_tf/ledger`; edit those.",
    "zh": "由 `rnn-tf ledger --pages` 根据 `rnn_tf/ledger` 中的条目生成，请修改条目而非本页。",
}
_TITLES = {
    "faults": ("Faults of article {}", "文章 {} 程序中的错误"),
    "formulas": ("Formulas of article {}", "文章 {} 的公式"),
    "references": ("References, corrected", "参考文献订正"),
    "topics": ("Topics and where they live", "各主题在课程中的位置"),
    "README": ("The ledger", "台账：错误、公式、文献与主题"),
}


def folder():
    """``docs/ledger`` of the clone, or ``None`` in an installed package."""
    root = paths.chapters_folder().parent
    return root / "docs" / "ledger" if (root / "pyproject.toml").is_file() else None


def contents():
    """Every page: path below ``folder()`` -> text."""
    pages = {"references.bib": "\n".join(entry.bibtex() for entry in BIBLIOGRAPHY.values())}
    for lang in ("en", "zh"):
        names = []
        for article in ledger.ARTICLES:
            for name, rows in (("faults", ledger.faults()), ("formulas", ledger.formulas())):
                chosen = [row for row in rows if row.article == article]
                names.append((f"{name}-{article}", _title(name, lang, article), len(chosen)))
                pages[f"{lang}/{name}-{article}.md"] = _page(names[-1][1], chosen, lang)
        for name, rows in (("references", ledger.references()), ("topics", ledger.topics())):
            names.append((name, _title(name, lang), len(rows)))
            before = [_side_by_side(rows, lang)] if name == "references" else []
            pages[f"{lang}/{name}.md"] = _page(names[-1][1], rows, lang, *before)
        links = [f"- [{title}]({name}.md) ({count})" for name, title, count in names]
        links.append("- [BibTeX](../references.bib)")
        pages[f"{lang}/README.md"] = _joined(f"# {_title('README', lang)}", _NOTICE[lang], links)
    return pages


def write():
    """Write all pages; returns their paths."""
    return put(folder(), contents())


def out_of_date():
    """Names of pages that are missing, differ from the rows, or belong to no row any more."""
    return differences(folder(), contents())


def put(folder, pages):
    """Write ``pages``, name -> text, below ``folder``, each whole; returns their paths."""
    for name, text in pages.items():
        with paths.written_whole(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in pages]


def differences(folder, pages):
    """Names of files below ``folder`` that are missing, or not what ``pages`` has."""
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    stale = [
        name
        for name, text in pages.items()
        if name not in there or (folder / name).read_text(encoding="utf-8") != text
    ]
    return sorted({*stale, *(there - set(pages))})


def _title(name, lang, *arguments):
    return _TITLES[name][lang == "zh"].format(*arguments)


def _page(title, rows, lang, *before):
    return _joined(f"# {title}", _NOTICE[lang], *before, *(_section(row, lang) for row in rows))


def _side_by_side(rows, lang):
    """Table: what the article gives, and what is right."""
    head = ("id", *(printing.label(name, lang) for name in ("verdict", "as given", "reference")))
    lines = [head, ("---",) * len(head)]
    for row in rows:
        given = getattr(row.as_given, lang) if row.as_given else "–"
        right = "<br>".join([*(BIBLIOGRAPHY[key].text() for key in row.entries), *row.links]) or "–"
        lines.append((row.id, printing.verdict(row, lang), given, right))
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _section(row, lang):
    lines = [f"## {row.id}", "", f"**{getattr(row.title, lang)}**", ""]
    for name, text in printing.facts(row, lang):
        lines.append(f"- *{name}*: {text}")
    if row.runs:
        lines += ["", *_code(row, lang)]
    return lines


def _code(row, lang):
    label, evidence = (lambda name: printing.label(name, lang)), row.evidence
    lines, what = [], getattr(evidence.what, lang)
    if row.reproduce is not None:
        name = "failing formula" if row.kind_of_row == "formula" else "failing code"
        if isinstance(evidence, Raises):
            happens = f"`{evidence.types}`: `{evidence.fragment}`"
        else:
            happens = f"{what}: {check.in_words(evidence.value)}"
        lines += [f"{label(name)}:", "", "```python", printing.source(row.reproduce), "```", ""]
        lines += [f"{label('happens')}: {happens}", ""]
    lines += [f"{label('right code')}:", "", "```python", printing.source(row.repaired), "```", ""]
    name = "happens" if row.reproduce is None else "after"
    lines += [f"{label(name)}: {what}: {check.in_words(evidence.right)}", ""]
    if helpers := printing.helpers(row):
        lines += [f"{label('helpers')}:", "", "```python", "\n\n\n".join(helpers), "```", ""]
    return [*lines, f"`{row.test}`"]


def _joined(*blocks):
    parts = [block if isinstance(block, str) else "\n".join(block) for block in blocks]
    return "\n\n".join(parts) + "\n"
