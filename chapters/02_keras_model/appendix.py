# %% [markdown] lang="en"
# # 2. Your own keras.Model: the appendix
#
# What is worth having and would slow the lesson: the model equals Keras's own layers, it can be saved, `fit` equals the library's loop with clipping and shuffled batches, where a trained network loses the thread, another task, padding, and a training that was cut off.
# %% [markdown] lang="zh"
# # 2. 自己写 keras.Model：附录
#
# 值得一看、放在课上又会拖慢节奏的内容：模型与 Keras 自带的层等价；它可以保存；`fit` 与本库的循环在裁剪梯度、打乱批次时仍然等价；训练好的网络在哪里出错；另一个任务；填充；中断之后继续训练。
# %%
from rnn_tf.course import begin

lesson = begin("02_keras_model", part="appendix")

import collections
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from rnn_tf import baselines, models, training
from rnn_tf.course.figures import parity as figures
from rnn_tf.datasets import toy
from rnn_tf.feeding import Batches
from rnn_tf.training import metrics

bits, parity = toy.running_parity(256, 10, seed=0)
loss = keras.losses.BinaryCrossentropy(from_logits=True)

# %% [markdown] lang="en"
# ## MyRNN equals SimpleRNN and Dense
#
# The lesson's model, the library's and Keras's own layers get the same weights. Their logits must be the same.
# %% [markdown] lang="zh"
# ## MyRNN 等于 SimpleRNN 加 Dense
#
# 课上的模型、本库的模型和 Keras 自带的层，放进同样的权重，logits 应当相同。


# %%
class MyRNN(keras.Model):
    """As in the lesson: inputs (batch, steps, features) to logits (batch, steps, 1)."""

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        features, units = input_shape[-1], self.units
        self.W_x = self.add_weight(shape=(features, units), name="W_x")
        self.W_h = self.add_weight(shape=(units, units), initializer="orthogonal", name="W_h")
        self.b_h = self.add_weight(shape=(units,), initializer="zeros", name="b_h")
        self.W_y = self.add_weight(shape=(units, 1), name="W_y")
        self.b_y = self.add_weight(shape=(1,), initializer="zeros", name="b_y")

    def call(self, inputs):
        h = tf.zeros((tf.shape(inputs)[0], self.units))
        logits = []
        for t in range(inputs.shape[1]):
            h = tf.tanh(inputs[:, t] @ self.W_x + h @ self.W_h + self.b_h)
            logits.append(h @ self.W_y + self.b_y)
        return tf.stack(logits, axis=1)


mine = MyRNN(20)
mine(bits)
library = models.SequenceClassifier(20, return_sequences=True)
library.build((None, None, 1))
shipped = keras.Sequential(
    [
        keras.Input((None, 1)),
        keras.layers.SimpleRNN(20, return_sequences=True),
        keras.layers.Dense(1),
    ]
)
for other in (library, shipped):
    other.set_weights(mine.get_weights())
differences = [abs(other(bits) - mine(bits)).numpy().max() for other in (library, shipped)]
lesson.result("equal_to_keras", max(differences))

# %% [markdown] lang="en"
# ## Order counts, and saving loses nothing
#
# Swapping the first two bits of every sequence changes the last logit. A model that is loaded from its file gives the same answers to the last digit.
# %% [markdown] lang="zh"
# ## 先后有别；保存不丢东西
#
# 把每条序列的前两个比特对调，最后的 logit 会变。从文件读回来的模型，输出一位不差。
# %%
swapped = bits[:, [1, 0, *range(2, 10)]]
moved = abs(library(bits) - library(swapped)).numpy()[:, -1].max()
with tempfile.TemporaryDirectory() as folder:
    library.save(Path(folder) / "parity.keras")
    loaded = keras.saving.load_model(Path(folder) / "parity.keras")
difference = abs(loaded(bits) - library(bits)).numpy().max()
assert moved > 0 and difference == 0
print(f"Swapped steps move the last logit by up to {moved:.3f}, saving moves it by {difference}.")

# %% [markdown] lang="en"
# ## Where Keras looks for weights
#
# The lesson tried four places. Here are eight. A plain object of one's own hides even a `keras.Variable`.
# %% [markdown] lang="zh"
# ## Keras 在哪里找权重
#
# 课上试了四个地方，这里是八个。自己写的普通对象，会把 `keras.Variable` 也藏起来。


# %%
class Keeper(keras.Model):
    def __init__(self, kept):
        super().__init__()
        self.kept = kept


def variable():
    return keras.Variable([1.0])


places = {
    "attribute": variable(),
    "list": [variable()],
    "list in a list": [[variable()]],
    "tuple": (variable(),),
    "dict": {"a": variable()},
    "layer in a list": [keras.layers.Rescaling(1.0), keras.layers.PReLU()],
    "object of one's own": collections.UserList([variable()]),
    "tf.Variable": tf.Variable([1.0]),
}
places["layer in a list"][1].build((None, 1))
seen = {place: len(Keeper(kept).trainable_variables) for place, kept in places.items()}
lesson.table(["where", "trainable weights seen"], [[place, seen[place]] for place in places])
hidden = [place for place in places if seen[place] == 0]
print(f"Hidden from Keras: {', '.join(hidden)}.")
assert [*seen.values()] == [1, 1, 1, 1, 1, 1, 0, 0]

# %% [markdown] lang="en"
# ## Loop and fit, with clipping and shuffled batches
#
# `training.train_with_tape` is the lesson's loop, compiled, with clipping by the global norm. `feeding.Batches` makes the order of the batches a function of the seed. Twenty steps each, three seeds.
# %% [markdown] lang="zh"
# ## 循环与 fit：加上裁剪和打乱
#
# `training.train_with_tape` 就是课上的循环，编译过，并按全局范数裁剪梯度。`feeding.Batches` 让批的顺序只由种子决定。各训练二十步，三个种子。


# %%
def weights_after_20_steps(seed, *, with_fit):
    training.set_seed(seed)
    model = models.SequenceClassifier(8, return_sequences=True)
    model.build((None, None, 1))
    first = model.get_weights()
    batches = Batches(bits[:200, :5], parity[:200, :5], 20, seed=seed)  # 10 an epoch
    if with_fit:
        model.compile(keras.optimizers.Adam(0.01, global_clipnorm=0.1), loss)
        model.fit(batches, epochs=2, verbose=0)
    else:
        adam = keras.optimizers.Adam(0.01)
        training.train_with_tape(model, batches, optimizer=adam, loss=loss, epochs=2, clipnorm=0.1)
    return first, model.get_weights()


apart = []
for seed in lesson.seeds:
    first, by_fit = weights_after_20_steps(seed, with_fit=True)
    _, by_loop = weights_after_20_steps(seed, with_fit=False)
    assert max(abs(a - b).max() for a, b in zip(first, by_fit)) > 0.01  # it did train
    apart.append(max(abs(a - b).max() for a, b in zip(by_fit, by_loop)))
lesson.result("clipped_loop_against_fit", apart)

# %% [markdown] lang="en"
# ## A plateau, seen in the gradients
#
# What happens while the loss waits near $\ln 2$? A callback records the norm of every weight's gradient at every step.
# %% [markdown] lang="zh"
# ## 从梯度看平台
#
# 损失停在 $\ln 2$ 附近的时候，发生了什么？用一个回调记下每一步每个权重的梯度范数。
# %%
training.set_seed(0)
norms = training.GradientNorms()
many_bits, many_parities = toy.running_parity(1000, 10, seed=0)
model = models.SequenceClassifier(32, return_sequences=True)
adam = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
model.compile(adam, loss, steps_per_execution=16)
epochs = lesson.pick(class_mode=30, full=200)
model.fit(many_bits, many_parities, batch_size=64, epochs=epochs, verbose=0, callbacks=[norms])
shown = {
    name: norms.per_weight[:, norms.names.index(name)] for name in ("recurrent_kernel", "kernel")
}
figure = figures.gradient_norms(shown, x="training step", y="gradient norm")
lesson.figure(figure, "gradient_norms")

# %% [markdown] lang="en"
# ## Where the thread is lost
#
# Two networks have learnt ten steps: one with small steps of the optimizer, one with three times larger ones. Both run for 40 steps. A logit should lie above 0 where the parity is odd and below where it is even. How far apart do the two groups stay?
# %% [markdown] lang="zh"
# ## 线索断在哪里
#
# 两个网络都学会了十步：一个用较小的学习率，一个用三倍大的。让它们都走 40 步。奇偶为奇时 logit 应大于 0，为偶时应小于 0。两组能保持多远的距离？


# %%
def logits_at_40(learning_rate):
    """Logits of a trained network where the parity is odd and where it is even, else NaN."""
    training.set_seed(1)
    inputs, targets = toy.running_parity(1000, 10, seed=1)
    model = models.SequenceClassifier(16, return_sequences=True)
    adam = keras.optimizers.Adam(learning_rate, global_clipnorm=1.0)
    model.compile(adam, loss, steps_per_execution=16)
    model.fit(inputs, targets, batch_size=64, epochs=40, verbose=0)
    long_bits, long_parity = toy.running_parity(1000, 40, seed=9)
    logits, is_odd = model(long_bits).numpy()[:, :, 0].T, long_parity[:, :, 0].T == 1
    return np.where(is_odd, logits, np.nan), np.where(is_odd, np.nan, logits)


groups = {f"learning rate {rate}": logits_at_40(rate) for rate in (0.01, 0.03)}
names = ("odd", "even")
figure = figures.logits_by_step(groups, trained_to=10, names=names, x="step", y="logit")
lesson.figure(figure, "logits")
for name, (odd, even) in groups.items():
    gap = np.nanquantile(odd, 0.1, axis=1) - np.nanquantile(even, 0.9, axis=1)
    print(f"{name}: gap {gap[9]:.1f} at step 10, {gap[39]:.1f} at step 40")

# %% [markdown] lang="en"
# ## A straight line cannot learn parity
#
# Without tanh the network is linear: each logit is a weighted sum of the bits so far. How well could *any* such sum predict the parity? We try all 1024 sequences and look at the correlation of each bit with the parity at each later step.
# %% [markdown] lang="zh"
# ## 线性网络学不会奇偶
#
# 去掉 tanh，网络就是线性的：每个 logit 都是到目前为止各比特的加权和。**任何**这样的和，能把奇偶预测得多好？把 1024 种序列全部列出，看每个比特与其后每一步奇偶的相关系数。
# %%
everything = (np.arange(1024)[:, None] >> np.arange(10)) & 1
its_parity = everything.cumsum(axis=1) % 2
correlation = np.corrcoef(everything.T, its_parity.T)[:10, 10:]
largest = abs(correlation[:, 1:]).max()
print(f"first bit and parity at step 1: {correlation[0, 0]:.0f}")
print(f"any bit and parity from step 2 on: at most {largest:.1g}")
assert largest < 1e-12

# %% [markdown] lang="en"
# No correlation at all: the best sum is a constant, and its accuracy is chance. The curve of tanh is what makes parity possible.
#
# ## Majority: one answer at the end
#
# Were there more ones than zeros? Here the order does not matter, so a dense layer on all bits could count as well, for this one length. What a network without memory could use is the last bit.
# %% [markdown] lang="zh"
# 完全不相关：最好的加权和就是一个常数，准确率与随机猜测无异。有了 tanh 的弯曲，奇偶才成为可能。
#
# ## 多数：最后答一次
#
# 1 比 0 多吗？这里比特的先后并不重要，所以对固定的长度，一个全连接层看全部比特也能数出来。没有记忆的网络能利用的只有最后一个比特。


# %%
def unseen(inputs, targets, seen):
    """Those samples whose sequence is not in ``seen``."""
    known = {sequence.tobytes() for sequence in seen}
    new = [sequence.tobytes() not in known for sequence in inputs]
    return inputs[new], targets[new]


def majority_accuracy(seed):
    training.set_seed(seed)
    inputs, targets = toy.majority(1000, 11, seed=seed)
    model = models.SequenceClassifier(16)
    adam = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    model.compile(adam, loss, steps_per_execution=16)
    epochs = lesson.pick(class_mode=25, full=150)
    model.fit(inputs, targets, batch_size=64, epochs=epochs, verbose=0)
    new_inputs, new_targets = unseen(*toy.majority(3000, 11, seed=100 + seed), inputs)
    return [
        metrics.accuracy(new_targets, answers)
        for answers in (
            metrics.decide(model(new_inputs)),
            new_inputs[:, -1],
            baselines.majority(targets),
        )
    ]


by_model, by_last, by_class = zip(*map(majority_accuracy, lesson.seeds))
lesson.result("majority", by_model, baseline=np.median(by_last))
theory = toy.last_bit_accuracy(11)
print(f"Always the more frequent class: {np.median(by_class):.3f}.")
print(f"By theory the last bit is right with probability {theory:.3f} on all sequences.")

# %% [markdown] lang="en"
# ## Padding
#
# Sequences of 6 and of 10 steps share a batch: the short ones are filled up with −1. With `mask_value=-1.0` the state waits over the padding. The answers must be those of the unpadded sequences.
# %% [markdown] lang="zh"
# ## 填充
#
# 6 步和 10 步的序列放在同一批里：短的用 −1 填满。设 `mask_value=-1.0`，状态在填充处原地等待。答案应与不填充时相同。
# %%
masked = models.SequenceClassifier(8, mask_value=-1.0)
padded = bits.copy()
padded[:128, 6:] = -1.0
together = masked(padded).numpy()
alone = np.concatenate([masked(bits[:128, :6]), masked(bits[128:])])
unaware = models.SequenceClassifier(8)
unaware.build((None, None, 1))
unaware.set_weights(masked.get_weights())
off = abs(unaware(padded).numpy() - alone).max()
assert abs(together - alone).max() < 1e-6 < off
print(f"off by {abs(together - alone).max():.1g} with the mask, by {off:.2f} without it")

# %% [markdown] lang="en"
# ## Cut off and resumed
#
# Training for two epochs, once in one go; once cut off after the first, with a new model that goes on from the file. Both must end with the same weights.
# %% [markdown] lang="zh"
# ## 中断之后继续
#
# 训练两轮：一次连续跑完；一次在第一轮之后中断，再由一个新模型从文件接着跑。两者最后的权重应当相同。


# %%
def train_to(epochs, file):
    """Train up to ``epochs``, from where ``file`` left off if it is there."""
    training.set_seed(0)
    model = models.SequenceClassifier(8, return_sequences=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    batches = Batches(bits, parity, 64, seed=0)
    checkpoint = training.ResumableCheckpoint(file, batches)
    model.fit(batches, epochs=epochs, verbose=0, callbacks=[checkpoint])
    return model.get_weights(), checkpoint.resumed_from


with tempfile.TemporaryDirectory() as folder:
    in_one_go, _ = train_to(2, Path(folder) / "whole.npz")
    train_to(1, Path(folder) / "cut.npz")
    in_two, resumed_from = train_to(2, Path(folder) / "cut.npz")
print(f"resumed at (epoch, batch) = {resumed_from}")
lesson.result("resumed", max(abs(a - b).max() for a, b in zip(in_one_go, in_two)))
# %% [markdown] lang="en"
# *R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML: clipping by the global norm.*
# %% [markdown] lang="zh"
# *R. Pascanu, T. Mikolov, Y. Bengio (2013), On the difficulty of training recurrent neural networks, ICML：按全局范数裁剪梯度。*
