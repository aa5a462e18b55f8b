"""FIGARO, the inter-country tables of Eurostat.

Sectors are codes of NACE Rev. 2, those of products with CPA_, from programs that read the edition of 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gvc_helpers.databases.files import Form, Found, Parts, SourceError
from gvc_helpers.databases.raw import batches, csv_rows, label_index, line_fault, owners_of, refuse_labels
from gvc_helpers.databases.registry import RawTable, register

FORMS = [
    Form({"table": f"matrix_eu-ic-io_{kind}_{years}*.csv"}, edition=edition, price="basic prices")
    for years, edition in (("{edition}_{year}", ""), ("{year}", "22ed"))
    for kind in ("ind-by-ind", "prod-by-prod")
]
DEMAND = ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M")
"""Final demand: government, households, non-profit institutions, fixed capital, inventories and valuables."""
PRIMARY = ("W2_D21X31", "W2_OP_RES", "W2_OP_NRES", "W2_D1", "W2_D29X39", "W2_B2A3G")
"""Taxes less subsidies on products, purchases abroad and by non-residents, and three of value added."""


def read(parts: Parts, found: Found) -> RawTable:
    """Read FIGARO, the inter-country tables of Eurostat, industry by industry or product by product.

    pymrio 0.7 has no parser for them. A file in the matrix format has a line of labels, such as ``AT_A01``
    (country, industry) or ``AT_CPA_A01`` (country, product) for flows and ``AT_P3_S14`` for final demand,
    and a line for each row, with its label first. The rows of value added begin with ``W2_``; there is no
    total, so that `output` is not stated. The rest of the world is FIGW1.

    The flat format (a line for each cell) is not read: whether it leaves out zeros is not documented, so
    that a file cut short could not be told from a whole one.

    References
    ----------
    Eurostat, EU inter-country supply, use and input-output tables (naio_10_fcp), reference metadata.
    """
    table = _read_matrix(parts["table"])
    return replace(table, unit="million EUR", price="basic prices", edition=found.edition)


def _read_matrix(file: Path) -> RawTable:
    """Read FIGARO's matrix, only a few rows at a time beside the result."""
    labels = _matrix_labels(file)
    is_demand = np.array([code in DEMAND for _, code in labels])
    inner, outer = np.flatnonzero(~is_demand), np.flatnonzero(is_demand)
    sectors, demand = [labels[place] for place in inner], [labels[place] for place in outer]
    refuse_labels(
        sectors,
        demand,
        lambda place: f"'{file}', line 1, column {inner[place] + 2}",
        lambda place: f"'{file}', line 1, column {outer[place] + 2}",
    )
    owners = owners_of(sectors, demand, DEMAND, f"'{file}', line 1")
    names = [f"{country}_{code}" for country, code in sectors]
    size = len(names)
    Z, Y, added = np.empty((size, size)), np.empty((size, owners.shape[1])), np.zeros(size)
    seen: list[str] = []
    for batch in batches(file, len(labels) + 1, ",", labels=1):
        first, *columns = batch.columns
        rows, block = [name.strip() for name in first.to_pylist()], np.column_stack(columns)
        if not np.isfinite(block).all():
            raise SourceError(line_fault(file, ",", labels=1))
        _require_rows(file, names, seen, rows)
        kept = block[: max(size - len(seen), 0)]
        place = slice(len(seen), len(seen) + len(kept))
        Z[place], Y[place] = kept[:, inner], kept[:, outer] @ owners
        added += block[len(kept) :, inner].sum(axis=0)
        seen += rows
    missing = [name for name in (*names, *PRIMARY) if name not in set(seen)]
    if missing:
        raise SourceError(f"'{file}' ends at line {len(seen) + 1}; the row {missing[0]} is missing")
    return RawTable(Z, Y, label_index(sectors), added)


def _matrix_labels(file: Path) -> list[tuple[str, str]]:
    """Return country and code of the columns, from the first line of a file."""
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        names = next((row[1:] for _, row in csv_rows(lines, file)), [])
    if not names:
        raise SourceError(f"'{file}', line 1: labels of columns are expected, separated by commas")
    labels = []
    for column, name in enumerate(names, start=2):
        country, _, code = name.strip().partition("_")  # codes such as P3_S14 and C31_32 have their own
        if not country or not code:
            raise SourceError(
                f"'{file}', line 1, column {column}: '{name[:40]}' is no label of country and code "
                "such as AT_A01"
            )
        labels.append((country, code))
    return labels


def _require_rows(file: Path, names: Sequence[str], seen: Sequence[str], rows: Sequence[str]) -> None:
    """Raise a SourceError unless rows that come after those seen have the labels expected."""
    primary = set(seen[len(names) :])
    for place, row in enumerate(rows, start=len(seen)):
        where = f"'{file}', line {place + 2}"
        if place < len(names):
            if row != names[place]:
                raise SourceError(
                    f"{where}: '{row}' in place of '{names[place]}'; "
                    "rows and columns must have the same labels"
                )
        elif row not in PRIMARY:
            raise SourceError(f"{where}: '{row}' in place of one of {', '.join(PRIMARY)}")
        elif row in primary:
            raise SourceError(f"{where}: '{row}' stands twice")
        else:
            primary.add(row)


register("figaro", "FIGARO", [(form, read) for form in FORMS])
