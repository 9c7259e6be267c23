"""``python -m measures rebase``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli.rebase import rebase

COLUMNS = ["series", "period", "reason", "side", "run", "centre_before", "centre_after", "points", "trial"]
HEAD = "series,period,value\n"
LOW, HIGH = [4, 6, 5], [14, 16, 15]
UPPER, LOWER = [16, 14, 15], [6, 4, 5]


def run(text, *options):
    return CliRunner().invoke(rebase, ["-", *options], input=text)


def table(done):
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def months(series, values):
    dates = pd.date_range("2015-01-01", periods=len(values), freq="MS").strftime("%Y-%m")
    return pd.DataFrame({"series": series, "period": dates, "value": values})


def csv(*frames):
    return pd.concat(frames).to_csv(index=False)


def test_one_row_per_proposal_with_what_was_seen():
    done = run(csv(months("A, up", LOW * 7 + HIGH * 7)))
    out = table(done)
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(out.columns) == COLUMNS
    assert out.to_numpy().tolist() == [
        [
            "A, up",
            "2016-10",
            "21 points in a row above the old average of 5 from 2016-10 on; the new limits rest on 21 points from"
            " there, average 15.",
            *["above", "21", "5", "15", "21", "false"],
        ]
    ]


def test_series_come_in_order_of_first_appearance_and_rows_in_any():
    frames = [months(name, UPPER * 7 + LOWER * 7 + UPPER * 7 + [16]) for name in ("Z", "A")] + [
        months("none", LOW * 14)
    ]
    out = table(run(csv(*frames[:2], frames[2]).replace("\n", "\r\n")))
    assert out["series"].tolist() == ["Z", "Z", "A", "A"]
    assert out["period"].tolist() == ["2016-10", "2018-07"] * 2
    assert out["side"].tolist() == ["below", "above"] * 2
    upside_down = table(run(csv(*[frame[::-1] for frame in frames[::-1]])))
    assert upside_down["series"].tolist() == ["A", "A", "Z", "Z"]
    assert upside_down["period"].tolist() == out["period"].tolist()


def test_a_shorter_period_is_called_a_trial():
    text = csv(months("A", LOW * 4 + HIGH * 4))
    assert table(run(text)).empty
    out = table(run(text, "--period-min", "12"))
    assert out["trial"].tolist() == ["true"]
    assert out["reason"][0].endswith(
        "the new limits rest on 12 points from there, average 15 (a trial: fewer than 21 points)."
    )


def test_points_left_out_of_the_new_limits_are_said():
    values = LOW * 7 + HIGH * 7
    values[32] = 90
    out = table(run(csv(months("A", values))))
    assert out["points"].tolist() == ["20"]
    assert "the new limits rest on 20 of the 21 points from there, average 15." in out["reason"][0]
    none_out = run(csv(months("A", values)), "--max-exclusions", "0", "--every-shift")
    assert table(none_out)["points"].tolist() == ["21"]


def test_every_option_reaches_the_algorithm():
    waiting = csv(months("A", LOW * 7 + HIGH * 5 + LOW * 2))
    assert table(run(waiting)).empty
    assert table(run(waiting, "--regrets"))["period"].tolist() == ["2016-10"]
    back = csv(months("A", LOW * 7 + HIGH * 5 + LOW * 3 + HIGH * 7))
    first = "2016-10"
    assert first not in set(table(run(back, "--regrets"))["period"])
    assert first in set(table(run(back, "--regrets", "--no-overhanging"))["period"])
    assert first in set(table(run(back, "--every-shift"))["period"])
    long = csv(months("A", LOW * 7 + HIGH * 7))
    assert table(run(long, "--shift", "22")).empty
    assert table(run(long, "--baseline", "24")).empty
    assert table(run(long, "--baseline", "6"))["period"].tolist() == [first]


def test_a_ratio_is_a_proportion_unless_told_otherwise():
    frame = months("A", LOW * 7 + HIGH * 7).rename(columns={"value": "numerator"}).assign(denominator=20)
    out = table(run(csv(frame)))
    assert out[["centre_before", "centre_after"]].to_numpy().tolist() == [["0.25", "0.75"]]
    assert "above the old average of 25.0% from 2016-10 on" in out["reason"][0]
    plain = table(run(csv(frame), "--kind", "xmr"))
    assert "above the old average of 0.25 from" in plain["reason"][0]
    both = csv(frame.assign(value=7))
    assert table(run(both)).empty
    assert table(run(both, "--kind", "p"))["centre_after"].tolist() == ["0.75"]


def test_ghosted_rows_are_as_if_they_were_not_there():
    frame = months("A", LOW * 7 + HIGH * 8).assign(ghosted="")
    frame.loc[30, ["value", "ghosted"]] = [2, "yes"]
    without = frame.drop(index=30)
    assert table(run(csv(frame))).equals(table(run(csv(without))))
    assert table(run(csv(frame.assign(ghosted="")))).to_numpy().tolist() != table(run(csv(frame))).to_numpy().tolist()


def test_bad_rows_are_named_and_the_good_ones_answered():
    good = csv(months("A", LOW * 7 + HIGH * 7))
    done = run(good + "A,soon,4\nA,2030-01,many\n,2030-01,1\nA,2015-01,4\n")
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["row 44", "row 45", "row 46", "row 47"]
    assert table(done).equals(table(run(good)))


def test_what_can_be_no_count_or_proportion_is_refused():
    done = run(HEAD + "A,2020-01,-4\nA,2020-02,3\n", "--kind", "c")
    assert (done.exit_code, done.stderr) == (1, "row 2: value '-4' is below 0.\n")
    assert run(HEAD + "A,2020-01,-4\n").exit_code == 0
    done = run("series,period,numerator,denominator\nA,2020-01,5,4\nA,2020-02,-1,4\nA,2020-03,1,0\nA,2020-04,,\n")
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 2: numerator '5' is above its denominator '4'.",
        "row 3: numerator '-1' is below zero.",
        "row 4: denominator is zero.",
    ]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", (), "is empty"),
        ("series,value\nA,1\n", (), "no column period"),
        ("series,period,numerator\nA,2020-01,1\n", (), "no column denominator"),
        (HEAD, ("--kind", "pp"), "no column denominator, numerator; it has series, period, value. The pp chart needs"),
        (
            "series,period,numerator,denominator\n",
            ("--kind", "cp"),
            "no column value; it has series, period, numerator, denominator. The cp chart needs",
        ),
        (HEAD, ("--kind", "run"), "--kind"),
        (HEAD, ("--period-min", "1"), "--period-min"),
        (HEAD, ("--shift", "1"), "--shift"),
        (HEAD, ("--max-exclusions", "-1"), "--max-exclusions"),
    ],
)
def test_wrong_usage_is_said(text, options, says):
    done = run(text, *options)
    assert done.exit_code == 2
    assert says in done.stderr


def test_a_header_without_rows():
    done = run(HEAD)
    assert done.exit_code == 0
    assert "no rows" in done.stderr
    assert list(table(done).columns) == COLUMNS
    assert table(done).empty
