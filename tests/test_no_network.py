"""The guard in conftest.py keeps every test on this machine."""

import socket

import pytest


def test_another_machine_is_refused():
    with socket.socket() as probe, pytest.raises(Exception, match="may not reach"):
        probe.connect(("192.0.2.1", 80))


def test_this_machine_is_reached():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        client.connect(server.getsockname())
