"""Article 001, set-up of the environment: B-001-13 to B-001-15."""

import runpy
import tempfile
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from rnn_tf.ledger.rows import Fault, Raises

ROWS = []

ROWS.append(
    Fault(
        id="B-001-13",
        section="§5.1 L173",
        kind="D",
        lesson="02_keras_model",
        title=("An environment with Python 3.8", "环境用的是 Python 3.8"),
        why=(
            "Python 3.8 is past its end of life (October 2024). The newest TensorFlow that has a "
            "wheel for it is 2.13, which is Keras 2; Keras 3.15 needs Python 3.11.",
            "Python 3.8 已于 2024 年 10 月停止维护。支持它的最新 TensorFlow 是 2.13，属于 Keras 2；"
            "Keras 3.15 需要 Python 3.11。",
        ),
        repair=(
            "Python 3.11 to 3.13, stated in the package, so that an installer refuses others, and "
            "said again by the examination of the machine.",
            "用 Python 3.11 至 3.13。版本范围写在包的声明里，安装器会拒绝其他版本；"
            "环境检查命令也会提示。",
        ),
        at=("pyproject.toml", "rnn_tf.course.doctor.python"),
        versions=(
            "Python 3.8 leads to TensorFlow 2.13 with Keras 2, under which some rows here behave "
            "differently.",
            "Python 3.8 只能装 TensorFlow 2.13 和 Keras 2，本表有些条目在其上的表现不同。",
        ),
    )
)


def withdrawn_package():
    # What a withdrawn name on the package index does when it is installed: its set-up script
    # does nothing but raise. Ours stands in for it, since the ledger reads no network.
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "setup.py"
        script.write_text(
            'raise Exception("this package has been removed; install tensorflow")',
            encoding="utf-8",
        )
        runpy.run_path(str(script))


def one_tensorflow_and_no_withdrawn_name():
    wanted = [Requirement(line) for line in metadata.requires("rnn-tf")]
    names = [r.name for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    return sum(
        name in {"tensorflow", "tensorflow-cpu"} for name in names
    ), "tensorflow-gpu" in names


ROWS.append(
    Fault(
        id="B-001-14",
        section="§5.1 L176–179",
        kind="R",
        lesson="02_keras_model",
        title=(
            "Installs tensorflow and tensorflow-gpu side by side, from PyTorch's channel",
            "同时安装 tensorflow 与 tensorflow-gpu，还指定了 PyTorch 的频道",
        ),
        why=(
            "tensorflow-gpu has been withdrawn: its set-up script raises and tells you to install "
            "tensorflow. Choosing a command by CUDA version and the channel both belong to "
            "PyTorch; conda's own GPU builds of TensorFlow ended years ago.",
            "tensorflow-gpu 早已撤下：它的安装脚本直接报错，让你改装 tensorflow。按 CUDA "
            "版本选安装命令、"
            "使用 pytorch 频道，都是 PyTorch 的做法；conda 自己的 TensorFlow GPU 版也停了好几年。",
        ),
        repair=(
            "One TensorFlow only: tensorflow-cpu or tensorflow; on Linux with a GPU "
            "pip install 'tensorflow[and-cuda]'.",
            "只装一个 TensorFlow：tensorflow-cpu 或 tensorflow；Linux 上有 GPU 时用 "
            "pip install 'tensorflow[and-cuda]'。",
        ),
        at=("pyproject.toml", "rnn_tf.course.doctor.packages"),
        evidence=Raises(
            "Exception",
            "has been removed",
            right=(1, False),
            what=(
                "how many TensorFlows this package asks for here, and whether it names "
                "tensorflow-gpu",
                "本包在这台机器上要求几个 TensorFlow，是否提到 tensorflow-gpu",
            ),
        ),
        reproduce=withdrawn_package,
        repaired=one_tensorflow_and_no_withdrawn_name,
    )
)

ROWS.append(
    Fault(
        id="B-001-15",
        section="§5.1 L182–184",
        kind="D",
        lesson="02_keras_model",
        title=(
            "Packages without versions, and three that the program never uses",
            "装包不写版本，其中三个程序根本没用到",
        ),
        why=(
            "What is installed depends on the day. A reader a year later gets other versions, "
            "other behaviour, and no way to tell why. Each package too many can break the set-up.",
            "装到什么版本全看当天。一年后的读者得到别的版本、别的结果，却无从知道原因。"
            "多装一个包，就多一个出错的可能。",
        ),
        repair=(
            "Ranges in the package's declaration, exact versions in a lock file, nothing that is "
            "not used.",
            "包的声明里写版本范围，锁定文件里写确切版本，不装用不到的东西。",
        ),
        at=("pyproject.toml", "requirements.txt"),
    )
)
