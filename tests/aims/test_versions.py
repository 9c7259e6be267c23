"""Re-apportionment: what was delivered stays, a leaver's rest is held, and nobody's gap is moved to others."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims import versions
from measures.aims.versions import Rest


def again(total, share, delivered, **how):
    """A next version, everybody still there and weighing what they were asked for, unless said otherwise."""
    return versions.reapportion(
        total, share, delivered, **{"active": np.ones(len(share), bool), "weights": np.array(share) + 1} | how
    )


@st.composite
def campaigns(draw):
    n = draw(st.integers(1, 12))
    share = draw(st.lists(st.integers(0, 300), min_size=n, max_size=n))
    delivered = draw(st.lists(st.integers(0, 400), min_size=n, max_size=n))
    flags = [draw(st.lists(st.booleans(), min_size=n, max_size=n)) for _ in range(2)]
    over = draw(st.integers(0, 100))
    return sum(share) + over, np.array(share), np.array(delivered), np.array(flags[0]), np.array(flags[1])


@given(campaigns(), st.sampled_from(list(Rest)))
def test_every_unit_of_the_total_is_with_a_site_or_said_to_be_with_nobody(campaign, rest):
    total, share, delivered, active, agreed = campaign
    new = again(total, share, delivered, active=active, agreed=agreed, rest=rest)
    assert new.share.sum() + new.unallocated - new.beyond == total
    assert min(new.unallocated, new.beyond) == 0


@given(campaigns(), st.sampled_from(list(Rest)))
def test_what_was_delivered_is_never_taken_away(campaign, rest):
    total, share, delivered, active, agreed = campaign
    new = again(total, share, delivered, active=active, agreed=agreed, rest=rest)
    assert (new.share[~active] == delivered[~active]).all()
    assert (new.delivered == delivered).all()
    assert (new.before == share).all()


@given(campaigns(), st.sampled_from(list(Rest)))
def test_nobody_who_stays_is_asked_for_less_and_a_gap_is_never_moved_to_others(campaign, rest):
    total, share, delivered, active, agreed = campaign
    new = again(total, share, delivered, active=active, agreed=agreed, rest=rest)
    assert (new.change[active] >= 0).all()
    if rest is Rest.HOLD:
        assert (new.change[active] == 0).all()


@given(campaigns())
def test_an_early_finisher_is_asked_for_more_only_if_it_offers(campaign):
    total, share, delivered, active, agreed = campaign
    spread = again(total, share, delivered, active=active, agreed=agreed, rest=Rest.SPREAD)
    assert (spread.change[spread.finished] == 0).all()
    offered = again(total, share, delivered, active=active, agreed=agreed, rest=Rest.VOLUNTEERS)
    assert (offered.change[active & ~agreed] == 0).all()


@given(campaigns())
def test_what_a_site_has_still_to_do_rises_by_a_tenth_at_most_unless_it_agreed(campaign):
    total, share, delivered, active, agreed = campaign
    new = again(total, share, delivered, active=active, agreed=agreed, rest=Rest.SPREAD)
    bound = active & ~agreed
    left = np.maximum(share - delivered, 0)
    assert (10 * new.change[bound] <= left[bound]).all()


def test_a_leavers_rest_is_held_then_spread_or_taken_by_volunteers():
    share, delivered = [40, 30, 30], [10, 12, 5]
    active = np.array([True, True, False])
    held = again(100, share, delivered, active=active)
    assert (held.share.tolist(), held.unallocated) == ([40, 30, 5], 25)
    spread = again(100, share, delivered, active=active, rest="spread")
    assert (spread.share.tolist(), spread.unallocated) == ([43, 31, 5], 21)
    willing = np.array([False, True, False])
    taken = again(100, share, delivered, active=active, rest="volunteers", agreed=willing)
    assert (taken.share.tolist(), taken.unallocated) == ([40, 55, 5], 0)
    room = again(100, share, delivered, active=active, rest="volunteers", agreed=willing, headroom=[0, 10, 0])
    assert (room.share.tolist(), room.unallocated) == ([40, 40, 5], 15)


def test_a_site_that_joins_takes_its_part_for_the_time_that_is_left_out_of_what_is_with_nobody():
    weights = [50, 30, 20]
    joining = versions.joiners(1000, weights, np.array([False, False, True]), 6, 24)
    assert joining.tolist() == [0, 0, 50]
    new = again(1000, [600, 300, 0], [0, 0, 0], weights=weights, joining=joining)
    assert (new.share.tolist(), new.unallocated, new.beyond) == ([600, 300, 50], 50, 0)
    full = again(1000, [700, 300, 0], [0, 0, 0], weights=weights, joining=joining)
    assert (full.share.tolist(), full.unallocated, full.beyond) == ([700, 300, 50], 0, 50)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30), st.randoms())
def test_a_merger_moves_everything_and_loses_nothing(figures, random):
    n = len(figures)
    # Everybody merges into somebody further on, or nobody: no circle.
    into = [random.choice([i, random.randrange(i, n)]) for i in range(n)]
    found = versions.passed_on(figures, into)
    assert found.sum() == sum(figures)
    merged = np.array(into) != np.arange(n)
    assert (found[merged] == 0).all()


def test_a_chain_of_mergers_ends_at_its_last_successor():
    assert versions.passed_on([1, 2, 4, 8], [1, 2, 2, 3]).tolist() == [0, 0, 7, 8]
    both = versions.passed_on(np.array([[1, 10], [2, 20], [4, 40]]), [1, 1, 2])
    assert both.tolist() == [[0, 0], [3, 30], [4, 40]]


def test_a_long_chain_is_followed_to_its_end():
    n = 5000
    assert versions.ends(np.minimum(np.arange(n) + 1, n - 1)).tolist() == [n - 1] * n


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: versions.passed_on([1, 2], [1, 0]), "Site 1 merges into itself by way of others."),
        (lambda: versions.passed_on([1, 2], [0, 2]), "Site 2 is said to merge into a site that is not there."),
        (lambda: versions.passed_on([1], [0, 1]), "1 figures cannot be passed on among 2 sites."),
        (lambda: again(10, [5, -1], [0, 0]), "share must be whole numbers of 0 or more; number 2 is not."),
        (lambda: again(10, [5, 5], [0, 0.5]), "delivered must be whole numbers of 0 or more; number 2 is not."),
        (lambda: again(10, [5, 5], [0]), "There are 2 shares, and 1 figures for delivered"),
        (lambda: again(10, [5, 5], [0, 0], active=[1, 0]), "active must be one true or false for each of the 2 sites."),
        (lambda: again(10, [5, 5], [0, 0], joining=[0, 3]), "Site 2 cannot join: it has a share already"),
        (lambda: again(10, [5, 4], [0, 0], rest="spread", most_rise="-1"), "most_rise is -1: it must be 0 or more."),
        (lambda: again(10, [5, 4], [0, 0], rest="give"), "'give' is not a valid Rest"),
        (lambda: versions.joiners(10, [1, 2], [True, False], 7, 6), "7 of 6 periods cannot be left."),
        (lambda: versions.joiners(10, [0, 0], [True, False], 1, 6), "The weights add up to nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(call, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        call()
