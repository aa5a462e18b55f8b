"""Vertical specialization: foreign value added in exports, and own value added in others' exports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable


@dataclass(frozen=True)
class VerticalSpecialization:
    """Value added in exports, by origin and exporter. Made by :func:`vertical_specialization`.

    Parameters
    ----------
    content : pandas.DataFrame
        Value added in the exports of a (country, sector), by country of origin, shape (GN, G), in
        the table's unit. Its rows add up to `exports`.
    use : pandas.DataFrame
        Value added of a (country, sector) in the exports of each country, shape (GN, G), in the
        table's unit.
    exports : pandas.Series
        Gross exports, shape (GN,), in the table's unit.
    """

    content: pd.DataFrame
    use: pd.DataFrame
    exports: pd.Series[float]

    @cached_property
    def country_exports(self) -> pd.Series[float]:
        """Gross exports by country, shape (G,)."""
        return self.exports.groupby(level="country", sort=False).sum()

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Value added from origin (row) in the exports of exporter (column), shape (G, G)."""
        flows = self.content.groupby(level="country", sort=False).sum().T
        return flows.rename_axis(index="origin", columns="exporter")

    @cached_property
    def by_origin(self) -> pd.DataFrame:
        """Rows origin of value added, columns exporter, % of the exporter's gross exports (table 1)."""
        return _percent(self.flows, self.country_exports)

    @cached_property
    def by_exporter(self) -> pd.DataFrame:
        """Rows exporter using value added, columns origin, % of the origin's gross exports (table 2)."""
        return _percent(self.flows.T, self.country_exports)

    @cached_property
    def vs(self) -> pd.Series[float]:
        """Foreign value added in a country's exports, % of its gross exports."""
        return _off_diagonal(self.by_origin).sum(min_count=1).rename("VS")

    @cached_property
    def vs1(self) -> pd.Series[float]:
        """A country's value added in the exports of others, % of its gross exports."""
        return _off_diagonal(self.by_exporter).sum(min_count=1).rename("VS1")

    @cached_property
    def foreign_content(self) -> pd.Series[float]:
        """Foreign value added in the exports of each (country, sector), shape (GN,)."""
        return _abroad(self.content)

    @cached_property
    def vs_by_sector(self) -> pd.DataFrame:
        """Rows exporting sector, columns exporter, % of the exporter's gross exports (table 3)."""
        return _percent(_sectors_by_country(self.foreign_content), self.country_exports)

    @cached_property
    def vs1_by_sector(self) -> pd.DataFrame:
        """Rows supplying sector, columns origin, % of the origin's gross exports (table 4)."""
        return _percent(_sectors_by_country(_abroad(self.use)), self.country_exports)


def vertical_specialization(table: IOTable) -> VerticalSpecialization:
    """Split every country's gross exports by the origin of the value added in them.

    With ``A = Z x̂⁻¹``, ``B = (I - A)⁻¹``, ``v = 1 - 1'A`` and gross exports ``e``, the matrix
    ``VAE = v̂ B ê`` holds the value added of the row in the exports of the column. Its columns add up
    to gross exports. Only its sums over origins and over exporters are needed, so neither `B` nor
    `VAE` is formed: one factorization and two solves with G right-hand sides each give everything.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows, G countries.

    Returns
    -------
    VerticalSpecialization
        Frames of shape (GN, G) in the table's unit, and their shares in gross exports, in %.

    Raises
    ------
    TableError
        When the table is out of balance or a sector has inputs without output.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Hummels, D., Ishii, J. and Yi, K.-M. (1999), The Nature and Growth of Vertical Specialization in
    World Trade, for VS and VS1. Koopman, R., Powers, W., Wang, Z. and Wei, S.-J. (2010), Give Credit
    Where Credit Is Due, for ``VAE``. Belousov, A. V. (2020), for tables 1 to 4.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> vs = gvc.vertical_specialization(gvc.read_table("reconstruction"))
    >>> float(vs.vs["BLR"].round(1))
    36.3
    """
    leontief, membership = table.leontief, table.membership
    share, exports = leontief.value_added_share[:, None], table.exports
    content = exports.to_numpy()[:, None] * leontief.content(share * membership)
    use = share * leontief.requirements(exports.to_numpy()[:, None] * membership)
    return VerticalSpecialization(
        pd.DataFrame(content, table.index, table.countries),
        pd.DataFrame(use, table.index, table.countries),
        exports,
    )


def value_added_exports(table: IOTable) -> pd.DataFrame:
    """Value added of every (country, sector) in the exports of every (country, sector).

    ``VAE = v̂ B ê``, shape (GN, GN), in the table's unit: rows are origins, columns exporters. Columns
    add up to gross exports. The full matrix is as large as the table; for sums by country
    :func:`vertical_specialization` is several times cheaper.

    Parameters
    ----------
    table : IOTable
        A balanced table.

    Raises
    ------
    TableError, SingularTableError
        As :func:`vertical_specialization`.

    References
    ----------
    Koopman, Powers, Wang and Wei (2010), equation 16; Belousov (2020), the first formula.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> bool(abs(gvc.value_added_exports(table).sum() - table.exports).max() < 1e-9)
    True
    """
    exported = np.zeros(table.Z.shape, order="F")
    np.fill_diagonal(exported, table.exports)
    vae = table.leontief.requirements(exported)
    vae *= table.leontief.value_added_share[:, None]
    return pd.DataFrame(vae, table.index, table.index, copy=False)


def bloc_share_of_imported_inputs(table: IOTable, members: Collection[str]) -> pd.Series[float]:
    """Share of a bloc in the imported intermediate inputs of every (country, sector), in %.

    Shape (GN,). The country itself is left out of the bloc; without imported inputs the share is
    missing.

    Parameters
    ----------
    table : IOTable
        Any table, balanced or not.
    members : collection of str
        Countries of the bloc; those not in the table count as nothing.

    References
    ----------
    Belousov (2020), the text after table 3.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> eaeu = ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    >>> shares = gvc.bloc_share_of_imported_inputs(gvc.read_table("reconstruction"), eaeu)
    >>> float(shares["BLR"].iloc[0].round(1))
    63.0
    """
    purchases = pd.DataFrame((table.membership.T @ table.Z).T, table.index, table.countries)
    return _bloc_share(purchases, members).rename("share_of_bloc_in_imported_inputs")


def foreign_origins(vs: VerticalSpecialization, exporters: Sequence[str]) -> pd.DataFrame:
    """Foreign value added in exports by the single country that it is from.

    Parameters
    ----------
    vs : VerticalSpecialization
        Results for a table of G countries.
    exporters : sequence of str
        Exporters to show.

    Returns
    -------
    pandas.DataFrame
        Origin x exporter, % of the exporter's gross exports: as ``by_origin``, without the rest of the world,
        which is no country, and with the exporter's own value added missing.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> vs = gvc.vertical_specialization(gvc.read_table("reconstruction"))
    >>> gvc.foreign_origins(vs, ["BLR", "RUS"]).idxmax().to_dict()
    {'BLR': 'RUS', 'RUS': 'UKR'}
    """
    shares = vs.by_origin[list(exporters)].drop(index=list(REST_OF_WORLD), errors="ignore")
    return shares.mask(shares.index.to_numpy()[:, None] == shares.columns.to_numpy())


def bloc_share_of_exports(table: IOTable, members: Collection[str]) -> pd.Series[float]:
    """Share of a bloc in the gross exports of every (country, sector), in %.

    Shape (GN,). The country itself is left out of the bloc; without exports the share is missing.

    Parameters
    ----------
    table : IOTable
        Any table, balanced or not.
    members : collection of str
        Countries of the bloc; those not in the table count as nothing.

    References
    ----------
    Belousov (2020), the text after tables 3 and 4.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> eaeu = ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    >>> shares = gvc.bloc_share_of_exports(gvc.read_table("reconstruction"), eaeu)
    >>> float(shares["KGZ"].iloc[0].round(1))
    57.5
    """
    return _bloc_share(table.exports_by_destination, members).rename("share_of_bloc_in_exports")


def bloc_shares(
    table: IOTable, members: Collection[str], countries: Collection[str], sectors: Collection[str]
) -> pd.DataFrame:
    """Set both shares of a bloc side by side for some countries and sectors.

    Returns
    -------
    pandas.DataFrame
        By country and sector, in the order given: ``imported_inputs`` and ``exports``, %.
    """
    both = pd.concat(
        [bloc_share_of_imported_inputs(table, members), bloc_share_of_exports(table, members)],
        axis=1,
        keys=["imported_inputs", "exports"],
    )
    rows = pd.MultiIndex.from_product([list(countries), list(sectors)], names=["country", "sector"])
    return both.loc[rows[rows.isin(table.index)]]


def bloc_total(shares: pd.DataFrame, members: Collection[str]) -> pd.Series[float]:
    """Add up the rows of a bloc's members in a square frame, leaving out each column's own country.

    Parameters
    ----------
    shares : pandas.DataFrame
        Such as :attr:`VerticalSpecialization.by_origin`, shape (G, G), any unit.
    members : collection of str
        Countries of the bloc.

    References
    ----------
    Belousov (2020), the rows "EAEU in total" of tables 1 and 2.
    """
    return _off_diagonal(shares).loc[[c for c in shares.index if c in members]].sum(min_count=1)


def with_totals(
    shares: pd.DataFrame, countries: Sequence[str], members: Collection[str], names: tuple[str, str, str]
) -> pd.DataFrame:
    """Take some countries out of a square frame and add the totals that tables 1 and 2 have.

    Parameters
    ----------
    shares : pandas.DataFrame
        :attr:`VerticalSpecialization.by_origin` or ``by_exporter``, shape (G, G), %.
    countries : sequence of str
        Countries to show, F of them.
    members : collection of str
        Countries of the bloc.
    names : tuple of str
        Names of the rows for the bloc, for the countries not shown, and for all but the own country.

    Returns
    -------
    pandas.DataFrame
        Shape (F + 3, F), %. The bloc leaves out each column's own country.

    References
    ----------
    Belousov (2020), tables 1 and 2.
    """
    shown = list(countries)
    totals = pd.concat(
        [
            bloc_total(shares, members),
            shares.drop(index=shown).sum(min_count=1),
            _off_diagonal(shares).sum(min_count=1),
        ],
        axis=1,
        keys=names,
    ).T
    return pd.concat([shares.loc[shown], totals])[shown].rename_axis(shares.index.name)


def _bloc_share(by_country: pd.DataFrame, members: Collection[str]) -> pd.Series[float]:
    own = by_country.index.get_level_values("country").to_numpy()[:, None] == by_country.columns.to_numpy()
    abroad = by_country.mask(own, 0.0)
    total = abroad.sum(axis=1)
    return 100.0 * abroad.loc[:, abroad.columns.isin(list(members))].sum(axis=1) / total.where(total != 0)


def _abroad(by_country: pd.DataFrame) -> pd.Series[float]:
    """Add up the columns other than the row's own country."""
    own = by_country.columns.get_indexer(by_country.index.get_level_values("country"))
    values = by_country.to_numpy()
    abroad = values.sum(axis=1) - values[np.arange(len(values)), own]
    return pd.Series(abroad, by_country.index)


def _off_diagonal(square: pd.DataFrame) -> pd.DataFrame:
    return square.mask(np.eye(len(square), dtype=bool), square * 0.0)


def _percent(values: pd.DataFrame, exports: pd.Series[float]) -> pd.DataFrame:
    """Columns of `values` as a percentage of each country's exports; missing where it has none."""
    return 100.0 * values / exports.where(exports > 0)


def _sectors_by_country(values: pd.Series[float]) -> pd.DataFrame:
    """Spread (country, sector) values into sectors by countries, both in order of appearance."""
    countries, sectors = (values.index.unique(level) for level in ("country", "sector"))
    return values.unstack("country").reindex(index=sectors, columns=countries)
