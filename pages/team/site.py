"""One site: what happened, whether it is more than chance, and what it was asked for."""

import streamlit as st

from measures.actions import read, rebases, tests_of_change
from measures.web import session, shell
from measures.web.components import changes, decisions, parts, site

at = session.require("site")
among = read.visible_sites(at)
chosen = session.site(at, among)
measure = session.measure(at)
view = read.site(at, chosen, measure, session.kind(at, measure), session.rules(at))
made = rebases.decisions(at, chosen, measure)
tried = tests_of_change.listed(at, chosen)

shell.header(at, view.site.region, more=lambda: site.choose_site(among, chosen))
site.headline(view)
site.choose_measure(view)

parts.gap("small")
site.main_chart(at, view, made, tried)
site.lasting(view)
decisions.section(at, view, made)
parts.gap()
changes.section(at, chosen, tried)
site.others(view)

parts.gap()
left, right = st.columns(2, gap="large")
with left:
    site.asked(view)
with right:
    site.reporting(at, view)
    if at.allows("enter", chosen) and st.button("Enter a month", type="primary"):
        shell.open_page("enter", site=chosen)
