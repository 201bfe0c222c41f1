"""The machine that something was measured on; nothing that names it or its owner."""

import platform
import sys
from importlib import metadata
from pathlib import Path

from rnn_tf.threads import cores


def description():
    """What measured seconds depend on."""
    import psutil

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
    }


def processor():
    """The processor's name where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def versions():
    """Versions of Python and of what the results depend on."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in ("rnn-tf", "tensorflow-cpu", "tensorflow", "keras", "numpy", "nltk"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
