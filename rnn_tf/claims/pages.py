"""The claims as pages: ``docs/claims/{en,zh}``, a map and its tables, and all experiments."""

from rnn_tf import claims, ledger, paths
from rnn_tf.claims import results, showing
from rnn_tf.claims.drawing import picture
from rnn_tf.claims.showing import label
from rnn_tf.ledger import pages as ledger_pages
from rnn_tf.ledger import printing

_NOTICE = {
    "en": "Written by `rnn-tf claims --pages` from rows, rules and stored results; edit those.",
    "zh": "由 `rnn-tf claims --pages` 根据条目、规则与已存结果生成，请修改它们而非本页。",
}
_SQUARES = {
    "confirmed": "🟩",
    "depends": "🟨",
    "refuted": "🟥",
    "not distinguishable": "⬜",
    "not measured yet": "⬛",
    "not testable": "➖",
}
_ARGUED = {"confirmed": "🟢", "depends": "🟡", "refuted": "🔴"}
_TITLE = {"en": "What the articles claim", "zh": "五篇文章的论断"}
_EXPERIMENTS = {"en": "The experiments", "zh": "全部实验"}
_EXPLAINED = {
    "en": "Square: measured, the verdict is computed by a rule that was written before, or says "
    "that it was amended. Circle: argued, with references. Line: not testable. A square leads to "
    "its experiment.",
    "zh": "方块：实测，结论由事先写好的规则算出，规则若在测量后修订过，会注明；圆点：有文献的论证；"
    "横线：无法检验。点方块可看实验。",
}


def folder():
    """``docs/claims`` of the clone, or ``None`` in an installed package."""
    root = paths.chapters_folder().parent
    return root / "docs" / "claims" if (root / "pyproject.toml").is_file() else None


def contents():
    """Every page: path below ``folder()`` -> text."""
    pages = {}
    for lang in ("en", "zh"):
        tables = [_table(article, lang) for article in ledger.ARTICLES]
        pages[f"{lang}/README.md"] = _joined(_map(lang), *tables)
        sections = [_section(one, lang) for one in claims.all_experiments()]
        head = [f"# {_EXPERIMENTS[lang]}", "", _NOTICE[lang]]
        pages[f"{lang}/experiments.md"] = _joined(head, *sections)
        for one in claims.all_experiments():
            if (result := _measured(one)) and one.rules:
                pages[f"{lang}/figures/{one.name}.svg"] = picture(one, result, lang)
    return pages


def _measured(experiment):
    """The stored result that holds all that the rules ask for, or ``None``."""
    result = results.load(experiment.name)
    known = result is not None and set(experiment.conditions) <= set(result.values)
    return result if known else None


def write():
    """Write all pages; returns their paths."""
    return ledger_pages.put(folder(), contents())


def out_of_date():
    """Names of pages that are missing, differ from what they are made of, or are left over."""
    return ledger_pages.differences(folder(), contents())


def square(claim):
    """The sign of a claim on the map."""
    word = showing.standing(claim)
    return (_ARGUED if claim.kind == "argued" else _SQUARES)[word]


def _map(lang):
    lines = [f"# {_TITLE[lang]}", "", _NOTICE[lang], "", _counts(lang), "", _EXPLAINED[lang], ""]
    heads = ("article", "claims") if lang == "en" else ("文章", "论断")
    lines += _rows(heads, [(a, " ".join(_link(c, lang) for c in _of(a))) for a in ledger.ARTICLES])
    return lines


def _of(article):
    return [row for row in ledger.claims() if row.article == article]


def _link(claim, lang):
    words = f"{claim.id}: {showing.standing_words(claim, lang)}"
    where = f"experiments.md#{claim.experiment}" if claim.experiment else f"#{claim.id.lower()}"
    return f'[{square(claim)}]({where} "{words}")'


def _counts(lang):
    """How many claims stand how: ``🟩 confirmed 12 · …``."""
    found = {}
    for claim in ledger.claims():
        key = (square(claim), showing.standing_words(claim, lang), claim.kind)
        found[key] = found.get(key, 0) + 1
    order = [*_SQUARES.values(), *_ARGUED.values()]
    parts = [
        f"{sign} {words}{_by_argument(kind, lang)} {count}"
        for (sign, words, kind), count in sorted(found.items(), key=lambda i: order.index(i[0][0]))
    ]
    return " · ".join(parts)


def _by_argument(kind, lang):
    if kind != "argued":
        return ""
    return " (argued)" if lang == "en" else "（论证）"


def _table(article, lang):
    heads = ("id", *(label(name, lang) for name in ("claim", "verdict")))
    title = f"## {'Article' if lang == 'en' else '文章'} {article}"
    rows = []
    for claim in _of(article):
        anchor = f'<a id="{claim.id.lower()}"></a>{claim.id}'
        rows.append((anchor, getattr(claim.title, lang), _verdict(claim, lang)))
    return [title, "", *_rows(heads, rows)]


def _verdict(claim, lang):
    """Sign, verdict, what it depends on or why, and the experiment."""
    parts = [f"{square(claim)} {showing.standing_words(claim, lang)}"]
    if claim.kind == "measured":
        found = claims.verdict(claim)
        if found and showing.because(found, lang):
            parts.append(showing.because(found, lang))
        if claim.left_out:
            parts.append(_said(label("left out", lang), getattr(claim.left_out, lang), lang))
        parts.append(f"[{claim.experiment}](experiments.md#{claim.experiment})")
    else:
        parts.append(getattr(claim.why, lang))
        parts += showing.references(claim)
    return "<br>".join(parts)


def _section(experiment, lang):
    """One experiment: title, claims, statements with what was found, evidence."""
    place = lang == "zh"
    lines = [f"## {experiment.name}", "", f"**{experiment.title[place]}**", ""]
    result = _measured(experiment)
    if result:
        lines += [showing.provenance(result, lang), ""]
    if result and experiment.rules:
        lines += [f"![{_seen(experiment, result, lang)}](figures/{experiment.name}.svg)", ""]
    if not result:
        lines += [printing.judgement(claims.NOT_YET, lang), ""]
    for name, rule in experiment.rules.items():
        ids = [c.id for c in showing.claims_of(experiment) if c.rule == name]
        lines += [*_rule(rule, ids, result, lang), ""]
    if result:
        heads = tuple(label(name, lang) for name in ("condition", "mean", "spread"))
        lines += [_said(f"*{label('evidence', lang)}*", experiment.number[place], lang), ""]
        lines += _rows(heads, showing.evidence(experiment, result, lang))
    return lines


def _seen(experiment, result, lang):
    """Alt text: how many statements hold, fail, stay open."""
    found = [
        one.holds
        for rule in experiment.rules.values()
        for one in rule.verdict(result.evidence).findings
    ]
    counts = [found.count(holds) for holds in (True, False, None)]
    if lang == "en":
        return "Of the statements {} hold, {} fail, {} stay open".format(*counts)
    return "各条陈述中，{} 条成立，{} 条不成立，{} 条无法分辨".format(*counts)


def _rule(rule, ids, result, lang):
    named = _listed([f"[{id}](README.md#{id.lower()})" for id in ids], lang)
    if result is None:
        heads = ("statement", "wanted")
        rows, verdict = showing.statements(rule, lang), claims.NOT_YET
    else:
        found = rule.verdict(result.evidence)
        heads = ("statement", "wanted", "found", "holds")
        rows, verdict = showing.findings(found, lang), found.outcome
    words = f"{_SQUARES[verdict]} {printing.judgement(verdict, lang)}"
    if result is not None and showing.because(found, lang):
        words += _in_brackets(showing.because(found, lang), lang)
    lines = [_said(named, words, lang), ""]
    lines += _rows(tuple(label(head, lang) for head in heads), rows)
    if rule.amended:
        lines += ["", _said(f"*{label('amended', lang)}*", rule.amended[lang == "zh"], lang)]
    return lines


def _said(head, words, lang):
    return f"{head}{': ' if lang == 'en' else '：'}{words}"


def _listed(words, lang):
    return (", " if lang == "en" else "、").join(words)


def _in_brackets(words, lang):
    return f" ({words})" if lang == "en" else f"（{words}）"


def _rows(heads, rows):
    lines = [heads, ("---",) * len(heads), *rows]
    return [f"| {' | '.join(cell.replace('|', '∣') for cell in cells)} |" for cells in lines]


def _joined(*blocks):
    return "\n\n".join("\n".join(block).rstrip() for block in blocks if block) + "\n"
