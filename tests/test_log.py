"""Log lines keep their form, carry the request, and hold neither numbers nor names that were entered."""

import json
import logging

import pytest

from measures import log


@pytest.fixture(autouse=True)
def restore():
    handlers, level = log.logger.handlers[:], log.logger.level
    yield
    log.logger.handlers[:] = handlers
    log.logger.setLevel(level)


def test_json_is_one_object_a_line_with_the_request(capsys):
    log.configure("json")
    token = log.request_id.set("r-1")
    log.event("month saved", campaign="ae", cells=3)
    log.request_id.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert {k: line[k] for k in ("level", "event", "request", "campaign", "cells")} == {
        "level": "info",
        "event": "month saved",
        "request": "r-1",
        "campaign": "ae",
        "cells": 3,
    }
    assert line["at"].endswith("+00:00")


def test_text_says_the_same_for_a_person(capsys):
    log.configure("text")
    log.event("month saved", campaign="ae")
    said = capsys.readouterr().err
    assert "info" in said
    assert said.rstrip().endswith("month saved request=- campaign=ae")


@pytest.mark.parametrize("kind", ["json", "text"])
def test_a_fault_brings_its_traceback(capsys, kind):
    log.configure(kind)
    try:
        raise ValueError("x")
    except ValueError:
        log.logger.log(logging.ERROR, "page fell over", exc_info=True)
    assert "ValueError: x" in capsys.readouterr().err


def test_configuring_twice_writes_each_line_once(capsys):
    log.configure("text")
    log.configure("json")
    log.event("once")
    assert len(capsys.readouterr().err.splitlines()) == 1
