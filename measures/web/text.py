"""A user's words for the few places that read markdown: headings and labels."""

from __future__ import annotations

import re

_MARKED = {ord(c): "\\" + c for c in r"""\`*_{}[]()#+-.!|<>~$:&/^="'"""}
_JOINER = "\N{WORD JOINER}"
_ADDRESS = re.compile(r"(https?|ftp|mailto|xmpp|www)(?=[:.])|@", re.IGNORECASE)


def plain(text: str) -> str:
    """The text with every sign that could mean something escaped, and addresses kept from becoming links.

    A link is made after the escapes are undone, so an address is broken by an invisible joiner instead.

    >>> print(plain("**St Mary's** :red[x]"))
    \\*\\*St Mary\\'s\\*\\* \\:red\\[x\\]
    >>> plain("www.example.org") == "www" + "\\N{WORD JOINER}" + "\\\\.example\\\\.org"
    True
    """
    joined = _ADDRESS.sub(lambda found: found.group(0) + _JOINER, " ".join(text.split()))
    return joined.translate(_MARKED)
