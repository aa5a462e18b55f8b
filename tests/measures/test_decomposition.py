"""Decompositions of gross exports against the sums written out, other software and each other."""

import io
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from gvc_helpers.measures.decomposition import AGGREGATES
from tests import literal
from tests.conftest import LEATHER, needs_leather, needs_wiod, ragged, small_table, tables

ROWS = ["country", "sector", "bilateral", "sector-bilateral"]
LEVELS = {"country": ["exporter"], "sector": ["exporter", "sector"], "bilateral": ["exporter", "importer"]}
APPROACHES = ["source", "sink"]


def scale(table):
    return max(1.0, float(table.exports.groupby("country").sum().max()))


def assert_same(result, expected, table, tolerance=1e-9):
    """Same labels, whatever their order, and the same numbers in relation to exports."""
    if isinstance(result, pd.DataFrame):
        assert set(result.columns) == set(expected.columns)
        expected = expected[result.columns]
    np.testing.assert_array_equal(result.index.to_numpy(), expected.index.to_numpy())
    np.testing.assert_allclose(result, expected, rtol=0, atol=tolerance * scale(table))


def exports_by(table, by):
    flows = table.exports_by_destination.rename_axis(["exporter", "sector"]).stack()
    flows = flows.rename_axis(["exporter", "sector", "importer"])
    flows = flows[flows.index.get_level_values("exporter") != flows.index.get_level_values("importer")]
    return flows if by not in LEVELS else flows.groupby(level=LEVELS[by], sort=False).sum()


# Against the definitions ----------------------------------------------------------------------------


@settings(max_examples=30)
@given(tables())
def test_nine_and_sixteen_terms_as_written_out(table):
    assert_same(gvc.kww(table), literal.kww(table), table)
    assert_same(gvc.wwz(table), literal.wwz(table), table)


@settings(max_examples=12)
@given(tables())
def test_borin_and_mancini_as_written_out(table):
    for approach in APPROACHES:
        result = gvc.borin_mancini(table, approach, by="sector-bilateral")
        assert_same(result, literal.borin_mancini(table, approach), table)
        world = gvc.borin_mancini(table, approach, perspective="world")
        assert_same(world["FVA"], literal.world_fva(table, approach), table)
    for by in ROWS[1:]:
        result = gvc.borin_mancini(table, by=by, perspective="self")
        assert_same(result, literal.own_perimeter(table, by), table)


@settings(max_examples=30)
@given(tables())
def test_national_table_as_written_out(table):
    assert_same(gvc.hummels(table), literal.hummels(table), table)


@settings(max_examples=15)
@given(ragged())
def test_sectors_that_differ_by_country(table):
    assert_same(gvc.kww(table), literal.kww(table), table)
    assert_same(gvc.wwz(table), literal.wwz(table), table)
    for approach in APPROACHES:
        result = gvc.borin_mancini(table, approach, by="sector-bilateral")
        assert_same(result, literal.borin_mancini(table, approach), table)
    assert_same(
        gvc.borin_mancini(table, by="bilateral", perspective="self"),
        literal.own_perimeter(table, "bilateral"),
        table,
    )


@settings(max_examples=20)
@given(tables())
def test_value_added_that_vanishes_with_a_flow(table):
    exporter, importer = table.countries[0], table.countries[-1]
    result = gvc.miroudot_ye(table, by="bilateral").loc[(exporter, importer), "DVA"]
    expected = literal.domestic_value_added_by_extraction(table, exporter, importer)
    assert result == pytest.approx(expected, abs=1e-9 * scale(table))


# Against other software -----------------------------------------------------------------------------


@needs_leather
def test_terms_of_decompr(leather):
    reference = pd.read_csv(LEATHER / "leather_decompr_kww.csv", index_col=0)
    np.testing.assert_allclose(gvc.kww(leather), reference[gvc.kww(leather).columns], atol=1e-8)
    terms = gvc.wwz(leather)
    reference = pd.read_csv(LEATHER / "leather_decompr_wwz.csv", index_col=[0, 1, 2]).loc[terms.index]
    np.testing.assert_allclose(terms, reference[terms.columns], atol=1e-8)


@needs_leather
@pytest.mark.parametrize(("approach", "name"), [("source", "src"), ("sink", "snk")])
def test_terms_of_exvatools(leather, approach, name):
    reference = pd.read_csv(LEATHER / f"leather_exvatools_bm_{name}_terms_country.csv", index_col=0)
    terms = gvc.borin_mancini(leather, approach)
    np.testing.assert_allclose(terms, reference[terms.columns], atol=1e-8)


@needs_leather
def test_aggregates_of_exvatools(leather):
    reference = pd.read_csv(LEATHER / "leather_exvatools_bm_src_standard_country.csv", index_col=0)
    ours = gvc.aggregates(gvc.borin_mancini(leather)).rename(columns={"exports": "EXGR"})
    np.testing.assert_allclose(ours, reference[ours.columns], atol=1e-8)
    kinds = gvc.trade_participation(leather)
    np.testing.assert_allclose(kinds["direct"], reference["DAVAX"], atol=1e-8)
    np.testing.assert_allclose(kinds["pure_backward"] + kinds["two_sided"], reference["GVCB"], atol=1e-8)
    np.testing.assert_allclose(kinds["pure_forward"], reference["GVCF"], atol=1e-8)
    reference = pd.read_csv(LEATHER / "leather_exvatools_kww_terms_country.csv", index_col=0)
    nine = reference.drop(columns="EXGR")
    np.testing.assert_allclose(gvc.kww(leather), nine, atol=1e-8)


@needs_leather
def test_foreign_value_added_of_the_world_is_not_zero(leather):
    """One package reports zero here; these are the figures of another."""
    sink = gvc.borin_mancini(leather, "sink", perspective="world")["FVA"]
    np.testing.assert_allclose(sink, [8.471827, 18.265189, 33.128506], atol=1e-6)


# Identities -----------------------------------------------------------------------------------------


def assert_identities(table, tolerance=1e-9):
    close = {"rtol": 0, "atol": tolerance * scale(table)}
    total = table.exports.groupby("country", sort=False).sum()
    nine, sixteen = gvc.kww(table), gvc.wwz(table)
    by_country = {approach: gvc.borin_mancini(table, approach) for approach in APPROACHES}
    world = {approach: gvc.borin_mancini(table, approach, perspective="world") for approach in APPROACHES}
    for terms in (nine, *by_country.values(), *world.values()):
        np.testing.assert_allclose(terms.sum(axis=1), total, **close)
    np.testing.assert_allclose(sixteen.sum(axis=1), exports_by(table, "sector-bilateral"), **close)
    source, sink, kww = (gvc.aggregates(terms) for terms in (*by_country.values(), nine))
    np.testing.assert_allclose(source, sink, **close)
    # Nine, sixteen and twelve terms agree on what is domestic, and on foreign content as a whole.
    domestic = ["exports", "DC", "DVA", "VAX", "REF", "DDC", "FC"]
    np.testing.assert_allclose(kww[domestic], source[domestic], **close)
    wwz = gvc.aggregates(sixteen).groupby(level="exporter", sort=False).sum()
    np.testing.assert_allclose(wwz, kww, **close)
    # The same value added of others in the world's exports, wherever it is counted.
    worlds = [part["FVA"].sum() for part in world.values()]
    assert worlds[0] == pytest.approx(worlds[1], abs=tolerance * total.sum())
    # VS of the national table: foreign content and domestic content counted before.
    kinds = gvc.trade_participation(table)
    backward = kinds["pure_backward"] + kinds["two_sided"]
    np.testing.assert_allclose(gvc.hummels(table), source["FC"] + source["DDC"], **close)
    np.testing.assert_allclose(gvc.hummels(table), backward, **close)
    np.testing.assert_allclose(kinds.sum(axis=1), total, **close)
    twelve = by_country["source"]
    np.testing.assert_allclose(kinds["direct"], twelve["VAX1"] + twelve["VAX2"], **close)
    np.testing.assert_allclose(kinds["pure_forward"], total - backward - kinds["direct"], **close)
    # Content as of VAE.
    vs = gvc.vertical_specialization(table)
    np.testing.assert_allclose(source["DC"], np.diag(vs.flows), **close)


@settings(max_examples=20)
@given(tables())
def test_identities(table):
    assert_identities(table)


@needs_wiod
def test_identities_on_real_tables(wiod):
    assert_identities(wiod)


@settings(max_examples=20)
@given(tables())
def test_rows_add_up_to_one_another(table):
    for approach in APPROACHES:
        finest = gvc.borin_mancini(table, approach, by="sector-bilateral")
        for by, levels in LEVELS.items():
            added = finest.groupby(level=levels, sort=False).sum()
            assert_same(gvc.borin_mancini(table, approach, by=by), added, table)
    for by in ROWS:
        own = gvc.borin_mancini(table, by=by, perspective="self")
        np.testing.assert_allclose(own.sum(axis=1), exports_by(table, by), rtol=0, atol=1e-9 * scale(table))


@needs_wiod
def test_own_border_counts_more_than_the_country_does(wiod_2011):
    """What leaves once in each of two flows is value added of both, so the rows add up to more."""
    country = gvc.miroudot_ye(wiod_2011)["DVA"]
    for by in ROWS[1:]:
        rows = gvc.miroudot_ye(wiod_2011, by=by)["DVA"].groupby(level="exporter", sort=False).sum()
        assert (rows > country * (1 + 1e-9)).all()
        exporters = gvc.aggregates(gvc.borin_mancini(wiod_2011, by=by))["DVA"]
        assert (exporters.groupby(level="exporter", sort=False).sum() / country - 1).abs().max() < 1e-9


@needs_wiod
def test_foreign_parts_differ_between_nine_and_twelve_terms(wiod_2011):
    kww, source = (gvc.aggregates(f(wiod_2011)) for f in (gvc.kww, gvc.borin_mancini))
    assert (source["FVA"] > kww["FVA"] * 1.001).all()
    assert (source["FDC"] < kww["FDC"]).all()


# Faults found elsewhere, and degenerate tables ------------------------------------------------------


def test_countries_are_compared_as_they_are_written():
    """A package that takes codes for patterns finds C10 where C1 is meant."""
    names = ["C1", "C10", "1C"]
    generator = np.random.default_rng(1)
    Z, Y = generator.uniform(1, 9, (3, 3)), generator.uniform(9, 30, (3, 3))
    table = gvc.IOTable(Z, Y, names, ["C1"], unit="units", source="random")
    renamed = gvc.IOTable(Z, Y, ["X", "Y", "Z"], ["All"], unit="units", source="random")
    np.testing.assert_array_equal(gvc.kww(table), gvc.kww(renamed))
    np.testing.assert_array_equal(gvc.borin_mancini(table), gvc.borin_mancini(renamed))
    union = table.unite("C", ["C1"])
    assert union.countries == ["C", "C10", "1C"]


@needs_wiod
def test_content_is_not_value_added(wiod_2011):
    """A package calls domestic and foreign content domestic and foreign value added."""
    parts = gvc.aggregates(gvc.borin_mancini(wiod_2011))
    assert (parts["DC"] > parts["DVA"]).all()
    assert (parts["FC"] > parts["FVA"]).all()


def test_transposed_flows_give_another_result():
    table = small_table(Z=np.array([[10.0, 14, 3, 1], [1, 20, 9, 6], [2, 3, 15, 4], [1, 5, 1, 25]]))
    x = table.output.to_numpy()
    turned = gvc.IOTable(table.Z.T, table.Y + (x - table.Z.T.sum(axis=1) - table.Y.sum(axis=1))[:, None] / 2,
                         index=table.index)  # fmt: skip
    assert not np.allclose(gvc.kww(table), gvc.kww(turned))


def one_way():
    """Two countries; the first buys abroad and sells nothing there."""
    return small_table(
        Z=[[10, 4, 0, 0], [5, 20, 0, 0], [2, 3, 15, 4], [1, 5, 6, 25]], Y=[[30, 0], [40, 0], [5, 45], [9, 60]]
    )


def test_country_that_does_not_export():
    table = one_way()
    for terms in (gvc.kww(table), gvc.borin_mancini(table), gvc.borin_mancini(table, "sink")):
        np.testing.assert_allclose(terms.loc["AAA"], 0, atol=1e-12)
    assert gvc.wwz(table).loc["AAA"].abs().max().max() < 1e-12
    # And nothing foreign in the exports of a country that does not import.
    assert gvc.aggregates(gvc.kww(table)).loc["BBB", "FC"] == pytest.approx(0, abs=1e-12)
    assert gvc.hummels(table)["BBB"] == pytest.approx(0, abs=1e-12)


def test_one_country_has_no_exports():
    table = gvc.IOTable([[1.0]], [[9.0]], ["A"], ["All"])
    assert gvc.kww(table).to_numpy().tolist() == [[0.0] * 9]
    assert gvc.wwz(table).shape == (0, 16)
    assert gvc.borin_mancini(table, by="bilateral").shape == (0, 12)


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        ({"approach": "sinc"}, "approach 'sinc' is not allowed; allowed: source, sink"),
        ({"by": "importer"}, "by 'importer' is not allowed; allowed: country, sector"),
        ({"perspective": "mine"}, "perspective 'mine' is not allowed; allowed: exporter, self, world"),
        ({"perspective": "world", "by": "sector"}, "by 'sector' is not allowed with perspective 'world'"),
    ],
)
def test_wrong_argument(arguments, allowed):
    with pytest.raises(ValueError, match=allowed):
        gvc.borin_mancini(small_table(), **arguments)


# What is computed once, and how -----------------------------------------------------------------------


def test_five_measures_cost_one_factorization(monkeypatch):
    from gvc_helpers.tables import leontief

    table, sizes, inverted = small_table(), [], []
    factorize, invert = leontief.lu_factor, np.linalg.inv
    monkeypatch.setattr(leontief, "lu_factor", lambda a, **k: sizes.append(len(a)) or factorize(a, **k))
    monkeypatch.setattr(np.linalg, "inv", lambda a: inverted.append(len(a)) or invert(a))
    for measure in (gvc.vertical_specialization, gvc.kww, gvc.wwz, gvc.borin_mancini, gvc.upstreamness):
        measure(table)
    assert sizes == [len(table.index)]
    assert inverted == [2] * len(table.countries), "only what is domestic is inverted"


@settings(max_examples=20)
@given(tables())
def test_diagonal_blocks_are_those_of_the_inverse(table):
    inverse = np.linalg.inv(np.eye(len(table.index)) - table.Z * table.leontief.per_output)
    for own, block in zip(table.blocks, table.leontief.own_blocks, strict=True):
        np.testing.assert_allclose(block, inverse[own, own], atol=1e-9)


def test_diagonal_blocks_where_rows_are_exchanged():
    """Inputs far above output make the factorization exchange rows across countries."""
    from gvc_helpers.tables.leontief import Leontief

    generator = np.random.default_rng(0)
    Z = generator.random((60, 60)) * 3
    system = Leontief(Z, np.full(60, 5.0), Z.sum(axis=0), [slice(0, 10), slice(10, 35), slice(35, 60)])
    assert (system.factors[1] != np.arange(60)).any()
    inverse = np.linalg.inv(np.eye(60) - Z / 5.0)
    for own, block in zip(system.blocks, system.own_blocks, strict=True):
        np.testing.assert_allclose(block, inverse[own, own], atol=1e-12)


def test_number_of_threads_changes_nothing_but_rounding():
    script = (
        "import sys, gvc_helpers as gvc; table = gvc.read_table('reconstruction');"
        "sys.stdout.write(gvc.wwz(table).sum().to_json(double_precision=15))"
    )
    results = [
        pd.read_json(
            io.StringIO(
                subprocess.run(
                    [sys.executable, "-c", script],
                    env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            ),
            typ="series",
        )
        for threads in "12"
    ]
    np.testing.assert_allclose(*results, rtol=1e-12)


# A bloc as one exporter -------------------------------------------------------------------------------


@settings(max_examples=20)
@given(tables())
def test_bloc_as_one_exporter(table):
    members = table.countries[:-1]
    union = table.unite("Union", members)
    inside = [(c, d) for c in members for d in members if c != d]
    flows = exports_by(table, "bilateral")
    netted = flows[members].sum() - sum(flows[pair] for pair in inside)
    close = {"abs": 1e-9 * scale(table)}
    assert union.exports["Union"].sum() == pytest.approx(netted, **close)
    assert gvc.kww(union).loc["Union"].sum() == pytest.approx(netted, **close)
    # What outsiders added to the bloc's exports is what they added to the members' exports outside.
    content = table.leontief.content(table.leontief.value_added_share[:, None] * table.membership)[:, -1]
    outside = table.exports_by_destination[table.countries[-1]]
    held = (content * outside)[table.index.get_level_values("country") != table.countries[-1]].sum()
    assert gvc.aggregates(gvc.kww(union)).loc["Union", "FC"] == pytest.approx(held, **close)


def test_other_columns_are_refused():
    with pytest.raises(ValueError, match="column 'DVA' is no term of kww, wwz or borin_mancini"):
        gvc.aggregates(gvc.miroudot_ye(small_table()))


def test_every_term_belongs_to_one_aggregate():
    names = [name for group in AGGREGATES.values() for name in group]
    assert len(names) == len(set(names))
    table = small_table()
    for terms in (gvc.kww(table), gvc.wwz(table), gvc.borin_mancini(table)):
        assert set(terms.columns) <= set(names)
