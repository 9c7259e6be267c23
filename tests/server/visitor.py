"""A visitor without a browser: opens the websocket as a page does, asks for a page, keeps all that is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.sync.client import ClientConnection, connect

from tests.server.running import ROOT, Running

PATIENCE = 60
"""Seconds to wait for each message: a new process imports everything first."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Everything that came over the wire for one request."""

    messages: tuple[ForwardMsg, ...]

    @property
    def kinds(self) -> set[str]:
        """The elements that were drawn: "heading", "arrow_vega_lite_chart", "number_input" …"""
        elements = (
            m.delta.new_element for m in self.messages if m.HasField("delta") and m.delta.HasField("new_element")
        )
        return {element.WhichOneof("type") for element in elements}

    @property
    def session(self) -> str:
        """What Streamlit calls this visit; an upload's address names it."""
        return next(m.new_session.initialize.session_id for m in self.messages if m.HasField("new_session"))

    @property
    def strings(self) -> set[str]:
        """Every piece of text in every message, whatever it is for."""
        found = (leaf for message in self.messages for leaf in leaves(message))
        return {leaf if isinstance(leaf, str) else leaf.decode("utf-8", "replace") for leaf in found}

    @property
    def raw(self) -> bytes:
        """The bytes as they came, one message after another."""
        return b"".join(message.SerializeToString() for message in self.messages)

    @property
    def not_found(self) -> bool:
        """Whether the browser would open "Page not found"."""
        return any(message.HasField("page_not_found") for message in self.messages)


def leaves(message: Message) -> Iterator[str | bytes]:
    """The text and bytes in a message, however deep."""
    for field, value in message.ListFields():
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            values: list[object] = [*value.keys(), *value.values()]
        else:
            values = list(value) if field.is_repeated else [value]
        for item in values:
            if isinstance(item, Message):
                yield from leaves(item)
            elif isinstance(item, str | bytes):
                yield item


def open_socket(server: Running, origin: str | None = None, host: str | None = None) -> ClientConnection:
    """The websocket, as the app's own page opens it; another ``origin`` makes it somebody else's page."""
    return connect(
        f"ws://{server.host}/_stcore/stream",
        origin=origin or f"http://{server.host}",
        subprotocols=["streamlit"],
        additional_headers={"Host": host} if host else None,
        max_size=None,
        proxy=None,
        open_timeout=PATIENCE,
    )


def ask(server: Running, page: str, *, by_hash: str = "", **parameters: str) -> Sent:
    """Open ``/page?parameters`` in a session of its own and wait until it is drawn.

    ``by_hash`` asks for a page by its inner name instead, as a page's own script would.
    """
    with open_socket(server) as socket:
        return drawn(socket, page, by_hash=by_hash, **parameters)


def drawn(socket: ClientConnection, page: str, *, by_hash: str = "", **parameters: str) -> Sent:
    """Open ``/page?parameters`` over a socket that stays open, and wait until it is drawn."""
    request = BackMsg()
    request.rerun_script.query_string = urlencode(parameters)
    request.rerun_script.page_name = "" if by_hash else page
    request.rerun_script.page_script_hash = by_hash
    messages = []
    socket.send(request.SerializeToString())
    while True:
        received = socket.recv(timeout=PATIENCE)
        assert isinstance(received, bytes)
        message = ForwardMsg.FromString(received)
        messages.append(message)
        if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and message.HasField("script_finished"):
            return Sent(tuple(messages))


def names_of(page: str, file: str) -> tuple[str, str]:
    """A page's inner names: where the app registers it, and where Streamlit would find its file by itself."""
    return calc_hash(page), calc_hash(str((ROOT / file).resolve()))
