"""What the numbers of an experiment rest on: the code behind a function, as text to be hashed."""

import ast
import inspect
import re
import textwrap

#: The rooms whose code makes numbers; messages, places, downloads and conversions make none.
_ROOMS = ("rnn_tf.claims", "rnn_tf.reference", "rnn_tf.datasets", "rnn_tf.text")
_ELSEWHERE = ("rnn_tf.reference.convert", "rnn_tf.datasets.base")


def behind(function):
    """The function, and the functions, classes and constants that it uses, one text each.

    They are followed by name and through modules (``reference.GRU``) within ``_ROOMS``, but not
    through imports inside a function, which are for TensorFlow. Comments, layout, docstrings and
    errors that are raised do not count.
    """
    found, waiting = {}, [function]
    while waiting:
        one = waiting.pop()
        place = f"{one.__module__}.{one.__qualname__}"
        if place in found:
            continue
        source = textwrap.dedent(inspect.getsource(one))
        if "<lambda>" in place:  # a line of a table, which is no whole statement
            found[f"{place} {source.strip()}"] = ""
            continue
        found[place] = _text(_Essence().visit(without_docstrings(ast.parse(source))))
        if inspect.isclass(one):
            waiting += filter(_counts, one.__bases__)
        for name, value in _used_by(one):
            if _counts(value):
                waiting.append(value)
            elif isinstance(value, (int, float, str, tuple, dict)):
                found[f"{one.__module__}.{name}"] = _constant(value)
                inside = value.values() if isinstance(value, dict) else ()
                waiting += filter(_counts, map(inspect.unwrap, inside))
    return [f"{name}: {text}" for name, text in sorted(found.items())]


def without_docstrings(tree):
    """The same tree of code, docstrings of functions and classes taken out in place."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


class _Essence(ast.NodeTransformer):
    def visit_Raise(self, node):
        return ast.Pass()


def _text(node):
    """The tree as text, the same in every version of Python (``ast.unparse`` changes quotes)."""
    if isinstance(node, list):
        return f"[{', '.join(map(_text, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    # What is empty is left out: newer versions have fields that older ones lack.
    fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, [])]
    return f"{type(node).__name__}({', '.join(f'{n}={_text(v)}' for n, v in fields)})"


def _counts(value):
    if not (inspect.isfunction(value) or inspect.isclass(value)):
        return False
    return value.__module__.startswith(_ROOMS) and not value.__module__.startswith(_ELSEWHERE)


def _used_by(one):
    """Names and values of the globals of a function, or of a class's methods."""
    for function in _functions(one):
        names = _names(function.__code__)
        for name in sorted(names & function.__globals__.keys() - {"__name__", "__file__"}):
            value = function.__globals__[name]
            yield name, inspect.unwrap(value)
            yield from _taken(value, names)


def _taken(module, names, depth=2):
    """What of ``names`` may have been taken from a module, or from one inside it."""
    if depth and inspect.ismodule(module) and module.__name__.startswith(_ROOMS):
        for name in sorted(names):
            value = getattr(module, name, None)
            if _counts(inspect.unwrap(value)):
                yield name, inspect.unwrap(value)
            yield from _taken(value, names, depth - 1)


def _functions(one):
    if inspect.isfunction(one):
        return [one]
    parts = (getattr(x, "fget", None) or getattr(x, "__func__", x) for x in vars(one).values())
    found = (x for x in map(inspect.unwrap, parts) if inspect.isfunction(x))
    # Newer versions of Python give a dataclass more functions of their own.
    return [x for x in found if x.__module__ == one.__module__]


def _names(code):
    inner = (const for const in code.co_consts if inspect.iscode(const))
    return {*code.co_names, *(name for const in inner for name in _names(const))}


def _constant(value):
    """Its text, without addresses in memory and whether NumPy or Python made a number.

    Since Python 3.12 a comprehension is no scope: a lambda's name has none of it.
    """
    plain = float(value) if isinstance(value, float) else value
    return re.sub(r" at 0x\w+|<(list|set|dict)comp>\.", "", repr(plain))
