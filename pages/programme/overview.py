"""Every site, A to Z or side by side: who is moving, who could use a hand, whom to visit. Never a ranking."""

from measures.actions import read
from measures.web import session, shell
from measures.web.components import funnel, parts, sites

at = session.require("sites")
look = funnel.chosen(at)

shell.header(at, more=lambda: funnel.switch(at, look))
if look == "funnel":
    opened = funnel.side_by_side(at)
else:
    view = read.sites(at)
    sites.headline(view)
    parts.gap("small")
    opened = sites.listing(view)
    opened = sites.merged(view) or opened
if opened:
    shell.open_page("site", **opened)
