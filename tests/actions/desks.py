"""Somebody at the demonstration's desk."""

from __future__ import annotations

from datetime import date

from measures.actions import read
from measures.actions.read import Desk
from measures.demo import ae
from measures.model import Actor
from measures.store import Store


def desk(
    store: Store,
    who: str = "team:RJ1",
    as_of: date = ae.TODAY,
    known_at: int | None = None,
    actor: Actor | None = None,
) -> Desk:
    """A desk whose reviews are worked out once."""
    campaign, made = store.campaign(ae.ID), {}

    def load(id, version, when, known):
        if (id, version, when, known) not in made:
            made[id, version, when, known] = read.compute(store, id, when, known)
        return made[id, version, when, known]

    return Desk(store, actor or read.stand_in(campaign, who), campaign, as_of, load, known_at)
