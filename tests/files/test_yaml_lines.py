"""YAML is read as people write it, with its lines; what an attacker or a slip writes is refused with one."""

import time

import pytest

from gvc_helpers.files.text import FileError
from gvc_helpers.files.yaml_lines import DEEPEST, LARGEST, dotted, parse_yaml, read_yaml

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 7)
)
LONG = "a: &a " + "x" * 100_000 + "\nb: [" + ", ".join(["*a"] * 20) + "]\n"
LADDER = "a0: &a0 [[[[[]]]]]\n" + "".join(f"a{i}: &a{i} [[[*a{i - 1}]]]\n" for i in range(1, 500))


def fault(text):
    with pytest.raises(FileError) as caught:
        parse_yaml(text, "mine.yaml")
    (line,) = str(caught.value).splitlines()
    assert len(line) < 400
    return line.removeprefix("mine.yaml")


REFUSED = {
    "not closed": ("a: 1\nb: [\n", ", line 3: not YAML: expected the node content, but found"),
    "key twice": ("a: 1\nb: {c: 1, c: 2}\n", ", line 2: b.c: stands twice"),
    "list as a key": ("a: 1\n? [a]\n: 1\n", ", line 2: a name is expected before the colon"),
    "mapping as a key": ("{a: 1}: 2\n", ", line 1: a name is expected"),
    "alias as a key": ("a: &a b\n*a : 2\n", ", line 2: a name is expected"),
    "tag": ("a: 1\nb: !!int x\n", ", line 2: the tag '!!int' has no meaning here"),
    "tag of a class": ("a: !!python/object/apply:os.system [ls]\n", "the tag '!!python/object/apply"),
    "tag of a list": ("a: !!set {b}\n", "the tag '!!set'"),
    "tag of a key": ("!!str a: b\n", "a name is expected"),
    "own tag": (f"a: !{'x' * 10_000} b\n", "the tag '!xxx"),
    "another document": ("a: 1\n---\nb: 2\n", ", line 2: another document begins here; one is expected"),
    "alias of itself": ("a: 1\nb: &b [*b]\n", ", line 2: '*b' stands for nothing that comes before it"),
    "alias of nothing": ("a: *b\n", ", line 1: '*b' stands for nothing"),
    "aliases of aliases": (LAUGHS, ", line 6: with all aliases written out, there are more than 1,000,000"),
    "aliases of a long text": (LONG, ", line 2: with all aliases written out"),
    "aliases on a ladder": (LADDER, ", line 7: more than 20 lists and mappings stand in one another"),
    "deep list": ("[" * 100_000, ", line 1: more than 20 lists and mappings"),
    "deep mapping": ("a:\n" + "".join(f"{' ' * i}a:\n" for i in range(1, 100)), ", line 22: more than 20"),
    "long": ("a: " + "x" * LARGEST, ": 1,000,003 characters are too many; 1,000,000 are allowed"),
    "control character": ("a: 1\nb: \x1b[31m\n", ", line 2: the character '\\x1b' cannot stand in a text"),
    "escaped control character": ('a: 1\nb: "\\e[31m"\n', ", line 2: the character '\\x1b'"),
    "NUL": ('a: "\\0"\n', ", line 1: the character '\\x00'"),
    "in a key": ('"a\\0": 1\n', ", line 1: the character '\\x00'"),
    "half of a character": ('a: "\\ud800"\n', ", line 1: the character '\\ud800'"),
    "no character": ('a: "\\UFFFFFFFF"\n', ": not YAML"),
    "version of many digits": ("%YAML " + "9" * 5000 + ".1\n---\na: 1\n", ": not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_nobody_means_is_refused_at_once(kind):
    text, message = REFUSED[kind]
    started = time.process_time()
    assert message in fault(text)
    assert time.process_time() - started < 3


def test_all_is_text_on_one_line():
    text = (
        "year: 2015\nday: 2015-99-99\nno: NO\nempty:\nnull: ~\nquoted: ''\n'spaces': ' a  b '\n"
        "breaks: |\n  one\n\n   two\nnumber: " + "7" * 5000 + "\n"
    )
    assert parse_yaml(text, "x").content == {
        "year": "2015", "day": "2015-99-99", "no": "NO", "empty": None, "null": None, "quoted": "",
        "spaces": "a  b", "breaks": "one two", "number": "7" * 5000,
    }  # fmt: skip
    assert parse_yaml("# nothing\n", "x").content is None


def test_aliases_stand_for_copies():
    content = parse_yaml("a: &a {b: [1]}\nc: *a\nd: [*a]\n", "x").content
    content["a"]["b"].append("2")
    assert content["c"] == {"b": ["1"]}
    assert content["d"] == [{"b": ["1"]}]
    assert parse_yaml("[" * DEEPEST + "]" * DEEPEST, "x").content is not None


def test_every_key_has_its_line():
    document = parse_yaml("a:\n  b: 1\n\n  c:\n    - x\n    - d: &d {e: 1}\nf: *d\n", "mine.yaml")
    lines = {"a": 1, "a.b": 2, "a.c": 4, "a.c[0]": 5, "a.c[1]": 6, "a.c[1].d": 6, "a.c[1].d.e": 6, "f": 7}
    assert {dotted(key): line for key, line in document.lines.items() if key} == lines
    assert document.where(("a", "c", 1)) == "mine.yaml, line 6"
    assert document.where(("f", "e")) == "mine.yaml, line 7"  # what holds it
    assert document.where(("z",)) == "mine.yaml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_files_are_read_in_their_encoding(tmp_path, encoding):
    file = tmp_path / "mine.yaml"
    file.write_text("имя: Минск\n", encoding=encoding)
    assert read_yaml(file).content == {"имя": "Минск"}
    file.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(FileError, match=r"has 1,000,001 bytes; it may have 1,000,000"):
        read_yaml(file)
