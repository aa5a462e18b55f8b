"""Blocs, networks, core and periphery, foreign activity, written out literally: slow, plain, independent.

Only `IOTable.Z`, `.Y`, `.index` and `.countries` are read. Sectors may differ by country.
"""

import numpy as np
import pandas as pd

from gvc_helpers import IOTable
from tests.literal import coefficients, inverse, participation, rows_of, upstreamness

REST = ["ROW", "RoW"]


def share(part: float, whole: float) -> float:
    """In %; missing where the whole is not above zero."""
    return 100 * part / whole if whole > 0 else np.nan


def contributions(table: IOTable) -> np.ndarray:
    """v_i B_ij: value added of row i in a unit of what row j delivers."""
    A, _ = coefficients(table)
    return np.diag(1 - A.sum(axis=0)) @ inverse(A)


def absorbed(table: IOTable) -> np.ndarray:
    """v_i Σ_j B_ij Y_jk: value added of row i that country k absorbs."""
    return contributions(table) @ table.Y


def flows(table: IOTable) -> list[tuple[str, str, str, str, float]]:
    """All sales: country and sector of the seller, country of the buyer, intermediate or final, amount."""
    inputs = {buyer: table.Z[:, rows].sum(axis=1) for buyer, rows in rows_of(table).items()}
    sales = []
    for i, (seller, sector) in enumerate(table.index):
        for k, buyer in enumerate(table.countries):
            sales.append((seller, sector, buyer, "intermediate", inputs[buyer][i]))
            sales.append((seller, sector, buyer, "final", table.Y[i, k]))
    return sales


# Blocs -------------------------------------------------------------------------------------------


def blocs_of(table: IOTable, blocs: dict[str, list[str]]) -> dict[str, list[str]]:
    """Blocs that have countries, and all other countries."""
    placed = [country for members in blocs.values() for country in members]
    rest = [country for country in table.countries if country not in placed]
    return {name: list(members) for name, members in [*blocs.items(), ("others", rest)] if members}


def bloc_matrix(table: IOTable, blocs: dict[str, list[str]]) -> pd.DataFrame:
    groups, values = blocs_of(table, blocs), absorbed(table)
    matrix = {
        created_in: {
            absorbed_in: sum(
                values[i, k]
                for i, (country, _) in enumerate(table.index)
                for k, user in enumerate(table.countries)
                if country in groups[created_in] and user in groups[absorbed_in]
            )
            for absorbed_in in groups
        }
        for created_in in groups
    }
    return pd.DataFrame.from_dict(matrix, orient="index")


def bloc_trade(table: IOTable, blocs: dict[str, list[str]]) -> pd.DataFrame:
    groups, matrix, sales = blocs_of(table, blocs), bloc_matrix(table, blocs), flows(table)
    rows = {}
    for bloc, members in groups.items():
        others = [name for name in groups if name != bloc]
        created = sum(matrix.loc[bloc, other] for other in others)
        taken = sum(matrix.loc[other, bloc] for other in others)
        sold = {"intermediate": 0.0, "final": 0.0}
        for seller, _, buyer, kind, amount in sales:
            if seller in members and buyer not in members:
                sold[kind] += amount
        rows[bloc] = [
            *(created, taken, created - taken, share(created, created + matrix.loc[bloc, bloc])),
            share(sold["intermediate"], sold["intermediate"] + sold["final"]),
        ]
    columns = ["created", "absorbed", "balance", "created_share", "intermediates"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


# Networks ----------------------------------------------------------------------------------------


def foreign_flows(table: IOTable) -> np.ndarray:
    """Intermediate flows between countries that are above zero."""
    size, countries = len(table.index), [country for country, _ in table.index]
    return np.array([
        [max(table.Z[i, j], 0.0) if countries[i] != countries[j] else 0.0 for j in range(size)]
        for i in range(size)
    ])  # fmt: skip


def shares_of(F: np.ndarray) -> np.ndarray:
    """Every column in parts of its sum; zero without any."""
    columns = [column / sum(column) if sum(column) > 0 else 0.0 * column for column in F.T]
    return np.array(columns).T


def centrality(table: IOTable, attenuation: float) -> pd.DataFrame:
    """c = (1 - λ)/n 1 + λ S c, solved; S are shares in imports, or in exports turned round."""
    F, size = foreign_flows(table), len(table.index)
    start = np.full(size, (1 - attenuation) / size)
    supplier, buyer = (
        np.linalg.solve(np.eye(size) - attenuation * S, start) for S in (shares_of(F), shares_of(F.T))
    )
    supplier, buyer = supplier * size / sum(supplier), buyer * size / sum(buyer)
    return pd.DataFrame({"supplier": supplier, "buyer": buyer, "total": (supplier + buyer) / 2})


def backbone(table: IOTable, countries: list[str], largest: int) -> dict[tuple[str, str], float]:
    """Share by edge, from origin to where it is absorbed."""
    values, edges = absorbed(table), {}
    for user in countries:
        by_origin = dict.fromkeys(table.countries, 0.0)
        for i, (origin, _) in enumerate(table.index):
            by_origin[origin] += values[i, table.countries.index(user)]
        shares = {origin: share(value, sum(by_origin.values())) for origin, value in by_origin.items()}
        foreign = [origin for origin in countries if origin != user and shares[origin] > 0]
        for origin in sorted(foreign, key=lambda origin: -shares[origin])[:largest]:
            edges[origin, user] = shares[origin]
    return edges


# Core and periphery ------------------------------------------------------------------------------


def manufacturing_share(table: IOTable, manufactures: list[str]) -> dict[str, float]:
    """Value added is what is sold less what is bought."""
    shares = {}
    for country in table.countries:
        made = everything = 0.0
        for i, (home, sector) in enumerate(table.index):
            if home == country:
                value_added = table.Z[i].sum() + table.Y[i].sum() - table.Z[:, i].sum()
                everything += value_added
                made += value_added if sector in manufactures else 0.0
        shares[country] = share(made, everything)
    return shares


def line(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """A line by the normal equations, and the error of its slope."""
    n, sxx = len(x), sum(x * x) - sum(x) ** 2 / len(x)
    slope = (sum(x * y) - sum(x) * sum(y) / n) / sxx
    intercept = (sum(y) - slope * sum(x)) / n
    left = sum((y - intercept - slope * x) ** 2)
    spread = sum((y - sum(y) / n) ** 2)
    return {
        "slope": slope,
        "intercept": intercept,
        "s": (left / (n - 2)) ** 0.5,
        "error": (left / (n - 2) / sxx) ** 0.5,
        "r_squared": 1 - left / spread,
    }


# Foreign activity --------------------------------------------------------------------------------


def exports_and_imports(table: IOTable, country: str) -> tuple[dict[str, float], dict[str, float]]:
    """Gross trade of a country by name of the seller's sector."""
    exports, imports = ({sector: 0.0 for _, sector in table.index} for _ in range(2))
    for seller, sector, buyer, _, amount in flows(table):
        if seller == country and buyer != country:
            exports[sector] += amount
        if seller != country and buyer == country:
            imports[sector] += amount
    return exports, imports


def balassa(exports: dict[tuple[str, str], float], country: str, sector: str) -> float:
    """Share of the sector in the country's exports, over its share in the world's."""
    own = sum(amount for (home, _), amount in exports.items() if home == country)
    world = sum(amount for (_, name), amount in exports.items() if name == sector)
    if (country, sector) not in exports or own <= 0 or world <= 0:
        return np.nan
    return exports[country, sector] / own / (world / sum(exports.values()))


def trade_by_sector(table: IOTable, country: str) -> pd.DataFrame:
    values, home = absorbed(table), table.countries.index(country)
    gross, abroad = dict.fromkeys(table.index, 0.0), dict.fromkeys(table.index, 0.0)
    for seller, sector, buyer, _, amount in flows(table):
        gross[seller, sector] += amount if buyer != seller else 0.0
    for i, (origin, sector) in enumerate(table.index):
        for k, user in enumerate(table.countries):
            abroad[origin, sector] += values[i, k] if user != origin else 0.0
    exports, imports = exports_and_imports(table, country)
    stages, rows = upstreamness(table), {}
    for sector in exports:
        sold = abroad.get((country, sector), 0.0)
        bought = sum(
            values[i, home] for i, (c, name) in enumerate(table.index) if c != country and name == sector
        )
        rows[sector] = [
            *(exports[sector], imports[sector], exports[sector] - imports[sector]),
            *(sold, bought, sold - bought),
            *(balassa(gross, country, sector), balassa(abroad, country, sector)),
            stages.get((country, sector), np.nan),
        ]
    columns = [
        *("exports", "imports", "balance", "value_added_exports", "value_added_imports"),
        *("value_added_balance", "rca", "rca_value_added", "upstreamness"),
    ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def imported_inputs(table: IOTable) -> np.ndarray:
    """Inputs of every row from each foreign country."""
    bought = np.array([table.Z[rows].sum(axis=0) for rows in rows_of(table).values()])
    for k, seller in enumerate(table.countries):
        for j, (buyer, _) in enumerate(table.index):
            bought[k, j] *= seller != buyer
    return bought


def concentration(bought: list[float]) -> float:
    known = [max(amount, 0.0) for amount in bought]
    return sum((amount / sum(known)) ** 2 for amount in known) if sum(known) > 0 else np.nan


def supplier_dependence(table: IOTable, country: str, members: list[str]) -> pd.DataFrame:
    bought, rows = imported_inputs(table), {}
    for j, (buyer, sector) in enumerate(table.index):
        if buyer != country:
            continue
        suppliers = dict(zip(table.countries, bought[:, j], strict=True))
        total = sum(suppliers.values())
        named = {name: amount for name, amount in suppliers.items() if name not in REST and amount > 0}
        largest = max(named, key=lambda name: named[name]) if named and total > 0 else np.nan
        of_members = sum(amount for name, amount in suppliers.items() if name in members)
        rows[sector] = [
            share(total, sum(table.Z[:, j])) if total > 0 else np.nan,
            largest,
            share(named[largest], total) if largest in named else np.nan,
            concentration(list(suppliers.values())),
            share(of_members, total),
        ]
    columns = ["imported", "largest", "share", "concentration", "bloc"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def foreign_activity(
    table: IOTable, country: str, members: list[str], manufactures: list[str], machinery: list[str]
) -> dict[str, float]:
    exports, imports = exports_and_imports(table, country)
    parts = contributions(table)
    values = parts @ table.Y
    own = [i for i, (home, _) in enumerate(table.index) if home == country]
    inputs = imported_inputs(table)
    bought = {supplier: sum(inputs[k, j] for j in own) for k, supplier in enumerate(table.countries)}
    named = [supplier for supplier in table.countries if supplier not in [country, *REST]]
    abroad = sum(values[i, k] for i in own for k, user in enumerate(table.countries) if user != country)
    made = {j: max(table.Y[j].sum(), 0.0) for j in own if table.index[j][1] in manufactures}
    at_home = sum(parts[i, j] * value for j, value in made.items() for i in own)

    def of_trade(trade: dict[str, float], sectors: list[str]) -> float:
        return share(sum(trade.get(sector, 0.0) for sector in sectors), sum(trade.values()))

    taking_part = participation(table).loc[country]
    return {
        "manufacturing_share": manufacturing_share(table, manufactures)[country],
        "manufactures_in_exports": of_trade(exports, manufactures),
        "machinery_in_exports": of_trade(exports, machinery),
        "machinery_in_imports": of_trade(imports, machinery),
        "vax_ratio": share(abroad, sum(exports.values())),
        "backward": taking_part["backward"],
        "forward": taking_part["forward"],
        "domestic_content": share(at_home, sum(made.values())),
        "largest_supplier": share(max((bought[name] for name in named), default=0.0), sum(bought.values())),
        "bloc_in_inputs": share(
            sum(bought[name] for name in members if name != country), sum(bought.values())
        ),
    }
