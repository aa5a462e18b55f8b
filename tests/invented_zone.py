"""An invented zone of 30 residents in four sectors, in files as an office would keep them."""

import numpy as np
import pandas as pd

SECTORS = {"Судостроение": 11, "Стекло & керамика": 8, "Приборы": 7, "Чай": 4}
YEARS, PLAN = (2020, 2021, 2022), 2025
NAMES = {
    "resident": "Наименование резидента", "sector": "Отрасль", "year": "Год", "plan": "План/факт",
    "employees": "Численность работников, чел.", "production": "Объем производства, тыс. евро",
    "shipments": "Отгружено продукции", "innovative": "Инновационная продукция", "exports": "Экспорт",
    "revenue": "Выручка", "resident_sales": "Выручка от реализации другим резидентам",
    "profit": "Чистая прибыль",
}  # fmt: skip
PARAMETERS = """\
study: grodnoinvest_cluster_transformation
data:
  residents: {folder}/residents.csv
  region: {folder}/region.csv
  links: {folder}/links.csv
  unit: thousand euro
zone: the Port of Lindau
region: the Lake District
base_year: 2020
year: 2022
inequality_years: [2020, 2022]
plan_year: 2025
leadership_years: [2021, 2022]
top: 12
core: 6
samples: 200
regime:
decimals: 1
"""


def register():
    """Residents by year; the last five came in 2022 and one left after 2020."""
    generator = np.random.default_rng(7)
    rows = []
    sectors = [sector for sector, count in SECTORS.items() for _ in range(count)]
    for number, sector in enumerate(sectors):
        size = generator.lognormal(7.0, 1.1 if sector == "Судостроение" else 0.4)
        innovative, sold = generator.uniform(0.0, 0.6, 2)
        for year in (*YEARS, PLAN):
            if (number % 6 == 5 and year < 2022) or (number == 3 and year > 2020):
                continue
            production = round(size * (1 + 0.08 * (year - 2020)) * generator.uniform(0.9, 1.1), 1)
            revenue = round(1.05 * production, 1)
            rows.append(
                {
                    "resident": f"Завод {number + 1:02d}", "sector": sector, "year": year,
                    "plan": year == PLAN,
                    "employees": round(size / 40) + 3, "production": production, "shipments": production,
                    "innovative": round(innovative * production, 1) if number % 3 else 0.0,
                    "exports": round(production * generator.uniform(0.1, 0.9), 1), "revenue": revenue,
                    "resident_sales": round(0.5 * sold * revenue, 1),
                    "profit": round(revenue * generator.uniform(-0.05, 0.2), 1),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def region(residents):
    """Statistics of the region: the zone, more of the same, and a sector that the zone has not."""
    zone = residents[~residents["plan"]].groupby(["sector", "year"])[["production", "exports"]].sum()
    factor = {"Судостроение": 1.6, "Стекло & керамика": 2.2, "Приборы": 3.0, "Чай": 9.0}
    table = zone.mul(zone.index.get_level_values("sector").map(factor), axis=0)
    table = table.mul(1.05 ** (2022 - zone.index.get_level_values("year")), axis=0).round(1).reset_index()
    other = pd.DataFrame(
        {"sector": "Прочие", "year": YEARS, "production": [9e4, 9.2e4, 9.9e4], "exports": [9e3, 9.5e3, 9.9e3]}
    )
    return pd.concat([table, other], ignore_index=True)


def links(residents):
    """Sales between residents, which add up to less than half of what the register says."""
    generator = np.random.default_rng(8)
    rows = []
    for year, part in residents[~residents["plan"]].groupby("year"):
        for row in part.itertuples():
            buyers = generator.choice(part["resident"].drop(row.Index), 3, replace=False)
            rows += [(row.resident, buyer, year, round(row.resident_sales / 8, 2)) for buyer in buyers]
    return pd.DataFrame(rows, columns=["seller", "buyer", "year", "sales"])


def write(folder):
    """Write the three files and the parameter file; return the last."""
    residents = register()
    office = residents.assign(plan=residents["plan"].map({True: "план", False: "факт"})).rename(columns=NAMES)
    totals = {"Наименование резидента": "Итого по зоне", "Год": 2022, "План/факт": "факт"}
    sums = residents[residents["year"] == 2022].select_dtypes("number").drop(columns="year").sum()
    office = pd.concat([office, pd.DataFrame([totals | {NAMES[k]: v for k, v in sums.items()}])])
    for name, frame in (("residents", office), ("region", region(residents)), ("links", links(residents))):
        text = frame.map(written).to_csv(index=False, sep=";")
        (folder / f"{name}.csv").write_text(text, encoding="cp1251")
    file = folder / "lindau.yaml"
    file.write_text(PARAMETERS.format(folder=folder), encoding="utf-8")
    return file


def written(value):
    """A number as Excel shows it in Russian: decimal comma, no-break spaces between thousands."""
    if not isinstance(value, float):
        return value
    if value != value:
        return ""
    return f"{value:,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
