"""Faults of article 004: reading the articles and words (§4.1)."""

import nltk

import rnn_tf
from rnn_tf.ledger.rows import Fault, Near, Raises, Wrong

ROWS = []
LESSON = "06_text"


def a_folder_of_ones_own():
    return nltk.corpus.PlaintextCorpusReader("path/to/my/articles", ".*").raw("0001.txt")


def any_folder():
    folder = rnn_tf.paths.data_folder() / "articles"  # any folder of text files will do
    return len(rnn_tf.text.read_documents(folder)) > 100


ROWS.append(
    Fault(
        id="B-004-01",
        section="§4.1 L128–129",
        kind="R",
        lesson=LESSON,
        title=("A placeholder folder is given to NLTK", "把占位的文件夹路径交给 NLTK"),
        why=(
            "The folder does not exist. From NLTK 3.10 even an existing one is refused unless it "
            "is on NLTK's data path and nobody else may write to it.",
            "该文件夹并不存在。而且从 NLTK 3.10 起，即使文件夹存在，"
            "只要不在 NLTK 的数据路径中、或他人可写，也会被拒绝。",
        ),
        repair=(
            "text.read_documents reads any folder: checked copies in a private place that NLTK "
            "accepts. Articles are shipped.",
            "text.read_documents 可读任意文件夹：先检查，再复制到 NLTK 认可的私有位置。"
            "课程自带文章。",
        ),
        at=("rnn_tf.text.read_documents", "rnn_tf.text.corpus_reader"),
        versions=(
            "NLTK 3.10: PermissionError. Older NLTK: OSError, and only if the folder is missing.",
            "NLTK 3.10：PermissionError。较旧版本：OSError，且只在文件夹不存在时出现。",
        ),
        evidence=Raises(
            "OSError",
            "Security Violation | No such file",
            right=True,
            what=("whether more than 100 articles are read", "是否读到 100 篇以上的文章"),
        ),
        reproduce=a_folder_of_ones_own,
        repaired=any_folder,
    )
)


def tables_never_downloaded():
    known = nltk.data.path[:]
    nltk.data.path.clear()  # a fresh machine
    try:
        return nltk.word_tokenize("A fox. A dog.")
    finally:
        nltk.data.path.extend(known)


def tables_are_shipped():
    return tuple(rnn_tf.text.tokenize("A fox. A dog."))


ROWS.append(
    Fault(
        id="B-004-02",
        section="§4.1 L135, L138",
        kind="R",
        lesson=LESSON,
        title=(
            "Tokenizer and stop words need NLTK data that was never downloaded",
            "分词器和停用词表依赖从未下载的 NLTK 数据",
        ),
        why=(
            "word_tokenize loads the Punkt tables and stopwords.words its list; without them each "
            "raises LookupError.",
            "word_tokenize 要读 Punkt 表，stopwords.words 要读词表；缺少时都抛出 LookupError。",
        ),
        repair=(
            "The two tables are shipped and given to NLTK directly.",
            "两份表随课程附带，直接交给 NLTK 使用。",
        ),
        at=("rnn_tf.text.tokenize", "rnn_tf.text.stop_words"),
        versions=(
            "Older NLTK asks for punkt, newer for punkt_tab.",
            "旧版 NLTK 要 punkt，新版要 punkt_tab。",
        ),
        evidence=Raises(
            "LookupError",
            "punkt",
            right=("a", "fox", ".", "a", "dog", "."),
            what=("the tokens", "分出的词元"),
        ),
        reproduce=tables_never_downloaded,
        repaired=tables_are_shipped,
    )
)

ROWS.append(
    Fault(
        id="B-004-03",
        section="§4.1 L129, L132",
        kind="D",
        lesson=LESSON,
        title=(
            "A whole collection is opened and one hard-coded file is read",
            "打开整个语料库，却只读一个写死的文件",
        ),
        why=(
            "All other articles are ignored, and no border between documents is kept.",
            "其余文章都被忽略，也没有保留文档之间的边界。",
        ),
        repair=(
            "Every file of the folder is a document; windows never cross documents.",
            "文件夹里每个文件都是一篇文档；窗口不跨文档。",
        ),
        at=("rnn_tf.text.read_documents", "rnn_tf.text.windows"),
    )
)

SENTENCE = "the cat is on the mat"


def function_words_removed():
    tokens = SENTENCE.split()
    kept = rnn_tf.text.without_stop_words(tokens)  # warns: not for a generator
    return len(kept) / len(tokens), "the" in rnn_tf.text.Vocabulary.fit([kept])


def function_words_kept():
    tokens = rnn_tf.text.tokenize(SENTENCE)
    return 1.0, "the" in rnn_tf.text.Vocabulary.fit([tokens])


ROWS.append(
    Fault(
        id="B-004-04",
        section="§4.1 L138–139",
        kind="S",
        lesson=LESSON,
        title=(
            "Stop words are removed before a generator is trained",
            "训练生成模型之前去掉了停用词",
        ),
        why=(
            "What is not in the training text can never be written. The generator loses the words "
            "that hold sentences together. Removal belongs to counting topics in bags of words.",
            "训练文本中没有的词永远不会被生成。模型失去了把句子连起来的虚词。"
            "去停用词适合词袋式的主题统计，不适合生成。",
        ),
        repair=(
            "Keep them. without_stop_words exists and warns; lesson 6 measures what removal does.",
            "保留停用词。without_stop_words 虽有，但会警告；第 6 课测量去除的后果。",
        ),
        at=("rnn_tf.text.tokenize", "rnn_tf.text.StopWordWarning"),
        evidence=Wrong(
            (Near(1 / 3, 1e-6), False),
            right=(1.0, True),
            what=(
                "share of tokens that is left, and whether “the” is in the vocabulary",
                "剩余词元的比例，以及词表中是否还有 “the”",
            ),
        ),
        reproduce=function_words_removed,
        repaired=function_words_kept,
    )
)


def lower_case_for_the_test_only():
    tokens = ["Fox", "fox", "The", "the"]
    return len({token for token in tokens if token.lower() not in {"the"}})


def one_spelling_for_one_word():
    return len(set(rnn_tf.text.tokenize("Fox fox")))


ROWS.append(
    Fault(
        id="B-004-05",
        section="§4.1 L139",
        kind="S",
        lesson=LESSON,
        title=(
            "Words are lower-cased for the stop-word test and then forgotten",
            "只在比对停用词时转成小写，之后又用原词",
        ),
        why=(
            "“Fox” and “fox” stay two words with half the examples each.",
            "“Fox” 与 “fox” 仍算两个词，样本各占一半。",
        ),
        repair=("One normalisation for all texts.", "所有文本用同一个规范化函数。"),
        at=("rnn_tf.text.normalize", "rnn_tf.text.tokenize"),
        evidence=Wrong(
            2, right=1, what=("words made of “Fox” and “fox”", "“Fox” 与 “fox” 算作几个词")
        ),
        reproduce=lower_case_for_the_test_only,
        repaired=one_spelling_for_one_word,
    )
)
