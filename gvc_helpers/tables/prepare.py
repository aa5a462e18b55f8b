"""Preparation of a table: countries kept, one of them corrected, sectors added up, all balanced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

import pandas as pd

from gvc_helpers.errors import reason
from gvc_helpers.tables.corrections import correct, read_corrections
from gvc_helpers.tables.io_table import IOTable, TableError
from gvc_helpers.tables.labels import Level, expand, sector_groups

Groups = Mapping[str, Iterable[str]] | str
"""Sectors to add up: groups and their members, a level of the concordances, or a file of one's own."""


@dataclass(frozen=True)
class Prepared:
    """A table as a study uses it, and what was done to it."""

    table: IOTable
    moved: pd.DataFrame
    """What balancing added, as :meth:`IOTable.balance` says; zeros if it was not asked for."""
    corrected: pd.DataFrame | None = None
    """What corrections moved, as :func:`gvc_helpers.tables.corrections.correct` says."""


def prepare(
    table: IOTable,
    countries: Sequence[str] | None = None,
    corrections: str | Path | None = None,
    groups: Groups | None = None,
    balance: bool = True,
) -> Prepared:
    """Prepare a table as a study's parameters ask, in the order of Belousov (2020).

    Parameters
    ----------
    table : IOTable
        The table as read.
    countries : sequence of str, optional
        Countries to keep, or sets of countries; all others become the rest of the world. None keeps all.
    corrections : str or Path, optional
        File with better totals, in the countries and sectors of the table at this point.
    groups : mapping of str to iterable of str, or str, optional
        Sectors to add up: ``"fourteen"`` and ``"broad"`` are those of the concordances, any other text
        names a file with the columns sector and group.
    balance : bool
        Whether to balance.

    Returns
    -------
    Prepared
        The table, and what balancing and corrections moved.

    Raises
    ------
    TableError, ConcordanceError, CorrectionError
        When something named is not in the table, or totals contradict one another.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> prepared = gvc.prepare(gvc.read_table("reconstruction"), ["EAEU", "CHN"], groups="broad")
    >>> prepared.table.countries
    ['ARM', 'BLR', 'KAZ', 'KGZ', 'RUS', 'CHN', 'ROW']
    """
    try:
        kept = table if countries is None else table.keep(expand(countries, table.countries))
        moved_by_corrections = None
        if corrections is not None:
            kept, moved_by_corrections = correct(kept, read_corrections(corrections, kept))
        named = named_groups(groups, kept.sectors)
        grouped = kept.aggregate(sectors=named) if named else kept
        balanced, moved = grouped.balance()
    except MemoryError as error:
        raise TableError(
            f"there is not enough memory to prepare the table of {len(table.Z):,} rows, which takes "
            f"{table.Z.nbytes / 1e9:,.3g} GB: {reason(error)}"
        ) from None
    if not balance:
        balanced, moved = grouped, moved * 0.0
    return Prepared(balanced, moved, moved_by_corrections)


def named_groups(groups: Groups | None, sectors: Sequence[str]) -> Mapping[str, Iterable[str]]:
    """Return groups and their members, from a concordance where only its name is given."""
    if not isinstance(groups, str):
        return groups or {}
    if groups in get_args(Level):
        return sector_groups(sectors, cast(Level, groups))
    return sector_groups(sectors, "fourteen", concordance=groups)
