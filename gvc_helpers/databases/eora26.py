"""Eora26: Eora with the same 26 sectors for every country.

Sectors are names, with the files' misspellings, from programs that read the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gvc_helpers.databases.by_pymrio import in_one_folder, parsed, raw_table
from gvc_helpers.databases.files import Form, Found, Parts
from gvc_helpers.databases.raw import line_fault
from gvc_helpers.databases.registry import RawTable, register

FORM = Form(
    {
        "flows": "Eora26_{year}_{price}_T.txt",
        "demand": "Eora26_{year}_{price}_FD.txt",
        "value added": "Eora26_{year}_{price}_VA.txt",
        "satellites": "Eora26_{year}_{price}_Q.txt",
        "satellites of demand": "Eora26_{year}_{price}_QY.txt",
        "labels of flows": "labels_T.txt",
        "labels of demand": "labels_FD.txt",
        "labels of value added": "labels_VA.txt",
        "labels of satellites": "labels_Q.txt",
    },
    aside=("satellites", "satellites of demand", "labels of satellites"),
)
LABELS = {
    "flows": ("flows", "flows"),
    "demand": ("flows", "demand"),
    "value added": ("value added", "flows"),
    "satellites": ("satellites", "flows"),
    "satellites of demand": ("satellites", "demand"),
}
"""Whose labels the rows and columns of a matrix have."""


def read(parts: Parts, found: Found) -> RawTable:
    """Read Eora26.

    pymrio needs the satellite accounts as well, and leaves out the row and column of statistical
    discrepancies; the note says how large they were.
    """
    import pymrio  # slow to import, and most runs do without it

    names = {found.form.example(part, found.year): path for part, path in parts.items()}
    names = {name.replace("_bp_", f"_{found.price}_"): path for name, path in names.items()}
    with in_one_folder(names) as folder, parsed(found, _faults(parts)):
        system = pymrio.parse_eora26(folder, year=found.year, price=found.price)
        table = raw_table(system, system.VA.F, parts["flows"])
    note = _left_out(system.meta.history, float(table.Z.sum()))
    return replace(table, unit="000 USD", price=found.price_basis, note=note)


def _faults(parts: Parts) -> Iterator[str]:
    """Look for lines that are wrong, matrices compared with the lists of their labels."""
    labels = {part: path.read_bytes().count(b"\n") for part, path in parts.items() if "labels" in part}
    for part, (rows, columns) in LABELS.items():
        yield line_fault(
            parts[part],
            "\t",
            lines=labels[f"labels of {rows}"],
            columns=labels[f"labels of {columns}"],
            labels=0,
        )


def _left_out(history: Sequence[str], flows: float) -> str:
    """Say how much the rows and columns that pymrio leaves out held."""
    amounts = [float(m[1]) for entry in history if (m := re.search(r"from [ZY] - loosing (\S+)", entry))]
    if not amounts:
        return ""
    share = 100 * sum(map(abs, amounts)) / flows
    return f"statistical discrepancies (ROW) are left out, {share:.3g} % of intermediate flows"


register("eora26", "Eora26", [(FORM, read)])
