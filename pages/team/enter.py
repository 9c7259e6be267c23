"""A site's numbers: this month typed in half a minute, several months at once, or a file; who wrote what."""

import streamlit as st

from measures.actions import read
from measures.web import session, shell
from measures.web.components import enter, ways

at = session.require("enter")
among = read.enterable_sites(at)
chosen = session.site(at, among)

shell.header(at, among[chosen], dated=at.wound_back)
if at.wound_back:
    enter.looking_back()
    st.stop()
ways.page(at, chosen)
if enter.finished(chosen):
    shell.open_page("site", site=chosen)
