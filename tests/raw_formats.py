"""Tables written as the databases deliver them, from a table that is known."""

import csv
import zipfile

import numpy as np
import pandas as pd
import xlsxwriter

import gvc_helpers as gvc

CATEGORIES = ["HFCE", "NPISH", "GGFC", "GFCF", "INVNT"]


def known(countries=("CHN", "MEX", "RUS", "UKR"), sectors=("A", "B", "C"), year=2015):
    """A table in balance with whole numbers, so that sums are exact."""
    generator = np.random.default_rng(7)
    size = len(countries) * len(sectors)
    Z = generator.integers(0, 50, (size, size)).astype(float)
    Y = generator.integers(100, 900, (size, len(countries))).astype(float)
    Y[:, 0] += np.maximum(Z.sum(axis=0) - Z.sum(axis=1) - Y.sum(axis=1) + 50, 0)
    return gvc.IOTable(Z, Y, list(countries), list(sectors), year=year)


def by_category(table, categories):
    """Final demand split over categories, whole numbers: (GN, G * categories), countries outermost."""
    parts = np.floor(table.Y / len(categories))
    first = table.Y - parts * (len(categories) - 1)
    blocks = [first[..., None], np.repeat(parts[..., None], len(categories) - 1, axis=2)]
    return np.concatenate(blocks, axis=2).reshape(len(table.index), -1)


def zipped(folder, name="table.zip", inside=""):
    """Put the files of a folder into an archive beside it, and the folder away."""
    archive = folder.parent / name
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                content.write(file, inside + file.relative_to(folder).as_posix())
    return archive


def write_lines(file, rows, delimiter):
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)


def write_eora26(table, folder, price="bp", discrepancies=None):
    """Text without labels, lists of labels beside it, satellite accounts; the last row may be ROW."""
    extra = discrepancies is not None
    pad = ((0, int(extra)), (0, int(extra)))
    Z = np.pad(table.Z, pad, constant_values=discrepancies or 0)
    Y = by_category(table, CATEGORIES)
    Y = np.pad(Y, ((0, int(extra)), (0, 5 * int(extra))), constant_values=discrepancies or 0)
    added = np.pad(table.value_added.to_numpy(), (0, int(extra)))
    contents = {"T": Z, "FD": Y, "VA": np.vstack([added - 1, np.ones_like(added)])}
    contents |= {"Q": np.ones((2, len(Z))), "QY": np.ones((2, Y.shape[1]))}
    for part, values in contents.items():
        write_lines(folder / f"Eora26_{table.year}_{price}_{part}.txt", values.tolist(), "\t")
    places = [(f"Country {code}", code) for code in table.countries]
    row = ("Statistical Discrepancies", "ROW")
    industries = [(f"Country {code}", code, "Industries", sector) for code, sector in table.index]
    labels = {
        "T": industries + [(*row, "TOTAL", "Total")] * extra,
        "FD": [(*place, "Final Demand", c) for place in places + [row] * extra for c in CATEGORIES],
        "VA": [("Primary Inputs", "Wages"), ("Primary Inputs", "Taxes")],
        "Q": [("Emissions (kg)", "a"), ("Use (t)", "b")],
    }
    for part, lines in labels.items():
        write_lines(folder / f"labels_{part}.txt", lines, "\t")


def write_oecd(table, file, edition=2023, split=()):
    """One CSV; countries in `split` stand in two parts in the rows and columns of industries."""
    labels, Z, rows_of_Y, added, x = (
        [],
        table.Z,
        by_category(table, CATEGORIES),
        table.value_added,
        table.output,
    )
    take, weight = [], []
    for row, (country, sector) in enumerate(table.index):
        if country not in split:
            labels.append(f"{country}_{sector}")
            take.append(row)
            weight.append(1.0)
    parts = {"CHN": ("CN1", "CN2"), "MEX": ("MX1", "MX2")}
    for country in split:
        for part, share in zip((country, *parts[country]), (0.0, 0.25, 0.75), strict=True):
            for row, (owner, sector) in enumerate(table.index):
                if owner == country and (share or edition < 2025):
                    labels.append(f"{part}_{sector}")
                    take.append(row)
                    weight.append(share)
    weight = np.array(weight)
    Z = Z[np.ix_(take, take)] * weight[:, None] * weight
    Y = rows_of_Y[take] * weight[:, None]
    added, x = added.to_numpy()[take] * weight, x.to_numpy()[take] * weight
    if edition == 2016:
        demand = [f"{category}_{country}" for country in table.countries for category in CATEGORIES]
    else:
        demand = [f"{country}_{category}" for country in table.countries for category in CATEGORIES]
    discrepancy = edition in (2016, 2018)
    header = ["", *labels, *demand, *["DISC"] * discrepancy, "OUT"]
    lines = [header]
    for label, inputs, uses, output in zip(labels, Z, Y, x, strict=True):
        lines.append([label, *inputs, *uses, *[2.5] * discrepancy, output + 2.5 * discrepancy])
    blank = [0.0] * (len(demand) + discrepancy + 1)
    taxes = np.minimum(added, 1.0)
    lines += [["TLS", *taxes, *blank], ["VA", *(added - taxes), *blank], ["OUT", *x, *blank]]
    if edition == 2016:
        lines[-3:] = [["VA+TAXSUB", *added, *blank], ["OUT", *x, *blank]]
    write_lines(file, lines, ",")


def write_wiod_2013(table, file):
    """A workbook as of release 2013: four header rows and columns, rows r60 to r69, a total column."""
    names = ["Agriculture, Hunting, Forestry and Fishing", "Mining and Quarrying", "Private Households"]
    codes = ["AtB", "C", "P"]
    numbers = ["c1", "c2", "c35"]
    demand = ["c37", "c38", "c39", "c41", "c42"]
    n = len(names)
    header = [
        [codes[i % n] for i in range(len(table.index))] + [""] * (5 * len(table.countries)),
        [names[i % n] for i in range(len(table.index))] + CATEGORIES * len(table.countries),
        list(table.index.get_level_values(0)) + [c for c in table.countries for _ in CATEGORIES],
        [numbers[i % n] for i in range(len(table.index))] + demand * len(table.countries),
    ]
    corner = ["Intercountry Input-Output Table for " + str(table.year), "World, in current prices",
              "(industry-by-industry)", "(millions of US$)"]  # fmt: skip
    top = [[corner[0]], [corner[1]]]
    rows = top + [[corner[i + 2] if i < 2 else "", "", "", "", *line] for i, line in enumerate(header)]
    rows[3] += ["Total output"]
    Y = by_category(table, CATEGORIES)
    for i, (country, _) in enumerate(table.index):
        label = [codes[i % n], names[i % n], country, numbers[i % n]]
        rows.append([*label, *table.Z[i], *Y[i], float(table.output.iloc[i])])
    inputs, added = table.inputs.to_numpy(), table.value_added.to_numpy()
    below = {
        ("Total intermediate consumption", "TOT", "r60"): inputs,
        ("Taxes less subsidies on products", "TOT", "r61"): added * 0 + 1,
        ("Value added at basic prices", "TOT", "r64"): added - 1,
        ("Output at basic prices", "TOT", "r69"): inputs + added,
    }
    rows += [["", *label, *values, *[0.0] * Y.shape[1], 0.0] for label, values in below.items()]
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet(f"WIOT_{table.year}")
        for row, line in enumerate(rows):
            sheet.write_row(row, 0, line)


def write_exiobase(table, folder):
    """A folder as of EXIOBASE 3: tab-separated text with labels, and a list of the files."""
    import pymrio

    rows = table.index.set_names(["region", "sector"])
    columns = pd.MultiIndex.from_product([table.countries, CATEGORIES], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z, rows, rows),
        Y=pd.DataFrame(by_category(table, CATEGORIES), rows, columns),
        x=pd.DataFrame({"indout": table.output.to_numpy()}, rows),
        unit=pd.DataFrame({"unit": "M.EUR"}, rows),
    )
    system.save(folder, table_format="txt")
