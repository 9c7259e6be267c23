"""Reading: load the review, and cut from it what this actor may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from measures import access, clock
from measures.access import Action, Resource
from measures.model import ALL, Actor, Campaign, Role, SiteKind
from measures.review import Review, review, suppression, views
from measures.review import aims as review_aims
from measures.review import exceptional as review_exceptional
from measures.review import funnel as review_funnel
from measures.review import outlook as review_outlook
from measures.review.aims import AimsView
from measures.review.exceptional import VisitCounts, Visits
from measures.review.funnel import FunnelView
from measures.review.outlook import OutlookView
from measures.store.base import Store

Loader = Callable[[str, int, date, int | None], Review]
"""(campaign, version, as_of, known_at) -> review; the web layer hands in a cached one."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One actor at one campaign, as of a date: what every reading action starts from."""

    store: Store
    actor: Actor
    campaign: Campaign
    as_of: date
    load: Loader
    known_at: int | None = None

    @property
    def wound_back(self) -> bool:
        """Whether the screen shows an earlier date than today, or what was known then; nothing can be entered."""
        return self.as_of != clock.today(self.campaign) or self.known_at is not None

    def resource(self, site: str | None = None) -> Resource:
        """The campaign, or one of its sites, as a subject for access."""
        return Resource(self.campaign.id, self.campaign.demo, site)

    def allows(self, action: Action, site: str | None = None) -> bool:
        """Whether the actor may do this here."""
        return bool(access.decide(self.actor, action, self.resource(site)))

    def require(self, action: Action, site: str | None = None) -> None:
        """Raise Forbidden where the actor may not do this here."""
        access.require(self.actor, action, self.resource(site))

    def review(self) -> Review:
        """The whole review. Not for pages: it holds more than some actors may see."""
        version = self.store.version(self.campaign.id)
        return self.load(self.campaign.id, version, self.as_of, self.known_at)


def compute(
    store: Store, campaign_id: str, as_of: date, known_at: int | None = None, carried: Review | None = None
) -> Review:
    """The review from the store, uncached; ``carried`` an earlier one whose looks are not made again."""
    campaign = store.campaign(campaign_id)
    return review(
        store.observations(campaign_id, known_at),
        campaign,
        as_of,
        known_at,
        rebases=store.rebases(campaign_id, known_at),
        ghosts=store.ghosts(campaign_id, known_at),
        redefinitions=store.redefinitions(campaign_id, known_at),
        carried=carried,
    )


def summary(desk: Desk) -> views.SummaryView:
    """The campaign's page."""
    desk.require(Action.SUMMARY)
    return views.summary(desk.review())


def outlook(desk: Desk) -> OutlookView | None:
    """Where the campaign is heading; None where that cannot be said."""
    desk.require(Action.SUMMARY)
    return review_outlook.outlook(desk.review())


def sites(desk: Desk) -> views.SitesView:
    """The list of all sites."""
    desk.require(Action.SITES)
    review = desk.review()
    view = views.sites(review)
    if not suppression.hidden(view.points, view.campaign).any():
        return view
    table = view.table.assign(measure=view.measure.id, group=ALL)
    small = suppression.latest_hidden(table, view.points, view.campaign)
    table = view.table.assign(**{name: view.table[name].mask(small) for name in ("last", "gap")})
    return replace(view, table=table, points=suppression.shown(view.points, view.campaign))


def site(
    desk: Desk, site_id: str, measure_id: str | None = None, kind: str | None = None, rules: str | None = None
) -> views.SiteView:
    """One site's page, its chart drawn as another ``kind`` or by other ``rules`` where they are given."""
    desk.require(Action.SITE, site_id)
    view = views.site(desk.review(), site_id, measure_id, kind, rules)
    if desk.allows(Action.ENTER, site_id) or not suppression.hidden(view.others, view.campaign).any():
        return view
    small = suppression.latest_hidden(view.series, view.others, view.campaign)
    others = suppression.shown(view.others, view.campaign)
    series = view.series.assign(**{name: view.series[name].mask(small) for name in ("last", "gap")})
    return replace(
        view,
        points=suppression.shown(view.points, view.campaign),
        others=others,
        series=suppression.without_limits(series, others),
    )


def funnel(desk: Desk, measure_id: str | None = None, months: int = 1) -> FunnelView | None:
    """The sites beside one another over the same months; None where there is nothing to compare."""
    desk.require(Action.SITES)
    view = review_funnel.funnel(desk.review(), measure_id, months)
    if view is None:
        return None
    small = suppression.hidden(view.table.assign(measure=view.measure.id, value=float("nan")), desk.campaign)
    if not small.any():
        return view
    return replace(view, table=view.table[~small].reset_index(drop=True), left_out=view.left_out + int(small.sum()))


def visits(desk: Desk, measure_id: str | None = None) -> Visits | None:
    """The sites worth a visit; None where there is no whole quarter, or the measure cannot say."""
    desk.require(Action.SITES)
    found = review_exceptional.visits(desk.review(), measure_id)
    if found is None:
        return None
    shown = {"level": _unhidden(found.level, found.measure.id, desk.campaign)}
    if found.change is not None:
        shown["change"] = _unhidden(found.change, found.measure.id, desk.campaign)
    return replace(found, **shown)


def visit_counts(desk: Desk) -> VisitCounts | None:
    """How many sites are worth a visit on the main aim's measure, with no site named."""
    desk.require(Action.SUMMARY)
    found = review_exceptional.visits(desk.review())
    return review_exceptional.counts(found) if found is not None else None


def _unhidden(side: review_exceptional.Side, measure: str, campaign: Campaign) -> review_exceptional.Side:
    """Without the sites whose figures are too small to show."""
    table = side.table.assign(measure=measure, value=float("nan"))
    before = table.assign(numerator=table["numerator_before"], denominator=table["denominator_before"])
    small = suppression.hidden(table, campaign) | suppression.hidden(before, campaign)
    return replace(side, table=side.table[~small].reset_index(drop=True)) if small.any() else side


def aims(desk: Desk, on: str | None = None) -> AimsView | None:
    """Who is asked for what by the month ``on`` (YYYY-MM), by every rule; None where no aim was agreed."""
    desk.require(Action.AIMS)
    return review_aims.aims(desk.review(), on)


def visible_sites(desk: Desk) -> dict[str, str]:
    """The sites whose pages this actor may open: names by id, A to Z."""
    return {s.id: s.name for s in views.places(desk.campaign) if desk.allows(Action.SITE, s.id)}


def enterable_sites(desk: Desk) -> dict[str, str]:
    """The sites this actor may enter numbers for: names by id, A to Z."""
    return {id: name for id, name in visible_sites(desk).items() if desk.allows(Action.ENTER, id)}


def history(desk: Desk, site_id: str, period: date) -> pd.DataFrame:
    """Every revision of a site's month, newest first: measure, who, when, from, to, note."""
    desk.require(Action.HISTORY, site_id)
    frames = []
    for measure in sorted(desk.campaign.measures, key=lambda m: m.order):
        rows = desk.store.history(desk.campaign.id, site_id, measure.id, period)
        if len(rows):
            before = rows[["numerator", "denominator", "value"]].shift().add_prefix("from_")
            frames.append(pd.concat([rows, before], axis=1).assign(measure=measure.id))
    if not frames:
        return pd.DataFrame()
    order = {m.id: m.order for m in desk.campaign.measures}
    out = pd.concat(frames, ignore_index=True)
    out = out.assign(order=out["measure"].map(order))
    if not desk.allows(Action.ENTER, site_id):
        small = suppression.hidden(out, desk.campaign) | suppression.hidden(out, desk.campaign, "from_")
        out = out[~small]
    return out.sort_values(["change_id", "order"], ascending=[False, True], ignore_index=True).drop(columns="order")


def stand_in(campaign: Campaign, text: str) -> Actor:
    """The demo's switch: "executive", "lead" or "team:SITE" as an actor.

    Raises ValueError, with a sentence, for anything else. What such an actor may do is for access to say,
    and access opens demo campaigns alone.
    """
    role, _, site_id = text.partition(":")
    if role == Role.TEAM.value:
        known = {s.id: s for s in campaign.sites if s.kind == SiteKind.SITE}
        if site_id not in known:
            raise ValueError("That team is not one of this campaign's sites.")
        return Actor(Role.TEAM, f"{known[site_id].name} team", frozenset({site_id}), stand_in=True)
    names = {Role.EXECUTIVE.value: "Executive", Role.LEAD.value: "Programme lead"}
    if role not in names or site_id:
        raise ValueError("The demonstration can be looked at as executive, lead, or team:SITE.")
    return Actor(Role(role), names[role], stand_in=True)
