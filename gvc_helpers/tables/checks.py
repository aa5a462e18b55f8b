"""What a careful user looks for in an inter-country table before trusting it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import qr, solve_triangular

from gvc_helpers._typing import Array

Mask = npt.NDArray[np.bool_]
Where = tuple[str, ...]
Seriousness = Literal["serious", "doubtful", "for information"]

BALANCE_TOLERANCE = 1e-3
"""Largest gap between gross output and gross inputs, as a share of output, that counts as balanced."""
FEW = 5
"""Sectors, or flows, that must say the same of a country: one or two may agree by chance."""
MOST = 0.8
"""Share of a country's sectors that must agree on a wrong unit; small ones are blurred by rounding."""
TRANSPOSED_GAP = 0.05
"""Share of output out of balance from which transposition is thought of; turning round a table of the World
Input-Output Database makes it 0.48, and a table published with statistical discrepancies has 0.01."""
TRANSPOSED_NEGATIVE = 0.01
"""The same of negative value added, where none is stated: turned round 0.03 to 0.05, as published 2e-7."""
WIDESPREAD = 0.5
"""Share of countries where value added must be negative then: a fault of one country has other reasons."""
TRANSPOSED_BETTER = 4.0
"""How many times smaller the gap must be the other way round."""
PROBES = 4
"""Random weighted sums that must agree, beside the plain sum, for two long rows to count as equal."""
SUM_TOLERANCE = 1e-4
"""Relative difference within which something is the sum of others: above the rounding of large totals."""
NAMED_TOLERANCE = 1e-2
"""The same where a label says total already: sums of small rounded flows differ by more."""
PROPORTION_TOLERANCE = 1e-9
"""Largest ``1 - cos²`` of the exports of two regions in proportion; no two real ones come above cos 0.95."""
DEPENDENCE = 1e-3
"""What is left of a region's purchases, relative to their size, when they are the sum of those of others;
in real tables it is above 0.9, as everybody buys from himself first."""
EXPORTS_GAP = 0.02
"""Relative difference within which what is too much in a country's output is its exports."""
POWER_TOLERANCE = 0.02
"""Largest distance of a decimal logarithm from a whole number that counts as a power of ten: 4.7 %."""
POWER_TOLERANCE_ROW = 0.002
"""The same where a single row has to speak for itself."""
REPAIRED = 0.1
"""Share of the gaps that may remain when single rows are brought back to their unit."""
FLOWS_RATIO = 100.0
"""Intermediate sales at home relative to final ones that no economy reaches: 0.35 to 2.1 in real tables;
likewise for the inverse."""
STATED_TOLERANCE = 1e-4
"""Relative difference between stated output and the sum of a row that counts as rounding."""
LOW_VALUE_ADDED, HIGH_VALUE_ADDED = 0.02, 0.98
"""Shares of value added in output beyond which hardly an industry goes: oil refining has 0.04 at least."""
NOTICEABLE = 1e-3
"""Share of its country's output from which a sector counts; below, it may be a few units."""
ALIKE = 0.5
"""Share of other countries where the same sector is as odd, from which it is so by nature."""
LARGE_TRADER = 0.01
"""Share of the world's exports (of the world's imports) that makes a seller (a buyer) large. In tables
rounded to millions small countries miss each other, large ones never."""

TOTAL = re.compile(r"(sub)?totals?\b.*|sum|out|output|итого\b.*|всего\b.*|world|wld|мир", re.IGNORECASE)
"""Labels of totals; they count only if the numbers say so too."""
EXPORTS = re.compile(r"expo?|exports?(\b.*)?|экспорт(\b.*)?", re.IGNORECASE)
"""Labels under which exports stand among countries or sectors."""
HOUSEHOLDS = re.compile(r".*households?\b.*\bemploy.*|T|T?97(T|_|-|t)?T?98", re.IGNORECASE)
"""Households as employers: their output is the wages they pay, so they have no inputs by definition."""
PARTS = {"CHN": re.compile(r"CN\d"), "MEX": re.compile(r"MX\d")}
"""Countries that the OECD divides by kinds of firms, and the codes of the parts."""


@dataclass(frozen=True)
class Kind:
    """What a kind of finding means."""

    seriousness: Seriousness
    """Serious is what makes results wrong."""
    size: str
    """What the size of a finding is."""
    measure: Literal["amount", "share", "factor"] = "amount"
    """Whether the size is an amount in the table's unit, a share of output, or a factor."""


KINDS = {
    "transposed": Kind("serious", "gaps that vanish when Z is transposed, as a share of output", "share"),
    "total row": Kind("serious", "sales or purchases that are a sum of others"),
    "doubled region": Kind("serious", "output counted twice"),
    "exports to itself": Kind("serious", "exports that stand in final demand at home"),
    "unit": Kind("serious", "factor by which flows are too large", "factor"),
    "stated output": Kind("serious", "difference from the row's sum, as a share of output", "share"),
    "no domestic flows": Kind("serious", "output of the country"),
    "inputs without output": Kind("serious", "intermediate inputs"),
    "imbalance": Kind("serious", "gap between output and inputs, as a share of output", "share"),
    "negative value added": Kind("doubtful", "amount below zero"),
    "negative flow": Kind("doubtful", "amount below zero"),
    "no inputs": Kind("doubtful", "output of the sector"),
    "implausible value added": Kind("doubtful", "value added as a share of output", "share"),
    "isolated country": Kind("doubtful", "output of the country"),
    "no trade": Kind("doubtful", "flow that the two shares of world trade suggest"),
    "negative final demand": Kind("for information", "amount below zero"),
    "no output": Kind("for information", "output"),
    "no exports": Kind("for information", "exports"),
}
"""All kinds of findings, most serious first.

transposed
    Z balances with stated totals (or, where none is stated, has value added above zero) the other way round.
total row
    A row or column of Z, or a column of Y, is the sum of the others: of all, of its country or of its sector.
doubled region
    Two regions export in the same proportions, a region is the sum of others, or a part of a country known
    to be divided has output beside the country itself.
exports to itself
    What is too much in a country's output is its exports; a country or sector with flows is called exports
    (here the label is all the evidence); or a part of a divided country sells to the country as if abroad.
unit
    Flows of a country, or a row, are a power of ten off what would balance.
stated output
    Output as the files state it is not the sum of the row.
no domestic flows
    A country of several sectors has no intermediate sales at home.
inputs without output, imbalance
    A sector buys and sells nothing; output and inputs differ by more than `BALANCE_TOLERANCE`.
negative value added, negative flow, negative final demand
    Below zero; final demand may be, where stocks are run down.
no inputs, implausible value added
    A noticeable sector has no intermediate inputs, or hardly any or nothing but them, and is not so in most
    other countries.
isolated country, no exports
    A country that neither buys nor sells abroad; one that sells nothing abroad, whether it buys or not.
no trade
    A large exporter sells nothing to a large importer.
no output
    A sector that sells nothing.
"""


@dataclass(frozen=True)
class Fault:
    """One thing that a user should know about a table before trusting it.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    where : tuple of str
        Country and sector, country, or countries (a pair; a sum and its parts) of the largest case.
    cases : int
        How many there are.
    size : float
        The largest case: what it is, `meaning` says.
    """

    kind: str
    where: Where
    cases: int
    size: float

    @property
    def seriousness(self) -> Seriousness:
        """Whether it makes results wrong, is doubtful, or is for information."""
        return KINDS[self.kind].seriousness

    @property
    def meaning(self) -> str:
        """What the size is."""
        return KINDS[self.kind].size

    def __str__(self) -> str:
        measure = KINDS[self.kind].measure
        size = f"{100 * self.size:.3g} % of output" if measure == "share" else f"{self.size:.6g}"
        size += " times" if measure == "factor" else ""
        return f"{self.kind}: {self.cases} case(s), the largest {size} at {' / '.join(self.where)}"


class Held(Protocol):
    """What is read of a table; :class:`gvc_helpers.IOTable` is one."""

    @property
    def Z(self) -> Array:
        """Intermediate flows, shape (GN, GN)."""

    @property
    def Y(self) -> Array:
        """Final demand by country of destination, shape (GN, G)."""

    @property
    def index(self) -> pd.MultiIndex:
        """(country, sector) of every row."""

    @property
    def countries(self) -> list[str]:
        """Names of the G countries."""

    @property
    def blocks(self) -> list[slice]:
        """Rows of each country."""

    @property
    def output(self) -> pd.Series[float]:
        """Sums of the rows of Z and Y, shape (GN,)."""

    @property
    def inputs(self) -> pd.Series[float]:
        """Sums of the columns of Z, shape (GN,)."""

    @property
    def value_added(self) -> pd.Series[float]:
        """Value added as stated, else output minus inputs, shape (GN,)."""

    @property
    def imbalance(self) -> pd.Series[float]:
        """Output minus inputs and value added, shape (GN,)."""

    @property
    def intermediate_sales(self) -> pd.DataFrame:
        """Sales to the industries of each country, shape (GN, G)."""

    @property
    def exports_by_destination(self) -> pd.DataFrame:
        """Exports by country of destination, 0 at home, shape (GN, G)."""

    @property
    def stated_output(self) -> pd.Series[float] | None:
        """Gross output as the files state it, if they do, shape (GN,)."""

    @property
    def stated_value_added(self) -> pd.Series[float] | None:
        """Value added as the files state it, if they do, shape (GN,)."""


def look(table: Held) -> list[Fault]:
    """Look for everything that makes a table wrong or doubtful.

    Parameters
    ----------
    table : IOTable
        The table, in balance or not. The matrix of flows is read a few times and never copied.

    Returns
    -------
    list of Fault
        At most one of each kind, in the order of `KINDS`: most serious first. Empty for a sound table.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> gvc.read_table("reconstruction").check()
    []
    """
    with np.errstate(over="ignore", invalid="ignore"):  # squares of numbers that are too large to be true
        found = _all(table)
    return sorted(found, key=lambda finding: list(KINDS).index(finding.kind))


def _all(table: Held) -> list[Fault]:
    sums = _Sums(table)
    found = [*out_of_balance(table)]
    for search in (
        _transposed,
        _total_rows,
        _doubled_regions,
        _exports_to_itself,
        _units,
        _stated_output,
        _signs,
        _shares,
        _zeros,
    ):
        found += search(sums)
    return found


def out_of_balance(table: Held) -> list[Fault]:
    """Find what keeps a table from being measured: inputs without output, and imbalance.

    Parameters
    ----------
    table : IOTable
        The table.

    Returns
    -------
    list of Fault
        Empty when the table can be measured.
    """
    output, inputs = table.output.to_numpy(), table.inputs.to_numpy()
    gap = np.abs(table.imbalance.to_numpy())
    relative = np.divide(gap, output, out=np.where(gap > 0, np.inf, 0.0), where=output > 0)
    unequal = (relative > BALANCE_TOLERANCE) & (gap > 1e-6 * output.max())
    rows = list(table.index)
    return [
        *_worst("inputs without output", rows, (output <= 0) & (inputs > 0), inputs),
        *_worst("imbalance", rows, unequal, relative),
    ]


def as_table(findings: Sequence[Fault]) -> pd.DataFrame:
    """Lay findings out as a table, in their order.

    Parameters
    ----------
    findings : sequence of Fault
        What :func:`look` found.

    Returns
    -------
    pandas.DataFrame
        A row for each, numbered from 1: ``seriousness``, ``kind``, ``where``, ``cases``, ``size`` and
        ``size_is``, what the size is.

    Examples
    --------
    >>> from gvc_helpers.tables.checks import Fault, as_table
    >>> as_table([Fault("imbalance", ("RUS", "Mining"), 3, 0.25)]).loc[1, "where"]
    'RUS / Mining'
    """
    columns = ["seriousness", "kind", "where", "cases", "size", "size_is"]
    rows = [(f.seriousness, f.kind, " / ".join(f.where), f.cases, f.size, f.meaning) for f in findings]
    return pd.DataFrame(rows, pd.RangeIndex(1, len(rows) + 1, name="rank"), columns)


# What all looks share -----------------------------------------------------------------------------


class _Sums:
    """Sums of a table, made once; shapes (GN,), (GN, G) or (G,)."""

    def __init__(self, table: Held) -> None:
        self.table = table
        self.Z, self.Y = table.Z, table.Y
        self.blocks, self.countries, self.rows = table.blocks, table.countries, list(table.index)
        self.country = np.repeat(np.arange(len(self.blocks)), [own.stop - own.start for own in self.blocks])
        self.output, self.inputs = table.output.to_numpy(), table.inputs.to_numpy()
        self.final = self.Y.sum(axis=1)
        intermediate = table.intermediate_sales.to_numpy()
        self.intermediate = intermediate.sum(axis=1)
        self.sales = intermediate + self.Y
        own = np.arange(len(self.rows)), self.country
        self.at_home, self.sold_at_home = intermediate[own], self.Y[own]
        self.abroad = table.exports_by_destination.to_numpy()
        stated = table.stated_value_added, table.stated_output
        self.value_added, self.stated_output = (None if s is None else s.to_numpy() for s in stated)

    def by_country(self, values: Array) -> Array:
        """Add up over the rows of each country."""
        return np.add.reduceat(values, [own.start for own in self.blocks], axis=0)

    @cached_property
    def from_home(self) -> Array:
        """Intermediate inputs from the own country."""
        return np.concatenate([self.Z[own, own].sum(axis=0) for own in self.blocks])

    @cached_property
    def country_output(self) -> Array:
        return self.by_country(self.output)

    @cached_property
    def noticeable(self) -> Mask:
        """Sectors that weigh something in their country."""
        noticeable: Mask = self.output > np.maximum(NOTICEABLE * self.country_output[self.country], 0.0)
        return noticeable

    @cached_property
    def developed(self) -> Mask:
        """Countries with several sectors that have output."""
        several: Mask = self.by_country((self.output > 0).astype(float)) >= FEW
        return several

    @cached_property
    def totals(self) -> tuple[Mask, Mask]:
        """Rows, and columns of final demand, that are sums of others."""
        return _sums_of_others(self)

    @cached_property
    def gaps(self) -> list[tuple[Array, Array]]:
        """Output, and what it should be by value added and by output as stated, where they are."""
        pairs = []
        if self.value_added is not None:
            pairs.append((self.output, self.inputs + self.value_added))
        if self.stated_output is not None:
            pairs.append((self.output, self.stated_output))
        return pairs


def _worst(
    kind: str, where: Sequence[Where], bad: Mask, size: Array, weight: Array | None = None
) -> Iterator[Fault]:
    """Report the cases of a kind, by the one of largest weight (size), if there are any."""
    if bad.any():
        worst = int(np.argmax(np.where(bad, size if weight is None else weight, -np.inf)))
        yield Fault(kind, where[worst], int(bad.sum()), float(size[worst]))


def _listed(kind: str, cases: Sequence[tuple[Where, float]]) -> Iterator[Fault]:
    if cases:
        where, size = max(cases, key=lambda case: case[1])
        yield Fault(kind, where, len(cases), float(size))


def _ratio(part: Array, whole: Array) -> Array:
    """Return ``part / whole`` where that is above zero, else missing."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=part * whole > 0)


# Transposed ---------------------------------------------------------------------------------------


def _transposed(sums: _Sums) -> Iterator[Fault]:
    turned = sums.inputs + sums.final
    least = TRANSPOSED_GAP
    if sums.gaps:
        here = sum((np.abs(a - b) for a, b in sums.gaps), np.zeros(len(turned)))
        there = np.zeros(len(turned))
        if sums.value_added is not None:
            there += np.abs(turned - sums.intermediate - sums.value_added)
        if sums.stated_output is not None:
            there += np.abs(turned - sums.stated_output)
    else:
        # Without anything stated, only the sign of what is left for value added can tell.
        least = TRANSPOSED_NEGATIVE
        here = np.maximum(sums.inputs - sums.output, 0.0)
        there = np.maximum(sums.intermediate - turned, 0.0)
        affected = (sums.by_country(here) > 0).mean()
        if affected < WIDESPREAD or any(mask.any() for mask in sums.totals):
            return
    output = sums.output.sum()
    if here.sum() > least * output and here.sum() > TRANSPOSED_BETTER * there.sum():
        bad = here > np.maximum(there, BALANCE_TOLERANCE * sums.output)
        worst = int(np.argmax(np.where(bad, here, -np.inf)))
        yield Fault("transposed", sums.rows[worst], int(bad.sum()), float(here.sum() / output))


# Totals and regions that stand twice --------------------------------------------------------------


def _total_rows(sums: _Sums) -> Iterator[Fault]:
    rows, columns = sums.totals
    alone = columns & (sums.by_country(rows.astype(float)) == 0)
    where = [*sums.rows, *((country,) for country in sums.countries)]
    size = np.concatenate([np.maximum(sums.intermediate, sums.inputs), sums.Y.sum(axis=0)])
    yield from _worst("total row", where, np.concatenate([rows, alone]), size)


def _sums_of_others(sums: _Sums) -> tuple[Mask, Mask]:
    """Compare rows and columns of Z, and columns of Y, with the sums of the others.

    Rows are compared by weighted sums over the columns: the plain one and a few random ones.
    """
    named_country = np.array([bool(TOTAL.fullmatch(name.strip())) for name in sums.countries])
    named = named_country[sums.country] | np.array(
        [bool(TOTAL.fullmatch(row[1].strip())) for row in sums.rows]
    )
    weights = np.random.default_rng(0).standard_normal((len(sums.rows), PROBES + 1))
    weights[:, 0] = 1.0
    weights[named] = 0.0  # what stands where totals cross differs from file to file
    sector = pd.factorize(np.array([row[1] for row in sums.rows], dtype=object))[0]
    groups = [np.zeros_like(sums.country), sums.country, sector]
    along, across = sums.Z @ weights, sums.Z.T @ weights
    output = along[:, 0] + sums.Y[:, ~named_country].sum(axis=1)
    rows = np.zeros(len(named), dtype=bool)
    for probed in (along, across):
        scale = np.abs(probed[:, :1])
        tolerance = np.where(named, NAMED_TOLERANCE, SUM_TOLERANCE)[:, None] * scale
        there = scale[:, 0] > 0
        for group in groups:
            of_group = np.zeros((group.max() + 1, PROBES + 1))
            np.add.at(of_group, group[~named], probed[~named])
            counted = ~named & there
            others = np.bincount(group, counted, group.max() + 1)[group] - counted
            target = of_group[group] - np.where(named[:, None], 0.0, probed)
            rows |= there & (others >= 2) & (np.abs(probed - target) <= tolerance).all(axis=1)
        rows |= there & named & (np.abs(probed - output @ weights) <= tolerance).all(axis=1)
    bought = sums.Y[~named]
    rest = bought[:, ~named_country].sum(axis=1, keepdims=True) - np.where(named_country, 0.0, bought)
    size = np.abs(bought).sum(axis=0)
    counted = (size > 0) & ~named_country
    tolerance = np.where(named_country, NAMED_TOLERANCE, SUM_TOLERANCE) * size
    columns = (size > 0) & (counted.sum() - counted >= 2) & (np.abs(bought - rest).sum(axis=0) <= tolerance)
    return rows, columns


def _doubled_regions(sums: _Sums) -> Iterator[Fault]:
    rows, columns = sums.totals
    single = ~columns & (sums.by_country(rows.astype(float)) == 0)
    output = dict(zip(sums.countries, sums.country_output.tolist(), strict=True))
    cases = {
        *_in_proportion(sums, single),
        *_unions(sums, single),
        *((whole, part) for whole, part in _divided(sums) if min(output[whole], output[part]) > 0),
    }
    doubled = [
        (where, min(output[where[0]], sum(output[name] for name in where[1:]))) for where in sorted(cases)
    ]
    yield from _listed("doubled region", doubled)


def _in_proportion(sums: _Sums, single: Mask) -> Iterator[Where]:
    """Pairs of regions that sell to all third ones in the same proportions.

    As a region's own column of its exports is zero, inner products of exports are over third ones already.
    """
    sizes = np.array([own.stop - own.start for own in sums.blocks])
    for size in np.unique(sizes[single]):
        alike = np.flatnonzero(single & (sizes == size))
        blocks = np.stack([sums.abroad[sums.blocks[country]] for country in alike])
        flat = blocks.reshape(len(alike), -1)
        inner = flat @ flat.T
        lengths = np.diag(inner)[:, None] - np.square(blocks).sum(axis=1)[:, alike]
        flows = (blocks > 0).sum(axis=(1, 2))[:, None] - (blocks > 0).sum(axis=1)[:, alike]
        both = lengths * lengths.T
        # What two regions sell mainly to each other leaves too few digits to compare.
        enough = (flows >= FEW) & (lengths > 1e-6 * np.diag(inner)[:, None])
        same = enough & enough.T & (both - inner**2 <= PROPORTION_TOLERANCE * both) & (inner > 0)
        for a, b in np.argwhere(np.triu(same, 1)):
            yield sums.countries[alike[a]], sums.countries[alike[b]]


def _unions(sums: _Sums, single: Mask) -> Iterator[Where]:
    """Regions that buy what several others buy together, with those others."""
    size = np.linalg.norm(sums.sales, axis=0)
    kept = np.flatnonzero(single & (size > 0))
    if len(kept) < 3:
        return
    bought = sums.sales[:, kept] / size[kept]
    # A pivoted QR lays bare which purchases depend on others: beyond its rank, columns are sums of the first.
    triangle, order = qr(bought, mode="r", pivoting=True)
    rank = int((np.abs(np.diag(triangle)) > DEPENDENCE).sum())
    for column in range(rank, len(kept)):
        weights = solve_triangular(triangle[:rank, :rank], triangle[:rank, column])
        weights *= size[kept[order[column]]] / size[kept[order[:rank]]]
        whole = np.rint(weights)  # a union is made of whole regions: weights of 1, 0 or -1
        if (np.abs(weights - whole) > 0.2).any() or (np.abs(whole) > 1).any():
            continue
        plus = [int(kept[order[k]]) for k in np.flatnonzero(whole > 0)]
        minus = [int(kept[order[k]]) for k in np.flatnonzero(whole < 0)] + [int(kept[order[column]])]
        for union, members in ((plus, minus), (minus, plus)):
            if len(union) == 1 and len(members) > 1:
                gap = np.abs(sums.sales[:, union[0]] - sums.sales[:, sorted(members)].sum(axis=1))
                if gap.sum() <= SUM_TOLERANCE * np.abs(sums.sales[:, union[0]]).sum():
                    yield tuple(sums.countries[k] for k in (union[0], *sorted(members)))


def _divided(sums: _Sums) -> Iterator[tuple[str, str]]:
    """Countries of the table with those of their parts that stand in it, too."""
    for whole, parts in PARTS.items():
        if whole in sums.countries:
            yield from ((whole, name) for name in sums.countries if parts.fullmatch(name))


def _exports_to_itself(sums: _Sums) -> Iterator[Fault]:
    place = {name: k for k, name in enumerate(sums.countries)}
    exports, bought = sums.abroad.sum(axis=1), sums.sales.sum(axis=0)
    cases: list[tuple[Where, float]] = []
    for country, name in enumerate(sums.countries):
        flows = max(sums.country_output[country], bought[country])
        if EXPORTS.fullmatch(name.strip()) and flows > 0:
            cases.append(((name,), flows))
    for row, flows in zip(sums.rows, np.maximum(sums.output, sums.inputs), strict=True):
        if EXPORTS.fullmatch(row[1].strip()) and flows > 0:
            cases.append((row, flows))
    for whole, part in _divided(sums):
        sold = sums.abroad[sums.blocks[place[part]], place[whole]].sum()
        if sums.country_output[place[whole]] <= 0 < sums.country_output[place[part]] and sold > 0:
            cases.append(((part, whole), sold))
    several = sums.by_country((exports > 0).astype(float)) >= FEW
    twice = np.zeros(len(place), dtype=bool)
    for have, should in sums.gaps:
        gap = sums.by_country(np.abs(have - should))
        left = sums.by_country(np.abs(have - should - exports) + np.maximum(exports - sums.sold_at_home, 0.0))
        twice |= several & (gap > EXPORTS_GAP * sums.country_output) & (left <= EXPORTS_GAP * gap)
    total = sums.by_country(exports)
    cases += [((name,), total[country]) for country, name in enumerate(sums.countries) if twice[country]]
    yield from _listed("exports to itself", cases)


# Units, stated totals -----------------------------------------------------------------------------


def _units(sums: _Sums) -> Iterator[Fault]:
    cases: dict[Where, float] = {}
    for country, own in enumerate(sums.blocks):
        if sums.developed[country]:
            exponent = _exponent(sums, own)
            if exponent:
                cases[(sums.countries[country],)] = 10.0**exponent
    # What a wrong unit of one country does to others is no case of its own.
    cases = cases or _intermediate_against_final(sums) or _single_rows(sums)
    if cases:
        where = max(cases, key=lambda case: abs(np.log10(cases[case])))
        yield Fault("unit", where, len(cases), cases[where])


def _exponent(sums: _Sums, own: slice) -> int:
    """Power of ten by which flows of a country are too large; 0 if they are not.

    Every guess of what is off (the rows, the columns, final demand, value added) gives the factor that
    would balance a sector; a guess is right if most sectors give the same power of ten.
    """
    output, inputs, final = sums.output[own], sums.inputs[own], sums.final[own]
    guesses: list[Array] = []
    if sums.stated_output is not None:
        guesses.append(_ratio(output, sums.stated_output[own]))
    if sums.value_added is not None:
        added, supply, use = sums.value_added[own], sums.from_home[own], sums.at_home[own]
        own_final = sums.sold_at_home[own]
        guesses += [
            _ratio(output - supply, inputs - supply + added),
            _ratio(inputs - use, output - use - added),
            _ratio(added, output - inputs),
            _ratio(final, inputs + added - sums.intermediate[own]),
            _ratio(own_final, inputs + added - (output - own_final)),
        ]
    active = int((output > 0).sum())
    for factors in guesses:
        powers = np.log10(factors[np.isfinite(factors)])
        if not len(powers):
            continue
        exponent = int(np.rint(np.median(powers)))
        agreed = int((np.abs(powers - exponent) < POWER_TOLERANCE).sum())
        if exponent and agreed >= max(FEW, MOST * active):
            return exponent
    return 0


def _intermediate_against_final(sums: _Sums) -> dict[Where, float]:
    """Countries whose intermediate flows and final demand at home are not in one unit."""
    ratio = _ratio(sums.by_country(sums.at_home), sums.by_country(sums.sold_at_home))
    powers = np.where(sums.developed, np.log10(ratio), 0.0)
    off = np.flatnonzero(np.abs(powers) > np.log10(FLOWS_RATIO))
    return {(sums.countries[country],): 10.0 ** np.rint(powers[country]) for country in off}


def _single_rows(sums: _Sums) -> dict[Where, float]:
    """Rows that are a power of ten too large, if bringing them back makes nearly all gaps vanish."""
    for have, should in sums.gaps:
        states_output = should is sums.stated_output
        itself = np.zeros_like(have) if states_output else np.diag(sums.Z)
        powers = np.log10(_ratio(have - itself, should - itself))
        exponents = np.rint(np.nan_to_num(powers))
        off = np.flatnonzero((exponents != 0) & (np.abs(powers - exponents) < POWER_TOLERANCE_ROW))
        before = np.abs(have - should)
        if not len(off) or not before[off].any():
            continue
        surplus = 1.0 - 10.0 ** -exponents[off]
        after = have - should
        after[off] -= surplus * have[off]
        if not states_output:
            after += surplus @ sums.Z[off]
        if np.abs(after).sum() <= REPAIRED * before.sum():
            return {sums.rows[row]: 10.0 ** exponents[row] for row in off.tolist()}
    return {}


def _stated_output(sums: _Sums) -> Iterator[Fault]:
    if sums.stated_output is None:
        return
    gap = np.abs(sums.output - sums.stated_output)
    size = np.maximum(np.abs(sums.output), np.abs(sums.stated_output))
    # Each of a row's flows in whole units is off by half a unit at most.
    whole = bool((np.rint(sums.Y) == sums.Y).all())
    rounding = 0.5 * (sums.Z.shape[1] + sums.Y.shape[1]) if whole else 0.0
    relative = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    differs = (relative > STATED_TOLERANCE) & (gap > rounding)
    yield from _worst("stated output", sums.rows, differs, relative)


# Signs, shares and zeros --------------------------------------------------------------------------


def _signs(sums: _Sums) -> Iterator[Fault]:
    added = sums.table.value_added.to_numpy()
    for kind, least in (
        ("negative value added", added),
        ("negative flow", sums.Z.min(axis=1)),
        ("negative final demand", sums.Y.min(axis=1)),
    ):
        yield from _worst(kind, sums.rows, least < 0, -least)


def _shares(sums: _Sums) -> Iterator[Fault]:
    added = sums.table.value_added.to_numpy()
    share = np.divide(added, sums.output, out=np.full_like(added, 0.5), where=sums.output > 0)
    low = (share >= 0) & (share < LOW_VALUE_ADDED)
    high = (share > HIGH_VALUE_ADDED) & (sums.inputs > 0)
    # Where stated value added does not balance, that is what is wrong.
    balanced = np.abs(sums.table.imbalance.to_numpy()) <= BALANCE_TOLERANCE * sums.output
    odd = balanced & sums.noticeable & ((low & ~_by_nature(sums, low)) | (high & ~_by_nature(sums, high)))
    yield from _worst("implausible value added", sums.rows, odd, share, np.abs(share - 0.5))


def _by_nature(sums: _Sums, odd: Mask) -> Mask:
    """Which sectors are as odd in most other countries that have them; households as employers are."""
    names = np.array([row[1] for row in sums.rows], dtype=object)
    sector = pd.factorize(names)[0]
    active = sums.output > 0
    others = np.bincount(sector, active)[sector] - active
    alike = np.bincount(sector, active & odd)[sector] - (active & odd)
    households = np.array([bool(HOUSEHOLDS.fullmatch(name.strip())) for name in names])
    by_nature: Mask = households | ((alike > 0) & (alike >= ALIKE * others))
    return by_nature


def _zeros(sums: _Sums) -> Iterator[Fault]:
    countries: list[Where] = [(name,) for name in sums.countries]
    exports, imports = sums.by_country(sums.abroad.sum(axis=1)), sums.abroad.sum(axis=0)
    idle = sums.inputs <= 0
    no_inputs = sums.noticeable & idle & ~_by_nature(sums, idle)
    yield from _worst("no inputs", sums.rows, no_inputs, sums.output)
    unlinked = sums.developed & (sums.by_country(sums.at_home) == 0)
    yield from _worst("no domestic flows", countries, unlinked, sums.country_output)
    isolated = (exports == 0) & (imports == 0) & (sums.country_output > 0)
    yield from _worst("isolated country", countries, isolated, sums.country_output)
    yield from _no_trade(sums, exports, imports)
    yield from _worst("no output", sums.rows, sums.output <= 0, sums.output)
    yield from _worst("no exports", countries, exports == 0, exports)


def _no_trade(sums: _Sums, exports: Array, imports: Array) -> Iterator[Fault]:
    world = exports.sum()
    if world <= 0:
        return
    missing = sums.by_country(sums.abroad) == 0
    np.fill_diagonal(missing, False)
    missing &= (exports >= LARGE_TRADER * world)[:, None] & (imports >= LARGE_TRADER * world)
    pairs: list[tuple[Where, float]] = [
        ((sums.countries[a], sums.countries[b]), float(exports[a] * imports[b] / world))
        for a, b in np.argwhere(missing)
    ]
    yield from _listed("no trade", pairs)
