"""Is this machine ready for the course? Every check says what it found and how to mend it."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rnn_tf import paths, threads
from rnn_tf.course import catalogue
from rnn_tf.datasets import base
from rnn_tf.errors import DataError, InputError
from rnn_tf.files import exists, sha256_of

MEMORY_GB = 2.0
DISK_GB = 1.0


@dataclass(frozen=True)
class Check:
    """One line of the examination; ``mend`` says what to do where ``passed`` is false."""

    name: str
    passed: bool
    found: str
    mend: str = ""


def examine():
    """All checks, in the order in which they should be mended."""
    checks = [python(), *packages()]
    checks += [
        tensorflow(),
        thread_setting(),
        memory(),
        disk(),
        working_folder(),
        data(),
        fonts(),
        lessons(),
    ]
    return checks


def python(version=None):
    """Python 3.11 to 3.13: TensorFlow has no wheels for others."""
    version = tuple(version or sys.version_info[:3])
    found = ".".join(map(str, version))
    return Check(
        "Python",
        (3, 11) <= version[:2] <= (3, 13),
        found,
        "install Python 3.11, 3.12 or 3.13 and make the environment anew with it",
    )


def packages():
    """One check for all requirements that hold on this machine, one for a doubled TensorFlow."""
    from packaging.requirements import Requirement

    wanted = [Requirement(line) for line in metadata.requires("rnn-tf") or []]
    wanted = [
        one for one in wanted if one.marker is None or one.marker.evaluate({"extra": "course"})
    ]
    faults = []
    for requirement in wanted:
        names = [requirement.name]
        if requirement.name == "tensorflow-cpu":  # the GPU line of the README replaces it
            names.append("tensorflow")
        versions = [found for name in names if (found := _version(name))]
        if not versions:
            faults.append(f"{requirement.name} is not installed")
        elif versions[0] not in requirement.specifier:
            faults.append(f"{requirement.name} {versions[0]}, wanted {requirement.specifier}")
    doubled = _version("tensorflow") and _version("tensorflow-cpu")
    return [
        Check(
            "packages",
            not faults,
            "; ".join(faults) or f"{len(wanted)} requirements hold",
            f"{sys.executable} -m pip install -r requirements.txt",
        ),
        Check(
            "one TensorFlow",
            not doubled,
            "tensorflow and tensorflow-cpu overwrite each other" if doubled else "yes",
            "make the environment anew with one of them (see README)",
        ),
    ]


def _version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def tensorflow():
    """TensorFlow starts; which devices it sees. A GPU is never needed."""
    named = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if named != "tensorflow":
        mend = "set KERAS_BACKEND=tensorflow, or unset it"
        return Check("TensorFlow starts", False, f"KERAS_BACKEND={named}", mend)
    mend = "make the environment anew: delete .venv, then make course"
    try:
        from rnn_tf.backend import keras, tf
    except Exception as error:  # a broken install fails in many ways; all of them are this one
        words = " ".join(str(error).split())[:160]
        return Check("TensorFlow starts", False, f"{type(error).__name__}: {words}", mend)
    gpus = tf.config.list_physical_devices("GPU")
    seen = ", ".join(
        tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus
    )
    return Check(
        "TensorFlow starts",
        True,
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}; "
        f"GPU: {seen or 'not seen (the lessons need none)'}",
    )


def thread_setting():
    """What ``rnn_tf`` made of TensorFlow's threads: information, nothing to mend."""
    return Check("threads", True, threads.report())


def memory(available=None):
    """Memory that is free now."""
    if available is None:
        import psutil

        available = psutil.virtual_memory().available
    return Check(
        "free memory",
        available >= MEMORY_GB * 1e9,
        f"{available / 1e9:.1f} GB",
        f"close other programs: a lesson may take up to {MEMORY_GB:g} GB",
    )


def disk(folder=".", free=None):
    """Space where notebooks and figures are written."""
    free = shutil.disk_usage(folder).free if free is None else free
    return Check(
        "free disk",
        free >= DISK_GB * 1e9,
        f"{free / 1e9:.1f} GB in this folder",
        f"free {DISK_GB:g} GB, or work in another folder",
    )


def working_folder(folder="."):
    """Files can be made in the working folder."""
    try:
        paths.check_writable(folder)
    except InputError as error:
        return Check("this folder", False, str(error), "change to a folder you own")
    return Check("this folder", True, "can be written")


def data(folder=None):
    """The shipped data are, byte for byte, what ``SHA256SUMS`` lists, and nothing else."""
    folder = Path(folder) if folder else paths.data_folder()
    mend = "get the data anew: git checkout data, or install the package again"
    try:
        pinned = base.pinned_hashes(folder)
    except DataError as error:
        return Check("data", False, str(error), mend)
    faults = []
    for name, digest in pinned.items():
        try:
            if sha256_of(folder / name) != digest:
                faults.append(f"{name} was changed")
        except DataError as error:
            faults.append(f"{name} is missing" if not exists(folder / name) else str(error))
    strays = base.not_shipped(folder, pinned)
    if strays and not faults:
        mend = "move away what is yours"
    faults += [f"{name} was not shipped" for name in strays]
    found = "; ".join(faults[:3]) + (f" and {len(faults) - 3} more" if len(faults) > 3 else "")
    return Check("data", not faults, found or f"{len(pinned)} files as listed", mend)


def fonts():
    """Figures can show Chinese."""
    mend = "get the font anew: git checkout rnn_tf/course/_fonts, or install the package again"
    try:
        from rnn_tf.course import figures

        figures.use_style()
        missing = figures.missing_glyphs("循环神经网络：时间步，隐藏状态。")
    except Exception as error:  # a damaged font file fails in many ways
        return Check("fonts", False, f"{type(error).__name__}: {error}", mend)
    found = f"no glyph for {' '.join(missing)}" if missing else "Chinese labels render"
    return Check("fonts", not missing, found, mend)


def lessons():
    """The catalogue of lessons can be read."""
    mend = "get the folder chapters anew: git checkout chapters, or install the package again"
    try:
        found = catalogue.lessons()
    except (InputError, OSError) as error:
        return Check("lessons", False, str(error), mend)
    return Check("lessons", True, f"{len(found)} in {paths.chapters_folder()}")
