"""Opportunity cost of a product: make its inputs, cooperate with partners, or buy it ready-made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.cooperation.activity import imports_by_seller
from gvc_helpers.errors import require
from gvc_helpers.measures.extraction import require_share
from gvc_helpers.tables.io_table import IOTable, TableError

Way = Literal["make", "cooperate", "buy"]
"""Replace imported inputs by domestic ones, or by those of partners; or import the product itself."""
WAYS: tuple[Way, ...] = get_args(Way)
PRESENT = "present"
"""Things as they are."""
PAYS = ("both", "bloc", "country", "nobody")
"""For whom cooperation can pay."""
LEAST, MOST, STEPS = -0.9, 1.0, 39
"""Cost disadvantages between which a break-even is looked for, and how many are tried first."""


@dataclass(frozen=True)
class Option:
    """One way to get a product.

    Parameters
    ----------
    share : float
        Share of what could be replaced that feasibly is, from 0 to 1.
    disadvantage : float
        What the replacement costs more, as a share of what it replaces: 0.2 is a fifth more, below 0 is
        cheaper.

    Raises
    ------
    ValueError
        When the share does not lie from 0 to 1 or the disadvantage is -1 or less.
    """

    share: float
    disadvantage: float

    def __post_init__(self) -> None:
        require_share("share", self.share)
        if self.disadvantage <= -1.0:
            raise ValueError(f"disadvantage {self.disadvantage} is not allowed; it must be above -1")


@dataclass(frozen=True)
class _Swap:
    """What one way takes out and puts in, before its share and its disadvantage are known."""

    into: Array
    """What comes in, shape (GN,)."""
    out: Array
    """What goes out, shape (GN,)."""
    reach: Array
    """``w'B``, where ``w`` says which columns of the coefficients change and how much."""
    sold: float = 0.0
    """Final demand at home that changes along."""
    given_up: bool = False
    """Whether the product itself is replaced, so that its exports are given up along with it."""

    def change(self, option: Option) -> Array:
        """``d``, the column of the change ``d w'``."""
        return np.asarray(option.share * ((1.0 + option.disadvantage) * self.into - self.out))


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The ways to get one product of a country, measured on a table. Made by :func:`alternatives`.

    Parameters
    ----------
    table : IOTable
        A balanced table, GN rows.
    country, sector : str
        Country and its sector; the product is what the sector makes.
    members : list of str
        Members of the bloc; partners are those other than the country.
    elasticity : float
        Per cent of exports that are lost when their price rises by one per cent.
    slack : float
        Share of resources that would otherwise be idle, from 0 to 1.
    """

    table: IOTable
    country: str
    sector: str
    members: list[str]
    elasticity: float
    slack: float

    def possible(self, way: Way) -> bool:
        """Whether there is anything that could be replaced in this way."""
        return bool(self._swaps[way].out.any())

    def measure(self, way: Way, option: Option) -> dict[str, float]:
        """Measure one way; :func:`opportunity_cost` says what the figures are."""
        swap, d = self._swaps[way], self._swaps[way].change(option)
        # d changes one column of inputs: contents and prices get a rank-one update (Sherman and Morrison).
        response = self._response(swap, d)
        content = self._contents_before + np.outer(response, d @ self._contents_before)
        price = 1.0 + d.sum() * response
        basket = self._unit + d if swap.given_up else self._unit
        paid = float(price @ basket)
        held = content.T @ basket / paid if paid > 0 else np.full(2, np.nan)
        lost = self._exports_lost(swap, option, price)
        gain = content.T @ (self._final + d * swap.sold) - self._contents_before.T @ self._final
        stake = self._contents_before.T @ lost
        cost = (price - 1.0) @ self._demand + (price @ d) * swap.sold
        net = self.slack * (gain - stake) - cost  # only idle resources are gained or lost
        per_output = 100.0 / self._output
        return {
            "value_added": gain[0] * per_output,
            "bloc_value_added": gain[1] * per_output,
            "price": 100.0 * (paid - 1.0),
            "users_cost": cost[0] * per_output,
            "exports_at_stake": lost.sum() * per_output,
            "value_added_at_stake": stake[0] * per_output,
            "net": net[0] * per_output,
            "bloc_net": net[1] * per_output,
            "foreign_content": 100.0 * (1.0 - held[0]),
            "outside_bloc": 100.0 * (1.0 - held[1]),
        }

    def net(self, way: Way, option: Option) -> float:
        """Net gain of the country, in % of the product's output."""
        return self.measure(way, option)["net"]

    def break_even(self, way: Way, share: float) -> float:
        """Cost disadvantage at which a way neither gains nor costs the country anything.

        Returns
        -------
        float
            As a share, the first at which the way ceases to pay or the product would use up more than it
            yields; infinite where a way that pays does not cease to up to `MOST`, minus infinite where it
            pays at none from `LEAST` to `MOST`, missing where nothing can be replaced. Foreign users may bear
            so much of the cost that a way starts to pay where it gets dearer; that is no break-even.
        """
        from scipy.optimize import bisect, brentq  # slow to import, and much does without it

        if share == 0 or not self.possible(way):
            return np.nan
        costs = np.linspace(LEAST, MOST, STEPS)
        nets = [self._feasible_net(way, Option(share, float(cost))) for cost in costs]
        ends = [step for step in range(1, STEPS) if nets[step - 1] > 0 >= nets[step]]
        if not ends:
            return np.inf if nets[-1] > 0 else -np.inf
        find = brentq if np.isfinite(nets[ends[0]]) else bisect
        low, high = float(costs[ends[0] - 1]), float(costs[ends[0]])
        return float(find(lambda cost: self._feasible_net(way, Option(share, cost)), low, high, xtol=1e-10))

    def _feasible_net(self, way: Way, option: Option) -> float:
        """Net gain of the country, minus infinity where the product would use up more than it yields."""
        try:
            return self.net(way, option)
        except TableError:
            return -np.inf

    # The table as it is ---------------------------------------------------------------------------

    @cached_property
    def _row(self) -> int:
        return int(self.table.index.get_loc((self.country, self.sector)))

    @cached_property
    def _own(self) -> slice:
        return self.table.blocks[self.table.countries.index(self.country)]

    @cached_property
    def _output(self) -> float:
        return float(self.table.output.iloc[self._row])

    @cached_property
    def _exports(self) -> Array:
        return np.asarray(self.table.exports)

    @cached_property
    def _unit(self) -> Array:
        """One for the product, else zero, shape (GN,)."""
        unit: Array = np.zeros(len(self.table.index))
        unit[self._row] = 1.0
        return unit

    @cached_property
    def _united(self) -> list[str]:
        """The country and the other members of the bloc, whom it can shift inputs to."""
        return [self.country, *(member for member in self.members if member != self.country)]

    @cached_property
    def _contents_before(self) -> Array:
        """Value added of the country and of the bloc in a unit of every product, shape (GN, 2)."""
        codes = self.table.index.get_level_values("country")
        counted = np.column_stack([codes == self.country, codes.isin(self._united)])
        leontief = self.table.leontief
        return leontief.content(leontief.value_added_share[:, None] * counted)

    @cached_property
    def _final(self) -> Array:
        """Final deliveries to all countries, shape (GN,)."""
        return np.asarray(self.table.Y.sum(axis=1))

    @cached_property
    def _demand(self) -> Array:
        """Final demand of the country and of the bloc, shape (GN, 2)."""
        places = [self.table.countries.index(member) for member in self._united]
        return np.column_stack([self.table.Y[:, places[0]], self.table.Y[:, places].sum(axis=1)])

    # What changes in it ---------------------------------------------------------------------------

    @cached_property
    def _swaps(self) -> dict[Way, _Swap]:
        return {
            "make": self._inputs_from(self._domestic_shares, [self.country]),
            "cooperate": self._inputs_from(self._partner_shares, self._united),
            "buy": self._product_from_abroad,
        }

    def _inputs_from(self, shares: pd.Series[float], kept: list[str]) -> _Swap:
        """Inputs of the product from countries other than `kept`, replaced by those of `shares`."""
        codes, sectors = (self.table.index.get_level_values(level) for level in ("country", "sector"))
        column = self.table.Z[:, self._row] * self.table.leontief.per_output[self._row]
        out = pd.Series(np.where(codes.isin(kept), 0.0, column))
        sums, served = out.groupby(sectors).transform("sum"), shares.groupby(sectors).transform("sum")
        possible = (served > 0) & (sums > 0)
        into = (shares * sums).where(possible, 0.0)
        reach = self.table.leontief.content(self._unit)
        return _Swap(into.to_numpy(), out.where(possible, 0.0).to_numpy(), reach)

    @property
    def _domestic_shares(self) -> pd.Series[float]:
        """One for every sector of the country that has output, else zero."""
        makes = (self.table.index.get_level_values("country") == self.country) & (self.table.output > 0)
        return makes.astype(float).reset_index(drop=True)

    @property
    def _partner_shares(self) -> pd.Series[float]:
        """Shares of partners in what is shifted to them, adding up to one for every input that they have.

        As in their present deliveries of the input to the product; where there are none, as in their exports.
        """
        codes, sectors = (self.table.index.get_level_values(level) for level in ("country", "sector"))
        partner = codes.isin(self._united[1:])
        now = pd.Series(np.where(partner, np.maximum(self.table.Z[:, self._row], 0.0), 0.0))
        exports = pd.Series(np.where(partner, np.maximum(self.table.exports, 0.0), 0.0))
        totals, exported = (values.groupby(sectors).transform("sum") for values in (now, exports))
        present, capable = now / totals.where(totals > 0), exports / exported.where(exported > 0)
        return present.where(totals > 0, capable).fillna(0.0)

    @property
    def _product_from_abroad(self) -> _Swap:
        """Sales of the product at home, replaced by imports of it from where it is imported now."""
        codes, sectors = (self.table.index.get_level_values(level) for level in ("country", "sector"))
        same = (codes != self.country) & (sectors == self.sector)
        imports = np.where(same, np.maximum(imports_by_seller(self.table, self.country), 0.0), 0.0)
        source = imports if imports.any() else np.where(same, np.maximum(self.table.exports, 0.0), 0.0)
        coefficients = np.zeros(len(codes))
        sales = self.table.Z[self._row, self._own]
        coefficients[self._own] = sales * self.table.leontief.per_output[self._own]
        reach = self.table.leontief.content(coefficients)
        sold = float(self._demand[self._row, 0])
        if not source.any() or not (sold or coefficients.any()):
            return _Swap(0.0 * self._unit, 0.0 * self._unit, reach)
        return _Swap(source / source.sum(), self._unit, reach, sold, given_up=True)

    def _response(self, swap: _Swap, d: Array) -> Array:
        """``w'B / (1 - w'Bd)``: what a unit of the change does to all columns of the inverse."""
        left = 1.0 - float(swap.reach @ d)
        if left <= 0:
            raise TableError(
                f"{self.country} / {self.sector}: with this share and disadvantage the product would use "
                "up more than it yields; choose smaller ones"
            )
        return swap.reach / left

    def _exports_lost(self, swap: _Swap, option: Option, price: Array) -> Array:
        """Exports of the country that are lost to higher prices or given up with the product, shape (GN,)."""
        exports, lost = np.maximum(self._exports, 0.0), np.zeros(len(price))
        lost[self._own] = self.elasticity * (price[self._own] - 1.0) * exports[self._own]
        if swap.given_up:
            lost[self._row] += option.share * exports[self._row]
        return np.asarray(np.minimum(lost, exports))


def alternatives(
    table: IOTable, country: str, sector: str, members: Collection[str], elasticity: float, slack: float
) -> Alternatives:
    """Look at the ways to get a product; see :func:`opportunity_cost` for what is measured.

    Raises
    ------
    TableError
        When the country, its sector or a member is not in the table, or the sector has no output.
    ValueError
        When the elasticity is negative, or the slack does not lie from 0 to 1.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> ways = gvc.cooperation.alternatives(table, "BLR", "Transport equipment", ["RUS"], 2.0, 0.3)
    >>> ways.possible("cooperate"), ways.possible("buy")
    (True, True)
    """
    table.require_countries([country])
    table.require_countries(members, "member")
    if (country, sector) not in table.index:
        raise TableError(
            f"sector '{sector}' is not in the table for {country}; it has "
            f"{', '.join(table.index.get_level_values('sector')[table.index.get_level_values(0) == country])}"
        )
    if not table.output[country, sector] > 0:
        raise TableError(f"{country} / {sector} has no output, so there is no product to look at")
    if elasticity < 0:
        raise ValueError(f"elasticity {elasticity} is not allowed; it must be zero or more")
    require_share("slack", slack)
    return Alternatives(table, country, sector, list(members), elasticity, slack)


def opportunity_cost(
    table: IOTable,
    product: tuple[str, str],
    members: Collection[str],
    options: Mapping[Way, Option],
    elasticity: float,
    slack: float,
) -> pd.DataFrame:
    """Weigh making a product's inputs at home, cooperating with partners, and buying the product.

    * *make*: a share ``φ`` of every imported input is replaced by the same input from the country's own
      sector, of which ``1 + δ`` units do what one did. Inputs whose sector the country does not have stay
      imported.
    * *cooperate*: a share ``φ`` of every input from outside the bloc is replaced by ``1 + δ`` units from
      partners, divided as their present deliveries of it or, without any, as their exports.
    * *buy*: a share ``φ`` of the product's sales at home, to industries and final users, is replaced by ``1 +
      δ`` units of the same product from abroad, divided as present imports. The same share of its exports is
      given up: who stops making a product cannot sell it.

    Each way changes coefficients by a matrix of rank one, ``A* = A + d w'``, so that by Sherman and Morrison
    ``B* = B + B d w'B / (1 - w'Bd)``: one solve with the table's factors serves every share and disadvantage.
    Coefficients of value added stay, in volume and in price; Leontief's prices are ``p* = v B*``, 1 at the
    start, and the quantity side is ``x* = B* y*``. Final demand stays as it is but for what is bought
    instead.

    Without a cost disadvantage prices do not change. Domestic value added then rises with *make* if and only
    if the domestic inputs hold more of it than the imported ones that they replace, both counted with all
    their inputs. That is the rule but no law: a domestic sector that mostly assembles imports may hold less
    than a foreign one that buys much from the country. With one sector only, which adds value in every
    country, it always rises.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    product : tuple of str
        Country and sector.
    members : collection of str
        Members of the bloc, with the country or without it.
    options : mapping of str to Option
        What is asked of "make", "cooperate" and "buy", or of some of them.
    elasticity : float
        Per cent of exports that are lost when their price rises by one per cent, for all exports of the
        country alike; at most all exports of a sector are.
    slack : float
        Share of resources, from 0 to 1, that would otherwise be idle. The others would earn the same
        elsewhere, so that using them gains nothing and freeing them loses nothing: their opportunity cost.

    Returns
    -------
    pandas.DataFrame
        By way, after ``present``, in % of the product's present output where nothing else is said:
        ``value_added``, change of the country's value added; ``bloc_value_added``, that of the bloc with the
        country; ``price``, change of the price that users at home pay for the product, %; ``users_cost``,
        what the country's final users pay more for what they use; ``exports_at_stake``, gross exports of all
        its sectors that are lost to higher prices or given up; ``value_added_at_stake``, domestic value added
        that these exports hold with the present coefficients (``v'B``, so that what leaves the country more
        than once counts as often); ``net``, ``slack (value_added - value_added_at_stake) - users_cost``;
        ``bloc_net``, the same with the value added and the final users of the whole bloc;
        ``foreign_content`` and ``outside_bloc``, foreign value added, and that of countries outside the bloc,
        in the product as users at home get it, in % of its value: the dependence that is left. A way in which
        nothing can be replaced is missing.

    Raises
    ------
    TableError
        When a label is not in the table, the sector has no output, or a change would use up more than
        it yields.
    ValueError
        When the elasticity is negative, the slack does not lie from 0 to 1, or a way is unknown.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Leontief, W. (1951), The Structure of American Economy, for prices; Miller and Blair (2009), sections 2.6
    and 13.3, for prices and for changes of coefficients; Sherman, J. and Morrison, W. J. (1950), Annals of
    Mathematical Statistics 21; Squire, L. and van der Tak, H. G. (1975), Economic Analysis of Projects, for
    resources at what they would earn elsewhere. The question is that of "Development of production
    cooperation and entrepreneurship in global value chains" (2020).

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> ways = gvc.cooperation.opportunity_cost(table, ("BLR", "Transport equipment"), ["RUS", "KAZ"],
    ...                             {"make": gvc.cooperation.Option(0.5, 0.0)}, 2.0, 0.3)
    >>> bool(ways.loc["make", "value_added"] > 0), float(round(ways.loc["make", "price"], 9))
    (True, 0.0)
    """
    for way in options:
        require("way", way, Way)
    ways = alternatives(table, *product, members, elasticity, slack)
    rows = {PRESENT: ways.measure("make", Option(0.0, 0.0))}
    rows |= {way: ways.measure(way, option) for way, option in options.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("way")
    frame.loc[[way for way in options if not ways.possible(way)]] = np.nan
    return frame


def best_way(net: pd.Series[float]) -> str:
    """Return the way with the largest net gain, or `PRESENT` where none gains anything.

    Parameters
    ----------
    net : pandas.Series
        Net gains by way; that of `PRESENT` does not count, and a missing one is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.best_way(pd.Series({"present": 0.0, "make": 1.5, "buy": -3.0}))
    'make'
    """
    gains = net.drop(index=PRESENT, errors="ignore").dropna()
    return str(gains.idxmax()) if len(gains) and gains.max() > 0 else PRESENT


def net_gains(
    table: IOTable,
    country: str,
    sectors: Collection[str],
    members: Collection[str],
    options: Mapping[Way, Option],
    elasticity: float,
    slack: float,
) -> pd.DataFrame:
    """Net gain of every way for several products of a country, and which way is the best.

    Parameters
    ----------
    table, members, options, elasticity, slack
        As of :func:`opportunity_cost`.
    country : str
        The country.
    sectors : collection of str
        Its sectors; those without output are left out.

    Returns
    -------
    pandas.DataFrame
        By sector: for every way, ``net_<way>`` and ``bloc_net_<way>``, in % of the product's output; ``best``
        and ``bloc_best``, the way with the largest net gain if that is above zero, else `PRESENT`.

    Raises
    ------
    TableError, ValueError, SingularTableError
        As :func:`opportunity_cost`.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table, union = gvc.read_table("reconstruction"), ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    >>> options = {"make": gvc.cooperation.Option(0.5, 0.2), "cooperate": gvc.cooperation.Option(0.5, 0.1)}
    >>> gains = gvc.cooperation.net_gains(table, "BLR", ["Transport equipment"], union, options, 2.0, 0.3)
    >>> gains["bloc_best"].tolist()
    ['cooperate']
    """
    rows = {}
    for sector in _made(table, country, sectors):
        ways = opportunity_cost(table, (country, sector), members, options, elasticity, slack)
        rows[sector] = {
            **{f"{what}_{way}": ways.loc[way, what] for way in options for what in ("net", "bloc_net")},
            "best": best_way(ways["net"]),
            "bloc_best": best_way(ways["bloc_net"]),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sector")


def break_evens(
    table: IOTable,
    country: str,
    sectors: Collection[str],
    members: Collection[str],
    options: Mapping[Way, Option],
    elasticity: float,
    slack: float,
) -> pd.DataFrame:
    """Cost disadvantage at which every way neither gains nor costs the country anything.

    Parameters
    ----------
    table, country, sectors, members, options, elasticity, slack
        As of :func:`net_gains`; disadvantages do not count.

    Returns
    -------
    pandas.DataFrame
        By sector: for every way, ``break_even_<way>``, in %, infinite where no disadvantage up to `MOST` ends
        a gain, minus infinite where it pays at none from `LEAST` to `MOST`, missing where nothing can be
        replaced.

    Raises
    ------
    TableError, ValueError, SingularTableError
        As :func:`opportunity_cost`.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> options = {"make": gvc.cooperation.Option(0.5, 0.2)}
    >>> even = gvc.cooperation.break_evens(table, "BLR", ["Transport equipment"], ["RUS"], options, 2.0, 0.3)
    >>> float(even.loc["Transport equipment", "break_even_make"].round(1))
    25.7
    """
    rows = {}
    for sector in _made(table, country, sectors):
        ways = alternatives(table, country, sector, members, elasticity, slack)
        rows[sector] = {
            f"break_even_{way}": 100.0 * ways.break_even(way, option.share) for way, option in options.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sector")


def trade_off(
    ways: Alternatives, options: Mapping[Way, Option], costs: Collection[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Net gains of every way over a range of cost disadvantages, with the shares of `options`.

    Parameters
    ----------
    ways : Alternatives
        The product, as of :func:`alternatives`.
    options : mapping of str to Option
        Shares of the ways; their disadvantages do not count.
    costs : collection of float
        Cost disadvantages, as shares.

    Returns
    -------
    pandas.DataFrame, pandas.DataFrame
        Of the country and of the bloc. By ``disadvantage``, in %, a column for every way in which something
        can be replaced: net gain in % of the product's output.

    Raises
    ------
    TableError
        When a change would use up more than it yields.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> ways = gvc.cooperation.alternatives(table, "BLR", "Transport equipment", ["RUS"], 2.0, 0.3)
    >>> options = {"cooperate": gvc.cooperation.Option(0.5, 0.0)}
    >>> country, bloc = gvc.cooperation.trade_off(ways, options, [0.0, 0.1])
    >>> bool((bloc["cooperate"] > country["cooperate"]).all())
    True
    """
    index = pd.Index([100.0 * cost for cost in costs], name="disadvantage")
    country, bloc = pd.DataFrame(index=index), pd.DataFrame(index=index)
    for way, option in options.items():
        if ways.possible(way):
            measured = [ways.measure(way, Option(option.share, cost)) for cost in costs]
            country[way] = [figures["net"] for figures in measured]
            bloc[way] = [figures["bloc_net"] for figures in measured]
    return country, bloc


def break_evens_by_slack(
    ways: Alternatives, options: Mapping[Way, Option], slacks: Collection[float]
) -> pd.DataFrame:
    """Break-even cost disadvantage of every way over a range of idle resources.

    Parameters
    ----------
    ways : Alternatives
        The product, as of :func:`alternatives`; its own slack does not count.
    options : mapping of str to Option
        Shares of the ways; their disadvantages do not count.
    slacks : collection of float
        Shares of idle resources.

    Returns
    -------
    pandas.DataFrame
        By ``slack``, in %, a column for every way in which something can be replaced: break-even in %,
        infinite or missing as of :func:`break_evens`.

    Raises
    ------
    ValueError
        When a slack does not lie from 0 to 1.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> ways = gvc.cooperation.alternatives(table, "BLR", "Transport equipment", ["RUS"], 2.0, 0.3)
    >>> options = {"make": gvc.cooperation.Option(0.5, 0.0)}
    >>> even = gvc.cooperation.break_evens_by_slack(ways, options, [0.0, 0.5])
    >>> bool(even["make"].is_monotonic_increasing)
    True
    """
    for slack in slacks:
        require_share("slack", slack)
    possible = {way: option.share for way, option in options.items() if ways.possible(way)}
    lines = {
        way: [100.0 * replace(ways, slack=slack).break_even(way, share) for slack in slacks]
        for way, share in possible.items()
    }
    return pd.DataFrame(lines, pd.Index([100.0 * slack for slack in slacks], name="slack"))


def idle_needed(way: pd.Series[float]) -> float:
    """Share of idle resources from which a way neither gains nor costs anything.

    The net gain, ``slack (value_added - value_added_at_stake) - users_cost``, is zero where the slack is
    ``users_cost / (value_added - value_added_at_stake)``.

    Parameters
    ----------
    way : pandas.Series
        A row of :func:`opportunity_cost`.

    Returns
    -------
    float
        In %. 0 where the way pays without any; over 100 where it never pays, infinite where idle resources do
        not help.

    References
    ----------
    Squire and van der Tak (1975), for resources at what they would earn elsewhere.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> way = pd.Series({"value_added": 12.0, "value_added_at_stake": 2.0, "users_cost": 2.5})
    >>> gvc.cooperation.idle_needed(way)
    25.0
    """
    gain, cost = way["value_added"] - way["value_added_at_stake"], way["users_cost"]
    if gain <= 0:
        return 0.0 if cost < 0 else np.inf
    return 100.0 * max(float(cost / gain), 0.0)


def two_sided(ways: pd.DataFrame) -> bool:
    """Tell whether making the inputs has two sides: more value added at home, and a dearer product.

    Parameters
    ----------
    ways : pandas.DataFrame
        As of :func:`opportunity_cost`, with ``make``.

    Returns
    -------
    bool
        Whether both have risen; a missing one has not.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gvc.cooperation.two_sided(pd.DataFrame({"value_added": [3.0], "price": [1.2]}, ["make"]))
    True
    """
    return bool((ways.loc["make", ["value_added", "price"]] > 0).all())


def over_making(ways: pd.DataFrame) -> pd.Series[float]:
    """What cooperating gains more than making the inputs, for the country and for the bloc.

    Parameters
    ----------
    ways : pandas.DataFrame
        As of :func:`opportunity_cost`, with ``make`` and ``cooperate``.

    Returns
    -------
    pandas.Series
        ``net`` and ``bloc_net``, in % of the product's output; missing where there is no such way.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> ways = pd.DataFrame({"net": [1.5, 1.0], "bloc_net": [0.5, 2.0]}, ["make", "cooperate"])
    >>> gvc.cooperation.over_making(ways).tolist()
    [-0.5, 1.5]
    """
    gains = ["net", "bloc_net"]
    return ways.loc["cooperate", gains] - ways.loc["make", gains]


def pays(gains: pd.DataFrame) -> pd.Series[str]:
    """For whom cooperation pays, product by product.

    Parameters
    ----------
    gains : pandas.DataFrame
        As of :func:`net_gains`, with ``net_cooperate`` and ``bloc_net_cooperate``.

    Returns
    -------
    pandas.Series
        By sector, one of `PAYS`: whose net gain is above zero; a missing gain is none.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> gains = pd.DataFrame({"net_cooperate": [1.0, -1.0], "bloc_net_cooperate": [1.0, 1.0]}, ["a", "b"])
    >>> gvc.cooperation.pays(gains).to_dict()
    {'a': 'both', 'b': 'bloc'}
    """
    country, bloc = gains["net_cooperate"] > 0, gains["bloc_net_cooperate"] > 0
    verdict = np.select([country & bloc, bloc, country], PAYS[:3], PAYS[3])
    return pd.Series(verdict, gains.index, name="pays")


def _made(table: IOTable, country: str, sectors: Collection[str]) -> list[str]:
    """Sectors of the country that have output."""
    table.require_countries([country])
    output = table.output[country]
    return [sector for sector in sectors if output.get(sector, 0.0) > 0]
