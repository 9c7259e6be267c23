"""Counts shared out: the worked numbers, and what must hold for every campaign."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from measures.aims.apportion import Method, apportion
from tests.aims import plain

W = [400, 250, 180, 90, 50, 30]


@pytest.mark.parametrize(
    ("options", "share"),
    [
        ({}, [48, 30, 22, 11, 6, 3]),
        ({"floors": [5] * 6}, [47, 30, 21, 11, 6, 5]),
        ({"floors": [5] * 6, "caps": [40] * 6}, [40, 33, 24, 12, 6, 5]),
        ({"over": "0.1"}, [53, 33, 24, 12, 6, 4]),
    ],
)
def test_the_worked_numbers(options, share):
    found = apportion(W, 120, **options)
    assert found.share.tolist() == share
    assert (found.method, found.aim, found.unallocated) == (Method.LARGEST_REMAINDER, 120, 0)
    assert found.total == sum(share)


@pytest.mark.parametrize("method", Method)
def test_the_quota_is_what_the_rule_gives_before_rounding(method):
    found = apportion(W, 120, method=method, floors=[5] * 6, caps=[40] * 6)
    assert found.quota.tolist() == [40, 75 * 250 / 570, 75 * 180 / 570, 75 * 90 / 570, 75 * 50 / 570, 5]
    assert found.floored.tolist() == [False] * 5 + [True]
    assert found.capped.tolist() == [True] + [False] * 5
    assert found.method is method


@pytest.mark.parametrize("method", Method)
def test_what_the_caps_leave_no_room_for_is_unallocated_and_nobody_s(method):
    found = apportion([5, 5, 0], 30, method=method, floors=[0, 0, 2], caps=[8, 9, 20])
    assert found.share.tolist() == found.quota.tolist() == [8, 9, 2]
    assert (found.total, found.unallocated) == (30, 11)
    assert found.capped.tolist() == [True, True, False]
    exact = apportion([5, 5, 0], 19, method=method, floors=[0, 0, 2], caps=[8, 9, 20])
    assert (exact.share.tolist(), exact.unallocated) == ([8, 9, 2], 0)


def test_bounds_may_be_missing_for_some_sites():
    spelt = apportion(W, 120, floors=[5, None, "", math.nan, "5", 5.0], caps=["40", None, "", math.nan, None, 50])
    plain_ = apportion(W, 120, floors=[5, 0, 0, 0, 5, 5], caps=[40, 999, 999, 999, 999, 50])
    assert spelt.share.tolist() == plain_.share.tolist()
    array = apportion(W, 120, floors=np.full(6, np.nan), caps=np.full(6, np.nan))
    assert array.share.tolist() == apportion(W, 120).share.tolist()
    assert not array.capped.any()


@pytest.mark.parametrize(
    ("over", "total"),
    [("0.1", 110), (0.1, 110), ("0", 100), ("0.001", 101), ("1e-9", 101), (1, 200), (0.07, 107), (0.29, 129)],
)
def test_the_total_is_rounded_up_from_the_extra_as_typed(over, total):
    """In floats 100 x 1.1 is above 110, and 100 x 1.29 above 129."""
    assert apportion([1], 100, over=over).total == total


@pytest.mark.parametrize(
    ("weights", "total", "options", "says"),
    [
        ([], 5, {}, "There are no sites"),
        ([1, -2], 5, {}, "Weights must not be negative; that of site 2 is"),
        ([1, math.nan], 5, {}, "Number 2 of the weights, 'nan', is not a finite number"),
        ([1, None], 5, {}, "Number 2 of the weights, 'None', is not"),
        ([0, 0], 5, {}, "All weights are zero"),
        ([1, 1], 5.5, {}, "total must be a whole number from 0 to 1,000,000,000,000,000; 5.5 is not"),
        ([1, 1], -1, {}, "total must be a whole number"),
        ([1, 1], 10**15, {"over": 1}, "come to 2,000,000,000,000,000, more than"),
        ([1, 1], 5, {"over": "-0.1"}, "extra must not be below 0; -0.1 is"),
        ([1, 1], 5, {"over": "some"}, "Number 1 of the extra, 'some'"),
        ([1, 1], 5, {"floors": [3, 3]}, "floors add up to 6, more than the 5 to share out"),
        ([1, 1], 5, {"floors": [4, 0], "caps": [3, 9]}, "floor of site 1, 4, is above its cap, 3"),
        ([1, 1], 5, {"floors": [0, 1.5]}, "floors must be whole numbers; that of site 2, 1.5, is not so"),
        ([1, 1], 5, {"caps": ["9", "-1"]}, "caps must not be below 0; that of site 2, -1, is not so"),
        ([1, 1], 5, {"caps": [9]}, "There are 1 caps for 2 sites"),
        ([1, 1], 5, {"method": "hamilton"}, "'hamilton' is no method; there are largest-remainder, webster, "),
        ([1, 1, 1], 2, {"method": "huntington-hill"}, "there are 2 for 3 sites"),
        ([1, 1, 1], 9, {"method": "huntington-hill", "caps": [0, 9, 9]}, "the cap of site 1 is 0"),
    ],
)
def test_what_cannot_be_shared_out_is_refused_in_a_sentence(weights, total, options, says):
    with pytest.raises(ValueError, match=says):
        apportion(weights, total, **options)


def campaigns(count, seed):
    """Made-up campaigns small enough for the plain reference: weights distinct, so that no tie is broken by order."""
    rnd = random.Random(seed)
    for _ in range(count):
        n = rnd.randint(1, 9)
        weights = [w / rnd.choice([1, 10, 1000]) for w in rnd.sample(range(1, 9000), n)]
        weights = [0 if rnd.random() < 0.1 else w for w in weights[:-1]] + weights[-1:]
        low = [rnd.choice([0, 0, 1, 5]) for _ in range(n)]
        high = [a + rnd.choice([1, 3, 40, 10**6]) for a in low]
        over = rnd.choice(["0", "0.1", "0.05", "0.333"])
        yield weights, rnd.randint(max(n, sum(low) + n), 90 + sum(low)), low, high, over, rnd


@pytest.mark.parametrize("method", Method)
def test_shares_add_up_and_bounds_hold_in_thousands_of_campaigns(method):
    for weights, aim, low, high, over, rnd in campaigns(1000, seed=21):
        found = apportion(weights, aim, method=method, floors=low, caps=high, over=over)
        total = math.ceil(aim * (1 + Fraction(over)))
        assert int(found.share.sum()) + found.unallocated == found.total == total
        assert (found.share >= low).all()
        assert (found.share <= high).all()
        exact = [Fraction(str(w)) for w in weights]
        most = sum(b if w else a for a, b, w in zip(low, high, weights))
        assert found.unallocated == max(0, total - most)
        quotas = plain.water_fill(exact, min(total, most), low, high)
        assert found.quota.tolist() == list(map(float, quotas))
        if method == Method.LARGEST_REMAINDER:
            assert all(abs(a - q) < 1 for a, q in zip(found.share.tolist(), quotas))
            assert found.share.tolist() == plain.hamilton(quotas, min(total, most))
        if method == Method.WEBSTER:
            assert found.share.tolist() == plain.divisor(plain.webster_price, exact, min(total, most), low, high)
        order = rnd.sample(range(len(weights)), len(weights))
        moved = apportion(
            [weights[i] for i in order], aim, method=method, over=over,
            floors=[low[i] for i in order], caps=[high[i] for i in order],
        )  # fmt: skip
        assert moved.share.tolist() == [found.share[i] for i in order]
        times = rnd.choice([Fraction(1, 1000), Fraction(3, 100), Fraction(70)])
        scale = [f"{w * times * 10**6 // 1}e-6" for w in exact]
        again = apportion(scale, aim, method=method, floors=low, caps=high, over=over)
        assert again.share.tolist() == found.share.tolist()
        assert again.quota.tolist() == found.quota.tolist()


def test_webster_never_lowers_a_share_when_the_aim_rises():
    for weights, aim, low, high, _, _ in campaigns(150, seed=22):
        last = None
        for total in range(aim, aim + 12):
            share = apportion(weights, total, method="webster", floors=low, caps=high).share
            assert last is None or (share >= last).all()
            last = share


def test_shares_do_not_depend_on_how_a_figure_is_written():
    assert apportion(W, "1.2e2").aim == apportion(W, 120.0).aim == apportion(W, np.int64(120)).aim == 120
    found = [apportion(w, 7).share.tolist() for w in (["0.1", "0.2", "0.30"], [0.1, 0.2, 0.3], [1, 2, 3])]
    assert found[0] == found[1] == found[2]
