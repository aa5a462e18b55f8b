"""Participation and position against the sums written out, and the identities between them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import gvc_helpers as gvc
from tests import literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_decomposition import LEVELS, assert_same, scale

LINKAGES = ["forward", "backward"]


def assert_as_written_out(table):
    assert_same(gvc.trade_participation(table, "sector-bilateral"), literal.trade_participation(table), table)
    np.testing.assert_allclose(gvc.participation(table), literal.participation(table), atol=1e-7)
    for linkage in LINKAGES:
        parts = gvc.production_participation(table, linkage)
        assert_same(parts, literal.production_participation(table, linkage), table)
        lengths = gvc.production_length(table, linkage)
        np.testing.assert_allclose(lengths, literal.production_length(table, linkage), rtol=1e-7)
    np.testing.assert_allclose(gvc.upstreamness(table), literal.upstreamness(table), rtol=1e-9)
    np.testing.assert_allclose(gvc.downstreamness(table), literal.downstreamness(table), rtol=1e-9)


@settings(max_examples=20)
@given(tables())
def test_as_written_out(table):
    assert_as_written_out(table)


@settings(max_examples=10)
@given(ragged())
def test_sectors_that_differ_by_country(table):
    assert_as_written_out(table)


@needs_leather
def test_leather_as_written_out(leather):
    assert_as_written_out(leather)


def assert_identities(table):
    close = {"rtol": 0, "atol": 1e-9 * scale(table)}
    finest = gvc.trade_participation(table, "sector-bilateral")
    for by, levels in LEVELS.items():
        added = finest.groupby(level=levels, sort=False).sum()
        np.testing.assert_allclose(gvc.trade_participation(table, by), added, **close)
    forward, backward = (gvc.production_participation(table, linkage) for linkage in LINKAGES)
    output = float(table.output.max())
    share = table.leontief.value_added_share
    # By sector as well: the output-based measures of one package do not add up over sectors.
    np.testing.assert_allclose(forward.sum(axis=1), share * table.output, rtol=0, atol=1e-9 * output)
    np.testing.assert_allclose(backward.sum(axis=1), table.Y.sum(axis=1), rtol=0, atol=1e-9 * output)
    # The same production in the world, from where it starts and from where it ends.
    np.testing.assert_allclose(forward.sum(), backward.sum(), rtol=0, atol=1e-9 * table.output.sum())
    indices = {"forward": gvc.upstreamness(table), "backward": gvc.downstreamness(table)}
    for linkage, index in indices.items():
        total = gvc.production_length(table, linkage)["total"]
        known = total.notna() & index.notna()
        np.testing.assert_allclose(total[known], index[known], rtol=1e-9)
    # Value added travels as far forward as final output does backward.
    up, down = (index.fillna(0) for index in indices.values())
    value_added, final = share * table.output, table.Y.sum(axis=1)
    idle = table.output <= 0
    if not final[idle].any():
        assert (up * value_added).sum() == pytest.approx((down * final).sum(), rel=1e-9)


@settings(max_examples=20)
@given(tables())
def test_identities(table):
    assert_identities(table)


@needs_wiod
def test_identities_on_real_tables(wiod):
    assert_identities(wiod)


@needs_wiod
def test_stages_count_all_inputs_not_only_imported_ones(wiod_2011):
    """Two packages use the imported inputs alone, or divide by the wrong output, and find far less."""
    upstreamness = gvc.upstreamness(wiod_2011).dropna()
    assert (upstreamness >= 1 - 1e-6).all()
    mining = upstreamness.xs("Mining and Quarrying", level="sector")
    retail = upstreamness.xs("Health and Social Work", level="sector")
    assert mining.mean() > 2.5
    assert retail.mean() < 1.5
    # As the sum of a row of the allocation coefficients' inverse (Ghosh).
    x = wiod_2011.output.to_numpy()
    busy = x > 0
    allocation = wiod_2011.Z[np.ix_(busy, busy)] / x[busy, None]
    ghosh = np.linalg.solve(np.eye(busy.sum()) - allocation, np.ones(busy.sum()))
    np.testing.assert_allclose(upstreamness, ghosh, rtol=1e-6)


def test_stages_by_hand():
    """A makes inputs for B, which sells to C, which sells to final users."""
    table = gvc.IOTable(
        [[0, 60, 0], [0, 0, 90], [0, 0, 0]], [[0, 0, 0], [0, 0, 0], [0, 0, 100]], ["A", "B", "C"], ["All"]
    )
    assert gvc.upstreamness(table).tolist() == pytest.approx([3, 2, 1])
    # C is 0.1 own value (one stage), 0.3 of B (two) and 0.6 of A (three).
    assert gvc.downstreamness(table).tolist() == pytest.approx([1, 5 / 3, 0.1 + 0.6 + 1.8])


def test_sector_without_output_has_no_position():
    Z = np.array([[10.0, 4, 0, 1], [5, 20, 0, 6], [0, 0, 0, 0], [1, 5, 0, 25]])
    Y = np.array([[30.0, 8], [40, 12], [0, 0], [9, 60]])
    table = small_table(Z=Z, Y=Y)
    for index in (gvc.upstreamness(table), gvc.downstreamness(table)):
        assert np.isnan(index["BBB", "Farms"])
        assert index.notna().sum() == 3


def test_country_that_does_not_trade():
    table = small_table(
        Z=[[10, 4, 0, 0], [5, 20, 0, 0], [0, 0, 15, 4], [0, 0, 6, 25]], Y=[[30, 0], [40, 0], [0, 45], [0, 60]]
    )
    assert gvc.participation(table).isna().all(axis=None)
    parts = gvc.production_participation(table)
    np.testing.assert_allclose(parts["domestic"], table.value_added)
    assert gvc.production_length(table)["gvc"].isna().all()


def test_position_is_upstream_where_others_rely_on_the_country():
    table = gvc.IOTable([[0, 50], [0, 0]], [[50, 0], [50, 50]], ["A", "B"], ["All"], unit="u", source="s")
    result = gvc.participation(table)
    assert result.loc["A"].tolist() == pytest.approx([0, 50, 50, np.log(1.5)])
    assert result.loc["B"].tolist() == pytest.approx([50, 0, 50, -np.log(1.5)])


@pytest.mark.parametrize("measure", [gvc.production_participation, gvc.production_length])
def test_wrong_linkage(measure):
    with pytest.raises(ValueError, match="linkage 'up' is not allowed; allowed: forward, backward"):
        measure(small_table(), "up")
    with pytest.raises(ValueError, match="by 'importer' is not allowed"):
        gvc.trade_participation(small_table(), "importer")


def test_frames_are_labelled():
    table = small_table()
    assert isinstance(gvc.production_length(table).index, pd.MultiIndex)
    assert gvc.participation(table).index.name == "country"
