"""Measures of sectors and residents, written out literally: slow, plain, and independent of the package.

Amounts come as dictionaries by sector or as lists by resident, without missing values; no divisor is zero.
"""

Amounts = dict[str, float]


# Localization ------------------------------------------------------------------------------------


def location_quotient(zone: Amounts, region: Amounts) -> Amounts:
    zone_total, region_total = total(zone), total(region)
    quotients = {}
    for sector in zone:
        weight_in_zone = zone[sector] / zone_total
        weight_in_region = region[sector] / region_total
        quotients[sector] = weight_in_zone / weight_in_region
    return quotients


def odds_ratio(zone: Amounts, region: Amounts) -> Amounts:
    S = total(zone) / total(region)
    ratios = {}
    for sector in zone:
        s = zone[sector] / region[sector]
        ratios[sector] = (s / (1 - s)) / (S / (1 - S))
    return ratios


def shift_share(
    zone0: Amounts, region0: Amounts, zone1: Amounts, region1: Amounts
) -> dict[str, tuple[float, float, float]]:
    """Regional growth, industry mix and competitive part, from rates of growth."""
    growth = total(region1) / total(region0) - 1
    parts = {}
    for sector in zone0:
        in_region = region1[sector] / region0[sector] - 1
        in_zone = zone1[sector] / zone0[sector] - 1
        parts[sector] = (
            zone0[sector] * growth,
            zone0[sector] * (in_region - growth),
            zone0[sector] * (in_zone - in_region),
        )
    return parts


def dynamic_location_quotient(zone0: Amounts, region0: Amounts, zone1: Amounts, region1: Amounts) -> Amounts:
    """Growth factor of the sector relative to that of the whole, in the zone and in the region."""
    quotients = {}
    for sector in zone0:
        in_zone = (zone1[sector] / zone0[sector]) / (total(zone1) / total(zone0))
        in_region = (region1[sector] / region0[sector]) / (total(region1) / total(region0))
        quotients[sector] = in_zone / in_region
    return quotients


def total(amounts: Amounts) -> float:
    added = 0.0
    for amount in amounts.values():
        added += amount
    return added


# Inequality --------------------------------------------------------------------------------------


def gini(x: list[float]) -> float:
    differences, added = 0.0, 0.0
    for one in x:
        added += one
        for other in x:
            differences += abs(one - other)
    mean = added / len(x)
    return differences / (2 * len(x) ** 2 * mean)


def lorenz_at(x: list[float], fraction: float) -> float:
    """Share of the smallest `fraction` of the residents; a resident may count in part."""
    left, added, whole = fraction * len(x), 0.0, 0.0
    for size in sorted(x):
        part = min(max(left, 0.0), 1.0)
        added += part * size
        whole += size
        left -= 1
    return added / whole


def grouped_gini(x: list[float], groups: int) -> float:
    area = 0.0
    for k in range(1, groups + 1):
        area += (lorenz_at(x, k / groups) + lorenz_at(x, (k - 1) / groups)) / 2 / groups
    return 1 - 2 * area


def herfindahl(x: list[float]) -> float:
    whole, squares = 0.0, 0.0
    for size in x:
        whole += size
    for size in x:
        squares += (size / whole) ** 2
    return squares


# Cooperation -------------------------------------------------------------------------------------

Ties = set[tuple[str, str]]


def density(ties: Ties, residents: list[str]) -> float:
    found, possible = 0, 0
    for seller in residents:
        for buyer in residents:
            if seller != buyer:
                possible += 1
                found += (seller, buyer) in ties
    return found / possible


def reciprocity(ties: Ties) -> float:
    returned = 0
    for seller, buyer in ties:
        returned += (buyer, seller) in ties
    return returned / len(ties)


def innermost_core(ties: Ties) -> tuple[int, list[str]]:
    """Take away whoever has fewer than k partners, until nobody is left for a higher k."""
    order, members = 0, sorted({resident for tie in ties for resident in tie})
    while True:
        left = set(members)
        while weak := {one for one in left if partners(one, left, ties) < order + 1}:
            left -= weak
        if not left:
            return order, members
        order, members = order + 1, sorted(left)


def partners(one: str, others: set[str], ties: Ties) -> int:
    count = 0
    for other in others:
        count += other != one and ((one, other) in ties or (other, one) in ties)
    return count
