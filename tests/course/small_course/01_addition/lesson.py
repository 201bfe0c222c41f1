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
totals = [1 + 1 + seed * 0.01 for seed in lesson.seeds]
lesson.result("sum", totals, baseline=1.5)
# %%
from rnn_tf.course import figures

figure, (axis,) = figures.panels(1)
axis.plot([0, 1, 2], [0, 1, totals[0]], label="sum of the numbers")
figures.label(axis, "step", "value")
axis.legend()
lesson.figure(figure, "sum")
