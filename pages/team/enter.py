"""This month's numbers, typed in half a minute; what they mean; who wrote what."""

import streamlit as st

from measures.actions import read
from measures.web import session, shell
from measures.web.components import enter, grid

at = session.require("enter")
among = read.enterable_sites(at)
chosen = session.site(at, among)

shell.header(at, among[chosen], dated=at.wound_back)
if at.wound_back:
    enter.looking_back()
    st.stop()
if st.query_params.get("how") == "months":
    grid.page(at, chosen)
    st.stop()
enter.page(at, chosen)
if enter.finished(chosen):
    shell.open_page("site", site=chosen)
