"""The sites side by side, and where new limits are proposed: true to the review's own numbers, and kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.demo import ae
from measures.model import Direction, Family, Form, Measure
from measures.review import funnel as funnels
from measures.review import review, views
from measures.review.calendar import due_on
from measures.words import funnel as words
from measures.words import sites as sites_words
from tests.words.test_sentences import check

RATE = Measure(
    "falls", "Falls", "Falls", "", Family.OUTCOME, Form.RATE, Direction.DOWN, "per 1,000 bed days", "Falls", "Bed days"
)
SHARE = replace(RATE, form=Form.PROPORTION, unit="%", denominator_label="A&E attendances")


@pytest.fixture(scope="module")
def by_month(observations, campaign):
    months = [m.date() for m in pd.date_range("2016-04-01", "2019-03-01", freq="5MS")]
    return [review(observations, campaign, due_on(m, campaign.outcome)) for m in [*months, date(2019, 2, 1)]]


def every_view(found):
    for measure in found.campaign.measures:
        for months in funnels.SPANS:
            yield measure, months, funnels.funnel(found, measure.id, months)


def sentences(measure, months, view):
    yield words.headline(view, months)
    if view is None:
        yield from words.nothing(0, months)
        return
    called = view.table[view.table["exceptional"].to_numpy()]
    yield words.lede(len(view.table), words.beyond(view), len(called))
    yield words.left_out(view.left_out)
    yield words.caution(view.phi, widened=view.tau2 > 0)
    yield words.chart_unit(measure.name, words.sizes(measure), words.span(view.first, view.last))
    yield words.alt(measure.name, "86.1%", len(view.table), called["name"].tolist(), int(view.table["opposite"].sum()))
    yield words.marked(max(1, len(called)))
    for row in called.to_dict("records"):
        yield words.estimate(measure, row["rate"], row["denominator"], row["shrunken"])


def test_every_sentence_of_every_month_is_kind_and_whole(by_month, today):
    texts = [one for found in [*by_month, today] for view in every_view(found) for one in sentences(*view)]
    texts += [one for n in range(3) for one in words.nothing(n, 1)]
    texts += [*words.nobody(), *words.nobody(Direction.NEITHER), *words.no_denominators(), words.few(7), words.few(2)]
    texts.append(words.not_comparable(RATE, SHARE))
    check([one for one in texts if one])
    assert len(texts) > 300
    assert all(one[0].isupper() or one[0].isdigit() or one[0] == "“" for one in texts if one)


def test_the_headline_is_the_funnels_own_count(by_month, today):
    for found in [*by_month, today]:
        for measure, months, view in every_view(found):
            said = words.headline(view, months)
            if view is None:
                assert "compare yet" in said
                continue
            better, other = int(view.table["exceptional"].sum()), int(view.table["opposite"].sum())
            if better:
                assert f"{better} of {len(view.table)} sites" in said
            assert ("could use a hand" in said) == bool(other)
            assert ("did better" in said) == bool(better and measure.better != Direction.NEITHER)
            assert f"{view.last:%B %Y}" in said


def test_the_headline_says_which_months(today):
    headline = {months: words.headline(funnels.funnel(today, None, months), months) for months in funnels.SPANS}
    assert headline[1] == "In March 2019, 14 of 134 sites did better than chance and ordinary differences explain"
    assert headline[3].startswith("Over the three months to March 2019, 4 of 134 sites")
    assert headline[12].startswith("Over the 12 months to March 2019, 4 of 134 sites")


def test_outside_the_band_is_counted_by_each_sites_own_limits(today):
    view = funnels.funnel(today, None, 12)
    t = view.table
    outside = sum(not low <= rate <= high for low, rate, high in zip(t["lower_95"], t["rate"], t["upper_95"]))
    assert words.beyond(view) == outside == 22
    assert "; 22 do." in words.lede(len(t), words.beyond(view), 4)


def test_a_figure_says_what_it_rests_on_and_what_luck_leaves_of_it():
    assert words.estimate(SHARE, 0.931, 21_000, 0.918) == (
        "93.1% of 21,000 A&E attendances, about 91.8% once luck is allowed for"
    )
    assert words.estimate(RATE, 4.21, 18_500, 4.2099) == (
        "4.2 per 1,000 bed days over 18,500 bed days, a figure that luck hardly moves"
    )
    assert words.sizes(replace(RATE, denominator_label="")) == "cases"


def test_where_neither_direction_is_better_nobody_is_called_good(today):
    view = funnels.funnel(today, "admitted", 12)
    said = words.headline(view, 12)
    assert "differed by more than" in said
    assert "better" not in said
    assert "hand" not in said


# ------------------------------------------------------------------ new limits


def test_the_list_says_once_and_quietly_where_new_limits_are_proposed(today):
    view = views.sites(today)
    many = view.proposed.loc[view.proposed["measure"].astype(str) == view.measure.id, "site"].nunique()
    assert 0 < many < view.proposed["site"].nunique()
    assert f"Headway proposes new limits at {many} sites; a person decides." in sites_words.lede(view, 0)
    nothing = replace(view, proposed=view.proposed.head(0))
    assert "limits" not in sites_words.lede(nothing, 0)
    assert sites_words.proposals(nothing) == {}
    assert sites_words.trials(nothing) == ""


def test_each_proposal_is_told_in_its_own_figures(today):
    view = views.sites(today)
    told, rows = sites_words.proposals(view), sites_words.proposed(view)
    assert set(told) == set(rows["site"])
    row = rows.iloc[0]
    (said,) = told[row["site"]]
    side = "above" if row["side"] > 0 else "below"
    assert said.startswith(f"{row['run']} months in a row {side} the old average of {row['before'] * 100:.1f}% from ")
    assert f"{row['on']:%B %Y}" in said
    check([one for many in told.values() for one in many])


def test_a_trial_is_said_once_where_all_are_and_beside_each_where_some_are(today):
    view = views.sites(today)
    assert sites_words.proposed(view)["trial"].all()
    assert "trial" in sites_words.trials(view)
    assert not [one for many in sites_words.proposals(view).values() for one in many if "trial" in one]
    some = replace(view, proposed=view.proposed.assign(trial=np.arange(len(view.proposed)) % 2 == 0))
    assert sites_words.trials(some) == ""
    told = [one for many in sites_words.proposals(some).values() for one in many]
    assert sum("trial" in one for one in told) == int(sites_words.proposed(some)["trial"].sum())


def test_in_the_first_months_nothing_is_proposed(observations, campaign):
    view = views.sites(review(observations, campaign, due_on(ae.BASELINE[0], campaign.outcome)))
    assert "limits" not in sites_words.lede(view, len(views.outstanding(view)))
    assert sites_words.proposed(view).empty
