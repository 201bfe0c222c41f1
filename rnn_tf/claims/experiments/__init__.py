"""All experiments with their rules, and those that are only planned."""

from rnn_tf.claims.experiments import (
    articles,
    cells,
    descent,
    feedback,
    generalising,
    gradients,
    keras_side,
    lengths,
    memory,
    over_fitting,
    patients,
    reading,
    seconds,
    series,
    several,
    tools_around,
    voices,
    windows,
)

#: In the order in which they run: the quick ones first.
_MODULES = (
    cells, gradients, windows, series, articles, generalising, several, descent,
    reading, memory, feedback, lengths, over_fitting, voices, patients,
    seconds, keras_side, tools_around,
)  # fmt: skip
EXPERIMENTS = tuple(one for module in _MODULES for one in module.EXPERIMENTS)

#: Named by a claim, not yet written -> what is to be tried, (English, Chinese).
PLANNED = {
    "attention": ("Self-attention beside an LSTM, by distance and length",
                  "自注意力与 LSTM，随距离与长度比较"),
    "attention_weights": ("Attention weights against planted evidence, and permuted",
                          "注意力权重与预埋依据对照，并打乱检验"),
    "depth": ("One to three layers of as many parameters; hand-made features on few data",
              "参数量相同的一至三层；数据少时的人工特征"),
    "language_model": ("A language model beside n-grams", "语言模型与 n 元语法模型"),
    "sentiment": ("Sentences of reviews, from scratch and fine-tuned, beside a bag of words",
                  "影评句子：从头训练、微调，与词袋对照"),
    "translation": ("An encoder and decoder beside a dictionary", "编码器—解码器与词典对照"),
}  # fmt: skip
