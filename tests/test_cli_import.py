"""``python -m measures import``, ``export`` and ``template``: what is written, what is said, and the exit codes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from measures.cli import main
from measures.demo import ae
from measures.store.opening import ensure, open_store
from tests.store.samples import campaign

HEAD = "site,period,attendances,within4h,admitted\n"
GOOD = HEAD + "RJ1,2019-04,18000,15500,3600\nR1H,2019-04,30000,25000,7000\n"
MIXED = GOOD + "NOWHERE,2019-04,1,1,1\nRJ1,2019-02,-5,1,1\n"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    path = tmp_path_factory.mktemp("seeded") / "demo.db"
    ensure(path, ae.seed).close()
    return path


@pytest.fixture
def db(tmp_path, seeded):
    shutil.copy(seeded, tmp_path / "demo.db")
    return tmp_path / "demo.db"


def run(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def bring(db, text, *options, name="april.csv"):
    file = db.with_name(name)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run("import", db, file, "--actor", "Ann", *options)


def changes(db):
    store = open_store(db)
    try:
        return store.changes(ae.ID)
    finally:
        store.close()


def test_a_file_is_kept_as_one_change_by_whoever_brought_it(db):
    done = bring(db, GOOD)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["2 rows: 6 new, 0 changed, 0 the same, 0 rows refused.", "Kept as change 2."]
    assert changes(db).loc[0, ["actor", "source", "entries"]].tolist() == ["Ann", "file: april.csv", 6]


def test_the_same_file_again_changes_nothing(db):
    bring(db, GOOD)
    again = bring(db, GOOD)
    assert again.exit_code == 0
    assert again.stdout.splitlines()[-1] == "This very file was kept before, as change 2: nothing was written."
    other = bring(db, GOOD.replace("2019-04", "Apr 2019"))
    assert other.stdout.splitlines()[-1] == "Nothing was written: it was all there already."
    assert len(changes(db)) == 2


def test_where_rows_are_refused_nothing_is_written_and_each_has_its_reason(db):
    done = bring(db, MIXED)
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["row 4", "row 5"]
    assert "NOWHERE" in lines[0]
    assert done.stdout.splitlines() == [
        "4 rows: 6 new, 0 changed, 0 the same, 2 rows refused.",
        "Nothing was written, because rows were refused: put them right, or use --keep-good.",
    ]
    assert len(changes(db)) == 1


def test_the_good_rows_can_be_kept_and_the_others_come_back_as_a_file(db):
    out = db.with_name("refused.csv")
    done = bring(db, MIXED, "--keep-good", "--refused", out)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "Kept as change 2."
    assert changes(db)["entries"].iloc[0] == 6
    back = pd.read_csv(out, dtype=str)
    assert back["site"].tolist() == ["NOWHERE", "RJ1"]
    assert back["reason"].notna().all()
    put_right = back.drop(columns="reason").assign(
        site="RJ1", period=["2019-02", "2019-04"], attendances=["18", "18000"]
    )
    assert bring(db, put_right.iloc[1:].assign(within4h="15500", admitted="3600").to_csv(index=False)).exit_code == 0


def test_a_dry_run_says_what_would_happen_and_writes_nothing(db):
    done = bring(db, GOOD, "--dry-run")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "Nothing was written: this was a dry run."
    assert bring(db, MIXED, "--dry-run", "--keep-good").exit_code == 1
    assert len(changes(db)) == 1


def test_one_site_and_one_campaign(db):
    done = bring(db, GOOD, "--site", "RJ1", "--keep-good", "--campaign", ae.ID)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert changes(db)["entries"].iloc[0] == 3
    assert bring(db, GOOD, "--site", "XX").exit_code == 2
    unknown = bring(db, GOOD, "--campaign", "none")
    assert (unknown.exit_code, "no campaign called 'none'" in unknown.stderr) == (1, True)


def test_which_campaign_is_asked_where_there_are_several(db):
    store = open_store(db)
    store.define(campaign("other"))
    store.close()
    done = bring(db, GOOD)
    assert done.exit_code == 2
    assert "Say which campaign with --campaign" in done.stderr
    assert bring(db, GOOD, "--campaign", ae.ID).exit_code == 0


def test_what_cannot_be_told_is_asked_with_the_option_that_answers_it(db):
    text = GOOD.replace("2019-04", "01/04/2019")
    done = bring(db, text)
    assert done.exit_code == 1
    assert "--dates: day-first" in done.stderr
    assert done.stdout.splitlines()[-1] == "Nothing was written: answer first."
    assert len(changes(db)) == 1
    assert bring(db, text, "--dates", "day-first").exit_code == 0


def test_columns_are_named_and_remembered(db):
    text = GOOD.replace("attendances", "zz=top")
    first = bring(db, text, "--column", "zz=top=measure:attendances/value")
    assert (first.exit_code, first.stderr) == (0, "")
    again = bring(db, text.replace("18000", "18001"))
    assert again.stdout.splitlines()[0].startswith("2 rows: 0 new, ")
    assert again.exit_code == 0
    wrong = bring(db, text, "--column", "zz")
    assert (wrong.exit_code, 'write "Name=role"' in wrong.stderr) == (2, True)


def test_what_is_no_table_is_refused_in_a_sentence(db):
    for data in (b"", b"PK\x03\x04 no workbook", b"%PDF-1.7"):
        done = bring(db, data, name="odd.xlsx")
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr
    assert run("import", db, db.with_name("none.csv"), "--actor", "Ann").exit_code == 2
    assert run("import", db, db).exit_code == 2  # nobody is named


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_imported_again_changes_nothing(db, kind):
    out = db.with_name(f"out.{kind}")
    done = run("export", db, "-o", out, "--site", "RJ1")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.endswith(f"rows in {out}\n")
    back = run("import", db, out, "--actor", "Ann")
    assert back.exit_code == 0
    assert back.stdout.splitlines()[-1] == "Nothing was written: it was all there already."


def test_an_export_as_of_a_date_and_as_known_at_a_change(db):
    bring(db, GOOD)
    out = db.with_name("out.parquet")
    for options, last in (
        ((), "2019-04-01"),
        (("--known-at", 1), "2019-03-01"),
        (("--as-of", "2018-06-30"), "2018-06-01"),
    ):
        assert run("export", db, "-o", out, "--site", "RJ1", *options).exit_code == 0
        assert str(pq.read_table(out)["period"].to_pandas().max()) == last


def test_a_file_of_another_kind_or_in_no_folder_is_refused_before_the_work(db):
    for out in ("out.txt", Path("nowhere") / "out.csv"):
        done = run("export", db, "-o", db.parent / out)
        assert (done.exit_code, "must end in" in done.stderr or "no folder" in done.stderr) == (2, True)
    assert run("template", db, "-o", db.with_name("t.parquet")).exit_code == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_can_be_imported(db, kind):
    out = db.with_name(f"template.{kind}")
    done = run("template", db, "-o", out, "--site", "RJ1")
    assert (done.exit_code, done.stdout) == (0, f"The file to fill in is {out}\n")
    back = run("import", db, out, "--actor", "Ann", "--site", "RJ1")
    assert back.exit_code == 0
    assert "0 new, 0 changed" in back.stdout
