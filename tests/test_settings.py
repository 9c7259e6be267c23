"""Every setting is checked at start, and documented."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from measures import settings

OPERATIONS = Path(__file__).resolve().parents[1] / "docs" / "operations.md"


def test_without_variables_the_defaults_hold():
    loaded = settings.load({})
    assert loaded == settings.Settings(db=settings.PROJECT / "data" / "headway.db", log="text")


def test_every_setting_is_documented_with_its_default_and_meaning():
    text = OPERATIONS.read_text(encoding="utf-8")
    for one in settings.SETTINGS:
        default = f"`{one.default}`" if one.default else "–"
        assert f"| `{one.name}` | {default} | {one.meaning} |" in text


def test_no_setting_is_documented_that_is_not_there():
    rows = re.findall(r"^\| `(HEADWAY_\w+)` \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [one.name for one in settings.SETTINGS]


def test_every_field_has_its_variable():
    names = {one.name for one in settings.SETTINGS}
    assert {f"HEADWAY_{field.name.upper()}" for field in fields(settings.Settings)} <= names


def test_a_path_may_be_absolute_or_start_at_the_project(tmp_path):
    assert settings.load({"HEADWAY_DB": str(tmp_path / "x.db")}).db == tmp_path / "x.db"
    assert settings.load({"HEADWAY_DB": "data/other.db"}).db == settings.PROJECT / "data" / "other.db"


@pytest.mark.parametrize("name", [one.name for one in settings.SETTINGS])
def test_an_empty_variable_counts_as_not_set(name):
    assert settings.load({name: "  "}) == settings.load({})


def test_other_programs_variables_are_none_of_our_business():
    assert settings.load({"PATH": "x", "MY_HEADWAY_DB": "y"}) == settings.load({})


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"HEADWAY_LOG": "xml"}, r"HEADWAY_LOG is 'xml': write text or json\."),
        ({"HEADWAY_LGO": "json"}, r"HEADWAY_LGO is not a setting of Headway: did you mean HEADWAY_LOG\?"),
        ({"HEADWAY_COLOUR_OF_SKY": "1"}, r"the settings are HEADWAY_DB, HEADWAY_LOG"),
        ({"HEADWAY_DB": str(settings.PROJECT / "docs")}, r"which is a folder: give the path of a file"),
    ],
)
def test_what_is_wrong_is_said(env, says):
    with pytest.raises(settings.SettingsError, match=says):
        settings.load(env)


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({"HEADWAY_LOG": "xml", "HEADWAY_LGO": "json"})
    assert len(str(caught.value).splitlines()) == 2


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        settings.load({}).log = "json"
