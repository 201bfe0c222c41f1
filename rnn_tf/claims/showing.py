"""Claims, verdicts and evidence in words, for the command and the pages."""

import math

from rnn_tf import claims, ledger
from rnn_tf.claims import results
from rnn_tf.claims.rules import CONFIRMED, DEPENDS, REFUTED, UNCLEAR
from rnn_tf.claims.statements import MOST_SEEDS, Growth, Ratio
from rnn_tf.ledger import printing
from rnn_tf.ledger.bibliography import BIBLIOGRAPHY

#: How a claim can stand, in the order in which they are listed.
STANDINGS = (CONFIRMED, DEPENDS, REFUTED, UNCLEAR, claims.NOT_YET, "not testable")
_LABELS = {
    "claim": ("claim", "论断"),
    "kind": ("how settled", "检验方式"),
    "verdict": ("verdict", "结论"),
    "on": ("depends on", "取决于"),
    "experiment": ("experiment", "实验"),
    "argument": ("why", "理由"),
    "references": ("references", "文献"),
    "evidence": ("evidence", "证据"),
    "number": ("numbers", "数值"),
    "condition": ("condition", "条件"),
    "mean": ("mean", "均值"),
    "spread": ("spread", "波动范围"),
    "statement": ("what must be seen", "应当看到"),
    "wanted": ("wanted", "要求"),
    "found": ("mean (95 % interval)", "均值（95 % 区间）"),
    "holds": ("holds?", "是否成立"),
    "left out": ("not measured", "未测"),
    "amended": ("rule amended after measuring", "规则在测量后修订"),
    "used by": ("claims", "相关论断"),
    "before": ("before", "先前"),
    "now": ("now", "现在"),
    True: ("yes", "是"),
    False: ("no", "否"),
    None: ("can't tell", "无法分辨"),
}


def label(name, lang):
    """A fixed word in the wanted language."""
    return _LABELS[name][lang == "zh"]


def number(value):
    """A measured number with three significant digits; a whole one as it is."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    if 1e-3 <= abs(value) < 1e6:
        decimals = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{decimals}f}"
    return f"{value:.2e}"


def spread(numbers):
    """Smallest to largest; one number where they are the same."""
    low, high = number(min(numbers)), number(max(numbers))
    return low if low == high else f"{low} … {high}"


def mean_and_spread(numbers):
    """``0.97 (0.95 … 0.99)``."""
    mean, around = number(results.mean(numbers)), spread(numbers)
    return mean if mean == around else f"{mean} ({around})"


def standing(claim):
    """In one word how a claim stands: one of ``STANDINGS``."""
    return claims.outcome(claim)


def standing_words(claim, lang):
    """The same for reading."""
    word = standing(claim)
    names = printing.VERDICTS if word in printing.VERDICTS else printing.JUDGEMENTS
    return word if lang == "en" else names[word]


def wanted(statement):
    """The range of a statement's number: ``≥ 0.95``."""
    if statement.low == statement.high:
        return f"= {number(statement.low)}"
    parts = []
    if math.isfinite(statement.low):
        parts.append(f"≥ {number(statement.low)}")
    if math.isfinite(statement.high):
        parts.append(f"≤ {number(statement.high)}")
    return " ".join(parts)


def form(statement, lang):
    """What a statement's number is, where it is none that was measured."""
    if isinstance(statement, Ratio):
        return "ratio " if lang == "en" else "比值 "
    if isinstance(statement, Growth):
        return "exponent " if lang == "en" else "指数 "
    return ""


def findings(verdict, lang):
    """Rows (statement, wanted, found, holds?) of a verdict's findings."""
    rows = []
    for one in verdict.findings:
        found = f"{number(one.mean)} ({number(one.left)} … {number(one.right)})"
        if number(one.left) == number(one.right):
            found = number(one.mean)
        words = one.statement.says[lang == "zh"]
        need = form(one.statement, lang) + wanted(one.statement)
        rows.append((words, need, found, label(one.holds, lang)))
    return rows


def statements(rule, lang):
    """Rows (statement, wanted) of a rule that nothing is measured for yet."""
    return [(one.says[lang == "zh"], form(one, lang) + wanted(one)) for one in rule.statements]


def because(verdict, lang):
    """What a verdict depends on, or how many seeds would tell; else ``""``."""
    if verdict.on:
        return verdict.on[lang == "zh"]
    if verdict.needed is None:
        return ""
    many = verdict.needed >= MOST_SEEDS
    if lang == "en":
        return f"{'more than ' if many else 'about '}{verdict.needed} seeds would tell"
    return f"{'需要超过' if many else '大约需要'} {verdict.needed} 个种子才能分辨"


def evidence(experiment, result, lang, names=None):
    """Rows (condition, mean, spread) of a result; ``names``: only these conditions."""
    return [
        (experiment.label(name, lang), number(results.mean(values)), spread(values))
        for name, values in result.values.items()
        if names is None or name in names
    ]


def provenance(result, lang):
    """One line: mode, seeds, date, machine, versions."""
    mode = {"class": ("class mode", "课堂模式"), "full": ("full mode", "完整模式")}[result.mode]
    seeds = f"{result.seeds} seeds" if lang == "en" else f"{result.seeds} 个种子"
    seconds = sum(result.seconds)
    took = f"{seconds:.0f} s" if lang == "en" else f"{seconds:.0f} 秒"
    machine = result.machine.get("processor", "")
    versions = ", ".join(f"{k} {v}" for k, v in result.versions.items() if k != "rnn-tf")
    parts = [mode[lang == "zh"], seeds, took, result.date, machine, versions]
    return " · ".join(part for part in parts if part)


def references(claim):
    """The references of an argued claim, each in full."""
    return [BIBLIOGRAPHY[n].text() if n in BIBLIOGRAPHY else n for n in claim.references]


def claims_of(experiment):
    """The claims that an experiment settles."""
    return [row for row in ledger.claims() if row.experiment == experiment.name]
