"""Every page as every role, run by Streamlit's own test driver: what is shown, and what is not."""

import html
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from measures.demo import ae

ROOT = Path(__file__).parents[2]
PAGES = {
    "summary": "pages/executive/summary.py",
    "overview": "pages/programme/overview.py",
    "site": "pages/team/site.py",
    "enter": "pages/team/enter.py",
    "setup": "pages/programme/setup.py",
    "data": "pages/admin/data.py",
}
MAY = {
    "executive": ["summary"],
    "lead": ["summary", "overview", "site", "setup", "data"],
    "team:RJ1": ["enter", "site", "summary"],
}


@pytest.fixture(scope="module", autouse=True)
def database(demo, tmp_path_factory):
    path = demo(tmp_path_factory.mktemp("pages"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_DB", str(path))
        yield path


def app(who, page=None, **view):
    """The first thing a visitor opens: this page, or whatever is theirs."""
    at = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    at.query_params["as"] = who
    for name, value in view.items():
        at.query_params[name] = value
    if page:
        at.switch_page(PAGES[page])  # before the first run a page goes by its file's name, and ours have no other
    return at.run()


def shown(at):
    """Everything that was sent to the main part of the page, the HTML component's markup included."""
    found, todo = [], [at.main]
    while todo:
        block = todo.pop()
        todo.extend(getattr(block, "children", {}).values())
        if (proto := getattr(block, "proto", None)) is not None:
            found.append(str(proto))
    return html.unescape("\n".join(found).replace("\\'", "'").replace("\\", ""))


def titles(at):
    return [t.value.replace("\\", "") for t in at.title]


@pytest.mark.parametrize(("who", "page"), [(who, page) for who, pages in MAY.items() for page in pages])
def test_a_page_that_a_role_may_see_is_drawn_without_an_error(who, page):
    at = app(who, page)
    assert not at.exception
    assert len(at.title) == 1
    assert "somebody else" not in titles(at)[0]


@pytest.mark.parametrize(("who", "page"), [(w, p) for w in MAY for p in PAGES if p not in MAY[w]])
def test_a_page_that_is_not_this_roles_cannot_be_switched_to(who, page):
    at = app(who)
    with pytest.raises(ValueError, match="page"):
        at.switch_page(PAGES[page]).run()


@pytest.mark.parametrize(
    ("who", "headline"),
    [
        ("executive", "In March 2019 84.5% were seen within four hours. The path asks for 92.0%."),
        ("lead", "In March 2019 84.5% were seen within four hours. The path asks for 92.0%."),
        ("team:RJ1", "April 2019 is due"),
    ],
)
def test_where_each_role_lands(who, headline):
    assert titles(app(who)) == [headline]


def test_an_executive_sees_no_sites_name(database):
    names = [s.name for s in ae.campaign().sites if s.kind == "site" and len(s.name) > 8]
    at = app("executive", "summary")
    said = shown(at)
    assert "North West" in said
    assert [n for n in names if n in said] == []


def test_wound_back_the_summary_speaks_of_that_month():
    assert titles(app("executive", "summary", as_of="2018-03")) == [
        "In March 2018 82.1% were seen within four hours. The path asks for 89.1%."
    ]


@pytest.mark.parametrize("month", ["2016-04", "2016-05", "2017-03", "2017-04", "2018-02"])
@pytest.mark.parametrize("page", ["summary", "overview", "site", "data"])
def test_every_page_can_be_wound_back_to_the_beginning(page, month):
    at = app("lead", page, as_of=month)
    assert not at.exception
    assert len(at.title) == 1


def test_entry_is_off_while_wound_back():
    at = app("team:RJ1", "enter", as_of="2018-03")
    assert titles(at) == ["Numbers are entered today"]
    assert not at.number_input


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ({"as_of": "2031-01"}, "not a month of this campaign"),
        ({"as_of": "soon"}, "not a month of this campaign"),
        ({"campaign": "none"}, "no campaign called"),
    ],
)
def test_a_parameter_that_cannot_be_used_says_so_and_falls_back(view, says):
    at = app("lead", "summary", **view)
    assert says in shown(at)
    assert "March 2019" in titles(at)[0]


def test_an_unknown_role_falls_back_to_the_one_that_sees_least():
    at = app("nonsense")
    assert "You are looking as an executive" in shown(at)
    with pytest.raises(ValueError, match="page"):
        at.switch_page(PAGES["overview"]).run()


def test_a_team_is_refused_another_teams_site():
    at = app("team:RJ1", "site", site="R1H")
    assert titles(at) == ["This page is for somebody else"]
    assert "Barts" not in shown(at)
    assert "Barts" in shown(app("lead", "site", site="R1H"))


def test_a_team_enters_a_month_and_sees_what_it_means():
    at = app("team:RCD", "enter")
    for box, number in zip(at.number_input, (5_000, 4_700, 1_100), strict=True):
        box.set_value(number)
    at.run()
    assert not at.exception
    next(b for b in at.button if b.label == "Save April").click()
    at.run()
    assert titles(at) == ["April is in. Thank you."]


def test_a_number_above_its_denominator_is_not_saved():
    at = app("team:RCF", "enter")
    for box, number in zip(at.number_input, (5_900, 5_901, 1_500), strict=True):
        box.set_value(number)
    at.run()
    next(b for b in at.button if b.label == "Save April").click()
    at.run()
    assert titles(at) == ["April 2019 is due"]


def test_a_setting_that_is_none_is_said_on_the_page(monkeypatch):
    monkeypatch.setenv("HEADWAY_LOGG", "x")
    at = app("lead")
    assert titles(at) == ["Headway cannot open its database"]
    assert "did you mean HEADWAY_LOG" in at.text[0].value


def test_a_database_that_is_none_is_said_on_the_page(monkeypatch, tmp_path):
    (tmp_path / "headway.db").write_text("This is a shopping list.")
    monkeypatch.setenv("HEADWAY_DB", str(tmp_path / "headway.db"))
    at = app("lead")
    assert titles(at) == ["Headway cannot open its database"]
    assert "headway.db" in at.text[0].value
