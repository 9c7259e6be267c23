"""The part of a store's interface that is about tests of change."""

from __future__ import annotations

from abc import ABC, abstractmethod

from measures.model import TestOfChange


class KeepsTests(ABC):
    """Tests of change, kept as observations are: each writing is a revision and a change, and none is overwritten.

    The campaign's version does not count them: no figure depends on a test.
    """

    @abstractmethod
    def tests_of_change(
        self, campaign_id: str, site: str | None = None, known_at: int | None = None
    ) -> tuple[TestOfChange, ...]:
        """The latest revision of each test, withdrawn ones too, by site and number; of one ``site`` where given.

        As known now, or once change ``known_at`` had been made. Raises UnknownCampaign.
        """

    @abstractmethod
    def test_history(self, campaign_id: str, site: str, number: int | None = None) -> tuple[TestOfChange, ...]:
        """Every revision of a site's tests, or of one of them, oldest first. Raises UnknownCampaign."""

    @abstractmethod
    def keep_test(self, campaign_id: str, test: TestOfChange, *, source: str, seen: int = 0) -> TestOfChange:
        """Keep a test as one change, and return it as kept, with its id; what its own ``id`` says is not read.

        ``number`` 0 is a new test: the site's next number is given to it. Otherwise ``seen`` is the id of the
        revision that its author saw; where nothing differs from that, nothing is written and it is returned.

        Raises Conflict where another revision stands there (the clash names the test in place of a measure, and
        holds what is tried as the note), InvalidEntry, UnknownCampaign, StoreError.
        """
