"""One code in two languages: its words are exchanged, and nothing else."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_tf.course.translation import foreign, translated, wordings

CODE = '''def step(x, h):  # one step
    """The next hidden state."""
    return x + h  # (batch, units)


print("loss", f"after {1 + 1} steps: {3.14159:.2f}", 'a "quoted" word')
'''
TABLE = {
    "one step": "一步",
    "The next hidden state.": "下一个隐藏状态。",
    "loss": "损失",
    "after {1 + 1} steps: {3.14159:.2f}": "{1 + 1} 步之后：{3.14159:.2f}",
    'a "quoted" word': "带“引号”的词",
}


def test_every_wording_is_found_in_its_order_with_its_kind():
    assert [(w.kind, w.words) for w in wordings(CODE)] == [
        ("comment", "one step"),
        ("docstring", "The next hidden state."),
        ("comment", "(batch, units)"),
        ("text", "loss"),
        ("f-string", "after {1 + 1} steps: {3.14159:.2f}"),
        ("text", 'a "quoted" word'),
    ]


def test_words_are_exchanged_and_the_rest_is_left(capsys):
    chinese = translated(CODE, TABLE)
    exec(chinese, {})
    assert capsys.readouterr().out == "损失 2 步之后：3.14 带“引号”的词\n"
    assert "# 一步" in chinese and '"""下一个隐藏状态。"""' in chinese
    assert "# (batch, units)" in chinese and chinese.count("\n") == CODE.count("\n")


def test_code_without_known_words_stays_as_it_is():
    assert translated(CODE, {}) == CODE
    assert translated(CODE, {"never": "从不"}) == CODE


@pytest.mark.parametrize(
    ("code", "lang", "found"),
    [
        (CODE, "en", []),
        (translated(CODE, TABLE), "en", 5),
        (translated(CODE, TABLE), "zh", []),
        (CODE, "zh", 3),  # one word alone may be a name
        ("x = 1  # (batch, steps, units)", "zh", []),
        ("print(f'{count} steps')", "zh", []),
        ("print(f'{count} long steps')", "zh", 1),
    ],
)
def test_words_of_the_other_language_are_found(code, lang, found):
    seen = foreign(code, lang)
    assert seen == found or len(seen) == found


def test_text_that_is_right_in_both_languages_is_left_alone():
    assert foreign("poem = '床前明月光'", "en", ["床前明月光"]) == []


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12
)


@given(st.lists(words.filter(lambda w: "\\" not in w), min_size=1, max_size=4), words)
def test_a_text_becomes_what_the_table_says_whatever_it_holds(texts, other):
    code = "\n".join(f"x{n} = {text!r}" for n, text in enumerate(texts))
    told = ast.parse(translated(code, {texts[0]: other})).body
    values = [node.value.value for node in told]
    assert values == [other if text == texts[0] else text for text in texts]
