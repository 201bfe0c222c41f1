"""Running a notebook in a fresh kernel of this interpreter, and what it took."""

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rnn_tf import paths


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
        with (
            interruptible(),
            _nothing_half_written(build, environment["RNN_TF_WRITER"]),
            _kernel(client, env=environment, cwd=work),
            _MemoryWatch(client.km.provisioner.pid) as memory,
        ):
            try:
                for index, cell in enumerate(notebook.cells):
                    if cell.cell_type != "code":
                        continue
                    _go_on()
                    started = time.perf_counter()
                    memory.restart()
                    client.execute_cell(cell, index, execution_count=len(report.cells) + 1)
                    seconds = round(time.perf_counter() - started, 3)
                    peak_mb = round(memory.look())
                    report.cells.append({"cell": index, "seconds": seconds, "peak_mb": peak_mb})
                    if watch:
                        watch(len(report.cells), total)
            except CellExecutionError as error:
                words = " ".join(f"{error.ename}: {error.evalue}".split())
                report.error = f"cell {index}: {words[:240]}"
            except DeadKernelError:
                _go_on()
                report.error = f"cell {index}: the kernel died (out of memory?)"
            report.peak_mb = memory.largest_mb
    return report


_running = set()  # the clients whose kernels Ctrl-C must end
_stop = threading.Event()


@contextlib.contextmanager
def interruptible():
    """Within it Ctrl-C ends all kernels; what waits for them then ends with ``KeyboardInterrupt``.

    The exception itself, raised anywhere inside an event loop, could get lost there. In a thread,
    or inside another such block, it does nothing.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGINT) is _end_kernels:
        yield
        return
    _stop.clear()
    before = signal.signal(signal.SIGINT, _end_kernels)
    try:
        yield
    except Exception:
        if not _stop.is_set():
            raise
    finally:
        signal.signal(signal.SIGINT, before)
    if _stop.is_set():
        raise KeyboardInterrupt


def _end_kernels(*_):
    if _stop.is_set():  # the second Ctrl-C does not wait
        raise KeyboardInterrupt
    _stop.set()
    for client in list(_running):
        process = client.km and client.km.provisioner and client.km.provisioner.process
        if process:
            process.kill()


@contextlib.contextmanager
def _kernel(client, **named):
    """The client's kernel, running; ended with the block, at once if it was interrupted."""
    _running.add(client)
    try:
        with client.setup_kernel(**named):
            try:
                yield
            finally:
                if _stop.is_set():
                    client.shutdown_kernel = "immediate"
    finally:
        _running.discard(client)


@contextlib.contextmanager
def _nothing_half_written(build, writer):
    """A kernel that was killed, by Ctrl-C or for want of memory, could not tidy up itself."""
    try:
        yield
    finally:
        for folder in filter(None, (build, paths.cache_folder())):
            paths.remove_unfinished(folder, writer)


def _go_on():
    if _stop.is_set():
        raise KeyboardInterrupt


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
        "RNN_TF_WRITER": work.name,
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
