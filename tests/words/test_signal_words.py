"""What is said of lasting changes: true to the figures, plain, kind, and never surer than they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from measures.model import Direction, Family, Form, Measure
from measures.review import lasting as review_lasting
from measures.review.flags import Reason
from measures.review.frames import FLAGS, SIGNALS
from measures.review.lasting import OfSite, OfSites
from measures.words import flags, signals
from tests.words.test_sentences import check, lasting_sentences

SHARE = Measure("seen", "Seen in time", "Seen in time", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "")
WAIT = Measure("wait", "Wait", "Wait", "", Family.OUTCOME, Form.VALUE, Direction.DOWN, "minutes", "")
WAIT = replace(WAIT, frequency="week")
CAME = Measure("came", "Attendances", "Attendances", "", Family.CONTEXT, Form.COUNT, Direction.NEITHER, "", "")


def signal(direction="improvement", effect=0.021, low=0.009, high=0.033, **rest) -> dict:
    given = {"site": "a", "measure": "seen", "group": "all", "q": 0.01, "p": 0.004, "now": effect}
    dates = {"declared": pd.Timestamp("2019-02-01"), "since": pd.Timestamp("2018-10-01")}
    return {**given, **dates, "direction": direction, "effect": effect, "low": low, "high": high, **rest}


def flag(reason: Reason, **rest) -> dict:
    given = {"site": "a", "measure": "seen", "group": "all", "cause": "improvement", "side": 1, "rules": "shift"}
    dates = {"first": pd.Timestamp("2018-10-01"), "last": pd.Timestamp("2018-12-01")}
    return {**given, **dates, "points": 3, "reported": 4, "reason": reason.value, **rest}


def family(measure=SHARE, tested=134, looks=24, **rest) -> review_lasting.Family:
    return review_lasting.Family(measure, tested, looks, 0.45, "tested" if tested else "short", **rest)


def of_site(declared=(), flagged=(), **rest) -> OfSite:
    frames = pd.DataFrame(list(declared), columns=list(SIGNALS)), pd.DataFrame(list(flagged), columns=list(FLAGS))
    given = {"family": family(), "status": "tested", "baseline": 12, "p": {1: 0.1, -1: 1.0}}
    return OfSite(declared=frames[0], flagged=frames[1], **(given | rest))


def of_sites(*declared, measure=SHARE, sites=134, **rest) -> OfSites:
    return OfSites(family(measure, **rest), pd.DataFrame(list(declared), columns=list(SIGNALS)), sites)


def test_a_signal_says_since_when_by_how_much_and_how_sure():
    (title, more), *others = flags.declared(of_site([signal()]))
    assert not others
    assert title == "Improved since October 2018"
    assert more == (
        "By about 2.1 points (between 0.9 and 3.3). A change as lasting as this is seen in fewer than 1 in 100"
        " sites where"
        " nothing changed, however often one looks. It could be told from the figures of February 2019 on."
    )


def test_one_the_other_way_is_told_kindly():
    down = signal("deterioration", -0.021, -0.033, -0.009)
    assert signals.sentence(down, SHARE) == (
        "Could use a look: lower since October 2018, by about 2.1 points (between 0.9 and 3.3)."
    )
    assert signals.mark(down, SHARE) == (date(2018, 10, 1), "Lower since Oct 2018")


def test_less_is_better_improves_downwards():
    down = signal("improvement", -12.0, -18.5, -5.6)
    assert signals.sentence(down, WAIT) == (
        "Improved since the week of 1 October 2018, by about 12.0 minutes (between 5.6 and 18.5)."
    )


def test_neither_direction_is_good_or_bad():
    assert signals.title(signal("up", 431.2), CAME) == "Higher since October 2018"
    assert signals.title(signal("down", -431.2), CAME) == "Lower since October 2018"
    assert signals.mark(signal("up", 431.2), CAME)[1] == "Higher since Oct 2018"
    assert signals.effect(signal("up", 431.2, 176.4, 1686.3), CAME) == "By about 431 (between 176 and 1,686)."


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (1e-7, "fewer than 1 in 10,000"), (0.0009, "fewer than 1 in 1,000"), (0.0099, "fewer than 1 in 100"),
        (0.0125, "about 1 in 80"),
    ],
)  # fmt: skip
def test_how_often_luck_makes_as_much_is_never_overstated(p, said):
    assert said in signals.sure(p)


@pytest.mark.parametrize(("now", "faded"), [(0.021, False), (0.011, False), (0.01, True), (-0.03, True)])
def test_a_change_of_which_little_is_left_says_so(now, faded):
    row = signal(now=now)
    assert ("less than half of that is left" in signals.sentence(row, SHARE)) == faded
    assert bool(flags.improved(of_site([row]))) != faded
    assert ("At one of them" in signals.held(of_sites(row))) == faded
    mirrored = signal("deterioration", -0.021, -0.033, -0.009, now=-now)
    assert signals.faded(mirrored) == faded


def test_the_newest_signal_is_the_headlines():
    earlier = signal("deterioration", -0.03, -0.05, -0.01, since=pd.Timestamp("2017-05-01"))
    assert flags.improved(of_site([earlier, signal()])) == "has improved since October 2018"
    later = signal("deterioration", -0.03, -0.05, -0.01, since=pd.Timestamp("2018-12-01"))
    assert flags.improved(of_site([signal(), later])) == ""
    assert flags.improved(of_site()) == ""


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "Of every 20 signals like this, about one is there by luck."),
        (2, "Of these two, fewer than one would be here by luck."),
        (19, "Of these 19, fewer than one would be here by luck."),
        (20, "Of these 20, about one would be here by luck."),
        (63, "Of these 63, about three would be here by luck."),
        (0, ""),
    ],
)
def test_every_list_says_how_many_are_there_by_luck(count, said):
    assert signals.luck(count) == said


def test_the_summary_counts_and_names_nobody():
    other = signal("deterioration", -0.02, -0.03, -0.01)
    said = signals.summary(of_sites(*[signal()] * 6, *[other] * 20))
    assert said[0] == (
        "Six of 134 sites have improved in a way that lasts; 20 could use a look, having changed the other way."
    )
    assert said[1] == "Of these 26, about one would be here by luck."
    assert "134 sites, after each of 24 months" in said[-1]


def test_counts_of_one_side_alone_and_of_none():
    other = signal("deterioration", -0.02, -0.03, -0.01)
    assert signals.counts(of_sites(signal())) == "One of 134 sites has improved in a way that lasts."
    assert signals.counts(of_sites(other)) == (
        "One of 134 sites could use a look: it has changed the other way, and that lasts."
    )
    assert signals.counts(of_sites()) == "At none of 134 sites has “Seen in time” changed yet in a way that lasts."
    up, down = signal("up", 40), signal("down", -40)
    assert signals.counts(of_sites(up, up, down, measure=CAME)) == (
        "“Attendances” is higher than it was at two and lower at one of 134 sites, in a way that lasts."
    )
    assert signals.counts(of_sites(down, measure=CAME)) == (
        "“Attendances” is lower than it was at one of 134 sites, in a way that lasts."
    )


def test_where_nobody_can_be_looked_at_it_says_why():
    assert signals.counts(of_sites(tested=0)) == (
        "Lasting changes are looked for once sites have reported eight months before the start."
    )
    unknown = review_lasting.Family(SHARE, 0, 3, 0.0, "season")
    assert "not a whole year of figures from before the start" in signals.nobody(unknown)
    assert (
        signals.summary(OfSites(unknown, of_sites().declared, 5))[1:] == [""]
        or len(signals.summary(of_sites(tested=0))) == 1
    )


REASONS = {
    Reason.SEASON: "The sites move together at this time of year. Without that, the chart would not flag them.",
    Reason.TURNED: "It went the other way afterwards.",
    Reason.PASSED: "It did not last: later months lie back near the level from before the start.",
    Reason.SOON: "Too soon to tell: a change counts once six reported months show that it lasts, and so far"
    " there are four.",
    Reason.TOGETHER: "Months of this measure hang together (correlation 0.5), so that several on one side in a"
    " row come by"
    " themselves. Within what luck makes: of 134 sites looked at 24 times, about 13 would show as much if nothing had"
    " changed anywhere.",
    Reason.LUCK: "Within what luck makes: of 134 sites looked at 24 times, about 13 would show as much if"
    " nothing had changed"
    " anywhere.",
    Reason.SHORT: "Five months were reported before the start; eight are needed to know the level that a change"
    " is measured"
    " from.",
    Reason.NO_SEASON: "The season cannot be told from a change here: there is not a whole year of figures from"
    " before the"
    " start.",
    Reason.REDEFINED: "Since July 2018 it is counted differently, so later figures cannot be laid beside those"
    " from before"
    " the start.",
    Reason.JOINED: "Since July 2018 another site is part of this one, so later figures cannot be laid beside"
    " those from"
    " before the start.",
}  # fmt: skip


@pytest.mark.parametrize("reason", [r for r in Reason if r != Reason.SIGNAL])
def test_every_reason_is_a_sentence(reason):
    broke = reason.value if reason in (Reason.REDEFINED, Reason.JOINED) else ""
    site = of_site(flagged=[flag(reason)], until=date(2018, 7, 1) if broke else None, broke=broke, baseline=5)
    assert flags.not_signals(site) == [("Improvement, October to December 2018", REASONS[reason])]
    assert flags.heading(site) == (
        f"What the chart flags, and why it is not {'yet ' if reason == Reason.SOON else ''}a signal"
    )
    check(lasting_sentences(site))


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.9, "most of 134 sites looked at 24 times would"),
        (0.011, "about one would"),
        (0.002, "now and then one would"),
    ],
)
def test_luck_is_told_in_sites(p, said):
    assert said in flags.why(flag(Reason.LUCK), of_site(p={1: p, -1: 1.0}))


def test_a_site_alone_is_told_a_chance():
    alone = of_site(p={1: 0.2}, family=family(tested=1))
    assert flags.why(flag(Reason.LUCK), alone) == (
        "Within what luck makes: where nothing changes as much is seen in about 1 site in 5."
    )


def test_what_belongs_to_a_signal_is_not_explained_away():
    site = of_site([signal()], [flag(Reason.SIGNAL)])
    assert flags.not_signals(site) == []
    assert flags.heading(site) == "A change that lasts"


def test_older_stretches_are_counted_by_reason():
    many = [flag(Reason.PASSED, first=pd.Timestamp(f"2017-{m:02}-01")) for m in range(1, 4)]
    newest = [flag(Reason.LUCK)] * 3
    assert flags.older(of_site(flagged=[*many, *newest])) == (
        "Three older stretches of flagged points were none either: three did not last."
    )
    assert flags.older(of_site(flagged=[many[0], *newest])) == (
        "One older stretch of flagged points was none either (did not last)."
    )
    assert len(flags.not_signals(of_site(flagged=[*many, *newest]))) == flags.MOST


def test_no_news_says_what_was_looked_for():
    quiet = of_site()
    assert flags.heading(quiet) == "No lasting change so far"
    assert flags.status(quiet) == (
        "Looked for after each of 24 months, here and at 133 other sites. Nothing here has changed for six"
        " months or more"
        " by more than luck makes."
    )
    assert flags.status(of_site([signal()])) == ""
    short = of_site(status="short", baseline=1)
    assert flags.status(short).startswith("One month was reported before the start; eight are needed")


def test_a_list_of_flags_says_how_many_are_signals():
    found = of_sites(signal())
    assert signals.flags_caution(found, ["a", "b"]) == (
        "What charts flag comes and goes; at one of these is a lasting change declared."
    )
    assert signals.flags_caution(found, ["b"]).endswith("at none of these has a lasting change been declared.")
    assert signals.flags_caution(found, []) == ""
