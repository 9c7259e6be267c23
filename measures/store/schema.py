"""The tables, as numbered migrations. A migration that has been released is never edited: add the next one.

Why it is as it is:
- The key of an observation starts with campaign and site and holds the group, then the period, so the whole
  of a series lies together and is read in order without sorting. The key is also the compare-and-set: two
  people cannot both write revision n + 1 of a cell. There is no second table of current values to disagree.
- Numbers are REAL: whole numbers are exact up to 2^53 (larger ones are refused on the way in), SQLite stores
  a whole REAL as compactly as an integer, and a frame holds floats in any case.
- Dates and times are ISO text, which sorts as time does.
- Triggers keep the history append-only and without gaps, whichever program writes to the file.
- A decision about a chart is kept as an observation is, in a table of its own: its revisions are changes too,
  so one number winds back everything.
- A draft is no history: one row per actor, site, page and what it is about, replaced and deleted freely.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("headway")

DEFINITIONS = (
    """create table campaign (
        id text primary key, name text not null, purpose text not null, start text not null, "end" text not null,
        baseline_start text not null, baseline_end text not null, main_measure text not null,
        demo integer not null check (demo in (0, 1)), today text, attribution text not null, notes text not null,
        time_zone text not null, version integer not null default 1 check (version >= 1)
    ) strict""",
    """create table site (
        campaign_id text not null references campaign(id), id text not null, position integer not null,
        name text not null, region text not null, kind text not null, successor text, merged_on text, opened text,
        primary key (campaign_id, id),
        foreign key (campaign_id, successor) references site(campaign_id, id) deferrable initially deferred
    ) strict""",
    """create table measure (
        campaign_id text not null references campaign(id), id text not null, position integer not null,
        name text not null, short text not null, definition text not null, family text not null, form text not null,
        better text not null, unit text not null, numerator_label text not null, denominator_label text not null,
        denominator_measure text not null, verb text not null, worthwhile_change real, frequency text not null,
        days_to_submit integer not null,
        lag integer not null, chart text not null, rules text not null, baseline_points integer,
        rate_base real not null, seasonal integer not null check (seasonal in (0, 1)), "order" integer not null,
        primary key (campaign_id, id)
    ) strict""",
    """create table aim (
        campaign_id text not null references campaign(id), id text not null, position integer not null,
        measure text not null, kind text not null, name text not null, owner text not null, standard real,
        primary key (campaign_id, id),
        foreign key (campaign_id, measure) references measure(campaign_id, id)
    ) strict""",
    """create table aim_version (
        campaign_id text not null, aim text not null, number integer not null, position integer not null,
        agreed_on text not null, in_force_from text not null, author text not null, reason text not null,
        method text not null,
        primary key (campaign_id, aim, number),
        foreign key (campaign_id, aim) references aim(campaign_id, id)
    ) strict""",
    """create table waypoint (
        campaign_id text not null, aim text not null, version integer not null, "on" text not null,
        position integer not null, level real, sites integer,
        primary key (campaign_id, aim, version, "on"),
        foreign key (campaign_id, aim, version) references aim_version(campaign_id, aim, number)
    ) strict""",
    """create table share (
        campaign_id text not null, aim text not null, version integer not null, "on" text not null, site text not null,
        position integer not null, numerator integer not null, denominator integer not null,
        baseline_numerator integer not null, baseline_denominator integer not null,
        primary key (campaign_id, aim, version, "on", site),
        foreign key (campaign_id, aim, version) references aim_version(campaign_id, aim, number),
        foreign key (campaign_id, site) references site(campaign_id, id)
    ) strict""",
)

HISTORY = (
    """create table change (
        id integer primary key, campaign_id text not null references campaign(id), at text not null,
        actor text not null, source text not null, digest text, undoes integer references change(id),
        unique (campaign_id, digest)
    ) strict""",
    """create table observation (
        campaign_id text not null, site_id text not null, measure_id text not null, grp text not null,
        period text not null check (period glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
        rev integer not null check (rev >= 1), change_id integer not null references change(id),
        numerator real, denominator real, value real, note text not null default '',
        primary key (campaign_id, site_id, measure_id, grp, period, rev),
        foreign key (campaign_id, site_id) references site(campaign_id, id),
        foreign key (campaign_id, measure_id) references measure(campaign_id, id)
    ) strict, without rowid""",
    "create index observation_change on observation(change_id)",
    """create view latest as select * from observation o where not exists (
        select 1 from observation p where p.campaign_id = o.campaign_id and p.site_id = o.site_id
        and p.measure_id = o.measure_id and p.grp = o.grp and p.period = o.period and p.rev = o.rev + 1)""",
    """create trigger observation_next before insert on observation
        when new.rev <> 1 + coalesce((select max(rev) from observation where campaign_id = new.campaign_id
            and site_id = new.site_id and measure_id = new.measure_id and grp = new.grp and period = new.period), 0)
        begin select raise(abort, 'a revision must follow the latest one'); end""",
    """create trigger change_new before insert on change
        when exists (select 1 from change where id = new.id
            or (campaign_id = new.campaign_id and digest = new.digest))
        begin select raise(abort, 'a change is never replaced'); end""",
    *(
        f"""create trigger {table}_no_{verb} before {verb} on {table}
        begin select raise(abort, 'the history is append-only: nothing in it is changed or removed'); end"""
        for table in ("observation", "change")
        for verb in ("update", "delete")
    ),
)

DECIDED = {
    "rebase": """status text not null check (status in ('accepted', 'declined', 'withdrawn')),
        reason text not null check (trim(reason) <> ''), proposed text not null""",
    "ghost": "ghosted integer not null check (ghosted in (0, 1)), reason text not null check (trim(reason) <> '')",
}
DECISIONS = tuple(
    statement
    for table, columns in DECIDED.items()
    for statement in (
        f"""create table {table} (
        campaign_id text not null, site_id text not null, measure_id text not null, grp text not null,
        period text not null check (period glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
        rev integer not null check (rev >= 1), change_id integer not null references change(id),
        {columns},
        primary key (campaign_id, site_id, measure_id, grp, period, rev),
        foreign key (campaign_id, site_id) references site(campaign_id, id),
        foreign key (campaign_id, measure_id) references measure(campaign_id, id)
    ) strict""",
        f"create index {table}_change on {table}(change_id)",
        f"""create trigger {table}_next before insert on {table}
        when new.rev <> 1 + coalesce((select max(rev) from {table} where campaign_id = new.campaign_id
            and site_id = new.site_id and measure_id = new.measure_id and grp = new.grp and period = new.period), 0)
        begin select raise(abort, 'a revision must follow the latest one'); end""",
        *(
            f"""create trigger {table}_no_{verb} before {verb} on {table}
        begin select raise(abort, 'the history is append-only: nothing in it is changed or removed'); end"""
            for verb in ("update", "delete")
        ),
    )
)

MAPPINGS = (
    """create table mapping (
        campaign_id text not null references campaign(id), site_id text not null, rev integer not null check (rev >= 1),
        columns text not null, dates text not null, actor text not null, at text not null,
        primary key (campaign_id, site_id, rev)
    ) strict""",
    """create trigger mapping_next before insert on mapping
        when new.rev <> 1 + coalesce((select max(rev) from mapping where campaign_id = new.campaign_id
            and site_id = new.site_id), 0)
        begin select raise(abort, 'a revision must follow the latest one'); end""",
    *(
        f"""create trigger mapping_no_{verb} before {verb} on mapping
        begin select raise(abort, 'the history is append-only: nothing in it is changed or removed'); end"""
        for verb in ("update", "delete")
    ),
)
"""How a site's files are read is no part of what is known, so it is no change and leaves the version as it is."""

TESTS_OF_CHANGE = (
    """create table test_of_change (
        campaign_id text not null, site_id text not null, number integer not null check (number >= 1),
        rev integer not null check (rev >= 1), change_id integer not null references change(id),
        what text not null check (trim(what) <> ''), prediction text not null check (trim(prediction) <> ''),
        scale text not null check (scale in ('patient', 'shift', 'day', 'week', 'team', 'site')),
        started text not null check (started glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
        ended text check (ended glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' and ended >= started),
        happened text not null, learned text not null,
        verdict text check (verdict in ('adopt', 'adapt', 'abandon')), withdrawn text not null,
        primary key (campaign_id, site_id, number, rev),
        foreign key (campaign_id, site_id) references site(campaign_id, id),
        check ((verdict is null) = (ended is null)), check (verdict is null or trim(learned) <> '')
    ) strict""",
    "create index test_of_change_change on test_of_change(change_id)",
    """create trigger test_of_change_next before insert on test_of_change
        when new.rev <> 1 + coalesce((select max(rev) from test_of_change where campaign_id = new.campaign_id
            and site_id = new.site_id and number = new.number), 0)
        begin select raise(abort, 'a revision must follow the latest one'); end""",
    """create trigger test_of_change_number before insert on test_of_change
        when new.number > 1 + coalesce((select max(number) from test_of_change where campaign_id = new.campaign_id
            and site_id = new.site_id), 0)
        begin select raise(abort, 'a test of change must follow the latest one'); end""",
    *(
        f"""create trigger test_of_change_no_{verb} before {verb} on test_of_change
        begin select raise(abort, 'the history is append-only: nothing in it is changed or removed'); end"""
        for verb in ("update", "delete")
    ),
)


DRAFTS = (
    """create table draft (
        campaign_id text not null, site_id text not null, actor text not null, page text not null, about text not null,
        at text not null, body text not null,
        primary key (campaign_id, site_id, actor, page, about),
        foreign key (campaign_id, site_id) references site(campaign_id, id)
    ) strict""",
    "create index draft_at on draft(at)",
)


REDEFINITIONS = (
    """create table redefinition (
        campaign_id text not null, measure_id text not null,
        period text not null check (period glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
        rev integer not null check (rev >= 1), change_id integer not null references change(id),
        text text not null check (trim(text) <> ''), reason text not null check (trim(reason) <> ''),
        stands integer not null check (stands in (0, 1)),
        primary key (campaign_id, measure_id, period, rev),
        foreign key (campaign_id, measure_id) references measure(campaign_id, id)
    ) strict""",
    "create index redefinition_change on redefinition(change_id)",
    """create trigger redefinition_next before insert on redefinition
        when new.rev <> 1 + coalesce((select max(rev) from redefinition where campaign_id = new.campaign_id
            and measure_id = new.measure_id and period = new.period), 0)
        begin select raise(abort, 'a revision must follow the latest one'); end""",
    *(
        f"""create trigger redefinition_no_{verb} before {verb} on redefinition
        begin select raise(abort, 'the history is append-only: nothing in it is changed or removed'); end"""
        for verb in ("update", "delete")
    ),
    "alter table measure add column hide_below integer check (hide_below > 1)",
)


@migrations()
def m0001_definitions(db: Database) -> None:
    """Campaigns, and what each is made of."""
    for statement in DEFINITIONS:
        db.execute(statement)


@migrations()
def m0002_history(db: Database) -> None:
    """Changes and observations: append-only."""
    for statement in HISTORY:
        db.execute(statement)


@migrations()
def m0003_decisions(db: Database) -> None:
    """Where limits start anew, and points that are left out of them: append-only."""
    for statement in DECISIONS:
        db.execute(statement)


@migrations()
def m0004_season_out(db: Database) -> None:
    """Whether a measure's chart takes the season out."""
    db.execute("alter table measure add column season_out integer not null default 0 check (season_out in (0, 1))")


@migrations()
def m0005_shape(db: Database) -> None:
    """How a version's way to each waypoint is spread over its time."""
    db.execute("alter table aim_version add column shape text not null default 'linear'")


@migrations()
def m0006_mappings(db: Database) -> None:
    """How the columns of a site's files are to be read: append-only."""
    for statement in MAPPINGS:
        db.execute(statement)


@migrations()
def m0007_drafts(db: Database) -> None:
    """What somebody has typed and not saved yet."""
    for statement in DRAFTS:
        db.execute(statement)


@migrations()
def m0008_tests_of_change(db: Database) -> None:
    """What sites tried, and what came of it: append-only."""
    for statement in TESTS_OF_CHANGE:
        db.execute(statement)


@migrations()
def m0009_definitions(db: Database) -> None:
    """From when on a measure is counted differently (append-only), and which counts are too small to show."""
    for statement in REDEFINITIONS:
        db.execute(statement)


def newer_than_known(db: Database) -> list[str]:
    """The migrations that this database has had and this Headway does not know, in order."""
    known = {migration.name for migration in migrations._migrations}
    return [done.name for done in migrations.applied(db) if done.name not in known]
