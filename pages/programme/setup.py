"""Who is asked for what: the agreed rule beside another, and what each adds up to. Nothing is decided here."""

import streamlit as st

from measures.actions import read
from measures.web import session, shell
from measures.web.components import aims, parts

at = session.require("aims")
view = read.aims(at, aims.month(at))

shell.header(at)
if view is None:
    aims.nothing()
    st.stop()
beside = aims.chosen(view)
aims.headline(view)
parts.gap("small")
aims.controls(view, beside)
parts.gap("small")
if beside == aims.ALL:
    aims.every(view)
elif opened := aims.two(at, view, beside):
    shell.open_page("site", site=opened)
