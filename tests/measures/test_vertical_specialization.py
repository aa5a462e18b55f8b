"""Vertical specialization against its definition, other software, and the identities of the theory."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import gvc_helpers as gvc
from tests.conftest import LEATHER, needs_leather, needs_wiod, small_table, tables


def literal(table):
    """Value added in exports as the definition writes it out, with an inverse."""
    Z, x = np.array(table.Z), table.output.to_numpy()
    A = np.array([[Z[i, j] / x[j] if x[j] > 0 else 0.0 for j in range(len(x))] for i in range(len(x))])
    B = np.linalg.inv(np.eye(len(x)) - A)
    v = 1 - A.sum(axis=0)
    e = np.array([
        sum(Z[i, j] for j, (c, _) in enumerate(table.index) if c != origin)
        + sum(table.Y[i, k] for k, c in enumerate(table.countries) if c != origin)
        for i, (origin, _) in enumerate(table.index)
    ])  # fmt: skip
    return pd.DataFrame(np.diag(v) @ B @ np.diag(e), table.index, table.index), pd.Series(e, table.index)


@given(tables())
def test_definition(table):
    vae, exports = literal(table)
    vs = gvc.vertical_specialization(table)
    scale = max(1.0, exports.abs().max())
    np.testing.assert_allclose(gvc.value_added_exports(table), vae, atol=1e-9 * scale)
    np.testing.assert_allclose(vs.exports, exports, atol=1e-9 * scale)
    for origin in table.countries:
        for exporter in table.countries:
            expected = vae.loc[origin, exporter].to_numpy().sum()
            assert vs.flows.loc[origin, exporter] == pytest.approx(expected, abs=1e-8 * scale)
            total = exports[exporter].sum()
            if total > 0:
                share = vs.by_origin.loc[origin, exporter]
                assert share == pytest.approx(100 * expected / total, abs=1e-6)
    for exporter, sector in table.index:
        total = exports[exporter].sum()
        if total > 0:
            abroad = vae.index.get_level_values("country") != exporter
            backward = vae.loc[abroad, (exporter, sector)].sum()
            forward = vae.loc[(exporter, sector), abroad].sum()
            assert vs.vs_by_sector.loc[sector, exporter] == pytest.approx(100 * backward / total, abs=1e-6)
            assert vs.vs1_by_sector.loc[sector, exporter] == pytest.approx(100 * forward / total, abs=1e-6)


def assert_identities(table, tolerance=1e-9):
    """Identities that the theory promises, in relation to exports."""
    vs = gvc.vertical_specialization(table)
    total = vs.country_exports
    scale = max(float(total.max()), 1e-9)
    np.testing.assert_allclose(vs.content.sum(axis=1), vs.exports, atol=tolerance * scale)
    np.testing.assert_allclose(vs.flows.sum(), total, atol=tolerance * scale)
    # Both solves tell the same flows.
    other = vs.use.groupby(level="country", sort=False).sum()
    np.testing.assert_allclose(other, vs.flows, atol=tolerance * scale)
    exporting = total > 0
    own = pd.Series(np.diag(vs.by_origin), vs.vs.index)
    np.testing.assert_allclose((vs.vs + own)[exporting], 100, atol=1e-7)
    np.testing.assert_allclose(vs.vs_by_sector.sum()[exporting], vs.vs[exporting], atol=1e-7)
    np.testing.assert_allclose(vs.vs1_by_sector.sum()[exporting], vs.vs1[exporting], atol=1e-7)
    # Tables 1 and 2 tell the same flows.
    flows = (vs.by_origin * total / 100).fillna(0.0)
    np.testing.assert_allclose(flows, (vs.by_exporter * total / 100).T.fillna(0.0), atol=tolerance * scale)
    return vs


@given(tables())
def test_identities(table):
    assert_identities(table)


@needs_wiod
def test_identities_on_real_tables(wiod):
    vs = assert_identities(wiod)
    vae = gvc.value_added_exports(wiod)
    np.testing.assert_allclose(vae.sum(), wiod.exports, atol=1e-9 * wiod.exports.sum())
    abroad = vae.index.get_level_values("country") != "DEU"
    expected = 100 * vae.loc[abroad, "DEU"].sum() / wiod.exports["DEU"].sum()
    np.testing.assert_allclose(vs.vs_by_sector["DEU"], expected, atol=1e-9)


@needs_wiod
def test_known_results_for_2011(wiod_2011):
    vs = gvc.vertical_specialization(wiod_2011)
    known = {"RUS": (6.1, 52.6), "CHN": (21.8, 20.0), "DEU": (27.2, 23.1), "USA": (14.9, 27.7)}
    for country, figures in known.items():
        assert (round(vs.vs[country], 1), round(vs.vs1[country], 1)) == figures


@needs_leather
def test_full_matrix_of_other_software(leather):
    reference = pd.read_csv(LEATHER / "leather_decompr_leontief_exports.csv", index_col=0)
    np.testing.assert_allclose(gvc.value_added_exports(leather), reference, atol=1e-10)


def test_country_that_does_not_export_has_no_shares():
    table = small_table(
        Z=[[10, 4, 0, 0], [5, 20, 0, 0], [2, 3, 15, 4], [1, 5, 6, 25]], Y=[[30, 0], [40, 0], [5, 45], [9, 60]]
    )
    vs = gvc.vertical_specialization(table)
    assert np.isnan(vs.vs["AAA"])
    assert vs.vs["BBB"] == pytest.approx(0.0)


def test_largest_tables_need_no_inverse(monkeypatch):
    monkeypatch.setattr(np.linalg, "inv", None)
    monkeypatch.setattr("scipy.linalg.inv", None)
    gvc.vertical_specialization(small_table())


def test_bloc_shares_by_hand():
    Z = np.zeros((3, 3))
    Z[:, 0] = [50, 30, 10]  # A buys 50 at home, 30 from B and 10 from C
    table = gvc.IOTable(
        Z, [[100.0, 20, 5], [10, 80, 0], [0, 0, 60]], ["A", "B", "C"], ["All"], unit="u", source="s"
    )
    assert gvc.bloc_share_of_imported_inputs(table, ["A", "B"])["A", "All"] == pytest.approx(75)
    assert gvc.bloc_share_of_exports(table, ["A", "B"])["A", "All"] == pytest.approx(80)
    assert np.isnan(gvc.bloc_share_of_imported_inputs(table, ["A", "B"])["B", "All"])


@given(tables())
def test_bloc_of_all_countries_has_everything(table):
    for share in (gvc.bloc_share_of_imported_inputs, gvc.bloc_share_of_exports):
        known = share(table, table.countries).dropna()
        np.testing.assert_allclose(known, 100)


@given(tables())
def test_totals_of_tables_1_and_2(table):
    vs = gvc.vertical_specialization(table)
    shown = table.countries[:-1]
    rows = gvc.with_totals(vs.by_origin, shown, table.countries[:2], ("bloc", "rest", "VS"))
    np.testing.assert_allclose(rows.loc[[*shown, "rest"]].sum(min_count=1).dropna(), 100)
    np.testing.assert_allclose(rows.loc["VS"], vs.vs[shown], equal_nan=True)
    first = table.countries[0]
    if len(table.countries) > 2:
        assert rows.loc["bloc", first] == pytest.approx(
            vs.by_origin.loc[table.countries[1], first], nan_ok=True
        )
