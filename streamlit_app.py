"""Headway's entry point: the ASGI app with its guard, and the script that draws every page.

`streamlit run streamlit_app.py` serves it. One file is both, because a plain `streamlit run` must have the
guard as well.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from measures.web import security

# A folder called pages/ keeps Streamlit's own discovery of pages alive until st.navigation has run once in
# the process, and opens "Page not found" over the first deep link. Private name: Streamlit is pinned, and
# tests check both effects.
PagesManager.uses_pages_directory = False

app = st.App(__file__, lifespan=security.lifespan, routes=security.ROUTES, middleware=security.MIDDLEWARE)

if get_script_run_ctx(suppress_warning=True):
    from measures.web import shell

    shell.run()
