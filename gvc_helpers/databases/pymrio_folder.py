"""A table in a folder that pymrio saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from gvc_helpers.databases.by_pymrio import LIST_OF_FILES, accounts, parsed, raw_table
from gvc_helpers.databases.files import Form, Found, Parts, SourceError
from gvc_helpers.databases.registry import RawTable, register

FORM = Form({"parameters": LIST_OF_FILES}, folder=True)


def read(parts: Parts, found: Found) -> RawTable:
    """Read a folder that pymrio saved."""
    import pymrio

    with parsed(found):
        folder = parts[LIST_OF_FILES].parent
        system = pymrio.load_all(folder, subfolders=accounts(parts))
        if system.Z is None or system.Y is None:
            raise SourceError(f"'{folder}': the folder has no matrix Z or no matrix Y")
        table = raw_table(system, _primary_inputs(system), folder)
    unit = str(system.unit.iloc[0, 0]) if system.unit is not None else ""
    return replace(table, unit=unit, name=system.meta.name or "unnamed table")


def _primary_inputs(system: Any) -> pd.DataFrame | None:
    """Account of primary inputs of a pymrio system, where it has one."""
    for account in system.get_extensions(data=True):
        if account.F is not None and account.name.lower().replace("_", " ") in ("factor inputs", "va"):
            return account.F
    return None


register("pymrio", "table saved by pymrio", [(FORM, read)])
