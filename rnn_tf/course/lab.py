"""A reader's own copy of the notebooks, and JupyterLab on it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from rnn_tf import paths
from rnn_tf.course.catalogue import lessons
from rnn_tf.course.settings import LANGUAGES
from rnn_tf.errors import InputError


def copy_notebooks(folder):
    """Copy the lessons' notebooks to ``folder/en`` and ``folder/zh``; keep what is there.

    Returns how many were copied.
    """
    from rnn_tf.course import notebooks

    copied = 0
    every = [part for lesson in lessons() for part in lesson.notebooks]
    for part in every:
        for lang in LANGUAGES:
            committed, target = part.notebook(lang), part.notebook(lang, Path(folder))
            if target.exists():
                continue
            if committed.is_file():
                with paths.written_whole(target) as temporary:
                    temporary.write_bytes(committed.read_bytes())
            else:
                notebooks.save(notebooks.from_source(part, lang), target)
            copied += 1
    return copied


def open_lab(folder, *, browser=True, arguments=()):
    """Run JupyterLab on ``folder`` until it is closed; returns its exit status.

    Where the system can, this process becomes JupyterLab: a signal then reaches it, whichever,
    and nothing is left between. There this function does not return.

    Raises ``InputError`` for the user root, whom JupyterLab refuses unless asked.
    """
    if getattr(os, "geteuid", lambda: -1)() == 0 and "--allow-root" not in arguments:
        raise InputError(
            "JupyterLab is not run as root, who may do anything: become another user, or say that "
            "you mean it: rnn-tf lab -- --allow-root"
        )
    root = Path(folder).absolute()
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--Application.log_level=WARN", *([] if browser else ["--no-browser"]), *arguments]
    # A folder of ours beside the user's own settings: no question about news from a network.
    ours = [str(Path(__file__).parent / "_jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, ours))}
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, environment)
    server = subprocess.Popen(command, env=environment)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is JupyterLab's to handle
    try:
        return server.wait()
    finally:
        signal.signal(signal.SIGINT, before)
