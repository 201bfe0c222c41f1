# %% [markdown] lang="en"
# # 2. It divides by nothing, or misses its band
# %% [markdown] lang="zh"
# # 2. 除以零，或未达到要求
# %%
import os

from rnn_tf.course.session import Session, current_language, current_mode

lesson = Session("02_failure", current_mode(), current_language(), build=None)
if os.environ.get("RNN_TF_BUILD"):
    from pathlib import Path

    lesson.build = Path(os.environ["RNN_TF_BUILD"])
lesson.result("half", 0.4, title=("a half", "一半"), at_least=0.5)
# %%
if lesson.mode == "full":
    1 / 0
