"""Every command, setting, make target and page is documented, and what is generated is current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name, pages, runtime, strings

SETTING = re.compile(r"\bHEADWAY_[A-Z][A-Z_]*[A-Z]\b")
MACHINE = re.compile(r"(?<![\w.])/(root|home|Users|work|tmp)/\w|[A-Z]:\\Users")
OURS = (".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".css", ".json")


def text(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8") if path.exists() else ""


def settings_read() -> set[str]:
    """Every HEADWAY_* name that stands in code, be it of the app, the scripts or the tests' browser."""
    code = [*runtime(), *(ROOT / "scripts").glob("*.py"), ROOT / "tests" / "browser" / "chromium.py"]
    return {one for path in code for value, _ in strings(path) for one in SETTING.findall(value)}


def test_the_commands_page_is_current():
    done = subprocess.run(
        [sys.executable, "-m", "scripts.cli_reference", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_every_command_has_help():
    from measures.cli import main
    from scripts.cli_reference import commands

    assert not [" ".join(path) for path, command in commands(main) if not (command.help or "").strip()]


def test_the_app_knows_every_setting_that_any_code_reads():
    """One it does not know would stop it at start; tests/test_settings.py sees that those it knows are documented."""
    from measures.settings import SETTINGS

    assert settings_read() == {setting.name for setting in SETTINGS}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_page_has_a_line_in_the_guide(page):
    """The line names the page by its address: ``/summary``."""
    assert re.search(rf"`/{re.escape(page.stem)}\b", text("docs/guide.md"))


def test_the_readme_has_the_plain_form_for_both_kinds_of_system():
    readme = text("README.md")
    for line in (
        "python -m venv .venv",
        "source .venv/bin/activate",
        r".venv\Scripts\activate",
        "pip install -r requirements.txt",
        "streamlit run streamlit_app.py",
        "make run",
        "Contains public sector information licensed under the Open Government Licence v3.0; source: NHS England",
    ):
        assert line in readme


def test_every_make_target_is_in_the_readme():
    targets = re.findall(r"^([a-z]+):.*##", text("Makefile"), re.MULTILINE)
    assert {"venv", "run", "test", "bench", "soak", "lint", "pictures"} <= set(targets)
    assert not [
        target for target in targets if target not in ("venv", "help") and f"make {target}" not in text("README.md")
    ]


def test_links_between_documents_lead_somewhere():
    broken = []
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(name(document))):
            if "://" not in link and not link.startswith("mailto:") and not (document.parent / link).exists():
                broken.append(f"{name(document)} -> {link}")
    assert not broken


def test_no_file_names_a_place_on_somebodys_machine():
    assert not [
        f"{name(path)}:{number}"
        for path in _ours()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line) and path != Path(__file__)
    ]


def _ours() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    files = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in files if path.suffix in OURS and path.is_file()]
