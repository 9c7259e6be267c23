"""Nation, region, site: exact at every level, and a region's own weights on the record."""

import random

import numpy as np
import pytest

from measures.aims.apportion import Method, apportion
from measures.aims.hierarchy import Override, nested

REGIONS = ["North", "North", "North", "South", "South", "East"]
W = [90, 60, 31, 55, 41, 23]


def test_the_worked_example():
    found = nested([REGIONS], W, 100)
    (level,) = found.levels
    assert dict(zip(level.paths, level.share.tolist())) == {("North",): 60, ("South",): 32, ("East",): 8}
    assert found.sites.share.tolist() == [30, 20, 10, 18, 14, 8]
    assert (found.held, found.sites.unallocated, found.overrides) == (0, 0, ())
    assert level.quota == pytest.approx([18100 / 300, 32, 23 / 3])
    assert found.sites.quota == pytest.approx(
        [60 * 90 / 181, 60 * 60 / 181, 60 * 31 / 181, 32 * 55 / 96, 32 * 41 / 96, 8]
    )


def test_sites_of_a_region_need_not_stand_together():
    order = [5, 0, 3, 1, 4, 2]
    found = nested([[REGIONS[i] for i in order]], [W[i] for i in order], 100)
    assert found.levels[0].paths == (("East",), ("North",), ("South",))
    assert found.sites.share.tolist() == [[30, 20, 10, 18, 14, 8][i] for i in order]


def test_equal_names_in_different_regions_are_different():
    found = nested([["A", "A", "B"], ["west", "east", "west"]], [1, 2, 3], 12)
    assert found.levels[1].paths == (("A", "west"), ("A", "east"), ("B", "west"))
    assert found.levels[1].share.tolist() == [2, 4, 6]


@pytest.mark.parametrize("method", Method)
def test_sums_agree_at_every_level_of_made_up_nations(method):
    rnd = random.Random(41)
    for _ in range(250):
        n = rnd.randint(2, 30)
        levels = [[rnd.choice("ABC") for _ in range(n)], [rnd.choice("uvw") for _ in range(n)]]
        levels = levels[: rnd.randint(1, 2)]
        weights = [rnd.choice([0, rnd.randint(1, 500)]) for _ in range(n - 1)] + [7]
        floors = [rnd.choice([0, 0, 2]) for _ in range(n)]
        caps = [max(low, 1) + rnd.choice([1, 5, 60]) for low in floors]
        total = sum(floors) + n + rnd.randint(0, 300)
        found = nested(levels, weights, total, method=method, floors=floors, caps=caps, over="0.1")
        share = found.sites.share
        assert (share >= floors).all()
        assert (share <= caps).all()
        assert found.sites.total == -(-total * 11 // 10)
        assert share.sum() + found.sites.unallocated == found.sites.total
        most = sum(cap if w else low for cap, low, w in zip(caps, floors, weights))
        assert found.sites.unallocated == max(0, found.sites.total - most)
        assert found.levels[0].share.sum() + found.held == found.sites.total
        below = [*found.levels[1:], None]
        for level, under in zip(found.levels, below):
            parts = np.bincount(level.site, share, len(level.paths))
            assert (parts == level.share - level.unallocated).all()
            if under is not None:
                above = np.array([level.paths.index(path[:-1]) for path in under.paths])
                assert (np.bincount(above, under.share, len(level.paths)) + level.unallocated == level.share).all()


@pytest.mark.parametrize("method", Method)
def test_a_region_s_sites_are_those_of_the_region_shared_out_alone(method):
    found = nested([REGIONS], W, 100, method=method, floors=[3] * 6)
    for region, share in zip(range(3), found.levels[0].share.tolist()):
        sites = np.flatnonzero(found.levels[0].site == region)
        alone = apportion([W[i] for i in sites], share, method=method, floors=[3] * len(sites))
        assert found.sites.share[sites].tolist() == alone.share.tolist()


def test_a_region_may_choose_its_own_weights_and_its_total_stays():
    found = nested([REGIONS], W, 100, overrides=[Override("North", [1, 1, "0.5"], " Leeds has merged ", "A Lead")])
    assert found.levels[0].share.tolist() == [60, 32, 8]
    assert found.sites.share.tolist() == [24, 24, 12, 18, 14, 8]
    (record,) = found.overrides
    assert (record.region, record.reason, record.author) == (("North",), "Leeds has merged", "A Lead")
    assert record.sites.tolist() == [0, 1, 2]
    assert (record.before.tolist(), record.after.tolist()) == ([30, 20, 10], [24, 24, 12])


def test_an_override_holds_for_all_below_it_until_one_further_down():
    levels = [["N"] * 4 + ["S"], ["a", "a", "b", "b", "c"]]
    top = Override("N", [1, 1, 3, 3], "because", "x")
    found = nested(levels, [10, 10, 10, 10, 10], 50, overrides=[top])
    assert found.levels[0].share.tolist() == [40, 10]
    assert found.levels[1].share.tolist() == [10, 30, 10]
    assert found.sites.share.tolist() == [5, 5, 15, 15, 10]
    below = Override(("N", "b"), [1, 2], "because", "x")
    both = nested(levels, [10, 10, 10, 10, 10], 50, overrides=[below, top])
    assert both.levels[1].share.tolist() == [10, 30, 10]
    assert both.sites.share.tolist() == [5, 5, 10, 20, 10]
    assert [one.before.tolist() for one in both.overrides] == [[15, 15], [10, 10, 7, 13]]


def test_what_a_region_s_caps_leave_is_reported_by_region():
    everybody = nested([REGIONS], W, 100, caps=[10] * 6)
    assert (everybody.held, everybody.sites.unallocated) == (40, 40)
    assert everybody.levels[0].share.tolist() == [30, 20, 10]
    assert everybody.levels[0].unallocated.tolist() == [0, 0, 0]
    chosen = nested([REGIONS], W, 100, caps=[40] * 6, overrides=[Override("North", [1, 0, 0], "pilot", "x")])
    assert chosen.levels[0].share.tolist() == [60, 32, 8]
    assert chosen.levels[0].unallocated.tolist() == [20, 0, 0]
    assert (chosen.held, chosen.sites.unallocated) == (0, 20)
    assert chosen.sites.share.tolist() == [40, 0, 0, 18, 14, 8]


def test_huntington_hill_gives_a_region_one_for_each_of_its_sites():
    found = nested([["A"] * 5 + ["B"]], [1, 1, 1, 1, 1, 995], 10, method="huntington-hill")
    assert found.sites.share.tolist() == [1, 1, 1, 1, 1, 5]


def override(**change):
    usual = dict(region="North", weights=[1, 1, 1], reason="because", author="x")
    return {"overrides": [Override(**usual | change)]}


@pytest.mark.parametrize(
    ("levels", "options", "says"),
    [
        ([], {}, "one row of names for each level"),
        ([REGIONS[:5]], {}, "Level 1 must have one region for each of the 6 sites"),
        ([REGIONS, ["a"] * 5 + [" "]], {}, "Site 6 has no region at level 2"),
        ([REGIONS], override(reason="  "), "The override of North needs a reason"),
        ([REGIONS], override(author=""), "The override of North needs an author"),
        ([REGIONS], override(region="West"), "There is no region West to override"),
        ([REGIONS], override(region=("North", "Leeds")), "There is no region North / Leeds to override"),
        ([REGIONS], override(weights=[1, 1]), "override of North must have a weight for each of its 3 sites; it has 2"),
        ([REGIONS], override(weights=[1, -1, 1]), "In the override of North: Weights must not be negative"),
        ([REGIONS], override(weights=[0, 0, 0]), "In the override of North: All weights are zero"),
        ([REGIONS], {"overrides": override()["overrides"] * 2}, "A region may have one override"),
        ([REGIONS], {"floors": [20] * 6}, "floors add up to 120, more than the 100"),
        ([REGIONS], {"method": "huntington-hill", "caps": [0, 9, 9, 99, 99, 99]}, "the cap of site 1 is 0"),
        ([["A", "B", "C", "D", "E", "F"]], {"method": "huntington-hill", "total": 5}, "there are 5 for 6 sites"),
    ],
)
def test_what_cannot_be_nested_is_refused_in_a_sentence(levels, options, says):
    with pytest.raises(ValueError, match=says):
        nested(levels, W, **{"total": 100} | options)
