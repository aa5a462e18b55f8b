"""Set the figures that the paper on the Grodnoinvest zone prints beside each other: ``make tables``.

What is implied by some printed figures is computed and set against others: :func:`self_check`. What the
printed figures show of the method itself is in :func:`limits_of_method`. The paper will not change, so the
package reads the tables that this writes (:mod:`gvc_helpers.papers.grodnoinvest`).

References
----------
Shuleiko, D. Ch. and Sovik, L. E. (2020), Cluster Transformation of FEZ: Methods of Identification of
"Anchor" Industries and Residents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from gvc_helpers.papers import grodnoinvest as paper
from gvc_helpers.papers.grodnoinvest import BEST, BETWEEN, FIRST, LAST, LEADERSHIP_YEARS, RANKED
from gvc_helpers.zones.inequality import LARGEST, feasible_gini
from gvc_helpers.zones.leadership import INDICATORS, VOLUMES

QUANTITIES = ("production", "exports")
NEWCOMERS = 5
"""New residents that :func:`self_check` adds to the zone, to see which way the Gini coefficient moves."""

_VITEBSK = "Vitebsk"
_SHARES_PRINTED = (("production", FIRST), ("production", LAST), ("exports", LAST))
_EXACT = 1e-9


@dataclass(frozen=True)
class Interval:
    """What a rounded figure may have been, or what follows from such figures.

    Products and quotients are for intervals above zero.
    """

    low: float
    high: float

    @classmethod
    def around(cls, value: float, rounding: float) -> Interval:
        """All that rounds to a value."""
        return cls(value - rounding, value + rounding)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        return Interval(self.low * other.low, self.high * other.high)

    def __truediv__(self, other: Interval) -> Interval:
        return Interval(self.low / other.high, self.high / other.low)

    def scaled(self, factor: float) -> Interval:
        """Multiply by a number above zero."""
        return Interval(self.low * factor, self.high * factor)

    @property
    def middle(self) -> float:
        """Mean of the two ends."""
        return (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        """Tell whether the two have a value in common."""
        return self.low <= other.high + _EXACT and other.low <= self.high + _EXACT

    def text(self, decimals: int, unit: str = "") -> str:
        """Both ends with a dash between them, or one where they look the same."""
        low, high = (f"{end:z.{decimals}f}" for end in (self.low, self.high))
        dash = " … " if self.low < 0 else "–"
        return (low if low == high else f"{low}{dash}{high}") + (f" {unit}" if unit else "")


def self_check() -> pd.DataFrame:
    """Check the printed figures against each other.

    All that is implied is computed from printed figures, with the intervals that half a unit of their last
    digits leaves. Shares and quotients are tied by ``quotient = share / S``, where the zone's overall share
    ``S`` of a year is the same for all sectors.

    Returns
    -------
    pandas.DataFrame
        As :func:`gvc_helpers.papers.grodnoinvest.self_check`.

    Notes
    -----
    The keys are

    - ``overall_share_*``: how many sectors imply the same S, and which (:func:`implied_overall_share`);
    - ``share_*``, ``share_change_production``: shares and their changes against quotient times S;
    - ``quotient_*``: quotients of the sectors that imply another S, against their share over S;
    - ``order_*``: two sectors in one order by share and in the other by quotient;
    - ``quotient_changes``: the printed differences in tables 1 and 2, and how many of them are right;
    - ``weight_growth``: "the weight of zones grew faster in the regions than in the country": the ratio of
      the two in 2017 against 2019;
    - ``fdi_ratio``: the printed ratio of direct investment against its two shares;
    - ``innovation_gap``, ``innovation_above_minimum``: differences in the text against what it says of all
      and of regional zones (entity "text") and against the lines of Belarus and of all zones in figure 2
      (entity "figure 2"): they fit both;
    - ``innovation_reading``: what the text says of all and of regional zones against their lines in figure 2,
      as far as its labels can be assigned;
    - ``vitebsk_weight``: the largest weight of Vitebsk among regional zones that shares of production allow,
      even if its region made all the production of the five, against the smallest with which the text's
      innovation shares can hold;
    - ``new_residents``: the three sectors' share of new residents against their number;
    - ``investment_unit``: the end of the axis of figure 3 against the revenue of all zones, which the
      scenario gives: one zone cannot invest a multiple of it;
    - ``scenario_rate``: income gained on the revenue shifted, at one target and at the other;
    - ``gini_feasible_*``: Gini coefficients against the bounds that the share of the largest quarter sets;
    - ``gini_quarters``: error (root mean square) of a lognormal's coefficient over all residents, and of
      quarters (:func:`lognormal_ginis`);
    - ``gini_newcomers_*``: "the coefficient will fall as new residents register": the coefficient of 2023
      against that of 2019 with five more residents near zero;
    - ``leadership_formula``: scores against formula 3, a sum of positions;
    - ``leaders``: the twenty leaders by name against their numbers by sector.
    """
    checks = (
        _check_shares, _check_orders, _check_changes, _check_zones, _check_innovation, _check_residents,
        _check_scenario, _check_inequality, _check_leadership,
    )  # fmt: skip
    return pd.DataFrame([row for check in checks for row in check()])


def implied_overall_share(quantity: str, year: int) -> pd.DataFrame:
    """Find the zone's overall share that every sector's printed share and quotient imply.

    ``S = share / quotient``. A share of 2015 is the printed one of 2018 less the printed change, and taken to
    be known as well as the other.

    Parameters
    ----------
    quantity : str
        ``production`` or ``exports``.
    year : int
        2015 (production only) or 2018.

    Returns
    -------
    pandas.DataFrame
        By sector, in the order of the printed table: ``low`` and ``high``, the ends of S in %; ``common``,
        whether the sector is among the most that have a value of S in common.

    Raises
    ------
    ValueError
        When no shares are printed for the quantity and year.
    """
    quotients = _quotients(quantity, year)
    shares = _shares(quantity, year).reindex(quotients.index).dropna()
    implied = {
        sector: Interval.around(share, paper.ROUNDING["share"])
        / Interval.around(quotients[sector], paper.ROUNDING["quotient"])
        for sector, share in shares.items()
    }
    # The value that lies in most intervals can be taken from their lower ends.
    together = max(
        (
            [name for name, other in implied.items() if other.low <= one.low <= other.high]
            for one in implied.values()
        ),
        key=len,
    )
    return pd.DataFrame(
        [(interval.low, interval.high, sector in together) for sector, interval in implied.items()],
        index=pd.Index(implied, name="sector"),
        columns=["low", "high", "common"],
    )


def implied_overall_shares() -> pd.DataFrame:
    """Find the overall share that sectors imply, for every quantity and year whose shares are printed.

    Returns
    -------
    pandas.DataFrame
        :func:`implied_overall_share` by ``quantity``, ``year`` and ``sector``.
    """
    implied = {key: implied_overall_share(*key) for key in _SHARES_PRINTED}
    return pd.concat(implied, names=["quantity", "year"])


def common_overall_share(quantity: str, year: int) -> Interval:
    """Find the values of the zone's overall share, in %, that most sectors have in common.

    Parameters
    ----------
    quantity, year
        As for :func:`implied_overall_share`.

    Raises
    ------
    ValueError
        As :func:`implied_overall_share`.
    """
    implied = implied_overall_share(quantity, year)
    together = implied[implied["common"]]
    return Interval(float(together["low"].max()), float(together["high"].min()))


def lognormal_ginis() -> pd.DataFrame:
    """Predict the printed Gini coefficients from the printed shares of the largest quarter.

    If sizes are lognormal, with Lorenz curve ``L(p) = Φ(Φ⁻¹(p) - σ)``, the share ``s`` of the largest quarter
    gives ``σ = Φ⁻¹(3/4) - Φ⁻¹(1 - s)``. The coefficient over all residents is then ``2Φ(σ/√2) - 1``. Computed
    on quarters, with trapezoids under the curve, it is ``1 - [2 L(1/4) + 2 L(1/2) + 2 L(3/4) + 1] / 4``.

    Returns
    -------
    pandas.DataFrame
        By ``quantity`` and ``year``: ``printed``, ``ungrouped`` and ``quarters``.

    References
    ----------
    Aitchison, J. and Brown, J. A. C. (1957), The Lognormal Distribution, Cambridge University Press.
    """
    figures = paper.inequality()
    sigma = ndtri(1 - LARGEST) - ndtri(1 - figures["top_share"] / 100)
    heights = sum(ndtr(ndtri(part) - sigma) for part in (0.25, 0.5, 0.75))
    return pd.DataFrame(
        {
            "printed": figures["gini"],
            "ungrouped": 2 * ndtr(sigma / np.sqrt(2)) - 1,
            "quarters": 1 - (2 * heights + 1) / 4,
        },
        figures.index,
    )


def gini_with_newcomers(gini: float, residents: int, newcomers: int) -> float:
    """Gini coefficient after residents of almost no size have joined: ``1 - (1 - G) n / (n + k)``.

    Parameters
    ----------
    gini : float
        Coefficient before, G.
    residents, newcomers : int
        Residents before, n, and those who join, k.
    """
    return 1 - (1 - gini) * residents / (residents + newcomers)


def limits_of_method() -> pd.DataFrame:
    """Show from the printed figures what the method of the paper cannot show.

    Returns
    -------
    pandas.DataFrame
        As :func:`gvc_helpers.papers.grodnoinvest.limits_of_method`.
    """
    rows = [*_limits_of_ranking(), *_limits_of_change(), *_limits_of_leadership()]
    return pd.DataFrame(rows, columns=["key", "entity", "year", "measure", "value", "unit"])


_Row = dict[str, str | float]


def _check_shares() -> Iterator[_Row]:
    for quantity, year in _SHARES_PRINTED:
        implied, overall = implied_overall_share(quantity, year), common_overall_share(quantity, year)
        yield _check(
            f"overall_share_{quantity}", "specialization", year=str(year), unit="%",
            printed=f"{implied['common'].sum()}/{len(implied)}", implied=overall.text(2, "%"),
            implied_range=overall, verdict="agrees" if implied["common"].all() else "contradicts",
        )  # fmt: skip
    for quantity in QUANTITIES:
        implied, overall = implied_overall_share(quantity, LAST), common_overall_share(quantity, LAST)
        for sector, share in _shares(quantity, LAST).items():
            figure, quotient = _share(share), _quotient(_quotients(quantity, LAST)[sector])
            weight = quotient * overall
            yield _check(
                f"share_{quantity}", "specialization", entity=sector, year=str(LAST), unit="%",
                printed=f"{share:.0f} %", implied=weight.text(1, "%"),
                printed_range=figure, implied_range=weight,
            )  # fmt: skip
            if not implied.loc[sector, "common"]:
                yield _check(
                    f"quotient_{quantity}", "specialization", entity=sector, year=str(LAST), unit="ratio",
                    printed=f"{_quotients(quantity, LAST)[sector]:.2f}", implied=(figure / overall).text(2),
                    printed_range=quotient, implied_range=figure / overall,
                )  # fmt: skip
    for sector, change in paper.shares().loc["production", "change"].dropna().items():
        later, earlier = (
            _quotient(_quotients("production", year)[sector]) * common_overall_share("production", year)
            for year in (LAST, FIRST)
        )
        yield _check(
            "share_change_production", "specialization", entity=sector, year=BETWEEN, unit="pp",
            printed=f"{change:.0f}", implied=(later - earlier).text(1),
            printed_range=_share(change), implied_range=later - earlier,
        )  # fmt: skip


def _check_orders() -> Iterator[_Row]:
    for quantity in QUANTITIES:
        quotients = _quotients(quantity, LAST).sort_values(ascending=False, kind="stable")
        shares, overall = _shares(quantity, LAST), common_overall_share(quantity, LAST)
        for more, less in combinations(quotients.index, 2):
            if shares[more] < shares[less]:
                yield _check(
                    f"order_{quantity}", "specialization",
                    entity=f"{more}; {less}", year=str(LAST), unit="pp",
                    printed=f"{shares[more]:.0f} < {shares[less]:.0f} %",
                    implied=f"{quotients[more]:.2f} > {quotients[less]:.2f}",
                    printed_range=_share(shares[more]) - _share(shares[less]),
                    implied_range=(_quotient(quotients[more]) - _quotient(quotients[less])) * overall,
                    verdict="cannot both hold",
                )  # fmt: skip


def _check_changes() -> Iterator[_Row]:
    quotients, printed = paper.quotients(), paper.quotient_changes()
    right = (quotients[LAST] - quotients[FIRST] - printed).abs() < _EXACT
    yield _counted("quotient_changes", "specialization", BETWEEN, len(printed), int(right.sum()))


def _check_zones() -> Iterator[_Row]:
    zones = _zones()
    country, regions = (zones["fdi", place, 2019] for place in ("all_zones", "regional_zones"))
    ratio = zones["fdi", "ratio", 2019]
    yield _check(
        "fdi_ratio", "zones", year="2019", unit="ratio",
        printed=f"{ratio:.2f}", implied=f"{regions / country:.2f}",
        printed_range=Interval.around(ratio, paper.ROUNDING["fdi_ratio"]),
        implied_range=_share(regions) / _share(country),
    )  # fmt: skip
    for indicator in ("fdi", "production", "exports"):
        (before, earlier), (after, later) = (_weight_ratio(indicator, year) for year in (2017, 2019))
        grew, fell = later.low >= earlier.high - _EXACT, later.high <= earlier.low + _EXACT
        yield _check(
            "weight_growth", "zones", entity=indicator, year="2017-2019", unit="ratio",
            printed=f"> {round(before, 2):g}", implied=f"{round(after, 2):g}",
            printed_range=earlier, implied_range=later,
            verdict="agrees" if grew else "contradicts" if fell else "overstated",
        )  # fmt: skip


def _weight_ratio(indicator: str, year: int) -> tuple[float, Interval]:
    """Weight of the zones in their regions relative to the country, as printed or from the two weights."""
    zones = _zones()
    if (indicator, "ratio", year) in zones.index:
        ratio = float(zones[indicator, "ratio", year])
        kind = "fdi_ratio" if (indicator, year) == ("fdi", 2019) else "ratio"
        return ratio, Interval.around(ratio, paper.ROUNDING[kind])
    regions, country = (float(zones[indicator, place, year]) for place in ("regional_zones", "all_zones"))
    return regions / country, _share(regions) / _share(country)


def _check_innovation() -> Iterator[_Row]:
    text, figure = paper.innovation_text(), paper.innovation()
    last, least = figure.loc[2019], figure.min()
    readings = {
        "text": (text["all_zones"], text["regional_zones"], text["regional_minimum"]),
        "figure 2": (last["belarus"], last["all_zones"], least["all_zones"]),
    }
    for entity, (mean, zones, minimum) in readings.items():
        for key, printed, more, less in (
            ("innovation_gap", "gap", mean, zones),
            ("innovation_above_minimum", "above_minimum", zones, minimum),
        ):
            yield _check(
                key, "innovation", entity=entity, year="2019", unit="pp",
                printed=f"{text[printed]:.1f}", implied=f"{more - less:.1f}",
                printed_range=_innovation(text[printed]), implied_range=_innovation(more) - _innovation(less),
            )  # fmt: skip
    for name, year, value in (
        ("all_zones", "2019", last["all_zones"]),
        ("regional_zones", "2019", last["regional_zones"]),
        ("regional_minimum", "2015-2019", least["regional_zones"]),
    ):
        yield _check(
            "innovation_reading", "innovation", entity=name, year=year, unit="%",
            printed=f"{text[name]:.1f} %", implied=f"{value:.1f} %",
            printed_range=_innovation(text[name]), implied_range=_innovation(value),
        )  # fmt: skip
    needed, allowed = _weight_needed(), _weight_allowed()
    yield _check(
        "vitebsk_weight", "innovation", entity=_VITEBSK, year="2019", unit="%",
        printed=f"≤ {allowed.high:.1f} %", implied=f"≥ {needed.low:.1f} %",
        printed_range=allowed, implied_range=needed,
        verdict="agrees" if allowed.meets(needed) else "cannot both hold",
    )  # fmt: skip


def _weight_needed() -> Interval:
    """Weights of Vitebsk among regional zones, in %, with which their printed innovation can hold.

    The mean is at most what the others give at the most they are said to have, which is taken as it stands.
    """
    text = paper.innovation_text()
    rest, mean, own = text["others_at_most"], text["regional_zones"], text["vitebsk"]
    return Interval(100 * (_innovation(mean).low - rest) / (_innovation(own).high - rest), 100.0)


def _weight_allowed() -> Interval:
    """Weights of Vitebsk among regional zones, in %, that the printed shares of production leave.

    Its weight is its share of its region times the region's part in the five, over the share of all; that
    part is at most one.
    """
    together = _share(_zones()["production", "regional_zones", 2019])
    return Interval(0.0, 100 * paper.zone_shares()[_VITEBSK] / together.low)


def _check_residents() -> Iterator[_Row]:
    figures = paper.residents()
    share = 100 * figures["new_in_three_sectors"] / figures["new_residents"]
    yield _check(
        "new_residents", "residents", year="2015-2020", unit="%",
        printed=f"{figures['three_sector_share']:.0f} %", implied=f"{share:.1f} %",
        printed_range=_share(figures["three_sector_share"]), implied_range=Interval(share, share),
    )  # fmt: skip


def _check_scenario() -> Iterator[_Row]:
    scenario, axis = paper.scenario(), paper.investment_axis()
    share = _share(scenario.share)
    outside = Interval.around(scenario.outside, paper.ROUNDING["outside"])
    revenue = (outside / share).scaled(100)
    yield _check(
        "investment_unit", "investment", year="2015-2019", unit="million roubles",
        printed=f"{axis:.0f}", implied=f"< {revenue.high:.0f}",
        printed_range=Interval(axis, axis), implied_range=Interval(0.0, revenue.high),
        verdict="unit" if axis > revenue.high else "agrees",
    )  # fmt: skip
    rates, ranges = [], []
    for target, gain in scenario.gains.items():
        # Of the revenue outside, the part 1 - target / share moves.
        moved = Interval(outside.low * (1 - target / share.low), outside.high * (1 - target / share.high))
        rates.append(100 * gain / (scenario.outside * (1 - target / scenario.share)))
        ranges.append((Interval.around(gain, paper.ROUNDING["gain"]) / moved).scaled(100))
    yield _check(
        "scenario_rate", "scenario", year="2019", unit="%",
        printed=f"{rates[0]:.1f} %", implied=f"{rates[1]:.1f} %",
        printed_range=ranges[0], implied_range=ranges[1],
    )  # fmt: skip


def _check_inequality() -> Iterator[_Row]:
    figures = paper.inequality()
    for (quantity, year), row in figures.iterrows():
        top = _share(row["top_share"]).scaled(0.01)
        bounds = Interval(feasible_gini(top.low)[0], feasible_gini(top.high)[1])
        yield _check(
            f"gini_feasible_{quantity}", "inequality", year=str(year), unit="gini",
            printed=f"{row['gini']:.3f}", implied=bounds.text(3),
            printed_range=_gini(row["gini"]), implied_range=bounds,
        )  # fmt: skip
    lognormal = lognormal_ginis()
    errors = lognormal[["ungrouped", "quarters"]].sub(lognormal["printed"], axis=0)
    ungrouped, quarters = np.sqrt((errors**2).mean()).tolist()
    yield _check(
        "gini_quarters", "inequality", unit="gini", printed=f"{ungrouped:.4f}", implied=f"{quarters:.4f}",
        printed_range=Interval(ungrouped, ungrouped), implied_range=Interval(quarters, quarters),
        verdict="formula" if quarters < ungrouped else "agrees",
    )  # fmt: skip
    residents = int(paper.residents()["residents"])
    for quantity in QUANTITIES:
        before, after = (figures.loc[(quantity, year), "gini"] for year in (2019, 2023))
        ends = (_gini(before).low, _gini(before).high)
        more = Interval(*(gini_with_newcomers(end, residents, NEWCOMERS) for end in ends))
        yield _check(
            f"gini_newcomers_{quantity}", "inequality", year="2019-2023", unit="gini",
            printed=f"{before:.3f} → {after:.3f}", implied=f"{before:.3f} → {more.text(3)}",
            printed_range=_gini(after), implied_range=more,
        )  # fmt: skip


def _check_leadership() -> Iterator[_Row]:
    printed, names = paper.leadership(), paper.leaders()
    residents = paper.residents()["residents"]
    terms = len(INDICATORS) * len(LEADERSHIP_YEARS)
    yield _check(
        "leadership_formula", "leadership", year=RANKED, unit="position",
        printed=f"{printed.lowest:.0f}–{printed.highest:.0f}", implied=f"≥ {terms}",
        printed_range=Interval(printed.lowest, printed.highest),
        implied_range=Interval(float(terms), terms * residents),
        verdict="formula" if printed.lowest < terms else "agrees",
    )  # fmt: skip
    yield _counted("leaders", "leadership", RANKED, len(names), int(printed.counts.sum()))


def _check(
    key: str,
    about: str,
    *,
    printed: str,
    implied: str,
    unit: str,
    printed_range: Interval | None = None,
    implied_range: Interval,
    verdict: str = "",
    entity: str = "",
    year: str = "",
) -> _Row:
    """One row of :func:`self_check`; without a verdict, the two intervals give it."""
    left = printed_range or Interval(np.nan, np.nan)
    return {
        "key": key, "about": about, "entity": entity, "year": year, "printed": printed, "implied": implied,
        "verdict": verdict or ("agrees" if left.meets(implied_range) else "contradicts"), "unit": unit,
        "printed_low": left.low, "printed_high": left.high,
        "implied_low": implied_range.low, "implied_high": implied_range.high,
    }  # fmt: skip


def _counted(key: str, about: str, year: str, printed: int, implied: int) -> _Row:
    """A row whose two sides are numbers of things."""
    return _check(
        key, about, year=year, unit="count", printed=str(printed), implied=str(implied),
        printed_range=Interval(printed, printed), implied_range=Interval(implied, implied),
    )  # fmt: skip


def _limits_of_ranking() -> Iterator[_Row]:
    for quantity in QUANTITIES:
        shares, overall = _shares(quantity, LAST), common_overall_share(quantity, LAST)
        same = shares.rank() == _quotients(quantity, LAST).reindex(shares.index).rank()
        yield _limit("ranking", quantity, str(LAST), "same_place", same.sum(), "count")
        yield _limit("ranking", quantity, str(LAST), "sectors", len(same), "count")
        yield _limit("ranking", quantity, str(LAST), "threshold", overall.middle, "%")


def _limits_of_change() -> Iterator[_Row]:
    before, after = (common_overall_share("production", year).middle for year in (FIRST, LAST))
    earlier, later = (_quotients("production", year) for year in (FIRST, LAST))
    shares, shares_later = _shares("production", FIRST), _shares("production", LAST)
    for sector, share in shares.items():
        change, of_overall = np.log(later[sector] / earlier[sector]), -np.log(after / before)
        for measure, value, unit in (
            ("log_change", change, "log"),
            ("of_share", change - of_overall, "log"),
            ("of_overall", of_overall, "log"),
            ("share_earlier", share, "%"),
            ("share_later", shares_later[sector], "%"),
        ):
            yield _limit("falling_quotient", sector, BETWEEN, measure, value, unit)
    for quantity, year in _SHARES_PRINTED:
        highest = 100 / common_overall_share(quantity, year).middle
        yield _limit("ceiling", quantity, str(year), "ceiling", highest, "ratio")


def _limits_of_leadership() -> Iterator[_Row]:
    yield _limit("volumes", "", "", "volumes", len(VOLUMES), "count")
    yield _limit("volumes", "", "", "indicators", len(INDICATORS), "count")
    among = sum(numerator == "resident_sales" for numerator, _ in INDICATORS.values())
    yield _limit("links", "resident_sales", "", "indicators", among, "count")
    for indicator, members in paper.leadership().memberships.items():
        yield _limit("outside", indicator, RANKED, "outside", BEST - members, "count")
        yield _limit("outside", indicator, RANKED, "best", BEST, "count")


def _limit(key: str, entity: str, year: str, measure: str, value: float, unit: str) -> _Row:
    return {
        "key": key, "entity": entity, "year": year, "measure": measure, "value": float(value), "unit": unit,
    }  # fmt: skip


def _quotients(quantity: str, year: int) -> pd.Series[float]:
    """Printed quotients of one year by sector."""
    if quantity not in QUANTITIES:
        raise ValueError(f"quantity '{quantity}' is not printed; allowed: {', '.join(QUANTITIES)}")
    return paper.quotients().loc[quantity, year]


def _shares(quantity: str, year: int) -> pd.Series[float]:
    """Printed shares of one year by sector, in %; in the first year the last ones less their change."""
    if (quantity, year) not in _SHARES_PRINTED:
        allowed = ", ".join(f"{name} {known}" for name, known in _SHARES_PRINTED)
        raise ValueError(f"no shares are printed for {quantity} {year}; allowed: {allowed}")
    figures = paper.shares().loc[quantity]
    return figures["share"] if year == LAST else (figures["share"] - figures["change"]).dropna()


def _zones() -> pd.Series[float]:
    """Printed weights of zones by indicator, place and year."""
    return paper.zones().set_index(["indicator", "place", "year"])["value"]


def _share(value: float) -> Interval:
    return Interval.around(value, paper.ROUNDING["share"])


def _quotient(value: float) -> Interval:
    return Interval.around(value, paper.ROUNDING["quotient"])


def _gini(value: float) -> Interval:
    return Interval.around(value, paper.ROUNDING["gini"])


def _innovation(value: float) -> Interval:
    return Interval.around(value, paper.ROUNDING["innovation"])


TABLES = {
    "self_check": self_check,
    "overall_implied": implied_overall_shares,
    "limits_of_method": limits_of_method,
}
"""The files, and what is in them."""


if __name__ == "__main__":
    for name, compute in TABLES.items():
        compute().to_csv(paper.COMPUTED / f"{name}.csv", index=name == "overall_implied", lineterminator="\n")
