"""Shocks to suppliers and sanctions, against the models written out and solved anew."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers import cooperation as co
from gvc_helpers.cooperation.shocks import MODELS
from tests import literal_scenarios as literal
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

sizes = st.sampled_from([0.0, 0.3, 1.0])
any_table = st.one_of(tables(), ragged())
few = settings(max_examples=15)


def labels(table):
    return st.one_of(st.sampled_from(table.countries), st.sampled_from(list(table.index)))


def assert_supplier_shock(table, suppliers, size):
    lost, expected = (
        co.supplier_shock(table, suppliers, size),
        literal.supplier_shock(table, suppliers, size),
    )
    scale = max(1.0, np.abs(table.Y).sum())
    assert list(lost.columns) == MODELS == list(expected)
    assert lost.index.equals(table.index)
    for model in MODELS:
        np.testing.assert_allclose(lost[model], expected[model], atol=1e-9 * scale, err_msg=model)


def assert_sanctions(table, sellers, buyers, share):
    lost, scale = co.sanctions(table, sellers, buyers, share), max(1.0, np.abs(table.Y).sum())
    assert list(lost.columns) == ["sellers_side", "buyers_side"]
    assert lost.index.equals(table.index)
    expected = [model(table, sellers, buyers, share) for model in (literal.extraction, literal.buyers_side)]
    np.testing.assert_allclose(lost, np.transpose(expected), atol=1e-9 * scale)


def assert_critical_suppliers(table, country, size):
    lost, expected = (
        co.critical_suppliers(table, country, size),
        literal.critical_suppliers(table, country, size),
    )
    assert list(lost.columns) == MODELS
    assert sorted(lost.index) == sorted(expected)
    for label, row in lost.iterrows():
        np.testing.assert_allclose(row, [expected[label][model] for model in MODELS], rtol=1e-8, atol=1e-8)
    assert lost["supply_driven"].is_monotonic_decreasing


@few
@given(any_table, sizes, st.data())
def test_supplier_shock(table, size, data):
    assert_supplier_shock(table, data.draw(st.lists(labels(table), min_size=1, max_size=4)), size)


@few
@given(any_table, sizes, st.data())
def test_sanctions(table, share, data):
    buyers = data.draw(st.lists(st.sampled_from(table.countries[1:]), unique=True))
    others = [c for c in table.countries if c not in buyers]
    candidates = [*others, *(label for label in table.index if label[0] in others)]
    assert_sanctions(
        table, data.draw(st.lists(st.sampled_from(candidates), min_size=1, max_size=4)), buyers, share
    )


@few
@given(any_table, sizes)
def test_critical_suppliers(table, size):
    assert_critical_suppliers(table, table.countries[0], size)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    table = make()
    assert_supplier_shock(table, ["AAA", ("BBB", "Works")], 0.4)
    assert_sanctions(table, ["AAA"], ["BBB"], 0.4)
    assert_sanctions(table, [("BBB", "Works")], ["AAA"], 1.0)
    assert_critical_suppliers(table, "AAA", 0.4)
    assert_critical_suppliers(table, "BBB", 1.0)


@needs_leather
def test_worked_case(leather):
    for country in leather.countries:
        others = [c for c in leather.countries if c != country]
        assert_supplier_shock(leather, [country], 0.3)
        assert_sanctions(leather, [country], others, 0.5)
        assert_critical_suppliers(leather, country, 0.3)


@needs_wiod
def test_real_table(wiod_2011):
    table, product = wiod_2011.keep(["RUS", "DEU", "POL"]), ("RUS", "Mining and Quarrying")
    assert_supplier_shock(table, [product], 0.3)
    assert_sanctions(table, [product], ["DEU", "POL"], 1.0)
    # One supplier at a time, in the table as it is.
    lost = co.critical_suppliers(wiod_2011, "DEU", 0.3)
    whole = wiod_2011.value_added["DEU"].sum()
    for supplier in (product, ("CHN", "Electrical and Optical Equipment"), lost.index[0]):
        alone = co.supplier_shock(wiod_2011, [supplier], 0.3).loc["DEU"].sum()
        np.testing.assert_allclose(lost.loc[supplier], 100 * alone / whole, rtol=1e-6)


def test_by_hand():
    # B makes 100 with 60 from A, which has no inputs; A sells another 40 to its own users.
    table = gvc.IOTable([[0, 60], [0, 0]], [[40, 0], [0, 100]], ["A", "B"], ["All"])
    # Half of A: its users buy 20 less, B loses half of A's 60 %, and A half of its sales.
    expected = {"demand_driven": [20, 0], "supply_driven": [50, 0.4 * 30], "extraction": [50, 0]}
    assert co.supplier_shock(table, ["A"], 0.5).to_dict("list") == expected
    # Half of B: A loses its sales of inputs to B; nobody uses B's product.
    expected = {"demand_driven": [30, 20], "supply_driven": [0, 0.4 * 20], "extraction": [30, 20]}
    assert co.supplier_shock(table, ["B"], 0.5).to_dict("list") == expected
    expected = {"sellers_side": [30, 0], "buyers_side": [0, 0.4 * 30]}
    assert co.sanctions(table, ["A"], ["B"], 0.5).to_dict("list") == expected
    lost = co.critical_suppliers(table, "B", 0.5)
    assert lost.to_dict("index") == {("A", "All"): {"demand_driven": 0, "supply_driven": 30, "extraction": 0}}


# What must hold ----------------------------------------------------------------------------------


@few
@given(any_table)
def test_no_shock_no_loss(table):
    assert (co.supplier_shock(table, table.countries[:1], 0.0) == 0).all(axis=None)
    assert (co.sanctions(table, table.countries[:1], table.countries[1:], 0.0) == 0).all(axis=None)
    assert (co.sanctions(table, table.countries[:1], [], 1.0) == 0).all(axis=None)
    lost = co.critical_suppliers(table, table.countries[0], 0.0)
    assert (lost == 0).all(axis=None)


@few
@given(any_table, sizes.filter(bool))
def test_losses_from_supply_are_shares_of_the_suppliers_value_added(table, size):
    suppliers, lost = table.countries[:1], co.supplier_shock(table, table.countries[:1], size)
    _, x, v = literal.system(table)
    B = literal.inverse(literal.system(table)[0])
    mine = [label[0] in suppliers for label in table.index]
    content = [sum(v[i] * B[i, j] for i in np.flatnonzero(mine)) for j in range(len(x))]
    np.testing.assert_allclose(lost["supply_driven"], v * x * size * np.array(content), atol=1e-9 * x.sum())
    # All suppliers together hold everything.
    everything = co.supplier_shock(table, table.countries, size)["supply_driven"]
    np.testing.assert_allclose(everything, size * v * x, atol=1e-9 * x.sum())


@few
@given(any_table, sizes, st.data())
def test_losses_add_up_over_suppliers_but_for_extraction(table, size, data):
    rows = list(table.index)
    some = data.draw(st.lists(st.sampled_from(rows), min_size=1, max_size=4, unique=True))
    together = co.supplier_shock(table, some, size)
    alone = sum(co.supplier_shock(table, [supplier], size) for supplier in some)
    tolerance = 1e-9 * table.output.sum()
    linear = ["demand_driven", "supply_driven"]
    np.testing.assert_allclose(together[linear], alone[linear], atol=tolerance)
    if (table.Y >= 0).all():
        # Suppliers who supply each other lose these sales once only.
        assert (together["extraction"] <= alone["extraction"] + tolerance).all()


@few
@given(any_table, sizes)
def test_extraction_takes_more_than_final_demand(table, size):
    if (table.Y >= 0).all():
        lost, tolerance = co.supplier_shock(table, table.countries[:1], size), 1e-9 * table.output.sum()
        assert (lost["demand_driven"] <= lost["extraction"] + tolerance).all()
        assert (lost >= -tolerance).all(axis=None)


@few
@given(any_table, sizes)
def test_critical_suppliers_are_shocks_one_at_a_time(table, size):
    country = table.countries[0]
    lost, whole = co.critical_suppliers(table, country, size), table.value_added[country].sum()
    assert set(lost.index) == {label for label in table.index if label[0] != country}
    for supplier, row in lost.iterrows():
        alone = co.supplier_shock(table, [supplier], size).loc[[country]].sum()
        np.testing.assert_allclose(row, 100 * alone / whole, rtol=1e-8, atol=1e-8)


@few
@given(any_table)
def test_sanctions_on_all_exports_are_domestic_value_added_in_exports(table):
    for country in table.countries:
        others = [c for c in table.countries if c != country]
        lost = co.sanctions(table, [country], others, 1.0)["sellers_side"]
        own = [i for i, (c, _) in enumerate(table.index) if c == country]
        A, _, v = literal.system(table)
        local = v[own] @ literal.inverse(A[np.ix_(own, own)]) @ np.array(literal.exports(table))[own]
        assert lost[country].sum() == pytest.approx(local, abs=1e-8 * table.output.sum())


def test_supply_driven_losses_are_no_upper_bound():
    # B's works take 10 of A's ore and 40 of their own country's coal: without a third of the ore they shrink
    # by a third of 10 %, but by a third if coal does not replace ore.
    index = pd.MultiIndex.from_tuples([("A", "Ore"), ("B", "Coal"), ("B", "Works")])
    table = gvc.IOTable([[0, 0, 10], [0, 0, 40], [0, 0, 0]], [[0, 0], [0, 0], [0, 100]], index=index)
    lost = co.supplier_shock(table, [("A", "Ore")], 1 / 3)["supply_driven"]
    assert lost.tolist() == pytest.approx([10 / 3, 0, 50 * 0.1 / 3])
    assert literal.bottleneck(table, ("A", "Ore"), 1 / 3)[2] == pytest.approx(50 / 3)


@few
@given(any_table, sizes, st.data())
def test_incidence(table, size, data):
    members = data.draw(st.lists(st.sampled_from(table.countries), unique=True))
    country = table.countries[0]
    lost = co.supplier_shock(table, table.countries[:1], size).clip(lower=0.0)
    borne = co.incidence(lost, members, country)
    assert borne.index.tolist() == ["country", "partners", "others"]
    assert borne.index.name == "bearer"
    assert list(borne.columns) == MODELS
    for model in MODELS:
        whole = sum(lost[model])
        if whole == 0:
            assert borne[model].isna().all()
            continue
        bearers = dict.fromkeys(borne.index, 0.0)
        for (c, _), loss in lost[model].items():
            bearers["country" if c == country else "partners" if c in members else "others"] += loss
        assert borne[model].sum() == pytest.approx(100)
        assert borne[model].tolist() == pytest.approx([100 * b / whole for b in bearers.values()])


def test_incidence_of_a_bloc_that_has_no_others():
    lost = co.supplier_shock(small_table(), ["AAA"], 0.5)
    assert co.incidence(lost, ["AAA", "BBB"], "AAA").loc["others"].tolist() == [0, 0, 0]
    assert co.incidence(lost, [], "AAA").loc["partners"].tolist() == [0, 0, 0]
    # The country is never its own partner.
    pd.testing.assert_frame_equal(co.incidence(lost, ["AAA"], "AAA"), co.incidence(lost, [], "AAA"))


@pytest.mark.filterwarnings("error")
def test_country_without_value_added_has_no_critical_suppliers():
    table = gvc.IOTable([[0, 0], [0, 0]], [[10, 0], [0, 0]], ["A", "B"], ["All"])
    assert co.critical_suppliers(table, "B", 0.5).isna().all(axis=None)
    assert co.critical_suppliers(table, "A", 0.5).to_numpy().tolist() == [[0, 0, 0]]


@few
@given(any_table, sizes)
def test_percent_of_value_added(table, size):
    lost = co.supplier_shock(table, table.countries[:1], size)
    shown = co.percent_of_value_added(table, lost)
    assert shown.index.tolist() == table.countries
    assert list(shown.columns) == MODELS
    _, x, v = literal.system(table)
    for country in table.countries:
        own = [i for i, (c, _) in enumerate(table.index) if c == country]
        whole = sum(v[i] * x[i] for i in own)
        for model in MODELS:
            part = sum(lost[model].iloc[i] for i in own)
            expected = 100 * part / whole if whole > 0 else np.nan
            assert shown.loc[country, model] == pytest.approx(expected, rel=1e-8, abs=1e-8, nan_ok=True)


def test_percent_of_value_added_that_is_not_there():
    table = gvc.IOTable([[0, 0], [0, 20]], [[10, 0], [0, -5]], ["A", "B"], ["All"])
    assert table.value_added.tolist() == [10, -5]
    shown = co.percent_of_value_added(table, pd.DataFrame({"extraction": [1.0, 1.0]}, table.index))
    assert shown["extraction"].tolist() == pytest.approx([10, np.nan], nan_ok=True)


def test_stocks_that_are_run_down_lose_less_than_nothing():
    table = small_table(Y=[[30, 8], [-2, 12], [5, 45], [9, 60]])
    assert_supplier_shock(table, [("AAA", "Works")], 0.5)
    table = small_table(Y=[[30, 8], [40, 12], [5, 45], [2, -2.5]])
    lost = co.supplier_shock(table, [("BBB", "Works")], 0.5)
    assert (table.value_added > 0).all()
    assert (lost["demand_driven"] < 0).all()
    assert co.incidence(lost, [], "AAA")["demand_driven"].isna().all()


def test_a_country_is_all_its_sectors():
    table = small_table()
    pairs = [("AAA", "Farms"), ("AAA", "Works")]
    pd.testing.assert_frame_equal(
        co.supplier_shock(table, ["AAA"], 0.2), co.supplier_shock(table, pairs, 0.2)
    )
    pd.testing.assert_frame_equal(
        co.sanctions(table, ["AAA"], ["BBB"], 0.2), co.sanctions(table, ("AAA", *pairs), {"BBB"}, 0.2)
    )


def test_nothing_is_factorized_again(monkeypatch):
    table = small_table()
    table.leontief.requirements(np.zeros(4))
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    co.supplier_shock(table, ["AAA"], 0.5)
    co.sanctions(table, ["AAA"], ["BBB"], 0.5)
    co.critical_suppliers(table, "AAA", 0.5)


def test_what_is_wrong_is_named():
    table = uneven_table()
    for size in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match=rf"size {size} is not allowed; it must lie from 0 to 1"):
            co.supplier_shock(table, ["AAA"], size)
        with pytest.raises(ValueError, match=rf"size {size} is not allowed; it must lie from 0 to 1"):
            co.critical_suppliers(table, "AAA", size)
        with pytest.raises(ValueError, match=rf"share {size} is not allowed; it must lie from 0 to 1"):
            co.sanctions(table, ["AAA"], ["BBB"], size)
    with pytest.raises(gvc.TableError, match="seller 'CCC' is not in the table; it has AAA, BBB"):
        co.supplier_shock(table, ["CCC"], 0.5)
    with pytest.raises(
        gvc.TableError, match="seller 'BBB / Mines' is not in the table; BBB has Works, Banks"
    ):
        co.sanctions(table, [("BBB", "Mines")], ["AAA"], 0.5)
    with pytest.raises(gvc.TableError, match="sellers are missing; name countries or"):
        co.supplier_shock(table, [], 0.5)
    with pytest.raises(gvc.TableError, match="buyer 'CCC' is not in the table; it has AAA, BBB"):
        co.sanctions(table, ["AAA"], ["CCC"], 0.5)
    with pytest.raises(gvc.TableError, match="buyer 'BBB' is a text; a list is expected"):
        co.sanctions(table, ["AAA"], "BBB", 0.5)
    with pytest.raises(ValueError, match="country 'BBB' is a seller and a buyer; it must be one of them"):
        co.sanctions(table, ["AAA", ("BBB", "Works")], ["BBB"], 0.5)
    with pytest.raises(gvc.TableError, match="country 'CCC' is not in the table; it has AAA, BBB"):
        co.critical_suppliers(table, "CCC", 0.5)
    for measure in (
        lambda table: co.supplier_shock(table, ["AAA"], 0.5),
        lambda table: co.sanctions(table, ["AAA"], ["BBB"], 0.5),
        lambda table: co.critical_suppliers(table, "AAA", 0.5),
    ):
        with pytest.raises(gvc.TableError, match="balance the table"):
            measure(small_table(value_added=[1, 1, 1, 1]))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=5))
def test_what_others_bear_is_the_incidence_of_all_but_the_supplier(losses):
    lost = pd.Series(losses, pd.Index([f"C{i}" for i in range(len(losses))], name="country"))
    elsewhere = co.borne_elsewhere(lost, "C0")
    assert elsewhere == pytest.approx(
        100 * sum(losses[1:]) / sum(losses) if sum(losses) > 0 else 0.0, abs=1e-9
    )


@pytest.mark.parametrize(("own", "far"), [(89.0, True), (90.0, False), (100.0, False), (0.0, True)])
def test_a_shock_travels_where_others_bear_much(own, far):
    assert co.travels(pd.Series({"RUS": own, "BLR": 100.0 - own}), "RUS") is far
    assert not co.travels(pd.Series({"RUS": 0.0, "BLR": 0.0}), "RUS")
