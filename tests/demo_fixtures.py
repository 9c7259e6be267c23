"""The demo, seeded once and reviewed once, for all tests that only read it."""

import pytest

from measures.demo import ae
from measures.review import review
from measures.store.opening import ensure


@pytest.fixture(scope="session")
def campaign():
    return ae.campaign()


@pytest.fixture(scope="session")
def observations(tmp_path_factory):
    store = ensure(tmp_path_factory.mktemp("review") / "demo.db", ae.seed)
    frame = store.observations(ae.ID)
    store.close()
    return frame


@pytest.fixture(scope="session")
def today(observations, campaign):
    return review(observations, campaign, ae.TODAY)
