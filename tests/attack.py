"""A systematic attack: bad inputs, damaged caches, killed runs, races, leaks; what came of each is counted.

``make attack``, or ``python -m tests.attack [--quick] [--seed N] [PART ...]``. The same seed makes the same
inputs; each is tried in a process of its own, with limits of memory and time.
"""

import argparse
import contextlib
import csv
import functools
import io
import itertools
import json
import math
import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import openpyxl
import psutil
from click.testing import CliRunner

import gvc_helpers as gvc
from gvc_helpers.cli import main as command
from gvc_helpers.databases.csv_folder import DESCRIPTION, write_folder
from gvc_helpers.databases.files import SourceError
from gvc_helpers.tables.io_table import TableError
from gvc_helpers.zones.register import RegisterError, read_zone, write_template
from tests.conftest import small_table

KINDS = {
    "parameters": {
        "an odd value": 100, "an odd path": 30, "nested": 15, "aliases": 20, "a line elsewhere": 20,
        "bytes flipped": 30, "cut": 20, "another encoding": 8, "endless": 12, "an override": 40,
    },
    "registers": {
        "no number": 50, "any cell": 40, "a row twice": 15, "a column dropped": 20, "a column renamed": 15,
        "bytes flipped": 30, "cut": 15, "another form": 25, "a workbook": 15, "a damaged workbook": 20,
    },
    "tables": {
        "no number": 40, "any cell": 30, "a row dropped": 15, "a row twice": 15, "bytes flipped": 25,
        "cut": 15, "another form": 20, "a description": 40, "an archive": 10, "a damaged archive": 25,
        "a bomb": 9, "neighbours": 10, "traps": 10, "an odd path": 20,
    },
    "caches": {"bytes flipped": 40, "cut": 20, "deleted": 15, "swapped": 15, "longer": 10},
    "kills": {
        f"{signal} to the {whom}": 13
        for signal in ("KILL", "TERM", "INT", "HUP") for whom in ("process", "group")
    },
    "races": {"eight of a name": 3, "two names": 1},
    "leaks": {"a table": 1, "a zone": 1},
}  # fmt: skip
"""Parts, each a function of this name; their kinds of attack, and how often each is tried."""
OUTCOMES = ["good", "refused", "traceback", "wrong", "hung", "lost", "leak"]
"""The last five are faults. What takes more than the limits below is hung."""
SECONDS, MEMORY, WORDS = 5.0, 4 * 2**30, 20_000
"""Limits: seconds of calculation, bytes of memory (a quarter of it in use), signs of a message."""
MUST_BE = {
    **dict.fromkeys(["no number", "a row twice", "traps"], "refused"),
    **dict.fromkeys(["another form", "a workbook", "a damaged workbook", "a column dropped"], "same"),
    **dict.fromkeys(["a column renamed", "an archive", "a damaged archive", "a bomb", "neighbours"], "same"),
}
"""What is read may be anything but for these kinds: nothing, or what was there before."""
QUICK, SHOWN = 0.4, 5
"""Share of the tries that --quick makes; faults of a kind that are listed."""

NO_NUMBER = [
    "inf", ".inf", "-.inf", ".nan", "1e999", "abc", "0x1F", "1_000", "1.2.3", "--5", "#DIV/0!", "=1+1", "½",
    "5%", "2019-01-05", "12,34,5", "9" * 5000, "1e", "1\u20605", "!", "two",
]  # fmt: skip
"""What no number may be read from, wherever it stands; YAML alone allows 1_000."""
ODD = [
    *NO_NUMBER, "[2015]", "{a: 1}", "[[]]", "{}", "[]", "2015-99-99", "!!int x", "!!timestamp x",
    "!!binary x", "!!python/object/apply:os.abort []", "!a b", "&a [*a]", "*a", "? [a]", "<<: 1", "''", "' '",
    "~", "NO", "-1", "0", "1e308", "-1e308", "1e-320", "9" * 20, '"\\uD800"', '"\\0"', '"a\\e[2Jb"',
    '"\\u202Ec"', "/", "a" * 300, "/dev/zero", "TAJ", "ВLR", "\u0661\u0662", "|", "> x", "@a", "`", "%TAG",
    "---", "...", "\t", "'", '"', "\x07",
]  # fmt: skip
"""What may stand where anything is expected: in YAML, in a cell, on the command line."""
CELLS = [*ODD, "\0", "a;b", 'a"b', "\r", "итого", "-", "nan", "-0", "x" * 200_000]
PATHS = ["/", "", " ", "..", "~", "a" * 300, "b/" * 3000, "loop", "fifo", "/dev/zero", "/dev/stdin", "a\0b"]
ROOT = Path(__file__).parents[1]
RUN = [sys.executable, "-c", "from gvc_helpers.cli import main; main()", "run"]
SECRET = "telling-place-7391"


class Fault(Exception):  # noqa: N818
    """An outcome that must not be, and what it was."""


# What several parts do to files, and make of what comes of it ----------------------------------------


def damaged(content, kind, draw):
    """Cut a content, or flip some of its bits."""
    if kind == "cut":
        return content[: draw.randrange(len(content))]
    changed = bytearray(content)
    for _ in range(draw.choice([1, 1, 3, 20])):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def recoded(text, draw):
    """Write a text in an encoding that the readers of tables understand."""
    return text.encode(draw.choice(["utf-8-sig", "utf-16", "cp1251"]), errors="replace")


def as_text(rows, delimiter=",", end="\n"):
    """Write rows of cells as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


def attacked(rows, kind, draw, numbers):
    """Write rows of cells as CSV, with damage of a kind; below three rows, some columns hold numbers."""
    rows, i, j = [list(row) for row in rows], draw.randrange(3, len(rows)), draw.randrange(len(rows[0]))
    if kind == "no number":
        rows[i][draw.choice(numbers)] = draw.choice(NO_NUMBER)
    elif kind == "any cell":
        rows[draw.randrange(len(rows))][j] = draw.choice(CELLS)
    elif kind in ("a row twice", "a row dropped"):
        rows[i : i + 1] = [rows[i]] * 2 if kind == "a row twice" else []
    elif kind == "a column dropped":
        rows = [row[:j] + row[j + 1 :] for row in rows]
    elif kind == "a column renamed":
        rows[0][j] = draw.choice(ODD)
    elif kind == "another form":
        return recoded(as_text(rows, draw.choice(";\t,"), draw.choice(["\n", "\r\n"])), draw)
    content = as_text(rows).encode()
    return damaged(content, kind, draw) if kind in ("bytes flipped", "cut") else content


def judged(kind, read, refusals, same):
    """Read what was attacked: it may be refused; whether it may be taken depends on the kind."""
    try:
        result = read()
    except refusals as error:
        return "refused", str(error)
    if MUST_BE.get(kind) == "refused" or (MUST_BE.get(kind) == "same" and not same(result)):
        raise Fault("wrong", f"it is taken, and must be {MUST_BE[kind]}")
    return "good", ""


def traps(folder):
    """Make what must not be followed or waited for: a loop of links and a pipe."""
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "fifo")


# Parameters ---------------------------------------------------------------------------------------


def parameters(kind, draw, folder):
    name = draw.choice(["eaeu_2015", "grodnoinvest", "cooperation_belarus"])
    text = re.sub(r" *#.*", "", (ROOT / "parameters" / f"{name}.yaml").read_text(encoding="utf-8"))
    odd, size, overrides, must_fail = draw.choice(ODD), 10 ** draw.randint(1, 5), [], False
    if kind == "an odd value":
        value = draw.choice(list(re.finditer(r"(?<=: )[^\s{}\[\],][^{}\[\],\n]*", text)))
        must_fail = odd in NO_NUMBER and odd != "1_000" and re.fullmatch(r"[\d.]+ *", value.group())
        text = text[: value.start()] + odd + text[value.end() :]
    elif kind == "an odd path":
        traps(folder)
        keys = ["data.residents", "data.region", "data.links", "source", "corrections", "sector_groups"]
        key = draw.choice(keys[:3] if name == "grodnoinvest" else keys[3:])
        path = json.dumps(draw.choice(PATHS))
        overrides = ["-p", key, f"{{database: csv, path: {path}}}" if key == "source" else path]
    elif kind == "nested":
        left, right = draw.choice([("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("!!seq [", "]")])
        text += f"more: {left * size}1{right * size}\n"
    elif kind == "aliases":
        laughs = (f"a{i}: &a{i} [{f'*a{i - 1},' * draw.randint(1, 9)}]\n" for i in range(1, 40))
        text += draw.choice([
            "a0: &a0 x\n" + "".join(laughs), f"a: &a [{'x,' * size}]\nb: [{'*a,' * 99}]\n", "a: &a {b: *a}\n",
            "a: &a [*a, *a]\n", "a: &a {*a : 1}\n", "a: &a {a: 1}\nb: {<<: *a, <<: *a}\n",
        ])  # fmt: skip
    elif kind == "a line elsewhere":
        lines = text.splitlines()
        line = lines.pop(draw.randrange(len(lines)))
        lines.insert(draw.randrange(len(lines)), draw.choice(["", " ", "    ", "- "]) + line)
        text = "\n".join(lines)
    elif kind == "endless":
        key = draw.choice(["decimals", "focus", "zone", "x"])
        text += draw.choice([
            "".join(f"x{i}: {i}\n" for i in range(size)), "k" * size * 10 + ": 1",
            f"{key}: {'9' * size * 10}", f"{key}: {'😀' * size}",
            f"{key}: [{', '.join(f'X{i}' for i in range(size))}]",
        ])  # fmt: skip
    elif kind == "an override":
        keys = ["source.path", "bloc.name", "thresholds.likely", "", ".", "a..b", "a" * size, "\x1b[2J"]
        keys += re.findall(r"^(\w+):", text, re.MULTILINE)
        overrides = ["-p", draw.choice(keys) + draw.choice(["", "", ".x"]), odd]
    content = text.encode(errors="surrogatepass")
    if kind in ("bytes flipped", "cut"):
        content = damaged(content, kind, draw)
    file = folder / "a.yaml"
    file.write_bytes(recoded(text, draw) if kind == "another encoding" else content)
    os.chdir(folder)
    result = CliRunner().invoke(command, ["check", str(file), *overrides])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code == 0 and must_fail:
        raise Fault("wrong", f"'{odd[:50]}' is taken for {value.group()}")
    if not result.output.strip():
        raise Fault("lost", f"exit {result.exit_code} without a word")
    return ("refused" if result.exit_code else "good"), result.output


# Registers of a zone ------------------------------------------------------------------------------


@functools.cache
def template():
    """Rows of the three tables of the template, and the zone they are."""
    with tempfile.TemporaryDirectory() as folder:
        files = write_template(folder)[:3]
        read = {file.stem: file.read_text("utf-8-sig").splitlines() for file in files}
        rows = {name: list(csv.reader(lines, delimiter=";")) for name, lines in read.items()}
        return rows, read_zone(*files)


def same_zone(one, other):
    """Whether two zones have the same rows in any order, a column that one does not have aside."""

    def ordered(frame, but):
        keys = [key for key in frame if frame[key].notna().any() and but[key].notna().any()]
        return frame[keys].sort_values(keys).reset_index(drop=True)

    pairs = [(getattr(one, name), getattr(other, name)) for name in ("register", "region", "links")]
    return all(ordered(a, b).equals(ordered(b, a)) for a, b in pairs)


def registers(kind, draw, folder):
    originals, zone = template()
    name = draw.choice(list(originals))
    rows, labels = originals[name], ("resident", "sector", "plan", "seller", "buyer")
    content = attacked(rows, kind, draw, [j for j, key in enumerate(rows[0]) if key not in labels])
    if "workbook" in kind:
        book, number = openpyxl.Workbook(), draw.choice([r"-?\d+", "as texts"])
        for row in rows:
            book.active.append([float(cell) if re.fullmatch(number, cell) else cell for cell in row])
        book.save(folder / "book")
        content = (folder / "book").read_bytes()
        content = content if kind == "a workbook" else damaged(content, draw.choice(["cut", ""]), draw)
    files = [folder / f"{table}.csv" for table in originals]
    for file in files:
        file.write_bytes(content if file.stem == name else as_text(originals[file.stem]).encode())
    return judged(kind, lambda: read_zone(*files), RegisterError, lambda read: same_zone(read, zone))


# Tables, and their cache --------------------------------------------------------------------------


@functools.cache
def kept():
    """Folder with two tables and the cache that reading them has made, and the tables."""
    folder = Path(tempfile.mkdtemp(prefix="attack-tables-"))
    os.environ["GVC_CACHE"] = str(folder / "cache")
    changes = {"one": {}, "two": {"unit": "million EUR", "year": 2016, "sectors": ["Mines", "Ports"]}}
    for name in changes:
        write_folder(small_table(**changes[name]), folder / name)
    return folder, {name: gvc.read_table("csv", folder / name) for name in changes}


def same_table(one, other):
    """Whether two tables are the same in numbers, labels and words."""
    numbers = all(np.array_equal(getattr(one, key), getattr(other, key)) for key in ("Z", "Y", "output"))
    words = ("year", "unit", "price", "edition", "source", "sectors", "countries")
    return numbers and all(getattr(one, key) == getattr(other, key) for key in words)


def tables(kind, draw, folder):
    path, year = folder / "data", None
    shutil.copytree(kept()[0] / "one", path)
    file = path / draw.choice(["Z.csv", "Y.csv", "value_added.csv", "output.csv"])
    rows = list(csv.reader(file.read_text("utf-8").splitlines()))
    file.write_bytes(attacked(rows, kind, draw, range(2, len(rows[0]))))
    if kind == "a description":
        key = draw.choice([*DESCRIPTION, "odd", ""])
        (path / "table.yaml").write_text(f"{key}: {draw.choice(ODD)}\n", encoding="utf-8")
    elif kind in ("an archive", "a damaged archive", "a bomb"):
        packed = folder / "data.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            inner = draw.choice(["", "a/b/", "../", "/", "да/"])
            for part in sorted(path.iterdir()):
                archive.write(part, inner + part.name)
            if kind == "a bomb":
                explosive(archive, inner + draw.choice(["more.csv", "W.csv", "many"]))
        if kind == "a damaged archive":
            packed.write_bytes(damaged(packed.read_bytes(), draw.choice(["cut", ""]), draw))
        path = packed
    elif kind in ("neighbours", "traps"):  # beside the files, or in the place of one
        traps(path)
        place = path / "more" if kind == "neighbours" else file
        place.unlink(missing_ok=True)
        place.symlink_to(draw.choice(["loop", "fifo", "/dev/zero", "..", "/"]))
    elif kind == "an odd path":
        traps(folder)
        os.chdir(folder)
        path, year = draw.choice(PATHS), draw.choice([None, 2015, -1, 10**30])
    table = kept()[1]["one"]
    return judged(
        kind,
        lambda: gvc.read_table("csv", path, year),
        (SourceError, TableError),
        lambda read: same_table(read, table),
    )


def explosive(archive, name):
    """Add what takes a machine's memory, or names without end, once unpacked."""
    many = name.endswith("many")
    for number in range(30_000 if many else 1):
        with archive.open(f"{name}{number}.csv" if many else name, "w", force_zip64=True) as member:
            for _ in range(0 if many else 150):
                member.write(b"1,2\n" * 2**20)


def caches(kind, draw, folder):
    source, originals = kept()
    shutil.copytree(source / "cache", folder / "cache")
    os.environ["GVC_CACHE"] = str(folder / "cache")
    files = sorted(path for path in (folder / "cache").rglob("*") if path.is_file() and path.stat().st_size)
    file, other = draw.sample(files, 2)
    content = file.read_bytes()
    if kind == "deleted":
        draw.choice([file.unlink, lambda: shutil.rmtree(file.parent)])()
    elif kind == "swapped":
        file.write_bytes(other.read_bytes())
        other.write_bytes(content)
    else:
        file.write_bytes(content + draw.randbytes(9) if kind == "longer" else damaged(content, kind, draw))
    for name, table in originals.items():
        if not same_table(gvc.read_table("csv", source / name), table):
            raise Fault("wrong", f"another table comes out of a damaged {file.name}")
    return "good", ""


# Runs: each in a folder with the package, and a short notebook in the place of a study's -----------

REPORT = ["notebook.ipynb", "part.csv", "report.html", "run.json"]
LISTED = '"tables": [{"files": ["part.csv"]}], "figures": []'
SHORT = """
import os, pathlib, time
from IPython.display import Markdown, display
folder, token = pathlib.Path(os.environ["GVC_RUN_FOLDER"]), os.environ["TOKEN"]
(folder / "run.json").write_text('{"token": "%s", LISTED}' % token)
time.sleep(0.5)
(folder / "part.csv").write_text(token)
display(Markdown(token))
""".replace("LISTED", LISTED)
pace = [4.0]
"""Seconds that runs took, the last one last."""


def house(folder):
    """Make a folder that stands for a clone."""
    (folder / "gvc_helpers").symlink_to(ROOT / "gvc_helpers")
    for name in ("notebooks", "reports", "tmp"):
        (folder / name).mkdir()
    code = nbformat.v4.new_code_cell
    cells = [code("year = 0", metadata={"tags": ["parameters"]}), code(SHORT)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "notebooks" / "eaeu_vertical_specialization.ipynb")
    for name in ("one", "two"):
        shutil.copy(ROOT / "parameters" / "eaeu_2015.yaml", folder / f"{name}.yaml")


def started(folder, token, name="one"):
    """Start a run in a process and group of its own, whose report is marked by a token."""
    variables = {**os.environ, "TOKEN": token, "PYTHONPATH": str(folder), "TMPDIR": str(folder / "tmp")}
    with said(folder, token).open("w") as errors:
        return subprocess.Popen([*RUN, f"{name}.yaml"], cwd=folder, env=variables, start_new_session=True,
                                stdout=subprocess.DEVNULL, stderr=errors)  # fmt: skip


def said(folder, token):
    """File of what a run says of its failure."""
    return folder / f"{token}.errors"


def whole(report, *tokens):
    """Require that a report is all of one run's, and of one of these."""
    there = {path.name: path.read_text("utf-8") for path in report.glob("*")}
    if sorted(there) != REPORT or not any(all(token in text for text in there.values()) for token in tokens):
        raise Fault("lost", f"the report is none of {tokens}: {sorted(there)}")


def only(folder, *reports):
    """Require that runs have left nothing but reports."""
    left = {path.name for where in ("reports", "tmp") for path in (folder / where).iterdir()} - {*reports}
    if left:
        raise Fault("leak", f"left behind: {sorted(left)}")


def living(folder):
    """Processes of the runs in a folder, kernels by the place of their connection file."""
    running = psutil.process_iter(["cmdline"])
    return [process for process in running if f"{folder}{os.sep}" in " ".join(process.info["cmdline"] or [])]


def kills(kind, draw, folder):
    house(folder)
    report, name = folder / "reports" / "one", kind.split()[0]
    report.mkdir()
    for file in REPORT:
        (report / file).write_text('"before"')
    (report / "run.json").write_text(f'{{"token": "before", {LISTED}}}')
    process, moment = started(folder, "killed"), draw.uniform(0.1, 1.05) * pace[-1]
    at = f"after {moment:.2f} s of {pace[-1]:.2f}: "
    time.sleep(moment)
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if kind.endswith("group") else os.kill)(process.pid, getattr(signal, f"SIG{name}"))
    process.wait(timeout=60)
    deadline = time.monotonic() + 8
    while (orphans := living(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for orphan in orphans:
        orphan.kill()
    aside = report.with_name(".one.gvc-previous")  # from where the next run brings it back
    whole(aside if name == "KILL" and aside.exists() and not report.exists() else report, "before", "killed")
    if orphans:
        raise Fault("lost", f"{at}{len(orphans)} processes are alive after eight seconds")
    if name != "KILL":
        only(folder, "one")
        if "Traceback" in (errors := said(folder, "killed").read_text()):
            raise Fault("traceback", at + errors[-600:])
    begun = time.monotonic()
    if started(folder, "after").wait(timeout=120):
        raise Fault("lost", f"{at}the next run fails: {said(folder, 'after').read_text()[-300:]}")
    pace.append(time.monotonic() - begun)
    whole(report, "after")
    only(folder, "one")
    return ("refused" if process.returncode else "good"), ""


def races(kind, draw, folder):
    house(folder)
    names = ["one", "two"] if kind == "two names" else ["one"] * 8
    runs = {f"token{i}": started(folder, f"token{i}", name) for i, name in enumerate(names)}
    failed = [token for token, run in runs.items() if run.wait(timeout=300)]
    words = [said(folder, token).read_text() for token in failed]
    odd = [text[-300:] for text in words if "another run of" not in text or "Traceback" in text]
    if odd or len(failed) > len(names) - len(set(names)):
        raise Fault("wrong", f"{len(failed)} of {len(names)} fail: {odd}")
    for name in set(names):
        whole(folder / "reports" / name, *(token for token in runs if token not in failed))
    only(folder, *names)
    return "good", ""


def leaks(kind, draw, folder):
    place = folder / SECRET
    write_template(place)
    arguments = [str(place / "zone.yaml")]
    if kind == "a table":
        write_folder(gvc.read_table("reconstruction"), place / "data")
        arguments = [shutil.copy(ROOT / "parameters" / "eaeu_2015.yaml", place), "-p", "source",
                     f"{{database: csv, path: {place / 'data'}}}"]  # fmt: skip
    variables = {**os.environ, "HOME": str(place), "PYTHONPATH": str(ROOT), "TMPDIR": str(place)}
    run = subprocess.run([*RUN, *arguments], cwd=place, env=variables, capture_output=True, text=True)
    files = [path for path in (place / "reports").rglob("*") if path.is_file()]
    if run.returncode or not files:
        raise Fault("lost", f"the run fails: {run.stderr[-600:]}")
    places = [SECRET, re.escape(str(ROOT)), re.escape(sys.prefix), r"\.gvc-[0-9a-f]{16}"]
    telling = re.compile("|".join(places).encode())
    found = {
        file.name: match.group()
        for file in files
        for part in contents(file)
        if (match := telling.search(part))
    }
    if found:
        raise Fault("leak", str(found))
    return "good", ""


def contents(file):
    """Yield a file's content, and what is compressed in it."""
    content = file.read_bytes()
    yield content
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield from map(archive.read, archive.namelist())
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            yield zlib.decompress(stream)


# One attempt, and all of them -----------------------------------------------------------------------


def attempt(attack, kind, seed, folder):
    """Tell what came of an attempt."""
    try:
        return attack(kind, random.Random(seed), folder)
    except Fault as fault:
        return fault.args
    except subprocess.TimeoutExpired as error:
        return "hung", str(error)
    except BaseException:
        return "traceback", traceback.format_exc(limit=-2)[-1200:]


def limited(pipe, folder, *arguments):
    """Make an attempt within limits, with a folder of its own for what is temporary."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    scratch = folder / "scratch"
    scratch.mkdir()
    tempfile.tempdir = str(scratch)
    with (folder / "output").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    begun = time.process_time()
    outcome, message = attempt(*arguments, folder)
    spent, most = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    left = [path.name for path in scratch.rglob("*")]
    if outcome in OUTCOMES[:2] and (spent > SECONDS or most > MEMORY / 4 or len(message) > WORDS):
        outcome, message = (
            "hung",
            f"{spent:.1f} s, {most / 1e6:,.0f} MB, {len(message):,} signs: {message[:300]}",
        )
    elif outcome in OUTCOMES[:2] and (left or str(scratch) in message):
        outcome, message = "leak", f"{left[:5]} left, or a temporary place in: {message[:300]}"
    pipe.send((outcome, message))


def alone(*arguments, folder):
    """Make an attempt in a process of its own; one that does not end in time is hung."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=limited, args=(sender, folder, *arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(6 * SECONDS) else ("hung", "it does not end")
    except EOFError:
        return "hung", "the process died"
    finally:
        process.kill()
        process.join()


def tried(name, seed, work):
    """Try an attack by its name, in a folder of its own, which stays where it ends in a fault."""
    part, kind, _ = name.split("/")
    folder = work / re.sub(r"\W", "-", name)
    folder.mkdir()
    how = attempt if part in ("kills", "races", "leaks") else alone  # the former start processes themselves
    outcome, message = how(globals()[part], kind, f"{seed} {name}", folder=folder)
    if outcome in OUTCOMES[:2]:
        shutil.rmtree(folder)
    return name, outcome, message


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", default=[""], help="what to try: tables, tables/cut or tables/cut/3"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help=f"make {100 * QUICK:.0f} %% of the tries")
    asked = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="attack-")).resolve()
    os.environ["XDG_STATE_HOME"] = str(work / "state")  # logs of failures
    template(), kept()  # once for all
    total, faults = Counter(), []
    print(f"{'':32}{'tries':>7}", *(f"{outcome:>9}" for outcome in OUTCOMES))
    for part, kind in [(part, kind) for part, kinds in KINDS.items() for kind in kinds]:
        tries = math.ceil(KINDS[part][kind] * (QUICK if asked.quick else 1))
        names = [f"{part}/{kind}/{number}" for number in range(tries)]
        names = [
            name for name in names if f"{name}/".startswith(tuple(f"{n}/".lstrip("/") for n in asked.names))
        ]
        with ThreadPoolExecutor(2 if part == "kills" else 1) as cores:
            results = list(cores.map(tried, names, itertools.repeat(asked.seed), itertools.repeat(work)))
        counts = Counter(outcome for _, outcome, _ in results)
        if names:
            print(
                f"{f'{part}: {kind}':32}{len(names):7}",
                *(f"{counts[key] or '':>9}" for key in OUTCOMES),
                flush=True,
            )
        total += counts
        new = [result for result in results if result[1] not in OUTCOMES[:2]]
        faults += new
        for name, outcome, message in new[:SHOWN]:
            text = message.strip().replace("\n", "\n    ")
            print(f"  {outcome}, again by: python -m tests.attack --seed {asked.seed} '{name}'\n    {text}")
    print(f"{'all':32}{total.total():7}", *(f"{total[key]:9}" for key in OUTCOMES))
    shutil.rmtree(kept()[0])
    if faults:
        print(f"{len(faults)} faults; their inputs are in {work}")
    else:
        shutil.rmtree(work)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
