"""Several months at once: a table to type or paste into, what saving it would change, and two people at one cell."""

from __future__ import annotations

from zlib import crc32

import pandas as pd
import streamlit as st

from measures.actions import grid, meetings
from measures.actions.entries import Overwritten, Refused, inputs
from measures.actions.grid import NOTE, Difference, Differences, Grid, Kind, Place
from measures.actions.meetings import Meeting
from measures.actions.read import Desk
from measures.actions.undo import undo
from measures.charts.markup import tag
from measures.web import session
from measures.web.components import parts
from measures.web.components.grid_cells import change, heading, name, width
from measures.web.components.html import html
from measures.web.components.press import Press, button
from measures.web.text import plain
from measures.words import entry
from measures.words import grid as words

PERIOD = "period"
CHOICES = (12, grid.MONTHS, 36, 60)
"""How many months can be asked for, besides all of them."""
PER_PAGE, MEETINGS_PER_PAGE = 12, 6
NARROW = 5
"""So many columns leave room for what will change beside the table."""
MONTH_WIDTH, NOTE_WIDTH = 92, 240
"""Pixels of a column."""
ROW, HEADER = 35, 37


def page(at: Desk, site: str) -> None:
    """The table of one site's months."""
    _Table(at, site).draw()


class _Table:
    """One visitor's table of one site. What was typed is kept by month and number, whatever is in sight."""

    def __init__(self, at: Desk, site: str) -> None:
        self.at, self.site = at, site
        self.frequencies = list(dict.fromkeys(m.frequency for m in (at.campaign.outcome, *at.campaign.measures)))
        self.whose = f"{at.campaign.id}.{site}"
        chosen = st.session_state.get(f"grid.often.{self.whose}")
        self.frequency = chosen if chosen in self.frequencies else self.frequencies[0]
        self.about = f"{self.whose}.{self.frequency}"
        if self._get("table") is None:
            self._set(table=self._open(), version=at.store.version(at.campaign.id), edits={}, turn=0)

    def _open(self) -> Grid:
        return grid.open_grid(self.at, self.site, frequency=self.frequency)

    # --- what this session keeps -----------------------------------------------------------------

    def _key(self, name: str) -> str:
        return f"grid.{name}.{self.about}"

    def _get(self, name: str, default: object = None) -> object:
        return st.session_state.get(self._key(name), default)

    def _set(self, **values: object) -> None:
        st.session_state.update({self._key(name): value for name, value in values.items()})

    @property
    def edits(self) -> dict[Place, str]:
        """What was typed or pasted and is not saved."""
        return self._get("edits")  # type: ignore[return-value]

    def _begin_anew(self, table: Grid, edits: dict[Place, str]) -> None:
        """Show another state of things. The editor gets another name, or it would put its own edits over it."""
        version = self.at.store.version(self.at.campaign.id)
        self._set(table=table, version=version, edits=edits, turn=self._get("turn", 0) + 1, clash=None)

    # --- the page --------------------------------------------------------------------------------

    def draw(self) -> None:
        """The headline, the table, and what will change."""
        self._settle()
        whole: Grid = self._get("table")  # type: ignore[assignment]
        if not whole.every:
            parts.heading("Nothing to report yet")
            parts.empty("The first month can be entered when it is over", key="grid.none")
            return
        table = grid.show(whole, self._get("measures"), self._get("months", grid.MONTHS))
        notes = bool(self._get("notes", False))
        sight = crc32(repr((table.periods, table.columns, notes)).encode())
        editor = f"{self._key('cells')}.{self._get('turn')}.{sight}"
        self._take(table, editor)
        found = grid.differences(table, self.edits)
        if not found.cells and self._others_wrote(table):
            self._begin_anew(self._open(), {})
            self._set(said=words.NOW_THERE)
            st.rerun()
        parts.heading(words.headline(len(table.periods), self.frequency), [words.HOW], key="grid")
        if len(table.columns) + notes <= NARROW:
            left, right = st.columns([1.5, 1], gap="large")
        else:
            left, right = st.container(), st.container()
        with left:
            self._choose(table)
            self._editor(table, found, editor, notes)
            parts.paragraph(words.BEYOND, key="grid.beyond")
        with right:
            if self._get("clash"):
                self._meet()
            else:
                parts.section(words.TITLE, key="grid.title")
                self._saving(table, found)

    def _others_wrote(self, table: Grid) -> bool:
        version = self.at.store.version(self.at.campaign.id)
        if version == self._get("version"):
            return False
        self._set(version=version)
        return meetings.moved_on(table, self._open())

    def _choose(self, table: Grid) -> None:
        """Which rows and columns are in sight. What was typed elsewhere is kept, and listed."""

        def chosen(name: str) -> None:
            self._set(**{name: st.session_state[self._key(f"pick.{name}")]})

        with st.popover(words.SHOWN, icon=":material/tune:", type="tertiary"):
            if len(self.frequencies) > 1:
                key, often = f"grid.pick.often.{self.whose}", f"grid.often.{self.whose}"
                st.radio(
                    words.OFTEN, self.frequencies, index=self.frequencies.index(self.frequency),
                    format_func=words.often, horizontal=True, key=key,
                    on_change=lambda: st.session_state.update({often: st.session_state[key]}),
                )  # fmt: skip
            months = [n for n in CHOICES if n < len(table.every)]
            options: list[int | None] = [*months, None]
            now = self._get("months", grid.MONTHS)
            st.radio(
                words.ROWS, options, index=options.index(now) if now in options else len(options) - 1,
                format_func=lambda n: str(n or words.all_periods(len(table.every))), horizontal=True,
                key=self._key("pick.months"), on_change=chosen, args=("months",),
            )  # fmt: skip
            names = {m.id: m.short for m in table.measures}
            if len(names) > 1:
                st.multiselect(
                    words.MEASURES, list(names), default=self._get("measures") or list(names),
                    format_func=lambda id: plain(names[id]), key=self._key("pick.measures"),
                    on_change=lambda: self._set(measures=st.session_state[self._key("pick.measures")] or None),
                )  # fmt: skip
            st.toggle(
                words.NOTES, value=bool(self._get("notes", False)), key=self._key("pick.notes"), on_change=chosen,
                args=("notes",),
            )  # fmt: skip

    # --- the table -------------------------------------------------------------------------------

    def _take(self, table: Grid, editor: str) -> None:
        """What the browser says was typed or pasted, put with the rest; a cell put back is an edit no more."""
        edits = dict(self.edits)
        for row, cells in st.session_state.get(editor, {}).get("edited_rows", {}).items():
            for key, text in cells.items():
                place = (table.periods[int(row)], key)
                edits[place] = text or ""
        self._set(edits={place: text for place, text in edits.items() if text != table.text(place)})

    def _editor(self, table: Grid, found: Differences, editor: str, notes: bool) -> None:
        """The cells hold text: a number column would drop a pasted "n/a" without a word."""
        keys = [column.key for column in table.columns] + [NOTE] * notes
        changed, wrong = {c.period for c in found.cells}, {c.period for c in found.refused}
        rows = [
            {PERIOD: words.row(p, self.frequency, p in changed, p in wrong)}
            | {key: self.edits.get((p, key), table.text((p, key))) for key in keys}
            for p in table.periods
        ]
        names = {column.key: heading(table, column.key) for column in table.columns}
        described = {column.key: column.label for column in table.columns}
        numbers = {
            key: st.column_config.TextColumn(name, width=width(n, name), alignment="right", help=plain(described[key]))
            for n, (key, name) in enumerate(names.items())
        }
        month = st.column_config.TextColumn(self.frequency.capitalize(), width=MONTH_WIDTH, pinned=True, disabled=True)
        note = st.column_config.TextColumn(words.NOTE, width=NOTE_WIDTH, max_chars=grid.LONGEST_NOTE)
        st.data_editor(
            pd.DataFrame(rows, columns=[PERIOD, *keys], dtype="str"),
            hide_index=True,
            column_config={PERIOD: month, **numbers, NOTE: note},
            height=HEADER + ROW * min(len(rows), grid.MONTHS),
            row_height=ROW,
            key=editor,
            alt=words.described(table.periods, self.frequency, [*names.values(), *[words.NOTE] * notes]),
        )

    # --- what will change ------------------------------------------------------------------------

    def _saving(self, table: Grid, found: Differences) -> None:
        queries = grid.queries(self.at, table, self.edits) if found.cells and not found.refused else []
        unusual = self._unusual(table, queries)
        written = found.of(Kind.NEW, Kind.CHANGED, Kind.EMPTIED)
        counts = [len(found.of(kind)) for kind in Kind]
        parts.paragraph(words.tally(*counts) or words.UNTOUCHED, key="grid.tally", muted=not found.cells)
        ready = bool(written) and not found.refused and self._sure(found, unusual)
        # What is saved is what was listed when the button was pressed, never a cell more.
        listed = tuple((cell.place, cell.now) for cell in found.cells)
        press = button(
            words.save(len(written)) if written else words.NOTHING_TO_SAVE, type="primary", width="stretch",
            key="grid.save", disabled=not ready, about=listed,
        )  # fmt: skip
        if press and ready and press.about == listed:
            self._save(table, found, press)
        elif press:
            press.done()
            parts.notes([words.ONE_MORE], key="grid.one.more", tone="concern")
        self._said(found)
        if found.cells:
            self._asked(found, unusual)
            self._list(table, found, unusual)
            st.button(
                words.START_AGAIN, type="tertiary", key="grid.again", on_click=self._back, args=(table, found.cells)
            )

    def _back(self, table: Grid, cells: tuple[Difference, ...]) -> None:
        gone = {cell.place for cell in cells}
        self._begin_anew(table, {place: text for place, text in self.edits.items() if place not in gone})

    def _unusual(self, table: Grid, queries: list) -> dict[Place, str]:
        """What is asked about, at one of the edited cells it comes from."""
        found = {}
        for period, query in queries:
            keys = inputs(self.at.campaign, self.at.campaign.measure(query[0]))
            key = next(key for key in reversed(keys) if (period, key) in self.edits)
            found[period, key] = entry.query(self.at.campaign, *query)
        return found

    def _confirmed(self, name: str, about: object) -> str:
        """The key of a tick box: what is confirmed is in it, so that a further cell is asked about again."""
        return f"{self._key(name)}.{crc32(repr(about).encode())}"

    def _sure(self, found: Differences, unusual: dict[Place, str]) -> bool:
        asked = (("empty", [c.place for c in found.emptied]), ("right", sorted(unusual.items())))
        return all(st.session_state.get(self._confirmed(*one), False) for one in asked if one[1])

    def _asked(self, found: Differences, unusual: dict[Place, str]) -> None:
        """What has to be answered before the button works; beneath it, so that it does not move."""
        if found.refused:
            parts.notes([words.first_right(len(found.refused))], key="grid.first", tone="concern")
            st.button(words.BACK, key="grid.back", on_click=self._back, args=(self._get("table"), found.refused))
            return
        if found.emptied:
            key = self._confirmed("empty", [c.place for c in found.emptied])
            st.checkbox(words.sure_empty(len(found.emptied)), key=key, help=words.EMPTIED_KEPT)
        if unusual:
            st.checkbox(words.SURE_RIGHT, key=self._confirmed("right", sorted(unusual.items())))

    def _list(self, table: Grid, found: Differences, unusual: dict[Place, str]) -> None:
        """Every cell from what to what; first those that somebody has to look at."""

        def order(cell: Difference) -> tuple:
            first = (cell.kind is not Kind.REFUSED, cell.place not in unusual, cell.kind is not Kind.EMPTIED)
            return (*first, cell.period)

        rows = sorted(found.cells, key=order)
        shown = parts.paged(rows, PER_PAGE, self._key("page"))
        body = [change(table, cell, unusual.get(cell.place, "")) for cell in shown]
        heads = tag("tr", *(tag("th", name, scope="col") for name in words.HEADINGS))
        caption = tag("caption", words.CAPTION, class_="sr")
        html(tag("table", caption, tag("thead", heads), tag("tbody", *body)), key="grid.list")
        parts.pages(rows, PER_PAGE, self._key("page"))

    # --- saving and undoing ----------------------------------------------------------------------

    def _settle(self) -> None:
        """Draw the conclusions from what was saved, in the next run: the one that saved may have been ended there."""
        if left := session.box(self._key("box")):
            self._begin_anew(self._open(), {})
            self._set(**left)
            left.clear()

    def _save(self, table: Grid, found: Differences, press: Press) -> None:
        left, edits = session.box(self._key("box")), self.edits
        try:
            done = grid.save(self.at, table, edits, emptying=True)  # ticked, or the button would not work
        except Refused as refused:
            press.done()
            parts.notes(refused.reasons, key="grid.refused", tone="concern")
            return
        except Overwritten:
            press.done()
            self._set(clash=self._open(), choices={})
            if not self._meetings():  # both wrote the same: nothing to choose, but look again
                self._begin_anew(self._get("clash"), self.edits)  # type: ignore[arg-type]
                self._set(said=words.NOW_THERE)
            st.rerun()
        press.done()
        periods = len({cell.period for cell in found.cells})
        left.update(said=words.saved(len(found.cells), periods, self.frequency), saved=done.change_id)
        st.rerun()

    def _said(self, found: Differences) -> None:
        """What became of the last press, until something else is typed."""
        said, change = self._get("said"), self._get("saved")
        if not said:
            return
        if found.cells:
            self._set(said=None, saved=None)
            return
        parts.notes([str(said)], key="grid.said", tone="improvement" if change else "plain")
        if change:
            st.button(words.UNDO, type="tertiary", key="grid.undo", on_click=self._undo, args=(change,))

    def _undo(self, change: int) -> None:
        try:
            undo(self.at, change, site=self.site)
        except Overwritten as other:
            said = " ".join([words.CANNOT_UNDO, *entry.clashes(self.at.campaign, other.clashes)])
        except Refused as refused:
            said = " ".join(refused.reasons)
        else:
            said = words.UNDONE
        self._begin_anew(self._open(), {})
        self._set(said=said, saved=None)

    # --- two people ------------------------------------------------------------------------------

    def _meetings(self) -> tuple[Meeting, ...]:
        return meetings.meetings(self._get("table"), self._get("clash"), self.edits)  # type: ignore[arg-type]

    def _meet(self) -> None:
        """What the other wrote beside one's own, to choose between; nothing is written here."""
        met: tuple[Meeting, ...] = self._meetings()
        choices: dict[Place, bool] = self._get("choices", {})  # type: ignore[assignment]
        parts.section(words.BOTH, key="grid.both")
        parts.notes([words.TOGETHER, words.to_choose(len(met))], key="grid.together", tone="concern")
        if len(met) > 1:
            with st.container(horizontal=True):
                for label, mine in ((words.ALL_THEIRS, False), (words.ALL_MINE, True)):
                    st.button(label, key=f"grid.all.{mine}", on_click=self._choose_all, args=(met, mine))
        for one in parts.paged(met, MEETINGS_PER_PAGE, self._key("met")):
            self._one_meeting(one, choices)
        parts.pages(met, MEETINGS_PER_PAGE, self._key("met"))
        undecided = [one for one in met if one.place not in choices]
        st.button(
            words.GO_ON, type="primary", width="stretch", key="grid.go.on", disabled=bool(undecided),
            on_click=self._go_on, args=(met,),
        )  # fmt: skip

    def _one_meeting(self, one: Meeting, choices: dict[Place, bool]) -> None:
        key = f"{self._key('meet')}.{self._get('turn')}.{one.period}.{one.key}"
        where = words.meeting(one.period, self.frequency, name(self._get("table"), one))  # type: ignore[arg-type]
        wrote = " ".join(entry.clashes(self.at.campaign, one.moved))
        html(tag("div", tag("span", where, class_="small muted"), tag("p", wrote)), key=f"{key}.said")
        labels = {False: words.keep_theirs(one.theirs), True: words.keep_mine(one.mine)}
        st.segmented_control(
            plain(where), [False, True], default=choices.get(one.place), format_func=lambda mine: plain(labels[mine]),
            label_visibility="collapsed", key=f"{key}.{choices.get(one.place)}", on_change=self._choose_one,
            args=(one, f"{key}.{choices.get(one.place)}"),
        )  # fmt: skip

    def _choose_one(self, one: Meeting, key: str) -> None:
        choices = {place: mine for place, mine in self._get("choices", {}).items() if place != one.place}  # type: ignore[attr-defined]
        mine = st.session_state.get(key)
        self._set(choices=choices if mine is None else {**choices, one.place: mine})

    def _choose_all(self, met: tuple[Meeting, ...], mine: bool) -> None:
        self._set(choices={one.place: mine for one in met})

    def _go_on(self, met: tuple[Meeting, ...]) -> None:
        """The table as it is now, with one's own edits over it but for those that were given up."""
        choices: dict[Place, bool] = self._get("choices", {})  # type: ignore[assignment]
        given_up = {one.place for one in met if not choices[one.place]}
        kept = {place: text for place, text in self.edits.items() if place not in given_up}
        self._begin_anew(self._get("clash"), kept)  # type: ignore[arg-type]
