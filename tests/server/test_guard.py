"""What stands before the pages: foreign origins, uploads, internals, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from measures.web import security
from tests.server import network, visitor
from tests.server.conftest import Copy
from tests.server.running import Answer, Running

FOREIGN = "http://evil.example"
PATHS = (
    "/",
    "/summary?as=executive",
    "/no/such/page",
    "/_stcore/health",
    "/_stcore/host-config",
    "/app/static/inter-latin-opsz-normal.woff2",
    "/app/static/no-such-file",
)
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/upload_file",
    "/_stcore/upload_file/a/b",
    "/_stcore/agent",
    "/_stcore/agent/run",
)


@pytest.fixture(scope="module")
def server(demo: Copy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that has not been told to do without a display, and that writes down whom it tries to reach."""
    folder = tmp_path_factory.mktemp("guard")
    log = folder / "network.log"
    with Running(folder, database=demo(folder), env=network.kept_in(log)) as running:
        yield running
    assert not network.outside(log)


def guarded(answer: Answer) -> bool:
    return all(answer.headers.get(name.decode()) == value.decode() for name, value in security.HEADERS)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(server: Running, path: str):
    assert guarded(server.get(path))


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_uploads_and_internals_are_closed(server: Running, path: str, method: str):
    answer = server.get(path, method=method)
    assert answer.status == 404
    assert guarded(answer)


def test_a_file_can_be_left_only_where_a_page_waits_for_one(server: Running):
    """By a visitor whose page it is, while it stands there; Streamlit itself asks for its token then."""
    view = {"as": "team:RJ1"}
    with visitor.open_socket(server) as socket:
        visit = visitor.drawn(socket, "summary", **view).session
        address = f"/_stcore/upload_file/{visit}/1"
        assert server.get(address, method="PUT").status == 404
        visitor.drawn(socket, "enter", how="file", **view)
        assert server.get(address, method="PUT").status == 403
        assert server.get(f"/_stcore/upload_file/{visit}", method="PUT").status == 404
        assert server.get("/_stcore/upload_file/somebody-else/1", method="PUT").status == 404
        visitor.drawn(socket, "summary", **view)
        assert server.get(address, method="PUT").status == 404
    assert server.get(address, method="PUT").status == 404


@pytest.mark.parametrize(
    "path", ["/_stcore//metrics", "/_stcore/%6detrics", "/_stcore/./metrics", "//_stcore/metrics", "/_stcore/metrics/"]
)
def test_no_other_spelling_opens_them(server: Running, path: str):
    assert b"cache_" not in server.get(path).body
    assert b"# TYPE" not in server.get(path).body


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_page_gets_nothing_over_http(server: Running, path: str):
    answer = server.get(path, Origin=FOREIGN)
    assert answer.status == 403
    assert guarded(answer)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:1", "https://127.0.0.1.evil.example"])
def test_a_foreign_page_gets_no_websocket(server: Running, origin: str):
    with pytest.raises(InvalidStatus) as refused:
        visitor.open_socket(server, origin=origin)
    assert refused.value.response.status_code == 403


def test_its_own_page_gets_one(server: Running):
    assert "vega_lite_chart" in visitor.ask(server, "summary", **{"as": "executive"}).kinds


def test_its_own_page_is_answered_and_not_opened_to_others(server: Running):
    answer = server.get("/", Origin=f"http://{server.host}")
    assert answer.status == 200
    assert answer.headers.get("access-control-allow-origin") in (None, f"http://{server.host}")
