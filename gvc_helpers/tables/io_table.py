"""An inter-country input-output table: held, checked, balanced and added up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from mmap import mmap
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from gvc_helpers._typing import Array
from gvc_helpers.errors import GvcError, listed
from gvc_helpers.tables.checks import Fault, look, out_of_balance
from gvc_helpers.tables.leontief import Leontief, SingularTableError, closed_sectors

REST_OF_WORLD = ("ROW", "RoW")
"""Codes of the rest of the world, which is a region of a table and no country."""
ROWS_AT_A_TIME = 256
"""Rows of the matrix of flows that are added up together."""


class TableError(GvcError):
    """A table, or what was asked of it, is wrong; the message says what, where and what is allowed."""


class IOTable:
    """An inter-country input-output table. It cannot be changed; its methods return new tables.

    ``G`` countries, ``N`` sectors, ``GN`` rows, countries outermost; sectors may differ by country.

    Parameters
    ----------
    Z : array_like
        Intermediate flows, shape (GN, GN); a row sells to a column. A float array that owns its memory
        is taken over without a copy and made read-only.
    Y : array_like
        Final demand by country of destination, shape (GN, G); taken over likewise.
    countries, sectors : sequence of str, optional
        Labels of a full grid, countries outermost.
    index : pandas.MultiIndex, optional
        (country, sector) of every row, instead of `countries` and `sectors`.
    value_added : array_like, optional
        Value added, shape (GN,), as a database states it. Left out, it is gross output minus
        intermediate inputs and the table is balanced by construction.
    output : array_like, optional
        Gross output, shape (GN,), as a database states it; only checked against the sums of rows.
    year : int, optional
        Year of the flows.
    unit : str
        Unit of the flows.
    source : str
        Where the table comes from; it stands under every figure made from it.
    price, edition : str
        Price basis, and edition of the database.
    note : str
        What reading left out or changed, without a full stop.

    Raises
    ------
    TableError
        When shapes and labels disagree, a label is missing or doubled, a number is missing, infinite
        or not a number, or a sector's output is negative.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable(
    ...     Z=[[10, 5], [2, 20]], Y=[[80, 5], [8, 70]], countries=["ARM", "RUS"], sectors=["All"]
    ... )
    >>> table.output
    country  sector
    ARM      All       100.0
    RUS      All       100.0
    Name: output, dtype: float64
    >>> table.exports.tolist()
    [10.0, 10.0]
    """

    Z: Array
    Y: Array
    index: pd.MultiIndex
    countries: list[str]
    year: int | None
    unit: str
    source: str
    price: str
    edition: str
    note: str

    def __init__(
        self,
        Z: npt.ArrayLike,
        Y: npt.ArrayLike,
        countries: Sequence[str] | None = None,
        sectors: Sequence[str] | None = None,
        *,
        index: pd.MultiIndex | None = None,
        value_added: npt.ArrayLike | None = None,
        output: npt.ArrayLike | None = None,
        year: int | None = None,
        unit: str = "",
        source: str = "",
        price: str = "",
        edition: str = "",
        note: str = "",
    ) -> None:
        labels = _labels(countries, sectors, index)
        names = list(dict.fromkeys(labels.get_level_values("country")))
        size, width = len(labels), len(names)
        value_added, output = (
            None if values is None else _numbers(name, values, (size,), labels)
            for name, values in (("value_added", value_added), ("output", output))
        )
        self.__dict__.update(
            Z=_numbers("Z", Z, (size, size), labels, labels),
            Y=_numbers("Y", Y, (size, width), labels, pd.Index(names)),
            _stated_value_added=value_added,
            _stated_output=output,
            index=labels,
            countries=names,
            year=year,
            unit=unit,
            source=source,
            price=price,
            edition=edition,
            note=note,
        )
        self._refuse_negative_output()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an IOTable cannot be changed; make a new one to have another {name!r}")

    def __repr__(self) -> str:
        year = "" if self.year is None else f", {self.year}"
        return f"<IOTable: {len(self.countries)} countries, {len(self.index)} rows{year}, {self.unit}>"

    # What follows from the flows ------------------------------------------------------------------

    @cached_property
    def sectors(self) -> list[str]:
        """Sectors of all countries, in order of appearance."""
        return list(dict.fromkeys(self.index.get_level_values("sector")))

    @cached_property
    def membership(self) -> Array:
        """One where a row belongs to a country, else zero, shape (GN, G).

        In Fortran order, as what is made of it goes to solvers that take columns.
        """
        membership: Array = np.zeros((len(self.index), len(self.countries)), order="F")
        for country, own in enumerate(self.blocks):
            membership[own, country] = 1.0
        membership.setflags(write=False)
        return membership

    @cached_property
    def blocks(self) -> list[slice]:
        """Rows of each country, G slices one after the other."""
        sizes = pd.factorize(self.index.get_level_values("country"))[0]
        ends = np.cumsum(np.bincount(sizes)).tolist()
        return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    @cached_property
    def output(self) -> pd.Series[float]:
        """Gross output: all sales, intermediate and final, shape (GN,)."""
        sales = self.intermediate_sales.to_numpy().sum(axis=1)
        return self._series(sales + self.Y.sum(axis=1), "output")

    @cached_property
    def inputs(self) -> pd.Series[float]:
        """Intermediate inputs, shape (GN,)."""
        return self._series(self.Z.sum(axis=0), "inputs")

    @cached_property
    def stated_value_added(self) -> pd.Series[float] | None:
        """Value added as a database states it, shape (GN,), if it does."""
        stated = self.__dict__["_stated_value_added"]
        return None if stated is None else self._series(stated, "stated_value_added")

    @cached_property
    def stated_output(self) -> pd.Series[float] | None:
        """Gross output as a database states it, shape (GN,), if it does."""
        stated = self.__dict__["_stated_output"]
        return None if stated is None else self._series(stated, "stated_output")

    @cached_property
    def value_added(self) -> pd.Series[float]:
        """Value added as stated, else gross output minus intermediate inputs, shape (GN,)."""
        if self.stated_value_added is not None:
            return self.stated_value_added.rename("value_added")
        return self._series((self.output - self.inputs).to_numpy(), "value_added")

    @cached_property
    def home_demand(self) -> pd.Series[float]:
        """Sales to final users at home, shape (GN,)."""
        return self._series((self.Y * self.membership).sum(axis=1), "home_demand")

    @cached_property
    def final_exports(self) -> pd.Series[float]:
        """Exports to final users, shape (GN,)."""
        return self._series((self.Y * (1.0 - self.membership)).sum(axis=1), "final_exports")

    @cached_property
    def intermediate_sales(self) -> pd.DataFrame:
        """Sales to the industries of each country, shape (GN, G)."""
        starts = [own.start for own in self.blocks]
        return self._frame(np.add.reduceat(self.Z, starts, axis=1))

    @cached_property
    def exports_by_destination(self) -> pd.DataFrame:
        """Gross exports, intermediate and final, by country of destination; 0 at home, shape (GN, G)."""
        sales = self.intermediate_sales.to_numpy() + self.Y
        return self._frame(np.where(self.membership, 0.0, sales))

    @cached_property
    def exports(self) -> pd.Series[float]:
        """Gross exports, shape (GN,)."""
        return self._series(self.exports_by_destination.to_numpy().sum(axis=1), "exports")

    @cached_property
    def imbalance(self) -> pd.Series[float]:
        """Gross output minus gross inputs (intermediate inputs and value added), shape (GN,)."""
        gap = self.output - self.inputs - self.value_added
        return self._series(gap.to_numpy(), "imbalance")

    @cached_property
    def leontief(self) -> Leontief:
        """The factorized system ``I - A``, made once.

        Raises
        ------
        TableError
            When the table is out of balance by more than `soundness.BALANCE_TOLERANCE`, a sector buys
            inputs and has no output, or no sector has any.
        SingularTableError
            When the system has no unique solution.
        """
        self.require_solution()
        return Leontief(self.Z, self.output.to_numpy(), self.inputs.to_numpy(), self.blocks)

    # Checking and changing ------------------------------------------------------------------------

    def check(self) -> list[Fault]:
        """Look for what makes a table doubtful, most serious first; `soundness.KINDS` lists the kinds."""
        return look(self)

    def require_solution(self) -> None:
        """Raise an error, as `leontief` says, unless the table can be measured."""
        for finding in out_of_balance(self):
            raise TableError(f"{finding}; balance the table with its method balance(), or correct the data")
        output = self.output.to_numpy()
        if not output.any():
            raise TableError("the table is empty: all its flows are zero")
        closed = self.index[closed_sectors(self.Z, output, self.inputs.to_numpy())]
        if len(closed):
            raise SingularTableError(
                "the table cannot be solved: a group of sectors uses up all it makes, and nothing in it is "
                f"value added: {listed(map(_name, closed), 10)}; correct the data, or leave these sectors out"
            )

    def require_countries(self, names: Collection[str], what: str = "country") -> None:
        """Raise a TableError unless `names` is a list of different countries of the table.

        `what` says in the message what the names are of.
        """
        if isinstance(names, str):
            raise TableError(f"{what} '{names}' is a text; a list is expected, such as ['{names}']")
        for name in names:
            if name not in self.countries:
                raise TableError(f"{what} '{name}' is not in the table; it has {', '.join(self.countries)}")
        twice = [name for name in names if list(names).count(name) > 1]
        if twice:
            raise TableError(f"{what} '{twice[0]}' is named twice")

    def balance(self) -> tuple[IOTable, pd.DataFrame]:
        """Make gross output and gross inputs of every sector equal, at the larger of the two.

        Where inputs exceed output, the difference is added to final demand at home; where output
        exceeds inputs, to value added.

        Returns
        -------
        IOTable
            The balanced table.
        pandas.DataFrame
            What was added, by row: columns ``final_demand`` and ``value_added``.

        References
        ----------
        Belousov (2020), the paragraph before table 1.
        """
        gap = self.imbalance.to_numpy()
        moved = pd.DataFrame(
            {"final_demand": np.maximum(-gap, 0.0), "value_added": np.maximum(gap, 0.0)}, self.index
        )
        Y = self.Y + self.membership * moved[["final_demand"]].to_numpy()
        return self._like(self.Z, Y, self.index), moved

    def keep(self, countries: Sequence[str], rest: str = "ROW") -> IOTable:
        """Keep some countries, in the order given, and add up all others into one, the last.

        Parameters
        ----------
        countries : sequence of str
            Countries to keep.
        rest : str
            Name of the region made of the others; it may be one of them.

        Raises
        ------
        TableError
            When a country is not in the table or named twice, or `rest` is a country kept.
        """
        self.require_countries(countries)
        if rest in countries:
            raise TableError(f"'{rest}' is a country kept and cannot name the rest as well")
        others = [name for name in self.countries if name not in set(countries)]
        country_of = _grouping("country", {rest: others} if others else {}, self.countries)
        return self._gathered(country_of, {}, [*countries, rest] if others else countries)

    def aggregate(
        self,
        countries: Mapping[str, Iterable[str]] | None = None,
        sectors: Mapping[str, Iterable[str]] | None = None,
    ) -> IOTable:
        """Add up countries or sectors.

        Parameters
        ----------
        countries, sectors : mapping of str to iterable of str, optional
            Name of a group and its members; what is in no group stays as it is.

        Raises
        ------
        TableError
            When a member is not in the table or stands in two groups, or a group takes the name of
            something that is not in it.

        Examples
        --------
        >>> import gvc_helpers as gvc
        >>> table = gvc.read_table("reconstruction")
        >>> union = table.aggregate(countries={"EAEU": ["ARM", "BLR", "KAZ", "KGZ", "RUS"]})
        >>> union.countries
        ['EAEU', 'CHN', 'DEU', 'UKR', 'ROW']
        """
        country_of = _grouping("country", countries or {}, self.countries)
        sector_of = _grouping("sector", sectors or {}, self.sectors)
        return self._gathered(country_of, sector_of, list(dict.fromkeys(country_of.values())))

    def unite(self, name: str, members: Sequence[str]) -> IOTable:
        """Make one country of several, whose trade with one another becomes domestic.

        Other than :meth:`aggregate`, the industries of the members stay apart, as sectors
        "<member>: <sector>", so that no technology is averaged and value added can be followed exactly.
        What goes by sector labels over countries (comparative advantage, groups of products, structural
        decomposition) takes the sectors of members for sectors of their own.

        Parameters
        ----------
        name : str
            Name of the new country, such as that of a customs union.
        members : sequence of str
            Countries that become one; it stands where the first of them in the table stood.

        Raises
        ------
        TableError
            When a member is not in the table or named twice, or `name` is a country outside.

        Examples
        --------
        >>> import gvc_helpers as gvc
        >>> table = gvc.read_table("reconstruction")
        >>> union = table.unite("EAEU", ["ARM", "BLR", "KAZ", "KGZ", "RUS"])
        >>> union.countries, len(union.index) == len(table.index)
        (['EAEU', 'CHN', 'DEU', 'UKR', 'ROW'], True)
        """
        self.require_countries(members)
        if not members:
            raise TableError(f"'{name}' has no members; name at least one country of the table")
        country_of = _grouping("country", {name: members}, self.countries)
        united = [country_of[country] for country in self.countries]
        order = list(dict.fromkeys(united))
        labels = [
            (country_of[country], f"{country}: {sector}" if country in members else sector)
            for country, sector in self.index
        ]
        rows = np.argsort(pd.Index(order).get_indexer([country for country, _ in labels]), kind="stable")
        columns = _adder(pd.Index(order).get_indexer(united), len(order))
        stated = self.__dict__["_stated_value_added"]
        return self._like(
            self.Z[np.ix_(rows, rows)],
            (columns @ self.Y[rows].T).T,
            pd.MultiIndex.from_tuples([labels[row] for row in rows], names=["country", "sector"]),
            None if stated is None else stated[rows],
        )

    def _gathered(
        self, country_of: Mapping[str, str], sector_of: Mapping[str, str], order: Sequence[str]
    ) -> IOTable:
        """Add up the rows that get the same new label, with countries in the given order."""
        new = pd.MultiIndex.from_arrays(
            [
                self.index.get_level_values("country").map(country_of),
                [sector_of.get(sector, sector) for sector in self.index.get_level_values("sector")],
            ],
            names=["country", "sector"],
        )
        labels = new.unique()
        rank = pd.Index(order).get_indexer(labels.get_level_values("country"))
        labels = labels[np.argsort(rank, kind="stable")]
        positions = labels.get_indexer(new)
        rows = _adder(positions, len(labels))
        columns = _adder(pd.Index(order).get_indexer([country_of[c] for c in self.countries]), len(order))
        stated = self.__dict__["_stated_value_added"]
        return self._like(
            _added_up(self.Z, positions, rows),
            (columns @ (rows @ self.Y).T).T,
            labels,
            None if stated is None else rows @ stated,
        )

    def _like(self, Z: Array, Y: Array, index: pd.MultiIndex, value_added: Array | None = None) -> IOTable:
        return IOTable(
            Z, Y, index=index, value_added=value_added, year=self.year, unit=self.unit, source=self.source,
            price=self.price, edition=self.edition, note=self.note,
        )  # fmt: skip

    def _series(self, values: Array, name: str) -> pd.Series[float]:
        values.setflags(write=False)
        return pd.Series(values, index=self.index, name=name, copy=False)

    def _frame(self, by_country: Array) -> pd.DataFrame:
        by_country.setflags(write=False)
        return pd.DataFrame(by_country, self.index, self.countries, copy=False)

    def _refuse_negative_output(self) -> None:
        output = self.output
        # Rounding and stocks leave real tables with an output of minus one or two million here and there.
        if (output < -1e-5 * output.abs().max()).any():
            country, sector = output.idxmin()
            raise TableError(
                f"gross output of {country} / {sector} is negative ({output.min():.6g}); "
                "the sum of a row of Z and Y must be zero or more"
            )


def _labels(
    countries: Sequence[str] | None, sectors: Sequence[str] | None, index: pd.MultiIndex | None
) -> pd.MultiIndex:
    if index is None:
        if countries is None or sectors is None:
            raise TableError("labels are missing: give countries and sectors, or index")
        index = pd.MultiIndex.from_product([list(countries), list(sectors)])
    elif countries is not None or sectors is not None:
        raise TableError("labels are given twice: give countries and sectors, or index, not both")
    if index.nlevels != 2:
        raise TableError(f"index has {index.nlevels} level(s); it must have two, country and sector")
    if not len(index):
        raise TableError("the table is empty: it has no country or no sector")
    for level, what in enumerate(("country", "sector")):
        for label in index.get_level_values(level):
            if not isinstance(label, str) or not label.strip():
                raise TableError(f"{what} label {label!r} is not a text; every label must be one")
    doubled = index[index.duplicated()]
    if len(doubled):
        raise TableError(
            f"row {' / '.join(doubled[0])} stands twice; every country and sector must be unique"
        )
    codes = index.get_level_values(0)
    if (codes[1:] != codes[:-1]).sum() + 1 != codes.nunique():
        raise TableError("the rows of a country are not together; sort the rows by country")
    return index.set_names(["country", "sector"])


def _numbers(
    name: str, values: npt.ArrayLike, shape: tuple[int, ...], rows: pd.Index[Any],
    columns: pd.Index[Any] | None = None,
) -> Array:  # fmt: skip
    """Return `values` as a read-only float array, or say which of them is not a finite number."""
    raw = np.asarray(values)
    if raw.shape != shape:
        raise TableError(f"{name} has shape {raw.shape}; by the labels it must be {shape}")
    try:
        array = np.asarray(raw, dtype=np.float64)
        bad = not np.isfinite(array).all()
    except (TypeError, ValueError):
        array = pd.to_numeric(pd.Series(raw.ravel()), errors="coerce").to_numpy(float).reshape(shape)
        bad = True
    if bad:
        cell = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = _name(rows[cell[0]]) + (f", column {_name(columns[cell[1]])}" if columns is not None else "")
        raise TableError(f"{name}, row {where}: {raw[cell]!s} is not a finite number")
    # A view of somebody's array could still change underneath us.
    array = array if array.base is None or _is_mapped(array) else array.copy()
    array.setflags(write=False)
    return array


def _is_mapped(array: Array) -> bool:
    """Whether an array is a file mapped for reading only, which nobody can change through memory."""
    base: object = array
    while isinstance(base, np.ndarray) and not base.flags.writeable:
        base = base.base
    return isinstance(base, mmap)


def _name(label: object) -> str:
    return " / ".join(label) if isinstance(label, tuple) else str(label)


def _grouping(what: str, groups: Mapping[str, Iterable[str]], known: Sequence[str]) -> dict[str, str]:
    """Return the new label of every known one."""
    new = {label: label for label in known}
    placed: dict[str, str] = {}
    for group, members in groups.items():
        for member in members:
            if member not in new:
                raise TableError(
                    f"{what} '{member}' of group '{group}' is not in the table; it has {', '.join(known)}"
                )
            if member in placed:
                raise TableError(f"{what} '{member}' is in two groups, '{placed[member]}' and '{group}'")
            placed[member] = group
    new.update(placed)
    for group in groups:
        if group in new and group not in placed:
            raise TableError(f"{what} group '{group}' has the name of a {what} that is not in any group")
    return new


def _adder(position: npt.NDArray[np.intp], size: int) -> csr_array[Any, tuple[int, int]]:
    """Return the matrix that adds up the rows that share a position, shape (`size`, rows)."""
    return csr_array((np.ones(len(position)), (position, np.arange(len(position)))), (size, len(position)))


def _added_up(Z: Array, positions: npt.NDArray[np.intp], rows: csr_array[Any, tuple[int, int]]) -> Array:
    """Add up rows and columns that share a position; nothing of the size of Z stands beside the result."""
    result = np.zeros((rows.shape[0], rows.shape[0]))
    for start in range(0, len(Z), ROWS_AT_A_TIME):
        part = (rows @ Z[start : start + ROWS_AT_A_TIME].T).T
        for target, row in zip(positions[start : start + ROWS_AT_A_TIME], part, strict=True):
            result[target] += row
    return result
