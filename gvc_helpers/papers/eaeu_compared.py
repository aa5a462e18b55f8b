"""Results beside the figures that the paper prints and others estimate."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from gvc_helpers.measures.vertical_specialization import (
    VerticalSpecialization,
    bloc_shares,
    bloc_total,
    with_totals,
)
from gvc_helpers.papers import eaeu as published
from gvc_helpers.papers.eaeu import COUNTRIES, EAEU, ROUNDING, YEAR, PrintedTables, printed_tables
from gvc_helpers.tables.io_table import IOTable


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


def compare_quoted(table: IOTable) -> pd.DataFrame:
    """Set the shares of the EAEU that the paper quotes in its text beside computed ones.

    Parameters
    ----------
    table : IOTable
        A table of the printed countries.

    Returns
    -------
    pandas.DataFrame
        By country, sector and share (``imported_inputs`` or ``exports``): ``printed``, ``computed``
        and ``difference``, %. Sectors that the table lacks are left out.
    """
    quoted = published.quoted_shares()
    computed = bloc_shares(table, EAEU, quoted.index.unique("country"), quoted.index.unique("sector"))
    both = pd.concat([quoted.stack(), computed.stack()], axis=1, keys=["printed", "computed"]).dropna()
    both["difference"] = both["computed"] - both["printed"]
    return both.rename_axis(["country", "sector", "share"])


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


def other_estimates(vs: VerticalSpecialization, countries: Collection[str]) -> pd.DataFrame:
    """Set estimates by others beside the results.

    VS1 is compared with VS1; VS, import content and foreign value added with double counting
    (FVA + PDC) are all compared with VS.

    Returns
    -------
    pandas.DataFrame
        The columns of :func:`gvc_helpers.papers.eaeu.other_estimates`, ``measure`` (VS or VS1) and
        ``computed`` (%), one row for each estimate.
    """
    estimates = published.other_estimates()
    estimates = estimates[estimates["country"].isin([c for c in countries if c in vs.vs.index])]
    estimates.insert(1, "measure", estimates["indicator"].where(estimates["indicator"] == "VS1", "VS"))
    results = {"VS": vs.vs, "VS1": vs.vs1}
    estimates["computed"] = [
        float(results[measure][country])
        for country, measure in zip(estimates["country"], estimates["measure"], strict=True)
    ]
    return estimates.sort_values(["country", "measure"], kind="stable").reset_index(drop=True)
