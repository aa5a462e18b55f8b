import numpy as np
import pytest

from gvc_helpers.databases.read import read_ensemble, read_table
from gvc_helpers.measures.vertical_specialization import (
    bloc_share_of_exports,
    bloc_share_of_imported_inputs,
    vertical_specialization,
)
from gvc_helpers.papers import eaeu as published
from gvc_helpers.papers import eaeu_compared as audit
from gvc_helpers.papers import make_table as rec

SAME_TABLE = 1e-3
"""Two processors round differently and stop at slightly different points: no flow differs by more than this
share of the output of the sector that buys it (inputs), or of the one that makes it (final demand)."""


@pytest.fixture(scope="module")
def table():
    return read_table("reconstruction")


@pytest.fixture(scope="module")
def rebuilt():
    steps = []
    return rec.reconstruct(progress=lambda iteration, error: steps.append((iteration, error))), steps


def assert_fits(table):
    cells = audit.compare(vertical_specialization(table))
    subtotals = cells.index.get_level_values("row") == "EAEU"
    assert len(cells) == 306
    assert subtotals.sum() == 16
    assert cells["difference"][~subtotals].abs().max() <= 0.005
    assert cells["difference"][subtotals].abs().max() <= 0.015
    facts = published.quoted_shares()
    for column, measure in (
        ("imported_inputs", bloc_share_of_imported_inputs),
        ("exports", bloc_share_of_exports),
    ):
        printed = facts[column].dropna()
        half = [0.5 * 10.0 ** -len(f"{value:g}".partition(".")[2]) for value in printed]
        assert ((measure(table, published.EAEU)[printed.index] - printed).abs() <= half).all()
    assert (table.value_added > 0).all()
    assert (table.Z > 0).all()
    assert (table.Y > 0).all()
    assert (table.imbalance.abs() <= 1e-9 * table.output).all()
    assert table.exports["RUS"].sum() == pytest.approx(100, abs=1e-4)


def test_shipped_table_gives_back_every_printed_figure(table):
    assert_fits(table)


def test_shipped_table_says_what_it_is(table):
    assert table.countries == ["ARM", "BLR", "CHN", "DEU", "KAZ", "KGZ", "RUS", "UKR", "ROW"]
    assert len(table.sectors) == 14
    assert table.sectors[-1] == "Other sectors"
    assert (table.year, table.unit) == (2015, "Russia's gross exports = 100")
    assert table.source == "reconstruction from the printed tables of Belousov (2020)"
    assert table.check() == []


def test_every_member_of_the_ensemble_fits_and_differs(table):
    members = read_ensemble("reconstruction")
    assert len(members) >= 20
    for member in members:
        assert_fits(member)
        assert np.abs(np.log(member.Z / table.Z)).mean() > 0.1


def test_economies_keep_about_the_size_of_the_prior(table):
    size = table.value_added.groupby(level="country", sort=False).sum()
    assert np.abs(np.log(size / rec.prior().gdp)).max() < 0.15


def test_solver_gives_the_shipped_table(table, rebuilt):
    again, _ = rebuilt
    output = table.output.to_numpy()
    assert (np.abs(again.Z - table.Z) <= SAME_TABLE * output).all()
    assert (np.abs(again.Y - table.Y) <= SAME_TABLE * output[:, None]).all()
    assert_fits(again)


def test_progress_is_told_every_step(rebuilt):
    _, steps = rebuilt
    assert [iteration for iteration, _ in steps] == list(range(len(steps)))
    assert steps[0][1] > 1
    assert steps[-1][1] < rec.TOLERANCE


def test_printed_flows_lie_within_the_rounding_of_both_tables():
    flows, tables = rec.printed_flows(), published.printed_tables()
    shares = {"by_origin": 100 * flows / flows.sum(axis=0), "by_exporter": 100 * flows.T / flows.sum(axis=0)}
    for name, share in shares.items():
        printed = getattr(tables, name).loc[list(rec.COUNTRIES)]
        assert np.abs(share[:, :-1] - printed.to_numpy()).max() < 0.005


def test_derivatives_are_those_of_finite_differences():
    start = rec.prior()
    equations = rec._equations(start.gdp)
    _, jacobian = rec._evaluate(start.flows, equations)
    kinds = [
        "tables 1 and 2, RUS in the exports of BLR",
        "tables 1 and 2, KAZ in the exports of KAZ",
        "tables 1 and 2, DEU in the exports of ROW",
        "table 3, KGZ / Trade",
        "table 4, ARM / Mining and quarrying",
        "balance of UKR / Transport",
        "text, share of the EAEU in imported_inputs of BLR / Food, beverages and tobacco",
        "text, share of the EAEU in exports of KGZ / Agriculture, forestry, fishing and aquaculture",
        "trade balance of CHN",
        "value added of DEU",
    ]
    rng = np.random.default_rng(0)
    most = [np.abs(jacobian[equations.names.index(name)]).argmax() for name in kinds]
    final_demand, value_added = 5 * 136 + 130, 90 * 136 + 135
    for flow in [*most, final_demand, value_added, *rng.integers(start.flows.size, size=3)]:
        moved = []
        for step in (1e-5, -1e-5):
            flows = start.flows.copy()
            flows.ravel()[flow] *= np.exp(step)
            moved.append(rec._evaluate(flows, equations)[0])
        np.testing.assert_allclose(jacobian[:, flow], (moved[0] - moved[1]) / 2e-5, rtol=1e-4, atol=1e-9)


def test_prior_is_positive_and_changes_with_the_seed():
    base, first, second = rec.prior(), rec.prior(1), rec.prior(2)
    assert base.flows.shape == (126, 136)
    assert (base.flows > 0).all()
    assert np.array_equal(first.flows, rec.prior(1).flows)
    for one, other in ((base, first), (base, second), (first, second)):
        assert np.log(one.flows / other.flows).std() > 0.3
    sizes = [np.log(rec.prior(seed).gdp / base.gdp).std() for seed in range(10)]
    assert 0.1 < np.mean(sizes) < 0.2


def test_prior_adds_up_to_gdp():
    start = rec.prior()
    added = start.flows[:, -1].reshape(9, 14).sum(axis=1)
    np.testing.assert_allclose(added, start.gdp)
    assert dict(zip(rec.COUNTRIES, start.gdp, strict=True))["RUS"] == pytest.approx(100 * 1363 / 393)


def test_error_names_the_worst_figure(monkeypatch):
    monkeypatch.setattr(rec, "MAX_ITERATIONS", 2)
    with pytest.raises(rec.ReconstructionError, match=r"after 2 iterations; the worst figure is .+, off by"):
        rec.reconstruct()
