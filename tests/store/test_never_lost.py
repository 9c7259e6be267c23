"""Nothing entered is ever lost: whatever is done, in whatever order, the history holds all that was accepted."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from measures.model import ALL
from measures.store import Conflict, Entry
from measures.store.sqlite import SqliteStore
from tests.store.samples import APRIL, AT, MARCH, campaign

CELLS = [(site, "waits", period, group) for site in ("s1", "s2") for period in (MARCH, APRIL) for group in (ALL, "b")]
NUMBERS = st.none() | st.integers(0, 3) | st.floats(allow_nan=False, allow_infinity=False)
WHAT = st.tuples(NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["", "why", "– é"]))
BLANK = (None, None, None, "")


class History(RuleBasedStateMachine):
    """The store beside a plain dictionary of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "headway.db"
        self.store = SqliteStore(self.path, create=True)
        self.store.define(campaign())
        self.kept = {cell: [] for cell in CELLS}
        self.version = 1
        self.at = {}
        self.digests = {}
        self.names = count()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def head(self, cell):
        return self.kept[cell][-1] if self.kept[cell] else BLANK

    @rule(what=st.dictionaries(st.sampled_from(CELLS), WHAT, min_size=1), behind=st.sampled_from([0] * 6 + [-1, 1]))
    def write(self, what, behind):
        """A change of some cells, the first of them seen at the head, before it or beyond it."""
        seen = {cell: len(self.kept[cell]) for cell in what}
        first = next(iter(what))
        seen[first] = max(0, seen[first] + behind)
        entries = [Entry(*cell, *values, seen=seen[cell]) for cell, values in what.items()]
        if any(seen[cell] != len(self.kept[cell]) for cell in what):
            with pytest.raises(Conflict) as caught:
                self.store.record("ae", entries, actor="ann", source="typed", at=AT)
            assert [clash.rev for clash in caught.value.clashes] == [len(self.kept[first])]
            return
        done = self.store.record("ae", entries, actor="ann", source="typed", at=AT)
        new = {cell: values for cell, values in what.items() if values != self.head(cell)}
        assert done.written == len(new)
        for cell, values in new.items():
            self.kept[cell].append(values)
        if new:
            self.version += 1
            self.at[done.change_id] = {cell: self.head(cell) for cell in CELLS if self.kept[cell]}

    @rule(again=st.booleans(), number=st.integers())
    def file(self, again, number):
        """A file, perhaps one that was read before."""
        digest = max(self.digests, default="0") if again else f"{next(self.names):09}"
        cell = CELLS[0]
        entry = Entry(*cell, numerator=number % 2**50, note=digest, seen=len(self.kept[cell]))
        done = self.store.record("ae", [entry], actor="file", source="file", at=AT, digest=digest)
        if digest in self.digests:
            assert (done.change_id, done.written) == (self.digests[digest], 0)
        else:
            self.digests[digest] = done.change_id
            self.kept[cell].append((entry.numerator, None, None, digest))
            self.version += 1
            self.at[done.change_id] = {cell: self.head(cell) for cell in CELLS if self.kept[cell]}

    @rule()
    def reopen(self):
        """The app is started again."""
        self.store.close()
        self.store = SqliteStore(self.path)

    @invariant()
    def latest_is_the_last_accepted(self):
        expected = {cell: values[-1] for cell, values in self.kept.items() if values}
        assert self.seen(None) == expected
        assert self.store.version("ae") == self.version

    @precondition(lambda self: self.at)
    @rule(data=st.data())
    def as_it_was_known(self, data):
        change = data.draw(st.sampled_from(sorted(self.at)))
        assert self.seen(change) == self.at[change]

    @rule(cell=st.sampled_from(CELLS))
    def history_holds_every_write_in_order(self, cell):
        site, measure, period, group = cell
        frame = self.store.history("ae", site, measure, period, group)
        assert frame["rev"].tolist() == list(range(1, len(self.kept[cell]) + 1))
        assert values_of(frame) == self.kept[cell]
        assert self.store.check() == []

    def seen(self, known_at):
        frame = self.store.observations("ae", known_at)
        keys = zip(frame["site"], frame["measure"], frame["period"].dt.date, frame["group"])
        return dict(zip(keys, values_of(frame)))


def values_of(frame):
    """Numbers and note of each row, None where there is no number."""
    numbers = frame[["numerator", "denominator", "value"]].astype(object)
    return [(*row, note) for row, note in zip(numbers.where(numbers.notna(), None).to_numpy(), frame["note"])]


History.TestCase.settings = settings(max_examples=25, stateful_step_count=25)
TestHistory = History.TestCase
