"""The project's own source, parsed once: what the tests of its shape read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def runtime() -> list[Path]:
    """Every Python file that runs in the app or behind its command line."""
    return [ROOT / "streamlit_app.py"] * (ROOT / "streamlit_app.py").exists() + measures() + pages()


def measures() -> list[Path]:
    """The package's files."""
    return sorted((ROOT / "measures").rglob("*.py"))


def pages() -> list[Path]:
    """The pages, which are scripts in folders by audience."""
    return sorted((ROOT / "pages").rglob("*.py"))


def name(path: Path) -> str:
    """A file as people write it: measures/spc/limits.py."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"), name(path))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module the file imports anywhere, in full (relative imports resolved), with the line.

    ``from measures import words`` gives ``measures.words``: which of the two it is cannot be known from outside,
    and for a package's own modules the longer reading is the careful one.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = path.relative_to(ROOT).with_suffix("").parts
                package = parts[: len(parts) - node.level]
                base = ".".join([*package, *([base] if base else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def within(module: str, allowed: tuple[str, ...]) -> bool:
    """Whether a module is one of those allowed, or stands inside one."""
    return any(module == one or module.startswith(one + ".") for one in allowed)


def strings(path: Path, docstrings: bool = False) -> Iterator[tuple[str, int]]:
    """Every piece of text in the file's code, with its line; docstrings only when asked for."""
    skip = set() if docstrings else {id(node) for node in _docstrings(tree(path))}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield node.value, node.lineno


def dotted(node: ast.expr) -> str:
    """``pd.Timestamp.now`` for that expression; "" where it is not a plain dotted name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    """A string that stands alone as a statement documents what is above it, and nobody is shown it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


HEX = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})(?![0-9a-fA-F])")
