"""EXIOBASE 3, industry by industry or product by product.

Sectors are names, or EXIOBASE's codes, from lists that come with pymrio.
"""

from __future__ import annotations

from dataclasses import replace

from gvc_helpers.databases.by_pymrio import LIST_OF_FILES, accounts, parsed, raw_table
from gvc_helpers.databases.files import Form, Found, Parts
from gvc_helpers.databases.raw import line_fault
from gvc_helpers.databases.registry import RawTable, register

FORM = Form({"Z": "IOT_{year}_{edition}/Z.txt"}, folder=True, price="basic prices")
TEXTS = ("Z.txt", "Y.txt", "x.txt")


def read(parts: Parts, found: Found) -> RawTable:
    """Read EXIOBASE 3; value added is what gross output leaves beyond intermediate inputs.

    Only flows, final demand and output are read: the satellite accounts are several times as large.
    """
    import pymrio

    with parsed(found, (line_fault(parts[name], "\t") for name in TEXTS if name in parts)):
        accounts(parts)
        folder = parts[LIST_OF_FILES].parent
        system = pymrio.load(folder, subset=["Z", "Y", "x", "unit"])
        output = system.x.iloc[:, 0].reindex(system.Z.index).to_numpy(copy=True)
        table = raw_table(system, None, folder)
    return replace(
        table, value_added=output - table.Z.sum(axis=0), output=output,
        unit="million EUR", price="basic prices", edition=found.edition,
    )  # fmt: skip


register("exiobase", "EXIOBASE", [(FORM, read)])
