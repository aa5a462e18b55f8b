"""What the benchmark found: a table, its explanation and a plot, in ``reports/benchmark``."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import scipy
from matplotlib.figure import Figure

from gvc_helpers.report.plots import BLUE, ORANGE

REPORT = Path(__file__).parents[1] / "reports" / "benchmark"
VERSIONS = ["numpy", "scipy", "pandas", "pymrio"]
OURS = {"marker": "o", "c": BLUE, "label": "this package"}
THEIRS = {"marker": "D", "c": "white", "edgecolors": ORANGE, "label": "other software"}
FLOOR = "LU factorization (scipy)"
EXPLANATION = """# Speed and memory of the measures

Every method runs in a process of its own on the same table. The time is the median of the runs after a
warm-up (a first run of more than ten seconds counts itself), and reading or building the table is not
timed. Nothing is kept between runs: each starts from a table of which nothing has been computed.

- **Times one LU**: the time over that of the LU factorization of `I - A` alone, by scipy, timed before and
  after the other methods. No direct method can do with less.
- **Peak memory, matrices**: the largest resident memory beyond the table itself, over the size of the table's
  matrix `Z`.
- `vertical specialization` gives value added in exports by origin and by exporter and both by sector;
  `all five on one table` is the five lines above it on one table, which they factorize once.
- pymrio's `calc_all` has no extension to work on: coefficients, output and the inverse only. intrade's time
  includes the inverses that it computes first.
- WIOD is the real table of 2011 where it is at hand; the others, and WIOD elsewhere, are random tables of the
  same shape, always the same.

{machine}

{table}
"""


def summary(results: list[dict[str, Any]]) -> pd.DataFrame:
    """Medians, also as multiples of the floor on the same table."""
    frame = pd.DataFrame(results)
    frame["runs"] = frame["seconds"].map(len)
    frame["fastest"] = frame["seconds"].map(lambda times: min(times, default=np.nan))
    frame["seconds"] = frame["seconds"].map(lambda times: np.median(times) if times else np.nan)
    floor = frame[frame["method"] == FLOOR].set_index("table")["seconds"]
    frame["times_one_lu"] = frame["seconds"] / frame["table"].map(floor)
    frame["note"] = frame["note"].fillna("") if "note" in frame else ""
    frame = frame.rename(columns={"peak": "peak_in_matrices"})
    about = ["table", "countries", "rows", "method", "others", "runs"]
    return frame[[*about, "seconds", "fastest", "times_one_lu", "peak_in_matrices", "note"]]


def as_markdown(frame: pd.DataFrame) -> str:
    """The table to read."""
    lines = ["| Table | Rows | Method | Runs | Seconds | Times one LU | Peak memory, matrices |"]
    lines.append("|---|---:|---|---:|---:|---:|---:|")
    for row in frame.itertuples():
        figures = f"{row.seconds:.3g} | {row.times_one_lu:.2f} | {row.peak_in_matrices:.1f}"
        figures = f"{row.note} | | " if row.note else figures
        lines.append(f"| {row.table} | {row.rows:,} | {row.method} | {row.runs} | {figures} |")
    return "\n".join(lines)


def machine() -> str:
    """Processor, threads and versions."""
    info = Path("/proc/cpuinfo")
    models = [line for line in info.read_text().splitlines() if "model name" in line] if info.exists() else []
    model = models[0].split(": ")[1] if models else platform.processor() or platform.machine()
    threads = [f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.endswith("_NUM_THREADS")]
    lines = [
        f"- Processor: {model}, {os.cpu_count()} cores",
        f"- Threads of the BLAS: {', '.join(threads) or 'as it chooses, one for each core'}",
    ]
    for package in (np, scipy):
        blas = package.show_config(mode="dicts")["Build Dependencies"]["blas"]
        lines.append(f"- BLAS of {package.__name__}: {blas['name']} {blas['version']}")
    versions = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONS]
    return "\n".join([*lines, f"- Python {platform.python_version()}, {', '.join(versions)}"])


def plot(frame: pd.DataFrame) -> Figure:
    """Dots of the time as a multiple of the floor, a panel for each table."""
    shown = frame[frame["method"] != FLOOR]
    methods = list(dict.fromkeys(shown["method"]))[::-1]
    tables = list(dict.fromkeys(frame["table"]))
    figure = Figure(figsize=(2.4 + 2.3 * len(tables), 1.3 + 0.3 * len(methods)), layout="constrained")
    panels = figure.subplots(1, len(tables), sharex=True, sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, tables, strict=True):
        part = shown[shown["table"] == name].dropna(subset="seconds")
        for others, style in ((False, OURS), (True, THEIRS)):
            dots = part[part["others"] == others]
            places = dots["method"].map(methods.index)
            axes.scatter(dots["times_one_lu"], places, s=38, lw=1.6, zorder=3, **style)
        axes.axvline(1.0, color="black", lw=0.9)
        axes.grid(lw=0.4)
        axes.set(xscale="log", ylim=(-0.6, len(methods) - 0.4))
        axes.set_title(f"{name}, {frame.loc[frame['table'] == name, 'rows'].iloc[0]:,} rows", fontsize=10)
        axes.xaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1.0, 3.0)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(mpl.ticker.NullFormatter())
        axes.tick_params(axis="x", labelsize=8)
    panels[0].set_yticks(range(len(methods)), methods)
    figure.supxlabel("Time, multiples of one LU factorization of I − A (logarithmic)", fontsize=10)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def write(frame: pd.DataFrame) -> None:
    """Write the table, its explanation and the plot."""
    REPORT.mkdir(parents=True, exist_ok=True)
    frame.to_csv(REPORT / "benchmark.csv", index=False, float_format="%.4g")
    text = EXPLANATION.format(machine=machine(), table=as_markdown(frame))
    (REPORT / "benchmark.md").write_text(text, encoding="utf-8")
    figure = plot(frame)
    with mpl.rc_context({"svg.hashsalt": "benchmark"}):
        figure.savefig(REPORT / "benchmark.svg", metadata={"Date": None})
    figure.savefig(REPORT / "benchmark.png", dpi=200)
