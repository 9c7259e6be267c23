"""The page on what lasts in the A&E campaign is that of the programme as it is."""

from measures.demo import ae
from scripts import signals_ae


def test_the_page_of_the_campaigns_signals_is_current(observations):
    made = signals_ae.page(observations, ae.campaign())
    assert signals_ae.PAGE.read_text(encoding="utf-8") == made, "run python -m scripts.signals_ae"
