"""A synthetic register of a free economic zone that gives back the figures the paper prints.

The register of the Grodnoinvest zone cannot be shipped. This one is made up, and nothing in it describes a
real resident: its residents are codes, R01 to R75 in random order, and of the paper's list of leaders only
sectors and scores are used, never a name.

Printed (Shuleiko and Sovik 2020) and given back are the location quotients of five sectors, the zone's share
of its region's production in 2019, Gini coefficients and shares of the largest quarter of residents, the
number of residents, the part of wood and furniture in the new ones, and what is said of the coefficient of
leadership: its ends, the first six scores, the leaders by sector and among the best by single indicators.

Assumed is everything else: the level and structure of the region, two more sectors ("Logistics" and
"Other"), all years and figures that are not printed, and every amount of every single resident. The
assumptions about totals, sectors and their residents stand in the ``assumed_*.csv`` beside the register,
those about single amounts at the head of this module and where they are drawn.

1. :func:`region_table` and :func:`sector_totals` hold region and zone by sector. The quotients of tables 1
   and 2 come first: where a printed share contradicts them (machinery, exports 2018; food, production
   2018), it is left.
2. :func:`goods` divides the zone's totals among residents, so that each sector and each quarter of the
   residents has its share, as near as possible to a documented prior.
3. :func:`build` draws the other amounts and moves them until the coefficients of leadership are as printed,
   then writes ``register.csv`` and ``region.csv``.

Money is in million roubles.

References
----------
Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ: Methods of Identification of
"Anchor" Industries and Residents.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from gvc_helpers._typing import Array
from gvc_helpers.papers import grodnoinvest as paper
from gvc_helpers.papers.grodnoinvest import BEST, LEADERSHIP_YEARS
from gvc_helpers.zones.leadership import INDICATORS

Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

FOLDER = Path(__file__).parents[1] / "data" / "grodnoinvest"
"""Where the assumptions and the shipped register are."""

SEED = 2020
YEARS = (2015, 2016, 2017, 2018, 2019)
PLAN_YEAR = 2023
ALL_YEARS = (*YEARS, PLAN_YEAR)
"""The years of the register, which are the rows of all arrays by year and resident."""
RANKED_ROWS = slice(ALL_YEARS.index(LEADERSHIP_YEARS[0]), ALL_YEARS.index(LEADERSHIP_YEARS[-1]) + 1)
"""The rows over which the paper ranks the residents."""
SECTORS = (
    "Wood and furniture",
    "Machinery and metalworking",
    "Chemistry and fertilisers",
    "Food and agriculture",
    "Textiles",
    "Logistics",
    "Other",
)
AMOUNTS = [
    *["employees", "production", "shipments", "innovative", "exports"],
    *["revenue", "resident_sales", "profit"],
]
DECIMALS = 3
"""Decimals of a million roubles in the files."""

# Assumed of production and exports

LARGE_ENTRANT = ("Food and agriculture", 2018)
"""The new resident of this sector and year becomes its largest: the food sector's jump in 2018."""
NEW_PLANT = ("Wood and furniture", 2016, 0.35)
"""Before this year the sector's largest resident was smaller by this factor: wood's jump in 2016."""
LARGEST_EXPORT_SHARE = 0.97

# Assumed of the other amounts

OWN = {
    "productivity": ("employees", "productivity"),
    "innovative": ("innovative", "innovative_share"),
    "sold": ("resident_sales", "resident_sales_share"),
    "margin": ("profit",),
}
"""What residents have of their own, the same in all years, and the indicators that depend on it: production
per employee, shares of innovative products and of sales to residents, and profit in revenue."""
MOST_INNOVATIVE = 0.3
"""Largest share of innovative products in a resident's shipments, which leaves the zone below the 9 % that
the paper prints as the most of zones like it in 2019."""
MOST_SOLD = 0.4
"""Largest share of sales to residents in a resident's revenue."""

# Assumed of leadership, and the search for it

SHIFTS = {4: -0.2, 6: 0.1}
"""By place, what is added to a printed score: the fourth to the sixth are printed alike."""
BELOW_SCORE, ABOVE_SCORE = 0.4, 0.35
"""How far a coefficient may lie below and above its score."""
AFTER_SCORES = 0.6
"""How far the coefficients of the other leaders lie above the last score at least."""
LAST_OF_LEADERS, FIRST_AFTER_LEADERS = 21.2, 22.4
"""The highest coefficient of a leader (figure 8 ends at 21) and the lowest of the other residents."""
NEAR_HIGHEST = 0.3
"""How far the highest coefficient of all may lie from the printed one."""
MARGIN = 0.3
"""How far the best by a single indicator are ahead of the next, in places, where the paper counts them."""
STARTS, ATTEMPTS = 20, 15_000
"""How often the search starts anew at most, and how many changes it tries each time."""


class ZoneReconstructionError(RuntimeError):
    """The register does not give back the printed figures; the message names what is off."""


def region_table(folder: Path = FOLDER) -> pd.DataFrame:
    """Return the region's production and exports by sector and year, 2015 to 2019.

    Parameters
    ----------
    folder : Path
        Where the ``assumed_*.csv`` are.

    Returns
    -------
    pandas.DataFrame
        ``sector``, ``year``, ``production``, ``exports`` in million roubles; the zone is included.

    Examples
    --------
    >>> region = region_table()
    >>> float(region.loc[region["year"] == 2019, "production"].sum().round(3))
    11000.0
    """
    merged = _assumed_sectors(folder)
    amounts = (merged["weight"] * merged["region"]).unstack("quantity").round(DECIMALS)
    return amounts.loc[list(SECTORS)].reset_index()[["sector", "year", "production", "exports"]]


def sector_totals(quantity: str, folder: Path = FOLDER) -> pd.DataFrame:
    """Return the zone's production or exports by sector and year.

    A sector has the share ``quotient * S`` of the region's sector, where ``S`` is the zone's share of the
    region; "Other" has the rest of the zone. The plan for 2023 is 2019 times the growth of the sector.

    Parameters
    ----------
    quantity : str
        ``production`` or ``exports``.
    folder : Path
        Where the ``assumed_*.csv`` are.

    Returns
    -------
    pandas.DataFrame
        Sector by year, 2015 to 2019 and 2023, million roubles.

    Examples
    --------
    >>> totals = sector_totals("production")
    >>> float(totals[2019].sum().round(3))
    2640.0
    """
    merged = _assumed_sectors(folder).xs(quantity, level="quantity")
    zone = merged["quotient"] * merged["weight"] * merged["region"] * merged["zone_share"] / 100
    totals = zone.unstack("year").loc[list(SECTORS)]
    totals[PLAN_YEAR] = totals[YEARS[-1]] * _assumed_residents(folder)["growth"]
    return totals


def quarter_shares(gini: float, top: float, bottom: float) -> Array:
    """Return the shares of the four quarters that give a Gini coefficient of quarters.

    With shares ``q1 <= q2 <= q3 <= q4`` the trapezoids under the Lorenz curve at 1/4, 1/2 and 3/4 give
    ``G = (3 q4 + q3 - q2 - 3 q1) / 4``.

    Parameters
    ----------
    gini : float
        Gini coefficient of the four quarters.
    top, bottom : float
        Shares of the largest and of the smallest quarter, fractions.

    Returns
    -------
    numpy.ndarray
        ``q1`` to ``q4``, adding up to 1.

    Raises
    ------
    ValueError
        When no shares in ascending order give the coefficient.

    Examples
    --------
    >>> quarter_shares(0.648, 0.84, 0.005).round(4).tolist()
    [0.005, 0.034, 0.121, 0.84]
    """
    both, difference = 1 - top - bottom, 4 * gini - 3 * (top - bottom)
    shares = np.array([bottom, (both - difference) / 2, (both + difference) / 2, top])
    if not difference >= 0 or (np.diff(shares) < 0).any():
        raise ValueError(
            f"no quarters give a Gini coefficient of {gini} with a largest quarter of {top} and a smallest "
            f"of {bottom}; with these it must lie from {3 * (top - bottom) / 4:.4f} to "
            f"{(3 * (top - bottom) + both - 2 * bottom) / 4:.4f}"
        )
    return shares


def goods(folder: Path = FOLDER) -> tuple[Array, Array]:
    """Return production and exports by year and resident.

    Parameters
    ----------
    folder : Path
        Where the ``assumed_*.csv`` are.

    Returns
    -------
    production, exports : numpy.ndarray
        Shape (6, 75), years 2015 to 2019 and 2023, residents by sector and size; missing before a resident
        reports. Million roubles, rounded.

    Raises
    ------
    ZoneReconstructionError
        When the division among residents does not settle.
    """
    rng = np.random.default_rng([SEED, 1])
    residents = _residents(folder)
    assumed = _assumed_residents(folder)
    sizes, shares = _prior_sizes(residents, assumed, rng), _prior_export_shares(residents, assumed, rng)
    concentration = _assumed_totals(folder)
    production, exports = np.full_like(sizes, np.nan), np.full_like(sizes, np.nan)
    for row, year in enumerate(ALL_YEARS):
        on = residents.reporting[row]
        totals, quarters = {}, {}
        for quantity in ("production", "exports"):
            gini, top, bottom = concentration.loc[(quantity, year), ["gini", "top_share", "bottom_share"]]
            totals[quantity] = sector_totals(quantity, folder)[year].to_numpy()
            quarters[quantity] = quarter_shares(gini, 0.01 * top, 0.01 * bottom)
        made = _divide(
            sizes[row, on], np.full(on.sum(), np.inf), residents.sector[on], totals["production"],
            quarters["production"], rng, f"production {year}",
        ).round(DECIMALS)  # fmt: skip
        sold = _divide(
            shares[row, on] * made, LARGEST_EXPORT_SHARE * made, residents.sector[on], totals["exports"],
            quarters["exports"], rng, f"exports {year}",
        ).round(DECIMALS)  # fmt: skip
        production[row, on], exports[row, on] = made, sold
    return production, exports


def build(folder: Path = FOLDER) -> None:
    """Make the synthetic register and the regional table (some ten seconds).

    Parameters
    ----------
    folder : Path
        Where to write ``register.csv`` and ``region.csv``. The same code writes the same files.

    Raises
    ------
    ZoneReconstructionError
        When the printed figures are not met.
    """
    production, exports = goods()
    residents = _residents(FOLDER)
    given = _Given.draw(residents, production, exports, np.random.default_rng([SEED, 2]))
    amounts = _meet_leadership(given, residents)
    codes = 1 + np.random.default_rng([SEED, 4]).permutation(len(residents.sector))
    rows = [
        {
            "resident": f"R{codes[i]:02d}",
            "sector": SECTORS[residents.sector[i]],
            "year": year,
            "plan": int(year == PLAN_YEAR),
            **{name: amounts[name][row, i] for name in AMOUNTS},
            "registered": residents.registered[i],
        }
        for row, year in enumerate(ALL_YEARS)
        for i in np.lexsort((codes, residents.sector))
        if residents.reporting[row, i]
    ]
    folder.mkdir(parents=True, exist_ok=True)
    register = pd.DataFrame(rows).astype({"employees": int, "registered": int})
    register.to_csv(folder / "register.csv", index=False)
    region_table().to_csv(folder / "region.csv", index=False)


# Production and exports ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Residents:
    """The residents by sector and, within it, by size in the prior, largest first; arrays of length 75."""

    sector: Integers
    rank: Integers
    registered: Integers
    reporting: Mask


def _assumed_totals(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "assumed_totals.csv", comment="#", index_col=["quantity", "year"])


def _assumed_residents(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "assumed_residents.csv", comment="#", index_col="sector").loc[list(SECTORS)]


def _assumed_sectors(folder: Path) -> pd.DataFrame:
    """Return weights and quotients of all sectors with the totals of their year."""
    keys = ["quantity", "sector", "year"]
    known = pd.read_csv(folder / "assumed_sectors.csv", comment="#").set_index(keys)
    rest = 1 - known["weight"].groupby(["quantity", "year"]).sum()
    zone_rest = 1 - (known["weight"] * known["quotient"]).groupby(["quantity", "year"]).sum()
    other = pd.DataFrame({"quotient": zone_rest / rest, "weight": rest})
    added = {"Logistics": other * 0, "Other": other}
    frames = [frame.assign(sector=name).set_index("sector", append=True) for name, frame in added.items()]
    whole = pd.concat([known, *(frame.reorder_levels(keys) for frame in frames)])
    index = pd.MultiIndex.from_product([["production", "exports"], SECTORS, YEARS], names=keys)
    return whole.loc[index].join(_assumed_totals(folder)[["region", "zone_share"]])


def _residents(folder: Path) -> _Residents:
    """Make the residents and the years in which they were registered."""
    rng = np.random.default_rng([SEED, 0])
    assumed = _assumed_residents(folder)
    sector = np.repeat(np.arange(len(SECTORS)), assumed["residents"])
    rank = np.concatenate([np.arange(n) for n in assumed["residents"]])
    new_years = [int(name.removeprefix("new_")) for name in assumed.columns if name.startswith("new_")]
    entrant_sector, entrant_year = LARGE_ENTRANT
    registered = []
    for name, row in assumed.iterrows():
        new = [year for year in new_years for _ in range(int(row[f"new_{year}"]))]
        years = rng.integers(2002, 2015, int(row["residents"]))
        if name == entrant_sector:
            new.remove(entrant_year)
            years[0] = entrant_year
        places = 2 + rng.permutation(len(years) - 2)[: len(new)]
        years[places] = new
        registered.append(years)
    since = np.concatenate(registered)
    reporting = since <= np.array(ALL_YEARS)[:, None]
    return _Residents(sector, rank, since, reporting)


def _prior_sizes(residents: _Residents, assumed: pd.DataFrame, rng: np.random.Generator) -> Array:
    """Lognormal sizes by sector that persist over the years; a resident's first year counts half."""
    count = assumed["residents"].to_numpy()[residents.sector]
    spread = assumed["spread"].to_numpy()[residents.sector]
    years = np.array(ALL_YEARS)[:, None]
    drift = 0.12 * rng.standard_normal(residents.reporting.shape)
    drift[ALL_YEARS.index(2019)] = 0
    logs = spread * ndtri(1 - (residents.rank + 0.5) / count) + drift
    first = (residents.registered == years) & (residents.registered > YEARS[0])
    first &= ~((residents.rank == 0) & (residents.registered == LARGE_ENTRANT[1]))
    name, year, factor = NEW_PLANT
    smaller = (residents.sector == SECTORS.index(name)) & (residents.rank == 0) & (years < year)
    sizes: Array = np.exp(logs) * np.where(first, 0.5, 1.0) * np.where(smaller, factor, 1.0)
    return np.where(residents.sector == SECTORS.index("Logistics"), 0.0, sizes)


def _prior_export_shares(residents: _Residents, assumed: pd.DataFrame, rng: np.random.Generator) -> Array:
    """Shares of exports in production that persist over the years."""
    count = assumed["residents"].to_numpy()[residents.sector]
    median, slope = (assumed[name].to_numpy()[residents.sector] for name in ("export_share", "export_slope"))
    own = 0.8 * rng.standard_normal(len(residents.sector))
    drift = 0.15 * rng.standard_normal(residents.reporting.shape)
    standing = ndtri(1 - (residents.rank + 0.5) / count)
    shares: Array = expit(logit(np.maximum(median, 1e-9)) + slope * standing + own + drift)
    return shares


def _divide(
    prior: Array,
    ceiling: Array,
    sector: Array,
    totals: Array,
    quarters: Array,
    rng: np.random.Generator,
    name: str,
) -> Array:
    """Divide sector totals among residents near a prior, so that the quarters have their shares.

    The amounts of largest entropy relative to the prior are ``prior * exp(a + b)`` with a constant `a` for
    the sector and `b` for the quarter; below a ceiling, it is the odds of amount to ceiling that are
    multiplied. Who belongs to which quarter is fixed by the prior once it meets the sector totals; where a
    resident ends beyond the bounds of its quarter, its prior is moved towards them.
    """
    some = np.bincount(sector, prior, len(totals)) > 0
    own = (sector == np.arange(len(totals))[:, None])[some].astype(float)
    free = prior > 0
    capped = np.isfinite(ceiling)
    limit = np.where(capped & free, ceiling, 1.0)
    share = np.where(free, np.minimum(prior / limit, 0.999 if capped.any() else np.inf), 1.0)
    base = np.where(capped, logit(np.where(capped, share, 0.5)), np.log(share))

    def amounts(theta: Array, members: Array) -> Array:
        logs = base + theta @ members
        x = np.where(capped, limit * expit(logs), np.exp(np.minimum(logs, 50)))
        return np.where(free, x, 0.0)

    def fit(members: Array, targets: Array) -> Array:
        def error(theta: Array) -> Array:
            return members @ amounts(theta, members) / targets - 1

        def slope(theta: Array) -> Array:
            x = amounts(theta, members)
            change = np.where(capped, x * (1 - x / limit), x)
            return (members * change) @ members.T / targets[:, None]

        theta = least_squares(error, np.zeros(len(targets)), slope, xtol=1e-14, ftol=1e-14, gtol=1e-14).x
        worst = float(np.abs(error(theta)).max())
        if worst > 1e-6:
            raise ZoneReconstructionError(f"{name}: a total is missed by {100 * worst:.2g} %")
        return amounts(theta, members)

    x = fit(own, totals[some])
    distance = rng.exponential(0.25, len(prior))
    for attempt in range(400):
        if attempt % 40 == 0:
            quarter = _quarters(x)
            group = np.unique(quarter.T @ np.arange(4), return_inverse=True)[1]
        x = fit(np.vstack([own, quarter[1:]]), np.concatenate([totals[some], quarters[1:] * totals.sum()]))
        settled = True
        for k in range(group.max()):
            below, above = group == k, (group == k + 1) & free
            most, least = x[below].max(), x[above].min()
            if most > least:
                settled = False
                beyond = np.log(np.maximum(x, 1e-9) / np.sqrt(most * least))
                base = base - np.where(below, np.maximum(1.5 * (beyond + distance), 0), 0)
                base = base - np.where(above, np.minimum(1.5 * (beyond - distance), 0), 0)
        if settled:
            return x
    raise ZoneReconstructionError(f"{name}: the quarters of the residents do not settle")


def _quarters(x: Array) -> Array:
    """Return how much of every resident belongs to each quarter by size, shape (4, residents)."""
    place = np.empty(len(x))
    place[np.argsort(x, kind="stable")] = np.arange(len(x))
    ends = len(x) * np.arange(5)[:, None] / 4
    inside = np.clip(np.minimum(place + 1, ends[1:]) - np.maximum(place, ends[:-1]), 0, 1)
    return np.asarray(inside)


# The other amounts --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """What does not move in the search for leadership; arrays of shape (6, 75), missing as zero."""

    production: Array
    exports: Array
    shipments: Array
    revenue: Array
    turnover: Array
    """What employees are counted by: production, and revenue where nothing is produced."""
    drift: dict[str, Array]
    """Factors by which the yearly values of what moves differ from the resident's own."""

    @classmethod
    def draw(
        cls, residents: _Residents, production: Array, exports: Array, rng: np.random.Generator
    ) -> _Given:
        """Draw shipments of about 97 % of production, and revenue 4 % above, or of services alone."""
        made = np.nan_to_num(production)
        drift = {name: np.exp(0.05 * rng.standard_normal(made.shape)) for name in ("shipments", *OWN)}
        services = residents.sector == SECTORS.index("Logistics")
        served = np.where(services, np.exp(1.2 + 0.7 * rng.standard_normal(len(services))), 0.0)
        growth = np.array([0.8, 0.9, 1.0, 1.1, 1.2, 1.5])[:, None]
        shipments = (made * np.minimum(1.0, 0.97 * drift["shipments"])).round(DECIMALS)
        revenue = (1.04 * shipments + served * growth).round(DECIMALS)
        turnover = np.where(services, revenue, made)
        return cls(made, np.nan_to_num(exports), shipments, revenue, turnover, drift)

    def amounts(self, own: dict[str, Array]) -> dict[str, Array]:
        """All amounts of the register as they are written, given what residents have of their own."""
        yearly = {name: own[name] * self.drift[name] for name in OWN}
        return {
            "employees": np.maximum(3, (self.turnover / yearly["productivity"]).round()),
            "production": self.production,
            "shipments": self.shipments,
            "innovative": (np.minimum(0.98, yearly["innovative"]) * self.shipments).round(DECIMALS),
            "exports": self.exports,
            "revenue": self.revenue,
            "resident_sales": (np.minimum(0.95, yearly["sold"]) * self.revenue).round(DECIMALS),
            "profit": (yearly["margin"] * self.revenue).round(DECIMALS),
        }


def _first_own(residents: _Residents, leads: Mask, rng: np.random.Generator) -> dict[str, Array]:
    """Draw what residents have of their own; leaders are more productive, and all of them innovate."""
    assumed = _assumed_residents(FOLDER).iloc[residents.sector]
    n = len(leads)
    innovates = rng.random(n) < np.where(leads, 1.0, 0.18)
    makes_losses = ~leads & (rng.random(n) < 0.15)
    return {
        "productivity": assumed["productivity"].to_numpy()
        * np.exp(0.5 * rng.standard_normal(n) + 0.4 * leads),
        "innovative": np.where(
            innovates & (assumed.index != "Logistics"), MOST_INNOVATIVE * rng.beta(2, 5, n), 0.0
        ),
        "sold": MOST_SOLD * rng.beta(1, 6, n),
        "margin": assumed["margin"].to_numpy()
        * np.exp(0.5 * rng.standard_normal(n))
        * np.where(makes_losses, -1.0, 1.0),
    }


# Leadership ---------------------------------------------------------------------------------------


def _meet_leadership(given: _Given, residents: _Residents) -> dict[str, Array]:
    """Search from one start after the other until leadership is as printed."""
    printed = paper.leadership()
    for start in range(STARTS):
        own, distance = _search(given, residents, printed, np.random.default_rng([SEED, 3, start]))
        if distance == 0.0:
            return given.amounts(own)
    raise ZoneReconstructionError(f"leadership is off by {distance:.2g}")


def _search(
    given: _Given, residents: _Residents, printed: paper.PrintedLeadership, rng: np.random.Generator
) -> tuple[dict[str, Array], float]:
    """Change what residents have of their own, one value at a time, until leadership is as printed.

    Simulated annealing: a change is kept when it brings the coefficients nearer to their bounds, and
    sometimes when it does not, ever less often. Returned is also how far from the bounds the search ends.
    """
    low, high = _bounds(residents, printed)
    leads = high <= LAST_OF_LEADERS
    own = _first_own(residents, leads, rng)
    missing = ~residents.reporting[RANKED_ROWS]
    places = {name: _positions(values, missing) for name, values in _indicators(given.amounts(own)).items()}
    distance = _distance(places, low, high, leads, printed)
    for attempt in range(ATTEMPTS):
        if distance == 0.0:
            break
        name, i = rng.choice(list(OWN)), rng.integers(len(leads))
        changed = own | {name: own[name].copy()}
        changed[name][i] = _another(name, own[name][i], bool(leads[i]), rng)
        values = _indicators(given.amounts(changed))
        moved = places | {key: _positions(values[key], missing) for key in OWN[name]}
        nearer = _distance(moved, low, high, leads, printed)
        temperature = 3.0 * (1.0 - attempt / ATTEMPTS) ** 3 + 1e-3
        if nearer <= distance or rng.random() < np.exp((distance - nearer) / temperature):
            own, places, distance = changed, moved, nearer
    return own, distance


def _bounds(residents: _Residents, printed: paper.PrintedLeadership) -> tuple[Array, Array]:
    """Bounds of the coefficients: of those with a printed score, of the other leaders, and of the rest.

    The leaders of a sector are its largest residents in the prior.
    """
    low = np.full(len(residents.sector), FIRST_AFTER_LEADERS)
    high = np.full(len(residents.sector), printed.highest + NEAR_HIGHEST)
    first = _scored_leaders()
    for sector, count in printed.counts.items():
        here = (residents.sector == SECTORS.index(sector)) & residents.reporting[RANKED_ROWS][-1]
        largest = np.flatnonzero(here)[:count]
        low[largest], high[largest] = first["score"].max() + AFTER_SCORES, LAST_OF_LEADERS
        scores = first.loc[first["sector"] == sector, "score"].to_numpy()
        scored = largest[: len(scores)]
        low[scored], high[scored] = scores - BELOW_SCORE, scores + ABOVE_SCORE
    return low, high


def _scored_leaders() -> pd.DataFrame:
    """Sector and score of the leaders with a printed score, by place; equal scores are moved apart."""
    first = paper.leaders()[["sector", "score"]].dropna()
    return first.assign(score=first["score"].add(pd.Series(SHIFTS), fill_value=0.0))


def _another(name: str, value: float, leads: bool, rng: np.random.Generator) -> float:
    """Draw another value near the one that there is."""
    step = rng.standard_normal()
    if name == "productivity":
        return float(np.clip(value * np.exp(0.5 * step), 0.012, 0.8))
    if name == "sold":
        return float(np.clip(value * np.exp(0.7 * step), 0.001, MOST_SOLD))
    if name == "margin":
        return float(np.clip(value + 0.04 * step, -0.15, 0.3))
    if not leads and rng.random() < 0.3:
        return 0.0
    return float(np.clip(value + 0.15 * MOST_INNOVATIVE * step, 0.002, MOST_INNOVATIVE))


def _indicators(amounts: dict[str, Array]) -> dict[str, Array]:
    """Return the ten indicators over the years of leadership, shape (3, 75) each."""
    here = {name: values[RANKED_ROWS] for name, values in amounts.items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            name: here[part] if whole is None else np.where(here[whole] > 0, here[part] / here[whole], np.nan)
            for name, (part, whole) in INDICATORS.items()
        }


def _positions(values: Array, missing: Mask) -> Array:
    """Rank the residents of each year, the highest value first; equal values share their mean."""
    absent = missing | np.isnan(values)
    places: Array = rankdata(np.where(absent, np.inf, -values), axis=-1)
    return np.where(absent, np.nan, places)


def _distance(
    places: dict[str, Array], low: Array, high: Array, leads: Mask, printed: paper.PrintedLeadership
) -> float:
    """How far the coefficients are from their bounds, and the best by single indicators from theirs."""
    coefficient = _mean(np.concatenate(list(places.values())))
    beyond = np.fmax(low - coefficient, 0.0) + np.fmax(coefficient - high, 0.0)
    distance = float((np.where(leads, 3.0, 1.0) * beyond**2).sum())
    distance += 5.0 * max(0.0, printed.highest - NEAR_HIGHEST - float(np.nanmax(coefficient))) ** 2
    for name, count in printed.memberships.items():
        place = _mean(places[name])
        ours, others = (np.sort(place[which]) for which in (leads, ~leads))
        # The last of ours that belongs to the five comes before the first of the others that does not.
        distance += max(0.0, ours[count - 1] - others[BEST - count] + MARGIN)
        distance += max(0.0, others[BEST - 1 - count] - ours[count] + MARGIN) if count < BEST else 0.0
    return distance


def _mean(places: Array) -> Array:
    """Mean over the first axis of what is there; missing for a resident that is not ranked at all."""
    count = np.sum(~np.isnan(places), axis=0)
    return np.where(count > 0, np.nansum(places, axis=0) / np.maximum(count, 1), np.nan)
