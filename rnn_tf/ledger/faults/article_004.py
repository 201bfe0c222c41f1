"""Faults of article 004: text generation with NLTK and Keras (§4)."""

import math

import nltk
import numpy as np

import rnn_tf
from rnn_tf.ledger.faults.measures import recurrent_gradient, warnings_of
from rnn_tf.ledger.late import keras
from rnn_tf.ledger.rows import Between, Fault, Near, Raises, Wrong

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


def first_word_follows_itself():
    ids = {"fox": 0, "runs": 1}
    before, pairs = 0, []  # 0 is meant as "nothing yet", and is the fox
    for word in ("fox", "runs"):
        pairs.append((before, ids[word]))
        before = ids[word]
    words = {number: word for word, number in ids.items()}
    return tuple(words[number] for number in pairs[0])


def first_word_follows_the_begin_token():
    vocabulary = rnn_tf.text.Vocabulary.fit([["fox", "runs"]])
    inputs, targets = rnn_tf.text.windows([vocabulary.encode(["fox", "runs"])], num_steps=3)
    return tuple(vocabulary.decode([inputs[0, 0], targets[0, 0]], special=True))


ROWS.append(
    Fault(
        id="B-004-06",
        section="§4.3 L165–169",
        kind="S",
        lesson=LESSON,
        title=(
            "The word before the first word is id 0, which is a real word",
            "第一个词之前的“词”取编号 0，而 0 是真实的词",
        ),
        why=(
            "The first pair teaches that the first word follows itself.",
            "第一对样本教给模型：第一个词跟在它自己后面。",
        ),
        repair=("A begin token, with an id of its own.", "设一个有独立编号的起始符。"),
        at=("rnn_tf.text.Vocabulary",),
        evidence=Wrong(
            ("fox", "fox"),
            right=("<bos>", "fox"),
            what=("the first pair of input and target", "第一对输入与目标"),
        ),
        reproduce=first_word_follows_itself,
        repaired=first_word_follows_the_begin_token,
    )
)


def length_set_and_never_used():
    sequence_length = 5
    ids = np.arange(20)
    inputs = np.array([ids[i] for i in range(len(ids) - 1)])
    return inputs.shape, sequence_length in inputs.shape


def windows_of_that_length():
    sequence_length = 5
    inputs, _ = rnn_tf.text.windows([np.arange(20)], sequence_length)
    return inputs.shape, sequence_length in inputs.shape


ROWS.append(
    Fault(
        id="B-004-07",
        section="§4.3 L160, L163–169",
        kind="S",
        lesson=LESSON,
        title=(
            "A sequence length is set, and every sample is a single id",
            "设了序列长度，每个样本却只是一个编号",
        ),
        why=(
            "The length is never used for the data. A thousand tokens give a thousand numbers, not "
            "windows; the model sees no context.",
            "这个长度从未用于切分数据。一千个词元只得到一千个数，而不是窗口，模型看不到上下文。",
        ),
        repair=(
            "Windows of ids; at every step the target is the next token.",
            "切成编号窗口，每一步的目标是下一个词元。",
        ),
        at=("rnn_tf.text.windows",),
        evidence=Wrong(
            ((19,), False),
            right=((4, 5), True),
            what=(
                "shape of the inputs, and whether it has the sequence length in it",
                "输入的形状，以及其中是否出现序列长度",
            ),
        ),
        reproduce=length_set_and_never_used,
        repaired=windows_of_that_length,
    )
)


def _small_model():
    keras.utils.set_random_seed(0)
    return rnn_tf.models.word_language_model(20, embedding=3, units=4, dropout=0)


def one_id_at_a_time():
    return recurrent_gradient(_small_model(), np.arange(1, 9).reshape(8, 1))


def windows_of_ids():
    return recurrent_gradient(_small_model(), np.arange(1, 9).reshape(2, 4))


ROWS.append(
    Fault(
        id="B-004-08",
        section="§4.3–4.4 L163–193",
        kind="S",
        lesson=LESSON,
        title=(
            "With one id a sample the recurrent model is a table of word pairs",
            "每个样本只有一个编号时，循环模型等于二元词对表",
        ),
        why=(
            "One step from a zero state: the recurrent weights get a gradient of exactly 0. "
            "Whatever is learnt depends on the last word only.",
            "从零状态只走一步，循环权重的梯度恒为 0。模型学到的只取决于前一个词。",
        ),
        repair=(
            "Windows of several steps; check_shapes refuses single steps. Lesson 6 holds the model "
            "against a bigram.",
            "用多步窗口；check_shapes 拒绝单步输入。第 6 课把模型与二元语法比较。",
        ),
        at=("rnn_tf.models.word_language_model", "rnn_tf.training.check_shapes"),
        evidence=Wrong(
            0.0,
            right=Between(1e-8, 1e3),
            what=("largest gradient of the recurrent weights", "循环权重梯度的最大绝对值"),
        ),
        reproduce=one_id_at_a_time,
        repaired=windows_of_ids,
    )
)


def length_of_the_embedding():
    return warnings_of(lambda: keras.layers.Embedding(5, 2, input_length=3))


def no_length():
    return warnings_of(lambda: keras.layers.Embedding(5, 2))


ROWS.append(
    Fault(
        id="B-004-09",
        section="§4.4 L188",
        kind="D",
        lesson=LESSON,
        title=("The embedding is told the input length", "给嵌入层指定了输入长度"),
        why=(
            "Keras 3 ignores the argument and warns.",
            "Keras 3 忽略该参数并给出警告。",
        ),
        repair=("Drop it; the model takes any number of steps.", "去掉它；模型接受任意时间步数。"),
        at=("rnn_tf.models.word_language_model",),
        versions=("Worked in Keras 2; a warning in Keras 3.", "Keras 2 有效；Keras 3 给出警告。"),
        evidence=Wrong(1, right=0, what=("number of warnings", "警告的条数")),
        reproduce=length_of_the_embedding,
        repaired=no_length,
    )
)


def lists_of_numbers():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    return model.fit([1, 2, 3], [2, 3, 4], verbose=0)


def arrays_of_windows():
    inputs, targets = rnn_tf.text.windows([np.arange(1, 10)], num_steps=4)
    model = _small_model()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, run_eagerly=True)
    return math.isfinite(model.fit(inputs, targets, verbose=0).history["loss"][0])


ROWS.append(
    Fault(
        id="B-004-10",
        section="§4.5 L202",
        kind="R",
        lesson=LESSON,
        title=("Python lists of ids are given to fit", "把 Python 列表直接交给 fit"),
        why=(
            "Keras reads arrays. To it a list is a list of several inputs.",
            "Keras 读的是数组；列表会被当作多个输入。",
        ),
        repair=(
            "Integer arrays (windows, steps).",
            "整数数组 (窗口数, 时间步)。",
        ),
        at=("rnn_tf.text.windows", "rnn_tf.training.check_shapes"),
        versions=(
            "Keras 2 accepts lists and stops one line later: expected ndim=3, found ndim=2.",
            "Keras 2 接受列表，但随后报错：expected ndim=3, found ndim=2。",
        ),
        evidence=Raises(
            "ValueError",
            "Unrecognized data type",
            right=True,
            what=("whether training gives a finite loss", "训练是否得到有限的损失"),
        ),
        reproduce=lists_of_numbers,
        repaired=arrays_of_windows,
    )
)

FLAT = np.full((3, 4), 0.25, "float32")  # three tokens, four classes equally likely


def one_hot_loss_for_numbers():
    targets = np.array([[1], [2], [0]])
    return float(keras.losses.CategoricalCrossentropy()(targets, FLAT))


def sparse_loss_for_numbers():
    targets = np.array([[1], [2], [0]])
    return float(keras.losses.SparseCategoricalCrossentropy()(targets, FLAT))


ROWS.append(
    Fault(
        id="B-004-11",
        section="§4.4 L193",
        kind="R",
        lesson=LESSON,
        title=("A one-hot loss with integer targets", "独热损失配上整数目标"),
        why=(
            "The loss wants a row of class probabilities a token, and gets the number of a class.",
            "该损失要求每个词元给出一行类别概率，得到的却是一个类别编号。",
        ),
        repair=(
            "The sparse loss reads class numbers, and no (tokens, vocabulary) matrix is built.",
            "稀疏损失直接读类别编号，也不必构造 (词元数, 词表大小) 的矩阵。",
        ),
        at=("rnn_tf.training.check_shapes", "chapters/06_text.py"),
        evidence=Raises(
            "ValueError",
            "must have the same shape",
            right=Near(math.log(4), 1e-4),
            what=("loss of four equally likely classes: ln 4", "四个等可能类别的损失：ln 4"),
        ),
        reproduce=one_hot_loss_for_numbers,
        repaired=sparse_loss_for_numbers,
    )
)


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
        at=("chapters/06_text.py",),
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
            "自由生成：每个词元都送回输入；贪心、温度、top-k、核采样与束搜索并列比较。",
        ),
        at=("rnn_tf.generation.generate", "chapters/06_text.py"),
    )
)

ROWS.append(
    Fault(
        id="B-004-17",
        section="§3.2 L105, L113; §4 L117, L180",
        kind="D",
        lesson=LESSON,
        title=(
            "GRU and clipping are announced and not coded",
            "宣称有 GRU 和梯度裁剪，代码中却没有",
        ),
        why=(
            "The program has an LSTM and no clipping.",
            "程序只有 LSTM，也没有裁剪。",
        ),
        repair=(
            'word_language_model(cell="simple", "lstm" or "gru"), clipnorm in training.',
            'word_language_model 的 cell 可取 "simple"、"lstm"、"gru"，训练时可用 clipnorm 裁剪。',
        ),
        at=("rnn_tf.models.word_language_model", "rnn_tf.training.train_with_tape"),
    )
)

ROWS.append(
    Fault(
        id="B-004-18",
        section="§4.4–4.5 L193, L202",
        kind="D",
        lesson=LESSON,
        title=(
            "No validation, no perplexity, no baseline",
            "没有验证集、困惑度和基线",
        ),
        why=(
            "Accuracy alone says little about a language model: nobody sees whether it beats a "
            "table of word pairs.",
            "单看准确率说明不了语言模型的好坏：看不出它是否胜过一张二元词对表。",
        ),
        repair=(
            "Perplexity on documents held out, beside uniform, unigram, bigram and Kneser-Ney.",
            "在留出的文档上算困惑度，与均匀、一元、二元及 Kneser-Ney 模型并列。",
        ),
        at=(
            "rnn_tf.training.metrics.perplexity",
            "rnn_tf.training.ngrams.KneserNey",
            "chapters/06_text.py",
        ),
    )
)


def windows_first_then_cut():
    series, num_steps = np.arange(40), 5
    windows = np.lib.stride_tricks.sliding_window_view(series, num_steps + 1)
    train, test = windows[:28], windows[28:]  # 80 % of the windows, then the rest
    return len(np.intersect1d(train, test))


def cut_first_then_windows():
    parts = rnn_tf.datasets.toy.split_series(np.arange(40), num_steps=5)
    train, test = (np.append(p.inputs, p.targets) for p in (parts.train, parts.test))
    return len(np.intersect1d(train, test))


ROWS.append(
    Fault(
        id="B-004-19",
        section="§4.3 L172–175",
        kind="S",
        lesson=LESSON,
        title=(
            "Ready-made pairs are cut 80 to 20, so windows share tokens",
            "先做成样本再按八二切分，窗口之间共用词元",
        ),
        why=(
            "Harmless for single pairs. As soon as the samples are windows, those on both sides of "
            "the cut overlap, and the test knows tokens of training.",
            "样本若只是单个词对则无妨。一旦样本是窗口，切口两侧的窗口相互重叠，测试集就含有训练用过的词元。",
        ),
        repair=(
            "Split first, by document or by time, and window each part.",
            "先按文档或时间划分，再对各部分切窗口。",
        ),
        at=("rnn_tf.text.split_documents", "rnn_tf.datasets.toy.split_series"),
        evidence=Wrong(5, right=0, what=("tokens in both parts", "两部分共有的词元数")),
        reproduce=windows_first_then_cut,
        repaired=cut_first_then_windows,
    )
)


def too_short_in_silence():
    ids = np.arange(60)
    windows = [ids[i : i + 100] for i in range(len(ids) - 100)]
    return f"{len(windows)} windows"


def too_short_said_so():
    try:
        return f"{len(rnn_tf.text.windows([np.arange(60)], num_steps=100)[0])} windows"
    except rnn_tf.errors.InputError as error:
        return f"{type(error).__name__} ({'101 ids' in str(error)})"


ROWS.append(
    Fault(
        id="B-004-20",
        section="§4.3 L160",
        kind="R/S",
        lesson=LESSON,
        title=(
            "Windows of 100 from a shorter text",
            "从不足 100 个词元的文本中切长度为 100 的窗口",
        ),
        why=(
            "There are no windows, and nobody says so: training goes over nothing, or stops later "
            "with an error about something else.",
            "一个窗口也没有，却毫无提示：要么对空数据训练，要么稍后报出不相干的错误。",
        ),
        repair=(
            "text.windows says how many ids are needed and how many there are.",
            "text.windows 会说明需要多少编号、实有多少。",
        ),
        at=("rnn_tf.text.windows",),
        evidence=Wrong(
            "0 windows",
            right="InputError (True)",
            what=(
                "what 60 ids give for windows of 100; whether the error says what is needed",
                "60 个编号切长度 100 的窗口得到什么；报错是否说明所需数量",
            ),
        ),
        reproduce=too_short_in_silence,
        repaired=too_short_said_so,
    )
)

ROWS.append(
    Fault(
        id="B-004-21",
        section="§4.6 L210–212",
        kind="D",
        lesson=LESSON,
        title=(
            "The softmax of the whole test set is kept at once",
            "一次性保存整个测试集的 softmax 结果",
        ),
        why=(
            "A matrix of tokens times vocabulary fills the memory for nothing.",
            "词元数乘词表大小的矩阵白白占满内存。",
        ),
        repair=(
            "Perplexity batch by batch; generation one token at a time.",
            "分批计算困惑度；生成时一次一个词元。",
        ),
        at=("rnn_tf.training.metrics.model_perplexity", "rnn_tf.generation.Stepper"),
    )
)
