"""``python -m measures signals``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli.signals import signals

COLUMNS = ["series", "declared", "since", "effect", "q"]
HEAD = "series,period,value\n"
START = ("--start", "2020-01-01")
BEFORE, AFTER = 12, 24
CHANGED = [2, 5, 17]
FROM = BEFORE + 8
STEP = 12.0


def run(text, *options):
    return CliRunner().invoke(signals, ["-", *(options or START)], input=text)


def answer(done):
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def wide(seed=1, sites=20, changed=None, step=STEP, periods=BEFORE + AFTER):
    """Sites by months of plain noise, a step in those that changed."""
    changed = CHANGED if changed is None else changed
    y = np.random.default_rng(seed).normal(50, 3, (sites, periods))
    y[changed, FROM:] += step
    return y.round(3)


def long(y, name="S", freq="MS", form="%Y-%m-%d", first="2019-01-01", **more):
    s, n = y.shape
    when = pd.date_range(first, periods=n, freq=freq).strftime(form)
    frame = pd.DataFrame({"series": np.repeat([f"{name}{i}" for i in range(s)], n), "period": np.tile(when, s)})
    return frame.assign(value=y.ravel(), **more)


def csv(*frames):
    return pd.concat(frames).to_csv(index=False)


def declared(done):
    out = answer(done)
    return out.loc[out["declared"] != "", "series"].tolist()


CHANGED_NAMES = [f"S{i}" for i in CHANGED]


def test_one_row_per_series_and_the_changed_ones_declared_with_when_and_how_much():
    done = run(csv(long(wide())))
    out = answer(done)
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(out.columns) == COLUMNS
    assert out["series"].tolist() == [f"S{i}" for i in range(20)]
    assert declared(done) == CHANGED_NAMES
    found = out.loc[CHANGED]
    # A step this large shows before it has six periods of its own: the stretch then begins some before it.
    assert found["since"].between("2020-03-01", "2020-10-01").all()
    assert found["declared"].between("2020-09-01", "2021-03-01").all()
    assert found["effect"].astype(float).between(STEP / 3, STEP * 1.3).all()
    assert found["q"].astype(float).between(0, 0.05).all()
    assert (out.drop(index=CHANGED)[COLUMNS[1:]] == "").all(axis=None)


def test_rows_in_any_order_and_periods_as_they_are_written():
    frame = long(wide(), form="%Y-%m")
    plain = answer(run(csv(frame)))
    assert set(plain["since"].str.len()) == set(plain["declared"].str.len()) == {0, len("2020-08")}
    mixed = frame.sample(frac=1, random_state=4)
    shuffled = answer(run(csv(mixed).replace("\n", "\r\n")))
    assert shuffled["series"].tolist() == mixed["series"].drop_duplicates().tolist()
    same = shuffled.set_index("series").loc[plain["series"]].reset_index()
    assert same[COLUMNS[:3]].equals(plain[COLUMNS[:3]])
    for figure in COLUMNS[3:]:
        np.testing.assert_allclose(pd.to_numeric(same[figure]), pd.to_numeric(plain[figure]), rtol=1e-9)


def test_better_down_and_neither():
    up, down = csv(long(wide())), csv(long(wide(step=-STEP)))
    assert declared(run(down)) == []
    assert declared(run(down, *START, "--better", "down")) == CHANGED_NAMES
    assert declared(run(up, *START, "--better", "neither")) == CHANGED_NAMES
    both = declared(run(down, *START, "--better", "neither"))
    assert both == CHANGED_NAMES
    assert (answer(run(down, *START, "--better", "down"))["effect"].iloc[CHANGED].astype(float) < -5).all()


def test_a_smaller_share_of_luck_declares_no_more_and_no_earlier():
    text = csv(long(wide(step=5)))
    strict, loose = (answer(run(text, *START, "--fdr", share)) for share in ("0.001", "0.2"))
    assert (strict["declared"] != "").sum() < (loose["declared"] != "").sum()
    late = strict["declared"] != ""
    assert (loose["declared"][late] != "").all()
    assert (loose["declared"][late] <= strict["declared"][late]).all()


def test_each_campaign_is_a_family_of_its_own_and_a_series_in_two_is_two():
    one, two = long(wide(), campaign="A, west"), long(wide(2, changed=[0]), campaign="B")
    out = answer(run(csv(one, two)))
    assert list(out.columns) == ["campaign", *COLUMNS]
    assert out["campaign"].tolist() == ["A, west"] * 20 + ["B"] * 20
    for name, alone in (("A, west", one), ("B", two)):
        mine = out[out["campaign"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, answer(run(csv(alone))))
    # Side by side in the file, the first row of each decides the order.
    woven = pd.concat([one, two]).sort_values("period", kind="stable")
    pd.testing.assert_frame_equal(answer(run(csv(woven))), out)


def test_proportions_rates_and_values():
    rng = np.random.default_rng(5)
    size = rng.integers(150, 400, (20, BEFORE + AFTER))
    p = np.full(size.shape, 0.7)
    p[CHANGED, FROM:] = 0.85
    top = rng.binomial(size, p)
    frame = long(size.astype(float)).rename(columns={"value": "denominator"}).assign(numerator=top.ravel())
    done = run(csv(frame))
    assert (done.exit_code, done.stderr, declared(done)) == (0, "", CHANGED_NAMES)
    assert answer(done)["effect"].iloc[CHANGED].astype(float).between(0.05, 0.2).all()
    failures = frame.assign(numerator=frame["denominator"] - frame["numerator"])
    down = run(csv(failures), *START, "--better", "down")
    assert answer(down)[["declared", "since"]].equals(answer(done)[["declared", "since"]])
    rate = run(csv(frame.assign(numerator=frame["numerator"] * 10)))
    assert declared(rate) == CHANGED_NAMES
    assert answer(rate)["effect"].iloc[CHANGED].astype(float).between(0.5, 2).all()
    valued = frame.assign(value=5.0)
    assert declared(run(csv(valued))) == []


def test_missing_cells_ghosted_rows_and_empty_values_are_as_if_they_were_not_there():
    frame = long(wide())
    gone = np.random.default_rng(6).random(len(frame)) < 0.15
    without = run(csv(frame[~gone]))
    assert declared(without) == CHANGED_NAMES
    ghosts = frame.assign(ghosted=np.where(gone, "yes", "no"), value=np.where(gone, 9999.0, frame["value"]))
    assert answer(run(csv(ghosts))).equals(answer(without))
    empty = frame.assign(value=frame["value"].where(~gone))
    assert answer(run(csv(empty))).equals(answer(without))


def test_a_month_that_nobody_reported_and_days_that_differ_from_site_to_site():
    frame = long(wide())
    lost = frame[~frame["period"].isin(["2019-05-01", "2020-06-01"])]
    assert declared(run(csv(lost))) == CHANGED_NAMES
    ends = frame.assign(period=(pd.to_datetime(frame["period"]) + pd.offsets.MonthEnd(0)).dt.strftime("%Y-%m-%d"))
    half = frame["series"].isin([f"S{i}" for i in range(10)])
    mixed = answer(run(csv(frame.where(half, ends))))
    plain = answer(run(csv(frame)))
    assert mixed["declared"].str[:7].equals(plain["declared"].str[:7])
    assert mixed["q"].equals(plain["q"])
    first, last = mixed[half.groupby(frame["series"], sort=False).first().to_numpy()], mixed.iloc[10:]
    assert set(first["since"].str[-3:]) == {"", "-01"}
    assert not last["since"].str.endswith("-01").any()


def test_phase_and_target_are_not_looked_at():
    frame = long(wide())
    odd = frame.assign(phase=np.arange(len(frame)), target="to be agreed")
    assert run(csv(odd)).stdout == run(csv(frame)).stdout


@pytest.mark.parametrize(
    ("freq", "first", "periods", "cycle"), [("MS", "2018-01-01", 48, 12), ("QS", "2010-01-01", 40, 4)]
)
def test_a_season_that_all_share_is_no_improvement(freq, first, periods, cycle):
    y = np.random.default_rng(7).normal(50, 2, (20, periods))
    # A baseline whose last period was low for all: without the calendar every site would seem to improve.
    y += 8 * np.sin(2 * np.pi * np.arange(periods) / cycle)
    begins = str(pd.date_range(first, periods=periods, freq=freq)[3 * cycle].date())
    done = run(csv(long(y.round(2), freq=freq, first=first)), "--start", begins)
    assert (done.exit_code, done.stderr, declared(done)) == (0, "", [])


def test_a_season_with_less_than_a_year_before_the_start_is_said():
    y = wide() + 15 * np.sin(np.arange(BEFORE + AFTER) * np.pi / 6)
    done = run(csv(long(y)), "--start", "2019-10")
    assert (done.exit_code, declared(done)) == (0, [])
    assert done.stderr == (
        "nothing is looked for in 'S0', 'S1', 'S2', 'S3', 'S4' and 15 more: the series move together through the"
        " year, and the periods before 2019-10 do not hold a whole year, so that a season cannot be told from a"
        " change.\n"
    )


def test_series_with_too_short_a_baseline_are_named_and_the_others_answered():
    frame = long(wide())
    late = frame[~(frame["series"].isin(["S2", "S9"]) & (frame["period"] < "2019-06"))]
    done = run(csv(late))
    assert done.exit_code == 0
    assert done.stderr == (
        "nothing is looked for in 'S2' and 'S9': fewer than 8 periods with a figure before 2020-01-01.\n"
    )
    assert declared(done) == ["S5", "S17"]


def test_a_campaign_without_a_baseline_is_said_and_the_others_answered():
    one, two = long(wide(), campaign="A"), long(wide(2), first="2020-01-01", campaign="B")
    three = long(wide(3, periods=BEFORE, changed=[]), campaign="C")
    done = run(csv(one, two, three))
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "campaign 'B': no usable row is before 2020-01-01, so nothing is looked for.",
        "campaign 'C': no usable row is from 2020-01-01 on, so nothing is looked for.",
    ]
    out = answer(done)
    assert out["campaign"].value_counts().to_dict() == {"A": 20, "B": 20, "C": 20}
    assert set(out.loc[out["declared"] != "", "campaign"]) == {"A"}


def test_one_site_a_constant_series_and_a_file_of_nothing_but_constants():
    one = wide(sites=1, changed=[0], step=20)
    done = run(csv(long(one)))
    assert (done.exit_code, declared(done)) == (0, ["S0"])
    y = wide()
    y[0] = 40
    assert declared(run(csv(long(y)))) == CHANGED_NAMES
    still = run(csv(long(np.full((5, BEFORE + AFTER), 7.0))))
    assert (still.exit_code, still.stderr, declared(still)) == (0, "", [])
    zero = long(np.zeros((5, BEFORE + AFTER))).rename(columns={"value": "numerator"}).assign(denominator=9)
    assert (run(csv(zero)).exit_code, declared(run(csv(zero)))) == (0, [])


def test_bad_rows_are_named_and_the_good_ones_answered():
    good = csv(long(wide()))
    done = run(good + "S1,soon,4\nS1,2030-01,many\n,2030-01,1\nS1,2019-01,4\nnew,2020-01,?\n")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 722: period 'soon' is not a date (YYYY-MM-DD).",
        "row 723: value 'many' is not a number.",
        "row 724: series is empty.",
        "row 725: series 'S1' has another row for 2019-01, above.",
        "row 726: value '?' is not a number.",
    ]
    out = answer(done)
    assert out.iloc[-1].tolist() == ["new", "", "", "", ""]
    assert out.iloc[:-1].equals(answer(run(good)))


def test_a_row_without_a_campaign_is_refused():
    done = run("campaign,series,period,value\nA,x,2019-01,1\n,x,2019-02,1\nB,x,2019-01,1\nA,x,2020-01,1\n")
    assert (done.exit_code, done.stderr.splitlines()[0]) == (1, "campaign 'A': nothing is looked for in 'x': fewer than"
        " 8 periods with a figure before 2020-01-01.")  # fmt: skip
    assert "row 3: campaign is empty." in done.stderr.splitlines()
    assert answer(done)[["campaign", "series"]].to_numpy().tolist() == [["A", "x"], ["B", "x"]]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", START, "is empty"),
        ("series,value\nA,1\n", START, "no column period; it has series, value. The command signals needs series"),
        ("series,period,numerator\nA,2020-01,1\n", START, "no column denominator"),
        (HEAD, (), "--start"),
        (HEAD, ("--start", "spring"), "'spring' is not a date"),
        (HEAD, (*START, "--better", "sideways"), "--better"),
        (HEAD, (*START, "--fdr", "0"), "--fdr"),
        (HEAD, (*START, "--fdr", "nan"), "--fdr"),
        (
            HEAD + "A,2020-01,1\nA,2020-02,2\n",
            START,
            "no usable row is before 2020-01-01, so there is no baseline: the first is of 2020-01-01.",
        ),
        (HEAD + "A,2019-01,1\n", START, "no usable row is of 2020-01-01 or later: the last is of 2019-01-01."),
    ],
)  # fmt: skip
def test_wrong_usage_is_said(text, options, says):
    done = CliRunner().invoke(signals, ["-", *options], input=text)
    assert done.exit_code == 2
    assert says in " ".join(done.stderr.split())


def test_what_was_refused_is_said_beside_a_start_that_leaves_nothing():
    done = run(HEAD + "A,2019-01,?\nA,2020-01,1\n")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[0] == "row 2: value '?' is not a number."
    assert "no baseline" in done.stderr


def test_a_header_without_rows():
    done = run(HEAD)
    assert done.exit_code == 0
    assert "no rows" in done.stderr
    assert list(answer(done).columns) == COLUMNS
    assert answer(done).empty


def test_a_hundred_thousand_rows_in_one_family():
    y = wide(sites=2800)
    done = run(csv(long(y)))
    assert done.exit_code == 0
    assert set(CHANGED_NAMES) <= set(declared(done))
    assert len(declared(done)) <= 6


def test_moments_that_no_two_sites_share_are_said_to_be_too_many():
    rng = np.random.default_rng(3)
    moments = np.datetime64("2019-06-01T00:00:00") + rng.choice(3 * 10**7, 20_000, replace=False)
    frame = pd.DataFrame({"series": rng.integers(0, 500, 20_000), "period": moments, "value": 1.0})
    done = run(csv(frame))
    assert done.exit_code == 1
    assert "20,000 different periods at 500 sites are too many to replay" in done.stderr
