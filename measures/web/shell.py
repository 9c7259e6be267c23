"""What surrounds every page: the menu for this role, whose page it is, the date on screen, the sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from measures import clock, format
from measures.access import Action
from measures.actions.read import Desk
from measures.charts import html as build
from measures.model import Role
from measures.settings import SettingsError
from measures.store.base import StoreError
from measures.web import components, session
from measures.web.components import parts
from measures.words import corrections as words

BRAND = Path(__file__).resolve().parent / "components"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its file, its name in the menu, and what an actor must be allowed to do to open it."""

    path: str
    file: str
    title: str
    action: Action
    help: str


SUMMARY = Page("summary", "pages/executive/summary.py", "Summary", Action.SUMMARY, "The campaign on one page.")
SITES = Page("overview", "pages/programme/overview.py", "Sites", Action.SITES, "Every site, A to Z.")
SITE = Page("site", "pages/team/site.py", "Site", Action.SITE, "One site's charts, and what it was asked for.")
AIMS = Page("setup", "pages/programme/setup.py", "Aims", Action.AIMS, "Who is asked for what, and by which rule.")
ENTER = Page("enter", "pages/team/enter.py", "Enter", Action.ENTER, "Type this month's numbers.")
DATA = Page("data", "pages/admin/data.py", "Data", Action.DATA, "What has come in, and what has not.")
MENUS = {
    Role.EXECUTIVE.value: (SUMMARY, SITES, SITE, AIMS, DATA, ENTER),
    Role.LEAD.value: (SUMMARY, SITES, SITE, AIMS, DATA, ENTER),
    Role.TEAM.value: (ENTER, SITE, SUMMARY, SITES, AIMS, DATA),
}
"""The order of the menu; the first page that is allowed is where a role lands."""
NAMES = {Role.EXECUTIVE.value: "Executive", Role.LEAD.value: "Programme lead", Role.TEAM.value: "A site’s team"}
SHORT = {Role.EXECUTIVE.value: "Executive", Role.LEAD.value: "Lead", Role.TEAM.value: "Team"}


def run() -> None:
    """Draw the shell, then the page. ``st.navigation`` runs on every path."""
    st.set_page_config(page_title="Headway", page_icon=str(BRAND / "mark.svg"), layout="wide")
    components.styles()
    st.logo(str(BRAND / "logo.svg"), size="large")
    try:
        at, said = session.arrive()
    except (StoreError, SettingsError) as error:
        _instead("Headway cannot open its database", str(error))
        return
    except session.NothingOpen as closed:
        _instead("No campaign is open here", str(closed))
        return
    role = at.actor.role.value if at.actor else Role.EXECUTIVE.value
    pages = {page.path: _page(at, page, role) for page in MENUS[role]}
    landing = next((p.path for p in MENUS[role] if at.allows(p.action)), None)
    home = st.Page(lambda: _home(pages, landing), title="Headway", url_path="home", default=True, visibility="hidden")
    current = st.navigation([home, *pages.values()], position="top")
    if st.session_state.pop("shell.go_home", False) and landing:
        st.switch_page(pages[landing])
    st.session_state["shell.pages"] = pages
    if current is not home and at.actor is not None:
        of_a_site = current in (pages[SITE.path], pages[ENTER.path])
        looked_at = {} if current is pages[SITE.path] else session.AGREED
        session.remember(**session.view_in_url(at, *(("site", "measure") if of_a_site else ())), **looked_at)
    parts.notes(said, key="shell.notices")
    current.run()
    _footer(at)


def open_page(path: str, **view: str) -> None:
    """Go to another page of this visitor's menu, with a view."""
    for name, value in view.items():
        st.session_state[f"visit.{name}"] = value
    whole = session.view_in_url(session.desk()) | view
    st.switch_page(st.session_state["shell.pages"][path], query_params={k: v for k, v in whole.items() if v})


def _page(at: Desk, page: Page, role: str):
    title = "Our site" if page is SITE and role == Role.TEAM.value else page.title
    if at.allows(page.action):
        return st.Page(page.file, title=title, url_path=page.path, help=page.help)
    # A page that is not this role's has an address all the same: it says so, and its file never runs.
    return st.Page(_closed(page), title=title, url_path=page.path, visibility="hidden")


def _closed(page: Page) -> Callable[[], None]:
    def closed() -> None:
        at = session.desk()
        if at.actor is not None:
            header(at)
        session.require(page.action)

    closed.__name__ = f"closed_{page.path}"
    return closed


def _home(pages: dict, landing: str | None) -> None:
    if landing is None:
        session.require(Action.SUMMARY)
    st.switch_page(pages[landing])


def _instead(headline: str, sentence: str) -> None:
    """One page for every address; ``st.navigation`` runs here too."""

    def page() -> None:
        st.title(headline, anchor=False)
        st.text(sentence)

    st.navigation([st.Page(page, title="Headway", default=True)], position="hidden").run()


# --- the row above the headline ----------------------------------------------------------------------


def header(at: Desk, name: str = "", *, dated: bool = True, more: Callable[[], None] | None = None) -> None:
    """Whose page this is, the date on screen, and in a demo the switch that stands in for sign-in.

    ``more`` draws what a page adds to the row.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        components.html(build.eyebrow(name or at.campaign.name), key="head.eyebrow")
        if more is not None:
            more()
        if at.actor is not None and dated:
            _date(at)
        if at.campaign.demo:
            _switch(at)
    if back_to := session.month_on_screen(at):
        said = [f"You are looking back to when {format.month(back_to)} had been reported."]
        if at.known_at is not None:
            found = session.since(at)
            said += words.known(session.known_on(at.campaign, at.as_of), found.came_in, found.changed)
        parts.notes([" ".join(said)], key="head.back")


def _date(at: Desk) -> None:
    listed, now = session.months(at.campaign), session.month_on_screen(at)
    with st.popover(f"As of {format.month_short(now)}" if now else "Today", icon=":material/history:", type="tertiary"):
        today = f"Today, {format.day(clock.today(at.campaign))}"
        key = f"shell.as_of.{now}"
        st.selectbox(
            "Show the campaign as it stood",
            [None, *listed],
            index=listed.index(now) + 1 if now else 0,
            format_func=lambda m: format.month(m) if m else today,
            key=key,
            help="Everything on screen goes back to what had been reported for that month. Numbers are entered today.",
            on_change=lambda: _wind(st.session_state[key]),
        )
        if now:
            _known(at)
            st.button("Back to today", on_click=_wind, args=(None,), type="primary", key="shell.today")


def _known(at: Desk) -> None:
    """Whether that month is shown as it is known now, or as it was then."""
    day = session.known_on(at.campaign, at.as_of)
    now = "" if day is None else session.THEN if day == at.as_of else day.isoformat()
    named = {"": words.WITH_CORRECTIONS, session.THEN: words.known_by(at.as_of)}
    if day is not None and day != at.as_of:
        named[now] = words.known_by(day)
    key = f"shell.known.{at.as_of}.{now}"
    st.radio(
        words.WHICH_KNOWLEDGE, list(named), index=list(named).index(now), format_func=named.__getitem__, key=key,
        help=words.KNOWLEDGE_HELP, on_change=lambda: session.remember(known=st.session_state[key]),
    )  # fmt: skip


def _wind(month: date | None) -> None:
    session.remember(as_of=f"{month:%Y-%m}" if month else "", **({} if month else {"known": ""}))


def _switch(at: Desk) -> None:
    role = at.actor.role.value
    with st.popover(SHORT[role], type="tertiary"):
        chosen = st.radio(
            "Look at the demonstration as",
            list(NAMES),
            index=list(NAMES).index(role),
            format_func=NAMES.__getitem__,
            key=f"shell.role.{role}",
            help="In a real campaign this is who you signed in as.",
        )
        text = chosen
        if chosen == Role.TEAM.value:
            listed, own = session.teams(at.campaign), next(iter(at.actor.sites), None)
            index = list(listed).index(own) if own in listed else 0
            team = st.selectbox(
                "Whose team?", list(listed), index=index, format_func=listed.__getitem__, key="shell.team"
            )
            text = f"{chosen}:{team}"
        st.button("Look", on_click=_become, args=(text,), type="primary", key="shell.become")


def _become(text: str) -> None:
    session.remember(**{"as": text, "site": "", "measure": "", **session.AGREED})
    st.session_state["shell.go_home"] = True


def _footer(at: Desk) -> None:
    lines = [line for line in (at.campaign.attribution, *at.campaign.notes) if line]
    if lines and at.actor is not None:
        st.space("medium")
        components.html(build.footer(*lines), key="shell.footer")
