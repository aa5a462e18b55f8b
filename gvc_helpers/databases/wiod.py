"""The World Input-Output Database, releases 2013 and 2016.

Sectors are names (2013, from the files) or codes of NACE Rev. 2 (2016, from programs that read the files).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gvc_helpers.databases.by_pymrio import in_one_folder, parsed, raw_table
from gvc_helpers.databases.files import Form, Found, Parts
from gvc_helpers.databases.registry import RawTable, register
from gvc_helpers.databases.workbooks import Layout, read_sheet

FORM_2013 = Form({"table": "wiot{yy}_row_{edition}.xlsx"}, price="basic prices")
FORMS_2016 = (
    Form({"table": "WIOT{year}_Nov16_ROW.xlsb"}, edition="2016", price="basic prices"),
    Form({"table": "WIOT{year}_Nov16_ROW.xlsx"}, edition="2016", price="basic prices"),
)


def read_2013(parts: Parts, found: Found) -> RawTable:
    """Read the World Input-Output Database, release 2013."""
    import pymrio
    from python_calamine import CalamineWorkbook

    file = parts["table"]
    with (
        in_one_folder({file.name: file}) as folder,
        parsed(found),
        pd.option_context("io.excel.xlsx.reader", "calamine"),
    ):
        system = pymrio.parse_wiod(folder / file.name, names=("full", "full"))
        table = raw_table(system, system.factor_inputs.F, file)
        rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        output = np.array([row[-1] for row in rows[6 : 6 + len(table.index)]], dtype=float)
    return replace(table, output=output, unit="million USD", price="basic prices", edition="2013")


def read_2016(parts: Parts, found: Found) -> RawTable:
    """Read the World Input-Output Database, release 2016.

    pymrio 0.7 parses the release of 2013 only. A workbook has one sheet, named by the year. Its header has
    four rows: code, description, country and number of each column; left of the numbers stand the same of
    each row. Final demand has five columns for each country (CONS_h, CONS_np, CONS_g, GFCF, INVEN), and
    after it comes gross output (GO). Below the sectors come total intermediate inputs (II_fob), taxes,
    adjustments, purchases abroad, value added (VA) and transport margins, and gross output (GO).

    Sectors are named by their codes, such as C10-C12. An empty cell is an error.

    References
    ----------
    Timmer, M. P., Los, B., Stehrer, R. and de Vries, G. J. (2016), An Anatomy of the Global Trade Slowdown
    based on the WIOD 2016 Release, GGDC Research Memorandum 162.
    """
    layout = Layout(
        demand=("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN"),
        country_row=2,
        first_row=4,
        country_column=-2,
        code_column=-4,
        inputs="II_fob",
        added="VA",
        output="GO",
    )
    table, _ = read_sheet(parts["table"], found.year, layout)
    return replace(table, unit="million USD", price="basic prices", edition="2016")


register("wiod", "WIOD", [(FORM_2013, read_2013), *((form, read_2016) for form in FORMS_2016)])
