"""Running a notebook in a fresh kernel of this interpreter, and what it took."""

import contextlib
import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

from rnn_tf import threads
from rnn_tf.course import workspaces


@dataclass
class Report:
    """What one execution took and gave.

    A row for each code cell, the kernel's peak memory, the error; and the result rows that the
    lesson wrote, by the name of their file (``session.rows_file``).
    """

    cells: list = field(default_factory=list)
    peak_mb: float = 0.0
    error: str = ""
    rows: dict = field(default_factory=dict)


def execute(notebook, *, mode, lang, build=None, cores=None, watch=None):
    """Run all code cells in a fresh kernel of this interpreter; outputs go into ``notebook``.

    Args:
        build: folder for figures; ``None`` writes none and collects no result rows.
        cores: so many at most for the kernel; ``None`` sets no limit.
        watch: called as ``watch(done, total)`` after each code cell.

    Returns a ``Report``. The first error ends the run and is reported, not raised, and so is a
    kernel that does not start.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    report = Report()
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    with interruptible(), workspaces.private() as work, workspaces.tidy(build):
        client = NotebookClient(
            notebook,
            km=_kernel_manager(work),
            timeout=None,
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        client.owns_km = True  # so that the client ends the kernel
        environment = _kernel_environment(work, mode, lang, build, cores)
        index = 0
        try:
            with (
                _kernel(client, work, env=environment, cwd=work),
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
                        cost = {"cell": index, "seconds": seconds, "peak_mb": peak_mb}
                        report.cells.append(cost)
                        if watch:
                            watch(len(report.cells), total)
                finally:
                    report.peak_mb = memory.largest_mb
        except CellExecutionError as error:
            words = " ".join(f"{error.ename}: {error.evalue}".split())
            report.error = f"cell {index}: {words[:240]}"
        except DeadKernelError:
            _go_on()
            report.error = f"cell {index}: the kernel died (out of memory?)"
        except _NotStarted as error:
            report.error = f"the kernel did not start: {error}"
        for file in sorted((work / "rows").glob("*.json")):
            report.rows[file.name] = json.loads(file.read_text(encoding="utf-8"))
    return report


_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
_running = set()  # the clients whose kernels a signal must end
_stop = threading.Event()
_stopped_by = signal.SIGINT


@contextlib.contextmanager
def interruptible():
    """Within it Ctrl-C, SIGTERM and SIGHUP end all kernels; then what waits for them ends too.

    It ends with ``KeyboardInterrupt`` or, for the other two, ``SystemExit`` of the status that
    shells give, 128 + the signal's number. The exception itself, raised anywhere inside an event
    loop, could get lost there. In a thread, or inside another such block, it does nothing; a
    signal that is ignored (``nohup``) stays so.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or any(signal.getsignal(one) is _end_kernels for one in _SIGNALS):
        yield
        return
    _stop.clear()
    heard = [one for one in _SIGNALS if signal.getsignal(one) not in {signal.SIG_IGN, None}]
    before = {one: signal.signal(one, _end_kernels) for one in heard}
    try:
        yield
    except Exception:
        if not _stop.is_set():
            raise
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    _go_on()


def _end_kernels(number, _):
    global _stopped_by
    _stopped_by = number
    if _stop.is_set():  # the second Ctrl-C does not wait
        _go_on()
    _stop.set()
    for client in list(_running):
        _kill(client)


def _kill(client):
    process = client.km and client.km.provisioner and client.km.provisioner.process
    if process:
        process.kill()


def _go_on():
    if _stop.is_set():
        by_hand = _stopped_by == signal.SIGINT
        raise KeyboardInterrupt if by_hand else SystemExit(128 + _stopped_by)


class _NotStarted(Exception):
    """The kernel did not come to life; says why in one line."""


@contextlib.contextmanager
def _kernel(client, work, **named):
    """The client's kernel, running; ended with the block, at once if it was interrupted."""
    import zmq

    said = work / "kernel.log"
    _running.add(client)
    try:
        with contextlib.ExitStack() as stack:
            try:
                _check_file_handles()
                _check_loopback()
                log = stack.enter_context(said.open("wb"))
                stack.enter_context(client.setup_kernel(stderr=log, **named))
            except (OSError, RuntimeError, zmq.ZMQError) as error:
                _go_on()
                _kill(client)
                died = isinstance(error, RuntimeError)  # else the fault is on this side
                raise _NotStarted(died and _last_line(said) or error) from error
            try:
                yield
            finally:
                if _stop.is_set():
                    client.shutdown_kernel = "immediate"
    finally:
        _running.discard(client)


def _check_file_handles(needed=128):
    """With too few the messaging library ends the process, or the kernel never answers."""
    with open(os.devnull, "rb") as one, contextlib.ExitStack() as stack:
        try:
            for _ in range(needed):
                stack.callback(os.close, os.dup(one.fileno()))
        except OSError as error:
            raise OSError(
                f"{error.strerror}: {needed} more are needed, which 'ulimit -n 1024' allows"
            ) from error


def _check_loopback():
    """Kernels are talked to over 127.0.0.1; without it their start would be waited for in vain."""
    try:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            socket.create_connection(server.getsockname(), timeout=5),
        ):
            pass
    except OSError as error:
        raise OSError(f"this machine cannot connect to itself, 127.0.0.1 ({error})") from error


def _last_line(file):
    """The last line of what the kernel wrote to stderr: of a traceback, the error."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:240] for line in reversed(lines) if line.strip()), "")


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
        connection_file=str(work / workspaces.CONNECTION),
    )


def _kernel_environment(work, mode, lang, build, cores):
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
            environment[name] = os.path.abspath(environment[name])
    for name, value in (("RNN_TF_BUILD", build), ("RNN_TF_ROWS", work / "rows")):
        environment.pop(name, None)
        if build is not None:
            environment[name] = str(value)
    if cores is not None:
        environment[threads.CORES] = str(cores)
        environment.setdefault("OMP_NUM_THREADS", str(cores))  # for NumPy's products
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
