"""Completeness: what has come in, when, and what has not."""

from __future__ import annotations

import pandas as pd

from measures.access import Action
from measures.actions.read import Desk
from measures.review import completeness as review_completeness
from measures.review.completeness import Board


def table(desk: Desk) -> pd.DataFrame:
    """One row per open site and measure (``review.frames.COMPLETENESS``): a lead's campaign, a team's own sites.

    Raises Forbidden.
    """
    desk.require(Action.COMPLETENESS)
    rows = review_completeness.completeness(desk.review()).table
    seen = [site for site in rows["site"].cat.categories if desk.allows(Action.COMPLETENESS, site)]
    return rows[rows["site"].isin(seen).to_numpy()].reset_index(drop=True)


def of_site(desk: Desk, site: str) -> pd.DataFrame:
    """The same of one site. Raises Forbidden."""
    desk.require(Action.COMPLETENESS, site)
    rows = review_completeness.completeness(desk.review()).table
    return rows[(rows["site"] == site).to_numpy()].reset_index(drop=True)


def board(desk: Desk, measure: str | None = None) -> Board:
    """What the lead's page and its reminders are made of: one measure, or all together.

    Raises Forbidden, KeyError where the campaign has no such measure.
    """
    desk.require(Action.DATA)
    return review_completeness.board(desk.review(), measure)
