"""The A&E campaign: its shares reconcile, its lines are those of the CSV, its mergers move what they must."""

import csv
import math
from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest

from measures.demo import ae
from measures.model import SiteKind

DATA = ae.FOLDER


@pytest.fixture(scope="module")
def campaign():
    return ae.campaign()


@pytest.fixture(scope="module")
def months():
    """Attendances and breaches by organisation and month, straight from the CSV."""
    found = defaultdict(lambda: [0, 0])
    with (DATA / "ae_attendances.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            cell = found[row["org_code"], row["period"]]
            cell[0] += int(row["attendances"])
            cell[1] += int(row["breaches"])
    return found


@pytest.fixture(scope="module")
def codes():
    with (DATA / "organisations.csv").open(newline="") as file:
        return {row["org_code"] for row in csv.DictReader(file)}


def share(months, period, codes=None):
    cells = [cell for (code, when), cell in months.items() if when == period and (codes is None or code in codes)]
    return 1 - sum(c[1] for c in cells) / sum(c[0] for c in cells)


@pytest.mark.parametrize(
    ("period", "of_140", "of_274"),
    [("2017-09-01", 88.0, 89.7), ("2018-03-01", 82.1, 84.6), ("2018-09-01", 87.2, 88.9), ("2019-03-01", 84.5, 86.6)],
)
def test_the_published_lines(months, codes, period, of_140, of_274):
    assert len(codes) == 140
    assert len({code for code, _ in months}) == 274
    assert round(100 * share(months, period, codes), 1) == of_140
    assert round(100 * share(months, period), 1) == of_274


def test_the_baseline_year(months, codes):
    def pooled(wanted):
        cells = [c for (code, when), c in months.items() if when < "2017-04-01" and (wanted is None or code in wanted)]
        return round(100 * (1 - sum(c[1] for c in cells) / sum(c[0] for c in cells)), 1)

    assert pooled(codes) == 87.2
    assert pooled(None) == 89.1


@pytest.mark.parametrize("version", [1, 2])
def test_the_shares_numerators_add_up_to_the_campaigns(campaign, version):
    aim = campaign.aims[0]
    for waypoint in aim.versions[version - 1].waypoints:
        mine = [s for s in campaign.shares if s.version == version and s.on == waypoint.on]
        denominator = sum(s.denominator for s in mine)
        asked = math.ceil(Fraction(str(waypoint.level)) * denominator)
        assert sum(s.numerator for s in mine) == asked
        assert all(0 <= s.numerator <= s.denominator for s in mine)


def test_the_effort_asked_is_the_published_one(campaign):
    """k is about 0.22 for 90 % and 0.61 for 95 %, the same for every site to within a person."""
    for version, on, k in [
        (1, date(2017, 9, 1), 0.22),
        (1, date(2018, 12, 1), 0.61),
        (2, date(2018, 9, 1), 0.22),
        (2, date(2019, 12, 1), 0.61),
    ]:
        mine = [s for s in campaign.shares if s.version == version and s.on == on]
        for s in mine:
            base = Fraction(s.baseline_numerator, s.baseline_denominator)
            effort = (Fraction(s.numerator, s.denominator) - base) / (1 - base)
            tolerance = 0.005 + 1 / (s.denominator * float(1 - base))
            assert abs(float(effort) - k) < tolerance
        assert all(s.numerator * s.baseline_denominator >= s.baseline_numerator * s.denominator for s in mine)


def test_who_takes_part(campaign):
    """Sites open on the day a version was agreed: 139 and 137, a merger's successor in the second."""
    first = {s.site for s in campaign.shares if s.version == 1}
    second = {s.site for s in campaign.shares if s.version == 2}
    assert len(first) == 139
    assert len(second) == 137
    assert first - second == {"RM2", "RW3", "RQQ"}
    assert second - first == {"R0A"}


def test_a_merger_moves_the_baseline_to_the_successor(campaign, months):
    def baseline(version, site):
        mine = next(s for s in campaign.shares if s.version == version and s.site == site)
        return mine.baseline_numerator, mine.baseline_denominator

    parts = [baseline(1, site) for site in ("RM2", "RW3")]
    assert baseline(2, "R0A") == tuple(map(sum, zip(*parts, strict=True)))
    parts = [baseline(1, site) for site in ("RGN", "RQQ")]
    assert baseline(2, "RGN") == tuple(map(sum, zip(*parts, strict=True)))


def test_forecast_denominators_are_months_known_when_it_was_agreed(campaign, months):
    def denominator(version, on, site):
        return next(s.denominator for s in campaign.shares if (s.version, s.on, s.site) == (version, on, site))

    assert denominator(1, date(2017, 9, 1), "RJ1") == months["RJ1", "2016-09-01"][0]
    assert denominator(1, date(2018, 12, 1), "RJ1") == months["RJ1", "2016-12-01"][0]
    assert denominator(2, date(2018, 9, 1), "RJ1") == months["RJ1", "2017-09-01"][0]
    assert denominator(2, date(2019, 12, 1), "RJ1") == months["RJ1", "2017-12-01"][0]


def test_sites_mergers_and_the_reference_line(campaign):
    own = [s for s in campaign.sites if s.kind == SiteKind.SITE]
    assert len(own) == 140
    merged = {s.id: s.successor for s in own if s.merged_on}
    assert merged == {"RGQ": "RDE", "RJF": "RTG", "RM2": "R0A", "RQQ": "RGN", "RR1": "RRK", "RW3": "R0A"}
    assert [s.id for s in campaign.sites if s.kind == SiteKind.REFERENCE] == [ae.ENGLAND]
    assert campaign.demo
    assert "Open Government Licence" in campaign.attribution


def test_every_row_of_the_csv_is_entered(months, codes):
    entered = {(e.site, e.period.isoformat()): e for e in ae.entries() if e.measure == "within4h"}
    ours = {key: cell for key, cell in months.items() if key[0] in codes}
    assert {key for key in entered if key[0] != ae.ENGLAND} == set(ours)
    for key, (attendances, breaches) in ours.items():
        assert entered[key].denominator == attendances
        assert entered[key].numerator == attendances - breaches
