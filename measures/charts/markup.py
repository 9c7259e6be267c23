"""HTML that cannot be injected into: everything is escaped unless it was built here.

``tag`` escapes every child that is not ``Safe`` and checks every attribute. ``Safe`` comes out of ``tag``,
``join`` and this package's own drawings; adding it to a plain string gives a plain string, which the
component on the page refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Final

VOID: Final = frozenset({"br", "hr", "wbr"})
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_REFUSED: Final = frozenset(
    {"script", "style", "iframe", "object", "embed", "link", "meta", "base", "form", "template", "noscript"}
)
_URL_ATTRIBUTES: Final = frozenset({"href", "src", "action", "formaction", "poster", "xlink-href"})
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ALLOWED_SCHEMES: Final = ("http:", "https:", "mailto:")


class Safe(str):
    """HTML that was escaped while it was built. Never make one from words a person typed: use ``text``."""

    __slots__ = ()

    def __html__(self) -> str:
        """What template engines ask for."""
        return str(self)


Child = str | int | float | None
Children = Child | Iterable[Child]


def text(words: object) -> Safe:
    """Anything as escaped words; ``Safe`` is left alone and None is nothing."""
    if isinstance(words, Safe):
        return words
    return Safe("" if words is None else escape(str(words), quote=True))


def join(*parts: Children, by: str = "") -> Safe:
    """Parts, each escaped unless ``Safe``, one after another."""
    return Safe(str(text(by)).join(str(text(part)) for part in _flat(parts) if part is not None))


def tag(name: str, *children: Children, **attributes: object) -> Safe:
    """One element.

    A trailing underscore is dropped from an attribute's name and others become hyphens (``class_``,
    ``data_open``). True is a bare attribute; None and False leave it out. Event handlers, scripts and
    links to anything but a page, http(s) or mailto raise ValueError.
    """
    if not _NAME.match(name) or name in _REFUSED:
        raise ValueError(f"no element called {name!r} may be built")
    start = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Safe(f"<{name}{start}>")
    return Safe(f"<{name}{start}>{join(*children)}</{name}>")


def link(href: str) -> str:
    """The address if a click on it can only open a page; ValueError otherwise."""
    address = str(href)
    # Browsers drop tabs and line breaks inside an address and ignore leading blanks, so look past them.
    bare = re.sub(r"[\x00-\x20\x7f-\xa0\u200b\u2028\u2029\ufeff]", "", address)
    scheme = _SCHEME.match(bare)
    if (scheme and scheme[0].lower() not in _ALLOWED_SCHEMES) or bare.startswith(("//", "\\", "/\\")):
        raise ValueError(f"not a link to a page: {address!r}")
    return address


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.match(name) or name.startswith("on") or name == "srcdoc":
        raise ValueError(f"no attribute called {name!r} may be set")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name == "style" and not isinstance(value, Safe):
        raise ValueError("a style must be Safe: built from numbers and known names")
    words = link(str(value)) if name in _URL_ATTRIBUTES else str(value)
    return f' {name}="{escape(words, quote=True)}"'


def _flat(parts: Iterable[Children]) -> Iterable[Child]:
    for part in parts:
        if part is None or isinstance(part, (str, int, float)):
            yield part
        else:
            yield from _flat(part)
