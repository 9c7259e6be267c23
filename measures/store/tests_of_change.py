"""Tests of change, for every kind of store: what a site tried, in revisions that are never changed or removed.

A test is campaign x site x number; numbers count from 1 at each site and have no gaps. Each writing is a
revision that holds the whole test and is a change of its own, so what is taken back or corrected stands beside
what was there before, and one number winds back everything. The campaign's version stays as it is: no figure
depends on a test, so nobody's review has to be computed anew because somebody wrote one down.
"""

from __future__ import annotations

from datetime import date, datetime
from numbers import Integral

from sqlite_utils import Database

from measures.model import ALL, Scale, TestOfChange, Verdict
from measures.store.base import LAST, Clash, Conflict, InvalidEntry, Sql, to_text
from measures.store.decisions import DecisionStore

COLUMNS = ("what", "prediction", "scale", "started", "ended", "happened", "learned", "verdict", "withdrawn")
"""What a revision holds; the store reads and writes them in this order."""
TEXTS = ("site", "what", "prediction", "happened", "learned", "withdrawn", "author")

ROWS = f"""
    select t.site_id, t.number, {", ".join(f"t.{name}" for name in COLUMNS)}, c.actor, c.at,
           t.change_id, t.rev, c.source
    from test_of_change t join change c on c.id = t.change_id where t.campaign_id = ?"""
"""Revisions, ready for ``_test``; conditions follow. Parameter: campaign."""
LATEST = f"""{ROWS} and t.change_id <= ? and (? is null or t.site_id = ?) and not exists (
    select 1 from test_of_change p where p.campaign_id = t.campaign_id and p.site_id = t.site_id
    and p.number = t.number and p.rev = t.rev + 1 and p.change_id <= ?)
    order by t.site_id, t.number"""
"""Parameters: campaign, last change, site, site, last change."""
HISTORY = f"{ROWS} and t.site_id = ? and (? is null or t.number = ?) order by t.change_id"
HEAD = f"{ROWS} and t.site_id = ? and t.number = ? order by t.rev desc limit 1"
NEXT = "select 1 + coalesce(max(number), 0) from test_of_change where campaign_id = ? and site_id = ?"
INSERT = f"""insert into test_of_change (campaign_id, site_id, number, rev, change_id, {", ".join(COLUMNS)})
    values ({", ".join("?" * (5 + len(COLUMNS)))})"""

GAPS = """
    select site_id, number from test_of_change group by campaign_id, site_id, number
    having min(rev) <> 1 or max(rev) <> count(*)"""
BACKWARDS = """
    select t.site_id, t.number from test_of_change t join test_of_change p
        on p.campaign_id = t.campaign_id and p.site_id = t.site_id and p.number = t.number and p.rev = t.rev + 1
    where p.change_id <= t.change_id"""


class StoreOfTests(DecisionStore):
    """The part of a store that is about tests of change."""

    def tests_of_change(
        self, campaign_id: str, site: str | None = None, known_at: int | None = None
    ) -> tuple[TestOfChange, ...]:
        last = LAST if known_at is None else known_at
        return self._tests(LATEST, campaign_id, last, site, site, last)

    def test_history(self, campaign_id: str, site: str, number: int | None = None) -> tuple[TestOfChange, ...]:
        return self._tests(HISTORY, campaign_id, site, number, number)

    def _tests(self, sql: str, campaign_id: str, *rest: object) -> tuple[TestOfChange, ...]:
        self.version(campaign_id)  # raises UnknownCampaign; a campaign is never removed
        with self._lend() as db:
            return tuple(_test(row) for row in db.execute(sql, (campaign_id, *rest)))

    def keep_test(self, campaign_id: str, test: TestOfChange, *, source: str, seen: int = 0) -> TestOfChange:
        held = to_columns(test, seen)
        moment = to_text(test.at)
        self.version(campaign_id)

        def work(db: Database) -> TestOfChange:
            own = (campaign_id, test.site)
            if not db.execute("select 1 from site where campaign_id = ? and id = ?", own).fetchone():
                raise InvalidEntry(f"{test.site!r} is not a site of campaign {campaign_id!r}.")
            head = db.execute(HEAD, (*own, test.number)).fetchone() if test.number else None
            if test.number and head is None:
                raise InvalidEntry(f"{test.site} has no test of change {test.number}.")
            if seen != (_test(head).id if head else 0):
                raise Conflict([_clash(test, seen, head)])
            if head and head[2 : 2 + len(held)] == held:
                return _test(head)
            number = test.number or db.execute(NEXT, own).fetchone()[0]
            rev = 1 + (head[-2] if head else 0)
            change = db.execute(Sql.ADD_CHANGE, (campaign_id, moment, test.author, source, None, None)).lastrowid
            db.execute(INSERT, (*own, number, rev, change, *held))
            return _test(db.execute(HEAD, (*own, number)).fetchone())

        return self._write(work)


def damage(db: Database) -> list[str]:
    """What is wrong with the revisions: a sentence for each."""
    found = [f"The revisions of test of change {n} of {site} have a gap." for site, n in db.execute(GAPS)]
    found += [f"The revisions of test of change {n} of {site} are out of order." for site, n in db.execute(BACKWARDS)]
    orphans = db.execute(Sql.ORPHANS.format(table="test_of_change"))
    return found + [f"Tests of change name change {id}, which is not there." for (id,) in orphans]


def to_columns(test: TestOfChange, seen: int) -> tuple[str | None, ...]:
    """A test as its ``COLUMNS`` hold it. Raises InvalidEntry where it cannot be kept.

    >>> at = datetime.fromisoformat("2019-04-11T09:00:00+00:00")
    >>> to_columns(TestOfChange("RJ1", 0, "Ask twice", "Fewer forget", Scale.SHIFT, date(2019, 4, 1), "Ann", at), 0)
    ('Ask twice', 'Fewer forget', 'shift', '2019-04-01', None, '', '', None, '')
    """
    for name in TEXTS:
        text = getattr(test, name)
        if not isinstance(text, str) or "\0" in text:
            raise InvalidEntry(f"The {name} of a test of change must be plain text, not {text!r}.")
    for name in ("what", "prediction"):
        if not getattr(test, name).strip():
            raise InvalidEntry(f"A test of change needs its {name}: say it in a few words.")
    for name, least in (("number", test.number), ("revision seen", seen)):
        if not isinstance(least, Integral) or isinstance(least, bool) or least < 0:
            raise InvalidEntry(f"The {name} of a test of change must be 0, 1, 2 …, not {least!r}.")
    for name in ("started", "ended"):
        day = getattr(test, name)
        if not (isinstance(day, date) or (day is None and name == "ended")) or isinstance(day, datetime):
            raise InvalidEntry(f"The day on which a test of change {name} must be a date, not {day!r}.")
    scale = _known(Scale, test.scale, "scale")
    verdict = None if test.verdict is None else _known(Verdict, test.verdict, "verdict")
    if (verdict is None) != (test.ended is None):
        raise InvalidEntry("A test of change ends with a verdict: give both the day it ended and the verdict, or none.")
    if verdict is not None and not test.learned.strip():
        raise InvalidEntry("A test of change that has ended needs what was learned.")
    if test.ended is not None and test.ended < test.started:
        raise InvalidEntry("A test of change cannot end before it started.")
    ended = None if test.ended is None else test.ended.isoformat()
    texts = test.what, test.prediction, test.happened, test.learned, test.withdrawn
    what, prediction, happened, learned, withdrawn = texts
    return what, prediction, scale, test.started.isoformat(), ended, happened, learned, verdict, withdrawn


def _known(kind: type[Scale] | type[Verdict], given: object, name: str) -> str:
    """The value of an enum, compared by value: a hot reload gives new classes beside old ones."""
    found = next((one.value for one in kind if one == given), None)
    if found is None:
        raise InvalidEntry(f"The {name} of a test of change cannot be {given!r}.")
    return found


def _test(row: tuple) -> TestOfChange:
    """A row of ``ROWS`` as a test."""
    site, number, *held, author, at, id, _rev, _source = row
    told = dict(zip(COLUMNS, held, strict=True))
    told |= {"scale": Scale(told["scale"]), "started": date.fromisoformat(told["started"])}
    if told["verdict"] is not None:
        told |= {"verdict": Verdict(told["verdict"]), "ended": date.fromisoformat(told["ended"])}
    return TestOfChange(site=site, number=number, author=author, at=datetime.fromisoformat(at), id=id, **told)


def _clash(test: TestOfChange, seen: int, head: tuple | None) -> Clash:
    """What stands where a test is not as its author saw it."""
    name = f"test of change {test.number or '(new)'}"
    where = (test.site, name, test.started, ALL, seen)
    if head is None:
        return Clash(*where, 0, None, None, None, None, None, None, None, "")
    stands, (rev, source) = _test(head), head[-2:]
    return Clash(*where, rev, stands.id, stands.author, stands.at, source, None, None, None, stands.what)
