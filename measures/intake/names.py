"""Finding a site, a measure or one of a measure's numbers by what people call it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Generic, TypeVar

from measures.model import Campaign, Measure

Target = TypeVar("Target")

Field = tuple[int, str]
"""A measure by its place in the campaign, and which of its numbers: "numerator", "denominator", "value" or "" for
the measure as a whole."""

NUMERATOR = ("numerator", "num", "n", "top", "events", "yes")
DENOMINATOR = ("denominator", "denom", "den", "d", "outof", "total", "bottom", "population")
VALUE = ("value", "val", "figure", "result", "score", "number", "count", "amount", "reading")

_ENDINGS = ("nhsfoundationtrust", "nhstrust", "foundationtrust")


def key(text: str) -> str:
    """What two spellings of a name share: letters and digits alone, without case or accents.

    >>> key(" St. Mary’s  (A & E)"), key("st marys a and e")
    ('stmarysaande', 'stmarysaande')
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("&", "and")
    return "".join(letter for letter in plain if letter.isalnum()) or plain.strip()


class Names(Generic[Target]):
    """Targets under several names each. Names of an earlier level win over those of a later one."""

    def __init__(self, levels: Iterable[Iterable[tuple[str, Target]]]) -> None:
        self._exact: dict[str, tuple[Target, ...]] = {}
        self._near: dict[str, tuple[Target, ...]] = {}
        self._said: dict[str, str] = {}
        for level in levels:
            exact: dict[str, tuple[Target, ...]] = {}
            near: dict[str, tuple[Target, ...]] = {}
            for name, target in level:
                if not name:
                    continue
                self._said.setdefault(key(name), name)
                for found, spelt in ((exact, name), (near, key(name))):
                    if target not in found.get(spelt, ()):
                        found[spelt] = (*found.get(spelt, ()), target)
            self._exact = exact | self._exact
            self._near = near | self._near

    def find(self, text: str) -> tuple[Target, ...]:
        """Every target that the text may mean: none where it is unknown, several where it is ambiguous."""
        return self._exact.get(text) or self._near.get(key(text), ())

    def closest(self, text: str) -> str:
        """The name most like the text, "" where none is."""
        found = get_close_matches(key(text[:80]), self._said, n=1, cutoff=0.6)
        return self._said[found[0]] if found else ""


def sites(campaign: Campaign, own: Sequence[str] | None = None) -> Names[str]:
    """The campaign's sites (or some of them) by id, by name, and by name without "NHS Trust"."""
    places = [site for site in campaign.sites if own is None or site.id in own]
    return Names(
        [
            [(site.id, site.id) for site in places],
            [(site.name, site.id) for site in places],
            [(_short(site.name), site.id) for site in places],
        ]
    )


def find_site(names: Names[str], text: str) -> tuple[str, ...]:
    """A site by its text; an ending such as "NHS Foundation Trust" may be there or not."""
    return names.find(text) or names.find(_short(text))


def _short(name: str) -> str:
    bare = key(name)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) > len(ending):
            return bare.removesuffix(ending)
    return bare


def measures(campaign: Campaign) -> Names[tuple[Field, ...]]:
    """Measures by id, name and short name, and their numbers by what a team is asked for.

    A number that serves several measures (attendances) is all of their fields at once.
    """
    numbered = list(enumerate(campaign.measures))
    by_id = {measure.id: i for i, measure in numbered}
    bottoms: dict[str, tuple[Field, ...]] = {}
    for i, measure in numbered:
        if not measure.form.has_denominator or not measure.denominator_label:
            continue
        shared = by_id.get(measure.denominator_measure)
        field = (i, "denominator") if shared is None else (shared, "value")
        near = key(measure.denominator_label)
        bottoms[near] = tuple(dict.fromkeys((*bottoms.get(near, ()), field)))
    return Names(
        [
            [(measure.id, ((i, ""),)) for i, measure in numbered],
            [(measure.name, ((i, ""),)) for i, measure in numbered],
            [(measure.short, ((i, ""),)) for i, measure in numbered],
            [(measure.numerator_label, ((i, top(measure)),)) for i, measure in numbered],
            [(m.denominator_label, bottoms[key(m.denominator_label)]) for _, m in numbered
             if m.form.has_denominator and m.denominator_label],
        ]
    )  # fmt: skip


def top(measure: Measure) -> str:
    """What a measure's first number is called in the store: "numerator", or "value" where it has no denominator."""
    return "numerator" if measure.form.has_denominator else "value"


def field_of(names: Names[tuple[Field, ...]], campaign: Campaign, text: str) -> tuple[Field, ...]:
    """Which numbers a column's name means: a label, or a measure with "numerator", "denominator" or "value" after it.

    None of them where it is unknown or ambiguous.
    """
    found = names.find(text)
    if len(found) == 1:
        return found[0]
    if found:
        return ()
    for i, measure in enumerate(campaign.measures):  # as a template calls it where two measures share a label
        for label, field in ((measure.numerator_label, top(measure)), (measure.denominator_label, "denominator")):
            if label and key(text) == key(f"{measure.short} {label}"):
                return ((i, field),)
    words = [word for word in re.split(r"[\W_]+", text.casefold()) if word]
    for cut in (1, 2):
        ending = "".join(words[-cut:])
        field = next((f for f, of in _FIELDS if ending in of), "")
        if not field or len(words) <= cut:
            continue
        found = names.find(" ".join(words[:-cut]))
        if len(found) == 1 and len(found[0]) == 1:
            i, whole = found[0][0]
            if whole and field != whole:
                return ()
            return ((i, field if campaign.measures[i].form.has_denominator else "value"),)
    return ()


_FIELDS = (("numerator", NUMERATOR), ("denominator", DENOMINATOR), ("value", VALUE))
