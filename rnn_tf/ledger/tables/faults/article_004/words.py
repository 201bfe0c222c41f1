"""Faults of article 004: vocabulary and what is called generation (§4.2, §4.6)."""

import numpy as np

import rnn_tf
from rnn_tf.ledger.rows import Fault, Raises, Wrong

ROWS = []
LESSON = "06_text"


def name_without_import():
    names = {}
    exec("ids = np.array([1, 2, 3])", names)  # a program of its own, with no import in it
    return int(names["ids"].sum())


def name_with_import():
    names = {}
    exec("import numpy as np\nids = np.array([1, 2, 3])", names)
    return int(names["ids"].sum())


ROWS.append(
    Fault(
        id="B-004-12",
        section="§4.6 L211",
        kind="R",
        lesson=LESSON,
        title=("NumPy is used without an import", "没有导入 NumPy 就使用"),
        why=(
            "The program fails in its last block, after all the training.",
            "程序训练完之后，在最后一个代码块才失败。",
        ),
        repair=(
            "Imports at the top; a linter finds such names before the program is run.",
            "导入写在开头；静态检查工具在运行前就能发现。",
        ),
        at=("chapters/06_text/lesson.py",),
        evidence=Raises(
            "NameError",
            "name 'np' is not defined",
            right=6,
            what=("sum of the ids", "编号之和"),
        ),
        reproduce=name_without_import,
        repaired=name_with_import,
    )
)


def word_table_asked_for_a_number():
    ids = {"fox": 0, "runs": 1}
    return ids[np.argmax([0.1, 0.9])]


def number_back_to_word():
    vocabulary = rnn_tf.text.Vocabulary.fit([["fox", "runs"]])
    return vocabulary.decode([vocabulary.id("runs")])[0]


ROWS.append(
    Fault(
        id="B-004-13",
        section="§4.6 L213",
        kind="R",
        lesson=LESSON,
        title=("A table from words to ids is asked for an id", "用编号去查“词到编号”的表"),
        why=("Its keys are words, so a number is no key.", "表的键是词，数字不是它的键。"),
        repair=("A vocabulary that goes both ways.", "用可双向查询的词表。"),
        at=("rnn_tf.text.Vocabulary.decode",),
        evidence=Raises("KeyError", "1", right="runs", what=("the word", "查到的词")),
        reproduce=word_table_asked_for_a_number,
        repaired=number_back_to_word,
    )
)


def numbers_joined():
    return " ".join([np.argmax([0.9, 0.1]), np.argmax([0.1, 0.9])])


def words_joined():
    tokens = ["the", "fox", "runs", "."]
    vocabulary = rnn_tf.text.Vocabulary.fit([tokens])
    return rnn_tf.text.detokenize(vocabulary.decode(vocabulary.encode(tokens)))


ROWS.append(
    Fault(
        id="B-004-14",
        section="§4.6 L216",
        kind="R",
        lesson=LESSON,
        title=("Ids are joined as if they were words", "把编号当作词来拼接"),
        why=(
            "This shows once the look-up of B-004-13 is dropped instead of mended.",
            "若不修好 B-004-13 的查表而是直接删掉，就会遇到此错。",
        ),
        repair=("Decode, then detokenize.", "先解码为词元，再还原成文本。"),
        at=("rnn_tf.text.detokenize",),
        evidence=Raises(
            "TypeError",
            "expected str instance",
            right="The fox runs.",
            what=("the text", "得到的文本"),
        ),
        reproduce=numbers_joined,
        repaired=words_joined,
    )
)

TRAINING, TESTING = ["a", "fox"], ["a", "zebra"]


def vocabulary_of_everything():
    ids = {word: number for number, word in enumerate(dict.fromkeys(TRAINING + TESTING))}
    return "zebra" in ids, 0 in ids.values() and "a" in ids  # id 0 is no padding but a word


def vocabulary_of_training():
    vocabulary = rnn_tf.text.Vocabulary.fit([TRAINING])
    return "zebra" in vocabulary, vocabulary.tokens[0] != "<pad>"


ROWS.append(
    Fault(
        id="B-004-15",
        section="§4.2 L147–151",
        kind="S",
        lesson=LESSON,
        title=(
            "The vocabulary knows the test words, and has no padding or unknown id",
            "词表收进了测试集的词，又没有填充与未知编号",
        ),
        why=(
            "Test words leak into training. A really new word is a KeyError. Id 0 is a word, so "
            "masking would hide a real word.",
            "测试集的词泄漏到训练中；真正的新词会引发 KeyError；"
            "编号 0 是真实的词，做掩码时会把它遮住。",
        ),
        repair=(
            "Fit on training documents only; padding, unknown, begin and end have ids 0 to 3.",
            "词表只由训练文档建立；填充、未知、起始、结束占编号 0 到 3。",
        ),
        at=("rnn_tf.text.Vocabulary.fit",),
        evidence=Wrong(
            (True, True),
            right=(False, False),
            what=(
                "whether a word of the test part only is known; whether id 0 is a word",
                "是否认识只在测试集出现的词；编号 0 是否为真实的词",
            ),
        ),
        reproduce=vocabulary_of_everything,
        repaired=vocabulary_of_training,
    )
)

ROWS.append(
    Fault(
        id="B-004-16",
        section="§4.6 L207–216",
        kind="D",
        lesson=LESSON,
        title=(
            "“Generation” is the likeliest next word of each test input",
            "所谓“生成”，只是对每个测试输入取最可能的下一个词",
        ),
        why=(
            "Nothing that the model writes is fed back, nothing is drawn. The joined words are "
            "answers to unrelated questions and degenerate.",
            "模型写出的词从不送回输入，也没有采样。拼在一起的词只是对互不相干问题的回答，很快退化。",
        ),
        repair=(
            "Free-running generation: each token is fed back; greedy, temperature, top-k, nucleus "
            "and beam side by side.",
            "自由生成：每个词元都送回输入；贪心、温度、top-k、核采样与集束搜索并列比较。",
        ),
        at=("rnn_tf.generation.generate", "chapters/06_text/appendix.py"),
    )
)
