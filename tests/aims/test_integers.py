"""Whole numbers out of quotas and weights: the textbook's answers, exactly, and none where there is none."""

import random
from fractions import Fraction

import numpy as np
import pytest

from measures.aims.bounds import MOST
from measures.aims.integers import huntington_hill, largest_remainder, webster
from tests.aims import plain

W = [21878, 9713, 4167, 3252, 1065]
DIVISORS = {webster: plain.webster_price, huntington_hill: plain.huntington_hill_price}


def hamilton(weights, total, **bounds):
    return largest_remainder(np.array(weights, object) * total, sum(weights), total, **bounds).tolist()


@pytest.mark.parametrize(
    ("method", "at_43", "at_44"),
    [
        (hamilton, [24, 10, 4, 4, 1], [24, 11, 5, 3, 1]),
        (webster, [24, 10, 4, 4, 1], [24, 10, 5, 4, 1]),
        (huntington_hill, [23, 10, 5, 4, 1], [24, 10, 5, 4, 1]),
    ],
)
def test_the_worked_numbers_of_43_and_44(method, at_43, at_44):
    assert list(method(W, 43)) == at_43
    assert list(method(W, 44)) == at_44


def test_naive_rounding_does_not_add_up_and_the_largest_remainder_does():
    w = [400, 250, 180, 90, 50, 30]
    assert sum(round(120 * x / 1000) for x in w) == 121
    assert hamilton(w, 120) == [48, 30, 22, 11, 6, 3]


def any_campaign(rnd):
    n = rnd.randint(1, 8)
    weights = [rnd.choice([0, 1, 2, 3, 5, rnd.randint(1, 1000), rnd.randint(1, 10**25)]) for _ in range(n)]
    floors = [rnd.randint(0, 3) * rnd.randint(0, 1) for _ in range(n)]
    caps = [low + rnd.randint(0, 30) for low in floors]
    return weights, floors, caps


@pytest.mark.parametrize("method", DIVISORS)
def test_divisor_methods_are_the_textbook_s_with_bounds_and_ties(method):
    rnd = random.Random(11)
    for _ in range(1500):
        weights, floors, caps = any_campaign(rnd)
        least = list(floors)
        if method is huntington_hill:
            caps = [max(cap, 1) for cap in caps]
            least = [max(low, w > 0) for low, w in zip(floors, weights)]
        most = sum(cap if w else low for cap, low, w in zip(caps, floors, weights))
        total = rnd.randint(sum(least), most)
        want = plain.divisor(DIVISORS[method], list(map(Fraction, weights)), total, floors, caps)
        assert method(weights, total, floors=floors, caps=caps).tolist() == want


@pytest.mark.parametrize("method", DIVISORS)
@pytest.mark.parametrize("bounded", [False, True])
def test_a_larger_total_never_lowers_a_share(method, bounded):
    rnd = random.Random(12)
    for _ in range(20):
        weights, floors, caps = any_campaign(rnd)
        weights, caps = [w + 1 for w in weights], [cap + 1 for cap in caps]
        bounds = {"floors": floors, "caps": caps} if bounded else {}
        least = sum(max(low, 1) for low in floors) if bounded else len(weights)
        shares = [method(weights, total, **bounds) for total in range(least, sum(caps) + 1)]
        assert (np.diff(shares, axis=0) >= 0).all()


def test_the_largest_remainder_is_the_textbook_s():
    rnd = random.Random(13)
    for _ in range(1500):
        weights, _, _ = any_campaign(rnd)
        weights[0] += 1
        total = rnd.randint(0, 300)
        quotas = [Fraction(w * total, sum(weights)) for w in weights]
        assert hamilton(weights, total) == plain.hamilton(quotas, total)


def test_a_quota_near_a_whole_number_needs_no_tolerance():
    """The second quota is 10 less a part in 10**30, which a float cannot tell from 10."""
    whole = 10**30
    parts = [9 * whole + 1, 10 * whole - 1]
    assert largest_remainder(np.array(parts, object), whole, 19).tolist() == [9, 10]
    assert largest_remainder(np.array(parts, object), whole, 20).tolist() == [10, 10]
    with pytest.raises(ValueError, match="17 cannot be shared out"):
        largest_remainder(np.array(parts, object), whole, 17)


def test_floors_and_caps_choose_between_the_quota_rounded_down_and_up():
    parts = [15, 25, 35, 24]
    assert largest_remainder(parts, 10, 10).tolist() == [1, 3, 4, 2]
    assert largest_remainder(parts, 10, 10, floors=[2, 0, 0, 0]).tolist() == [2, 2, 4, 2]
    assert largest_remainder(parts, 10, 10, caps=[9, 2, 3, 9]).tolist() == [2, 2, 3, 3]
    with pytest.raises(ValueError, match="floor of site 1 is more than its quota rounded up"):
        largest_remainder(parts, 10, 10, floors=[3, 0, 0, 0])
    with pytest.raises(ValueError, match="cap of site 3 is below its quota's whole part"):
        largest_remainder(parts, 10, 10, caps=[9, 9, 2, 9])
    with pytest.raises(ValueError, match="10 cannot be shared out"):
        largest_remainder(parts, 10, 10, caps=[1, 2, 3, 9])


@pytest.mark.parametrize("total", [0, 1, 5, 99])
def test_a_total_out_of_reach_of_the_quotas_is_refused(total):
    with pytest.raises(ValueError, match=f"{total} cannot be shared out with each site's quota rounded down or up"):
        largest_remainder([3, 3], 2, total)
    assert largest_remainder([3, 3], 2, 3).tolist() == [2, 1]


def test_quotas_that_are_no_whole_numbers_over_one_divisor_are_refused():
    with pytest.raises(ValueError, match="parts must be whole numbers"):
        largest_remainder([1.5, 1.5], 1, 3)
    with pytest.raises(ValueError, match="beyond 1,000,000,000,000,000"):
        largest_remainder([10**40], 1, 10)
    assert largest_remainder([], 1, 0).tolist() == []


@pytest.mark.parametrize("method", DIVISORS)
def test_a_site_without_weight_has_its_floor_and_no_more(method):
    assert method([5, 0, 0], 10, floors=[0, 3, 0]).tolist() == [7, 3, 0]
    assert method([0, 0], 3, floors=[1, 2]).tolist() == [1, 2]
    assert method([], 0).tolist() == []


@pytest.mark.parametrize("method", DIVISORS)
@pytest.mark.parametrize(
    ("weights", "total", "bounds", "says"),
    [
        ([1, -1], 5, {}, "Weights must not be negative; that of site 2 is"),
        ([1, "x"], 5, {}, "Number 2 of the weights, 'x', is not a finite number"),
        ([1, 1], -5, {}, "whole number from 0 to"),
        ([1, 1], MOST + 1, {}, "whole number from 0 to"),
        ([1, 1], 5, {"floors": [3, 3]}, "6, more than the total of 5|6, more than the 5"),
        ([1, 1], 5, {"caps": [2, 2]}, "room for 4 of the total of 5"),
        ([0, 0], 5, {}, "room for 0 of the total of 5"),
        ([1, 1], 5, {"floors": [3, 0], "caps": [2, 9]}, "floor of site 1 is above its cap"),
        ([1, 1], 5, {"floors": [1, 1.5]}, "floors must be whole numbers; that of site 2, 1.5, is not so"),
        ([1, 1], 5, {"caps": [9, -1]}, "caps must not be below 0; that of site 2, -1, is not so"),
        ([1, 1], 5, {"caps": [9]}, "1 caps for 2 sites"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(method, weights, total, bounds, says):
    with pytest.raises(ValueError, match=says):
        method(weights, total, **bounds)


def test_huntington_hill_is_refused_where_not_every_site_can_have_one():
    with pytest.raises(ValueError, match="at least one unit, and there are 2 for 3 sites"):
        huntington_hill([5, 4, 3, 0], 2)
    with pytest.raises(ValueError, match="at least one unit, and the cap of site 2 is 0"):
        huntington_hill([5, 4], 9, caps=[9, 0])
    with pytest.raises(ValueError, match="with the floors these add up to 6, more than the 5"):
        huntington_hill([5, 4], 5, floors=[5, 0])
    assert huntington_hill([10**9, 1, 1], 3).tolist() == [1, 1, 1]


def test_ties_go_to_the_larger_weight_and_then_to_the_earlier_site():
    assert webster([1, 1, 1], 4).tolist() == huntington_hill([1, 1, 1], 4).tolist() == [2, 1, 1]
    # The sixth unit: 3 / 3 for the first site, 5 / 5 for the second.
    assert [webster(w, 4).tolist() for w in ([3, 5], [5, 3])] == [[1, 3], [3, 1]]
    assert hamilton([1, 1, 1], 4) == [2, 1, 1]
    assert hamilton([1, 3], 2) == [0, 2]


def test_weights_may_differ_by_any_factor():
    for method in DIVISORS:
        found = method(["1e-300", "1e300", 1], 10**12)
        assert found.sum() == 10**12
        assert found.tolist() == ([0, 10**12, 0] if method is webster else [1, 10**12 - 2, 1])
