"""Make, cooperate or buy, against the changed table written out and solved anew."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers import cooperation as co
from gvc_helpers.cooperation import opportunity
from gvc_helpers.cooperation.opportunity import LEAST, MOST, WAYS, Option
from tests.conftest import needs_leather, needs_wiod, ragged, small_table, tables
from tests.literal_scenarios import Scenario, inverse, system
from tests.measures.test_absorption import idle_table, uneven_table

shares = st.sampled_from([0.0, 0.3, 1.0])
disadvantages = st.sampled_from([-0.5, 0.0, 0.2, 0.6])
elasticities = st.sampled_from([0.0, 2.0, 15.0])
slacks = st.sampled_from([0.0, 0.3, 1.0])
few = settings(max_examples=15)

COLUMNS = [
    *["value_added", "bloc_value_added", "price", "users_cost", "exports_at_stake", "value_added_at_stake"],
    *["net", "bloc_net", "foreign_content", "outside_bloc"],
]


def same_names(table):
    """Take the country out of the names of sectors, so that countries share some of them."""
    index = pd.MultiIndex.from_tuples([(c, "S" + s.rsplit(".", 1)[1]) for c, s in table.index])
    return gvc.IOTable(table.Z, table.Y, index=index, unit=table.unit, source=table.source)


uneven = st.one_of(tables(), ragged().map(same_names))


def products(table):
    return [label for label in table.index if table.output[label] > 0]


def assert_definition(table, product, members, way, option, elasticity, slack=1.0):
    """Also returns the measured row."""
    scenario = Scenario(table, product, members, way, option.share, option.disadvantage)
    ways = co.alternatives(table, *product, members, elasticity, slack)
    assert ways.possible(way) == scenario.possible
    if not scenario.feasible:
        with pytest.raises(gvc.TableError, match="would use up more than it yields; choose smaller ones"):
            ways.measure(way, option)
        return None
    expected = scenario.measured(elasticity, slack)
    row = pd.Series(ways.measure(way, option))
    scale = max(1.0, 100 * table.output.sum() / table.output[product]) * (1 + abs(expected["price"]))
    np.testing.assert_allclose(row, [expected[name] for name in COLUMNS], rtol=1e-8, atol=1e-10 * scale)
    measured = co.opportunity_cost(table, product, members, {way: option}, elasticity, slack)
    assert list(measured.index) == ["present", way]
    assert list(measured.columns) == COLUMNS
    if scenario.possible:
        np.testing.assert_array_equal(measured.loc[way], row)
    else:
        assert measured.loc[way].isna().all()
    now = Scenario(table, product, members, way, 0.0, 0.0).measured(elasticity, slack)
    np.testing.assert_allclose(measured.loc["present"], [now[n] for n in COLUMNS], atol=1e-10 * scale)
    np.testing.assert_allclose(measured.loc["present", COLUMNS[:8]], 0.0, atol=1e-10 * scale)
    return row


@settings(max_examples=40)
@given(uneven, st.sampled_from(WAYS), shares, disadvantages, elasticities, slacks, st.data())
def test_definition(table, way, share, disadvantage, elasticity, slack, data):
    product = data.draw(st.sampled_from(products(table)))
    members = data.draw(st.lists(st.sampled_from(table.countries), unique=True))
    assert_definition(table, product, members, way, Option(share, disadvantage), elasticity, slack)


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
@pytest.mark.parametrize("way", WAYS)
def test_particular_tables(make, way):
    table = make()
    for product in products(table):
        for members in ([], ["AAA", "BBB"]):
            assert_definition(table, product, members, way, Option(0.7, 0.3), 3.0)


@few
@given(ragged(), st.sampled_from(WAYS))
def test_sectors_that_no_other_country_has_can_only_be_kept(table, way):
    product = table.index[0]
    measured = co.opportunity_cost(table, product, table.countries, {way: Option(0.5, 0.1)}, 1.0, 1.0)
    assert measured.loc[way].isna().all()
    assert measured.loc["present"].notna().all()


@needs_leather
@pytest.mark.parametrize("way", WAYS)
def test_worked_case(leather, way):
    for product in products(leather):
        for option in (Option(1.0, 0.0), Option(0.5, 0.25)):
            assert_definition(leather, product, leather.countries[:2], way, option, 2.0)


@needs_wiod
@pytest.mark.parametrize("way", WAYS)
def test_real_table(wiod_2011, way):
    table = wiod_2011.keep(["DEU", "POL", "CZE", "RUS"])
    row = assert_definition(table, ("POL", "Transport Equipment"), ["CZE", "DEU"], way, Option(0.5, 0.1), 2.0)
    assert row is not None


def hand_made(**changes):
    """A makes 100 of inputs 30 from B and 10 from C; B and C use none and sell the rest at home."""
    Z = [[0, 0, 0], [30, 0, 0], [10, 0, 0]]
    Y = [[80, 20, 0], [0, 70, 0], [0, 0, 90]]
    return gvc.IOTable(**({"Z": Z, "Y": Y, "countries": ["A", "B", "C"], "sectors": ["All"]} | changes))


def test_by_hand():
    options = {"make": Option(0.5, 0.2), "cooperate": Option(0.5, 0.1), "buy": Option(0.5, 0.2)}
    measured = co.opportunity_cost(hand_made(), ("A", "All"), ["A", "B"], options, 2.0, 1.0)
    # Half of the inputs, 0.2, become 0.24 of A's own product: 1 / 0.76 units and a price of 0.8 / 0.76.
    price = 80 / 0.76 - 100
    gain, cost, lost = 60 / 0.76 - 60, 0.8 * price, 0.2 * 2 * price
    bloc = gain + (0.15 / 0.76 - 0.3) * 100
    expected = {
        "present": [0, 0, 0, 0, 0, 0, 0, 0, 40, 10],
        # B's users of A's product pay more, too, and 0.9 of A's exports are value added of the two.
        "make": [
            gain,
            bloc,
            price,
            cost,
            lost,
            0.6 * lost,
            gain - cost - 0.6 * lost,
            bloc - price - 0.9 * lost,
            25,
            6.25,
        ],
        # 0.05 of C's inputs become 0.055 of B's; A's price rises to 1.005, and 2 x 0.5 % of 20 are lost.
        "cooperate": [0, 5.5, 0.5, 0.4, 0.2, 0.12, -0.52, 4.82, 100 * 0.405 / 1.005, 100 * 0.05 / 1.005],
        # 40 of the 80 sold at home become 36 of B's and 12 of C's, and B sells A 12 of inputs less; half of
        # the exports of 20 is given up. C's value added is 0.05 in A's product and 0.15 beside it.
        "buy": [-24, -24 - 12 + 36, 10, 8, 10, 6, -38, -17, 100 * (1 - 0.3 / 1.1), 100 * 0.2 / 1.1],
    }
    for way, row in expected.items():
        np.testing.assert_allclose(measured.loc[way], row, atol=1e-9, err_msg=way)
    np.testing.assert_allclose(measured.loc["make", "outside_bloc"], 100 * 0.05 / 0.8)


# What must hold ----------------------------------------------------------------------------------


@few
@given(uneven, st.sampled_from(WAYS), disadvantages, st.data())
def test_share_zero_changes_nothing(table, way, disadvantage, data):
    product = data.draw(st.sampled_from(products(table)))
    ways = co.alternatives(table, *product, table.countries[:2], 3.0, 1.0)
    measured = ways.measure(way, Option(0.0, disadvantage))
    changes = [measured[name] for name in COLUMNS[:8]]
    np.testing.assert_allclose(changes, 0.0, atol=1e-7)


@few
@given(uneven, st.sampled_from(WAYS), shares, st.data())
def test_without_a_disadvantage_prices_stay(table, way, share, data):
    product = data.draw(st.sampled_from(products(table)))
    ways = co.alternatives(table, *product, table.countries[:2], 3.0, 1.0)
    row, scale = ways.measure(way, Option(share, 0.0)), table.output.sum() / table.output[product]
    np.testing.assert_allclose([row["price"], row["users_cost"]], 0.0, atol=1e-9 * scale)
    if way != "buy":
        stake = [row["exports_at_stake"], row["value_added_at_stake"]]
        np.testing.assert_allclose(stake, 0.0, atol=1e-9 * scale)


@few
@given(uneven, shares.filter(bool), st.data())
def test_making_adds_value_if_and_only_if_domestic_inputs_hold_more_of_it(table, share, data):
    product = data.draw(st.sampled_from(products(table)))
    scenario = Scenario(table, product, [], "make", share, 0.0)
    j, own = scenario.j, scenario.own
    swap = scenario.A_new[:, j] - scenario.A[:, j]
    for A in (scenario.A, scenario.A_new):  # the contents before and after the change agree on it
        held = sum(scenario.v[i] * inverse(A)[i] for i in own)
        more = held[own] @ swap[own] + sum(held[i] * s for i, s in enumerate(swap) if i not in own)
        gain = co.alternatives(table, *product, [], 0.0, 1.0).measure("make", Option(share, 0.0))[
            "value_added"
        ]
        assert (gain > 1e-9) == (more > 1e-11) or abs(more) < 1e-9


@few
@given(tables(), shares.filter(bool))
def test_making_adds_value_with_one_sector_in_every_country(table, share):
    table = table.aggregate(sectors={"All": table.sectors})
    for product in products(table):
        ways = co.alternatives(table, *product, [], 0.0, 1.0)
        if ways.possible("make") and (table.leontief.value_added_share > 0).all():
            assert ways.measure("make", Option(share, 0.0))["value_added"] > 0


def test_making_can_cost_value_added():
    # Works of B are made of A's grain; those of A are put together from B's parts.
    index = pd.MultiIndex.from_tuples(
        [("A", "Cars"), ("A", "Works"), ("A", "Grain"), ("B", "Works"), ("B", "Parts")]
    )
    Z = [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 45, 0], [50, 0, 0, 0, 0], [0, 90, 0, 0, 0]]
    Y = [[100, 0], [100, 0], [5, 0], [0, 0], [0, 10]]
    ways = co.alternatives(gvc.IOTable(Z, Y, index=index), "A", "Cars", [], 0.0, 1.0)
    # Of 50 works, 45 were A's grain; now 5 are A's work.
    assert ways.measure("make", Option(1.0, 0.0))["value_added"] == pytest.approx(5 - 45)


def test_making_can_cost_value_added_with_one_sector_where_none_is_added():
    # B's product holds more of A's value added than A's own, which adds none but what B takes from it.
    table = gvc.IOTable([[40, 60], [65, 0]], [[0, 0], [0, 10]], ["A", "B"], ["All"])
    assert table.value_added.tolist() == [-5, 15]
    assert (
        co.alternatives(table, "A", "All", [], 0.0, 1.0).measure("make", Option(0.5, 0.0))["value_added"] < 0
    )


@few
@given(uneven, st.sampled_from(WAYS), shares, disadvantages, st.data())
def test_value_added_less_users_cost_is_the_change_of_the_trade_balance(
    table, way, share, disadvantage, data
):
    product = data.draw(st.sampled_from(products(table)))
    scenario = Scenario(table, product, table.countries[:2], way, share, disadvantage)
    assume(scenario.feasible)
    row = co.alternatives(table, *product, table.countries[:2], 0.0, 1.0).measure(
        way, Option(share, disadvantage)
    )
    change = scenario.trade_balance(after=True) - scenario.trade_balance(after=False)
    scale = table.output[product] / 100
    gain = scale * (row["value_added"] - row["users_cost"])
    assert gain == pytest.approx(change, rel=1e-7, abs=1e-7 * max(1, table.output.sum()))


@few
@given(uneven, disadvantages, st.data())
def test_the_country_itself_may_be_named_as_a_member(table, disadvantage, data):
    product = data.draw(st.sampled_from(products(table)))
    others = [c for c in table.countries[:2] if c != product[0]]
    with_it, without = (
        co.alternatives(table, *product, members, 1.0, 1.0).measure("cooperate", Option(0.2, disadvantage))
        for members in ([product[0], *others], others)
    )
    assert with_it == without


@few
@given(tables(), st.sampled_from(WAYS), shares, disadvantages)
def test_contents(table, way, share, disadvantage):
    product = products(table)[0]
    assume(Scenario(table, product, table.countries[:2], way, share, disadvantage).feasible)
    ways = co.alternatives(table, *product, table.countries[:2], 0.0, 1.0)
    row = ways.measure(way, Option(share, disadvantage))
    assert -1e-7 <= row["outside_bloc"] <= row["foreign_content"] + 1e-7 <= 100 + 2e-7
    whole_bloc = co.alternatives(table, *product, table.countries, 0.0, 1.0)
    assert not whole_bloc.possible("cooperate")
    assert whole_bloc.measure(way, Option(share, 0.0))["outside_bloc"] == pytest.approx(0, abs=1e-7)


@few
@given(uneven, shares, disadvantages, slacks, st.data())
def test_the_world_gains_nothing_from_work_that_costs_more(table, share, disadvantage, slack, data):
    product, world = data.draw(st.sampled_from(products(table))), table.countries
    assume(Scenario(table, product, world, "make", share, disadvantage).feasible)
    row = co.alternatives(table, *product, world, 0.0, slack).measure("make", Option(share, disadvantage))
    # All users together pay all value added.
    scale = 1 + abs(row["bloc_value_added"]) + abs(row["value_added"])
    assert row["bloc_net"] == pytest.approx((slack - 1) * row["bloc_value_added"], abs=1e-7 * scale)


@few
@given(uneven, st.sampled_from(["make", "cooperate"]), shares.filter(bool), st.data())
def test_nothing_that_costs_more_pays_where_all_resources_have_another_use(table, way, share, data):
    product = data.draw(st.sampled_from(products(table)))
    ways = co.alternatives(table, *product, table.countries[:2], 3.0, 0.0)
    assume((table.Y >= 0).all() and ways.possible(way))
    assert ways.net(way, Option(share, 0.0)) == pytest.approx(0, abs=1e-7)
    assert ways.net(way, Option(share, -0.1)) >= -1e-7
    assert feasible_net(ways, way, share, 0.1) <= 1e-7


# Break-even --------------------------------------------------------------------------------------


def assert_break_even(ways, way, share):
    even = ways.break_even(way, share)
    if not ways.possible(way):
        assert np.isnan(even)
        return
    nets = [feasible_net(ways, way, share, cost) for cost in np.linspace(LEAST, MOST, 39)]
    pays = [net > 0 for net in nets]
    ends = [i for i in range(1, len(pays)) if pays[i - 1] and not pays[i]]
    if not ends:
        assert even == (np.inf if pays[-1] else -np.inf)
        return
    # It is the first end of a gain, between the two disadvantages where that was seen.
    assert LEAST + 0.05 * (ends[0] - 1) - 1e-9 <= even <= LEAST + 0.05 * ends[0] + 1e-9
    scale = max(1.0, *(abs(net) for net in nets if np.isfinite(net)))
    if np.isfinite(nets[ends[0]]):
        assert ways.net(way, Option(share, even)) == pytest.approx(0, abs=1e-6 * scale)
    assert feasible_net(ways, way, share, even - 1e-6) > -1e-4 * scale
    # Further on it does not pay, or cannot be.
    assert feasible_net(ways, way, share, even + 1e-6) < 1e-4 * scale


def feasible_net(ways, way, share, cost):
    try:
        return ways.net(way, Option(share, cost))
    except gvc.TableError:
        return -np.inf


@few
@given(uneven, st.sampled_from(WAYS), shares.filter(bool), st.sampled_from([0.0, 2.0]), slacks, st.data())
def test_break_even(table, way, share, elasticity, slack, data):
    product = data.draw(st.sampled_from(products(table)))
    assert_break_even(co.alternatives(table, *product, table.countries[:2], elasticity, slack), way, share)


def test_break_even_by_hand():
    ways = co.alternatives(hand_made(), "A", "All", ["B"], 0.0, 1.0)
    # Buying 80 φ abroad saves nothing: at no disadvantage 48 φ + 12 φ are lost, so it must be cheaper by
    # 60 φ / 80 φ.
    assert ways.break_even("buy", 0.5) == pytest.approx(-0.75)
    # B's inputs for C's leave A's value added alone: they pay while they cost less.
    assert ways.break_even("cooperate", 0.5) == pytest.approx(0, abs=1e-9)
    # A's own inputs for imported ones, 0.2 (1 + δ) of them: gain 60 / left - 60, cost 80 (0.2 δ / left).
    assert ways.break_even("make", 0.5) == np.inf
    assert np.isnan(ways.break_even("make", 0.0))
    assert np.isnan(co.alternatives(hand_made(), "A", "All", [], 0.0, 1.0).break_even("cooperate", 0.5))


def test_break_even_of_a_way_that_starts_to_pay():
    # All users of A's cars are abroad and bear the cost, so that A gains the more, the dearer its parts are.
    table = gvc.IOTable(
        [[0, 0, 0], [0, 0, 30], [40, 0, 0]],
        [[0, 100], [50, 0], [0, 40]],
        index=pd.MultiIndex.from_tuples([("A", "Cars"), ("A", "Parts"), ("B", "Parts")]),
    )
    ways = co.alternatives(table, "A", "Cars", [], 0.0, 1.0)
    # B's parts hold 30 / 80 of A's value added, and A's own are all of it: it pays from 1 + δ = 30 / 80 on.
    assert ways.net("make", Option(0.5, -0.8)) < 0 < ways.net("make", Option(0.5, -0.4))
    assert ways.net("make", Option(0.5, -0.625)) == pytest.approx(0)
    assert ways.break_even("make", 0.5) == np.inf
    even = co.break_evens(table, "A", ["Cars"], [], {"make": Option(0.5, 0.2)}, 0.0, 1.0)
    assert even.loc["Cars"].tolist() == [np.inf]


def test_break_even_is_the_first_end_of_a_gain(monkeypatch):
    def net(ways, way, option):  # pays from -0.7 to -0.42 and from 0.1 to 0.63
        return -(option.disadvantage + 0.7) * np.prod(
            [option.disadvantage - end for end in (-0.42, 0.1, 0.63)]
        )

    monkeypatch.setattr(opportunity.Alternatives, "net", net)
    ways = co.alternatives(hand_made(), "A", "All", [], 0.0, 1.0)
    assert ways.break_even("make", 0.5) == pytest.approx(-0.42)


def test_break_even_where_the_product_would_use_itself_up():
    # 0.9 of imported inputs: of A's own, 1 / 0.9 times as many at most, whatever they gain.
    table = gvc.IOTable([[0, 0], [90, 0]], [[10, 90], [0, 10]], ["A", "B"], ["All"])
    ways = co.alternatives(table, "A", "All", [], 0.0, 1.0)
    assert ways.net("make", Option(1.0, 0.11)) > 0
    with pytest.raises(gvc.TableError, match=r"A / All: with this share and disadvantage the product would"):
        ways.net("make", Option(1.0, 0.12))
    assert ways.break_even("make", 1.0) == pytest.approx(1 / 9, abs=1e-8)
    with pytest.raises(gvc.TableError, match="would use up more"):
        co.trade_off(ways, {"make": Option(1.0, 0.0)}, [0.0, 0.5])


@settings(max_examples=5)
@given(tables())
def test_products(table):
    country, members = table.countries[0], table.countries[:2]
    options = {"make": Option(0.3, 0.1), "cooperate": Option(0.3, 0.0), "buy": Option(0.3, -0.2)}
    asked = (table, country, ["S9", *table.sectors], members, options, 2.0, 0.5)
    gains, even = co.net_gains(*asked), co.break_evens(*asked)
    assert list(gains.index) == list(even.index) == [s for c, s in products(table) if c == country]
    for sector in gains.index:
        ways = co.alternatives(table, country, sector, members, 2.0, 0.5)
        rows = co.opportunity_cost(table, (country, sector), members, options, 2.0, 0.5)
        for way, option in options.items():
            assert_same(gains.loc[sector, f"net_{way}"], rows.loc[way, "net"])
            assert_same(gains.loc[sector, f"bloc_net_{way}"], rows.loc[way, "bloc_net"])
            assert_same(even.loc[sector, f"break_even_{way}"], 100 * ways.break_even(way, option.share))
        for column, net in (("best", "net"), ("bloc_best", "bloc_net")):
            among = rows.loc[list(WAYS), net]
            expected = among.idxmax() if among.fillna(-1).max() > 0 else "present"
            assert gains.loc[sector, column] == expected


def test_products_that_are_not_made_are_left_out():
    asked = (idle_table(), "BBB", ["Farms", "Works", "Mines"], [], {"make": Option(0.5, 0.1)}, 1.0, 1.0)
    assert list(co.net_gains(*asked).index) == list(co.break_evens(*asked).index) == ["Works"]


def assert_same(value, other):
    np.testing.assert_equal(float(value), float(other))


def test_trade_off():
    ways = co.alternatives(hand_made(), "A", "All", [], 2.0, 1.0)
    options = {"cooperate": Option(0.5, 0.3), "buy": Option(0.5, 0.3)}
    country, bloc = co.trade_off(ways, options, [0.0, 0.2])
    assert country.index.tolist() == [0, 20]
    assert list(country.columns) == ["buy"]
    np.testing.assert_allclose(country["buy"], [-30, -38])
    np.testing.assert_allclose(bloc, country)  # the country is alone
    ways = co.alternatives(hand_made(), "A", "All", ["B"], 2.0, 1.0)
    _, bloc = co.trade_off(ways, options, [0.1, 0.2])
    for cost in (0.1, 0.2):
        for way in ("cooperate", "buy"):
            assert_same(bloc.loc[100 * cost, way], ways.measure(way, Option(0.5, cost))["bloc_net"])
    assert bloc["cooperate"].tolist()[0] == pytest.approx(4.82)  # as by hand


def test_best_way():
    assert (
        co.best_way(pd.Series({"present": 9.0, "make": 1.0, "cooperate": 2.0, "buy": np.nan})) == "cooperate"
    )
    assert co.best_way(pd.Series({"make": -1.0, "buy": 0.0})) == "present"
    assert co.best_way(pd.Series({"make": np.nan})) == co.best_way(pd.Series(dtype=float)) == "present"


def test_what_has_another_use_gains_nothing():
    options = {"make": Option(0.5, 0.2), "buy": Option(0.5, -0.2)}
    measured = co.opportunity_cost(hand_made(), ("A", "All"), ["B"], options, 2.0, 0.0)
    np.testing.assert_allclose(measured["net"], -measured["users_cost"])
    assert co.best_way(measured["net"]) == "buy"
    ways = co.alternatives(hand_made(), "A", "All", ["B"], 2.0, 1.0)
    by_slack = co.break_evens_by_slack(ways, options, [0.0, 0.5, 1.0])
    assert by_slack.index.tolist() == [0, 50, 100]
    for slack in (0.0, 0.5, 1.0):
        at = co.alternatives(hand_made(), "A", "All", ["B"], 2.0, slack)
        assert_same(by_slack.loc[100 * slack, "make"], 100 * at.break_even("make", 0.5))
    assert by_slack["make"].is_monotonic_increasing


# Edges -------------------------------------------------------------------------------------------


def test_inputs_whose_sector_the_country_lacks_stay_imported():
    table = uneven_table()
    # AAA has no banks, and its works take 2 of BBB's banks beside 4 of its works.
    scenario = Scenario(table, ("AAA", "Works"), [], "make", 1.0, 0.0)
    assert scenario.A_new[:, 1] * table.output.iloc[1] == pytest.approx([6, 13, 8, 0, 2])
    assert_definition(table, ("AAA", "Works"), [], "make", Option(1.0, 0.0), 0.0)
    # BBB's banks take works of AAA, which BBB has, too.
    assert co.alternatives(table, "BBB", "Banks", [], 0.0, 1.0).possible("make")


def test_own_sector_without_output_cannot_make_anything():
    table = small_table(
        Z=[[10, 0, 3, 1], [0, 0, 0, 0], [2, 0, 15, 4], [1, 0, 6, 25]],
        Y=[[30, 8], [0, 0], [5, 45], [9, 60]],
    )
    scenario = Scenario(table, ("AAA", "Farms"), [], "make", 1.0, 0.0)
    assert scenario.A_new[3, 0] == scenario.A[3, 0] > 0 == scenario.A_new[2, 0]
    assert_definition(table, ("AAA", "Farms"), [], "make", Option(1.0, 0.0), 0.0)


def four(Z_changes=(), Y_changes=()):
    """Four countries, one sector; A buys 10 of D and C 15, and A nothing of B and C unless changed."""
    Z, Y = np.zeros((4, 4)), np.diag([100.0, 50, 50, 50])
    Z[3, 0], Z[3, 2] = 10, 15
    for cell, value in Z_changes:
        Z[cell] = value
    for cell, value in Y_changes:
        Y[cell] = value
    return gvc.IOTable(Z, Y, ["A", "B", "C", "D"], ["All"])


@pytest.mark.parametrize(
    ("Z_changes", "Y_changes", "divided"),
    [
        ([((1, 0), 6), ((2, 0), 2)], [((2, 3), 40)], (0.75, 0.25)),  # as they deliver now
        ([], [((1, 3), 10), ((2, 3), 30)], (0.25, 0.75)),  # as they export
        ([], [((1, 3), 10), ((2, 3), -5)], (1.0, 0.0)),  # exports below zero count as none
        ([], [], None),  # partners that neither deliver nor export
    ],
)
def test_what_is_shifted_is_divided_among_partners(Z_changes, Y_changes, divided):
    table, members = four(Z_changes, Y_changes), ["A", "B", "C"]
    ways = co.alternatives(table, "A", "All", members, 0.0, 1.0)
    assert ways.possible("cooperate") == (divided is not None)
    alone = {m: co.alternatives(table, "A", "All", ["A", m], 0.0, 1.0) for m in "BC"}
    row = assert_definition(table, ("A", "All"), members, "cooperate", Option(1.0, 0.5), 1.0)
    if divided:
        scenario = Scenario(table, ("A", "All"), members, "cooperate", 1.0, 0.5)
        assert (scenario.A_new - scenario.A)[1:3, 0] == pytest.approx(0.15 * np.array(divided))
        assert row["price"] == pytest.approx(5)
        assert alone["B"].possible("cooperate")


def test_without_partners_there_is_no_cooperation():
    ways = co.alternatives(small_table(), "AAA", "Farms", ["AAA"], 1.0, 1.0)
    assert not ways.possible("cooperate")
    measured = co.opportunity_cost(
        small_table(), ("AAA", "Farms"), [], {"cooperate": Option(1, 0), "make": Option(1, 0)}, 1.0, 1.0
    )
    assert measured.loc["cooperate"].isna().all()
    assert measured.loc["make"].notna().all()
    asked = (small_table(), "AAA", ["Farms"], [], {"cooperate": Option(1, 0)}, 1.0, 1.0)
    assert co.break_evens(*asked)["break_even_cooperate"].isna().all()
    gains = co.net_gains(*asked)
    assert gains[["net_cooperate", "bloc_net_cooperate"]].isna().all(axis=None)
    assert gains.loc["Farms", "best"] == gains.loc["Farms", "bloc_best"] == "present"


@pytest.mark.parametrize(
    ("Z_changes", "Y_changes", "sources"),
    [
        ([], [((1, 0), 30)], (30, 0, 10)),  # from where A imports it, for final users as well
        ([], [((1, 0), 30), ((2, 0), -5)], (30, 0, 10)),  # imports below zero count as none
        ([((3, 0), 0)], [((1, 3), 20), ((2, 3), 5)], (20, 5, 15)),  # A imports none, but others export it
        ([((3, 0), 0)], [((1, 3), 20), ((2, 3), -5)], (20, 0, 15)),
        ([((3, 0), 0), ((3, 2), 0)], [], None),  # nobody exports it
    ],
)
def test_what_is_bought_comes_from_present_sellers(Z_changes, Y_changes, sources):
    table = four(Z_changes, Y_changes)
    row = assert_definition(table, ("A", "All"), ["C"], "buy", Option(0.5, 0.2), 1.0)
    assert co.alternatives(table, "A", "All", [], 1.0, 1.0).possible("buy") == (sources is not None)
    if sources:
        scenario = Scenario(table, ("A", "All"), ["C"], "buy", 0.5, 0.2)
        added = scenario.Y_new[1:, 0] - table.Y[1:, 0]
        assert added == pytest.approx(60 * np.array(sources) / sum(sources))
        assert row["price"] == pytest.approx(10)


def test_product_that_is_not_sold_at_home_cannot_be_bought_instead():
    table = hand_made(Y=[[0, 100, 0], [0, 70, 0], [0, 0, 90]])
    assert_definition(table, ("A", "All"), [], "buy", Option(0.5, 0.2), 1.0)
    options = {"buy": Option(0.5, 0.0)}
    assert co.opportunity_cost(table, ("A", "All"), [], options, 1.0, 1.0).loc["buy"].isna().all()
    assert co.net_gains(table, "A", ["All"], [], options, 1.0, 1.0).loc["All", "best"] == "present"


def test_no_more_exports_are_lost_than_there_are():
    measured = co.opportunity_cost(
        hand_made(), ("A", "All"), [], {"buy": Option(1.0, 0.9), "make": Option(1.0, 0.9)}, 20.0, 1.0
    )
    assert measured["exports_at_stake"].tolist() == pytest.approx([0, 20, 20])
    assert measured["value_added_at_stake"].tolist() == pytest.approx([0, 12, 12])


def test_cheaper_products_are_exported_more():
    ways = co.alternatives(hand_made(), "A", "All", ["B"], 2.0, 1.0)
    row = pd.Series(ways.measure("cooperate", Option(1.0, -0.5)))
    assert row[["price", "exports_at_stake", "value_added_at_stake"]].tolist() == pytest.approx(
        [-5, -2, -1.2]
    )
    assert row["net"] == pytest.approx(4 + 1.2)


@pytest.mark.parametrize("disadvantage", [-0.5, 0.5])
def test_exports_below_zero_cannot_be_lost(disadvantage):
    table = hand_made(Y=[[110, -10, 0], [0, 70, 0], [0, 0, 90]])
    for way in WAYS:
        row = assert_definition(table, ("A", "All"), ["B"], way, Option(0.5, disadvantage), 2.0)
        assert row["exports_at_stake"] == row["value_added_at_stake"] == 0


def test_stocks_at_home_that_are_run_down():
    table = small_table(Y=[[-10, 48], [40, 12], [5, 45], [9, 60]])
    for way in WAYS:
        assert_definition(table, ("AAA", "Farms"), ["BBB"], way, Option(0.5, 0.2), 2.0)


def test_members_may_be_any_collection():
    frames = [
        co.opportunity_cost(hand_made(), ("A", "All"), members, {"cooperate": Option(0.5, 0.1)}, 2.0, 1.0)
        for members in (["A", "B"], ("B", "A"), {"A", "B"}, {"A": 1, "B": 2}.keys())
    ]
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0])


def test_nothing_is_factorized_again(monkeypatch):
    table = small_table()
    table.leontief.requirements(np.zeros(4))
    monkeypatch.setattr("gvc_helpers.tables.leontief.lu_factor", None)
    co.opportunity_cost(table, ("AAA", "Works"), ["BBB"], dict.fromkeys(WAYS, Option(0.5, 0.1)), 1.0, 1.0)


# Errors ------------------------------------------------------------------------------------------


def test_what_is_wrong_is_named():
    table, make = uneven_table(), {"make": Option(0.5, 0.1)}
    with pytest.raises(ValueError, match=r"share 1.5 is not allowed; it must lie from 0 to 1"):
        Option(1.5, 0.0)
    with pytest.raises(ValueError, match=r"share -0.1 is not allowed"):
        Option(-0.1, 0.0)
    with pytest.raises(ValueError, match=r"disadvantage -1.0 is not allowed; it must be above -1"):
        Option(0.5, -1.0)
    with pytest.raises(ValueError, match="way 'steal' is not allowed; allowed: make, cooperate, buy"):
        co.opportunity_cost(table, ("AAA", "Works"), [], {"steal": Option(0.5, 0.1)}, 1.0, 1.0)
    with pytest.raises(gvc.TableError, match="country 'CCC' is not in the table; it has AAA, BBB"):
        co.opportunity_cost(table, ("CCC", "Works"), [], make, 1.0, 1.0)
    with pytest.raises(gvc.TableError, match="member 'CCC' is not in the table; it has AAA, BBB"):
        co.opportunity_cost(table, ("AAA", "Works"), ["CCC"], make, 1.0, 1.0)
    with pytest.raises(gvc.TableError, match=r"member 'AAA' is a text; a list is expected"):
        co.opportunity_cost(table, ("AAA", "Works"), "AAA", make, 1.0, 1.0)
    with pytest.raises(
        gvc.TableError, match="sector 'Banks' is not in the table for AAA; it has Farms, Works, Mines"
    ):
        co.opportunity_cost(table, ("AAA", "Banks"), [], make, 1.0, 1.0)
    with pytest.raises(gvc.TableError, match="BBB / Farms has no output, so there is no product to look at"):
        co.opportunity_cost(idle_table(), ("BBB", "Farms"), [], make, 1.0, 1.0)
    with pytest.raises(ValueError, match=r"elasticity -1.0 is not allowed; it must be zero or more"):
        co.opportunity_cost(table, ("AAA", "Works"), [], make, -1.0, 1.0)
    with pytest.raises(ValueError, match=r"slack 1.5 is not allowed; it must lie from 0 to 1"):
        co.opportunity_cost(table, ("AAA", "Works"), [], make, 1.0, 1.5)
    with pytest.raises(ValueError, match=r"slack -0.5 is not allowed; it must lie from 0 to 1"):
        co.break_evens_by_slack(co.alternatives(table, "AAA", "Works", [], 1.0, 0.5), make, [-0.5])
    for measure in (co.net_gains, co.break_evens):
        with pytest.raises(gvc.TableError, match="country 'CCC' is not in the table; it has AAA, BBB"):
            measure(table, "CCC", ["Works"], [], make, 1.0, 1.0)


def test_a_table_out_of_balance_is_refused():
    table = small_table(value_added=[1, 1, 1, 1])
    with pytest.raises(gvc.TableError, match="balance the table"):
        co.opportunity_cost(table, ("AAA", "Works"), [], {"make": Option(0.5, 0.1)}, 1.0, 1.0)
    A, _, v = system(small_table())
    np.testing.assert_allclose(v @ inverse(A), 1)  # prices are one at the start


# What is said of the ways -------------------------------------------------------------------------


def test_idle_resources_that_are_needed_are_where_the_net_gain_is_zero():
    table = gvc.read_table("reconstruction")
    product, options = ("BLR", "Transport equipment"), {"make": Option(0.5, 0.2)}
    made = co.opportunity_cost(table, product, ["RUS"], options, 2.0, 1.0).loc["make"]
    needed = co.idle_needed(made) / 100
    again = co.opportunity_cost(table, product, ["RUS"], options, 2.0, needed)
    assert again.loc["make", "net"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("added", "at_stake", "cost", "needed"),
    [
        (12.0, 2.0, 2.5, 25.0),
        (3.0, 1.0, 2.5, 125.0),
        (5.0, 0.0, -1.0, 0.0),  # users pay less
        (1.0, 2.0, -1.0, 0.0),
        (1.0, 2.0, 0.5, np.inf),  # every idle resource makes it worse
        (2.0, 2.0, 0.0, np.inf),
    ],
)
def test_idle_resources_that_are_needed(added, at_stake, cost, needed):
    way = pd.Series({"value_added": added, "value_added_at_stake": at_stake, "users_cost": cost})
    assert co.idle_needed(way) == needed


def test_for_whom_cooperation_pays():
    gains = pd.DataFrame(
        {"net_cooperate": [1.0, -1, 1, 0, np.nan, np.nan], "bloc_net_cooperate": [1.0, 1, 0, -1, np.nan, 2]},
        index=list("abcdef"),
    )
    assert co.pays(gains).to_dict() == dict(
        zip("abcdef", ["both", "bloc", "country", "nobody", "nobody", "bloc"], strict=True)
    )


@pytest.mark.parametrize(
    ("added", "price", "both"),
    [(1, 1, True), (1, 0, False), (0, 1, False), (-1, 1, False), (np.nan, 1, False)],
)
def test_import_substitution_has_two_sides(added, price, both):
    ways = pd.DataFrame({"value_added": [9.0, added], "price": [9.0, price]}, ["cooperate", "make"])
    assert co.two_sided(ways) is both


def test_what_cooperating_gains_over_making():
    table, options = (
        gvc.read_table("reconstruction"),
        {"make": Option(0.5, 0.2), "cooperate": Option(0.4, 0.1)},
    )
    ways = co.opportunity_cost(table, ("BLR", "Transport equipment"), ["RUS"], options, 2.0, 0.3)
    more = co.over_making(ways)
    assert list(more.index) == ["net", "bloc_net"]
    for gain in more.index:
        assert ways.loc["make", gain] + more[gain] == pytest.approx(ways.loc["cooperate", gain])
