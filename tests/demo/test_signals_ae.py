"""The page on what lasts in the A&E campaign is that of the programme as it is."""

from scripts import signals_ae
from tests.demo_fixtures import campaign, observations

__all__ = ["campaign", "observations"]


def test_the_page_of_the_campaigns_signals_is_current(observations, campaign):
    made = signals_ae.page(observations, campaign)
    assert signals_ae.PAGE.read_text(encoding="utf-8") == made, "run python -m scripts.signals_ae"
