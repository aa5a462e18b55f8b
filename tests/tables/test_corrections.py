import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.tables.corrections import (
    CORRECTIONS_FOLDER,
    CorrectionError,
    correct,
    read_corrections,
    write_template,
)
from tests.conftest import ragged, small_table, tables

ANY = tables() | ragged()
seeds = st.integers(0, 2**32 - 1)
HEAD = "country,quantity,partner,use,sector,value,source\n"


def totals(*rows, lines=None):
    """Corrections from (country, quantity, partner, use, sector, value)."""
    columns = ["country", "quantity", "partner", "use", "sector", "value"]
    return pd.DataFrame(rows, lines, columns).assign(source="invented")


def amount(table, country, quantity, partner="", use="", sector=""):
    """A total of a table, added up flow by flow."""
    if quantity == "gdp":
        return sum(v for (c, s), v in table.value_added.items() if c == country and sector in ("", s))
    sellers, result = list(table.index), 0.0
    buyers = [(c, "intermediate") for c, _ in sellers] + [(c, "final") for c in table.countries]
    flows = np.hstack([table.Z, table.Y])
    for i, (seller, product) in enumerate(sellers):
        for j, (buyer, purpose) in enumerate(buyers):
            there = {
                "exports": seller == country != buyer and partner in ("", buyer),
                "imports": buyer == country != seller and partner in ("", seller),
                "domestic": seller == buyer == country,
            }[quantity]
            if there and use in ("", purpose) and sector in ("", product):
                result += flows[i, j]
    return result


def every_key(table, country):
    own = [s for c, s in table.index if c == country]
    others = [c for c in table.countries if c != country]
    yield from [(country, "gdp", "", "", ""), (country, "gdp", "", "", own[-1])]
    for use in ("", "intermediate", "final"):
        yield from [(country, "domestic", "", use, ""), (country, "domestic", "", use, own[0])]
        yield from [(country, "exports", partner, use, "") for partner in ("", *others)]
        yield from [(country, "imports", partner, use, "") for partner in ("", *others)]
        yield (country, "exports", others[0], use, own[0])
        yield (country, "imports", "", use, next(s for c, s in table.index if c == others[0]))


def better(table, country, seed):
    """Another table of the same signs and zeros, whose totals the corrections of a country may have."""
    generator = np.random.default_rng(seed)
    own = table.blocks[table.countries.index(country)]
    me = table.countries.index(country)
    abroad = np.ones(len(table.index), bool)
    abroad[own] = False
    Z, Y = table.Z.copy(), table.Y.copy()
    Z[np.ix_(np.arange(own.start, own.stop), abroad)] *= generator.uniform(1.0, 2.0)
    Z[abroad, own] *= generator.uniform(0.5, 1.0, Z[abroad, own].shape)
    Y[own] *= np.where(Y[own] > 0, generator.uniform(1.0, 2.0, Y[own].shape), 1.0)
    Y[abroad, me] *= generator.uniform(0.5, 2.0, Y[abroad, me].shape)
    value_added = table.value_added.to_numpy().copy()
    value_added[own] = (Z.sum(axis=1) + Y.sum(axis=1) - Z.sum(axis=0))[own]
    assume((np.sign(value_added) == np.sign(table.value_added)).all())
    return gvc.IOTable(Z, Y, index=table.index, value_added=value_added)


def given_by(table, other, country, seed, share=0.4):
    generator = np.random.default_rng(seed)
    keys = [key for key in every_key(table, country) if generator.random() < share]
    keys = list(dict.fromkeys(keys)) or [(country, "gdp", "", "", "")]
    rows = [(*key, amount(other, *key)) for key in keys]
    # Totals of nothing but negative inventories are refused, and cannot be corrected but by sector.
    return totals(*[row for row in rows if row[-1] >= 0])


@given(ANY, seeds)
def test_totals_that_the_table_has_change_nothing(table, seed):
    corrections = given_by(table, table, "C0", seed)
    corrected, report = correct(table, corrections)
    assert (corrected.Z == table.Z).all()
    assert (corrected.Y == table.Y).all()
    assert (corrected.value_added == table.value_added).all()
    assert (report["change"] == 0).all()


@given(ANY, seeds)
def test_given_totals_are_met_and_the_rest_is_kept(table, seed):
    corrections = given_by(table, better(table, "C0", seed), "C0", seed)
    try:
        corrected, _ = correct(table, corrections)
    except CorrectionError as error:
        assume("cannot take up" not in str(error))
        raise
    for *key, value in corrections.drop(columns="source").itertuples(index=False):
        assert amount(corrected, *key) == pytest.approx(value, rel=1e-9, abs=1e-9)
    for before, after in ((table.Z, corrected.Z), (table.Y, corrected.Y)):
        assert (np.sign(before) == np.sign(after)).all()
    assert (np.sign(table.value_added) == np.sign(corrected.value_added)).all()
    gap = (corrected.imbalance - table.imbalance).abs()
    assert (gap <= 1e-10 * corrected.output.max()).all()
    others = slice(table.blocks[0].stop, None)
    home = table.membership[others].astype(bool)
    assert (corrected.Z[others, others] == table.Z[others, others]).all()
    abroad = ~home
    abroad[:, 0] = False
    assert (corrected.Y[others][abroad] == table.Y[others][abroad]).all()


@given(tables(), seeds)
def test_order_of_the_lines_does_not_matter(table, seed):
    corrections = given_by(table, better(table, "C0", seed), "C0", seed)
    shuffled = corrections.sample(frac=1, random_state=seed % 1000)
    results = []
    for rows in (corrections, shuffled):
        try:
            corrected, report = correct(table, rows)
        except CorrectionError as error:
            assume("cannot take up" not in str(error))
            raise
        results.append((corrected, report))
    assert (results[0][0].Z == results[1][0].Z).all()
    assert (results[0][0].Y == results[1][0].Y).all()
    assert results[1][1]["line"].dropna().tolist() == shuffled.index.tolist()


def test_two_countries_at_once_meet_the_totals_of_both():
    table = small_table()
    corrections = totals(
        ("AAA", "exports", "BBB", "", "", 40.0),
        ("AAA", "gdp", "", "", "", 80.0),
        ("BBB", "gdp", "", "", "", 110.0),
        ("BBB", "exports", "", "final", "Works", 10.0),
    )
    corrected, report = correct(table, corrections)
    for *key, value in corrections.drop(columns="source").itertuples(index=False):
        assert amount(corrected, *key) == pytest.approx(value, rel=1e-9)
    assert corrected.imbalance.abs().max() < 1e-9
    assert report.loc[report["kind"] == "others", "before"].sum() == 0


def test_imbalance_of_partners_stays_and_that_of_the_country_goes():
    table = small_table(value_added=np.array([40.0, 45.0, 41.0, 66.0]))
    assert (table.imbalance.abs() > 0.1).all()
    corrected, _ = correct(table, totals(("AAA", "exports", "", "", "", 60.0)))
    assert corrected.imbalance["AAA"].abs().max() < 1e-9
    assert np.allclose(corrected.imbalance["BBB"], table.imbalance["BBB"], rtol=1e-12)


def test_partner_takes_up_the_change_at_the_same_rate_on_both_sides():
    table = small_table()
    corrected, _ = correct(table, totals(("AAA", "imports", "", "", "", 60.0)))
    home = (corrected.home_demand / table.home_demand)["BBB"]
    added = (corrected.value_added / table.value_added)["BBB"]
    assert np.allclose(home * added, 1.0, rtol=1e-12)
    assert (home < 0.99).any()


def test_total_of_zero_removes_flows_and_no_other_does():
    table = small_table()
    corrected, _ = correct(table, totals(("AAA", "exports", "BBB", "final", "", 0.0)))
    assert (corrected.Y[:2, 1] == 0).all()
    assert (corrected.Z != 0).all()
    assert corrected.imbalance.abs().max() < 1e-9


def test_report_says_what_moved():
    table = small_table()
    corrected, report = correct(table, totals(("AAA", "exports", "", "", "", 60.0), lines=[7]))
    first = report.iloc[0]
    assert (first["kind"], first["line"], first["given"]) == ("total", 7, 60.0)
    assert first["before"] == pytest.approx(table.exports["AAA"].sum())
    assert first["change_percent"] == pytest.approx(100 * (60 / first["before"] - 1))
    blocks = report[report["kind"] == "block"]
    for row in blocks.itertuples():
        key = (row.country, row.quantity, row.partner, row.use)
        assert row.before == pytest.approx(amount(table, *key))
        assert row.after == pytest.approx(amount(corrected, *key))
    assert len(blocks) == 7
    others = report[report["kind"] == "others"].set_index(["quantity", "country"])
    for quantity in ("home_demand", "value_added"):
        change = getattr(corrected, quantity)["BBB"] - getattr(table, quantity)["BBB"]
        name = quantity.replace("_", " ")
        assert others.loc[(name, ""), "change"] == pytest.approx(change.sum())
        assert others.loc[(name, "BBB"), "sector"] == change.abs().idxmax()
    assert corrected.source == "invented, corrected: AAA"
    assert (corrected.year, corrected.unit) == (2015, "million USD")


# Contradictions -----------------------------------------------------------------------------------


def refused(table, corrections):
    with pytest.raises(CorrectionError) as caught:
        correct(table, corrections)
    return str(caught.value)


def test_part_above_its_total_is_named():
    text = refused(
        small_table(),
        totals(
            ("AAA", "gdp", "", "", "", 90.0),
            ("AAA", "exports", "", "", "", 30.0),
            ("AAA", "exports", "BBB", "final", "Works", 31.0),
            lines=[2, 3, 4],
        ),
    )
    assert "AAA exports = 30 (line 3); AAA exports to BBB for final use, sector Works = 31 (line 4)" in text
    assert "must be from 0 to 30" in text
    assert "line 2" not in text


def test_parts_that_do_not_add_up_are_named():
    parts = [
        ("AAA", "exports", "", use, "", value) for use, value in (("intermediate", 12.0), ("final", 25.0))
    ]
    text = refused(small_table(), totals(*parts, ("AAA", "exports", "", "", "", 36.0), lines=[2, 3, 4]))
    assert "(line 2)" in text
    assert "(line 3)" in text
    assert "the last can only be 37, 1 more" in text
    assert correct(small_table(), totals(*parts, ("AAA", "exports", "", "", "", 37.0)))


def test_identity_of_gdp_is_shown_with_the_difference():
    rows = [
        ("AAA", "gdp", "", "", "", 81.5),
        ("AAA", "domestic", "", "final", "", 70.0),
        ("AAA", "exports", "", "", "", 20.0),
        ("AAA", "imports", "", "intermediate", "", 9.0),
    ]
    text = refused(small_table(), totals(*rows, ("AAA", "imports", "", "final", "", 9.0), lines=range(2, 7)))
    assert "AAA gdp = 81.5 (line 2) contradict" in text
    assert "can only be 81, 0.5 less (gdp = domestic final sales + exports" in text
    assert "line 6" not in text
    assert correct(small_table(), totals(("AAA", "gdp", "", "", "", 81.0), *rows[1:]))


def test_two_sides_of_the_same_trade_are_named():
    text = refused(
        small_table(),
        totals(
            ("AAA", "exports", "BBB", "", "", 30.0), ("BBB", "imports", "AAA", "", "", 31.0), lines=[2, 3]
        ),
    )
    assert "AAA exports to BBB = 30 (line 2); BBB imports from AAA = 31 (line 3) contradict" in text


def test_zeros_stay_zeros():
    table = small_table(Y=np.array([[30.0, 0], [40, 0], [5, 45], [9, 60]]))
    text = refused(table, totals(("AAA", "exports", "", "final", "", 5.0), lines=[9]))
    assert text == (
        "line 9: AAA exports for final use cannot be 5: its flows are all zero in the table, "
        "and a zero stays zero"
    )


def test_sector_without_sales_is_named():
    rows = [("AAA", quantity, "", "", "Farms", 0.0) for quantity in ("domestic", "exports")]
    text = refused(small_table(), totals(*rows))
    assert text.startswith("AAA / Farms would have costs and no sales; ")


def test_sector_that_cannot_be_balanced_is_named():
    Z = small_table().Z.copy()
    Z[:, 0] = 0.0
    table = small_table(Z=Z, value_added=np.array([0.0, 45.0, 41.0, 66.0]))
    text = refused(table, totals(("AAA", "exports", "", "", "", 30.0)))
    assert text == (
        "AAA / Farms would have sales and no inputs and value added; "
        "balance the table or correct totals of zero"
    )


def test_partner_that_cannot_take_up_the_change_is_named():
    Y = np.array([[30.0, 8], [40, 12], [5, 0], [9, 60]])
    text = refused(small_table(Y=Y), totals(("AAA", "imports", "BBB", "", "Farms", 0.5)))
    assert text.startswith("BBB / Farms: trade with AAA moves its sales less inputs by -")


# Reading ------------------------------------------------------------------------------------------


def write(tmp_path, text, name="corrections.csv", encoding="utf-8"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


ROWS = [
    ["AAA", "exports", "", "", "", 1234.5, "Ежегодник, с. 5"],
    ["AAA", "exports", "BBB", "final", "Works", 20.0, "Ежегодник"],
]


COMMAS = """# a note

country,quantity,partner,use,sector,value,source
AAA,exports,,,,1234.5,"Ежегодник, с. 5"
AAA,exports,BBB,final,Works,20,Ежегодник
"""
SEMICOLONS = """Country;Quantity;Partner;Use;Sector;Value;Source;;
AAA;exports;;;;1\u00a0234,5;Ежегодник, с. 5
;;;
AAA;exports;BBB;final;Works;2e1;Ежегодник;;
"""
TABS = (COMMAS.replace(",", "\t").replace("\t с", ", с") + "# the end").replace("1234.5", "1 234,50")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("text", [COMMAS, SEMICOLONS, TABS, TABS.replace("\n", "\r\n")])
def test_csv_files_are_read_as_people_write_them(tmp_path, text, encoding):
    read = read_corrections(write(tmp_path, text, encoding=encoding), small_table())
    assert read.to_numpy().tolist() == ROWS


def test_yaml_is_read(tmp_path):
    text = (
        "- {country: AAA, quantity: exports, value: 1234.5, source: 'Ежегодник, с. 5'}\n"
        "- country: AAA\n  quantity: exports\n  partner: BBB\n  use: final\n  sector: Works\n"
        "  value: 20\n  source: Ежегодник\n"
    )
    read = read_corrections(write(tmp_path, text, "corrections.yaml"), small_table())
    assert read.to_numpy().tolist() == ROWS
    assert read.index.tolist() == [1, 2]


def test_shares_are_of_the_total_of_the_file(tmp_path):
    text = (
        "country;quantity;partner;use;value;share;unit;source\n"
        "AAA;exports;BBB;final;;62,5;million USD;s\nAAA;exports;;;40;;;s\n"
    )
    read = read_corrections(write(tmp_path, text), small_table())
    assert read["value"].tolist() == [25.0, 40.0]
    assert correct(small_table(), read)[0].Y[:2, 1].sum() == pytest.approx(25.0, rel=1e-12)


FAULTS = {
    "AAA,export,,,,1,s": "quantity 'export' is not known; did you mean 'exports'?; allowed: gdp; dom",
    "AAB,exports,,,,1,s": "country 'AAB' is not known; did you mean 'AAA'?; allowed: AAA; BBB",
    ",exports,,,,1,s": "country is missing; allowed",
    "AAA,exports,BB,,,1,s": "partner 'BB' is not known; did you mean 'BBB'?",
    "AAA,exports,AAA,,,1,s": "partner 'AAA' is the country itself",
    "AAA,domestic,BBB,,,1,s": "partner 'BBB' has no place beside domestic",
    "AAA,gdp,,final,,1,s": "use 'final' has no place beside gdp",
    "AAA,exports,,finale,,1,s": "use 'finale' is not known; did you mean 'final'?",
    "AAA,imports,,,Farm,1,s": "sector 'Farm' is not known; did you mean 'Farms'?",
    "AAA,exports,,,,ten,s": "value 'ten' is not a number",
    "AAA,exports,,,,nan,s": "value 'nan' is not a number",
    "AAA,exports,,,,1e999,s": "value '1e999' is too large",
    'AAA,exports,,,,"1,234",s': "value '1,234' may be a whole number or have three decimals",
    "AAA,exports,,,,-1,s": "value -1 is negative",
    "AAA,exports,,,,,s": "value and share are both empty",
    "AAA,exports,,,,1,": "the source is missing",
}


@pytest.mark.parametrize("row", FAULTS)
def test_faults_are_named_with_file_and_line(tmp_path, row):
    file = write(tmp_path, HEAD + "BBB,gdp,,,,1,s\n" + row + "\n")
    with pytest.raises(CorrectionError) as caught:
        read_corrections(file, small_table())
    assert str(caught.value).startswith(f"{file}, line 3: {FAULTS[row]}")


FILES = {
    "": "the file is empty",
    HEAD: "there is no correction below",
    HEAD.replace("value", "vlaue"): "line 1: column 'vlaue' is not known; did you mean 'value'?",
    HEAD.replace("country,", ""): "line 1: column 'country' is missing",
    HEAD.replace("use", "partner"): "line 1: column 'partner' stands twice",
    HEAD + "AAA,gdp,,,,1,s,x\n": "line 2: 8 cells instead of 7",
    HEAD + 'AAA,gdp,,,,1,"s\n': "a quotation mark is not closed",
    HEAD + "AAA,gdp,,,,1,s\nAAA,gdp,,,,2,s\n": "line 3: the same total as in line 2",
    "country,quantity,use,share,source\nAAA,exports,final,5,s\n": (
        "2: a share needs a row with the value of all exports of AAA"
    ),
    "country,quantity,use,value,share,source\nAAA,exports,,5,,s\nAAA,exports,final,,120,s\n": "3: share 120",
    "country,quantity,share,source\nAAA,exports,5,s\n": "line 2: a share needs a partner",
    "country,quantity,value,unit,source\nAAA,gdp,5,tons,s\n": "2: unit 'tons' is not that of the table",
}


@pytest.mark.parametrize("text", FILES)
def test_files_that_cannot_be_read_are_named(tmp_path, text):
    file = write(tmp_path, text)
    with pytest.raises(CorrectionError) as caught:
        read_corrections(file, small_table())
    assert str(file) in str(caught.value)
    assert FILES[text] in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("country: AAA\n", "a list is expected"),
        ("- AAA\n", "line 1: 'column: value' lines are expected"),
        ("- {country: AAA, value: [1]}\n", "line 1: 'value' must have one value"),
        ("- {country: AAA\n", "not YAML"),
        ("- {country: AAA, quantity: gdp, valu: 1, source: s}\n", "line 1: column 'valu' is not known"),
        ("- {country: AAA, quantity: gdp, value: 1, source: s}\n\n-\n  valu: 1\n", "line 4: column 'valu'"),
        ("- {country: AAA, country: BBB}\n", r"line 1: \[0\].country: stands twice"),
        ("- {country: !!str AAA}\n", "line 1: the tag '!!str' has no meaning here"),
        ("- &a {country: AAA, value: *a}\n", r"line 1: '\*a' stands for nothing"),
        ("- &a {country: AAA, quantity: gdp, value: 1, source: s}\n- *a\n", "line 2: the same total as in"),
        ("- {? [country]: AAA}\n", "line 1: a name is expected before the colon"),
    ],
)
def test_yaml_that_cannot_be_read_is_named(tmp_path, text, problem):
    with pytest.raises(CorrectionError, match=problem):
        read_corrections(write(tmp_path, text, "corrections.yaml"), small_table())


def test_many_faults_are_neither_slow_nor_long(tmp_path):
    started = time.process_time()
    with pytest.raises(CorrectionError) as caught:
        read_corrections(write(tmp_path, HEAD + "Nobody,exports,,,,1,s\n" * 20_000), small_table())
    lines = str(caught.value).splitlines()
    assert time.process_time() - started < 15
    assert len(lines) == 50
    assert lines[-1].endswith("more is wrong here or below")


def test_template_is_whole_or_not_there(tmp_path):
    written = write_template(tmp_path / "new")
    assert [file.name for file in written] == ["template.csv", "belarus_2015.csv"]
    written[0].unlink()
    with pytest.raises(CorrectionError, match=r"belarus_2015.csv exist already; name another folder"):
        write_template(tmp_path / "new")
    assert not written[0].exists()
    with pytest.raises(CorrectionError, match=r"the template cannot be written"):
        write_template(written[1])


def test_frames_made_by_hand_are_checked():
    assert "no column source" in refused(
        small_table(), pd.DataFrame({"country": [], "quantity": [], "value": []})
    )
    assert (
        refused(small_table(), totals(("AAA", "gdp", None, None, None, "x")))
        == "line 0: value x is not a number"
    )
    assert "country 'X' is not known" in refused(small_table(), totals(("X", "gdp", "", "", "", 1.0)))
    twice = totals(("AAA", "gdp", "", "", "", 1.0), ("X", "gdp", "", "", "", 1.0), lines=[0, 0])
    assert "country 'X' is not known" in refused(small_table(), twice)
    same, report = correct(small_table(), totals())
    assert (same.Z == small_table().Z).all()
    assert (report["change"] == 0).all()


# What is shipped ----------------------------------------------------------------------------------


def in_million_usd():
    table = gvc.read_table("reconstruction")
    return gvc.IOTable(table.Z * 3930, table.Y * 3930, index=table.index, year=2015, unit="million USD")


def test_template_is_refused_until_its_sources_are_replaced(tmp_path):
    template = (CORRECTIONS_FOLDER / "template.csv").read_text(encoding="utf-8-sig")
    with pytest.raises(CorrectionError, match="line 8: the source is missing"):
        read_corrections(CORRECTIONS_FOLDER / "template.csv", in_million_usd())
    filled = tmp_path / "filled.csv"
    filled.write_text(template.replace("Name of the publication, table, year", "invented"), encoding="utf-8")
    corrected, _ = correct(in_million_usd(), read_corrections(filled, in_million_usd()))
    assert corrected.value_added["BLR", "Construction"] == pytest.approx(4000, rel=1e-9)


@pytest.mark.parametrize(
    ("unit", "value"),
    [("000 USD", 32750e3), ("thousand USD", 32750e3), ("USD", 32750e6), ("billion usd", 32.75)],
)
def test_amounts_are_converted_between_units(tmp_path, unit, value):
    file = tmp_path / "better.csv"
    file.write_text(f"country,quantity,value,unit,source\nBLR,Exports,{value},{unit},invented\n")
    (row,) = read_corrections(file, in_million_usd()).itertuples()
    assert (row.quantity, row.value) == ("exports", pytest.approx(32750))


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("", "exports of BLR would go from 32754.4 to 3.275e+07; the table is in 'million USD'"),
        ("roubles", "unit 'roubles' is not that of the table, 'million USD'"),
        ("million EUR", "unit 'million EUR' is in another currency than the table"),
    ],
)
def test_units_that_do_not_fit_are_refused(tmp_path, unit, said):
    file = tmp_path / "better.csv"
    file.write_text(f"country,quantity,value,unit,source\nBLR,exports,32750000,{unit},invented\n")
    with pytest.raises(CorrectionError) as caught:
        read_corrections(file, in_million_usd())
    assert said.partition(" from ")[0] in str(caught.value)


def test_worked_example_of_belarus_fits_the_reconstruction_in_million_usd():
    table = gvc.read_table("reconstruction")
    dollars = gvc.IOTable(table.Z * 3930, table.Y * 3930, index=table.index, year=2015, unit="million USD")
    corrections = read_corrections(CORRECTIONS_FOLDER / "belarus_2015.csv", dollars)
    corrected, report = correct(dollars, corrections)
    trade = corrected.exports_by_destination.groupby(level="country", sort=False).sum()
    assert corrected.value_added["BLR"].sum() == pytest.approx(56454.7, rel=1e-9)
    assert trade.loc["BLR"].sum() == pytest.approx(32750, rel=1e-9)
    assert trade.loc["BLR", "RUS"] == pytest.approx(0.39 * 32750, rel=1e-9)
    assert trade["BLR"].sum() == pytest.approx(32690, rel=1e-9)
    assert corrected.imbalance.abs().max() < 1e-12 * corrected.output.max()
    blocks = report[(report["kind"] == "block") & report["quantity"].isin(["gdp", "domestic"])]
    assert blocks["change_percent"].abs().max() < 5
