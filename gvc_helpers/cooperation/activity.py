"""A country's foreign economic activity: trade by sector, dependence on partners, distance to goals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from gvc_helpers._typing import Array
from gvc_helpers.cooperation.core_periphery import manufacturing_share
from gvc_helpers.measures.absorption import (
    revealed_comparative_advantage,
    value_added_by_final_demand,
    value_added_trade,
)
from gvc_helpers.measures.chains import average_chain, final_product_chains
from gvc_helpers.measures.participation import participation
from gvc_helpers.measures.position import upstreamness
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable

INDICATORS = [
    "manufacturing_share", "manufactures_in_exports", "machinery_in_exports", "machinery_in_imports",
    "vax_ratio", "backward", "forward", "domestic_content", "largest_supplier", "bloc_in_inputs",
]  # fmt: skip
"""Indicators of a country's foreign economic activity that goals can be set for, all in %."""
ADVANTAGE = ("both", "gross", "added", "none")
"""In what a country can be specialized in a sector: gross exports and value added, or one of them only."""


def trade_by_sector(table: IOTable, country: str) -> pd.DataFrame:
    """Exports and imports of a country by product, gross and in value added.

    Imports of a product are what sectors of that name in other countries sell to the country's industries
    and final users. Value-added exports of a sector are its value added that other countries absorb in
    whatever product; value-added imports are the value added of foreign sectors of that name that the country
    absorbs. Both balances have the same sum over sectors: over all products, gross and value-added trade
    balances agree.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    country : str
        The country.

    Returns
    -------
    pandas.DataFrame
        By sector of the table: ``exports``, ``imports``, ``balance``, ``value_added_exports``,
        ``value_added_imports``, ``value_added_balance`` in the table's unit; ``rca``, ``rca_value_added``,
        revealed comparative advantage in both, and ``upstreamness``, in stages, which are missing where the
        country has no such sector, or as in the functions that give them.

    Raises
    ------
    TableError
        When the country is not in the table, or as :func:`gvc_helpers.value_added_trade`.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Johnson and Noguera (2012), also for the equality of the balances; Balassa (1965) and Koopman, Wang and
    Wei (2014) for the indices; Antràs et al. (2012) for upstreamness.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> trade = gvc.cooperation.trade_by_sector(gvc.read_table("reconstruction"), "BLR")
    >>> bool(np.isclose(trade["balance"].sum(), trade["value_added_balance"].sum()))
    True
    """
    table.require_countries([country])
    foreign = table.index.get_level_values("country") != country
    absorbed = value_added_by_final_demand(table)[country]
    own = {
        "exports": table.exports,
        "value_added_exports": value_added_trade(table, "sector")["value_added_exports"],
        "rca": revealed_comparative_advantage(table),
        "rca_value_added": revealed_comparative_advantage(table, "value added"),
        "upstreamness": upstreamness(table),
    }
    frame = pd.DataFrame({name: values.loc[country] for name, values in own.items()}, table.sectors)
    sold = ["exports", "value_added_exports"]
    frame[sold] = frame[sold].fillna(0.0)
    for name, values in (("imports", imports_by_seller(table, country)), ("value_added_imports", absorbed)):
        frame[name] = values[foreign].groupby(level="sector", sort=False).sum().reindex(table.sectors)
        frame[name] = frame[name].fillna(0.0)
    frame["balance"] = frame["exports"] - frame["imports"]
    frame["value_added_balance"] = frame["value_added_exports"] - frame["value_added_imports"]
    order = [
        *("exports", "imports", "balance", "value_added_exports", "value_added_imports"),
        *("value_added_balance", "rca", "rca_value_added", "upstreamness"),
    ]
    return frame[order].rename_axis("sector")


def advantage(trade: pd.DataFrame) -> pd.Series[str]:
    """In what a country is specialized in every sector: in gross exports, in value added, or in both.

    Parameters
    ----------
    trade : pandas.DataFrame
        As of :func:`trade_by_sector`, with ``rca`` and ``rca_value_added``.

    Returns
    -------
    pandas.Series
        By sector, one of `ADVANTAGE`: an index above 1 is a specialization, and a missing one is none.

    References
    ----------
    Balassa (1965), for what lies above 1; Koopman, Wang and Wei (2014), for sectors in which gross exports
    mislead.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> trade = pd.DataFrame({"rca": [1.2, 1.2, 0.4], "rca_value_added": [1.1, 0.9, 1.3]}, list("abc"))
    >>> gvc.cooperation.advantage(trade).tolist()
    ['both', 'gross', 'added']
    """
    gross, added = trade["rca"] > 1, trade["rca_value_added"] > 1
    kinds = np.select([gross & added, gross, added], ADVANTAGE[:3], ADVANTAGE[3])
    return pd.Series(kinds, trade.index, name="advantage")


def imports_by_seller(table: IOTable, country: str) -> pd.Series[float]:
    """What every foreign (country, sector) sells to the industries and final users of a country.

    Parameters
    ----------
    table : IOTable
        A table, GN rows.
    country : str
        The country.

    Returns
    -------
    pandas.Series
        Shape (GN,), in the table's unit; zero for the country's own rows.

    Raises
    ------
    TableError
        When the country is not in the table.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable([[10, 5], [2, 20]], [[80, 5], [8, 70]], ["ARM", "RUS"], ["All"])
    >>> imports_by_seller(table, "ARM").tolist()
    [0.0, 10.0]
    """
    table.require_countries([country])
    return table.exports_by_destination[country].rename("imports")


def imported_inputs(table: IOTable) -> pd.DataFrame:
    """Imported inputs of every (country, sector) by the country that they come from.

    Parameters
    ----------
    table : IOTable
        A table, GN rows, G countries.

    Returns
    -------
    pandas.DataFrame
        Shape (G, GN), in the table's unit: rows ``supplier``, columns the buying (country, sector); zero at
        home. Below zero only where a table has negative flows.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable([[10, 5], [2, 20]], [[80, 5], [8, 70]], ["ARM", "RUS"], ["All"])
    >>> gvc.cooperation.imported_inputs(table).to_numpy().tolist()
    [[0.0, 5.0], [2.0, 0.0]]
    """
    starts = [own.start for own in table.blocks]
    by_country: Array = np.add.reduceat(table.Z, starts, axis=0)
    by_country *= 1.0 - table.membership.T
    return pd.DataFrame(by_country, pd.Index(table.countries, name="supplier"), table.index)


def concentration(by_supplier: pd.DataFrame) -> pd.Series[float]:
    """Herfindahl-Hirschman index of the suppliers of every column: ``Σ_r (m_r / Σ m)²``.

    Parameters
    ----------
    by_supplier : pandas.DataFrame
        Purchases, suppliers in rows, as of :func:`imported_inputs`. Negative ones count as none.

    Returns
    -------
    pandas.Series
        By column, from 1 over the number of suppliers to 1; missing where nothing is bought. A region of
        many countries, such as the rest of the world, counts as one supplier, so that the index is an upper
        bound.

    References
    ----------
    Hirschman (1945); Herfindahl (1950), as for :func:`gvc_helpers.zones.herfindahl`, which takes one column.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> bought = pd.DataFrame({"Works": [5.0, 3.0, 2.0], "Mines": [0.0, 4.0, 0.0]}, ["CHN", "DEU", "ROW"])
    >>> gvc.cooperation.concentration(bought).round(2).to_dict()
    {'Works': 0.38, 'Mines': 1.0}
    """
    bought = by_supplier.clip(lower=0.0)
    total = bought.sum()
    return ((bought / total.where(total > 0)) ** 2).sum(min_count=1).rename("concentration")


def supplier_dependence(table: IOTable, country: str, members: Collection[str]) -> pd.DataFrame:
    """On whom the sectors of a country depend for their inputs.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    country : str
        The country.
    members : collection of str
        Members of a bloc.

    Returns
    -------
    pandas.DataFrame
        By buying sector: ``imported``, imported inputs in % of all inputs; ``largest``, the country that
        supplies most of them, the rest of the world left out, and its ``share`` in %; ``concentration`` of
        the suppliers, from 0 to 1; ``bloc``, the share of other members, in %. Missing without imported
        inputs; ``largest`` and ``share`` also where only the rest of the world supplies.

    Raises
    ------
    TableError
        When the country or a member is not in the table, or a member is named twice.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.read_table("reconstruction")
    >>> dependence = gvc.cooperation.supplier_dependence(table, "BLR", ["ARM", "BLR", "KAZ", "KGZ", "RUS"])
    >>> dependence["largest"].mode().tolist(), float(dependence.loc["Transport equipment", "bloc"].round(1))
    (['RUS'], 30.8)
    """
    table.require_countries([country])
    table.require_countries(members, "member")
    bought = imported_inputs(table)[country]
    inputs, total = table.inputs[country], bought.sum()
    total = total.where(total > 0)
    named = 100.0 * bought.drop(index=[country, *REST_OF_WORLD], errors="ignore") / total
    known = named.where(named > 0).dropna(axis=1, how="all")
    partners = [member for member in members if member != country]
    return pd.DataFrame(
        {
            "imported": 100.0 * total / inputs.where(inputs > 0),
            "largest": known.idxmax().reindex(total.index),
            "share": known.max().reindex(total.index),
            "concentration": concentration(bought),
            "bloc": 100.0 * bought.loc[partners].sum() / total,
        }
    ).rename_axis("sector")


def foreign_activity(
    table: IOTable,
    country: str,
    members: Collection[str],
    manufactures: Collection[str],
    machinery: Collection[str],
) -> pd.Series[float]:
    """Indicators of a country's foreign economic activity, in %.

    Parameters
    ----------
    table : IOTable
        A balanced table.
    country : str
        The country.
    members : collection of str
        Members of a bloc.
    manufactures, machinery : collection of str
        Sectors of manufacturing, and those that build machinery and equipment.

    Returns
    -------
    pandas.Series
        The `INDICATORS`: manufacturing in value added; manufactures and machinery in exports, machinery in
        imports (gross trade in all goods and services); value-added to gross exports; backward and forward
        participation in gross exports; domestic value added in the country's final manufactures; the largest
        supplier, the rest of the world left out, and the bloc in imported inputs. Missing where there is
        nothing to be a share of.

    Raises
    ------
    TableError
        When the country or a member is not in the table, a member is named twice, the table is out of balance
        or a sector has inputs without output.
    SingularTableError
        When ``I - A`` is singular.

    References
    ----------
    Production cooperation in GVCs (2020), "the initial stage of this mechanism", and its share of machinery
    in imports. The measures are those of the functions that this one calls.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> machinery = ["Transport equipment"]
    >>> activity = gvc.cooperation.foreign_activity(
    ...     gvc.read_table("reconstruction"), "BLR", ["BLR", "RUS"], machinery, machinery
    ... )
    >>> activity[["backward", "domestic_content", "bloc_in_inputs"]].round(1).tolist()
    [36.3, 55.1, 68.8]
    """
    table.require_countries([country])
    table.require_countries(members, "member")
    exports = table.exports[country].groupby(level="sector", sort=False).sum()
    imports = imports_by_seller(table, country).groupby(level="sector", sort=False).sum()
    inputs = imported_inputs(table)[country].sum(axis=1)
    named = inputs.drop(index=[country, *(set(REST_OF_WORLD) & set(inputs.index))])
    chains = final_product_chains(table).loc[[country]]
    made = chains.index.get_level_values("sector").isin(list(manufactures))
    taking_part = participation(table).loc[country]
    return pd.Series(
        {
            "manufacturing_share": manufacturing_share(table, manufactures)[country],
            "manufactures_in_exports": _share_of(exports, manufactures),
            "machinery_in_exports": _share_of(exports, machinery),
            "machinery_in_imports": _share_of(imports, machinery),
            "vax_ratio": 100.0 * value_added_trade(table).loc[country, "vax_ratio"],
            "backward": taking_part["backward"],
            "forward": taking_part["forward"],
            "domestic_content": average_chain(chains[made])["domestic"],
            "largest_supplier": _share_of(inputs, [named.idxmax()] if len(named) else []),
            "bloc_in_inputs": _share_of(inputs, [member for member in members if member != country]),
        },
        name=country,
    )[INDICATORS]


def imports_of(table: IOTable, country: str, sectors: Collection[str]) -> float:
    """Gross imports of the products of some sectors, in the table's unit.

    Parameters
    ----------
    table : IOTable
        A table.
    country : str
        The country that imports.
    sectors : collection of str
        Sectors whose products count; one that no other country has counts as zero.

    Returns
    -------
    float
        What foreign sectors of these names sell to the country's industries and final users.

    Raises
    ------
    TableError
        When the country is not in the table.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> table = gvc.IOTable([[10, 5], [2, 20]], [[80, 5], [8, 70]], ["ARM", "RUS"], ["All"])
    >>> gvc.cooperation.imports_of(table, "ARM", ["All"])
    10.0
    """
    imports = imports_by_seller(table, country)
    return float(imports[imports.index.get_level_values("sector").isin(list(sectors))].sum())


def distance_to_goals(
    indicators: Mapping[int, pd.Series[float]], goals: Mapping[str, tuple[str, float]]
) -> pd.DataFrame:
    """How far a country is from goals set on its indicators, and whether it has been coming nearer.

    Parameters
    ----------
    indicators : mapping of int to pandas.Series
        Year and indicators, as of :func:`foreign_activity`, at least one; the last year is the present.
    goals : mapping of str to (str, float)
        Indicator and its target: ``("at least", 30.0)`` or ``("at most", 50.0)``.

    Returns
    -------
    pandas.DataFrame
        By indicator: ``present``, ``bound``, ``target``; ``distance``, percentage points that are missing, 0
        when the goal is met; ``pace``, change towards the target in percentage points a year since the first
        year, missing with one year; ``years``, the time that the distance would take at this pace, 0 when the
        goal is met, else missing where the pace is missing or does not lead towards the target.

    Raises
    ------
    ValueError
        When a goal is set for an unknown indicator or its bound is neither of the two.

    Examples
    --------
    >>> import pandas as pd
    >>> import gvc_helpers as gvc
    >>> years = {2005: pd.Series({"backward": 20.0}), 2015: pd.Series({"backward": 25.0})}
    >>> goals = gvc.cooperation.distance_to_goals(years, {"backward": ("at least", 30.0)})
    >>> goals.loc["backward", ["distance", "pace", "years"]].tolist()
    [5.0, 0.5, 10.0]
    """
    first, last = min(indicators), max(indicators)
    rows = {}
    for indicator, (bound, target) in goals.items():
        if indicator not in INDICATORS:
            raise ValueError(f"goal '{indicator}' is not an indicator; allowed: {', '.join(INDICATORS)}")
        if bound not in ("at least", "at most"):
            raise ValueError(f"bound '{bound}' of {indicator} is not allowed; allowed: at least, at most")
        sign = 1.0 if bound == "at least" else -1.0
        present, start = indicators[last][indicator], indicators[first][indicator]
        missing = max(sign * (target - present), 0.0) if pd.notna(present) else np.nan
        pace = sign * (present - start) / (last - first) if last > first else np.nan
        years = missing / pace if pace > 0 else 0.0 if missing == 0 else np.nan
        rows[indicator] = (present, bound, target, missing, pace, years)
    columns = ["present", "bound", "target", "distance", "pace", "years"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("indicator")


def _share_of(values: pd.Series[float], chosen: Sequence[str] | Collection[str]) -> float:
    """Share of some labels in a total, in %; missing without a total."""
    total = float(values.sum())
    part = float(values[values.index.isin(list(chosen))].sum())
    return 100.0 * part / total if total > 0 else np.nan
