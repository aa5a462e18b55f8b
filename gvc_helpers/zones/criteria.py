"""What a register of residents says of sectors, for those who choose among forms of participation."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gvc_helpers.zones.register import Zone


def register_criteria(zone: Zone, year: int, sectors: Mapping[str, str]) -> pd.DataFrame:
    """Measure sectors by what the residents of a zone report.

    Parameters
    ----------
    zone : Zone
        Register of residents and regional table.
    year : int
        Year of both.
    sectors : mapping of str to str
        Sector of the register and the sector of the table that it belongs to.

    Returns
    -------
    pandas.DataFrame
        By sector of the table: ``innovation``, innovative products in % of the
        residents' shipments, and ``zone_share``, their production in % of the region's. What a resident does
        not report counts as 0; missing without shipments, or without production in the region.

    Raises
    ------
    ValueError
        When the register lacks the year, which must not be a planned one, or a sector, or has no column of
        one of these figures.

    Examples
    --------
    >>> import gvc_helpers as gvc
    >>> belonging = {"Machinery and metalworking": "Machines", "Chemistry and fertilisers": "Chemicals"}
    >>> gvc.zones.register_criteria(gvc.read_zone(), 2018, belonging).index.tolist()
    ['Machines', 'Chemicals']
    """
    for sector in sectors:
        if sector not in zone.sectors:
            raise ValueError(f"sector '{sector}' is not in the register; it has {', '.join(zone.sectors)}")
    if year not in zone.years:
        raise ValueError(f"year {year} is not in the register; it has {', '.join(map(str, zone.years))}")
    figures = {
        "innovative": zone.amounts("innovative")[year],
        "shipments": zone.amounts("shipments")[year],
        "production": zone.amounts("production")[year],
        "region": zone.regional("production")[year],
    }
    sums = pd.DataFrame(figures).loc[list(sectors)].groupby(dict(sectors), sort=False).sum()
    return pd.DataFrame(
        {
            "innovation": 100.0 * sums["innovative"] / sums["shipments"].where(sums["shipments"] > 0),
            "zone_share": 100.0 * sums["production"] / sums["region"].where(sums["region"] > 0),
        }
    ).rename_axis("sector")
