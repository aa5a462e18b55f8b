"""Time and memory of the measures beside other software, on tables of the shape of WIOD and Eora.

Run it with ``make benchmark``; the results are in ``reports/benchmark``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pymrio
import scipy
from results import FLOOR, as_markdown, summary, write
from tqdm import tqdm

import gvc_helpers as gvc

WIOD = Path(__file__).parents[1] / "../shared/data/wiod2013"
SHAPES = {"wiod": "WIOD", "eora26": "Eora26", "eora": "Eora"}
WARM_UP, ENOUGH = 10.0, 150.0  # seconds: a shorter first run is a warm-up, no run starts after the other


class Table(NamedTuple):
    """Intermediate flows, final demand and the (country, sector) of every row."""

    Z: np.ndarray
    Y: np.ndarray
    labels: list[tuple[str, str]]

    def io_table(self) -> gvc.IOTable:
        """A table that has nothing computed yet."""
        return gvc.IOTable(self.Z, self.Y, index=pd.MultiIndex.from_tuples(self.labels))


# What is measured: from a table, prepare (not timed) and return what to run (timed) -----------------


def tables_1_to_4(table: gvc.IOTable) -> None:
    """Vertical specialization by country and by sector."""
    result = gvc.vertical_specialization(table)
    _ = result.by_origin, result.by_exporter, result.vs_by_sector, result.vs1_by_sector


def five_measures(table: gvc.IOTable) -> None:
    """All our measures, which share what the table has factorized."""
    for measure in (tables_1_to_4, gvc.kww, gvc.borin_mancini, gvc.wwz, gvc.upstreamness):
        measure(table)


def ours(measure: Callable[[gvc.IOTable], object]) -> Callable[[Table], Callable[[], object]]:
    """Run a measure of this package on a fresh table."""

    def prepare(table: Table) -> Callable[[], object]:
        fresh = table.io_table()
        return lambda: measure(fresh)

    return prepare


def on_system(solve: Callable[[np.ndarray], object]) -> Callable[[Table], Callable[[], object]]:
    """Run what needs ``I - A`` only, in Fortran order."""

    def prepare(table: Table) -> Callable[[], object]:
        output = table.Z.sum(axis=1) + table.Y.sum(axis=1)
        # The transpose, so that the order is Fortran's without another copy.
        system = table.Z * -np.divide(1.0, output, out=np.zeros_like(output), where=output > 0)
        system[np.diag_indices_from(system)] += 1.0
        return lambda: solve(system.T)

    return prepare


def pymrio_all(table: Table) -> Callable[[], object]:
    """Pymrio's coefficients, output and inverse; it is spared any extension."""
    rows = pd.MultiIndex.from_tuples(table.labels, names=["region", "sector"])
    columns = pd.MultiIndex.from_product([rows.unique("region"), ["final"]], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, rows, rows, copy=False), Y=pd.DataFrame(table.Y, rows, columns, copy=False)
    )
    return system.calc_all


def intrade_wwz(table: Table) -> Callable[[], object]:
    """Intrade's sixteen terms, with the inverses that it needs first."""
    import intrade

    rows = ["_".join(label) for label in table.labels]
    sizes = Counter(country for country, _ in table.labels)
    if len(set(sizes.values())) > 1:
        raise ValueError("needs equal numbers of sectors")
    C, CS = len(sizes), len(rows)
    frame = pd.DataFrame(np.hstack([table.Z, table.Y]), rows, [*rows, *(f"{c}_final" for c in sizes)])
    flows = {"df": frame, "C": C, "S": CS // C, "FD": 1, "CS": CS, "CFD": C}
    return lambda: intrade.WWZ(intrade.obj_IO(flows))


METHODS: dict[str, Callable[[Table], Callable[[], object]]] = {
    FLOOR: on_system(lambda system: scipy.linalg.lu_factor(system, overwrite_a=True, check_finite=False)),
    "vertical specialization": ours(tables_1_to_4),
    "KWW, 9 terms": ours(gvc.kww),
    "Borin-Mancini, 12 terms": ours(gvc.borin_mancini),
    "WWZ, 16 bilateral terms": ours(gvc.wwz),
    "upstreamness": ours(gvc.upstreamness),
    "all five on one table": ours(five_measures),
    "inverse (numpy)": on_system(np.linalg.inv),
    "calc_all (pymrio)": pymrio_all,
    "WWZ, 16 terms (intrade)": intrade_wwz,
}
OTHERS = [FLOOR, "inverse (numpy)", "calc_all (pymrio)", "WWZ, 16 terms (intrade)"]


# Tables -------------------------------------------------------------------------------------------


def made(shape: str) -> Table:
    """The real WIOD where it is at hand, else a random table of the shape asked for."""
    if shape == "wiod" and WIOD.is_dir():
        real = gvc.read_table("pymrio", WIOD, 2011)
        return Table(real.Z, real.Y, list(real.index))
    rng = np.random.default_rng(20)
    if shape == "eora":
        extra = rng.multinomial(14_839 - 190 * 26, rng.dirichlet(np.full(60, 4.0)))
        return random_table(rng.permutation(26 + np.pad(extra, (0, 130))), rng)
    return random_table(np.repeat(*((35, 41) if shape == "wiod" else (26, 189))), rng)


def random_table(sizes: np.ndarray, rng: np.random.Generator) -> Table:
    """A balanced table with these numbers of sectors: three quarters of inputs domestic, some zero rows."""
    ends, rows = np.cumsum(sizes), int(sizes.sum())
    weight = rng.lognormal(0.0, 1.5, len(sizes))
    output = np.repeat(weight / sizes, sizes) * rng.lognormal(0.0, 1.0, rows) * (rng.random(rows) > 0.01)
    Z, Y = np.empty((rows, rows)), np.empty((rows, len(sizes)))
    for r, own in enumerate(map(slice, ends - sizes, ends)):
        flows = output[:, None] * rng.standard_exponential((rows, sizes[r]))
        at_home, all_flows, home = flows[own].sum(axis=0), flows.sum(axis=0), rng.beta(30.0, 10.0, sizes[r])
        inputs = output[own] * rng.beta(11.0, 9.0, sizes[r])
        Z[:, own] = flows * (inputs * (1.0 - home) / (all_flows - at_home))
        Z[own, own] = flows[own] * (inputs * home / at_home)
        Y[:, r] = weight[r] * rng.random(rows)
    # No row may sell more to industries than it makes.
    sold = Z.sum(axis=1)
    Z *= np.minimum(1.0, np.divide(0.9 * output, sold, out=np.ones(rows), where=sold > 0))[:, None]
    Y[np.arange(rows), np.repeat(np.arange(len(sizes)), sizes)] += 2.5 * weight.sum()
    Y *= ((output - Z.sum(axis=1)) / Y.sum(axis=1))[:, None]
    labels = [(f"C{country:02}", f"S{n:02}") for country, size in enumerate(sizes, 1) for n in range(size)]
    return Table(Z, Y, labels)


# One method on one table, in a process of its own ---------------------------------------------------


def save(table: Table, folder: Path) -> None:
    """Write a table for the child processes."""
    np.save(folder / "Z.npy", table.Z)
    np.save(folder / "Y.npy", table.Y)
    (folder / "labels.json").write_text(json.dumps(table.labels))


def load(folder: Path) -> Table:
    """Read a table into arrays of their own, which an `IOTable` takes over without a copy."""
    arrays = []
    for name in ("Z.npy", "Y.npy"):
        with (folder / name).open("rb") as file:
            np.lib.format.read_magic(file)
            array = np.empty(np.lib.format.read_array_header_1_0(file)[0])
            file.readinto(array.data.cast("B"))
        arrays.append(array)
    return Table(*arrays, [tuple(label) for label in json.loads((folder / "labels.json").read_text())])


def memory(field: str) -> int:
    """Resident memory of this process, bytes: now (VmRSS), or its peak so far (VmHWM)."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where getrusage would count the peak of the parent
        line = next(line for line in status.read_text().splitlines() if line.startswith(field))
        return 1024 * int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def child(method: str, folder: Path, runs: int) -> None:
    """Print the seconds of every run, a line each, then the peak memory in matrices."""
    table = load(folder)
    before = memory("VmRSS")
    answers = sys.stdout
    print("loaded", file=answers, flush=True)
    seconds: list[float] = []
    warm = False
    while len(seconds) < runs and sum(seconds) < ENOUGH:
        with contextlib.redirect_stdout(sys.stderr):
            run = METHODS[method](table)
            start = time.perf_counter()
            run()
            took = time.perf_counter() - start
            del run
        if warm or took > WARM_UP:
            seconds.append(took)
        warm = True
        print(took, file=answers, flush=True)
    peak = (memory("VmHWM") - before) / table.Z.nbytes
    print(json.dumps({"seconds": seconds, "peak": peak}), file=answers)


def measured(method: str, folder: Path, runs: int, limit: float) -> dict[str, Any]:
    """Run a child; a `note` says why there are no times, if there are none."""
    command = [sys.executable, __file__, "--child", method, str(folder), "--runs", str(runs)]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        process.stdout.readline()  # the table is loaded
        start, stop = time.monotonic(), threading.Timer(limit, process.kill)
        stop.start()
        first = process.stdout.readline()
        stopped = not first and time.monotonic() - start >= limit
        stop.cancel()
        answer = process.stdout.read().splitlines()
        if process.wait() == 0:
            return json.loads(answer[-1])
        errors.seek(0)
        said = errors.read().splitlines() or ["out of memory"]
        reason = f"over {limit:g} s" if stopped else said[-1].split(": ")[-1]
    return {"seconds": [], "peak": np.nan, "note": reason}


# Results ------------------------------------------------------------------------------------------


def compared(shape: str, runs: int, limit: float, bar: Any) -> list[dict[str, Any]]:
    """Every method on one table, with the floor at the beginning and at the end."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        table = made(shape)
        name = "WIOD 2011" if shape == "wiod" and WIOD.is_dir() else f"random, as {SHAPES[shape]}"
        about = {"table": name, "countries": table.Y.shape[1], "rows": len(table.labels)}
        save(table, Path(folder))
        del table
        for method in [*METHODS, FLOOR]:
            bar.set_postfix_str(f"{about['table']}: {method}")
            found = measured(method, Path(folder), -(-runs // 2) if method == FLOOR else runs, limit)
            results.append({**about, "method": method, "others": method in OTHERS, **found})
            bar.update()
    first, last = results[0]["seconds"], results.pop()["seconds"]
    ends = sorted(np.median(times) for times in (first, last) if times)
    if ends and ends[-1] > 1.3 * ends[0]:
        bar.write(f"{about['table']}: one LU took {ends[0]:.3g} s and {ends[-1]:.3g} s; the machine is busy")
    results[0]["seconds"] = first + last
    return results


def main() -> None:
    """Compare all methods on the tables asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="+", choices=SHAPES, default=list(SHAPES))
    parser.add_argument("--runs", type=int, default=5, help="runs of every method; three on Eora at most")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds a first run may take")
    parser.add_argument("--child", nargs=2, metavar=("METHOD", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]), asked.runs)
        return
    try:
        with contextlib.redirect_stdout(sys.stderr):
            import intrade  # noqa: F401
    except (ImportError, SyntaxError):  # not installed, or too new for this Python
        del METHODS["WWZ, 16 terms (intrade)"]
    with tqdm(total=len(asked.tables) * (len(METHODS) + 1)) as bar:
        found = [
            compared(shape, min(asked.runs, 3) if shape == "eora" else asked.runs, asked.limit, bar)
            for shape in asked.tables
        ]
    frame = summary([result for results in found for result in results])
    write(frame)
    print(as_markdown(frame))


if __name__ == "__main__":
    main()
