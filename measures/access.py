"""Who may do what, as data: (role, action) -> how far it reaches. Everything not in the table is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from measures.model import Actor, Role


class Action(StrEnum):
    """What can be asked for."""

    SUMMARY = "summary"
    SITES = "sites"
    SITE = "site"
    AIMS = "aims"
    HISTORY = "history"
    ENTER = "enter"
    REBASE = "rebase"
    GHOST = "ghost"
    IMPORT = "import"
    EXPORT = "export"
    TEST_OF_CHANGE = "test-of-change"
    DATA = "data"
    COMPLETENESS = "completeness"
    DEFINE = "define"


class Reach(StrEnum):
    """How far a permission goes."""

    CAMPAIGN = "campaign"
    OWN_SITES = "own-sites"


POLICY: dict[tuple[Role, Action], Reach] = {
    # An executive reads the campaign as a whole; names of sites only with their consent.
    (Role.EXECUTIVE, Action.SUMMARY): Reach.CAMPAIGN,
    # A programme lead reads everything; the numbers belong to the teams, who alone type them in, while a file for
    # many sites is the programme's work. How a chart's
    # limits are drawn (where they start anew, which points they leave out) either may decide, with a reason.
    (Role.LEAD, Action.SUMMARY): Reach.CAMPAIGN,
    (Role.LEAD, Action.SITES): Reach.CAMPAIGN,
    (Role.LEAD, Action.SITE): Reach.CAMPAIGN,
    (Role.LEAD, Action.AIMS): Reach.CAMPAIGN,
    (Role.LEAD, Action.HISTORY): Reach.CAMPAIGN,
    (Role.LEAD, Action.REBASE): Reach.CAMPAIGN,
    (Role.LEAD, Action.GHOST): Reach.CAMPAIGN,
    (Role.LEAD, Action.IMPORT): Reach.CAMPAIGN,
    (Role.LEAD, Action.EXPORT): Reach.CAMPAIGN,
    (Role.LEAD, Action.DATA): Reach.CAMPAIGN,
    (Role.LEAD, Action.COMPLETENESS): Reach.CAMPAIGN,
    (Role.LEAD, Action.DEFINE): Reach.CAMPAIGN,
    # A team reads and enters its own.
    (Role.TEAM, Action.SUMMARY): Reach.CAMPAIGN,
    (Role.TEAM, Action.SITE): Reach.OWN_SITES,
    (Role.TEAM, Action.HISTORY): Reach.OWN_SITES,
    (Role.TEAM, Action.ENTER): Reach.OWN_SITES,
    (Role.TEAM, Action.REBASE): Reach.OWN_SITES,
    (Role.TEAM, Action.GHOST): Reach.OWN_SITES,
    (Role.TEAM, Action.IMPORT): Reach.OWN_SITES,
    (Role.TEAM, Action.EXPORT): Reach.OWN_SITES,
    # What a team tries, and what it makes of it, only the team writes; a lead reads it with the site.
    (Role.TEAM, Action.TEST_OF_CHANGE): Reach.OWN_SITES,
    (Role.TEAM, Action.COMPLETENESS): Reach.OWN_SITES,
}

_WHO = {
    Action.SUMMARY: "everyone in the campaign",
    Action.SITES: "the programme's leads",
    Action.SITE: "the programme's leads and the site's own team",
    Action.AIMS: "the programme's leads",
    Action.HISTORY: "the programme's leads and the site's own team",
    Action.ENTER: "the site's own team",
    Action.REBASE: "the programme's leads and the site's own team",
    Action.GHOST: "the programme's leads and the site's own team",
    Action.IMPORT: "the programme's leads and the site's own team",
    Action.EXPORT: "the programme's leads and the site's own team",
    Action.TEST_OF_CHANGE: "the site's own team",
    Action.DATA: "the programme's leads",
    Action.COMPLETENESS: "the programme's leads and the site's own team",
    Action.DEFINE: "the programme's leads",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked about: a campaign and, where it matters, one of its sites."""

    campaign: str
    demo: bool
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed, and if not a sentence that says for whom it is."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


class Forbidden(Exception):
    """The actor may not do this; the message is a sentence for the person."""


def decide(actor: Actor | None, action: Action, resource: Resource) -> Verdict:
    """Judge one request. Pure; the same question always has the same answer.

    >>> team = Actor(Role.TEAM, "RJ1 team", frozenset({"RJ1"}), stand_in=True)
    >>> bool(decide(team, Action.ENTER, Resource("ae", True, "RJ1")))
    True
    >>> decide(team, Action.ENTER, Resource("ae", True, "R1H")).reason
    "This is for the site's own team."
    >>> bool(decide(team, Action.ENTER, Resource("real", False, "RJ1")))
    False
    """
    if actor is None:
        return Verdict(False, "Sign in to see this campaign.")
    if actor.stand_in and not resource.demo:
        return Verdict(False, "This campaign is closed: the demonstration's switch does not open it.")
    reach = POLICY.get((Role(actor.role), Action(action)))
    refused = Verdict(False, f"This is for {_WHO[Action(action)]}.")
    if reach is None:
        return refused
    if reach == Reach.OWN_SITES and resource.site is not None and resource.site not in actor.sites:
        return refused
    return Verdict(True)


def require(actor: Actor | None, action: Action, resource: Resource) -> None:
    """Raise Forbidden, with the sentence to show, where the request is not allowed."""
    verdict = decide(actor, action, resource)
    if not verdict:
        raise Forbidden(verdict.reason)
