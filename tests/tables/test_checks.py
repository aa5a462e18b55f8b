"""What damages of a table are found, where, and before what else; and what sound tables are spared."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import gvc_helpers as gvc
from gvc_helpers.tables.checks import KINDS, Fault, as_table, look, out_of_balance
from tests.conftest import needs_wiod, ragged, small_table, tables

COUNTRIES, SECTORS = ["AAA", "BBB", "CCC", "DDD", "EEE"], [f"S{i}" for i in range(6)]
G, N = len(COUNTRIES), len(SECTORS)
OWN = {name: slice(i * N, i * N + N) for i, name in enumerate(COUNTRIES)}


class Stated:
    """A table with what its files state."""

    def __init__(self, table, value_added=None, output=None):
        self.table = table
        self.stated_value_added, self.stated_output = (
            None if values is None else pd.Series(np.asarray(values), table.index)
            for values in (value_added, output)
        )

    def __getattr__(self, name):
        return getattr(self.table, name)


class Parts:
    """Arrays and labels of a sound table, to be damaged."""

    def __init__(self, seed=1):
        generator = np.random.default_rng(seed)
        home = np.kron(np.eye(G), np.ones((N, N))) * 5 + 0.3
        A = generator.random((G * N, G * N)) * home
        A *= generator.uniform(0.3, 0.7, G * N) / A.sum(axis=0)
        # Some sectors sell to final users mainly, others hardly.
        taste = np.tile([0.05, 4.0, 0.1, 3.0, 0.3, 1.0], G)[:, None]
        self.Y = generator.gamma(1.5, 50.0, (G * N, G)) * (home[:, ::N] + 0.2) * taste
        self.output = np.linalg.solve(np.eye(G * N) - A, self.Y.sum(axis=1))
        self.Z = A * self.output
        self.value_added = self.output - self.Z.sum(axis=0)
        self.countries, self.sectors = np.repeat(COUNTRIES, N).tolist(), SECTORS * G

    def rename(self, old, new):
        self.countries = [new if name == old else name for name in self.countries]

    def append(self, rows, columns, corner, Y, demand, country, sectors):
        """Add a country: its rows of Z and Y, its columns of Z and Y, and what it sells to itself."""
        self.Z = np.block([[self.Z, columns], [rows, corner]])
        self.Y = np.column_stack([np.vstack([self.Y, Y]), demand])
        self.countries += [country] * len(sectors)
        self.sectors = [*self.sectors, *sectors]

    def table(self, value_added=False, output=False):
        index = pd.MultiIndex.from_arrays([self.countries, self.sectors])
        stated = self.value_added if value_added else None
        table = gvc.IOTable(self.Z.copy(), self.Y.copy(), index=index, value_added=stated)
        return Stated(table, stated, self.output if output else None)


def serious(findings):
    return [finding for finding in findings if finding.seriousness == "serious"]


# Sound tables -------------------------------------------------------------------------------------


@given(tables())
def test_sound_table_raises_no_alarm(table):
    assert not serious(look(Stated(table)))
    assert not serious(look(Stated(table, table.output - table.inputs, table.output)))


@given(ragged())
def test_sound_table_with_sectors_that_differ_raises_no_alarm(table):
    assert not serious(look(Stated(table, table.output - table.inputs, table.output)))


@pytest.mark.parametrize("seed", range(5))
def test_table_to_be_damaged_is_sound(seed):
    assert look(Parts(seed).table()) == look(Parts(seed).table(value_added=True, output=True)) == []


def test_reconstruction_is_clean():
    assert look(Stated(gvc.read_table("reconstruction"))) == []


@needs_wiod
def test_real_tables_give_what_is_there_and_nothing_else(wiod):
    findings = look(Stated(wiod, wiod.value_added, wiod.output))
    assert [finding.kind for finding in findings] == [
        *["negative value added", "no inputs", "negative final demand", "no output"]
    ]
    public = "Public Admin and Defence; Compulsory Social Security"
    assert findings[1].where == ("IND", public)
    assert findings[1].size == wiod.output["IND", public]


@needs_wiod
def test_real_table_of_few_countries_raises_no_alarm(wiod_2011):
    kept = wiod_2011.keep(["RUS", "CHN", "DEU"])
    assert not serious(look(Stated(kept, kept.value_added)))
    assert not {"implausible value added", "no inputs", "no trade"} & {f.kind for f in look(Stated(kept))}


@needs_wiod
def test_damages_of_a_real_table_are_found(wiod_2011):
    index, blocks = wiod_2011.index, dict(zip(wiod_2011.countries, wiod_2011.blocks, strict=True))
    turned = gvc.IOTable(wiod_2011.Z.T.copy(), np.maximum(wiod_2011.Y, 0.0), index=index)
    for table in (Stated(turned, wiod_2011.value_added), Stated(turned)):
        assert look(table)[0].kind == "transposed"
    Z, Y = np.array(wiod_2011.Z), np.array(wiod_2011.Y)
    Z[blocks["RUS"]] *= 1000
    Y[blocks["RUS"]] *= 1000
    stated = wiod_2011.value_added.to_numpy()
    finding = look(Stated(gvc.IOTable(Z, Y, index=index, value_added=stated), stated))[0]
    assert (finding.kind, finding.where, finding.cases, finding.size) == ("unit", ("RUS",), 1, 1000)


# Damages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stated", [{"value_added": True}, {"output": True}, {}])
def test_transposed(stated):
    parts = Parts()
    parts.Z = parts.Z.T
    finding = look(parts.table(**stated))[0]
    here = np.abs(parts.Z.sum(axis=1) - parts.Z.sum(axis=0))
    assert finding.kind == "transposed"
    if stated:
        output = parts.Z.sum() + parts.Y.sum()
        assert finding.where == parts.table().index[here.argmax()]
        twice = (
            2 if stated == {"value_added": True} else 1
        )  # inputs and output are both those of the other side
        assert finding.size == pytest.approx(twice * here.sum() / output)


@pytest.mark.parametrize("label", ["Total", "Итого", "zzz"])
def test_total_row_of_all(label):
    parts = Parts()
    total, size = parts.Z.sum(axis=0), G * N
    parts.append(total, np.zeros((size, 1)), 0.0, parts.Y.sum(axis=0), np.zeros(size + 1), "TTT", [label])
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == ("total row", ("TTT", label), 1)
    assert finding.size == pytest.approx(total.sum())


def test_total_column_and_corner_that_differs():
    parts = Parts()
    rows, columns = parts.Z.sum(axis=0), parts.Z.sum(axis=1)
    demand = [*parts.Y.sum(axis=1), 0.0]
    parts.append(rows, columns[:, None], -7.0, parts.Y.sum(axis=0), demand, "TTT", ["Total"])
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == ("total row", ("TTT", "Total"), 1)


def test_row_of_output_left_in():
    parts = Parts()
    size = G * N
    parts.append(parts.output, np.zeros((size, 1)), 0.0, np.zeros(G), np.zeros(size + 1), "OUT", ["OUT"])
    assert look(parts.table())[0].where == ("OUT", "OUT")
    parts.Z[-1, 0] *= 1.5
    assert "total row" not in {finding.kind for finding in look(parts.table())}


def test_total_of_a_country_and_of_sectors():
    parts = Parts()
    parts.Z[7], parts.Y[7] = 0.0, 0.0
    parts.Z[7] = parts.Z[OWN["BBB"]].sum(axis=0)
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where) == ("total row", ("BBB", "S1"))
    parts = Parts()
    size = G * N
    sums = parts.Z.reshape(G, N, size).sum(axis=0)
    demand = parts.Y.reshape(G, N, G).sum(axis=0)
    parts.append(sums, np.zeros((size, N)), np.zeros((N, N)), demand, np.zeros(size + N), "WLD", SECTORS)
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where[0], finding.cases) == ("total row", "WLD", N)


def test_total_column_of_final_demand():
    parts = Parts()
    parts.Y[:, 2] = np.delete(parts.Y, 2, axis=1).sum(axis=1)
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == ("total row", ("CCC",), 1)
    assert finding.size == pytest.approx(parts.Y[:, 2].sum())


def test_label_alone_is_no_total():
    parts = Parts()
    parts.rename("BBB", "Total")
    assert look(parts.table()) == []


def test_two_that_are_equal_are_no_total():
    Z, Y = np.array(small_table().Z), np.array(small_table().Y)
    Z[1], Y[:, 1] = Z[0], Y[:, 0]
    assert look(Stated(small_table(Z=Z, Y=Y))) == []


@pytest.mark.parametrize("factor", [1.0, 0.25])
def test_region_that_stands_twice(factor):
    parts = Parts()
    own = OWN["BBB"]
    Z, Y, corner = factor * parts.Z[own], factor * parts.Y[own], factor * parts.Z[own, own]
    parts.append(
        Z, parts.Z[:, own], corner, Y, np.append(parts.Y[:, 1], factor * parts.Y[own, 1]), "XXX", SECTORS
    )
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == ("doubled region", ("BBB", "XXX"), 1)
    table = parts.table()
    assert finding.size == pytest.approx(table.output["XXX"].sum())


def test_union_left_beside_its_members():
    parts = Parts()
    members = [0, 2, 3]
    rows = parts.Z.reshape(G, N, -1)[members].sum(axis=0)
    columns = parts.Z.reshape(-1, G, N)[:, members].sum(axis=1)
    corner = rows.reshape(N, G, N)[:, members].sum(axis=1)
    Y = parts.Y.reshape(G, N, G)[members].sum(axis=0)
    demand = np.append(parts.Y[:, members].sum(axis=1), Y[:, members].sum(axis=1))
    parts.append(rows, columns, corner, Y, demand, "UUU", SECTORS)
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == (
        "doubled region", ("UUU", "AAA", "CCC", "DDD"), 1,
    )  # fmt: skip


def test_parts_beside_the_country():
    parts = Parts()
    parts.rename("AAA", "CHN")
    parts.rename("CCC", "CN2")
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where) == ("doubled region", ("CHN", "CN2"))
    assert "exports to itself" not in {finding.kind for finding in look(parts.table())}
    parts.rename("CHN", "MEX")
    assert look(parts.table()) == []


def test_region_under_two_codes_exports_to_itself():
    parts = Parts()
    parts.rename("AAA", "MEX")
    parts.rename("CCC", "MX1")
    whole, part = OWN["AAA"], OWN["CCC"]
    parts.Z[whole], parts.Z[:, whole], parts.Y[whole] = 0.0, 0.0, 0.0
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where) == ("exports to itself", ("MX1", "MEX"))
    assert finding.size == pytest.approx(parts.Y[part, 0].sum())


def test_exports_among_countries_and_sectors():
    parts = Parts()
    parts.rename("EEE", "Exports")
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where) == ("exports to itself", ("Exports",))
    parts = Parts()
    parts.sectors[4] = "Экспорт товаров"
    assert look(parts.table())[0].where == ("AAA", "Экспорт товаров")


@pytest.mark.parametrize("stated", ["value_added", "output"])
def test_exports_within_final_demand_at_home(stated):
    parts = Parts()
    own = OWN["DDD"]
    exports = parts.table().exports["DDD"].to_numpy()
    parts.Y[own, 3] += exports
    finding = look(parts.table(**{stated: True}))[0]
    assert (finding.kind, finding.where, finding.cases) == ("exports to itself", ("DDD",), 1)
    assert finding.size == pytest.approx(exports.sum())


@pytest.mark.parametrize(("times", "kind"), [(1.01, "exports to itself"), (1.1, "imbalance")])
def test_exports_to_itself_are_as_large_as_exports(times, kind):
    parts = Parts()
    parts.Y[OWN["DDD"], 3] += times * parts.table().exports["DDD"].to_numpy()
    assert look(parts.table(value_added=True))[0].kind == kind


def of_country(what, factor):
    parts = Parts()
    own = OWN["CCC"]
    if what == "rows":
        parts.Z[own] *= factor
        parts.Y[own] *= factor
    elif what == "columns":
        parts.Z[:, own] *= factor
    elif what == "value added":
        parts.value_added[own] *= factor
    elif what == "final sales":
        parts.Y[own] *= factor
    elif what == "final demand":
        parts.Y[:, 2] *= factor
    elif what == "Z":
        parts.Z[own] *= factor
    return parts


@pytest.mark.parametrize("factor", [1000.0, 10.0, 0.001])
@pytest.mark.parametrize("what", ["rows", "columns", "value added", "final sales", "final demand"])
def test_wrong_unit_of_a_country(what, factor):
    finding = look(of_country(what, factor).table(value_added=True))[0]
    assert (finding.kind, finding.where, finding.cases) == ("unit", ("CCC",), 1)
    assert finding.size == pytest.approx(factor)


def test_wrong_unit_by_stated_output_and_of_intermediate_flows():
    finding = look(of_country("rows", 1000.0).table(output=True))[0]
    assert (finding.kind, finding.where, finding.size) == ("unit", ("CCC",), 1000)
    finding = look(of_country("Z", 1000.0).table())[0]
    assert (finding.kind, finding.where, finding.size) == ("unit", ("CCC",), 1000)


def test_factor_that_is_no_power_of_ten_is_no_unit():
    for what in ("rows", "columns", "value added"):
        findings = look(of_country(what, 30.0).table(value_added=True))
        assert findings[0].kind == "imbalance"


@pytest.mark.parametrize("stated", ["value_added", "output"])
def test_wrong_unit_of_a_row(stated):
    parts = Parts()
    parts.Z[9] *= 100
    parts.Y[9] *= 100
    finding = look(parts.table(**{stated: True}))[0]
    assert (finding.kind, finding.where, finding.cases, finding.size) == ("unit", ("BBB", "S3"), 1, 100)


def test_row_that_leaves_other_gaps_when_it_is_brought_back_is_no_unit():
    parts = Parts()
    parts.output *= 0.9
    parts.output[9] = parts.table().output.iloc[9] / 10
    assert {finding.kind for finding in look(parts.table(output=True))} == {"stated output"}


def test_stated_output_that_differs():
    parts = Parts()
    parts.output[8] *= 0.9
    parts.output[9] *= 1 + 1e-5
    finding = look(parts.table(output=True))[0]
    assert (finding.kind, finding.where, finding.cases) == ("stated output", ("BBB", "S2"), 1)
    assert finding.size == pytest.approx(0.1)


def test_rounding_to_whole_units_is_no_difference():
    parts = Parts()
    parts.Z, parts.Y = np.rint(parts.Z), np.rint(parts.Y)
    assert look(parts.table(output=True)) == []
    parts.output[8] += 0.5 * (G * N + G) + 40
    (finding,) = serious(look(parts.table(output=True)))
    assert (finding.kind, finding.where) == ("stated output", ("BBB", "S2"))


def test_country_without_domestic_flows():
    parts = Parts()
    own = OWN["DDD"]
    parts.Z[own, own] = 0.0
    finding = look(parts.table())[0]
    assert (finding.kind, finding.where, finding.cases) == ("no domestic flows", ("DDD",), 1)
    assert finding.size == pytest.approx(parts.table().output["DDD"].sum())


def test_what_keeps_a_table_from_being_measured():
    parts = Parts()
    parts.Z[3], parts.Y[3] = 0.0, 0.0
    parts.value_added[12] *= 1.2
    findings = out_of_balance(parts.table(value_added=True))
    assert [finding.kind for finding in findings] == ["inputs without output", "imbalance"]
    assert findings[0].where == ("AAA", "S3")
    assert serious(look(parts.table(value_added=True))) == findings


# What is doubtful ---------------------------------------------------------------------------------


def test_sector_without_inputs():
    parts = Parts()
    parts.Z[:, 14] = 0.0
    (finding,) = look(parts.table())
    assert (finding.kind, finding.where) == ("no inputs", ("CCC", "S2"))
    assert finding.size == parts.table().output.iloc[14]
    parts.sectors[14] = "Private Households with Employed Persons"
    assert look(parts.table()) == []


def test_what_is_so_in_most_countries_is_so_by_nature():
    parts = Parts()
    parts.Z[:, 2::N] = 0.0
    assert look(parts.table()) == []


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_share_of_value_added_that_is_implausible(share):
    parts = Parts()
    for _ in range(200):  # a sector's inputs change the output of all
        output = parts.Z.sum(axis=1) + parts.Y.sum(axis=1)
        parts.Z[:, 14] *= (1 - share) * output[14] / parts.Z[:, 14].sum()
    (finding,) = [f for f in look(parts.table()) if f.kind == "implausible value added"]
    assert (finding.where, finding.cases) == (("CCC", "S2"), 1)
    assert finding.size == pytest.approx(share, rel=1e-3)


def test_countries_that_do_not_trade():
    parts = Parts()
    parts.Z[OWN["BBB"], OWN["DDD"]], parts.Y[OWN["BBB"], 3] = 0.0, 0.0
    (finding,) = look(parts.table())
    assert (finding.kind, finding.where, finding.cases) == ("no trade", ("BBB", "DDD"), 1)
    own = OWN["EEE"]
    inside, demand = parts.Z[own, own].copy(), parts.Y[own, 4].copy()
    parts.Z[own], parts.Z[:, own], parts.Y[own], parts.Y[:, 4] = 0.0, 0.0, 0.0, 0.0
    parts.Z[own, own], parts.Y[own, 4] = inside, demand
    findings = {finding.kind: finding for finding in look(parts.table())}
    assert list(findings)[-3:] == ["isolated country", "no trade", "no exports"]
    assert findings["isolated country"].where == findings["no exports"].where == ("EEE",)


# Findings -----------------------------------------------------------------------------------------


def test_findings_come_most_serious_first():
    parts = Parts()
    parts.Z[0, 0], parts.Y[8, 0] = -1.0, -2.0
    parts.output[9] *= 2
    findings = look(parts.table(value_added=True, output=True))
    kinds = [finding.kind for finding in findings]
    assert kinds == sorted(kinds, key=list(KINDS).index)
    assert kinds == ["stated output", "imbalance", "negative flow", "negative final demand"]
    grades = [kind.seriousness for kind in KINDS.values()]
    assert grades == sorted(grades, key=["serious", "doubtful", "for information"].index)


def test_findings_in_words_and_as_a_table():
    findings = [Fault("unit", ("KAZ",), 2, 1000.0), Fault("imbalance", ("RUS", "Mining"), 3, 0.25)]
    assert [str(finding) for finding in findings] == [
        "unit: 2 case(s), the largest 1000 times at KAZ",
        "imbalance: 3 case(s), the largest 25 % of output at RUS / Mining",
    ]
    table = as_table(findings)
    assert table.index.tolist() == [1, 2]
    assert table.loc[2].tolist() == [
        "serious", "imbalance", "RUS / Mining", 3, 0.25, KINDS["imbalance"].size,
    ]  # fmt: skip
    assert list(as_table([])) == list(table)


def test_two_countries_are_looked_at_too():
    assert look(Stated(small_table())) == []


def test_share_of_value_added_is_not_judged_where_it_does_not_balance():
    parts = Parts()
    parts.value_added[8] = 1.2 * parts.output[8]
    (finding,) = look(parts.table(value_added=True))
    assert (finding.kind, finding.where) == ("imbalance", ("BBB", "S2"))
