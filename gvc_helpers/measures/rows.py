"""Exports by exporter, sector and importer: the rows that results can have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.tables.io_table import IOTable

Rows = Literal["country", "sector", "bilateral", "sector-bilateral"]
"""What the rows of a result are: exporters, exporters by sector, by importer, or by both."""


def by_rows(table: IOTable, terms: Iterable[tuple[str, Array]], by: Rows) -> pd.DataFrame:
    """Set terms side by side, added up to the rows asked for.

    Parameters
    ----------
    table : IOTable
        The table that the terms are of.
    terms : iterable of (str, numpy.ndarray)
        By (country, sector) and importer, shape (GN, G) each, or (GN, 1) where `by` has no importers;
        taken one by one, so that a generator need not hold all.
    by : {"country", "sector", "bilateral", "sector-bilateral"}
        Rows of the result; there are none for exports to oneself.

    Returns
    -------
    pandas.DataFrame
        Terms as columns, indexed by exporter, sector and importer, as many of them as asked for.
    """
    exporters, sectors = (table.index.get_level_values(level) for level in ("country", "sector"))
    if "sector" not in by:
        exporters = pd.Index(table.countries)
        terms = ((name, table.membership.T @ values) for name, values in terms)
    exporter, countries = pd.factorize(exporters)
    shown = np.ones((len(exporter), 1), dtype=bool)
    if "bilateral" in by:
        shown = exporter[:, None] != np.arange(len(countries))
    rows, importer = np.nonzero(shown)
    levels = {"exporter": (countries, exporter[rows])}
    if "sector" in by:
        sector, labels = pd.factorize(sectors)
        levels["sector"] = labels, sector[rows]
    if "bilateral" in by:
        levels["importer"] = countries, importer
    labels, codes = zip(*levels.values(), strict=True)
    index = pd.MultiIndex(labels, codes, names=list(levels))
    if by == "country":
        index = index.get_level_values("exporter")
    return pd.DataFrame({name: values[shown] for name, values in terms}, index, copy=False)
