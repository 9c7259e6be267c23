"""What may stand where: the clock, the size of files, the first line of a page, words and colours."""

from __future__ import annotations

import ast
import colorsys
import re
from pathlib import Path

import pytest

from tests.architecture.source import HEX, ROOT, dotted, measures, name, pages, runtime, strings, tree

CLOCK = "measures/clock.py"
READS_TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime|asctime)"
    r"|Timestamp\.(now|utcnow|today)|to_datetime\.now)$"
)
SQL_TIME = re.compile(r"\bcurrent_(timestamp|date|time)\b|\bnow\(\)|\(\s*'now'|'now'\s*\)|^(now|today)$", re.IGNORECASE)
POSIX_CALLS = re.compile(
    r"^os\.(fork|forkpty|getuid|geteuid|getgid|setuid|setsid|getpgid|killpg|chown|mkfifo|sched_getaffinity|uname|wait3)$"
    r"|^signal\.(SIGKILL|SIGALRM|SIGHUP|SIGUSR1|SIGUSR2|alarm|setitimer|pause)$"
)

LONGEST = 400
LONGER_FOR_A_REASON: dict[str, str] = {"measures/model.py": "the whole vocabulary, read as one"}
"""Files of measures/ that may be longer than LONGEST lines, each with its reason."""

LONGEST_PAGE = 80

BAN = "measures/words.py"
"""The file that defines the ban may name what it bans (or one in measures/words/)."""

BANNED = re.compile(
    r"\b(failing|failed to meet|failure of the (team|site)|worst|underperform\w*|under-perform\w*|poor perform\w*"
    r"|league tables?|laggards?|name and shame|naughty|bottom (site|team|quartile|decile|of the)|red flags?|red list"
    r"|off the pace|RAG (status|rating)|rank(ed|ing) of sites)\b",
    re.IGNORECASE,
)


def test_only_the_clock_reads_the_time():
    found = [
        f"{name(path)}:{node.lineno} {dotted(node.func)}"
        for path in runtime()
        if name(path) != CLOCK
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and READS_TIME.search(dotted(node.func))
    ]
    found += [
        f"{name(path)}:{node.lineno} from time import {alias.name}"
        for path in runtime()
        if name(path) != CLOCK
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
        if alias.name not in ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "sleep")
    ]
    assert not found


def test_no_statement_asks_the_database_for_the_time():
    found = [
        f"{name(path)}:{line} {text[:60]!r}"
        for path in runtime()
        if path.is_relative_to(ROOT / "measures" / "store")
        for text, line in strings(path)
        if SQL_TIME.search(text)
    ]
    assert not found


def test_nothing_that_runs_calls_what_windows_lacks():
    assert not [
        f"{name(path)}:{node.lineno} {dotted(node)}"
        for path in runtime()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and POSIX_CALLS.match(dotted(node))
    ]


def test_files_stay_short():
    long = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in measures()}
    assert not {file: lines for file, lines in long.items() if lines > LONGEST and file not in LONGER_FOR_A_REASON}


def test_reasons_for_long_files_are_still_needed():
    assert not [
        file
        for file in LONGER_FOR_A_REASON
        if not (ROOT / file).exists() or len((ROOT / file).read_text(encoding="utf-8").splitlines()) <= LONGEST
    ]


def test_public_functions_are_typed():
    assert not [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in measures()
        for function in _public(tree(path))
        if not _typed(function)
    ]


def test_every_public_function_of_the_engine_has_an_example_that_runs():
    engine = [path for path in measures() if path.parent.name in ("spc", "aims") or path.name == "panel.py"]
    assert len(engine) > 15
    assert not [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in engine
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and ">>>" not in (ast.get_docstring(node) or "")
    ]


def test_no_page_stands_in_pages_itself():
    """Streamlit would find it there by itself, and show it to anybody who asks, whatever the menu says."""
    assert not [name(path) for path in (ROOT / "pages").glob("*.py")]


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_is_short(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) <= LONGEST_PAGE


@pytest.mark.parametrize("page", pages(), ids=name)
def test_a_page_asks_for_access_first(page):
    assert asks_first(tree(page))


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("from measures.web import session\nsession.require('site.view')", True),
        ("'''A page.'''\nfrom measures.web import session\nvisitor = session.require('site.view')\nx = 1", True),
        ("from measures.web import session\nx = 1\nsession.require('site.view')", False),
        ("from measures.web import session\nif True:\n    session.require('site.view')", False),
        ("from measures.web import session\nsession.require()", False),
        ("from measures.web import session", False),
    ],
)
def test_asking_first_means_the_first_statement(source, asks):
    assert asks_first(ast.parse(source)) is asks


def test_no_unkind_words():
    found = [
        f"{name(path)}:{line} {found.group()!r}"
        for path in [*measures(), *pages()]
        if name(path) != BAN and not name(path).startswith("measures/words/")
        for text, line in strings(path, docstrings=path.name.startswith("cli") or "cli" in path.parts)
        if (found := BANNED.search(text))
    ]
    assert not found


def test_no_red():
    files = [*measures(), *pages(), *(ROOT / ".streamlit").glob("*.toml")]
    files += [path for path in (ROOT / "static").rglob("*") if path.suffix in (".css", ".svg", ".json")]
    files += [path for path in (ROOT / "measures").rglob("*") if path.suffix in (".css", ".svg", ".json", ".js")]
    assert not [f"{name(path)}: {colour}" for path in files for colour in _colours(path) if is_red(colour)]


@pytest.mark.parametrize(
    ("colour", "red"),
    [("#f00", True), ("#D4351C", True), ("#B00020", True), ("#C2560C", False), ("#FDF1E7", False), ("#72808D", False)],
)
def test_red_is_told_from_orange_and_grey(colour, red):
    assert is_red(colour) is red


def asks_first(page: ast.Module) -> bool:
    """Whether the first statement after the docstring and the imports is ``session.require("…")``."""
    for node in page.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        call = node.value if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign) else None
        return (
            isinstance(call, ast.Call)
            and dotted(call.func) == "session.require"
            and bool(call.args)
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        )
    return False


def is_red(colour: str) -> bool:
    """Whether people would call a hex colour red: its hue within 15 degrees of red, and not pale or grey."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    hue, light, strong = colorsys.rgb_to_hls(*(int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)))
    return (hue < 15 / 360 or hue > 340 / 360) and strong > 0.35 and 0.15 < light < 0.85


def _colours(path: Path) -> list[str]:
    return [found.group() for found in HEX.finditer(path.read_text(encoding="utf-8"))]


def _public(module: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    for node in module.body:
        inside = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        functions += [one for one in inside if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [one for one in functions if not one.name.startswith("_") and not _is_command(one)]


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether click calls it: its parameters are declared, with their types, by its decorators."""
    calls = (one.func for one in function.decorator_list if isinstance(one, ast.Call))
    return any(dotted(call).endswith((".command", ".group")) for call in calls)


def _typed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    of = function.args
    named = [*of.posonlyargs, *of.args, *of.kwonlyargs, *filter(None, (of.vararg, of.kwarg))]
    return function.returns is not None and all(
        one.annotation is not None or one.arg in ("self", "cls") for one in named
    )
