"""Which lessons there are, and what each needs.

A lesson is one percent-format source ``chapters/NN_name.py``. Its header states title, sections
of the articles, and a budget of seconds and memory for each mode; that header is the catalogue.
"""

import difflib
import math
import reprlib
from dataclasses import dataclass
from pathlib import Path

import yaml

from rnn_tf import files, paths
from rnn_tf.errors import InputError, unusable
from rnn_tf.lesson import LANGUAGES, MODES


@dataclass(frozen=True)
class Budget:
    """What a lesson may take on two cores: wall-clock seconds and peak memory in MB."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True)
class Chapter:
    """One lesson of the catalogue.

    Attributes:
        name: name of the source without ``.py``, e.g. ``"01_by_hand"``.
        source: the percent-format source.
        title: ``{"en": ..., "zh": ...}``
        articles: sections of the articles it repairs, e.g. ``("001 §3.2", "002")``.
        budgets: ``{"class": Budget, "full": Budget}``
    """

    name: str
    source: Path
    title: dict
    articles: tuple
    budgets: dict

    @property
    def number(self):
        """The number before the first underscore."""
        return int(self.name.split("_")[0])

    def notebook(self, lang, folder=None):
        """Where the lesson's committed notebook lies."""
        return (folder or self.source.parent) / lang / f"{self.name}.ipynb"


def lessons(folder=None):
    """All lessons in order, read from the headers of ``chapters/NN_*.py``.

    Raises ``DataError`` for a folder without lessons or a header that lacks something.
    """
    folder = Path(folder) if folder else paths.chapters_folder()
    sources = sorted(folder.glob("[0-9][0-9]_*.py"))
    if not sources:
        raise unusable(folder, "no lesson", "files named like 01_by_hand.py")
    return [read_header(source) for source in sources]


def read_header(source):
    """The ``Chapter`` that the header of one source describes."""
    lines = files.read_text(source).splitlines()
    if lines[0] != "# ---" or "# ---" not in lines[1:]:
        raise unusable(source, "no header", "a YAML header between two lines '# ---'")
    try:
        about = _yaml("\n".join(line[2:] for line in lines[1 : lines.index("# ---", 1)]))
        about = about["jupyter"]["rnn_tf"]
        return Chapter(
            name=source.stem,
            source=source,
            title={lang: _words(about["title"][lang]) for lang in LANGUAGES},
            articles=tuple(_words(article) for article in about["articles"]),
            budgets={mode: _budget(**about[mode]) for mode in MODES},
        )
    except (
        *(yaml.YAMLError, LookupError, TypeError, ValueError),
        *(AttributeError, OverflowError, RecursionError),
    ) as error:
        fault = ascii(f"{type(error).__name__}: {error}"[:160])[1:-1]
        raise unusable(
            source,
            f"a header with a fault ({fault})",
            "jupyter: rnn_tf: title {en, zh}, articles, class and full {seconds, memory_mb}",
        ) from error


def _yaml(text, deepest=10):
    """A YAML document without aliases, of which a few lines could stand for gigabytes."""
    depth = 0
    for event in yaml.parse(text):  # step by step: time grows with the square of the depth
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > deepest or isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases, or brackets nested deep")
    return yaml.safe_load(text)


def _words(value):
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(f"{reprlib.repr(value)} is no line of text")
    return value


def _budget(seconds, memory_mb):
    for value in (seconds, memory_mb):
        if type(value) not in {int, float} or not 0 < value < math.inf:
            raise ValueError(f"{reprlib.repr(value)} is no number above 0")
    return Budget(seconds, memory_mb)


def find(wanted, folder=None):
    """The lesson called ``wanted``: its name (``01_by_hand``, ``by_hand``) or number (``1``).

    Raises ``InputError`` that suggests the nearest right name.
    """
    catalogue = lessons(folder)
    wanted = str(wanted).removesuffix(".py").removesuffix(".ipynb")
    for chapter in catalogue:
        if wanted in (chapter.name, chapter.name.split("_", 1)[1]):
            return chapter
        if wanted.isdecimal() and int(wanted) == chapter.number:
            return chapter
    names = [chapter.name for chapter in catalogue]
    short = {name.split("_", 1)[1]: name for name in names}
    near = difflib.get_close_matches(wanted, [*names, *short], n=1, cutoff=0.4)
    if near:
        hint = f"did you mean {short.get(near[0], near[0])}?"
    else:
        hint = f"there are {', '.join(names)}"
    raise InputError(f"no lesson is called {wanted!r}: {hint}")
