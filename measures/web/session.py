"""Who this visitor is and what is on screen: the campaign, the date, the site. Read from the URL.

The URL carries the view (``?campaign=ae&as_of=2019-03&as=team:RJ1&site=RJ1&measure=within4h``);
``session_state`` remembers it when the menu drops it. Nothing here decides what may be seen: that is asked
of ``measures.access`` through the actions.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date

import streamlit as st

from measures import ENGINE_VERSION, access, clock, settings
from measures.access import Action
from measures.actions import corrections, read
from measures.actions.read import Desk
from measures.demo import ae
from measures.model import Actor, Campaign, Role
from measures.review import Review
from measures.review.calendar import fallen_due
from measures.review.limits import offered
from measures.review.views import places
from measures.store.base import Store
from measures.store.opening import ensure
from measures.web.components import parts
from measures.words import corrections as words
from measures.words import which

DEFAULT_AS = Role.LEAD.value
NOT_SIGNED_IN: Actor | None = None
_MASKED = re.compile(r"2\|((?:[0-9a-f]{2})+)\|((?:[0-9a-f]{2})+)\|\d+$")
"""The form of that cookie: its version, the mask, the masked token, and when it was made."""


@st.cache_resource(show_spinner="Opening Headway for the first time: putting the demonstration in place…")
def _open(path: str) -> Store:
    return ensure(path, ae.seed)


def store() -> Store:
    """The database, opened once a process; the first start seeds the demo."""
    return _open(str(settings.load().db))


@st.cache_resource(max_entries=8, show_spinner=False)
def _campaign(path: str, campaign_id: str, version: int) -> Campaign:
    return store().campaign(campaign_id)


@st.cache_resource(max_entries=8, show_spinner="Reading every chart…")
def _review(path: str, campaign: str, version: int, as_of: date, known_at: int | None, engine: str) -> Review:
    newest = _newest(path, campaign, engine)
    made = read.compute(store(), campaign, as_of, known_at, newest.get("review"))
    if known_at is None and as_of >= getattr(newest.get("review"), "as_of", as_of):
        newest["review"] = made
    return made


@st.cache_resource(max_entries=8, show_spinner=False)
def _newest(path: str, campaign: str, engine: str) -> dict[str, Review]:
    """Holds the newest review of a campaign, for the next to go on from."""
    return {}


def load(campaign: str, version: int, as_of: date, known_at: int | None) -> Review:
    """The review, computed once for everybody: who may see what of it is decided afterwards."""
    return _review(str(settings.load().db), campaign, version, as_of, known_at, ENGINE_VERSION)


def browser(at: Desk) -> str | None:
    """Which browser a stand-in uses, "" for somebody who signed in; None where that cannot be told.

    In a demo strangers share a name, and must not see what the others type. The cookie is Streamlit's own: a token
    for each browser that is kept over a reload, masked anew with each answer. Only a digest of it is used.
    """
    if not at.actor.stand_in:
        return ""
    found = _MASKED.match(str(st.context.cookies.get("_streamlit_xsrf", "")))
    if found is None:
        return None
    mask, masked = (bytes.fromhex(part) for part in found.groups())
    token = bytes(byte ^ mask[i % len(mask)] for i, byte in enumerate(masked))
    return hashlib.sha256(token).hexdigest()[:16]


# --- what the URL says -------------------------------------------------------------------------------


def _asked(name: str) -> str:
    """A parameter of the URL or, where the menu has dropped it, what it was before."""
    given = st.query_params.get(name)
    if given is not None:
        st.session_state[f"visit.{name}"] = given
    return st.session_state.get(f"visit.{name}", "")


def remember(**values: str) -> None:
    """Put parts of the view into the URL and keep them; an empty value takes one away.

    All at once, and only where something differs: each change is a step for the browser's Back.
    """
    for name, value in values.items():
        st.session_state[f"visit.{name}"] = value
    now = st.query_params.to_dict()
    then = {k: v for k, v in {**now, **values}.items() if v}
    if then != now:
        st.query_params.from_dict(then)


def desk() -> Desk:
    """This visitor at this campaign and date."""
    return arrive()[0]


def arrive() -> tuple[Desk, list[str]]:
    """The desk, and sentences about parameters of the URL that could not be used and what is shown instead."""
    said: list[str] = []
    campaign = _which_campaign(said)
    actor = _which_actor(campaign, said)
    as_of = _which_date(campaign, said)
    return Desk(store(), actor, campaign, as_of, load, _known_at(campaign, as_of, said)), said


class NothingOpen(Exception):
    """No campaign can be shown to this visitor; the message says what to do."""


def _which_campaign(said: list[str]) -> Campaign:
    listed = {row.id: row for row in store().campaigns()}
    asked = _asked("campaign")
    # A demo is the fallback: any other campaign is opened by its own address alone.
    demo = next((row for row in listed.values() if row.demo), None)
    row = listed.get(asked, demo)
    if row is None:
        raise NothingOpen("Use the address of your campaign, which the programme's lead has sent you.")
    if asked and asked not in listed:
        said.append(f"There is no campaign called “{asked}”. This is {row.name}.")
    return _campaign(str(settings.load().db), row.id, row.version)


def _which_actor(campaign: Campaign, said: list[str]) -> Actor | None:
    if not campaign.demo:
        return NOT_SIGNED_IN
    try:
        return read.stand_in(campaign, _asked("as") or DEFAULT_AS)
    except ValueError as wrong:
        said.append(f"{wrong} You are looking as an executive.")
        return read.stand_in(campaign, Role.EXECUTIVE.value)


def _which_date(campaign: Campaign, said: list[str]) -> date:
    today, asked = clock.today(campaign), _asked("as_of")
    if not asked:
        return today
    due = {f"{month:%Y-%m}": day for month, day in fallen_due(campaign, today).items()}
    if asked not in due:
        said.append(f"“{asked}” is not a month of this campaign, so you see today. Months are written like 2019-03.")
    return due.get(asked, today)


THEN = "then"
"""``known=then``: as known on the day that is on screen. Another day is written out: ``known=2018-06-30``."""


def known_on(campaign: Campaign, as_of: date) -> date | None:
    """The day whose knowledge the URL asks for; None for all that is known now. Raises ValueError for no day."""
    asked = _asked("known")
    if not asked or as_of == clock.today(campaign):
        return None
    day = as_of if asked == THEN else date.fromisoformat(asked)
    if day > clock.today(campaign):
        raise ValueError(asked)
    return day


def _known_at(campaign: Campaign, as_of: date, said: list[str]) -> int | None:
    try:
        day = known_on(campaign, as_of)
    except ValueError:
        said.append(words.not_a_day(_asked("known")))
        remember(known="")
        return None
    if day is None:
        return None
    change = corrections.change_by(store(), campaign, day)
    if change is None:
        said.append(words.nothing_kept(day, corrections.began(store(), campaign)))
    return change


@st.cache_resource(max_entries=64, show_spinner=False)
def _since(path: str, campaign: str, version: int, as_of: date, known_at: int, _at: Desk) -> corrections.Since:
    return corrections.since(_at)


def since(at: Desk) -> corrections.Since:
    """What came in or was changed after what is on screen was known."""
    version = at.store.version(at.campaign.id)
    return _since(str(settings.load().db), at.campaign.id, version, at.as_of, at.known_at, at)


def months(campaign: Campaign) -> list[date]:
    """The months the screen can be wound back to, newest first: those whose reports have fallen due."""
    return list(fallen_due(campaign, clock.today(campaign)))


def month_on_screen(at: Desk) -> date | None:
    """The month the screen is wound back to; None where it shows today."""
    if not at.wound_back:
        return None
    due = fallen_due(at.campaign, clock.today(at.campaign))
    return next((m for m, day in due.items() if day == at.as_of), None)


def view_in_url(at: Desk, *more: str) -> dict[str, str]:
    """The campaign, the date and the demo's role as the URL carries them, and ``more`` of what is remembered."""
    month = month_on_screen(at)
    view = {"campaign": at.campaign.id, "as_of": f"{month:%Y-%m}" if month else "", "as": _asked("as")}
    view["known"] = _asked("known") if month else ""
    return view | {name: _asked(name) for name in more}


def teams(campaign: Campaign) -> dict[str, str]:
    """The sites a demo's visitor can stand in for: names by id, A to Z."""
    return {s.id: s.name for s in places(campaign)}


# --- what pages ask for ------------------------------------------------------------------------------


def require(action: str, site: str | None = None) -> Desk:
    """The first statement of every page: the desk, or a kind refusal and nothing else.

    The actions ask again; this only spares the visitor a page that would be empty.
    """
    at = desk()
    try:
        access.require(at.actor, Action(action), at.resource(site))
    except access.Forbidden as refused:
        refuse(str(refused))
    return at


def refuse(sentence: str, headline: str = "This page is for somebody else") -> None:
    """Say why there is no page, and stop."""
    st.title(headline, anchor=False)
    st.text(sentence)
    st.stop()


def site(at: Desk, among: dict[str, str]) -> str:
    """The site on screen: the URL's, else the one seen last, else the first.

    A site that is not ``among`` those the actor may open is refused, not silently exchanged.
    """
    asked = _asked("site")
    if asked in among:
        remember(site=asked)
        return asked
    if asked and st.query_params.get("site") == asked:
        try:
            at.campaign.site(asked)
        except KeyError:
            parts.notes([f"There is no site called “{asked}” here, so you see another."], key="visit.site.unknown")
        else:
            refuse("This site's page is for the programme's leads and its own team.")
    if not among:
        refuse("No site has joined this campaign yet.", "There is no site to show")
    remember(site=next(iter(among)))
    return next(iter(among))


def measure(at: Desk) -> str:
    """The measure on screen: the URL's, else the campaign's outcome."""
    asked, known = _asked("measure"), {m.id for m in at.campaign.measures}
    if asked and asked not in known:
        parts.notes([f"There is no measure called “{asked}” here, so you see the main one."], key="visit.measure")
    return asked if asked in known else at.campaign.outcome.id


def kind(at: Desk, measure: str) -> str | None:
    """The kind of chart that the URL asks for; None for the campaign's own.

    It is a way of looking at this one page: only the URL holds it, and another page or series drops it.
    """
    return _look("kind", offered(at.campaign.measure(measure)), "is not a chart that this measure can be drawn as")


def rules(at: Desk) -> str | None:
    """The rule set that the URL asks for, in the same way."""
    return _look("rules", list(which.RULES), "is not a set of rules")


def _look(name: str, known: list[str], otherwise: str) -> str | None:
    asked = st.query_params.get(name, "")
    if asked and asked not in known:
        parts.notes([f"“{asked}” {otherwise}, so you see the campaign's."], key=f"visit.{name}")
    return asked if asked in known else None


AGREED = {"kind": "", "rules": ""}
"""What takes a way of looking out of the URL, for ``remember``."""


def box(key: str) -> dict:
    """A small box that the visit keeps, for what must not be lost once something was saved.

    A visitor's next click ends a run at any reading or writing of ``st.session_state``, also between saving and
    remembering that it was saved. What is put into a box already in hand is kept all the same, for the next run.
    """
    if key not in st.session_state:
        st.session_state[key] = {}
    return st.session_state[key]
