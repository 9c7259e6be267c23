"""Every site, A to Z: who is moving, who could use a hand, who has not reported. Never a ranking."""

from measures.actions import read
from measures.web import session, shell
from measures.web.components import parts, sites

at = session.require("sites")
view = read.sites(at)

shell.header(at)
sites.headline(view)

parts.gap("small")
opened = sites.listing(view)
opened = sites.merged(view) or opened
if opened:
    shell.open_page("site", site=opened)
