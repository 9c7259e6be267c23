"""Numbers taken out: a site's, or all that this visitor may see, as they stand at the date on screen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from measures.access import Action
from measures.actions import exports
from measures.actions.read import Desk
from measures.web.components import parts
from measures.words import exports as words

MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def section(at: Desk, site: str | None) -> None:
    """One button for each kind of file; the file is made when its button is pressed."""
    if not at.allows(Action.EXPORT, site):
        return
    parts.section(words.TITLE, words.line(site is not None, at.wound_back), key="out")
    with st.container(horizontal=True):
        for kind, mime in MIME.items():
            name = words.file_name(at.campaign.id, site, kind)
            st.download_button(
                words.KINDS[kind], partial(_file, at, site, kind), file_name=name, mime=mime, on_click="ignore",
                icon=":material/download:", key=f"out.{kind}",
            )  # fmt: skip


def _file(at: Desk, site: str | None, kind: str) -> bytes:
    return exports.KINDS[kind](exports.tidy(at, site=site))
