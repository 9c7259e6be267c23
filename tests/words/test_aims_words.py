"""What is said of aims, of what versions changed, and of where the campaign is heading."""

from dataclasses import replace
from datetime import date

import pytest

from measures.aims.outlook import Assumption, Caveat
from measures.aims.rates import Effort
from measures.review import views
from measures.review.aims import aims
from measures.review.outlook import outlook
from measures.words import aims as words
from measures.words import outlook as ahead_words
from measures.words import site as site_words


@pytest.fixture(scope="module")
def view(today):
    return aims(today)


@pytest.fixture(scope="module")
def ahead(today):
    return outlook(today)


def test_the_headline_counts_what_all_rules_ask_for_together(view):
    assert words.heading(view) == (
        "95% in December 2019 asks the 134 sites for about 137,000 more people seen within four hours that month"
    )
    people = view.asks[Effort.FAILURE_REDUCTION].sites["denominator"].sum()
    assert abs((0.95 - view.pooled) * people - 137_000) < 500


def test_the_lede_names_version_author_rule_and_that_it_adds_up(view):
    said = " ".join(words.lede(view))
    assert "Version 2, agreed on 2 February 2018 by NHS England." in said
    assert "Every site closes the same share of its distance to 100%." in said
    assert "That adds up to 1,649,813 of 1,736,645 people, to the person." in said
    assert "3 sites have merged since; what they were asked for stands with the successor." in said


def test_a_rule_that_cuts_at_everything_says_so(view):
    over = view.asks[Effort.RELATIVE].over
    assert over > 1
    assert f"only because {over} sites that it would ask for more than everything are held at 100%" in words.outcome(
        view, Effort.RELATIVE
    )


def test_a_rule_that_cannot_meet_the_aim_says_how_many_people_short(view):
    gap = view.asks[Effort.GAP]
    short = replace(view, asks={**view.asks, Effort.GAP: replace(gap, unmet=1200, reason="The benchmark is too low.")})
    assert words.adds_up(short, Effort.GAP) == "1,200 people short of the aim: the benchmark is too low."


def test_what_a_version_changed_is_told_at_the_site(today):
    said = dict(site_words.asked_of(views.site(today, "R0A")))["What changed"]
    assert said.startswith("NHS England: Each date moved a year on after the winter of 2017/18. Each date is 12 months")
    assert said.endswith("The shares of the two sites that had joined moved here.")
    alone = dict(site_words.asked_of(views.site(today, "RJ1")))["What changed"]
    assert "joined" not in alone


def test_a_site_reads_what_is_needed_beside_what_there_is(today):
    first, second = site_words.pace(views.site(today, "R0A"))
    assert first == "Reaching 96.3% in December 2019 takes 1.2 points a month from here."
    assert second == "Over the past year it has moved 0.2 points a month down."
    assert site_words.pace(views.site(today, "R0A", "attendances")) == []
    assert site_words.pace(views.site(today, "RM2")) == [], "a site that has merged is asked for nothing"


@pytest.mark.parametrize(
    ("p", "said"),
    [(0, "under 1 in 20"), (0.049, "under 1 in 20"), (0.05, "about 1 in 10"), (0.449, "about 4 in 10"),
     (0.94, "about 9 in 10"), (0.951, "over 19 in 20"), (1, "over 19 in 20")],
)  # fmt: skip
def test_chances_are_no_finer_than_they_were_checked(p, said):
    assert ahead_words.chance(p) == said


def test_the_two_numbers_are_told_apart_where_they_differ(ahead):
    assert ahead_words.fact(ahead).means == "whether nothing more changes or sites keep their recent pace"
    kept = replace(ahead.found[Assumption.RECENT_PACE], chance=0.42)
    other = replace(ahead, found={**ahead.found, Assumption.RECENT_PACE: kept})
    assert ahead_words.fact(other).means == "if nothing more changes; about 4 in 10 if sites keep their recent pace"
    assert ahead_words.sentence(other) == ""
    assert (
        ahead_words.sentence(ahead)
        == "As things stand, reaching 95% in December 2019 is unlikely: under 1 chance in 20."
    )


def test_every_caveat_has_its_words(ahead):
    found = ahead.found[Assumption.NOTHING_MORE]
    bare = ahead_words.label(replace(found, caveats=()), ahead)
    for caveat in Caveat:
        said = ahead_words.label(replace(found, caveats=(caveat,)), ahead)
        assert said.startswith(bare)
        assert len(said) > len(bare) + 20


def test_an_early_version_says_nothing_of_change(observations, campaign):
    from measures.review import review

    then = review(observations, campaign, date(2017, 12, 20))
    assert "What changed" not in dict(site_words.asked_of(views.site(then, "RJ1")))
