"""The policy as a table: every role, every action, every reach; what is not in it is refused."""

import itertools

import pytest

from measures.access import POLICY, Action, Forbidden, Resource, decide, require
from measures.model import Actor, Role

DEMO, OTHER = Resource("ae", True), Resource("real", False)
ACTORS = {
    "executive": Actor(Role.EXECUTIVE, "e", stand_in=True),
    "lead": Actor(Role.LEAD, "l", stand_in=True),
    "team": Actor(Role.TEAM, "t", frozenset({"RJ1"}), stand_in=True),
}
MAY = {
    "executive": {"summary"},
    "lead": {
        "summary",
        "sites",
        "site",
        "aims",
        "history",
        "rebase",
        "ghost",
        "import",
        "export",
        "data",
        "completeness",
        "define",
    },
    "team": {
        "summary",
        "site",
        "history",
        "enter",
        "rebase",
        "ghost",
        "import",
        "export",
        "test-of-change",
        "completeness",
    },
}


@pytest.mark.parametrize(("who", "action"), list(itertools.product(ACTORS, Action)))
def test_every_role_and_action(who, action):
    assert bool(decide(ACTORS[who], action, DEMO)) == (action.value in MAY[who])
    assert not decide(ACTORS[who], action, OTHER)
    assert not decide(None, action, DEMO)


OF_A_SITE = [
    Action.SITE, Action.HISTORY, Action.ENTER, Action.REBASE, Action.GHOST, Action.IMPORT, Action.EXPORT,
    Action.TEST_OF_CHANGE, Action.COMPLETENESS,
]  # fmt: skip


@pytest.mark.parametrize("action", OF_A_SITE)
def test_a_team_reaches_its_own_sites_alone(action):
    assert decide(ACTORS["team"], action, Resource("ae", True, "RJ1"))
    assert not decide(ACTORS["team"], action, Resource("ae", True, "R1H"))


def test_a_lead_reads_a_sites_tests_of_change_and_writes_none():
    at = Resource("ae", True, "RJ1")
    assert decide(ACTORS["team"], Action.TEST_OF_CHANGE, at)
    assert not decide(ACTORS["team"], Action.TEST_OF_CHANGE, Resource("ae", True, "R1H"))
    assert decide(ACTORS["lead"], Action.SITE, at)
    assert decide(ACTORS["lead"], Action.TEST_OF_CHANGE, at).reason == "This is for the site's own team."
    assert not decide(ACTORS["executive"], Action.SITE, at)


@pytest.mark.parametrize("action", [Action.REBASE, Action.GHOST])
def test_a_lead_decides_about_charts_at_every_site_and_an_executive_at_none(action):
    for site in ("RJ1", "R1H"):
        assert decide(ACTORS["lead"], action, Resource("ae", True, site))
        verdict = decide(ACTORS["executive"], action, Resource("ae", True, site))
        assert verdict.reason == "This is for the programme's leads and the site's own team."
        assert not decide(ACTORS["lead"], action, Resource("real", False, site))


def test_enums_are_compared_by_value():
    """A hot reload gives new enum classes beside old ones: equal values must mean the same."""
    copy = Actor("team", "t", frozenset({"RJ1"}))
    assert decide(copy, "enter", Resource("ae", True, "RJ1"))


def test_a_refusal_is_a_sentence_for_the_person():
    with pytest.raises(Forbidden, match="This is for the programme's leads"):
        require(ACTORS["executive"], Action.SITES, DEMO)


def test_the_policy_names_only_known_roles_and_actions():
    assert all(isinstance(role, Role) and isinstance(action, Action) for role, action in POLICY)
