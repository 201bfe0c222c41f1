"""One code, two languages: the code of a source is English, its Chinese stands beside it.

A part's words file has a table ``code``: a comment, a docstring or a text as it stands in the
code, and its Chinese. The Chinese notebook gets the same code with these words exchanged, so that
either notebook shows what a student would write, in one language.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass

HAN = re.compile("[\u3400-\u9fff]")
#: Two English words in a row: prose, not a name or a shape.
_PROSE = re.compile(r"[A-Za-z]{3,}[ :;]+[A-Za-z]{2,}")


@dataclass(frozen=True)
class Wording:
    """Words in code: where they stand, what they say, and how to write others in their place.

    Attributes:
        start, end: characters of the code from ``start`` up to ``end``.
        kind: ``"comment"``, ``"docstring"``, ``"text"`` or ``"f-string"``.
        words: what they say: a comment without its ``#``, an f-string as written between quotes.
    """

    start: int
    end: int
    kind: str
    words: str

    def written(self, words):
        """Source code that says ``words``."""
        if self.kind == "comment":
            return f"# {words}"
        if self.kind == "docstring":
            return f'"""{words}"""'
        quote = "'" if '"' in words else '"'
        if self.kind == "f-string":
            return f"f{quote}{words}{quote}"
        return repr(words) if "\n" in words or "\\" in words else f"{quote}{words}{quote}"


def wordings(code):
    """Every comment, docstring and text of the code, in the order in which they stand."""
    places = _Places(code)
    found = [
        Wording(places.at(*token.start), places.at(*token.end), "comment", token.string[1:].strip())
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT
    ]
    tree = ast.parse(code)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None
    }
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside.update(id(part) for part in ast.walk(node) if part is not node)
            if id(node) in inside:
                continue
            start, end = places.of(node)
            written = code[start:end]
            prefix = re.match(r"[a-zA-Z]*(\"\"\"|'''|\"|')", written)
            words = written[prefix.end() : -len(prefix[1])]
            found.append(Wording(start, end, "f-string", words))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in inside:
                continue
            kind = "docstring" if id(node) in docstrings else "text"
            found.append(Wording(*places.of(node), kind, node.value))
    return sorted(found, key=lambda wording: wording.start)


def translated(code, table):
    """The code with every wording that ``table`` knows in its other language."""
    for wording in reversed(wordings(code)):
        if wording.words in table:
            other = wording.written(table[wording.words])
            code = code[: wording.start] + other + code[wording.end :]
    return code


def foreign(code, lang, as_is=()):
    """Words of the code that are not in the language: of another script, or English prose.

    Args:
        as_is: texts that are right in either language, such as the text a model reads.
    """
    found = []
    for wording in wordings(code):
        if any(text in wording.words for text in as_is):
            continue
        bare = (
            re.sub(r"\{[^{}]*\}", " ", wording.words)
            if wording.kind == "f-string"
            else (wording.words)
        )
        if bool(HAN.search(bare)) if lang == "en" else _is_english(bare):
            found.append(wording.words)
    return found


def _is_english(words):
    return not HAN.search(words) and bool(_PROSE.search(words))


class _Places:
    """Lines and columns of a code, as positions in it; ``ast`` counts columns in UTF-8 bytes."""

    def __init__(self, code):
        self._lines = code.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line, column):
        return self._starts[line - 1] + column

    def of(self, node):
        return tuple(
            self.at(line, len(self._lines[line - 1].encode()[:column].decode()))
            for line, column in (
                (node.lineno, node.col_offset),
                (node.end_lineno, node.end_col_offset),
            )
        )
