"""The ``rnn-tf`` command: thin; what it does lies in the library."""

import contextlib
import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

import click

from rnn_tf import __version__
from rnn_tf.course import catalogue, results, running
from rnn_tf.course.settings import LANGUAGES, MODES, PARTS
from rnn_tf.errors import InputError

#: Sub-commands that live beside what they command: ``"name": "module:attribute"``. The module is
#: imported when its name is typed.
ELSEWHERE = {
    "bench": "rnn_tf.course.bench:command",
    "claims": "rnn_tf.course.claims:command",
    "ledger": "rnn_tf.course.ledger:command",
}


class _Commands(click.Group):
    def list_commands(self, context):
        return sorted([*super().list_commands(context), *ELSEWHERE])

    def get_command(self, context, name):
        if name in ELSEWHERE:
            module, attribute = ELSEWHERE[name].split(":")
            return getattr(import_module(module), attribute)
        return super().get_command(context, name)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  rnn-tf list                      the lessons, with the time and memory they take
  rnn-tf run                       all lessons in class mode
  rnn-tf run 1 gates --lang zh     two lessons, in Chinese
  rnn-tf run 5 --mode full         one lesson in its long version
  rnn-tf run 3 --part lab          its exercises, solved and checked; autopsy, appendix, all
  rnn-tf lab --lang zh             read and change the lessons in JupyterLab
  rnn-tf doctor                    is this machine ready?
""",
)
@click.version_option(__version__, prog_name="rnn-tf")
def cli():
    """Recurrent networks with Keras and TensorFlow: lessons that run and prove what they say."""


_lang = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    envvar="RNN_TF_LANG",
    help="Language of lessons and tables; RNN_TF_LANG or en.",
)


@cli.command("list")
@_lang
def list_(lang):
    """The lessons, with what they take in each mode."""
    from rnn_tf.course import report

    report.catalogue(catalogue.lessons(), lang)


@cli.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="class",
    envvar="RNN_TF_MODE",
    help="class: the short version; full: the long one; RNN_TF_MODE or class.",
)
@_lang
@click.option(
    "--part",
    type=click.Choice((*PARTS, "course", "all")),
    default="lesson",
    show_default=True,
    help="Part of each lesson; course: the lesson and the lab's solutions.",
)
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    default="build",
    show_default=True,
    help="Folder for notebooks, figures and results.json.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Lessons at a time; two where cores and memory allow. One gives the truest seconds.",
)
@click.pass_context
def run(context, lessons, mode, lang, part, build, jobs):
    """Run lessons and hold every result against its band.

    LESSON is a name or a number: 01_by_hand, by_hand, 1. Without one, all are run. The exit
    status is 1 if a lesson fails or a result leaves its band.
    """
    from rnn_tf.course import report

    todo = [(one, lang) for lesson in _chosen(lessons) for one in _parts(lesson, part)]
    if not todo:
        raise InputError(f"part: got {part!r}, which no lesson chosen has")
    jobs = min(jobs or running.suitable_jobs(), len(todo))
    started = time.perf_counter()
    with report.progress(lang) as step:
        outcomes = running.run_all(todo, mode=mode, build=build, jobs=jobs, step=step)
    took = time.perf_counter() - started
    report.outcomes(outcomes, lang, took, results.write_results(outcomes, build))
    context.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


def _chosen(names):
    """The lessons named, each once, in the order given; all lessons where none is named."""
    found = [catalogue.find(name) for name in names]
    return list({lesson.name: lesson for lesson in found}.values()) or catalogue.lessons()


def _parts(lesson, wanted):
    """The parts of a lesson that are called for, as far as it has them."""
    names = {"all": PARTS, "course": ("lesson", "lab")}.get(wanted, (wanted,))
    return [lesson.parts[name] for name in names if name in lesson.parts]


@cli.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON]...")
@click.option("--lang", type=click.Choice(LANGUAGES), help="Only this language; else both.")
@click.option(
    "--check", is_flag=True, help="Write nothing; fail if a notebook is not its source's."
)
@click.option("--prose", is_flag=True, help="Only prose was changed: keep outputs, run nothing.")
@click.pass_context
def build(context, lessons, lang, check, prose):
    """Build the committed notebooks from the lesson sources, executed.

    One way only: an edit of a notebook is lost; edit chapters/NN_name/.
    """
    from rnn_tf.course import notebooks, report

    todo = [
        (part, one)
        for lesson in _chosen(lessons)
        for part in lesson.notebooks
        for one in ([lang] if lang else LANGUAGES)
    ]
    if check:
        found = [notebooks.difference(part, part.notebook(one), one) for part, one in todo]
    else:
        jobs = running.suitable_jobs()
        with report.progress(lang or "en") as step:
            found = running.build_all(todo, prose_only=prose, jobs=jobs, step=step)
    named = zip(todo, found, strict=True)
    faults = [f"{one}/{p.lesson}/{p.name}.ipynb: {fault}" for (p, one), fault in named if fault]
    for fault in faults:
        click.echo(fault, err=True)
    if faults and check:
        click.echo("mend: rnn-tf build", err=True)
    context.exit(1 if faults else 0)


@cli.command()
@_lang
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default="lessons",
    show_default=True,
    help="Your own copy of the notebooks; what is there already is kept.",
)
@click.option("--no-browser", is_flag=True, help="Start the server only and print its address.")
@click.argument("arguments", nargs=-1, metavar="[-- JUPYTER-ARGUMENTS]...")
@click.pass_context
def lab(context, lang, folder, no_browser, arguments):
    """Read, run and change the lessons in JupyterLab, on a copy of your own."""
    from rnn_tf.course import lab as own

    copied = own.copy_notebooks(folder)
    click.echo(f"{folder}: {copied} notebooks copied, those already there kept")
    context.exit(own.open_lab(folder / lang, browser=not no_browser, arguments=arguments))


@cli.command()
@click.pass_context
def doctor(context):
    """Is this machine ready? PASS or FAIL for each point, and how to mend each FAIL."""
    from rnn_tf.course import doctor, report

    rows = doctor.examine()
    report.checks(rows)
    context.exit(0 if all(row.passed for row in rows) else 1)


def main(arguments=None):
    """Entry point: errors of use become one line on stderr and a non-zero exit status."""
    _streams_that_take_everything()
    try:
        status = cli.main(arguments, prog_name="rnn-tf", standalone_mode=False)
        sys.stdout.flush()
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the second Ctrl-C waits for nothing
        status = _end(130, "interrupted: what was being written is left as it was before")
    except click.ClickException as error:
        status = _end(error.exit_code, error)
    except InputError as error:
        status = _end(2, f"rnn-tf: {error}")
    except ImportError as error:  # a package that is missing, broken, or not the one to be used
        status = _end(2, f"rnn-tf: {error}: rnn-tf doctor says more")
    except BrokenPipeError:  # as in: rnn-tf list | head -1
        status = 1
    except OSError as error:
        # What fails to take the output does not give its name.
        named = error.filename or ("" if _takes(sys.stdout, "\n") else "standard output")
        status = _end(2, ": ".join(filter(None, ["rnn-tf", named, error.strerror or str(error)])))
    for stream in (sys.stdout, sys.stderr):
        if not _takes(stream):  # or Python would try once more, and complain
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(status if isinstance(status, int) else 0)


def _streams_that_take_everything():
    """Neither a closed stream nor a console that lacks a glyph stops a run."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # started as in: rnn-tf list >&-
            nowhere = open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, nowhere)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _end(status, words):
    """Say why the command ends, as far as there is somebody to hear it; its exit status."""
    with contextlib.suppress(OSError):
        words.show() if isinstance(words, click.ClickException) else click.echo(words, err=True)
    return status


def _takes(stream, text=""):
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        return False
    return True
