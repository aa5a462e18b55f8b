"""The figures that the replicated paper prints, and how computed ones compare with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from gvc_helpers.vertical_specialization import VerticalSpecialization, bloc_total, with_totals

FOLDER = Path(__file__).parent / "data" / "published"

PAPER = "Belousov (2020)"
YEAR = 2015
EAEU = ("ARM", "BLR", "KAZ", "KGZ", "RUS")
COUNTRIES = ("ARM", "BLR", "CHN", "DEU", "KAZ", "KGZ", "RUS", "UKR")
QUOTED_SECTORS = {
    "Agriculture": "Agriculture, forestry, fishing and aquaculture",
    "Food": "Food, beverages and tobacco",
}
QUOTED_SHARES = {
    "share of the EAEU in imported intermediate inputs": "printed_imported_inputs",
    "share of the EAEU in exports": "printed_exports",
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


def text_facts() -> pd.DataFrame:
    """Read the shares of the EAEU that the paper quotes in its text.

    Returns
    -------
    pandas.DataFrame
        By country and sector: ``printed_imported_inputs`` and ``printed_exports``, the share of the
        EAEU in imported intermediate inputs and in exports, in %; missing where none is quoted.
    """
    facts = _read("eaeu_text_facts").loc["agrifood"].astype({"value": float})
    facts["sector"] = facts["sector"].map(QUOTED_SECTORS)
    facts["indicator"] = facts["indicator"].map(QUOTED_SHARES)
    return facts.pivot(index=["country", "sector"], columns="indicator", values="value")[
        list(QUOTED_SHARES.values())
    ].rename_axis(columns=None)


def other_estimates(vs: VerticalSpecialization, countries: Collection[str]) -> pd.DataFrame:
    """Set estimates by others beside the results.

    VS1 is compared with VS1; VS, import content and foreign value added with double counting
    (FVA + PDC) are all compared with VS.

    Returns
    -------
    pandas.DataFrame
        ``country``, ``measure`` (VS or VS1), ``indicator`` (as its authors call it), ``value`` (%),
        ``year``, ``source``, ``computed`` (%), one row for each estimate.
    """
    estimates = _read("eaeu_other_estimates").reset_index().rename(columns={"value_percent": "value"})
    estimates = estimates[estimates["country"].isin([c for c in countries if c in vs.vs.index])]
    estimates.insert(1, "measure", estimates["indicator"].where(estimates["indicator"] == "VS1", "VS"))
    results = {"VS": vs.vs, "VS1": vs.vs1}
    estimates["computed"] = [
        float(results[measure][country])
        for country, measure in zip(estimates["country"], estimates["measure"], strict=True)
    ]
    return estimates.sort_values(["country", "measure"], kind="stable").reset_index(drop=True)


def covers(vs: VerticalSpecialization, year: int | None) -> bool:
    """Tell whether results are about the year and the countries of the printed tables."""
    return year == YEAR and set(COUNTRIES) <= set(vs.country_exports.index)


def computed_like_printed(vs: VerticalSpecialization) -> PrintedTables:
    """Arrange results as the paper prints them.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results that cover the printed countries. Sectors that have other names than the printed
        ones are missing in the result.
    """
    printed = printed_tables()
    by_origin = with_totals(vs.by_origin, COUNTRIES, EAEU, ("EAEU", "ROW", "VS"))
    by_exporter = with_totals(vs.by_exporter, COUNTRIES, EAEU, ("EAEU", "ROW", "VS1"))
    return PrintedTables(
        by_origin.loc[printed.by_origin.index, printed.by_origin.columns],
        by_exporter.loc[printed.by_exporter.index, printed.by_exporter.columns],
        vs.vs_by_sector.reindex_like(printed.vs_by_sector),
        vs.vs1_by_sector.reindex_like(printed.vs1_by_sector),
    )


def compare(vs: VerticalSpecialization) -> pd.DataFrame:
    """Set results beside the printed figures, cell by cell.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results that cover the printed countries.

    Returns
    -------
    pandas.DataFrame
        By table, row and column: ``printed``, ``computed``, ``difference`` (percentage points),
        ``match`` (within the printed rounding). Cells of sectors the results lack are left out.
    """
    cells = printed_tables().cells().to_frame()
    cells["computed"] = computed_like_printed(vs).cells()
    cells = cells.dropna()
    cells["difference"] = cells["computed"] - cells["printed"]
    cells["match"] = cells["difference"].abs() <= ROUNDING + 1e-9
    return cells


def summary(comparison: pd.DataFrame) -> pd.DataFrame:
    """Count, by table, the cells compared and those within the printed rounding."""
    by_table = comparison.groupby(level="table")
    return pd.DataFrame(
        {
            "cells": by_table.size(),
            "matches": by_table["match"].sum().astype(int),
            "largest": by_table["difference"].agg(lambda cells: cells.abs().max()),
        }
    )


def subtotal_faults() -> pd.DataFrame:
    """Find printed totals for the EAEU that differ from the sum of their own printed parts.

    Returns
    -------
    pandas.DataFrame
        By table and column: ``printed``, ``sum_of_parts``, ``difference``, in percentage points.
    """
    faults = {}
    for number, table in ((1, printed_tables().by_origin), (2, printed_tables().by_exporter)):
        parts = bloc_total(table.loc[list(COUNTRIES), list(COUNTRIES)], EAEU).round(2)
        faults[number] = pd.DataFrame({"printed": table.loc["EAEU"], "sum_of_parts": parts})
    found = pd.concat(faults, names=["table", "country"])
    found["difference"] = (found["printed"] - found["sum_of_parts"]).round(2)
    return found[found["difference"] != 0]


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", index_col=0)
