"""Every awkward file comes to what was expected of it: kept, refused with the reason, said, asked, or unreadable."""

from __future__ import annotations

import re

import pytest

from measures.intake.table import Unreadable
from tests.intake import corpus
from tests.intake.samples import cells, checked
from tests.intake.test_properties import add_up

CASES = corpus.cases()
BROKEN = re.compile(r"\bnan\b|\bNone\b|NaT|  |\.\.|\{|\}| ,| \.|inf\b|\bfail|\bworst|\bbad\b|!$")


def test_there_are_many_and_no_two_are_called_alike():
    assert len({case.about for case in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.about.replace(" ", "-"))
def test_an_awkward_file_comes_to_what_was_expected(case):
    if case.unreadable:
        with pytest.raises(Unreadable, match=".") as caught:
            checked(case.data, case.name, **case.given)
        assert case.unreadable in str(caught.value)
        assert case.name in str(caught.value)
        return
    table, reading, found = checked(case.data, case.name, **case.given)
    add_up(table, found)
    reasons = dict(zip(found.refused["row"].tolist(), found.refused["reason"].tolist()))
    for row, part in case.refused.items():
        assert part in reasons.get(row, ""), reasons
    if isinstance(case.kept, set):
        assert cells(found) == case.kept, reasons
    else:
        assert found.kept == case.kept, reasons
    if not case.asked:
        assert set(reasons) == set(case.refused)
        assert not reading.questions
    said = " ".join([*table.said, *found.said])
    assert all(part in said for part in case.said), said
    asked = " ".join(question.sentence for question in reading.questions)
    assert all(part in asked for part in case.asked), asked
    for sentence in [
        *table.said,
        *found.said,
        *reasons.values(),
        *(question.sentence for question in reading.questions),
    ]:
        plain = re.sub("“.*?”", "“”", sentence)
        assert plain[0].isupper() or plain[0] in "“0123456789"
        assert plain[-1] in ".?"
        assert not BROKEN.search(plain), sentence
    assert case.empty in (None, found.empty)
    assert case.layout in ("", reading.layout)
