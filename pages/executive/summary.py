"""The campaign on one page: are we on course, and what is the evidence."""

import streamlit as st

from measures.actions import read
from measures.web import session, shell
from measures.web.components import parts, summary

at = session.require("summary")
view, ahead = read.summary(at), read.outlook(at)

shell.header(at)
summary.headline(view, ahead)
if view.period is None:
    parts.empty("No month has been reported yet", "The page fills as soon as one is.", key="summary.none")
    st.stop()

parts.gap()
left, right = st.columns([2.55, 1], gap="large")
with left:
    summary.line(view, ahead)
with right:
    summary.facts(view, ahead)

parts.gap()
summary.positions(view)
summary.seasons(view)

parts.gap()
summary.regions(view)

parts.gap()
left, right = st.columns([1.4, 1], gap="large")
with left:
    summary.history(view)
with right:
    summary.lasting(view, read.visit_counts(at))
