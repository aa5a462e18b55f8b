"""The full Eora, from files laid out as its are, and from damaged ones."""

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from gvc_helpers.databases.eora import FORMS, read
from tests.conftest import ragged, small_table
from tests.databases.cases import THOUSANDS, Case, assert_exact, fault, read_by, replaced, text

EORA = "21160000_annetest_AllCountries_199_{}-Results_2015_082_Markup001(full)"


def moved(content, line, to):
    """Move a line of a text."""
    lines = content.splitlines()
    lines.insert(to - 1, lines.pop(line - 1))
    return "\n".join(lines) + "\n"


def labels(rows):
    """Write a list of labels as indices.zip has them."""
    lines = [f'{n}, "Country {c}", "{c}", "{e}", "{s}"\n' for n, (c, e, s) in enumerate(rows, start=1)]
    return "Count, Country, CountryA3, Entity, Sector\n" + "".join(lines)


def write_eora(folder, table, discrepancy=0.0, rows=None, suffix=".csv", name=EORA):
    """Write a table as the full Eora, trading `discrepancy` of its output with ROW."""
    delimiter = "\t" if suffix == ".txt" else ","
    size, width = table.Y.shape
    T = np.zeros((size + 1, size + 1))
    T[:-1, :-1] = table.Z
    T[:-1, -1] = discrepancy * table.output
    T[-1, :-1] = -2 * discrepancy * table.output
    Y = np.zeros((size + 1, 2 * width + 2))
    Y[:-1, :-2] = np.repeat(table.Y, 2, axis=1) / 2
    V = np.zeros((2 * width + 2, size + 1))
    for country, own in enumerate(table.blocks):
        V[2 * country : 2 * country + 2, own] = table.value_added.to_numpy()[own] * [[0.75], [0.25]]
    rows = rows or [(country, "Industries", sector) for country, sector in table.index]
    categories = {
        kind: [(c, kind, f"{kind} {n}") for c in [*table.countries, "ROW"] for n in "ab"]
        for kind in ("Final Demand", "Primary Inputs")
    }
    for part, matrix in {"T": T, "Y": Y, "V": V}.items():
        content = text(matrix, delimiter)
        (folder / (name.format(part) + suffix)).write_text(content, encoding="utf-8")
    index = {
        "index_t.csv": labels([*rows, ("ROW", "Industries", "Total")]),
        "index_y.csv": labels(categories["Final Demand"]),
        "index_v.csv": labels(categories["Primary Inputs"]),
    }
    for file, content in index.items():
        (folder / file).write_text(content, encoding="utf-8")


def writer(name, suffix):
    return lambda table, folder: write_eora(
        folder, table, name=name.replace("YEAR", str(table.year)), suffix=suffix
    )


CASES = {
    # Countries of the full Eora have lists of sectors of their own, or the names of Eora26.
    f"eora {name}{suffix}": Case(
        "eora",
        writer(name, suffix),
        {"CHN": "CHN", "RUS": "RUS", "SDS": "SSD"},
        "eora26",
        -1,
        THOUSANDS,
        edition=edition,
    )
    for name, edition in (
        ("Countries_199_{}-Results_YEAR_082_Markup001(full)", "082"),
        ("Eora_YEAR_bp_{}", ""),
        ("YEAR_eora_{}", ""),
    )
    for suffix in (".txt", ".csv")
}


def eora(folder):
    raw = read_by(folder, FORMS, read, 2015)[1]
    assert raw.Z.base is None, "a view would be copied later"
    return raw


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(EORA, ".csv"), (EORA, ".txt"), ("2015_eora_{}", ".csv"), ("Eora_2015_bp_{}", ".txt")],
)
def test_eora_comes_back_as_written(tmp_path, name, suffix):
    table = small_table()
    write_eora(tmp_path, table, suffix=suffix, name=name)
    raw = eora(tmp_path)
    assert_exact(raw, table)
    assert (raw.unit, raw.price, raw.edition) == ("000 USD", "basic prices", "082" if name == EORA else "")


@settings(max_examples=15)
@given(ragged())
def test_eora_with_other_sectors_in_every_country(table):
    with tempfile.TemporaryDirectory() as folder:
        write_eora(Path(folder), table, discrepancy=0.01)
        raw = eora(Path(folder))
    assert_exact(raw, gvc.IOTable(table.Z, table.Y, index=table.index, value_added=raw.value_added))
    np.testing.assert_allclose(raw.value_added, table.value_added, rtol=1e-14)


def test_discrepancies_are_left_out_and_told(tmp_path):
    table = small_table()
    write_eora(tmp_path, table, discrepancy=0.125)
    raw = eora(tmp_path)
    assert_exact(raw, table)
    # 12.5 % on top of the output that the table has, and twice as much from ROW: 12.5 and 25 of 112.5.
    assert "sales to it were 11.1 % and purchases from it 22.2 % of output" in raw.note


def test_final_demand_of_discrepancies_is_told(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    file = tmp_path / (EORA.format("Y") + ".csv")
    Y = np.loadtxt(file, delimiter=",")
    Y[:-1, -1] = -table.output.to_numpy() / 2
    file.write_text(text(Y), encoding="utf-8")
    raw = eora(tmp_path)
    np.testing.assert_array_equal(raw.Y, table.Y)
    assert "sales to it were 100 %" in raw.note


def test_primary_inputs_of_all_rows_are_value_added(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    file = tmp_path / (EORA.format("V") + ".csv")
    V = np.loadtxt(file, delimiter=",")
    V[-1, 1], V[0, 3] = 7.0, -2.0
    file.write_text(text(V), encoding="utf-8")
    np.testing.assert_array_equal(
        eora(tmp_path).value_added, table.value_added.to_numpy() + np.array([0, 7, 0, -2])
    )


def test_industries_and_commodities_keep_labels_of_their_own(tmp_path):
    rows = [
        ("AAA", "Industries", "Seafood"),
        ("AAA", "Commodities", "Seafood"),
        ("AAA", "Commodities", "Seafood"),
        ("BBB", "Commodities", "Seafood, fresh"),
    ]
    three = gvc.IOTable(
        small_table().Z,
        np.ones((4, 2)),
        index=pd.MultiIndex.from_tuples([("AAA", "1"), ("AAA", "2"), ("AAA", "3"), ("BBB", "1")]),
    )
    write_eora(tmp_path, three, rows=rows)
    assert list(eora(tmp_path).index) == [
        ("AAA", "Seafood"),
        ("AAA", "Commodities: Seafood"),
        ("AAA", "Commodities: Seafood (2)"),
        ("BBB", "Seafood, fresh"),
    ]


def test_eora_from_archives(tmp_path):
    table = small_table()
    write_eora(tmp_path, table)
    for name, files in {"indices": "index_?.csv", "matrices": "*Results*"}.items():
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for file in sorted(tmp_path.glob(files)):
                archive.write(file, file.name)
                file.unlink()
    assert_exact(eora(tmp_path), table)


def test_labels_may_be_in_latin_1(tmp_path):
    write_eora(tmp_path, small_table())
    replaced(tmp_path / "index_t.csv", "Works", "Café")
    file = tmp_path / "index_t.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))
    assert eora(tmp_path).index[1] == ("AAA", "Café")


FILE = {part: EORA.format(part) + ".csv" for part in "TYV"}


EORA_DAMAGE = {
    "line lost": (FILE["T"], lambda t: t[: t.rindex("\n", 0, -1) + 1], "4 line(s) instead of 5"),
    "cut off": (FILE["T"], lambda t: t[:-12], "line 5: 3 columns instead of 5"),
    "column lost": (FILE["V"], lambda t: t.replace("0.0,", "", 1), "line 1: 4 columns instead of 5"),
    "text": (FILE["T"], lambda t: t.replace("20.0", "n/a", 1), "line 2, column 2: 'n/a' is no number"),
    "NaN": (FILE["Y"], lambda t: t.replace("15.0", "NaN", 1), "line 1, column 1: nan is no number"),
    "empty": (FILE["T"], lambda t: t.replace("20.0", "", 1), "line 2, column 2: an empty cell is no number"),
    "labels too many": (
        "index_t.csv",
        lambda t: t + '6, "X", "ROW", "Industries", "More"\n',
        "line 1: 5 columns instead of 6",
    ),
    "labels too few": ("index_y.csv", lambda t: t[: t.rindex("6, ")], "line 1: 6 columns instead of 5"),
    "header lost": ("index_t.csv", lambda t: t.partition("\n")[2], "line 1: there is no column CountryA3"),
    "label lost": ("index_t.csv", lambda t: t.replace("Works", "", 1), "line 3, column Sector: the label"),
    "label cut": ("index_v.csv", lambda t: t.replace(', "Primary Inputs a"', "", 1), "line 2: 4 columns"),
    "apart": ("index_t.csv", lambda t: moved(t, 2, 4), "the rows of country AAA are not together"),
    "unknown": ("index_y.csv", lambda t: t.replace('"BBB"', '"CCC"'), "no country BBB"),
    "no labels": ("index_v.csv", lambda t: t.partition("\n")[0], "no labels below its header"),
}


@pytest.mark.parametrize(("name", "damage", "message"), EORA_DAMAGE.values(), ids=EORA_DAMAGE)
def test_damaged_eora_is_refused(tmp_path, name, damage, message):
    write_eora(tmp_path, small_table())
    file = tmp_path / name
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    affected = name if "index" not in name else name.replace("index_", "").partition(".")[0].upper()
    assert message in fault(lambda: eora(tmp_path), name, FILE.get(affected, name))


def test_eora_with_decimal_commas_is_refused(tmp_path):
    write_eora(tmp_path, small_table(), suffix=".txt")
    file = tmp_path / (EORA.format("T") + ".txt")
    file.write_text(file.read_text(encoding="utf-8").replace(".", ","), encoding="utf-8")
    message = fault(lambda: eora(tmp_path), file.name)
    assert message.endswith("line 1, column 1: '10,0' is no number; decimals need a point")


@pytest.mark.parametrize("name", ["index_t.csv", FILE["V"]])
def test_eora_without_a_file_is_refused(tmp_path, name):
    write_eora(tmp_path, small_table())
    (tmp_path / name).unlink()
    fault(lambda: eora(tmp_path), name.replace("annetest_AllCountries_199", "*"), "index_t.csv", "*_V-")
