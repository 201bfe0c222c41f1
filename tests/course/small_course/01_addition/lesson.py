# %% [markdown] lang="en"
# # 1. Addition
# We add $1 + 1$.
# %% [markdown] lang="zh"
# # 1. 加法
# 我们计算 $1 + 1$。
# %%
from rnn_tf.course import begin

lesson = begin("01_addition")
# %% [markdown] lang="en"
# The sum, three times.
# %% [markdown] lang="zh"
# 求和三次。
# %%
total = lesson.result(
    "sum",
    [1 + 1 + seed * 0.01 for seed in lesson.seeds],
    title=("sum of one and one", "一加一之和"),
    baseline=("a guess", "猜测", 1.5),
    at_least=1.99,
    at_most=2.05,
)
# %%
from rnn_tf.course import figures

figure, (axis,) = figures.panels(1)
axis.plot([0, 1, 2], [0, 1, total], label=lesson.text("sum", "和"))
figures.label(axis, lesson.text("step", "步"), lesson.text("value", "值"))
axis.legend()
lesson.figure(figure, "sum", en="A line that rises from 0 to 2.", zh="一条从 0 升到 2 的线。")
