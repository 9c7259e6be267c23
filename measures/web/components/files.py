"""A file of numbers: chosen or pasted, read, looked at, kept, and taken back. Nothing is written before it is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from measures.access import Action, Forbidden
from measures.actions import exports, imports
from measures.actions.entries import Overwritten, Refused
from measures.actions.imports import Upload
from measures.actions.read import Desk
from measures.intake.table import Unreadable
from measures.web import security, session
from measures.web.components import file_history, file_preview, file_reading, parts
from measures.web.components.file_reading import Choices
from measures.web.components.press import Press, button
from measures.words import uploads as words

WIDTH = 620
"""Pixels: a form's column. The preview's table takes the whole page."""
LONG = 300_000
"""Bytes from which a bar is shown while a file is read: anything smaller is there before it could be drawn."""
MANY = 5_000
"""Entries from which one is shown while they are taken back."""
MOST_CLASHES = 10
LONGEST_NAME = 80
"""Letters of a file's name that are kept: its end, where the extension is."""


@dataclass(frozen=True, slots=True)
class File:
    """What somebody brought: a file's bytes, or the text that was pasted (no bytes of its own name)."""

    name: str
    data: bytes
    pasted: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a file a moment ago: enough to say so and to take it back; the file itself is let go."""

    name: str
    change_id: int
    rows: int
    new: int
    changed: int
    same: int
    refused: int
    refused_file: bytes | None
    undone: str = ""
    """Once it was taken back: "whole", or "others" where what somebody wrote since still stands."""


def page(at: Desk, site: str | None) -> None:
    """The whole flow for one site or, with None, for all of the campaign's."""
    if at.wound_back:
        parts.notes([words.LOOKING_BACK], key="files.back")
        return
    here = _Here(at, site)
    security.await_file(here.get("kept") is None and here.get("file") is None)
    if (kept := here.get("kept")) is not None:
        here.afterwards(kept)
    elif (file := here.get("file")) is not None:
        here.preview(file)
    else:
        here.choose()


class _Here:
    """One visitor with a file for one site, or for all."""

    def __init__(self, at: Desk, site: str | None) -> None:
        self.at, self.site = at, site
        self.key = f"files.{at.campaign.id}.{site or 'all'}"

    def get(self, name: str, otherwise: object = None):
        return st.session_state.get(f"{self.key}.{name}", otherwise)

    def put(self, name: str, value: object) -> None:
        st.session_state[f"{self.key}.{name}"] = value

    def widget(self, name: str) -> str:
        """A widget's key, new with each file: a browser would keep the answers given for the one before."""
        return f"{self.key}.{self.get('round', 0)}.{name}"

    def forget(self) -> None:
        """Let go of the file and of everything that was answered about it."""
        for name in ("file", "choices", "upload", "clash", "kept", "said"):
            st.session_state.pop(f"{self.key}.{name}", None)
        self.put("round", self.get("round", 0) + 1)

    def heading(self, text: str, *lines: str) -> None:
        """A page of its own has a headline; beneath another page's, a section."""
        if self.site is not None:
            parts.heading(text, [line for line in lines if line], key="files")
        else:
            parts.section(text, " ".join(line for line in lines if line), key="files")

    # --- 1: a file, a paste, a template --------------------------------------------------------------

    def choose(self) -> None:
        self.heading(words.HEADING, words.LEDE)
        parts.notes(self.get("said", []), key="files.said", tone="concern")
        with st.container(width=WIDTH):
            given = st.file_uploader(words.CHOOSE, key=self.widget("file"), max_upload_size=50)
            parts.paragraph(words.LIMIT, key="files.limit")
            if given is not None:
                data = given.getvalue()
                security.let_go(given)
                self._take(given.name, data)
            with st.expander(words.PASTE):
                text = st.text_area(
                    words.PASTE, placeholder=words.PASTE_HINT, height=160, key=self.widget("paste"),
                    label_visibility="collapsed",
                )  # fmt: skip
                pressed = st.button(words.READ_IT, key="files.read")
                if pressed and text.strip():
                    self._take(words.PASTED, text.encode(), pasted=True)
                elif pressed:
                    parts.notes([words.NOTHING_PASTED], key="files.nothing", tone="concern")
            self._template()
        file_history.section(self.at, self.site, self.key)

    def _take(self, name: str, data: bytes, *, pasted: bool = False) -> None:
        self.forget()
        name = "".join(letter for letter in name if letter.isprintable())[-LONGEST_NAME:]
        self.put("file", File(name, data, pasted, hashlib.sha256(data).hexdigest()))
        st.rerun()

    def _template(self) -> None:
        parts.gap("small")
        parts.section(words.TEMPLATE, words.template_line(self.site is not None), key="files.template")
        with st.container(horizontal=True):
            for kind, mime in (("xlsx", file_preview.XLSX), ("csv", "text/csv")):
                st.download_button(
                    words.TEMPLATES[kind], partial(exports.template, self.at, self.site, kind),
                    file_name=f"{self.at.campaign.id}-{self.site or 'all-sites'}.{kind}", mime=mime,
                    on_click="ignore", key=f"files.template.{kind}",
                )  # fmt: skip

    # --- 2 and 3: how it was read, and what it would change ------------------------------------------

    def preview(self, file: File) -> None:
        choices: Choices = self.get("choices") or Choices()
        try:
            upload = self._read(file, choices)
        except (Unreadable, Refused, Forbidden) as wrong:
            self._cannot_be_read(file, choices, wrong)
            return
        waiting = bool(upload.reading.questions)
        if waiting:
            self.heading(file_reading.asking(upload))
        elif self.get("clash"):
            self.heading(words.OTHERS_FIRST)
        else:
            heading = words.preview_heading(upload.checked.size, upload.refused, upload.new, upload.changed)
            self.heading(heading, words.counts(upload.new, upload.changed, upload.same, upload.refused))
        changed = file_reading.section(self.at, upload, choices, self.widget)
        if changed is not None:
            self.put("choices", changed)
            st.rerun()
        if waiting:
            parts.paragraph(words.ANSWER_FIRST, key="files.first")
            self._another()
            return
        if self.get("clash"):
            self._clashes(self.get("clash"))
        else:
            self._keep(file, upload)
        file_preview.section(self.at, self.site, upload, self.widget)

    def _read(self, file: File, choices: Choices) -> Upload:
        """The file as read with these answers, kept for this visit: a rerun does not read it again."""
        known = self.get("upload")
        about = (file.digest, choices)
        if known is not None and known[0] == about:
            return known[1]
        data = file.data.decode() if file.pasted else file.data
        with _progress(words.READING, len(file.data) >= LONG) as progress:
            upload = imports.open_file(
                self.at, data, file.name, site=self.site or choices.site, progress=progress, **choices.given()
            )  # fmt: skip
        self.put("upload", (about, upload))
        return upload

    def _cannot_be_read(self, file: File, choices: Choices, wrong: Exception) -> None:
        """Why, and the way on: what was answered can be taken back, or another file chosen."""
        if choices != Choices():
            self.heading(words.cannot_read(file.name))
            parts.notes([str(wrong)], key="files.unreadable", tone="concern")
            if st.button(words.START_AGAIN, key="files.again"):
                self.put("choices", Choices())
                st.rerun()
            self._another()
            return
        self.forget()
        self.put("said", [words.cannot_read(file.name), str(wrong)])
        st.rerun()

    def _another(self) -> None:
        if st.button(words.ANOTHER, type="tertiary", key="files.another"):
            self.forget()
            st.rerun()

    # --- 4: keeping it -------------------------------------------------------------------------------

    def _keep(self, file: File, upload: Upload) -> None:
        something = bool(upload.new or upload.changed)
        if upload.kept_before is not None:
            when = file_history.when(self.at, upload.kept_before)
            parts.notes([words.kept_before(when, upload.new, upload.changed)], key="files.before")
        elif not something and upload.same:
            parts.notes([words.nothing_would_change(upload.same)], key="files.nothing")
        if something and upload.kept_before is None:
            said = words.will_happen(upload.new, upload.changed, upload.same, upload.refused)
            parts.paragraph(said, key="files.will", muted=False)
            label = words.save_label(upload.checked.size, upload.refused)
            with st.container(horizontal=True):
                press = button(label, type="primary", key="files.keep", about=file.digest)
                self._another()
            if press and press.about == file.digest:
                self._save(file, upload, press)
        else:
            self._another()

    def _save(self, file: File, upload: Upload, press: Press) -> None:
        try:
            with _progress(words.SAVING, len(file.data) >= LONG) as progress:
                done = imports.keep(self.at, upload, progress=progress)
        except Overwritten as other:
            press.done()
            self.put("clash", other.clashes)
            st.rerun()
        except (Refused, Forbidden) as refused:
            press.done()
            parts.notes([str(refused)], key="files.refused", tone="concern")
            return
        press.done()
        back = imports.refused_file(upload) if upload.refused else None
        kept = Kept(
            file.name, done.change_id, upload.checked.size - upload.refused,
            upload.new, upload.changed, upload.same, upload.refused, back,
        )  # fmt: skip
        self.forget()
        self.put("kept", kept)
        st.rerun()

    def _clashes(self, found: tuple) -> None:
        """What somebody else wrote since the file was opened, and the one way on: to look again."""
        lines = [words.clash(self.at.campaign, one, self.site is None) for one in found[:MOST_CLASHES]]
        more = [words.and_more(len(found) - MOST_CLASHES)] if len(found) > MOST_CLASHES else []
        parts.notes([words.OTHERS_WROTE, *lines, *more], key="files.clash", tone="concern")
        if st.button(words.LOOK_AGAIN, type="primary", key="files.look"):
            for name in ("clash", "upload"):
                st.session_state.pop(f"{self.key}.{name}", None)
            st.rerun()

    # --- 5: afterwards -------------------------------------------------------------------------------

    def afterwards(self, kept: Kept) -> None:
        if kept.undone:
            others = kept.undone == "others"
            self.heading(words.undone(kept.name, others), words.undone_line(others))
        else:
            line = words.kept_line(kept.new, kept.changed, kept.same, kept.refused, self.at.actor.name)
            self.heading(words.kept_heading(kept.rows, kept.name), line)
        if kept.refused_file is not None and not kept.undone:
            parts.paragraph(words.refused_next(kept.refused), key="files.next", muted=False)
            file_preview.download(kept.name, kept.refused_file)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(words.ANOTHER, type="primary", key="files.another"):
                self.forget()
                st.rerun()
            if not kept.undone and st.button(words.UNDO_WHOLE, key="files.undo"):
                self._undo(kept)
            self._link()
        if said := self.get("said"):
            parts.notes(said, key="files.said", tone="concern")
            if said[0] == words.CANNOT_UNDO and st.button(words.UNDO_OTHERS, key="files.undo.others"):
                self._undo(kept, leave=True)
        file_history.section(self.at, self.site, self.key)

    def _undo(self, kept: Kept, leave: bool = False) -> None:
        with _progress(words.UNDOING, kept.new + kept.changed >= MANY) as progress:
            said = file_history.undo(self.at, kept.change_id, self.site is None, leave=leave, progress=progress)
        self.put("said", said)
        if not said:
            self.put("kept", replace(kept, undone="others" if leave else "whole"))
        st.rerun()

    def _link(self) -> None:
        pages = st.session_state.get("shell.pages", {})
        path, action = ("site", Action.SITE) if self.site else ("overview", Action.SITES)
        if path in pages and self.at.allows(action, self.site):
            more = {"site": self.site} if self.site else {}
            view = {k: v for k, v in (session.view_in_url(self.at) | more).items() if v}
            st.page_link(pages[path], label=words.SEE_SITE if self.site else words.SEE_SITES, query_params=view)


class _progress:
    """A bar that is there while something long goes on; ``None`` where it is short."""

    def __init__(self, said: str, long: bool) -> None:
        self.said, self.long = said, long

    def __enter__(self) -> Callable[..., None] | None:
        if not self.long:
            return None
        self.place = st.empty()
        bar = self.place.progress(0.0, text=self.said)

        def progress(share: float, *_: object) -> None:
            bar.progress(min(1.0, max(0.0, float(share))), text=self.said)

        return progress

    def __exit__(self, *_: object) -> None:
        if self.long:
            self.place.empty()
