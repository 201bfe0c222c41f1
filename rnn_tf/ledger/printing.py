"""A row in words: its facts with their labels, and the code of its miniatures."""

import inspect
import textwrap

LABELS = {
    "where": ("where", "出处"),
    "verdict": ("verdict", "判定"),
    "lesson": ("lesson", "课程"),
    "why": ("why", "原因"),
    "repair": ("repair", "改法"),
    "instead": ("in this course", "本课程的做法"),
    "at": ("done right in", "正确实现见"),
    "versions": ("versions", "版本差异"),
    "right form": ("right form", "正确形式"),
    "names": ("names and shapes", "符号与形状"),
    "as given": ("as given", "原文所引"),
    "right reference": ("right reference", "正确文献"),
    "reference": ("reference", "文献"),
    "links": ("pages", "网页"),
    "failing code": ("the miniature that fails", "出错的最小示例"),
    "failing formula": ("the form as printed", "按原文计算"),
    "right code": ("done right", "改正后"),
    "helpers": ("functions that they call", "其中调用的函数"),
    "what": ("what is looked at", "观察的量"),
    "happens": ("what happens", "实际结果"),
    "after": ("after the repair", "改正之后"),
    "holds": ("this row holds", "本条成立"),
    "broken": ("THIS ROW DOES NOT HOLD", "本条不再成立"),
    "test": ("held by", "由此测试保证"),
    "centrality": ("weight in the articles", "原文中的分量"),
    "measured by": ("measured by", "由此实验检验"),
    "judgement": ("judgement", "结论"),
}
VERDICTS = {
    "raises": "报错",
    "silent": "无声出错",
    "raises or silent": "报错或无声出错",
    "design": "设计缺陷",
    "right": "正确",
    "one reading": "仅一种读法下正确",
    "wrong": "错误",
    "incomplete": "不完整",
    "not found": "查无此文",
    "added": "本课程补充",
    "here": "已有",
    "partly": "部分已有",
    "not yet": "尚未收入",
    "out of scope": "不在范围内",
    "measured": "实测",
    "argued": "论证",
    "not testable": "无法检验",
}
JUDGEMENTS = {
    "confirmed": "成立",
    "depends": "视情况而定",
    "refuted": "不成立",
    "not distinguishable": "此处无法分辨",
    "not measured yet": "尚未测量",
}
CENTRALITY = {"core": "核心", "taught": "讲解", "listed": "列举", "once": "提及一次"}


def label(name, lang):
    """A fixed label in the wanted language."""
    return LABELS[name][0 if lang == "en" else 1]


def verdict(row, lang):
    """The row's verdict in words."""
    return row.verdict if lang == "en" else VERDICTS[row.verdict]


def facts(row, lang):
    """Label and text of everything that is known without running the row."""
    pairs = [("where", place(row, lang)), ("verdict", verdict(row, lang))]
    if row.lesson:
        pairs.append(("lesson", row.lesson))
    if row.kind_of_row == "topic":
        text = row.centrality if lang == "en" else CENTRALITY[row.centrality]
        pairs.append(("centrality", text))
    if row.kind_of_row == "reference":
        pairs += _reference_facts(row, lang)
    if row.kind_of_row == "claim":
        pairs += _claim_facts(row, lang)
    if row.why:
        pairs.append(("why", getattr(row.why, lang)))
    if row.kind_of_row == "formula":
        pairs += [("right form", f"$${row.latex}$$"), ("names", getattr(row.names, lang))]
    if row.kind_of_row == "fault":
        pairs.append(("instead" if row.kind == "D" else "repair", getattr(row.repair, lang)))
        if row.versions:
            pairs.append(("versions", getattr(row.versions, lang)))
    if getattr(row, "at", ()):
        pairs.append(("at", ", ".join(row.at)))
    return [(label(name, lang), text) for name, text in pairs]


def _reference_facts(row, lang):
    from rnn_tf.ledger.bibliography import BIBLIOGRAPHY

    pairs = []
    if row.as_given:
        pairs.append(("as given", getattr(row.as_given, lang)))
    name = "right reference" if row.verdict in {"wrong", "not found"} else "reference"
    pairs += [(name, BIBLIOGRAPHY[key].text()) for key in row.entries]
    if row.links:
        pairs.append(("links", ", ".join(row.links)))
    return pairs


def _claim_facts(row, lang):
    pairs = []
    if row.experiment:
        pairs.append(("measured by", f"rnn-tf claims {row.id} ({row.experiment})"))
    if row.judgement:
        pairs.append(("judgement", judgement(row.judgement, lang)))
    if row.references:
        pairs.append(("reference", "; ".join(map(cited, row.references))))
    return pairs


def judgement(word, lang):
    """What became of a claim, in words."""
    return word if lang == "en" else JUDGEMENTS[word]


def cited(name):
    """A reference of a claim: a row's id as it is, a publication in full."""
    from rnn_tf.ledger.bibliography import BIBLIOGRAPHY

    return BIBLIOGRAPHY[name].text() if name in BIBLIOGRAPHY else name


def place(row, lang):
    """Article and section."""
    if row.kind_of_row == "topic":
        return row.section
    if row.article is None:
        return row.section or ("no article" if lang == "en" else "各篇均未提及")
    return f"{'article' if lang == 'en' else '文章'} {row.article} {row.section}"


def source(function):
    """The code of a miniature, as it stands in the ledger."""
    return textwrap.dedent(inspect.getsource(function)).rstrip()


def helpers(row):
    """The code of the private functions that the row's halves call, in the order of the file."""
    halves = [half for half in (row.reproduce, row.repaired) if half is not None]
    found, waiting = {}, list(halves)
    while waiting:
        function = waiting.pop()
        for name in _names(function.__code__):
            called = function.__globals__.get(name)
            if (
                inspect.isfunction(called)
                and called.__module__ == function.__module__
                and called not in halves
                and name not in found
            ):
                found[name] = called
                waiting.append(called)
    return [source(f) for f in sorted(found.values(), key=lambda f: f.__code__.co_firstlineno)]


def _names(code):
    """Names that a function's code looks up, those of the functions inside it included."""
    inner = (const for const in code.co_consts if inspect.iscode(const))
    return {*code.co_names, *(name for const in inner for name in _names(const))}
