"""The Multi-Regional Input-Output Tables of the Asian Development Bank.

Sectors are c1 to c35, or names: the industries of WIOD 2013 with the bank's spelling, from memory.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gvc_helpers.databases.files import Form, Found, Parts
from gvc_helpers.databases.registry import RawTable, register
from gvc_helpers.databases.workbooks import Layout, read_sheet

NAMES = (
    "ADB-MRIO-{year}*.xlsx", "ADB-MRIO{edition}-{year}*.xlsx",
    "ADB MRIO {year}*.xlsx", "ADB-MRIO {year}*.xlsx",
)  # fmt: skip
FORMS = [Form({"table": name}, price="basic prices") for name in NAMES]


def read(parts: Parts, found: Found) -> RawTable:
    """Read the Multi-Regional Input-Output Tables of the Asian Development Bank.

    pymrio 0.7 has no parser for them. A workbook has one sheet with the table, by the name of ``ADB MRIO``
    and the year, and one of names. Below some rows of titles stand the country and the code (c1 to c35 for
    sectors, F1 to F5 for final demand) of each column, and left of the numbers those of each row. After
    final demand comes the column of totals; below the sectors come total intermediate inputs (r60), taxes,
    margins, purchases abroad and value added (r64 among them), and gross output (r69).

    Some of the workbooks have empty cells, which their users take for zeros; what the database says of them
    is not known, and a cell with an error looks empty too. So they are read as zeros only in rows and
    columns that add up to the total stated for them, and the note says how many there are.

    Returns
    -------
    RawTable
        In million USD at basic prices, current or (where name or titles say so) of another year, with the
        codes of the file. The edition is the number of economies besides the rest of the world.

    References
    ----------
    Asian Development Bank, Multiregional Input-Output Tables: Key Indicators Database, section Globalization.
    """
    layout = Layout(
        demand=("F1", "F2", "F3", "F4", "F5"),
        country_row=-1,
        first_row=1,
        country_column=-2,
        code_column=-1,
        inputs="r60",
        added="r64",
        output="r69",
        empty_is_zero=True,
    )
    table, titles = read_sheet(parts["table"], found.year, layout)
    constant = re.search(
        r"constant[\s-]+((?:19|20)\d\d)[\s-]+prices", f"{parts['table'].name} {titles}", re.I
    )
    unit = f"million USD at prices of {constant[1]}" if constant else "million USD"
    return replace(table, unit=unit, price="basic prices", edition=str(len(table.Y[0]) - 1))


register("adb-mrio", "ADB MRIO", [(form, read) for form in FORMS])
