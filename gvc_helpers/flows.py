"""Exports by exporter, sector and importer: the rows that results can have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import pandas as pd

from gvc_helpers.io_table import IOTable
from gvc_helpers.leontief import Array

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
        exporters, sectors = pd.Index(table.countries), None
        terms = ((name, table.membership.T @ values) for name, values in terms)
    importers = pd.Index(table.countries) if "bilateral" in by else None
    codes, levels = pd.factorize(exporters)
    shown = (
        codes[:, None] != np.arange(len(levels)) if importers is not None else np.ones((len(codes), 1), bool)
    )
    rows, columns = np.nonzero(shown)
    names, parts = ["exporter"], [(codes[rows], levels)]
    if sectors is not None:
        sector, labels = pd.factorize(sectors)
        names, parts = [*names, "sector"], [*parts, (sector[rows], labels)]
    if importers is not None:
        names, parts = [*names, "importer"], [*parts, (columns, importers)]
    index = (
        levels.set_names("exporter")
        if by == "country"
        else pd.MultiIndex([labels for _, labels in parts], [code for code, _ in parts], names=names)
    )
    return pd.DataFrame({name: values[shown] for name, values in terms}, index, copy=False)


def require(name: str, value: str, allowed: object) -> None:
    """Raise a ValueError that says what is allowed, unless `value` is one of a Literal type's values."""
    if value not in get_args(allowed):
        raise ValueError(f"{name} '{value}' is not allowed; allowed: {', '.join(get_args(allowed))}")
