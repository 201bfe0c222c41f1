"""Which lessons there are, what each part of them needs, and the words that stand beside its code.

A lesson is a folder ``chapters/NN_name``. Each of its parts (``settings.PARTS``) is a
percent-format source, ``lesson.py``, and a file of words, ``lesson.yaml``, beside it:

    title: {en: ..., zh: ...}
    articles: ["003 §3.3"]                  # sections of the articles that it repairs
    class: {seconds: 20, memory_mb: 900}    # what it may take on two cores, in each mode
    full: {seconds: 120, memory_mb: 1200}
    built_in: full                          # mode of the committed notebook; class if absent
    plan: [{minutes: 5, en: ..., zh: ...}]  # how 45 minutes with a class are spent
    results:                                # what ``lesson.result(key, …)`` says and wants
      key: {title: {en: , zh: }, baseline: {en: , zh: }, at_least: 0.9, at_most: , unit: , digits: }
    figures:                                # what ``lesson.figure(figure, name)`` says
      name: {caption: {en: , zh: }, alt: {en: , zh: }}
    code: {"English in the code": "its Chinese"}
    as_is: ["text that is right in either language"]
"""

import difflib
import math
import reprlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from rnn_tf import files, paths
from rnn_tf.course.settings import LANGUAGES, MODES, PARTS
from rnn_tf.errors import InputError, unusable

_RESULT = {"title", "baseline", "at_least", "at_most", "unit", "digits"}


@dataclass(frozen=True)
class Budget:
    """What a part may take on two cores: wall-clock seconds and peak memory in MB."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True)
class Part:
    """One part of a lesson: a source and its words.

    Attributes:
        lesson: name of the lesson's folder, e.g. ``"01_by_hand"``.
        name: one of ``settings.PARTS``, or ``"solutions"``: the lab with its blanks filled in.
        source: the percent-format source.
        title: ``{"en": ..., "zh": ...}``
        articles: sections of the articles it repairs, e.g. ``("001 §3.2", "002")``.
        budgets: ``{"class": Budget, "full": Budget}``
        built_in: the mode of the committed notebook.
        plan, results, figures, code, as_is: as in the file of words, see above.
    """

    lesson: str
    name: str
    source: Path
    title: dict
    articles: tuple
    budgets: dict
    built_in: str = "class"
    plan: tuple = ()
    results: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    code: dict = field(default_factory=dict)
    as_is: tuple = ()

    @property
    def id(self):
        """Its name among all parts: ``"01_by_hand"`` for the lesson, else ``"01_by_hand.lab"``."""
        return self.lesson if self.name == "lesson" else f"{self.lesson}.{self.name}"

    @property
    def rows_id(self):
        """The ``id`` under which its results are written: the solutions are the lab's source."""
        return f"{self.lesson}.{self.source.stem}" if self.source.stem != "lesson" else self.lesson

    @property
    def number(self):
        """The lesson's number: before the first underscore."""
        return int(self.lesson.split("_")[0])

    @property
    def runs_as(self):
        """What is run of it: itself, or of the lab the solutions."""
        return replace(self, name="solutions") if self.name == "lab" else self

    def notebook(self, lang, folder=None):
        """Where its committed notebook lies."""
        return (folder or self.source.parent.parent) / lang / self.lesson / f"{self.name}.ipynb"


@dataclass(frozen=True)
class Lesson:
    """One lesson of the catalogue: its name and its parts by name, ``"lesson"`` first."""

    name: str
    parts: dict

    @property
    def main(self):
        """The part that is the lesson itself."""
        return self.parts["lesson"]

    @property
    def number(self):
        """The number before the first underscore."""
        return self.main.number

    @property
    def notebooks(self):
        """All that is built of it: its parts, and the solutions beside the lab."""
        found = {one.name: one for part in self.parts.values() for one in (part, part.runs_as)}
        return list(found.values())


def lessons(folder=None):
    """All lessons in order: the folders ``chapters/NN_*`` with a ``lesson.py``.

    Raises ``DataError`` for a folder without lessons or a file of words that lacks something.
    """
    folder = Path(folder) if folder else paths.chapters_folder()
    sources = sorted(folder.glob("[0-9][0-9]_*/lesson.py"))
    if not sources:
        raise unusable(folder, "no lesson", "folders like 01_by_hand with a lesson.py in them")
    return [_lesson(source.parent) for source in sources]


def _lesson(folder):
    parts = {}
    for name in PARTS:
        if (folder / f"{name}.py").exists():
            parts[name] = read_part(folder / f"{name}.py")
    return Lesson(folder.name, parts)


def read_part(source):
    """The ``Part`` of one source, with the words that lie beside it. Raises ``DataError``."""
    words = source.with_suffix(".yaml")
    text = files.read_text(words)
    try:
        about = _yaml(text)
        return Part(
            lesson=source.parent.name,
            name=source.stem,
            source=source,
            title=_both(about["title"]),
            articles=tuple(_line(article) for article in about.get("articles", ())),
            budgets={mode: _budget(**about[mode]) for mode in MODES},
            built_in=_mode(about.get("built_in", "class")),
            plan=tuple(_stretch(**entry) for entry in about.get("plan", ())),
            results={_line(key): _result(**r) for key, r in about.get("results", {}).items()},
            figures={_line(key): _figure(**f) for key, f in about.get("figures", {}).items()},
            code={_text(en): _text(zh) for en, zh in about.get("code", {}).items()},
            as_is=tuple(_text(text) for text in about.get("as_is", ())),
        )
    except (
        *(yaml.YAMLError, LookupError, TypeError, ValueError),
        *(AttributeError, OverflowError, RecursionError),
    ) as error:
        fault = ascii(f"{type(error).__name__}: {error}"[:160])[1:-1]
        raise unusable(
            words,
            f"a fault ({fault})",
            "title {en, zh}, articles, class and full {seconds, memory_mb}, results, figures, code",
        ) from error


#: Safe both; the one in C, where PyYAML has it, is many times as quick.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _yaml(text, deepest=10):
    """A YAML document without aliases, of which a few lines could stand for gigabytes."""
    depth = 0
    for event in yaml.parse(text, _LOADER):  # step by step: time grows with the square of the depth
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > deepest or isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases, or brackets nested deep")
    return yaml.load(text, _LOADER)


def _text(value):
    if not isinstance(value, str) or not value.replace("\n", "").isprintable():
        raise ValueError(f"{reprlib.repr(value)} is no text")
    return value


def _line(value):
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError(f"{reprlib.repr(value)} is no line of text")
    return value


def _both(words):
    return {lang: _line(words[lang]) for lang in LANGUAGES}


def _mode(value):
    if value not in MODES:
        raise ValueError(f"{reprlib.repr(value)} is no mode")
    return value


def _number(value):
    if type(value) not in {int, float} or not math.isfinite(value):
        raise ValueError(f"{reprlib.repr(value)} is no number")
    return value


def _budget(seconds, memory_mb):
    for value in (seconds, memory_mb):
        if _number(value) <= 0:
            raise ValueError(f"{value} is no number above 0")
    return Budget(seconds, memory_mb)


def _stretch(minutes, en, zh):
    return {"minutes": _number(minutes), "en": _line(en), "zh": _line(zh)}


def _figure(caption, alt):
    return {"caption": _both(caption), "alt": _both(alt)}


def _result(title, **given):
    if unknown := given.keys() - _RESULT:
        raise ValueError(f"{sorted(unknown)} are not among {sorted(_RESULT)}")
    found = {"title": _both(title)}
    if "baseline" in given:
        found["baseline"] = _both(given["baseline"])
    for name in ("at_least", "at_most", "digits"):
        if name in given:
            found[name] = _number(given[name])
    if "unit" in given:
        found["unit"] = _line(given["unit"])
    return found


def find(wanted, folder=None):
    """The lesson called ``wanted``: its name (``01_by_hand``, ``by_hand``) or number (``1``).

    Raises ``InputError`` that suggests the nearest right name.
    """
    catalogue = lessons(folder)
    wanted = str(wanted).rstrip("/")
    for lesson in catalogue:
        if wanted in (lesson.name, lesson.name.split("_", 1)[1]):
            return lesson
        if wanted.isdecimal() and int(wanted) == lesson.number:
            return lesson
    names = [lesson.name for lesson in catalogue]
    short = {name.split("_", 1)[1]: name for name in names}
    near = difflib.get_close_matches(wanted, [*names, *short], n=1, cutoff=0.4)
    if near:
        hint = f"did you mean {short.get(near[0], near[0])}?"
    else:
        hint = f"there are {', '.join(names)}"
    raise InputError(f"no lesson is called {wanted!r}: {hint}")
