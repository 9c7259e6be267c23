"""The funnel's picture and its words: what is drawn, what stands out, and what is never said."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from measures.charts.funnel import FACTOR, MANY, NAMED, funnel_chart, key
from measures.model import Direction
from measures.spc.funnel import funnel
from measures.words import funnel as words
from tests.charts.chart_data import having, marks, spec_of

UNKIND = re.compile(r"\b(fail\w*|worst|underperform\w*|bad|poor\w*|league|rank\w*|red flag)\b|!", re.IGNORECASE)
BROKEN = re.compile(r"\bnan\b|\bNone\b|  |\.\.|\{|\}| ,| \.|inf\b")


def some(k=40, low=200, high=3000, better=2, seed=5, **options):
    """``k`` sites between two sizes, the first few of them truly better: the frame, the curves, the funnel."""
    rng = np.random.default_rng(seed)
    d = np.geomspace(low, high, k).round()
    rng.shuffle(d)
    share = 1 / (1 + np.exp(-(1.0 + 0.2 * rng.standard_normal(k))))
    share[:better] = 0.98
    x = rng.binomial(d.astype(int), share).astype(float)
    found = funnel(x, d, **options)
    frame = pd.DataFrame({"site": [f"Site {i}" for i in range(k)], "numerator": x, "denominator": d})
    for name in ("rate", "lower_95", "upper_95", "exceptional"):
        frame[name] = getattr(found, name)
    grid, limits = found.curve(d)
    return frame, pd.DataFrame({"denominator": grid, **limits._asdict()}), found


def drawn(frame, curves, found, **options):
    return spec_of(funnel_chart(frame, curves, centre=found.centre, unit="%", **options))


@cache
def usual():
    return drawn(*some(), size_words="Patients, January to March")


def texts(spec, at="wide"):
    return [row["text"] for m in having(spec, "text") if "color" in m["encoding"] for row in m["rows"] if row.get(at)]


def dots(spec):
    """Every site's mark, in the order of drawing."""
    return [row for m in having(spec, "point") if "shape" in m["encoding"] for row in m["rows"]]


def axis(spec, channel):
    return next(m["encoding"] for m in marks(spec) if "axis" in m["encoding"].get(channel, {}))[channel]


def test_the_first_layer_fixes_the_order_of_the_roles_and_no_layer_names_a_colour():
    first = usual()["layer"][0]["layer"][0]
    assert first["encoding"]["color"]["scale"]["domain"] == list(theme.ROLES)
    frame, curves, found = some()
    assert "#" not in funnel_chart(frame, curves, centre=found.centre, unit="%").to_json()
    assert usual()["height"] == theme.HEIGHT["funnel"]
    assert drawn(frame, curves, found, height=200)["height"] == 200


def test_a_site_is_a_grey_dot_and_an_exceptional_one_is_blue_and_a_diamond():
    frame, *_ = some()
    assert frame.loc[frame["exceptional"], "site"].tolist() == ["Site 0", "Site 1"]
    looks = {(row["role"], row["shape"]) for row in dots(usual())}
    assert looks == {("common", "circle"), ("improvement", "diamond")}
    assert len(dots(usual())) == len(frame)
    blue = [row for row in dots(usual()) if row["role"] == "improvement"]
    assert sorted(row["v"] for row in blue) == pytest.approx(sorted(frame.loc[frame["exceptional"], "rate"]))
    assert [row["role"] for row in dots(usual())][-2:] == ["improvement"] * 2, "on top of the others"


def test_a_concern_is_drawn_only_where_it_is_given():
    frame, curves, found = some()
    assert "concern" not in {row["role"] for row in dots(drawn(frame, curves, found, name_better=False))}
    frame["cause"] = ["improvement", "concern", "high", "low", *["common"] * (len(frame) - 4)]
    looks = {(row["role"], row["shape"]) for row in dots(drawn(frame, curves, found))}
    assert ("concern", "square") in looks
    assert {shape for role, shape in looks if role == "neither"} == {"triangle-up", "triangle-down"}
    named = [text for text in texts(drawn(frame, curves, found)) if text.startswith("Site")]
    assert named == ["Site 0"], "a concern is never named on the picture"


def test_sites_stand_in_no_order_of_merit():
    """They are drawn where their size puts them, as they come."""
    frame, curves, found = some()
    common = [row for row in dots(usual()) if row["role"] == "common"]
    assert [row["v"] for row in common] == frame.loc[~frame["exceptional"], "rate"].tolist()
    assert not re.search(r"\brank|\border", funnel_chart(frame, curves, centre=found.centre, unit="%").to_json())


def test_the_band_and_both_pairs_of_lines_are_the_curves():
    _, curves, found = some()
    band = having(usual(), "area")[0]["rows"]
    assert [row["low"] for row in band] == pytest.approx(curves["lower_95"].tolist())
    for dash, names in (("limit", ("lower_95", "upper_95")), ("funnel_998", ("lower_998", "upper_998"))):
        line = having(usual(), "line", strokeDash=theme.DASH[dash])[0]
        assert line["mark"]["clip"] is True
        for name in names:
            values = [row["v"] for row in line["rows"] if row["side"] == name]
            assert values == pytest.approx(curves[name].tolist())
    centre = having(usual(), "line", strokeWidth=theme.STROKE["mean"])[0]["rows"]
    assert [row["v"] for row in centre] == [found.centre] * 2


def test_the_lines_are_named_in_words():
    _, _, found = some()
    assert {"95 in 100 lie inside", "998 in 1,000 lie inside", f"All sites {found.centre:.1%}"} <= set(texts(usual()))
    assert f"All sites {found.centre:.1%}" in texts(usual(), "narrow")
    assert {"95 in 100", "998 in 1,000"} & set(texts(usual(), "narrow"))
    assert not re.search(r"limit|UCL|LCL|σ|sigma|%$", " ".join(t for t in texts(usual()) if "All sites" not in t))
    frame, curves, found = some()
    assert any(t.startswith("The 40 wards ") for t in texts(drawn(frame, curves, found, centre_words="The 40 wards")))


def test_a_line_that_leaves_the_drawing_is_named_on_its_other_side():
    frame, curves, found = some()
    curves["upper_998"] = 1.0
    spec = drawn(frame, curves, found)
    row = next(r for m in having(spec, "text") for r in m["rows"] if str(r.get("text")).startswith("998") and r["wide"])
    assert row["v"] < found.centre


def test_the_size_axis_is_named_and_goes_by_factor_where_sizes_span_more_than_20_fold():
    assert axis(usual(), "x")["title"] == "Patients, January to March"
    frame, curves, found = some()
    assert axis(usual(), "x")["scale"]["domain"] == [curves["denominator"].min(), curves["denominator"].max()]
    assert next(row["t"] for row in dots(usual()) if row["role"] == "common") == frame["denominator"].iloc[2]
    frame, curves, found = some(high=200 * FACTOR * 2)
    spec = drawn(frame, curves, found)
    ends = np.log10([curves["denominator"].min(), curves["denominator"].max()])
    assert axis(spec, "x")["scale"]["domain"] == pytest.approx(ends)
    assert "pow(10,datum.value)" in axis(spec, "x")["axis"]["labelExpr"]
    assert 10 ** np.array(axis(spec, "x")["axis"]["values"]) == pytest.approx([200, 500, 1000, 2000, 5000])
    assert axis(spec, "x").get("title") is None


def test_the_axis_holds_every_site_and_is_not_stretched_by_the_smallest():
    frame, curves, found = some(k=60, low=5, high=30_000)
    low, high = axis(drawn(frame, curves, found), "y")["scale"]["domain"]
    assert low <= frame["rate"].min() <= frame["rate"].max() <= high <= 1
    assert curves["lower_998"].min() < low, "the line of the smallest sites runs out of the drawing"
    band = having(drawn(frame, curves, found), "area")[0]["rows"]
    assert min(row["low"] for row in band) >= low


def test_every_site_answers_the_pointer():
    frame, curves, found = some()
    frame.loc[3, "site"] = "<b>St Mary's</b> & others"
    hover = marks(drawn(frame, curves, found))[-1]
    assert [t["field"] for t in hover["encoding"]["tooltip"]] == ["Site", "Value", "Count", "Usual range", "Says"]
    rows = {row["Site"]: row for row in hover["rows"]}
    assert len(rows) == len(frame)
    row, site = rows["<b>St Mary's</b> & others"], frame.loc[3]
    assert row["Value"] == f"{site['rate']:.1%}"
    assert row["Count"] == f"{site['numerator']:,.0f} of {site['denominator']:,.0f}"
    assert row["Usual range"] == f"{site['lower_95']:.1%} to {site['upper_95']:.1%}"
    assert rows["Site 0"]["Says"] == "Better than chance and ordinary differences explain"
    assert [row["Site"] for row in hover["rows"]][-2:] == ["Site 0", "Site 1"], "found first where points meet"


def test_what_a_grey_site_says_is_true_of_it():
    frame, curves, found = some()
    frame.loc[5, ["rate", "exceptional"]] = [frame.loc[5, "lower_95"] - 0.01, False]
    rows = {row["Site"]: row["Says"] for row in marks(drawn(frame, curves, found))[-1]["rows"]}
    assert rows["Site 5"].startswith("Outside the usual range")
    inside = frame[frame["rate"].between(frame["lower_95"], frame["upper_95"]) & ~frame["exceptional"]]
    assert {rows[site] for site in inside["site"]} == {"Within the usual range"}


def test_a_site_whose_name_is_left_empty_stays_nameless_under_the_pointer_too():
    frame, curves, found = some()
    frame["site"] = frame["site"].where(frame["exceptional"], "")
    hover = marks(drawn(frame, curves, found))[-1]["rows"]
    assert sorted({row["Site"] for row in hover}) == ["A site", "Site 0", "Site 1"]
    assert {row["Value"] for row in hover if row["Site"] == "A site"}


def test_the_key_names_the_marks_that_are_shown():
    said = key(["common", "improvement", "common"])
    assert said.count("<li>") == 2
    assert "Better than chance and ordinary differences explain" in said
    assert "Could use a hand" not in said
    assert "One site" in key([])
    assert key(["high", "low", "concern"]).count("<svg") == 4


def test_on_a_phone_the_outer_words_never_lie_between_the_lines():
    for seed in range(12):
        frame, curves, found = some(k=60, low=2000, high=40_000, seed=seed)
        rows = [row for m in having(drawn(frame, curves, found), "text") for row in m["rows"]]
        for row in rows:
            if row.get("narrow") and row["text"].startswith("998"):
                near = curves.iloc[(curves["denominator"] - row["t"]).abs().argmin()]
                assert not near["lower_998"] < row["v"] < near["upper_998"]


def test_without_numerators_the_size_is_told():
    frame, curves, found = some()
    hover = marks(drawn(frame.drop(columns="numerator"), curves, found))[-1]
    assert "Size" in [t["field"] for t in hover["encoding"]["tooltip"]]
    assert hover["rows"][0]["Size"] == f"{frame.loc[2, 'denominator']:,.0f}"


def test_a_screen_reader_is_told_of_every_site():
    assert all("usual range" in row["spoken"] for row in dots(usual()))
    frame, curves, found = some()
    spoken = dots(drawn(frame.assign(site=""), curves, found))[0]["spoken"]
    assert spoken.startswith("A site: ")


def test_the_few_that_stand_out_are_named_on_a_wide_chart_alone():
    assert {"Site 0", "Site 1"} <= set(texts(usual()))
    assert not {"Site 0", "Site 1"} & set(texts(usual(), "narrow"))
    frame, curves, found = some()
    assert "Site 0" not in texts(drawn(frame, curves, found, name_better=False))
    assert not [t for t in texts(drawn(frame.assign(site=""), curves, found)) if t.startswith("Site")]
    frame, curves, found = some(k=60, better=NAMED + 1, seed=9)
    assert not [t for t in texts(drawn(frame, curves, found)) if t.startswith("Site")]


def test_names_that_would_meet_are_all_left_out():
    frame, curves, found = some()
    frame.loc[: NAMED - 1, ["denominator", "rate", "exceptional"]] = [800.0, 0.97, True]
    frame["site"] = "A rather long name of a site"
    assert frame["exceptional"].sum() == NAMED
    assert not [t for t in texts(drawn(frame, curves, found)) if "name of a site" in t]


def test_many_sites_are_smaller_dots():
    assert {row["size"] for row in dots(usual()) if row["role"] == "common"} == {theme.POINT["common"]["size"]}
    frame, curves, found = some(k=MANY + 1, better=0)
    assert {row["size"] for row in dots(drawn(frame, curves, found))} == {theme.POINT["common"]["small"]}


def test_a_rate_is_shown_per_so_many():
    rng = np.random.default_rng(2)
    d = rng.integers(2000, 30_000, 30).astype(float)
    x = rng.poisson(0.004 * d).astype(float)
    found = funnel(x, d, kind="rate", better=-1)
    frame = pd.DataFrame({"site": [f"Home {i}" for i in range(30)], "denominator": d, "rate": found.rate})
    frame = frame.assign(lower_95=found.lower_95, upper_95=found.upper_95, exceptional=found.exceptional)
    grid, limits = found.curve(d)
    curves = pd.DataFrame({"denominator": grid, **limits._asdict()})
    spec = spec_of(funnel_chart(frame, curves, centre=found.centre, unit="", per=1000))
    assert dots(spec)[0]["v"] == pytest.approx(found.rate[0] * 1000)
    assert f"All sites {found.centre * 1000:.2f}" in texts(spec)
    plain = spec_of(funnel_chart(frame, curves, centre=found.centre, unit=""))
    assert f"All sites {found.centre:.4f}" in texts(plain), "as many places as it takes"
    assert "'.3f'" in axis(plain, "y")["axis"]["labelExpr"]
    assert frame["rate"].iloc[0] == found.rate[0], "what is given is not changed"


@pytest.mark.parametrize(("centre", "shown"), [(0.862, "86.2%"), (0.004, "0.40%"), (0.9991, "99.910%"), (0.0, "0.0%")])
def test_shares_have_as_many_places_as_it_takes(centre, shown):
    frame, curves, _ = some()
    spec = spec_of(funnel_chart(frame, curves, centre=centre, unit="%"))
    assert f"All sites {shown}" in texts(spec, "narrow") + texts(spec)


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_few_sites_or_none_can_be_drawn(k):
    x, d = np.array([40.0, 45, 50])[:k], np.array([60.0, 70, 64])[:k]
    found = funnel(x, d)
    frame = pd.DataFrame({"site": list("ABC")[:k], "numerator": x, "denominator": d, "rate": found.rate})
    frame = frame.assign(lower_95=found.lower_95, upper_95=found.upper_95, exceptional=found.exceptional)
    grid, limits = found.curve(d)
    curves = pd.DataFrame({"denominator": grid, **limits._asdict()})
    spec = spec_of(funnel_chart(frame, curves, centre=found.centre, unit="%"))
    assert len(dots(spec)) == k


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_at_one_end_can_be_drawn(share):
    d = np.arange(10.0, 60.0)
    found = funnel(d * share, d)
    frame = pd.DataFrame({"site": [str(n) for n in d], "denominator": d, "rate": found.rate})
    frame = frame.assign(lower_95=found.lower_95, upper_95=found.upper_95, exceptional=found.exceptional)
    grid, limits = found.curve(d)
    curves = pd.DataFrame({"denominator": grid, **limits._asdict()})
    low, high = axis(spec_of(funnel_chart(frame, curves, centre=found.centre, unit="%")), "y")["scale"]["domain"]
    assert 0 <= low < high <= 1
    assert low <= share <= high


# ------------------------------------------------------------------ words


def test_the_heading_counts_who_stands_out():
    for (sites, better, other), said in (
        ((134, 3, 0), "3 of 134 sites did better than {}"),
        ((134, 3, 2), "3 of 134 sites did better than {}; 2 could use a hand"),
        ((134, 0, 1), "133 of 134 sites differed no more than {}; 1 could use a hand"),
        ((134, 0, 0), "All 134 sites differed no more than {}"),
        ((2, 0, 0), "Both sites differed no more than {}"),
        ((12, 0, 12), "All 12 sites could use a hand"),
    ):
        assert words.heading(sites, better, other) == said.format(words.EXPLAINED)
    assert (
        words.heading(9, 2, 1, direction=Direction.NEITHER) == f"3 of 9 sites differed by more than {words.EXPLAINED}"
    )
    assert (
        words.heading(20, 0, when="In March 2019")
        == f"In March 2019, all 20 sites differed no more than {words.EXPLAINED}"
    )
    assert words.heading(20, 1, when="In March 2019").startswith("In March 2019, 1 of 20 sites did better than")


def sentences():
    for sites in (0, 1, 2, 3, 7, 12, 13, 40, 134, 2000):
        for better in {0, 1, min(3, sites), sites}:
            if better > sites:
                continue
            for other in {0, min(1, sites - better), sites - better}:
                for direction in Direction:
                    yield words.heading(sites, better, other, direction=direction)
                    names = [f"Site {i}" for i in range(better)]
                    yield words.alt("Share seen in time", "86.2%", sites, names, other, direction=direction)
                    yield words.alt("Share seen in time", "86.2%", sites, [""] * better, other, direction=direction)
                yield words.lede(sites, better + other, better)
        yield words.few(sites)
    for phi in (0.3, 1.0, 1.2, 2.3, 56.0, 3828.9):
        for widened, allowed in ((True, True), (False, True), (False, False)):
            yield words.caution(phi, widened=widened, allowed=allowed)
    yield words.regression()
    yield words.chart_unit("Share seen in time", "attendances")


def test_every_sentence_is_kind_and_whole():
    found = [one for one in sentences() if one]
    assert len(found) > 200
    for text in found:
        assert not UNKIND.search(text), text
        assert not BROKEN.search(text), text
        assert text[0].isupper() or text[0].isdigit(), text


def test_the_words_do_not_hide_how_many_luck_would_put_outside():
    assert words.lede(134, 20, 3).startswith(
        "About seven of 134 sites would lie outside the band by luck alone; 20 do."
    )
    assert "of every ten marked" in words.lede(134, 20, 3)
    assert "of every 20 marked" in words.lede(134, 20, 3, q=0.05)
    assert words.lede(134, 0).startswith("About seven of 134 sites would lie outside the band by luck alone; none do.")
    assert words.lede(8, 1).startswith("Hardly one of 8 sites would lie outside the band by luck alone; one does.")
    assert words.lede(1, 0) == ""


def test_the_caution_says_how_much_more_than_luck():
    assert "about 62 times as much as luck" in words.caution(3828.9, widened=True)
    assert "about two times as much as luck" in words.caution(4.0, widened=True)
    assert "somewhat more than luck" in words.caution(1.3, widened=True)
    assert "widened" in words.caution(4.0, widened=True)
    assert words.caution(0.8, widened=False).endswith("luck and nothing else.")
    assert "nobody’s doing" in words.caution(0.0, widened=False, allowed=False)


def test_regression_to_the_mean_is_one_sentence():
    assert words.regression().count(".") == 1


def test_the_picture_in_words():
    said = words.alt("Share seen in time", "86.2%", 20, ["Riverbank", "Airedale", "Barts"], 1)
    assert "Riverbank, Airedale and Barts did better than chance" in said
    assert said.endswith("; one could use a hand; the others differed no more than that")
    assert "seven did better than" in words.alt("Share", "86%", 20, [f"S{i}" for i in range(7)])
    assert "none differed by more than" in words.alt("Share", "86%", 20, [])
    assert words.alt("Share", "86%", 2, ["A", "B"]).endswith(
        "A and B did better than chance and ordinary differences explain"
    )
    assert "six differed by more than" in words.alt("Share", "86%", 20, [""] * 6, direction=Direction.NEITHER)
