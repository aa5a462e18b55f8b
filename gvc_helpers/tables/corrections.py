"""Corrections: better totals of a country put in place of what a database has."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.errors import MOST_FAULTS, GvcError, did_you_mean, quoted
from gvc_helpers.files.text import FileError, as_number, decoded, file_content, write_new
from gvc_helpers.files.yaml_lines import read_yaml
from gvc_helpers.tables.gras import AdjustmentError, Total, adjust, contradiction, factor, reach
from gvc_helpers.tables.io_table import IOTable

QUANTITIES = ("gdp", "domestic", "exports", "imports")
"""Value added of a country; its sales to buyers at home; its sales abroad; its purchases abroad."""
USES = ("intermediate", "final")
Positions = npt.NDArray[np.intp]
"""Where cells stand in a list of them, or rows in a table."""
CORRECTIONS_FOLDER = Path(__file__).parents[1] / "data" / "corrections"
"""Where the template and the worked example are."""

PLACEHOLDER = "Name of the publication, table, year"
"""Source of the figures in the template, which are no figures."""

_KEY = ["country", "quantity", "partner", "use", "sector"]
_COLUMNS = [*_KEY, "value", "share", "unit", "source"]
_IDENTITY = "gdp = domestic final sales + exports - imports for intermediate use"


class CorrectionError(GvcError):
    """Corrections are wrong or contradict one another; the message has a line for each fault."""


# Reading ------------------------------------------------------------------------------------------


def read_corrections(path: str | Path, table: IOTable) -> pd.DataFrame:
    """Read and check a file of corrections.

    Each row is a total in the unit of the table:

    ``gdp``
        Value added of `country`, or of one `sector`; `partner` and `use` stay empty.
    ``exports``
        What `country`, or one `sector` of it, sells to all others or one `partner`.
    ``imports``
        What `country` buys from all others or one `partner`, or of their `sector`.
    ``domestic``
        What `country`, or one `sector` of it, sells to buyers at home; `partner` stays empty.

    `use` is ``intermediate`` (to industries), ``final`` (to final users) or empty for both. Instead of a
    `value` a row may have a `share`, in % of the total of the country and quantity, without partner, use
    and sector, which then must be in the file with its value. Amounts are in the unit of the table, or in
    the `unit` that the row states: USD or EUR, also thousand, million or billion. Without a stated unit, a
    total of the country that is a hundred times what the table has, or a hundredth, is refused. Every row
    needs a `source`.

    Parameters
    ----------
    path : str or Path
        A CSV file with comma, semicolon or tab, in UTF-8 or Windows-1251, with a decimal point or comma and
        thousands apart by spaces or not, lines that begin with # left aside; or a YAML file with a list of
        mappings.
    table : IOTable
        The table that is to be corrected.

    Returns
    -------
    pandas.DataFrame
        By ``line`` of the file: ``country``, ``quantity``, ``partner``, ``use``, ``sector`` (empty text for
        all), ``value`` in the unit of the table, and ``source``. Its ``attrs`` hold the ``file``.

    Raises
    ------
    CorrectionError
        With a line for every fault: file, line, what is wrong and what is allowed.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> from gvc_helpers.tables.corrections import CORRECTIONS_FOLDER
    >>> flows = gvc.read_table("reconstruction")
    >>> table = gvc.IOTable(flows.Z * 3.93, flows.Y * 3.93, index=flows.index, unit="billion USD")
    >>> better = gvc.read_corrections(CORRECTIONS_FOLDER / "belarus_2015.csv", table)
    >>> better["value"].round(2).head(2).tolist()
    [56.45, 32.75]
    """
    path = Path(path)
    rows, comma = _yaml_rows(path) if path.suffix.lower() in (".yaml", ".yml") else _csv_rows(path)
    frame = pd.DataFrame([row for _, row in rows], [line for line, _ in rows], _COLUMNS, dtype=object)
    frame = frame.fillna("").rename_axis("line")
    if frame.empty:
        raise CorrectionError([f"{path}: there is no correction below the names of the columns"])
    faults: list[tuple[Any, str]] = []
    frame[["quantity", "use"]] = frame[["quantity", "use"]].map(str.casefold)
    values = _values(frame, comma, table.unit, faults)
    improbable = list(_improbable(frame.assign(value=values), table))
    frame = frame[[*_KEY, "source"]].assign(value=values)[[*_KEY, "value", "source"]]
    frame.attrs["file"] = str(path)
    _refuse(frame, [*faults, *_faults(frame, table)] or improbable)
    return frame


def correct(table: IOTable, corrections: pd.DataFrame) -> tuple[IOTable, pd.DataFrame]:
    """Make a table meet better totals of some of its countries, changing as little as possible.

    The flows from and to the countries that are corrected, and their value added, become those nearest to
    what the table has that meet all given totals and have output equal to inputs plus value added in every
    sector of these countries (:func:`gvc_helpers.tables.gras.adjust`). Several countries are corrected
    at once, so that their trade with one another meets the totals of both.

    What their partners sell to them and buy from them has then changed. Each partner's sector gets back the
    imbalance that it had before, none if it was balanced, by its own final demand at home ``y`` and its value
    added ``v`` alone: ``y r - v / r`` takes up the change, with one ``r`` for each sector, the adjustment of
    the same kind. All other flows of the table stay as they are, bit by bit. Signs stay, and zeros; only a
    total of zero turns flows into zeros.

    Parameters
    ----------
    table : IOTable
        The table.
    corrections : pandas.DataFrame
        As :func:`read_corrections` gives them. Columns of a frame made otherwise may be missing, except
        ``country``, ``quantity``, ``value`` and ``source``; its index is named in messages as the line.

    Returns
    -------
    IOTable
        The corrected table, with value added stated. Its source says which countries were corrected.
    pandas.DataFrame
        What moved, in the unit of the table: ``kind``, ``country``, ``quantity``, ``partner``, ``use``,
        ``sector``, ``line``, ``before``, ``given``, ``after``, ``change`` and ``change_percent`` (of
        ``before``). Kind ``total``: a row for each given total. Kind ``block``: for each corrected country
        gdp, domestic sales by use, and exports and imports by partner and use. Kind ``others``: home demand
        and value added of all other countries, and the sector of them with the largest change.

    Raises
    ------
    CorrectionError
        When a row is wrong; when totals contradict one another, naming the lines and what the last of them
        could be; when all flows of a total are zero in the table; or when a partner's sector has no final
        demand and value added that could take up the change.

    Notes
    -----
    The totals are met to 1e-9 of their size. Figures that an identity links, such as ``gdp = domestic final
    sales + exports - imports for intermediate use``, cannot all be given unless they agree to that degree:
    leave one of them out.

    References
    ----------
    Belousov (2020), the paragraph on the corrections of Belarus before table 1.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> import pandas as pd
    >>> from gvc_helpers.tables.corrections import correct
    >>> table = gvc.read_table("reconstruction")
    >>> better = pd.DataFrame(
    ...     {"country": ["BLR"], "quantity": ["exports"], "value": [9.0], "source": ["invented"]}
    ... )
    >>> corrected, report = correct(table, better)
    >>> print(corrected.exports.loc["BLR"].sum().round(9))
    9.0
    """
    given = _tidy(corrections, table)
    names = [name for name in table.countries if name in set(given["country"])]
    cells = _Cells.of(table, [table.countries.index(name) for name in names])
    chosen = [cells.select(table, *row) for row in given[_KEY].itertuples(index=False)]
    amounts = _without_vanishing(cells.amounts, given, chosen)
    totals = [
        Total(positions, value) for positions, value in zip(chosen, given["value"], strict=True)
    ] + cells.balances(table)
    try:
        adjusted = adjust(amounts, totals)
    except AdjustmentError:
        raise CorrectionError(_why_impossible(table, given, cells, amounts, totals)) from None
    change = adjusted - cells.amounts
    home, added = _rebalanced(table, cells, change, names)

    size = len(table.index)
    Z, Y = table.Z.copy(), table.Y.copy()
    of_industry, of_demand = cells.column < size, (cells.column >= size) & ~cells.is_added
    Z[cells.row[of_industry], cells.column[of_industry]] = adjusted[of_industry]
    Y[cells.row[of_demand], cells.column[of_demand] - size] = adjusted[of_demand]
    at_home = table.membership.astype(bool)  # one cell in each row
    Y[at_home] = np.where(cells.is_own(size), Y[at_home], home)
    added[cells.row[cells.is_added]] = adjusted[cells.is_added]
    corrected = IOTable(
        Z,
        Y,
        index=table.index,
        value_added=added,
        year=table.year,
        unit=table.unit,
        source=f"{table.source}, corrected: {', '.join(names)}" if names else table.source,
        price=table.price,
        edition=table.edition,
        note=table.note,
    )
    return corrected, _report(table, corrected, given, chosen, cells, adjusted, names)


def write_template(folder: Path) -> list[Path]:
    """Write a file to fill in, and a worked example, into a folder.

    Raises
    ------
    CorrectionError
        When a file is there already, or the folder cannot be written to.
    """
    names = ("template.csv", "belarus_2015.csv")
    try:
        return write_new(folder, {name: (CORRECTIONS_FOLDER / name).read_bytes() for name in names})
    except FileError as error:
        raise CorrectionError([str(error)]) from None


# From a file to texts and numbers -----------------------------------------------------------------


def _csv_rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], bool]:
    """Cells of a CSV file by line and column, and whether a comma can only be a decimal sign."""
    text = _decoded(path)
    plain = (line.strip(' "') for line in text.splitlines())
    heading = next((line for line in plain if line and not line.startswith("#")), "")
    delimiter = max(";\t,", key=heading.count)
    rows: list[tuple[int, dict[str, str]]] = []
    names: list[str] | None = None
    try:
        for line, cells in _lines(text, delimiter):
            if names is None:
                names = _header(f"{path}, line {line}", cells)
            elif len(cells) > len(names) and any(cells[len(names) :]):
                raise CorrectionError([f"{path}, line {line}: {len(cells)} cells instead of {len(names)}"])
            else:
                rows.append((line, dict(zip(names, cells, strict=False))))
    except csv.Error as error:
        raise CorrectionError([f"{path}: a quotation mark is not closed ({error})"]) from None
    return rows, delimiter != ","


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty and no comments, with the line they end in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for row in reader:
        cells = [_plain(cell) for cell in row]
        if any(cells) and not cells[0].startswith("#"):
            yield reader.line_num, cells


def _header(at: str, cells: Sequence[str]) -> list[str]:
    """Names of the columns, checked."""
    names = [cell.casefold() for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = [
        f"{at}: column '{name}' is not known{did_you_mean(name, _COLUMNS)}; allowed: {', '.join(_COLUMNS)}"
        for name in names
        if name not in _COLUMNS
    ]
    problems += [f"{at}: column '{name}' stands twice" for name in _COLUMNS if names.count(name) > 1]
    problems += [
        f"{at}: column '{name}' is missing" for name in ("country", "quantity", "source") if name not in names
    ]
    if not {"value", "share"} & set(names):
        problems.append(f"{at}: column 'value' is missing")
    if problems:
        raise CorrectionError(problems)
    return names


def _yaml_rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], bool]:
    """Texts of a YAML list of mappings by line and key."""
    try:
        document = read_yaml(path)
    except FileError as error:
        raise CorrectionError([str(error)]) from None
    if not isinstance(document.content, list):
        raise CorrectionError([f"{path}: a list is expected, each item beginning with '- country: ...'"])
    rows = []
    for place, item in enumerate(document.content):
        at = document.where((place,))
        if not isinstance(item, dict):
            raise CorrectionError([f"{at}: 'column: value' lines are expected"])
        for key, value in item.items():
            if isinstance(value, list | dict):
                where = document.where((place, key))
                raise CorrectionError([f"{where}: {quoted(key)} must have one value, a text or a number"])
        names = _header(at, [_plain(key) for key in item])
        texts = [_plain(value or "") for value in item.values()]
        rows.append((document.lines[(place,)], dict(zip(names, texts, strict=True))))
    return rows, False


def _decoded(path: Path) -> str:
    try:
        return decoded(file_content(path), str(path))
    except FileError as error:
        raise CorrectionError([str(error)]) from None


def _plain(text: str) -> str:
    return " ".join(text.split())


def _factor(unit: str, of_table: str) -> float:
    """What turns amounts in a unit into those of a table."""
    if unit in ("", of_table):
        return 1.0
    scales = []
    for name in (unit, of_table):
        match = _UNIT.fullmatch(name)
        if match is None:
            raise ValueError(f"unit '{unit}' is not that of the table, '{of_table}'")
        scales.append((_SCALES[(match[1] or "").casefold()], match[2].upper().replace("US$", "USD")))
    if scales[0][1] != scales[1][1]:
        raise ValueError(f"unit '{unit}' is in another currency than the table, '{of_table}'")
    return scales[0][0] / scales[1][0]


_UNIT = re.compile(r"(000|thousand|million|billion)? ?(USD|US\$|EUR)", re.IGNORECASE)
_SCALES = {"": 1.0, "000": 1e3, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def _improbable(frame: pd.DataFrame, table: IOTable) -> Iterator[tuple[Any, str]]:
    """Find totals of a country that look as if they were in another unit."""
    for line, row in frame.iterrows():
        parts = row["partner"] or row["use"] or row["sector"] or row["unit"]
        if parts or row["country"] not in table.countries or row["quantity"] not in QUANTITIES:
            continue
        before = _present(table, row["country"], row["quantity"])
        if before > 0 and not 0.01 <= row["value"] / before <= 100:
            yield (
                line,
                f"{row['quantity']} of {row['country']} would go from {before:.6g} to {row['value']:.6g}; "
                f"the table is in '{table.unit}': state the unit of the amount in the column unit",
            )


def _present(table: IOTable, country: str, quantity: str) -> float:
    """What a table has of a quantity of a country."""
    me = table.countries.index(country)
    if quantity == "gdp":
        return float(table.value_added.loc[country].sum())
    if quantity == "exports":
        return float(table.exports.loc[country].sum())
    if quantity == "imports":
        return float(table.exports_by_destination.to_numpy()[:, me].sum())
    own = table.blocks[me]
    return float(table.intermediate_sales.to_numpy()[own, me].sum() + table.Y[own, me].sum())


def _values(frame: pd.DataFrame, comma: bool, unit: str, faults: list[tuple[Any, str]]) -> list[float]:
    """Amounts in the unit of the table, those of shares worked out; what is wrong is added to the faults."""
    values, shares = ([np.nan] * len(frame) for _ in range(2))
    whole: dict[tuple[str, str], float] = {}
    for i, (line, row) in enumerate(frame.iterrows()):
        is_total = not (row["partner"] or row["use"] or row["sector"])
        if bool(row["value"]) == bool(row["share"]):
            faults.append(
                (line, "value and share are both " + ("given" if row["value"] else "empty") + "; give one")
            )
            continue
        try:
            number = as_number(row["value"] or row["share"].removesuffix("%").strip(), comma)
            number *= _factor(row["unit"], unit) if row["value"] else 1.0
        except ValueError as error:
            named = "" if str(error).startswith("unit") else "value " if row["value"] else "share "
            faults.append((line, f"{named}{error}"))
            continue
        if row["value"]:
            values[i] = number
            if is_total:
                whole[row["country"], row["quantity"]] = number
        elif is_total:
            faults.append((line, "a share needs a partner, a use or a sector; it is of the country's total"))
        elif not 0 <= number <= 100:
            faults.append((line, f"share {number:g} is not between 0 and 100 (%)"))
        else:
            shares[i] = number
    for i, (line, row) in enumerate(frame.iterrows()):
        if not np.isnan(shares[i]):
            total = whole.get((row["country"], row["quantity"]))
            if total is None:
                whose = f"{row['quantity']} of {row['country']}"
                faults.append((line, f"a share needs a row with the value of all {whose}; add one"))
            else:
                values[i] = shares[i] / 100.0 * total
    return values


# What can be wrong with a correction --------------------------------------------------------------


def _faults(frame: pd.DataFrame, table: IOTable) -> list[tuple[Any, str]]:
    """Find rows that cannot be applied to a table: line and problem."""
    sectors = {
        country: list(table.index[own].get_level_values("sector"))
        for country, own in zip(table.countries, table.blocks, strict=True)
    }
    faults: list[tuple[Any, str]] = []
    seen: dict[tuple[str, ...], Any] = {}
    for line, row in frame.iterrows():
        found = list(_row_faults(row, sectors))
        key = tuple(row[_KEY])
        if key in seen:
            found.append(f"the same total as in line {seen[key]}; leave one of them out")
        seen.setdefault(key, line)
        faults += [(line, problem) for problem in found]
        if len(faults) > MOST_FAULTS:
            return [
                *faults[: MOST_FAULTS - 1],
                (line, "more is wrong here or below"),
            ]
    return faults


def _row_faults(row: pd.Series[Any], sectors: dict[str, list[str]]) -> Iterator[str]:
    country, quantity, partner, use, sector = row[_KEY]
    if country not in sectors:
        yield f"country {_unknown(country, sectors)}"
    if quantity not in QUANTITIES:
        yield f"quantity {_unknown(quantity, QUANTITIES)}"
        return
    if partner and quantity in ("gdp", "domestic"):
        yield f"partner '{partner}' has no place beside {quantity}; leave it empty"
    elif partner and partner not in sectors:
        yield f"partner {_unknown(partner, sectors)}"
    elif partner and partner == country:
        yield f"partner '{partner}' is the country itself; its sales at home are the quantity domestic"
    if use and quantity == "gdp":
        yield f"use '{use}' has no place beside gdp; leave it empty"
    elif use and use not in USES:
        yield f"use {_unknown(use, USES)}"
    sellers = (
        [country] if quantity != "imports" else [partner] if partner else [c for c in sectors if c != country]
    )
    if sector and all(seller in sectors for seller in sellers):
        known = list(dict.fromkeys(name for seller in sellers for name in sectors[seller]))
        if sector not in known:
            yield f"sector {_unknown(sector, known)}"
    if row["value"] < 0 and not (sector and (quantity == "gdp" or use == "final")):
        yield f"value {row['value']:g} is negative; only the gdp or the final use of one sector may be"
    if row["source"] in ("", PLACEHOLDER):
        yield "the source is missing; say where the figure is from"


def _unknown(name: str, allowed: Iterable[str]) -> str:
    if not name:
        return f"is missing; allowed: {_listed(allowed)}"
    return f"{quoted(name, 200)} is not known{did_you_mean(name, allowed)}; allowed: {_listed(allowed)}"


def _listed(names: Iterable[str], most: int = 30) -> str:
    names = list(names)
    return "; ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _refuse(frame: pd.DataFrame, faults: Sequence[tuple[Any, str]]) -> None:
    if faults:
        place = {line: i for i, line in enumerate(frame.index)}
        ordered = sorted(faults, key=lambda fault: place[fault[0]])
        raise CorrectionError([f"{_file(frame)}line {line}: {problem}" for line, problem in ordered])


def _file(frame: pd.DataFrame) -> str:
    return f"{frame.attrs['file']}, " if "file" in frame.attrs else ""


# The flows of the countries that are corrected ----------------------------------------------------


@dataclass(frozen=True)
class _Cells:
    """Flows from and to the corrected countries and their value added, other than zeros, shape (n,) each.

    With ``GN`` rows and ``G`` countries in the table, columns up to ``GN`` are those of Z, up to ``GN + G``
    those of Y, and ``GN + G`` is value added.
    """

    row: Positions
    column: Positions
    amounts: Array
    origin: Positions
    """Country of the row."""
    buyer: Positions
    """Country of the column, -1 for value added."""
    use: Positions
    """0 for intermediate, 1 for final, -1 for value added."""
    own: Positions
    """Rows of the corrected countries."""

    @classmethod
    def of(cls, table: IOTable, corrected: Sequence[int]) -> _Cells:
        size, width = len(table.index), len(table.countries)
        country_of = np.repeat(np.arange(width), [own.stop - own.start for own in table.blocks])
        is_own = np.isin(country_of, corrected)
        own, others = np.flatnonzero(is_own), np.flatnonzero(~is_own)
        demand = np.array(corrected, dtype=np.intp)
        everything, countries = np.arange(size), np.arange(width)
        blocks = [
            (own, everything, table.Z[own]),
            (others, own, table.Z[np.ix_(others, own)]),
            (own, size + countries, table.Y[own]),
            (others, size + demand, table.Y[np.ix_(others, demand)]),
            (own, np.array([size + width]), table.value_added.to_numpy()[own, None]),
        ]
        found = [(rows, columns, values, *np.nonzero(values)) for rows, columns, values in blocks]
        row = np.concatenate([rows[i] for rows, _, _, i, _ in found])
        column = np.concatenate([columns[j] for _, columns, _, _, j in found])
        amounts = np.concatenate([values[i, j] for _, _, values, i, j in found])
        buyer_of = np.concatenate([country_of, countries, [-1]])
        use_of = np.repeat([0, 1, -1], [size, width, 1])
        return cls(row, column, amounts, country_of[row], buyer_of[column], use_of[column], own)

    @property
    def is_added(self) -> npt.NDArray[np.bool_]:
        """Which cells are value added."""
        return self.use < 0

    def is_own(self, size: int) -> npt.NDArray[np.bool_]:
        """Which of the `size` rows of the table are of corrected countries."""
        return np.isin(np.arange(size), self.own)

    def select(
        self, table: IOTable, country: str, quantity: str, partner: str, use: str, sector: str
    ) -> Positions:
        """Positions of the flows that a total is of."""
        me = table.countries.index(country)
        at_home = (self.origin == me) & (self.buyer == me)
        mask = {
            "gdp": (self.origin == me) & self.is_added,
            "domestic": at_home,
            "exports": (self.origin == me) & ~self.is_added & ~at_home,
            "imports": (self.buyer == me) & ~at_home,
        }[quantity]
        if partner:
            mask &= (self.buyer if quantity == "exports" else self.origin) == table.countries.index(partner)
        if use:
            mask &= self.use == USES.index(use)
        if sector:
            mask &= (table.index.get_level_values("sector") == sector)[self.row]
        return np.flatnonzero(mask)

    def balances(self, table: IOTable) -> list[Total]:
        """Output less inputs and value added of each sector of the corrected countries, which is zero."""
        size = len(table.index)
        # What a sector sells to itself is on both sides.
        outside = np.flatnonzero(self.column != self.row)
        sale = outside[~self.is_added[outside] & np.isin(self.row[outside], self.own)]
        cost = outside[np.isin(self.column[outside], self.own) | self.is_added[outside]]
        payer = np.where(self.is_added[cost], self.row[cost], self.column[cost])
        sold, spent = _by_row(sale, self.row[sale], size), _by_row(cost, payer, size)
        return [
            Total(
                np.concatenate([sold[row], spent[row]]),
                0.0,
                np.repeat([1.0, -1.0], [len(sold[row]), len(spent[row])]),
            )
            for row in self.own
        ]


def _by_row(positions: Positions, row: Positions, size: int) -> list[Positions]:
    """Positions of each of the `size` rows."""
    order = np.argsort(row, kind="stable")
    ends = np.cumsum(np.bincount(row, minlength=size))
    return np.split(positions[order], ends[:-1])


def _tidy(corrections: pd.DataFrame, table: IOTable) -> pd.DataFrame:
    """Return corrections in an order of their own, so that theirs does not matter, or say what is wrong."""
    missing = {"country", "quantity", "value", "source"} - set(corrections.columns)
    if missing:
        raise CorrectionError([f"the corrections have no column {', '.join(sorted(missing))}"])
    tidy = corrections.reindex(columns=[*_KEY, "value", "source"])
    texts = [*_KEY, "source"]
    tidy[texts] = tidy[texts].astype(object).fillna("").astype(str)
    tidy["value"] = pd.to_numeric(tidy["value"], errors="coerce").astype(float)
    tidy.attrs.update(corrections.attrs)
    none = [
        (line, f"value {value} is not a number")
        for line, value, number in zip(tidy.index, corrections["value"], tidy["value"], strict=True)
        if not np.isfinite(number)
    ]
    _refuse(tidy, none or _faults(tidy, table))
    return tidy.assign(place=np.arange(len(tidy))).sort_values(_KEY)


def _without_vanishing(amounts: Array, given: pd.DataFrame, chosen: Sequence[Positions]) -> Array:
    """Put zeros where a total of zero is given, and refuse totals of flows that are all zero."""
    amounts, problems = amounts.copy(), []
    for (line, row), positions in zip(given.iterrows(), chosen, strict=True):
        if row["value"] and not len(positions):
            problems.append(
                f"{_file(given)}line {line}: {_what(row)} cannot be {row['value']:g}: its flows are "
                "all zero in the table, and a zero stays zero"
            )
        if not row["value"] and (amounts[positions] > 0).all() | (amounts[positions] < 0).all():
            amounts[positions] = 0.0
    if problems:
        raise CorrectionError(problems)
    return amounts


def _what(row: pd.Series[Any]) -> str:
    """Name a total."""
    words = [row["country"], row["quantity"]]
    if row["partner"]:
        words += ["to" if row["quantity"] == "exports" else "from", row["partner"]]
    if row["use"]:
        words.append(f"for {row['use']} use")
    return " ".join(words) + (f", sector {row['sector']}" if row["sector"] else "")


def _why_impossible(
    table: IOTable, given: pd.DataFrame, cells: _Cells, amounts: Array, totals: Sequence[Total]
) -> list[str]:
    """Say which totals contradict one another."""
    count, file = len(given), _file(given)
    balances = range(count, len(totals))
    for row, position in zip(cells.own, balances, strict=True):
        total = totals[position]
        side = np.sign(amounts[total.cells]) * total.signs
        side = side[side != 0]
        if len(side) and (side == side[0]).all():
            has, lacks = ("sales", "inputs and value added") if side[0] > 0 else ("costs", "sales")
            where = " / ".join(table.index[row])
            return [
                f"{file}{where} would have {has} and no {lacks}; balance the table or correct totals of zero"
            ]
    clash = contradiction(amounts, totals, balances)
    if not clash:
        return [f"{file}no flows were found that meet the totals; correct or leave out some"]
    # An amount of gdp is what an identity gives; else the last line is as good as any.
    clash.sort(key=lambda k: (given["quantity"].iloc[k] == "gdp", given.index[k]))
    lines = [
        f"{_what(row)} = {row['value']:.10g} (line {line})" for line, row in given.iloc[clash].iterrows()
    ]
    kept = [totals[k] for k in [*clash, *balances]]
    least, most = reach(amounts, kept, len(clash) - 1)
    value = given["value"].iloc[clash[-1]]
    if np.isinf(most):
        can = f"must be {least:.10g} or more"
    elif np.isinf(least):
        can = f"must be {most:.10g} or less"
    elif most - least <= 1e-6 * max(abs(least), abs(most)):
        can = f"can only be {least:.10g}, {abs(value - least):.3g} {'less' if value > least else 'more'}"
    else:
        can = f"must be from {least:.10g} to {most:.10g}"
    others = "with the others the last" if len(clash) > 1 else "in this table it"
    hint = f" ({_IDENTITY})" if "gdp" in set(given["quantity"].iloc[clash]) else ""
    verdict = "contradict one another" if len(clash) > 1 else "cannot be met"
    return [f"{file}{'; '.join(lines)} {verdict}: {others} {can}{hint}; correct or leave out one"]


def _rebalanced(table: IOTable, cells: _Cells, change: Array, names: Sequence[str]) -> tuple[Array, Array]:
    """Final demand at home and value added of every sector, those of partners brought back to balance."""
    size = len(table.index)
    home, added = table.home_demand.to_numpy().copy(), table.value_added.to_numpy().copy()
    bought = cells.column < size
    gap = np.bincount(cells.row, change, size)
    gap -= np.bincount(cells.column[bought], change[bought], size)
    moved = ~cells.is_own(size) & (gap != 0)
    y, v = home[moved], added[moved]
    target = y - v - gap[moved]
    raising = np.maximum(y, 0.0) + np.maximum(-v, 0.0)
    ratio = factor(raising, np.maximum(v, 0.0) + np.maximum(-y, 0.0), target)
    if np.isnan(ratio).any():
        at = int(np.flatnonzero(np.isnan(ratio))[0])
        where = " / ".join(table.index[np.flatnonzero(moved)[at]])
        raise CorrectionError(
            [
                f"{where}: trade with {', '.join(names)} moves its sales less inputs by "
                f"{gap[moved][at]:.6g}, which its final demand at home ({y[at]:.6g}) and value added "
                f"({v[at]:.6g}) cannot take up without a change of sign"
            ]
        )
    home[moved] = np.where(y > 0, y * ratio, y / ratio)
    added[moved] = np.where(v > 0, v / ratio, v * ratio)
    return home, added


# What moved ---------------------------------------------------------------------------------------


def _report(
    table: IOTable, corrected: IOTable, given: pd.DataFrame, chosen: Sequence[Positions], cells: _Cells,
    adjusted: Array, names: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    rows: list[dict[str, Any]] = []
    for (line, row), positions in zip(given.iterrows(), chosen, strict=True):
        pair = cells.amounts[positions].sum(), adjusted[positions].sum()
        rows.append({"kind": "total", **row[_KEY], "line": line, "given": row["value"]} | _moved(*pair))
    rows = [rows[i] for i in np.argsort(given["place"])]
    flows = pd.DataFrame({"before": cells.amounts, "after": adjusted})
    sums = flows.groupby([cells.origin, cells.buyer, cells.use]).sum()
    for name in names:
        me = table.countries.index(name)
        blocks = [
            _block(table.countries, me, key) | _moved(before, after)
            for key, before, after in sums.itertuples()
            if me in key[:2]
        ]
        rows += sorted(blocks, key=lambda block: QUANTITIES.index(block["quantity"]))
    others = ~cells.is_own(len(table.index))
    for what in ("home_demand", "value_added"):
        before, after = (getattr(one, what)[others] for one in (table, corrected))
        fixed = {"kind": "others", "quantity": what.replace("_", " ")}
        rows.append(fixed | _moved(before.sum(), after.sum()))
        change = (after - before).abs()
        if len(change) and change.max() > 0:
            country, sector = change.idxmax()
            place = {"country": country, "sector": sector}
            rows.append(fixed | place | _moved(*(one[country, sector] for one in (before, after))))
    columns = ["kind", *_KEY, "line", "before", "given", "after", "change", "change_percent"]
    report = pd.DataFrame(rows, columns=columns)
    texts = ["kind", *_KEY]
    report[texts] = report[texts].fillna("")
    return report


def _block(countries: Sequence[str], me: int, key: tuple[int, int, int]) -> dict[str, Any]:
    """Name a block by origin, buyer and use, as seen by a country."""
    origin, buyer, use = key
    if use < 0:
        place = {"quantity": "gdp"}
    elif origin == buyer:
        place = {"quantity": "domestic", "use": USES[use]}
    elif origin == me:
        place = {"quantity": "exports", "partner": countries[buyer], "use": USES[use]}
    else:
        place = {"quantity": "imports", "partner": countries[origin], "use": USES[use]}
    return {"kind": "block", "country": countries[me], **place}


def _moved(before: float, after: float) -> dict[str, float]:
    change = after - before
    percent = 100.0 * change / abs(before) if before else np.nan
    return {"before": before, "after": after, "change": change, "change_percent": percent}
