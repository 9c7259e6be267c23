"""Shapes: from 0 to 1, the worked numbers, and texts that come back as they went."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.shapes import MOST_POINTS, SHAPES, Shape, milestones, read, shape, typed

YEAR = np.arange(1, 13) / 12
S = [0.0087, 0.0281, 0.0701, 0.1542, 0.3003, 0.5, 0.6997, 0.8458, 0.9299, 0.9719, 0.9913, 1]

unit = st.floats(0, 1, allow_subnormal=False)


@st.composite
def times(draw, inside_only):
    cuts = sorted(draw(st.sets(st.integers(1, 999), min_size=0 if inside_only else 1, max_size=8)))
    return [c / 1000 for c in cuts]


@st.composite
def piecewise(draw, rising):
    inside = draw(times(True))
    levels = draw(st.lists(unit if rising else st.floats(-1, 2), min_size=len(inside), max_size=len(inside)))
    levels = sorted(levels) if rising else levels
    return shape("piecewise", [(0, 0), *zip(inside, levels), (1, 1)])


@st.composite
def stepped(draw):
    inside = draw(times(False))
    levels = sorted(draw(st.lists(unit, min_size=len(inside) - 1, max_size=len(inside) - 1)))
    return shape("stepped", list(zip(inside, [*levels, 1.0])))


rising_shapes = st.one_of(
    st.just(shape("linear")),
    st.floats(1, 20).map(lambda g: shape("front-loaded", gamma=g)),
    st.floats(1, 20).map(lambda g: shape("back-loaded", gamma=g)),
    st.builds(lambda k, m: shape("s-curve", kappa=k, m=m), st.floats(0.01, 500), unit),
    st.floats(0.01, 1).map(lambda at: shape("ramp-sustain", at=at)),
    st.builds(
        lambda p, q, t: shape("bass", p=p, q=q, periods=t), st.floats(1e-6, 1), st.floats(0, 5), st.floats(1, 99)
    ),
    piecewise(rising=True),
    stepped(),
)
shapes = rising_shapes | piecewise(rising=False)


def test_the_worked_s_curve():
    assert shape("s-curve")(YEAR).round(4).tolist() == S
    assert shape("s-curve", kappa=10, m=0.5) == shape("s-curve")


def test_the_worked_front_loaded_path():
    assert shape("front-loaded")(YEAR[:6]).round(4).tolist() == [0.1597, 0.3056, 0.4375, 0.5556, 0.6597, 0.75]


def test_the_worked_spread_after_bass():
    at = np.array([6, 12, 18, 24])
    whole = 180 * (1 - np.exp(-0.37 * 24)) / (1 + 17.5 * np.exp(-0.37 * 24))
    found = whole * shape("bass", p=0.02, q=0.35, periods=24)(at / 24)
    # domain.md gives 175.8 and 179.5 for the last two.
    assert found.round(1).tolist() == [55.3, 147.4, 175.8, 179.5]


def test_the_others_by_hand():
    s = np.array([0, 0.25, 0.5, 1])
    assert shape("linear")(s).tolist() == [0, 0.25, 0.5, 1]
    assert shape("back-loaded")(s).tolist() == [0, 0.0625, 0.25, 1]
    assert shape("ramp-sustain", at=0.5)(s).tolist() == [0, 0.5, 1, 1]
    assert shape("stepped", [0.25, 1])(s).tolist() == [0, 0.5, 0.5, 1]
    assert shape("stepped", [(0.5, 0.25), (0.75, 1)])([0.49, 0.5, 0.74, 0.75]).tolist() == [0, 0.25, 0.25, 1]
    dip = shape("piecewise", [(0, 0), (0.5, -0.5), (1, 1)])
    assert dip(s).tolist() == [0, -0.25, -0.5, 1]
    assert not dip.rises


def test_a_step_at_a_third_comes_at_a_third():
    assert shape("stepped", [0.333333333333, 1])(np.arange(13) / 12).tolist() == [0] * 4 + [0.5] * 8 + [1]
    assert milestones([4, 8, 12], 0, 12)(np.arange(13) / 12) == pytest.approx(np.repeat([0, 1, 2, 3], [4, 4, 4, 1]) / 3)


@given(shapes)
def test_every_shape_runs_from_0_to_1_and_stays_there(any_shape):
    assert any_shape(0.0) == 0
    assert any_shape(1.0) == 1
    assert any_shape([-5, 7]).tolist() == [0, 1]


@given(rising_shapes, st.lists(st.floats(-0.5, 1.5), max_size=20))
def test_a_shape_that_rises_stays_between_0_and_1(any_shape, s):
    made = any_shape(np.sort(s))
    assert any_shape.rises
    assert ((made >= 0) & (made <= 1)).all()
    assert (np.diff(made) >= -1e-15).all()


@given(shapes, st.lists(unit, max_size=9))
def test_many_at_once_are_as_one_by_one(any_shape, s):
    assert any_shape(s) == pytest.approx([float(any_shape(one)) for one in s], rel=1e-14, abs=1e-14)
    assert any_shape(np.array([s, s])).shape == (2, len(s))


@given(shapes)
def test_a_shape_comes_back_from_its_text(any_shape):
    again = read(str(any_shape))
    assert again == any_shape
    assert str(again) == str(any_shape)
    assert hash(again) == hash(any_shape)


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        (" linear ", shape("linear")),
        ("s-curve: m = 0.4 , kappa=12", shape("s-curve", m=0.4, kappa=12)),
        ("stepped:0.25,0.5,1", shape("stepped", [(0.25, 1 / 3), (0.5, 2 / 3), (1, 1)])),
        ("piecewise:0=0,.5=2e-1,1=1", shape("piecewise", [(0, 0), (0.5, 0.2), (1, 1)])),
        ("bass:p=0.02,q=0.35,periods=24", shape("bass", periods=24, p=0.02, q=0.35)),
    ],
)
def test_texts_are_read(text, is_):
    assert read(text) == is_


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is no shape ''; choose one of linear, front-loaded"),
        ("circle", "There is no shape 'circle'"),
        ("linear:gamma=2", "The shape linear has no parameter 'gamma'; it has none"),
        ("s-curve:gamma=2", "has no parameter 'gamma'; it has kappa, m"),
        ("s-curve:kappa=0", "kappa must lie between 0.01 and 500; 0 does not"),
        ("s-curve:kappa=10,kappa=11", "gives kappa twice"),
        ("s-curve:kappa=x", "'x' is not a number"),
        ("s-curve:kappa=9**9**9", r"'9\*\*9\*\*9' is not a number"),
        ("s-curve:kappa=1e999", "kappa of the shape s-curve must be a finite number"),
        ("s-curve:kappa=nan", "'nan' is not a number"),
        ("s-curve:m=1.5", "m must lie between 0 and 1"),
        ("front-loaded:gamma=0.5", "gamma must lie between 1 and 20"),
        ("linear:", "'' is not a number"),
        ("linear:0.5=1", "The shape linear has no points"),
        ("bass:p=0.02", "The shape bass needs its q and periods"),
        ("stepped", "The shape stepped needs its points"),
        ("stepped:0,1", "first step must come after the start"),
        ("stepped:0.5,0.25", "Point 2 of the shape stepped does not come after the one before"),
        ("stepped:0.5,1.5", "Point 2 of the shape stepped has the time 1.5; times lie between 0 and 1"),
        ("stepped:0.5=0.5", "must end at level 1, and its last point has the level 0.5"),
        ("piecewise:0.5,1", "must be pairs of a time and a level"),
        ("piecewise:0=0.1,1=1", "must start with level 0 at time 0"),
        ("piecewise:0=0,0.9=1", "must start with level 0 at time 0 and end with level 1 at time 1"),
        ("piecewise:0=0,0.5=1e999,1=1", "Point 2 of the shape piecewise is not a pair of finite numbers"),
        ("ramp-sustain:at=0", "at must lie between 0.01 and 1"),
    ],
)
def test_what_is_no_shape_is_refused_in_a_sentence(text, says):
    with pytest.raises(ValueError, match=says) as refusal:
        read(text)
    assert str(refusal.value).endswith(".")


def test_a_text_without_end_is_refused_soon():
    with pytest.raises(ValueError, match=f"more than {MOST_POINTS} points|is not a number"):
        read("stepped:" + ",".join(str(k / 10**6) for k in range(1, 10**5)))
    with pytest.raises(ValueError, match="no shape") as refusal:
        read("x" * 10**6)
    assert len(str(refusal.value)) < 250


def test_milestones_are_dates_between_the_start_and_the_end():
    assert milestones([3, 6, 12], 0, 12) == read("stepped:0.25,0.5,1")
    # Milestones that are over before the end: the aim is then held.
    assert milestones([3], 0, 12)([0.2, 0.25]).tolist() == [0, 1]
    for when, says in (
        ([-1, 6], "date of milestone 1 is before the start"),
        ([0, 6], "date of milestone 1 is at the start"),
        ([3, 13], "date of milestone 2 is after the end"),
        ([6, 3], "date of milestone 2 does not come after the one before"),
        ([6, np.nan], "date of milestone 2 has no date"),
    ):
        with pytest.raises(ValueError, match=says):
            milestones(when, 0, 12)
    with pytest.raises(ValueError, match="The end must come after the start"):
        milestones([3], 12, 12)


def test_levels_typed_by_hand_become_a_shape_of_their_own():
    found = typed([0, 6, 9, 12], [80, 79, 84, 90], start=0, end=12, baseline=80, aim=90)
    assert found.points == ((0, 0), (0.5, -0.1), (0.75, 0.4), (1, 1))
    assert typed([], [], start=0, end=12, baseline=80, aim=90)(0.5) == 0.5
    down = typed([3], [18], start=0, end=6, baseline=20, aim=10)
    assert down(0.5) == pytest.approx(0.2)
    for when, levels, says in (
        ([-1], [80], "date of level 1 is before the start"),
        ([13], [80], "date of level 1 is after the end"),
        ([6, 6], [80, 81], "date of level 2 does not come after"),
        ([6], [80, 81], "There are 2 levels for 1 dates"),
        ([6], [np.nan], "finite"),
        ([0], [81], "first level is 81, and the baseline is 80; make them agree"),
        ([12], [91], "last level is 91, and the aim is 90"),
    ):
        with pytest.raises(ValueError, match=says):
            typed(when, levels, start=0, end=12, baseline=80, aim=90)
    with pytest.raises(ValueError, match="The aim is the baseline"):
        typed([6], [80], start=0, end=12, baseline=80, aim=80)


def test_every_shape_of_the_registry_is_tested_and_takes_the_time_first():
    drawn = {"linear", "front-loaded", "back-loaded", "s-curve", "ramp-sustain", "bass", "piecewise", "stepped"}
    assert drawn == set(SHAPES)


def test_a_new_shape_is_a_function_and_a_line(monkeypatch):
    def hold_then_jump(s: np.ndarray, late: float = 0.5) -> np.ndarray:
        return np.where(s < late, 0.0, s)

    monkeypatch.setitem(SHAPES, "hold-then-jump", hold_then_jump)
    assert str(read("hold-then-jump")) == "hold-then-jump:late=0.5"
    assert Shape("hold-then-jump")([0.4, 0.6]).tolist() == [0, 0.6]
