"""Parts of lessons made for a test."""

from rnn_tf.course import catalogue

WORDS = """title: {en: "Gates", zh: "门"}
articles: ["003 §3.3", "004"]
class: {seconds: 20, memory_mb: 900}
full: {seconds: 120, memory_mb: 1200}
"""


def write_part(folder, code="", words=WORDS, name="lesson"):
    """Write a source and its words into the folder of a lesson; the part itself."""
    folder.mkdir(exist_ok=True)
    source = folder / f"{name}.py"
    source.write_text(code, encoding="utf-8")
    source.with_suffix(".yaml").write_text(words, encoding="utf-8")
    return catalogue.read_part(source)
