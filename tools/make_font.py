"""Rebuild rnn_tf/course/_fonts/NotoSansSC-subset.otf, the glyphs of Chinese labels.

    python tools/make_font.py NotoSansCJK-Regular.ttc [--number 2]

The font file is Noto Sans CJK Regular as systems ship it (Debian: fonts-noto-cjk); ``--number``
is the place of the simplified Chinese face in a collection. Needs fontTools, which matplotlib
brings along.
"""

import argparse
from pathlib import Path

from fontTools import subset

FONTS = Path(__file__).resolve().parent.parent / "rnn_tf" / "course" / "_fonts"
TARGET = FONTS / "NotoSansSC-subset.otf"
#: A name of its own: matplotlib must not take a system font of the same name for it.
FAMILY = "RNN TF Sans SC"
MARKS = "·×÷Δαβθσ—‘’“”…℃←↑→↓∂∑√∞≈≠≤≥⊙、。《》「」【】！％（）＋，－：；＝？～"


def characters():
    """All 6,763 characters of GB2312 (level 1 lacks 熵), printable ASCII, punctuation, signs."""
    rows = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    common = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
    return common + "".join(map(chr, range(0x20, 0x7F))) + MARKS


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("font", type=Path)
    parser.add_argument("--number", type=int, default=2)
    parser.add_argument("--to", type=Path, default=TARGET)
    given = parser.parse_args()
    options = subset.Options(
        font_number=given.number if given.font.suffix == ".ttc" else -1,
        hinting=False,
        layout_features=[],
        name_IDs=["*"],
        notdef_outline=True,
    )
    font = subset.load_font(given.font, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters())
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 16):
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    subset.save_font(font, given.to, options)
    print(f"{given.to}: {len(font.getBestCmap())} characters, {given.to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
