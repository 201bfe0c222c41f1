# %% [markdown] lang="en"
# # 6. A network that writes: the appendix
#
# What is worth having and would have slowed the lesson: the counting models in detail, LSTM against GRU over three seeds, proof that one step at a time is the same as the whole window, seven ways to choose, and the whole path for a folder of your own.
# %% [markdown] lang="zh"
# # 6. 会写诗的网络：附录
#
# 这里收的是值得一看、放进课里又嫌慢的内容：计数模型的细节；LSTM 与 GRU 各三个种子的比较；证明逐步计算与整个窗口一次算相同；七种取法；以及用你自己的文件夹走一遍全过程。
# %%
from rnn_tf.course import begin

lesson = begin("06_text", part="appendix")

import re
import tempfile
from pathlib import Path

import numpy as np

from rnn_tf import generation, text, training, weights
from rnn_tf.baselines import ngrams
from rnn_tf.course.figures import text as draw
from rnn_tf.datasets import articles
from rnn_tf.models import word_language_model
from rnn_tf.training.language import train_language_model
from rnn_tf.training.metrics import model_perplexity

# %% [markdown] lang="en"
# ## A. Counting, in five ways
#
# The articles as words: all of them in full mode, a fifth and the thousand commonest words in class mode. `unknown` is the share of test tokens outside the vocabulary; all models are scored on them, too.
#
# * **uniform**: all words equally likely;
# * **unigram**: each word as often as it occurs;
# * **bigram**: given the word before, mixed with the unigram, so that no pair has probability zero;
# * **Kneser-Ney**: takes a little from every count and gives it to words that follow *many different* words; with one or two words before.
# %% [markdown] lang="zh"
# ## 一、五种数法
#
# 文章按单词来算：完整模式用全部文章；课堂模式用五分之一，只留最常见的一千个词。“未知”是测试集里词表之外的词元所占比例，所有模型也都要对它们计分。
#
# * **均匀**：所有词同样可能；
# * **一元语法**：每个词按出现次数；
# * **二元语法**：看前一个词，再与一元语法插值，免得有的词对概率为零；
# * **Kneser-Ney**：从每个计数里取走一点，分给能跟在**许多不同**词后面的词；看前面一个或两个词。
# %%
data = articles.load()
train_documents = data.train[:: lesson.pick(class_mode=5, full=1)]
train_tokens = [text.tokenize(article.text) for article in train_documents]
test_tokens = [text.tokenize(article.text) for article in data.test]
most = lesson.pick(class_mode=1000, full=None)
vocabulary = text.Vocabulary.fit(train_tokens, min_count=3, max_size=most)
size = len(vocabulary)
train_ids, test_ids = [[vocabulary.encode(t) for t in part] for part in (train_tokens, test_tokens)]
unknown = np.mean(np.concatenate(test_ids) == vocabulary.UNK)
print(f"{len(train_ids)} articles, {size} ids, unknown: {unknown:.1%} of the test tokens")

# %%
counting = {"unigram": ngrams.Unigram(), "bigram": ngrams.Bigram()}
counting |= {"Kneser-Ney bigram": ngrams.KneserNey(order=2)}
counting |= {"Kneser-Ney trigram": ngrams.KneserNey(order=3)}
baseline = {"uniform": ngrams.uniform_perplexity(size)}
for name, model in counting.items():
    baseline[name] = ngrams.perplexity(model.fit(train_ids, size), test_ids)
lesson.table(["counting model", "test perplexity"], [list(row) for row in baseline.items()])
steps = list(baseline.values())
print(f"each is better than the one before: {steps == sorted(steps, reverse=True)}")

after = vocabulary.encode(["the", "economy"], begin=False, end=False)
p = counting["Kneser-Ney trigram"].probabilities(after)
assert abs(p.sum() - 1) < 1e-9  # after any context it is a distribution
best = np.argsort(-p)[:6]
print("the economy …", {vocabulary.tokens[i]: round(float(p[i]), 3) for i in best})

# %% [markdown] lang="en"
# ## B. LSTM and GRU, three seeds each
#
# `word_language_model` takes either. An LSTM has four blocks of weights, a GRU three; Keras gives each block of a GRU two biases:
# %% [markdown] lang="zh"
# ## 二、LSTM 与 GRU，各三个种子
#
# `word_language_model` 两种都行。LSTM 有四组权重，GRU 有三组；Keras 的 GRU 每组有两个偏置：
# %%
sizes = lesson.pick(
    class_mode={"embedding": 64, "units": 64, "dropout": 0.1},
    full={"embedding": 128, "units": 128, "dropout": 0.3},
)
lstm = word_language_model(size, cell="lstm", **sizes)
gru = word_language_model(size, cell="gru", **sizes)
n, e = sizes["units"], sizes["embedding"]
assert lstm.get_layer("recurrent_1").count_params() == 4 * n * (e + n + 1)
assert gru.get_layer("recurrent_1").count_params() == 3 * n * (e + n + 2)
pairs = zip(lstm.layers, gru.layers, strict=True)
rows = [[a.name, a.count_params(), b.count_params()] for a, b in pairs if a.count_params()]
lesson.table(["weights", "LSTM", "GRU"], rows)
print(f"GRU / LSTM, recurrent weights: {rows[1][2] / rows[1][1]:.3f}")

# %% [markdown] lang="en"
# `train_language_model` cuts new windows in every epoch, at random borders; starts the output bias from ln of the word frequencies, so that the first thing the model knows is the unigram; lets the learning rate rise and then fall along a cosine; and clips the gradient's norm to 1. Sizes, dropout and learning rate were chosen on the validation documents.
# %% [markdown] lang="zh"
# `train_language_model` 每一轮都在随机位置重新切窗口；输出偏置从词频的对数开始，模型一上来就知道一元语法；学习率先升，再沿余弦下降；梯度范数裁剪到 1。网络大小、丢弃率和学习率是在验证集上选的。
# %%
found = {"lstm": [], "gru": []}
for cell, perplexities in found.items():
    for seed in lesson.seeds:
        training.set_seed(seed)
        model = word_language_model(size, cell=cell, pad_is_zero=False, **sizes)
        epochs = lesson.pick(class_mode=3, full=5)
        train_language_model(model, train_ids, epochs=epochs, seed=seed)
        perplexities.append(model_perplexity(model, *text.whole_documents(test_ids)))
        print(cell, seed, round(perplexities[-1], 1))

# %%
rival = lesson.pick(class_mode="unigram", full="Kneser-Ney trigram")
print(f"held against: {rival}")
lesson.result("lstm_to_rival", np.array(found["lstm"]) / baseline[rival], baseline=1)
lesson.result("gru_to_rival", np.array(found["gru"]) / baseline[rival], baseline=1)
values = [*(baseline[name] for name in counting), found["lstm"], found["gru"]]
names = [*counting, "LSTM", "GRU"]
lesson.figure(draw.perplexities(values, names, ["test perplexity", "model"]), "perplexity")

# %%
for cell, perplexities in found.items():
    beaten = [name for name, value in baseline.items() if max(perplexities) < value]
    print(f"{cell}, with every seed, beats {len(beaten)} of {len(baseline)}: {', '.join(beaten)}")
wins = sum(a < b for a, b in zip(found["lstm"], found["gru"], strict=True))
print(f"seed by seed, the LSTM beats the GRU {wins} times of {len(lesson.seeds)}")

# %% [markdown] lang="en"
# Three seeds against three are suggestive, no more. In class mode, after a few seconds on a fifth of the articles, both networks lose to the bigram: a score without a baseline beside it would have hidden that. What a longer training does is kept in the records of the shipped networks:
# %% [markdown] lang="zh"
# 三个种子对三个种子，只能算有启发。课堂模式只用五分之一的文章训练几秒钟，两个网络都输给二元语法：旁边要是没有基线，就看不出来了。训练久一些会怎样，附带网络的记录里都有：
# %%
shipped = {name: weights.load(name) for name in weights.NAMES}
rows = []
for name, trained in shipped.items():
    scores = trained.record["perplexity"]["test"]
    counted = {key: value for key, value in scores.items() if key != "network"}
    strongest = min(counted, key=counted.get)
    rows.append([name, trained.record["seconds"], counted[strongest], scores["network"]])
    print(f"{name}: seed {trained.record['seed']}, strongest rival {strongest}")
    assert scores["network"] < counted[strongest]
lesson.table(["shipped network", "training (s)", "strongest rival", "test perplexity"], rows)
ratios = [row[3] / row[2] for row in rows]
print(f"network / strongest rival: {', '.join(f'{ratio:.2f}' for ratio in ratios)}")
print(trained.record["machine"])

# %% [markdown] lang="en"
# Characters have more of a past than three tokens: there the strongest rival looks at four characters before, and for English it comes close.
#
# ## C. One step at a time
#
# A `Stepper` holds one compiled step; the state goes in and comes out by hand. It must give the same numbers as the model on the whole window.
# %% [markdown] lang="zh"
# 字符的前文比三个词元长得多：那里最强的对手看前四个字，英文上它已经很接近。
#
# ## 三、一次一步
#
# `Stepper` 只编译一个时间步，状态由我们亲手传进、取出。它算出的数必须与模型一次处理整个窗口时相同。
# %%
reporter = shipped["articles"]
words = reporter.vocabulary
stepper = generation.Stepper(reporter.model)
given = words.encode(test_tokens[0])[:24]
whole = reporter.model(given[None, :], training=False)[0].numpy()
states = stepper.initial_states(batch_size=1)
difference = 0.0
for t, number in enumerate(given):
    logits, states = stepper([number], states)
    difference = max(difference, np.abs(logits[0] - whole[t]).max())
lesson.result("step_equals_window", difference)

# %% [markdown] lang="en"
# ## D. Seven ways to choose
#
# * **greedy** takes the likeliest word every time, and tends to repeat itself;
# * **temperature** $T$ draws from $\mathrm{softmax}(\mathrm{logits}/T)$: cold is dull, hot is wild;
# * **top-k** draws among the $k$ likeliest words, however sure the model is;
# * **nucleus** draws among the likeliest words that together reach probability $p$;
# * **beam** looks for the likeliest *whole text*. Likely is not the same as good.
# %% [markdown] lang="zh"
# ## 四、七种取法
#
# * **贪心解码**每次取最可能的词，容易翻来覆去地重复；
# * **温度** $T$ 从 $\mathrm{softmax}(\mathrm{logits}/T)$ 里采样：温度低则乏味，温度高则胡言乱语；
# * **top-k 采样**只在最可能的 $k$ 个词里抽，不管模型有没有把握；
# * **核采样**在最可能、合起来概率达到 $p$ 的那些词里抽；
# * **集束搜索**找的是**整段文本**最可能的写法。最可能，不等于最好。


# %%
def write(prompt, pen=stepper, vocabulary=words, language="en", **options):
    """The prompt and what the model makes of it, as readable text."""
    prompt_ids = vocabulary.encode(text.tokenize(prompt, language), end=False)
    ids = generation.generate(pen, prompt_ids, **{"max_tokens": 30, **options})
    assert not {vocabulary.PAD, vocabulary.UNK, vocabulary.BOS} & set(ids.tolist())
    return text.detokenize(vocabulary.decode([*prompt_ids, *ids]), language)


ways = {
    "greedy decoding": {"strategy": "greedy"},
    "temperature 0.5": {"strategy": "temperature", "temperature": 0.5},
    "temperature 1": {"strategy": "temperature"},
    "temperature 1.5": {"strategy": "temperature", "temperature": 1.5},
    "top-k, k = 10": {"strategy": "top_k", "k": 10},
    "nucleus, p = 0.8": {"strategy": "nucleus", "p": 0.8},
    "beam search, 5 wide": {"strategy": "beam", "beams": 5},
}
rows = [[name, write("The economy", **options)] for name, options in ways.items()]
lesson.table(["way", "text"], rows)
kinds = [len(set(row[1].lower().split())) for row in rows]
print(f"different words: greedy decoding {kinds[0]}, temperature 1.5 {kinds[3]}")

# %% [markdown] lang="en"
# Four checks. Cold sampling is greedy; the same seed writes the same text; two seeds differ; the beam's text is at least as likely as the greedy one (our beam search keeps the greedy text in the race; a bare one may lose it on the way).
# %% [markdown] lang="zh"
# 四项检查：温度趋于零就是贪心解码；同一个种子写出同样的文本；不同种子写得不同；集束搜索的文本至少和贪心的一样可能（我们的集束搜索始终保留贪心文本参加比较；不这样做，中途可能把它丢掉）。
# %%
prompt_ids = words.encode(["the", "economy"], end=False)


def drawn(**options):
    return generation.generate(stepper, prompt_ids, max_tokens=20, **options).tolist()


greedy = drawn(strategy="greedy")
assert greedy == drawn(strategy="temperature", temperature=1e-4)
assert drawn(strategy="temperature", seed=1) == drawn(strategy="temperature", seed=1)
assert drawn(strategy="temperature", seed=1) != drawn(strategy="temperature", seed=2)
_, beam_score = generation.beam_search(stepper, prompt_ids, 20, beams=5)
greedy_score = generation.log_probability(stepper, prompt_ids, greedy)
lesson.result("beam_gain", beam_score - greedy_score)

# %% [markdown] lang="en"
# ## E. A folder of your own
#
# The whole path, from folder to writing, as one function. Give it a folder with at least three UTF-8 text files; it says what it found, trains a small LSTM, compares it with Kneser-Ney on held-out documents, and writes. Many short files are better than one long one; `text.cut_document` cuts a long one between paragraphs. Scoring goes by documents of like length, a part at a time, so that one long file among short ones does not fill the memory.
# %% [markdown] lang="zh"
# ## 五、你自己的文件夹
#
# 从文件夹到生成文本，全过程写成一个函数。给它一个文件夹，里面至少有三个 UTF-8 文本文件；它会报告读到了什么，训练一个小 LSTM，在留出的文档上与 Kneser-Ney 比较，然后生成。许多短文件比一个长文件好；长文件可以用 `text.cut_document` 在段落之间切开。评分时把长短相近的文档放在一起、一部分一部分地算，短文件里夹一个长文件也不会撑满内存。


# %%
def learn_from(folder, *, epochs, min_count=2, units=64, seed=0):
    """Train on a folder of text files: a pen, the vocabulary, test perplexities."""
    own = articles.load(folder, validation_share=0.1, test_share=0.2, seed=seed)
    print(f"training files: {len(own.train)}, test files: {len(own.test)}")
    train_tokens, test_tokens = [
        [text.tokenize(document.text) for document in part] for part in (own.train, own.test)
    ]
    vocabulary = text.Vocabulary.fit(train_tokens, min_count=min_count)
    train_ids, test_ids = [
        [vocabulary.encode(tokens) for tokens in part] for part in (train_tokens, test_tokens)
    ]
    training.set_seed(seed)
    how = {"embedding": units, "units": units, "dropout": 0, "pad_is_zero": False}
    model = word_language_model(len(vocabulary), cell="lstm", **how)
    num_steps = min(64, max(map(len, train_ids)) - 1)
    how = {"num_steps": num_steps, "learning_rate": 1e-2, "seed": seed}
    train_language_model(model, train_ids, epochs=epochs, **how)
    counting = ngrams.KneserNey(order=2).fit(train_ids, len(vocabulary))
    own_perplexity = model_perplexity(model, *text.whole_documents(test_ids))
    rival = ngrams.perplexity(counting, test_ids)
    return generation.WholeLoop(model), vocabulary, own_perplexity, rival


# %% [markdown] lang="en"
# For the demonstration we make two folders ourselves: logs of a harbour, in English and in Chinese. In each log the wind is named at the beginning and comes back at the end. The last word or two are not enough to know it then; only a state can carry it there. We count how many logs that the network writes end with the wind they began with. Chance is one in four.
# %% [markdown] lang="zh"
# 为了演示，我们自己造两个文件夹：港口日志，一份英文，一份中文。每篇日志开头说一次风向，结尾再提一次。到结尾时，只看前面一两个词是不知道风向的，只有状态能把它一路带过来。我们数一数，网络写的日志里有多少结尾的风向与开头相同；随机猜测是四分之一。


# %%
WORDS = {
    "en": ("east south west north", "red boat,white boat,old boat", "herring,cod,shrimp"),
    "zh": ("东 南 西 北", "红船,白船,老船", "鲱鱼,鳕鱼,虾"),
}
MIDDLE = {
    "en": "The {boat} left at {hour}. |The sea was calm. |The lighthouse was lit. "
    "|We caught {crates} crates of {catch}. ",
    "zh": "{boat}{hour}点出海。|海面很静。|灯塔亮着。|捕到{crates}箱{catch}。",
}
FRAME = {
    "en": "In the morning the wind was {w}. {between}At night the wind was still {w}.",
    "zh": "早上刮{w}风。{between}晚上还是{w}风。",
}


def harbour_log(random, lang):
    """One log of a day; its last sentence needs its first."""
    winds, boats, fish = WORDS[lang]
    options = winds.split(), boats.split(","), fish.split(",")
    wind, boat, catch = [str(random.choice(some)) for some in options]
    facts = {"boat": boat, "catch": catch, "hour": random.integers(4, 10)}
    facts["crates"] = random.integers(2, 9)
    between = str(random.choice(MIDDLE[lang].format(**facts).split("|")))
    return FRAME[lang].format(w=wind, between=between)


def wind_kept(log, lang):
    """Whether a log names the same wind at its beginning and at its end."""
    pattern = "[东南西北](?=风)" if lang == "zh" else "east|south|west|north"
    winds = re.findall(pattern, log.lower())
    return len(winds) == 2 and winds[0] == winds[1]


# %%
def try_folder(lang, prompt):
    """Ratio of perplexities, and the share of written logs that keep their wind."""
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        for day in range(560):
            Path(folder, f"{day:03}.txt").write_text(harbour_log(random, lang), encoding="utf-8")
        pen, vocabulary, own, rival = learn_from(
            folder, epochs=lesson.pick(class_mode=36, full=48)
        )
    how = {"pen": pen, "vocabulary": vocabulary, "language": lang, "max_tokens": 60}
    logs = [write(prompt, strategy="temperature", seed=seed, **how) for seed in range(40)]
    print(*logs[:3], sep="\n")
    return own / rival, np.mean([wind_kept(log, lang) for log in logs])


ratio, kept = try_folder("en", "In the morning")
lesson.result("own_folder_en", ratio, baseline=1)
lesson.result("wind_kept_en", kept, baseline=0.25)

# %%
ratio, kept = try_folder("zh", "早上")
lesson.result("own_folder_zh", ratio, baseline=1)
lesson.result("wind_kept_zh", kept, baseline=0.25)

# %% [markdown] lang="en"
# ## References
#
# * S. Bird, E. Klein, E. Loper (2009), *Natural Language Processing with Python*, O'Reilly. The NLTK that article 004 uses without citing it.
# * T. Mikolov et al. (2010), Recurrent neural network based language model, Interspeech.
# * R. Kneser, H. Ney (1995), Improved backing-off for m-gram language modeling, ICASSP; S. Chen, J. Goodman (1999), An empirical study of smoothing techniques for language modeling, *Computer Speech & Language* 13(4), 359–394.
# * A. Holtzman et al. (2020), The curious case of neural text degeneration, ICLR (nucleus sampling); A. Fan et al. (2018), Hierarchical neural story generation, ACL (top-k).
# * A. Karpathy, J. Johnson, L. Fei-Fei (2016), Visualizing and understanding recurrent networks, ICLR workshop (units that can be read).
# * R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML (clipping the norm).
# %% [markdown] lang="zh"
# ## 参考文献
#
# * S. Bird, E. Klein, E. Loper (2009), *Natural Language Processing with Python*, O'Reilly。文章 004 用了 NLTK，却没有引用它。
# * T. Mikolov et al. (2010), Recurrent neural network based language model, Interspeech.
# * R. Kneser, H. Ney (1995), Improved backing-off for m-gram language modeling, ICASSP；S. Chen, J. Goodman (1999), An empirical study of smoothing techniques for language modeling, *Computer Speech & Language* 13(4), 359–394.
# * A. Holtzman et al. (2020), The curious case of neural text degeneration, ICLR（核采样）；A. Fan et al. (2018), Hierarchical neural story generation, ACL（top-k）。
# * A. Karpathy, J. Johnson, L. Fei-Fei (2016), Visualizing and understanding recurrent networks, ICLR workshop（读得懂的单元）。
# * R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML（裁剪范数）。
