"""Time and memory of reading a table of Eora26's raw size, beside pymrio alone.

Run it with ``make benchmark``; the results are in ``reports/benchmark/reading.md``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.csv
from results import REPORT, machine
from tqdm import tqdm

COUNTRIES, SECTORS, CATEGORIES, SATELLITES = 189, 26, 6, 2728
PYMRIO, FIRST, AGAIN = "pymrio alone", "first reading", "reading again, from the cache"
EXPLANATION = """# Reading a table of Eora26's raw size

The files are those of Eora26 in number, names and size: {rows:,} rows of tab-separated text, the row of
statistical discrepancies included, with satellite accounts, {megabytes:,} MB in all. The numbers are random.
Every reading is a process of its own; the time is that of the call, without imports, and the median of the
runs. The first reading includes what is done once: fingerprints of the files, pymrio's parsing, the copy in
the cache.

{machine}

| Method | Runs | Seconds | Times pymrio | Peak memory, GB |
|---|---:|---:|---:|---:|
{lines}

Reading again is {faster:.0f} times as fast as the first time.
"""


def make(folder: Path) -> None:
    """Write random files with the names, shape and labels of Eora26."""
    random = np.random.default_rng(26)
    letters = itertools.product(string.ascii_uppercase, repeat=3)
    codes = ["".join(code) for code in itertools.islice(letters, COUNTRIES)]
    places = [*((f"Country {code}", code) for code in codes), ("Statistical Discrepancies", "ROW")]
    rows, columns = COUNTRIES * SECTORS + 1, (COUNTRIES + 1) * CATEGORIES
    shapes = {"T": (rows, rows), "FD": (rows, columns), "VA": (CATEGORIES, rows)}
    shapes |= {"Q": (SATELLITES, rows), "QY": (SATELLITES, columns)}
    for part, (height, width) in shapes.items():
        values = random.lognormal(2.0, 3.0, (height, width)).astype(np.float32)
        content = pyarrow.table({str(column): values[:, column] for column in range(width)})
        options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t")
        pyarrow.csv.write_csv(content, folder / f"Eora26_2015_bp_{part}.txt", options)
    industries = [(*place, "Industries", f"Sector {s}") for place in places[:-1] for s in range(SECTORS)]
    labels = {
        "T": [*industries, (*places[-1], "TOTAL", "Total")],
        "FD": [(*place, "Final Demand", f"Category {c}") for place in places for c in range(CATEGORIES)],
        "VA": [("Primary Inputs", f"Input {c}") for c in range(CATEGORIES)],
        "Q": [(f"Emission {s} (kg)", f"type {s}") for s in range(SATELLITES)],
    }
    for part, lines in labels.items():
        text = "".join("\t".join(line) + "\n" for line in lines)
        (folder / f"labels_{part}.txt").write_text(text, encoding="utf-8")


def read(method: str, folder: Path) -> None:
    """Read once, and print the seconds and the largest resident memory in GB."""
    if method == PYMRIO:
        import pymrio

        start = time.perf_counter()
        pymrio.parse_eora26(folder, year=2015)
    else:
        import pymrio

        import gvc_helpers as gvc

        start = time.perf_counter()
        gvc.read_table("eora26", folder, 2015)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2]))


def measured(method: str, folder: Path, cache: Path) -> tuple[float, float]:
    """Read in a process of its own."""
    command = [sys.executable, __file__, "--child", method, str(folder)]
    environment = os.environ | {"GVC_CACHE": str(cache)}
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    seconds, memory = json.loads(answer.stdout.splitlines()[-1])
    return seconds, memory


def main() -> None:
    """Compare the readings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=2, metavar=("METHOD", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        read(asked.child[0], Path(asked.child[1]))
        return
    results = []
    with tempfile.TemporaryDirectory() as temporary, tqdm(total=1 + 3 * asked.runs) as bar:
        folder = Path(temporary, "eora26")
        folder.mkdir()
        make(folder)
        bar.update()
        megabytes = round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6)
        for run in range(asked.runs):
            for method in (PYMRIO, FIRST, AGAIN):
                cache = Path(temporary, f"cache{run}")
                results.append((method, *measured(method, folder, cache)))
                bar.update()
    frame = pd.DataFrame(results, columns=["method", "seconds", "peak_gb"])
    medians = frame.groupby("method", sort=False).median()
    medians["times_pymrio"] = medians["seconds"] / medians.loc[PYMRIO, "seconds"]
    lines = [
        f"| {row.Index} | {asked.runs} | {row.seconds:.3g} | {row.times_pymrio:.3g} | {row.peak_gb:.2f} |"
        for row in medians.itertuples()
    ]
    text = EXPLANATION.format(
        rows=COUNTRIES * SECTORS + 1,
        megabytes=megabytes,
        machine=machine(),
        lines="\n".join(lines),
        faster=medians.loc[FIRST, "seconds"] / medians.loc[AGAIN, "seconds"],
    )
    (REPORT / "reading.md").write_text(text, encoding="utf-8")
    frame.to_csv(REPORT / "reading.csv", index=False, float_format="%.6g", lineterminator="\n")
    print(text)


if __name__ == "__main__":
    main()
