"""Running and building parts of lessons, and what became of it."""

import contextlib
import re
import time
from concurrent import futures
from dataclasses import dataclass, field
from pathlib import Path

from rnn_tf import paths
from rnn_tf.course import results, workspaces
from rnn_tf.course.catalogue import Part
from rnn_tf.course.session import rows_file
from rnn_tf.errors import InputError
from rnn_tf.threads import cores

_PACKAGE = Path(paths.__file__).parent


@dataclass
class Outcome:
    """What became of one run of one part of a lesson."""

    part: Part
    lang: str
    mode: str
    notebook: Path
    seconds: float = 0.0
    peak_mb: float = 0.0
    cells: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    error: str = ""

    @property
    def passed(self):
        """It ran to its end and every result lies in its band."""
        return not self.error and all(row["in_band"] for row in self.rows)

    @property
    def over_budget(self):
        """It took more time or memory than its header states."""
        budget = self.part.budgets[self.mode]
        return self.seconds > budget.seconds or self.peak_mb > budget.memory_mb


def run(part, *, mode="class", lang="en", build="build", cores=None, watch=None):
    """Execute one part as a notebook and collect notebook, figures and results in ``build``.

    Args:
        cores: so many at most for it; ``None`` sets no limit.
        watch: called as ``watch(done, total)`` after each code cell.

    Returns an ``Outcome``. An error in the lesson is recorded there and does not raise; its
    notebook, saved up to that cell, shows it.
    """
    from rnn_tf.course import execution, notebooks

    build = Path(build).absolute()
    part = part.runs_as
    outcome = Outcome(part, lang, mode, build / "notebooks" / lang / f"{part.id}.{mode}.ipynb")
    paths.check_target(outcome.notebook)  # now, not after minutes
    paths.check_writable(build / "figures")
    notebook = notebooks.from_source(part, lang)
    started = time.perf_counter()
    report = execution.execute(
        notebook, mode=mode, lang=lang, build=build, cores=cores, watch=watch
    )
    outcome.seconds = time.perf_counter() - started
    outcome.cells, outcome.peak_mb, outcome.error = report.cells, report.peak_mb, report.error
    rows = report.rows.get(rows_file(part.rows_id, lang, mode))
    if rows is None and not outcome.error and _states_results(notebook):
        outcome.error = f"no result was written: is it begin({part.lesson!r})?"
    outcome.rows = rows or []
    notebooks.save(notebook, outcome.notebook)
    return outcome


def _states_results(notebook):
    """Whether the code has a ``lesson.result("key", ...)``."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return bool(re.search(r"""\.result\(\s*["']""", code))


def run_all(todo, *, mode="class", build="build", jobs=1, step=None):
    """Run parts of lessons, ``jobs`` at a time; their ``Outcome`` objects in the order given.

    The jobs share the cores evenly: two that each use both take a third longer for the same work.

    Args:
        todo: pairs ``(part, lang)``.
        step: called as ``step(part, lang)`` when one begins; a context manager that gives
            the ``watch`` of ``run``.

    Ctrl-C ends all kernels at once and raises ``KeyboardInterrupt``; SIGTERM and SIGHUP likewise
    end it with ``SystemExit``. Raises ``InputError`` while another process runs lessons in
    ``build``, and where results could not be written there.
    """

    def one(part, lang):
        with step(part, lang) if step else contextlib.nullcontext() as watch:
            return run(part, mode=mode, lang=lang, build=build, cores=_share(jobs), watch=watch)

    with workspaces.only_run_in(build):
        paths.check_target(results.results_file(build))
        return _side_by_side(one, todo, jobs)


def _side_by_side(work, todo, jobs):
    """``[work(*arguments) for arguments in todo]``, ``jobs`` at a time; Ctrl-C ends all of them."""
    from rnn_tf.course import execution

    with execution.interruptible(), futures.ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(work, *arguments) for arguments in todo]
        try:
            # In short waits: a long one cannot be interrupted on Windows.
            while futures.wait(running, 0.2, futures.FIRST_EXCEPTION).not_done:
                for future in running:
                    if future.done():
                        future.result()  # raises what stopped it
            return [future.result() for future in running]
        finally:
            pool.shutdown(cancel_futures=True)


def _share(jobs):
    """The cores for each of so many jobs; ``None``, no limit, for a single one."""
    return max(1, cores() // jobs) if jobs > 1 else None


def suitable_jobs():
    """Two lessons at a time where there are two cores and memory for both, else one."""
    import psutil

    return 2 if cores() > 1 and psutil.virtual_memory().available > 4e9 else 1


def build(part, lang, *, prose_only=False, cores=None, watch=None):
    """Write a part's committed notebook: executed in the mode that its words name, results checked.

    The lab is not executed: it waits for its reader. Its solutions are.

    Args:
        prose_only: keep the outputs that are there and run nothing; refused where code changed.
        cores: so many at most for it; ``None`` sets no limit.

    Returns what went wrong in words, and then leaves the old notebook alone; ``""`` if nothing.
    Raises ``InputError`` where the lessons are those of an installed package.
    """
    from rnn_tf.course import notebooks

    target = part.notebook(lang)
    if target.is_relative_to(_PACKAGE):
        raise InputError(
            "an installed package is not built: work in a clone, or set RNN_TF_CHAPTERS"
        )
    paths.check_writable(target.parent)
    if prose_only or part.name == "lab":
        notebook = notebooks.from_source(part, lang)
        if part.name != "lab" and not notebooks.keep_outputs(notebook, target):
            return "its code is not the notebook's: build it without --prose"
        notebooks.save(notebook, target)
        return ""
    outcome = run(part, mode=part.built_in, lang=lang, cores=cores, watch=watch)
    if not outcome.passed:
        missed = [row["title"][lang] for row in outcome.rows if not row["in_band"]]
        return outcome.error or f"outside its band: {', '.join(missed)}"
    with paths.written_whole(target) as temporary:
        temporary.write_bytes(outcome.notebook.read_bytes())
    return ""


def build_all(todo, *, prose_only=False, jobs=1, step=None):
    """``build`` for pairs ``(part, lang)``, ``jobs`` at a time; what went wrong with each."""

    def one(part, lang):
        with step(part, lang) if step else contextlib.nullcontext() as watch:
            return build(part, lang, prose_only=prose_only, cores=_share(jobs), watch=watch)

    with contextlib.nullcontext() if prose_only else workspaces.only_run_in("build"):
        return _side_by_side(one, todo, jobs)
