"""The figures that the paper on the vertical specialization of the EAEU prints, and estimates of others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parents[1] / "data" / "published"

PAPER = "Belousov (2020)"
YEAR = 2015
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
COUNTRIES = ("ARM", "BLR", "CHN", "DEU", "KAZ", "KGZ", "RUS", "UKR")
QUOTED_SECTORS = {
    "Agriculture": "Agriculture, forestry, fishing and aquaculture",
    "Food": "Food, beverages and tobacco",
}
QUOTED_SHARES = {
    "share of the EAEU in imported intermediate inputs": "imported_inputs",
    "share of the EAEU in exports": "exports",
}
ROUNDING = 0.005
"""Half of the last printed digit, in percentage points."""


@dataclass(frozen=True)
class PrintedTables:
    """Tables 1 to 4 of the paper, in % of gross exports.

    Parameters
    ----------
    by_origin : pandas.DataFrame
        Table 1: rows origin of value added and the totals EAEU, ROW, VS; columns exporter, (11, 8).
    by_exporter : pandas.DataFrame
        Table 2: rows exporter that uses it and the totals EAEU, ROW, VS1; columns origin, (11, 8).
    vs_by_sector, vs1_by_sector : pandas.DataFrame
        Tables 3 and 4: thirteen sectors by the five members of the EAEU, (13, 5).
    """

    by_origin: pd.DataFrame
    by_exporter: pd.DataFrame
    vs_by_sector: pd.DataFrame
    vs1_by_sector: pd.DataFrame

    def cells(self) -> pd.Series[float]:
        """All 306 printed figures, by table (1 to 4), row and column."""
        tables = (self.by_origin, self.by_exporter, self.vs_by_sector, self.vs1_by_sector)
        stacked = [table.rename_axis("row").rename_axis("column", axis=1).stack() for table in tables]
        return pd.concat(stacked, keys=[1, 2, 3, 4], names=["table"]).rename("printed")


@cache
def printed_tables() -> PrintedTables:
    """Read tables 1 to 4 of the paper."""
    return PrintedTables(
        _read("eaeu_table1_origin_by_exporter"),
        _read("eaeu_table2_exporter_by_origin"),
        _read("eaeu_table3_vs_by_exporting_sector"),
        _read("eaeu_table4_vs1_by_supplying_sector"),
    )


def quoted_shares() -> pd.DataFrame:
    """Read the shares of the EAEU that the paper quotes in its text.

    Returns
    -------
    pandas.DataFrame
        By country and sector: ``imported_inputs`` and ``exports``, the share of the
        EAEU in imported intermediate inputs and in exports, in %; missing where none is quoted.
    """
    facts = _read("eaeu_text_facts").loc["agrifood"].astype({"value": float})
    facts["sector"] = facts["sector"].map(QUOTED_SECTORS)
    facts["indicator"] = facts["indicator"].map(QUOTED_SHARES)
    return facts.pivot(index=["country", "sector"], columns="indicator", values="value")[
        list(QUOTED_SHARES.values())
    ].rename_axis(columns=None)


def other_estimates() -> pd.DataFrame:
    """Read estimates by others.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``indicator`` (as its authors call it), ``value`` (%), ``year``, ``source``.
    """
    return _read("eaeu_other_estimates").reset_index().rename(columns={"value_percent": "value"})


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", index_col=0)
