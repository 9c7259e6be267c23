"""What has come in and what has not: who has reported, who could be reminded; then files for all sites."""

from measures.web import session, shell
from measures.web.components import completeness, definitions, files, parts, taken_out

at = session.require("data")
measure = completeness.chosen(at)

shell.header(at)
board = completeness.headline(at, measure)
parts.gap("small")
opened = completeness.listing(board)
parts.gap()
completeness.reminders(at)

parts.gap()
files.page(at, None)

parts.gap()
taken_out.section(at, None)

parts.gap()
definitions.section(at)
if opened:
    shell.open_page("site", site=opened)
