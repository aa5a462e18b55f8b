"""The scenario of the preferential regime, against the printed gains and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvc_helpers.zones.regime import additional_income, implied_rate

OUTSIDE, SHARE = 9.9, 48.0  # bn BYN in 2019 and % of revenue, as printed
PRINTED = {30.0: (0.62, 0.005), 15.0: (1.14, 0.005)}  # gain in bn BYN and half a unit of the last digit

amounts = st.floats(0.1, 1e4)
shares = st.floats(1.0, 100.0)
parts = st.floats(0.0, 0.99)
rates = st.floats(0.0, 1.0)


def test_both_printed_gains_imply_the_same_rate():
    rate = implied_rate(OUTSIDE, SHARE, {target: gain for target, (gain, _) in PRINTED.items()})
    assert rate.index.tolist() == [30, 15]
    assert rate.index.name == "target"
    assert (100 * rate).round(1).tolist() == [16.7, 16.7]


def test_one_rate_gives_both_printed_gains():
    gains = additional_income(OUTSIDE, SHARE, 0.167, list(PRINTED))["gain"]
    for target, (gain, half) in PRINTED.items():
        assert gains[target] == pytest.approx(gain, abs=half)


def test_by_hand():
    # 40 of 80 is 50 %; at 25 %, 20 of 80 is outside and 20 has moved.
    income = additional_income(40, 50, 0.1, [50, 25, 0])
    assert list(income.columns) == ["shifted", "gain"]
    assert income.index.tolist() == [50, 25, 0]
    assert income["shifted"].tolist() == [0, 20, 40]
    assert income["gain"].tolist() == [0, 2, 4]
    assert implied_rate(40, 50, {25: 2, 0: 8}).to_dict() == {25: 0.1, 0: 0.2}


@given(amounts, shares, rates, parts, parts)
def test_gain_is_linear(outside, share, rate, part, other):
    targets = [share, part * share, other * share, (part + other) / 2 * share, 0.0]
    income = additional_income(outside, share, rate, targets)
    assert (income.loc[share] == 0).all()
    np.testing.assert_allclose(income["gain"], rate * income["shifted"])
    np.testing.assert_allclose(income["shifted"].iloc[3], income["shifted"].iloc[1:3].mean(), atol=1e-9)
    np.testing.assert_allclose(income["shifted"].iloc[4], outside)
    twice = additional_income(2 * outside, share, rate, targets)
    np.testing.assert_allclose(twice, 2 * income)


@given(amounts, shares, rates, parts)
def test_rate_comes_back_from_its_gains(outside, share, rate, part):
    target = part * share
    gain = additional_income(outside, share, rate, [target]).loc[target, "gain"]
    assert implied_rate(outside, share, {target: gain})[target] == pytest.approx(rate)


def test_no_target_no_row():
    assert additional_income(40, 50, 0.1, []).empty


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 48, 0.1, [30]), "revenue outside the regime 0 is not allowed; it must be above 0"),
        ((float("inf"), 48, 0.1, [30]), "revenue outside the regime inf"),
        ((float("nan"), 48, 0.1, [30]), "revenue outside the regime nan"),
        ((9.9, 0, 0.1, [0]), "share 0 is not allowed; it must be above 0 and at most 100 %"),
        ((9.9, 101, 0.1, [30]), "share 101 is not allowed"),
        ((9.9, 48, 1.1, [30]), "rate 1.1 is not allowed; it must be a fraction from 0 to 1"),
        ((9.9, 48, -0.1, [30]), "rate -0.1 is not allowed"),
        ((9.9, 48, 0.1, [30, 49]), "target 49 is not allowed; it must be from 0 to the share of 48 %"),
        ((9.9, 48, 0.1, [-1]), "target -1 is not allowed"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        additional_income(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((9.9, 48, {}), "at least one gain"),
        ((9.9, 48, {48: 0.1}), "target 48 is the share itself; it must be below it"),
        ((9.9, 48, {49: 0.1}), "target 49 is not allowed; it must be from 0 to the share of 48 %"),
        ((9.9, 101, {30: 0.1}), "share 101 is not allowed"),
    ],
)
def test_gains_that_imply_no_rate_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        implied_rate(*arguments)
