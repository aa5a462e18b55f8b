"""Structural decomposition against the definition, and changes of one kind at a time."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gvc_helpers as gvc
from gvc_helpers.measures.structural import structural_decomposition
from tests.conftest import WIOD, needs_leather, needs_wiod, small_table, tables
from tests.measures.test_absorption import idle_table, uneven_table

EFFECTS = ["intensity", "technology", "trade", "demand_structure", "level"]


def feasible(table, Z, Y):
    """Table with these flows, with final demand raised at home where inputs would exceed output."""
    Y = Y + table.membership * np.maximum(1.05 * Z.sum(axis=0) - Z.sum(axis=1) - Y.sum(axis=1), 0.0)[:, None]
    return gvc.IOTable(Z, Y, index=table.index, unit=table.unit, source=table.source)


def changed(table, seed, idle=0.2, absent=0.2, negative=True):
    """Another year: flows change, vanish and appear, sectors stop and start, stocks are run down."""
    generator = np.random.default_rng(seed)
    flows = generator.uniform(0.5, 2.0, table.Z.shape) * (table.Z + generator.gamma(0.1, 5.0, table.Z.shape))
    Z = flows * (generator.random(table.Z.shape) >= absent)
    Y = generator.uniform(0.5, 2.0, table.Y.shape) * np.abs(table.Y) + generator.gamma(
        0.2, 9.0, table.Y.shape
    )
    Y *= generator.random(table.Y.shape) >= absent
    stopped = generator.random(len(Z)) < idle
    stopped[0] = False
    Z[stopped], Z[:, stopped], Y[stopped] = 0.0, 0.0, 0.0
    if negative:
        Y[0, -1] -= 0.7 * Y[0].sum()
        Y[0, 0] += 1.0
    return feasible(table, Z, Y)


@st.composite
def pairs(draw):
    """Two years of a random table."""
    earlier = draw(tables())
    later = changed(earlier, draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([0.0, 0.3])))
    return (earlier, later) if draw(st.booleans()) else (later, earlier)


def literal_factors(table, other):
    """The factors v, H, S, T, D, L of one year and what shares leave over, by explicit loops."""
    rows, names, sectors = list(table.index), table.countries, table.sectors
    size = len(rows)

    def coefficient(year, i, j):
        return year.Z[i, j] / year.output.iloc[j] if year.output.iloc[j] > 0 else 0.0

    def per_level(year, i, k):
        level = year.Y[:, k].sum()
        return year.Y[i, k] / level if level else 0.0

    def split(flow, other_flow, width):
        """Totals by product, shares in them, and the rest, of flows given by a function."""
        totals, shares, rest = (
            np.zeros((len(sectors), width)),
            np.zeros((size, width)),
            np.zeros((size, width)),
        )
        for p, sector in enumerate(sectors):
            members = [i for i, (_, s) in enumerate(rows) if s == sector]
            for j in range(width):
                totals[p, j] = sum(flow(i, j) for i in members)
                source = flow if any(flow(i, j) for i in members) else other_flow
                sizes = {i: abs(source(i, j)) for i in members}
                for i in members:
                    shares[i, j] = sizes[i] / sum(sizes.values()) if any(sizes.values()) else 0.0
                    rest[i, j] = flow(i, j) - shares[i, j] * totals[p, j]
        return totals, shares, rest

    def defined(year, j):
        idle = year.output.iloc[j] == 0 and other_of[id(year)].output.iloc[j] > 0
        return other_of[id(year)] if idle else year

    def wanted(year, k):
        return year if np.abs(year.Y[:, k]).sum() > 0 else other_of[id(year)]

    other_of = {id(table): other, id(other): table}
    H, S, rest_S = split(
        lambda i, j: coefficient(defined(table, j), i, j),
        lambda i, j: coefficient(defined(other, j), i, j),
        size,
    )
    D, T, rest_T = split(
        lambda i, k: per_level(wanted(table, k), i, k),
        lambda i, k: per_level(wanted(other, k), i, k),
        len(names),
    )
    v = np.array([1.0 - sum(coefficient(defined(table, j), i, j) for i in range(size)) for j in range(size)])
    return {
        "intensity": v,
        "technology": H,
        "trade": (S, rest_S, T, rest_T),
        "demand_structure": D,
        "level": table.Y.sum(axis=0),
    }


def literal_value_added(table, factors):
    """``v∘x`` of factors of mixed years."""
    position = [table.sectors.index(sector) for _, sector in table.index]
    S, rest_S, T, rest_T = factors["trade"]
    A = S * factors["technology"][position] + rest_S
    Y = (T * factors["demand_structure"][position] + rest_T) * factors["level"]
    return factors["intensity"] * (np.linalg.inv(np.eye(len(A)) - A) @ Y.sum(axis=1))


def literal(earlier, later):
    """Mean over both orders of the effect of changing one factor after the other."""
    before, after = literal_factors(earlier, later), literal_factors(later, earlier)
    effects = pd.DataFrame(0.0, earlier.index, EFFECTS)
    for order in (EFFECTS, EFFECTS[::-1]):
        now = dict(before)
        for factor in order:
            start = literal_value_added(earlier, now)
            now[factor] = after[factor]
            effects[factor] += (literal_value_added(earlier, now) - start) / 2.0
    return effects


def scale_of(*years):
    return max(1.0, *(table.output.abs().sum() for table in years))


def derived_value_added(table):
    return table.output.to_numpy() - table.Z.sum(axis=0)


def assert_additive(earlier, later, tolerance=1e-9):
    effects, scale = structural_decomposition(earlier, later), scale_of(earlier, later)
    change = derived_value_added(later) - derived_value_added(earlier)
    np.testing.assert_allclose(effects.sum(axis=1), change, atol=tolerance * scale)
    # In the world as a whole value added follows final demand alone.
    world, demand = effects.sum(), later.Y.sum() - earlier.Y.sum()
    followed = [world["intensity"] + world["technology"], *world[["trade", "demand_structure", "level"]]]
    np.testing.assert_allclose(followed, [0, 0, 0, demand], atol=tolerance * scale)
    assert list(effects.columns) == EFFECTS
    assert effects.index.equals(earlier.index)
    return effects


def assert_definition(earlier, later):
    effects = assert_additive(earlier, later)
    np.testing.assert_allclose(effects, literal(earlier, later), atol=1e-8 * scale_of(earlier, later))


def assert_only(earlier, later, *kinds):
    """Nothing but these effects, and all of these."""
    effects, scale = assert_additive(earlier, later), scale_of(earlier, later)
    for kind in EFFECTS:
        if kind in kinds:
            assert effects[kind].abs().max() > 1e-6 * scale
        else:
            np.testing.assert_allclose(effects[kind], 0.0, atol=1e-10 * scale)


@given(pairs())
def test_definition(years):
    assert_definition(*years)


@given(pairs())
def test_swapping_the_years_flips_the_signs(years):
    earlier, later = years
    forth, back = structural_decomposition(earlier, later), structural_decomposition(later, earlier)
    np.testing.assert_allclose(forth, -back, atol=1e-9 * scale_of(*years))


@given(tables())
def test_without_change_there_are_no_effects(table):
    again = gvc.IOTable(np.array(table.Z), np.array(table.Y), index=table.index, unit=table.unit)
    np.testing.assert_allclose(structural_decomposition(table, again), 0.0, atol=1e-10 * scale_of(table))


@given(tables())
def test_level_alone(table):
    growth = np.linspace(0.8, 1.5, len(table.countries))
    if (solved(coefficients(table), table.Y * growth) >= 0).all():
        later = rebuilt(table, coefficients(table), table.Y * growth)
        assert_only(table, later, "level")


@pytest.mark.parametrize("make", [uneven_table, idle_table, small_table])
def test_particular_tables(make):
    for seed in range(8):
        assert_definition(make(), changed(make(), seed, idle=0.3 * (seed % 2)))


@needs_leather
def test_worked_case(leather):
    assert_definition(leather, changed(leather, 1))


def coefficients(table):
    x = table.output.to_numpy()
    return np.divide(table.Z, x, out=np.zeros_like(table.Z), where=x > 0)


def solved(A, Y):
    return np.linalg.solve(np.eye(len(A)) - A, Y.sum(axis=1))


def rebuilt(table, A, Y):
    """The table that follows from coefficients and final demand."""
    return gvc.IOTable(A * solved(A, Y), Y.copy(), index=table.index, unit=table.unit)


def test_trade_alone():
    table = small_table()
    A, Y = coefficients(table), np.array(table.Y)
    moved = 0.5 * A[0]
    A[0], A[2] = A[0] - moved, A[2] + moved
    assert_only(table, rebuilt(table, A, Y), "trade")
    Y[1], Y[3] = Y[1] + 0.2 * Y[3], 0.8 * Y[3]
    assert_only(table, rebuilt(table, coefficients(table), Y), "trade")
    assert_only(table, rebuilt(table, A, Y), "trade")


def test_technology_and_intensity_alone():
    # Value added per unit of output is what inputs leave, so that fewer inputs mean more of it.
    table = small_table()
    A = coefficients(table)
    A[:, 1] *= 0.8
    assert_only(table, rebuilt(table, A, table.Y), "intensity", "technology")
    # One product for another, in equal amounts, leaves value added per unit as it was.
    A = coefficients(table)
    share = A[[0, 2], 0] / A[[0, 2], 0].sum()
    other = A[[1, 3], 0] / A[[1, 3], 0].sum()
    A[[0, 2], 0] += 0.05 * share
    A[[1, 3], 0] -= 0.05 * other
    assert_only(table, rebuilt(table, A, table.Y), "technology")


def test_demand_structure_alone():
    table = small_table()
    Y = np.array(table.Y)
    farms, works = Y[[0, 2]].sum(axis=0), Y[[1, 3]].sum(axis=0)
    Y[[0, 2]] *= (farms + 5) / farms
    Y[[1, 3]] *= (works - 5) / works
    assert_only(table, rebuilt(table, coefficients(table), Y), "demand_structure")


def test_taking_up_a_product_is_not_trade():
    """A product that a user did not use at all comes from where it comes from in the other year."""
    table = small_table()
    A, Y = coefficients(table), np.array(table.Y)
    Y[[0, 2], 1] = 0.0  # final users in BBB buy no farm products
    assert_only(rebuilt(table, A, Y), table, "demand_structure", "level")
    A[[0, 2], 1] = 0.0  # nor do works in AAA
    assert_only(rebuilt(table, A, table.Y), table, "technology", "intensity")


def test_sector_that_starts_has_the_technology_of_later():
    table = small_table()
    A, Y = coefficients(table), np.array(table.Y)
    A[2], Y[2] = 0.0, 0.0
    A[0] += coefficients(table)[2]
    Y[0] += table.Y[2]
    A[:, 2] = 0.0
    idle = rebuilt(table, A, Y)
    assert idle.output["BBB", "Farms"] == 0
    # The same product made at home again: it changes who delivers, not how anything is made.
    assert_only(idle, table, "trade")
    assert_only(table, idle, "trade")
    assert_definition(idle, table)


def test_flows_of_different_signs_keep_effects_small():
    """A product whose sales to a user nearly cancel has no shares of thousands."""
    Y = np.array(small_table().Y)
    Y[0, 0], Y[2, 0] = 10.0, -9.99
    nearly = small_table(Y=Y.copy())
    assert_definition(nearly, small_table())
    assert structural_decomposition(nearly, small_table()).abs().max(axis=None) < 100
    Y[2, 0] = -10.0
    assert_definition(small_table(Y=Y), small_table())


def test_country_without_final_demand():
    Y = np.array(small_table().Y)
    Y[:, 1] = 0.0
    for years in itertools.permutations([small_table(Y=Y.copy()), small_table()]):
        assert_definition(*years)
    assert_definition(small_table(Y=Y.copy()), small_table(Y=2 * Y))


def test_level_that_cancels_is_refused():
    Y = np.array(small_table().Y)
    Y[:, 1] = [8.0, -8.0, 40.0, -40.0]
    Z = np.array(small_table().Z) + 15
    with pytest.raises(gvc.TableError, match="final demand of BBB adds up to zero"):
        structural_decomposition(small_table(), small_table(Z=Z, Y=Y))


def test_different_tables_are_refused():
    table = small_table()
    with pytest.raises(gvc.TableError, match="row AAA / Mines is only in the earlier table, with 1 more"):
        structural_decomposition(small_table(sectors=["Mines", "Works"]), table)
    with pytest.raises(gvc.TableError, match="row BBB / Works is only in the later table, with 0 more"):
        structural_decomposition(gvc.IOTable(table.Z[:3, :3], table.Y[:3], index=table.index[:3]), table)
    order = [2, 3, 0, 1]
    turned = gvc.IOTable(table.Z[np.ix_(order, order)], table.Y[order][:, ::-1], index=table.index[order])
    with pytest.raises(gvc.TableError, match="row 1 is AAA / Farms in the earlier table and BBB / Farms in"):
        structural_decomposition(table, turned)
    with pytest.raises(gvc.TableError, match="earlier table is in 'million USD', the later in 'EUR'"):
        structural_decomposition(table, small_table(unit="EUR"))


@needs_wiod
def test_real_tables_add_up():
    earlier, later = (gvc.read_table("pymrio", WIOD, year) for year in (1995, 2011))
    effects = assert_additive(earlier, later, tolerance=1e-13)
    assert effects["trade"].groupby(level="country").sum()["CHN"] > 0
