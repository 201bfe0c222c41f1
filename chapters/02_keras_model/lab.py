# %% [markdown] lang="en"
# # 2. Your own keras.Model: the lab
#
# Six exercises, from one line to an open question. Fill in where `...` stands, run the cell, then the check below it. Hints unfold with a click. The solutions are in the notebook beside this one.
# %% [markdown] lang="zh"
# # 2. 自己写 keras.Model：练习
#
# 六道练习，从只填一行到开放题。在 `...` 处填写，运行单元格，再运行下面的检查。提示点一下就展开。答案在旁边的笔记本里。
# %%
from rnn_tf.course import begin

lesson = begin("02_keras_model", part="lab")

import keras
import numpy as np
import tensorflow as tf

from rnn_tf import models
from rnn_tf.course.checks import keras_model as check
from rnn_tf.datasets import toy

# %% [markdown] lang="en"
# ## Exercise 1. The price of guessing
#
# A fair coin costs $\ln 2$ a flip, if one answers "one half" every time. What does the best constant answer cost where a share $p$ of the labels is 1? Any loss must be seen beside this number.
#
# <details><summary>Hint 1</summary>
#
# The best constant answer is $p$ itself. A label that is 1 then costs $-\ln p$. What does a label that is 0 cost?
#
# </details>
# <details><summary>Hint 2</summary>
#
# A share $p$ of the labels pays the first price, the share $1-p$ the second. Add both up.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 1. 猜测的代价
#
# 公平的硬币，每次都答“二分之一”，每次付出 $\ln 2$。如果标签中 1 占的比例是 $p$，最好的固定答案要付多少？任何损失都应当与这个数对照着看。
#
# <details><summary>提示 1</summary>
#
# 最好的固定答案就是 $p$ 本身。这时标签为 1 的代价是 $-\ln p$。标签为 0 的代价呢？
#
# </details>
# <details><summary>提示 2</summary>
#
# 比例为 $p$ 的标签付前一种代价，比例为 $1-p$ 的付后一种。加起来。
#
# </details>


# %% kind="starter"
def price(share):
    return ...


# %% kind="solution"
def price(share):
    return -share * np.log(share) - (1 - share) * np.log(1 - share)


# %%
check.guessing(price)

# %% [markdown] lang="en"
# ## Exercise 2. A layer that learns
#
# The layer below computes `inputs * gain`. Its gain is an array, so Keras does not train it. Make a layer that computes `inputs * gain + shift`, with one gain and one shift for each feature, both trained.
#
# <details><summary>Hint 1</summary>
#
# `self.add_weight(shape=..., initializer="ones")` makes a weight that Keras knows. It stands in `build`, where the number of features is known.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Both weights have the shape `(features,)`. Declaring the shift is not enough: `call` must add it.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 2. 一个会学习的层
#
# 下面的层计算 `inputs * gain`。它的 gain 是数组，所以 Keras 不训练它。请写一个层，计算 `inputs * gain + shift`：每个特征各有一个 gain 和一个 shift，两者都要训练。
#
# <details><summary>提示 1</summary>
#
# `self.add_weight(shape=..., initializer="ones")` 建出 Keras 认得的权重。它写在 `build` 里，那里才知道特征数。
#
# </details>
# <details><summary>提示 2</summary>
#
# 两个权重的形状都是 `(features,)`。光声明 shift 不够，`call` 里还要加上它。
#
# </details>


# %% kind="starter"
class Gain(keras.layers.Layer):
    def build(self, input_shape):
        features = input_shape[-1]
        self.gain = np.ones(features, "float32")

    def call(self, inputs):
        return inputs * self.gain


# %% kind="solution"
class Gain(keras.layers.Layer):
    def build(self, input_shape):
        features = input_shape[-1]
        self.gain = self.add_weight(shape=(features,), initializer="ones", name="gain")
        self.shift = self.add_weight(shape=(features,), initializer="zeros", name="shift")

    def call(self, inputs):
        return inputs * self.gain + self.shift


# %%
check.gain(Gain)

# %% [markdown] lang="en"
# ## Exercise 3. A latch, set by hand
#
# One unit, $h_t = \tanh(w_x x_t + w_h h_{t-1} + b)$ with $h_0 = 0$, reads bits. Choose three numbers so that $h_t$ is above 0.5 if a 1 has occurred so far, and not above it as long as there was none. It must not forget.
#
# <details><summary>Hint 1</summary>
#
# Write down what stands inside the tanh in three situations: no 1 yet and none now; the first 1 now; a 1 long ago and none now. Which sign must each have?
#
# </details>
# <details><summary>Hint 2</summary>
#
# To remember, a state near 1 must keep itself up: $w_h + b$ clearly above 0. To notice the first 1 from a state near $-1$: $w_x - w_h + b$ clearly above 0.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 3. 亲手做一个锁存器
#
# 一个单元 $h_t = \tanh(w_x x_t + w_h h_{t-1} + b)$，$h_0 = 0$，逐个读比特。请选三个数：只要出现过 1，$h_t$ 就大于 0.5；一直没出现过，就不大于 0.5。不许忘。
#
# <details><summary>提示 1</summary>
#
# 写出三种情形下 tanh 里面的和：从未有过 1，现在也不是；现在是第一个 1；很久以前有过 1，现在不是。各应是什么符号？
#
# </details>
# <details><summary>提示 2</summary>
#
# 要记住，接近 1 的状态必须维持住自己：$w_h + b$ 明显大于 0。要从接近 $-1$ 的状态察觉第一个 1：$w_x - w_h + b$ 明显大于 0。
#
# </details>
# %% kind="starter"
w_x, w_h, b = ..., ..., ...
# %% kind="solution"
w_x, w_h, b = 8, 3, -1
# %%
check.latch(w_x, w_h, b)

# %% [markdown] lang="en"
# ## Exercise 4. What fit does in one step
#
# Write one training step for any model: it trains all weights once and returns the loss that the model had before.
#
# <details><summary>Hint 1</summary>
#
# Predictions and loss are computed inside `with tf.GradientTape() as tape:`. The gradients are asked for after it.
#
# </details>
# <details><summary>Hint 2</summary>
#
# A loss takes the targets first. `optimizer.apply(gradients, weights)` subtracts by itself.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 4. fit 的一步
#
# 为任意模型写一个训练步：把所有权重更新一次，返回更新之前的损失。
#
# <details><summary>提示 1</summary>
#
# 预测和损失在 `with tf.GradientTape() as tape:` 里面计算，梯度在它之后求。
#
# </details>
# <details><summary>提示 2</summary>
#
# 损失函数先写目标。`optimizer.apply(gradients, weights)` 自己会减。
#
# </details>


# %% kind="starter"
def training_step(model, optimizer, loss, inputs, targets):
    # 1. under a tape: the predictions and the loss
    # 2. the gradients
    # 3. the optimizer moves the weights
    return ...


# %% kind="solution"
def training_step(model, optimizer, loss, inputs, targets):
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    gradients = tape.gradient(value, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return value


# %%
check.training_step(training_step)

# %% [markdown] lang="en"
# ## Exercise 5. Which weights are idle?
#
# Complete the detector: when is a weight idle? It gives the names of all trainable weights that get no gradient on these data: either `None`, because the loss does not use the weight, or 0 in every entry. With it you find, in any program, whether something recurs.
#
# <details><summary>Hint 1</summary>
#
# The condition has two halves. Ask for `None` first: it has no entries.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Entries may add up to 0 without being 0. `np.any(gradient.numpy())` is true if any entry differs from 0.
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 5. 哪些权重闲着？
#
# 补全这个探测器：什么样的权重算闲着？它列出在这些数据上得不到梯度的可训练权重的名字。得不到梯度有两种：梯度是 `None`，因为损失没有用到这个权重；或者梯度的每个元素都是 0。有了它，随便哪个程序，都能查出到底有没有循环。
#
# <details><summary>提示 1</summary>
#
# 条件分两半。先问是不是 `None`：它没有元素。
#
# </details>
# <details><summary>提示 2</summary>
#
# 元素加起来是 0，不等于每个都是 0。只要有一个元素不是 0，`np.any(gradient.numpy())` 就为真。
#
# </details>


# %% kind="starter"
def idle(model, inputs, targets):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    pairs = zip(model.trainable_variables, tape.gradient(value, model.trainable_variables))
    return [w.name for w, g in pairs if ...]


# %% kind="solution"
def idle(model, inputs, targets):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        value = loss(targets, model(inputs))
    pairs = zip(model.trainable_variables, tape.gradient(value, model.trainable_variables))
    return [w.name for w, g in pairs if g is None or not np.any(g.numpy())]


# %%
check.idle_weights(idle)

# %% [markdown] lang="en"
# ## Exercise 6. Forty steps (open)
#
# In the lesson the trained networks lost the thread somewhere after step 10. Build and train one that is right in 99 of 100 answers over 40 steps. It may train on sequences of 10 steps at most; the rest is up to you.
#
# <details><summary>Hint 1</summary>
#
# The states of odd and even drift together. States near −1 and 1, where tanh is flat, do not: a small disturbance dies out there. Large weights bring the states there.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Larger steps of the optimizer make larger weights: try a learning rate a few times that of the lesson, with fewer units. Try other seeds as well: does it hold for all?
#
# </details>
# %% [markdown] lang="zh"
# ## 练习 6. 四十步（开放题）
#
# 课上训练出来的网络，过了第 10 步，迟早会出错。请搭建并训练一个网络，40 步的回答里要有 99 % 是对的。训练用的序列最多 10 步，其余随你。
#
# <details><summary>提示 1</summary>
#
# 奇、偶两组状态会漂移到一起。靠近 −1 和 1 的状态不会：tanh 在那里很平，小小的扰动会自行消失。权重大，状态就到得了那里。
#
# </details>
# <details><summary>提示 2</summary>
#
# 优化器的步子大，权重也长得大：把学习率提高到课上的几倍，单元少一些。再换几个随机种子试试，都成立吗？
#
# </details>
# %% kind="starter"
bits, parity = toy.running_parity(1000, 10, seed=0)
network = models.SequenceClassifier(32, return_sequences=True)
# %% kind="solution"
keras.utils.set_random_seed(0)
bits, parity = toy.running_parity(1000, 10, seed=0)
network = models.SequenceClassifier(16, return_sequences=True)
adam = keras.optimizers.Adam(0.03, global_clipnorm=1.0)
loss = keras.losses.BinaryCrossentropy(from_logits=True)
network.compile(adam, loss, steps_per_execution=16)
network.fit(bits, parity, batch_size=64, epochs=20, verbose=0)
# %%
check.carries(network)
