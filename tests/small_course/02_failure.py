# ---
# jupyter:
#   rnn_tf:
#     title: {en: "A lesson that fails", zh: "会失败的一课"}
#     articles: ["003 §4"]
#     class: {seconds: 30, memory_mb: 1500}
#     full: {seconds: 40, memory_mb: 1500}
# ---
# %% [markdown] lang="en"
# # 2. It divides by nothing, or misses its band
# %% [markdown] lang="zh"
# # 2. 除以零，或未达到要求
# %%
import os

from rnn_tf.lesson import Lesson, current_language, current_mode

lesson = Lesson("02_failure", current_mode(), current_language(), build=None)
if os.environ.get("RNN_TF_BUILD"):
    from pathlib import Path

    lesson.build = Path(os.environ["RNN_TF_BUILD"])
lesson.result("half", 0.4, title=("a half", "一半"), at_least=0.5)
# %%
if lesson.mode == "full":
    1 / 0
