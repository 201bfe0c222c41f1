"""Notebooks built from the lesson sources, one way only: source to notebook.

The same source gives the same notebook, cell ids included, so that a committed notebook can be
held against its source.
"""

import hashlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rnn_tf.errors import unusable
from rnn_tf.paths import written_whole

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


def from_source(source, lang):
    """The notebook of one language: that language's prose and the code, without outputs.

    Raises ``DataError`` where prose does not come in pairs, English and then Chinese.
    """
    import jupytext
    import nbformat

    source = Path(source)
    read = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    _check_pairs(source, read.cells)
    cells = []
    for index, cell in enumerate(read.cells):
        if cell.cell_type == "markdown" and cell.metadata["lang"] != lang:
            continue
        make = getattr(nbformat.v4, f"new_{cell.cell_type}_cell")
        # The formatter puts blank lines before a def; at the top of a cell they are a gap.
        cells.append(make(cell.source.strip("\n"), id=_cell_id(source.stem, index)))
    return nbformat.v4.new_notebook(cells=cells, metadata=_METADATA, nbformat_minor=5)


def _cell_id(name, index):
    return hashlib.sha256(f"{name}:{index}".encode()).hexdigest()[:12]


def _check_pairs(source, cells):
    """Prose stands in pairs; code and prose are the only kinds of cell."""
    expected = "en"
    for number, cell in enumerate(cells, start=1):
        kind = cell.metadata.get("lang") if cell.cell_type == "markdown" else cell.cell_type
        if kind == expected:
            expected = "zh" if expected == "en" else "en"
        elif kind != "code" or expected == "zh":
            first = cell.source.strip().split("\n")[0][:40]
            raise unusable(
                source,
                f"cell {number} ({cell.cell_type}, lang={kind!r}, {first!r})",
                f'code, or prose in pairs: here lang="{expected}"',
            )
    if expected == "zh":
        raise unusable(source, "English prose at its end", "its Chinese counterpart after it")


@dataclass
class Report:
    """Cost of one execution: a row for each code cell, the kernel's peak memory, the error."""

    cells: list = field(default_factory=list)
    peak_mb: float = 0.0
    error: str = ""


def execute(notebook, *, mode, lang, build=None, watch=None):
    """Run all code cells in a fresh kernel of this interpreter; outputs go into ``notebook``.

    Args:
        build: folder for results and figures; ``None`` writes neither.
        watch: called as ``watch(done, total)`` after each code cell.

    Returns a ``Report``. The first error ends the run and is reported, not raised.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    report = Report()
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    with tempfile.TemporaryDirectory(prefix="rnn_tf-", ignore_cleanup_errors=True) as work:
        client = NotebookClient(
            notebook,
            km=_kernel_manager(Path(work)),
            timeout=None,
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        client.owns_km = True  # so that the client ends the kernel
        environment = _kernel_environment(Path(work), mode, lang, build)
        with client.setup_kernel(env=environment, cwd=work):
            memory = _MemoryWatch(client.km.provisioner.pid)
            try:
                with memory:
                    for index, cell in enumerate(notebook.cells):
                        if cell.cell_type != "code":
                            continue
                        started = time.perf_counter()
                        memory.restart()
                        client.execute_cell(cell, index, execution_count=len(report.cells) + 1)
                        report.cells.append(
                            {
                                "cell": index,
                                "seconds": round(time.perf_counter() - started, 3),
                                "peak_mb": round(memory.look()),
                            }
                        )
                        if watch:
                            watch(len(report.cells), total)
            except CellExecutionError as error:
                words = " ".join(f"{error.ename}: {error.evalue}".split())
                report.error = f"cell {index}: {words[:240]}"
            except DeadKernelError:
                report.error = f"cell {index}: the kernel died (out of memory?)"
            except BaseException:
                client.shutdown_kernel = "immediate"
                raise
        report.peak_mb = memory.largest_mb
    return report


def _kernel_manager(work):
    """A manager whose kernel is this interpreter, whatever kernels the user has registered."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class ThisInterpreter(KernelSpecManager):
        def get_kernel_spec(self, kernel_name):
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Python 3", language="python")

    return AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=ThisInterpreter(),
        connection_file=str(work / "kernel.json"),
    )


def _kernel_environment(work, mode, lang, build):
    """This process's environment plus the run's; the user's IPython start-up files stay out."""
    environment = os.environ | {
        "RNN_TF_MODE": mode,
        "RNN_TF_LANG": lang,
        "IPYTHONDIR": str(work / "ipython"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONIOENCODING": "utf-8",
    }
    for name in ("RNN_TF_DATA", "RNN_TF_CACHE", "RNN_TF_CHAPTERS"):
        if name in environment:  # the kernel works in another folder
            environment[name] = str(Path(environment[name]).resolve())
    environment.pop("RNN_TF_BUILD", None)
    if build is not None:
        environment["RNN_TF_BUILD"] = str(build)
    return environment


class _MemoryWatch:
    """Peak resident memory of a process, sampled while the block runs."""

    def __init__(self, pid, interval=0.05):
        import psutil

        self._process = psutil.Process(pid)
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.peak_mb = self.largest_mb = 0.0

    def restart(self):
        """Begin a new peak, for the next cell."""
        self.peak_mb = 0.0
        self.look()

    def look(self):
        """Take one sample; returns the peak so far."""
        import psutil

        try:
            now = self._process.memory_info().rss / 1e6
        except psutil.Error:  # the process has ended
            now = 0.0
        self.peak_mb = max(self.peak_mb, now)
        self.largest_mb = max(self.largest_mb, now)
        return self.peak_mb

    def _sample(self):
        while not self._stop.wait(self._interval):
            self.look()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()


def save(notebook, path):
    """Write ``notebook`` whole, valid, with a final newline."""
    import nbformat

    nbformat.validate(notebook)
    with written_whole(path) as temporary:
        temporary.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def difference(source, path, lang):
    """The first way in which the notebook at ``path`` is not its source's; ``""`` if none.

    Code, prose, order, ids and metadata count; outputs do not.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        return "is not there"
    try:
        found = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, KeyError, nbformat.ValidationError) as error:
        return f"is no notebook ({' '.join(str(error).split())[:80]})"
    wanted = from_source(source, lang)
    if found.metadata != wanted.metadata:
        return "has other metadata"
    for number, (have, want) in enumerate(zip(found.cells, wanted.cells, strict=False), start=1):
        if (have.cell_type, have.source) != (want.cell_type, want.source):
            return f"differs in cell {number}: {_first_difference(have.source, want.source)}"
        if have.get("id") != want.id:
            return f"has another id in cell {number}"
    if len(found.cells) != len(wanted.cells):
        return f"has {len(found.cells)} cells where its source has {len(wanted.cells)}"
    return ""


def _first_difference(have, want):
    have, want = have.splitlines(), want.splitlines()
    for place in range(max(len(have), len(want))):
        left = have[place] if place < len(have) else ""
        right = want[place] if place < len(want) else ""
        if left != right:
            return f"{left[:60]!r}, in the source {right[:60]!r}"
    return "another kind of cell"


def keep_outputs(notebook, path):
    """Move the outputs of the notebook at ``path`` into ``notebook`` where all code is the same.

    Returns whether that was so; if not, ``notebook`` is left as it was.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        return False
    old = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    before = [cell for cell in old.cells if cell.cell_type == "code"]
    after = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if [cell.source for cell in before] != [cell.source for cell in after]:
        return False
    for kept, cell in zip(before, after, strict=True):
        cell.outputs, cell.execution_count = kept.outputs, kept.execution_count
    return True
