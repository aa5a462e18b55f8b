import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from gvc_helpers.tables.gras import AdjustmentError, Total, adjust, contradiction, factor, reach

seeds = st.integers(0, 2**32 - 1)


def matrix(seed, shape=(4, 5), negative=0.2, zero=0.2):
    """A random prior, and the totals of rows and columns of another matrix with its signs and zeros."""
    generator = np.random.default_rng(seed)
    prior = generator.gamma(1.0, 10.0, shape) * np.where(generator.random(shape) < negative, -1.0, 1.0)
    prior[generator.random(shape) < zero] = 0.0
    other = prior * np.exp(generator.normal(0.0, 1.0, shape))
    cells = np.arange(prior.size).reshape(shape)
    lines = [(cells[i], other[i].sum()) for i in range(shape[0])]
    lines += [(cells[:, j], other[:, j].sum()) for j in range(shape[1])]
    return prior, [Total(positions, amount) for positions, amount in lines]


def largest_miss(amounts, totals):
    missed = []
    for total in totals:
        values = amounts[total.cells] * (1.0 if total.signs is None else total.signs)
        missed.append(abs(values.sum() - total.amount) / max(np.abs(values).sum(), 1e-300))
    return max(missed)


@given(seeds)
def test_totals_are_met_with_signs_and_zeros_kept(seed):
    prior, totals = matrix(seed)
    adjusted = adjust(prior.ravel(), totals)
    assert largest_miss(adjusted, totals) < 1e-10
    assert (np.sign(adjusted) == np.sign(prior.ravel())).all()


@given(seeds)
def test_factors_are_products_of_one_for_each_row_and_column(seed):
    """Which is what makes the adjustment proportional, with the inverse for cells that lower a total."""
    prior, totals = matrix(seed, zero=0.0)
    logs = np.log(adjust(prior.ravel(), totals) / prior.ravel()) * np.sign(prior.ravel())
    logs = logs.reshape(prior.shape)
    assert np.allclose(logs - logs[:, :1] - logs[:1] + logs[0, 0], 0.0, atol=1e-8)


@given(seeds)
def test_nonnegative_matrix_is_that_of_ras(seed):
    prior, totals = matrix(seed, negative=0.0)
    amounts = np.array([total.amount for total in totals])
    rows, columns = amounts[: len(prior)], amounts[len(prior) :]
    ras = prior.copy()
    for _ in range(20000):
        ras *= (rows / np.maximum(ras.sum(axis=1), 1e-300))[:, None]
        ras *= columns / np.maximum(ras.sum(axis=0), 1e-300)
        if np.allclose(ras.sum(axis=1), rows, rtol=1e-13, atol=0.0):
            break
    assert np.allclose(adjust(prior.ravel(), totals), ras.ravel(), rtol=1e-7, atol=1e-9)


@given(seeds)
def test_signed_matrix_is_that_of_one_total_after_the_other(seed):
    prior, totals = matrix(seed)
    amounts = prior.ravel().copy()
    for _ in range(20000):
        for total in totals:
            values = amounts[total.cells]
            positive, negative = (
                np.array([side.sum()]) for side in (values[values > 0], -values[values < 0])
            )
            if (values != 0).any():
                r = factor(positive, negative, np.array([total.amount]))
                amounts[total.cells] = np.where(values > 0, values * r, values / r)
        if largest_miss(amounts, totals) < 1e-13:
            break
    assert np.allclose(adjust(prior.ravel(), totals), amounts, rtol=1e-6, atol=1e-9)


def test_no_other_amounts_that_meet_the_totals_are_nearer():
    prior = np.array([4.0, -1.0, 2.0, 3.0, 5.0, -2.0])
    totals = [
        Total(np.array([0, 1, 2]), 8.0),
        Total(np.array([3, 4, 5]), 5.0),
        Total(np.array([0, 3, 1]), 1.5, np.array([1.0, -1.0, 1.0])),
    ]

    def distance(z):
        return float((np.abs(prior) * (z * np.log(z / np.e) + 1.0)).sum())

    def miss(z):
        return [
            (prior[t.cells] * z[t.cells] * (1.0 if t.signs is None else t.signs)).sum() - t.amount
            for t in totals
        ]

    found = minimize(
        distance, np.ones(6), bounds=[(1e-9, None)] * 6, constraints={"type": "eq", "fun": miss},
        options={"ftol": 1e-15, "maxiter": 1000},
    )  # fmt: skip
    adjusted = adjust(prior, totals)
    assert np.allclose(adjusted, prior * found.x, rtol=1e-5)
    assert not np.allclose(adjusted, prior, rtol=0.05)


@given(seeds)
def test_totals_that_are_met_already_change_no_bit(seed):
    prior, _ = matrix(seed)
    cells = np.arange(prior.size).reshape(prior.shape)
    totals = [Total(cells[i], sum(prior[i])) for i in range(len(prior))]
    assert (adjust(prior.ravel(), totals) == prior.ravel()).all()
    assert (adjust(prior.ravel(), []) == prior.ravel()).all()


amounts = st.one_of(st.just(0.0), st.floats(1e-9, 1e9))


@given(amounts, amounts, st.floats(-1e9, 1e9, allow_subnormal=False))
def test_factor_meets_one_total(positive, negative, total):
    r = factor(*(np.array([value]) for value in (positive, negative, total)))[0]
    possible = (positive > 0 and (negative > 0 or total > 0)) or (negative > 0 and total < 0)
    if not possible:
        assert np.isnan(r)
    else:
        size = positive * r + negative / r
        assert r > 0
        assert abs(positive * r - negative / r - total) <= 1e-12 * size


def test_large_changes_are_found():
    prior = np.array([1e-6, 3.0, 1e6, -2.0])
    totals = [Total(np.array([0, 1]), 1e5), Total(np.array([1, 2, 3]), 1e-2)]
    assert largest_miss(adjust(prior, totals), totals) < 1e-10


def test_totals_that_repeat_one_another_do_no_harm():
    prior = np.array([1.0, 2.0, 3.0])
    totals = [Total(np.array([0, 1, 2]), 12.0), Total(np.array([0]), 3.0), Total(np.array([1, 2]), 9.0)]
    assert np.allclose(adjust(prior, totals), [3.0, 3.6, 5.4], rtol=1e-10)


def test_contradiction_is_as_small_as_can_be():
    prior = np.array([1.0, 2.0, 3.0, 4.0])
    totals = [
        Total(np.array([3]), 9.0),
        Total(np.array([0, 1, 2]), 12.0),
        Total(np.array([0]), 3.0),
        Total(np.array([1, 2]), 10.0),
    ]
    with pytest.raises(AdjustmentError, match="missed by"):
        adjust(prior, totals)
    assert contradiction(prior, totals) == [1, 2, 3]
    assert contradiction(prior, totals, certain=[1]) == [2, 3]
    assert contradiction(prior, totals[:3]) == []
    assert reach(prior, totals[1:], 2) == pytest.approx((9.0, 9.0))
    assert reach(prior, [totals[1], totals[2]], 1) == pytest.approx((0.0, 12.0))


def test_zeros_and_signs_can_make_a_total_impossible():
    prior = np.array([0.0, 2.0, -1.0])
    for total in (Total(np.array([0]), 1.0), Total(np.array([1]), -1.0), Total(np.array([2]), 0.0)):
        with pytest.raises(AdjustmentError):
            adjust(prior, [total])
    assert contradiction(prior, [Total(np.array([0]), 1.0)]) == [0]
    assert contradiction(prior, [Total(np.array([1]), -1.0)]) == [0]
    assert reach(prior, [Total(np.array([1, 2]), 5.0)], 0) == (-np.inf, np.inf)
