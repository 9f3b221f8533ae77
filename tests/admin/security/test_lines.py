"""What others call things begins no line: of a log, of the head of an answer, of a spreadsheet."""

import csv
import io
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from adapters.canonical.loss import Losses
from admin.exports import cell
from deployments.logs import OURS, configure

EVIL = "a\r\n2026-11-22 00:00:00,000 ERROR forged\x1b[2J\x85\u2028b"


@pytest.fixture
def written() -> Iterator[logging.StreamHandler[Any]]:
    """The handler of a replica's loggers; afterwards they are as tests have them."""
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in OURS}
    for name in OURS:
        logging.getLogger(name).handlers = []
    (handler,) = configure("info").handlers
    assert isinstance(handler, logging.StreamHandler)
    yield handler
    for name, (handlers, propagate) in before.items():
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize("name", ["gateway", "admin.federation.finish", "storage.journal.drainer", "uvicorn.error"])
def test_whoever_of_ours_logs(written: logging.StreamHandler[Any], name: str) -> None:
    written.setStream(stream := io.StringIO())
    try:
        raise ValueError(EVIL)  # noqa: TRY301  # what is logged is a traceback
    except ValueError:
        logging.getLogger(name).exception("%s failed: %s", EVIL, EVIL)
    lines = stream.getvalue().splitlines()
    assert "failed" in lines[0]
    assert all(line.startswith("    ") for line in lines[1:])
    assert stream.getvalue().replace("\n", "").isprintable()


def test_a_line_of_the_log_is_one_line(written: logging.StreamHandler[Any]) -> None:
    handler = written
    record = logging.LogRecord("gateway", logging.ERROR, "", 0, "failed: %s", (EVIL,), None)
    line = handler.format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "failed: a\\r\\n2026" in line
    plain = logging.LogRecord("gateway", logging.ERROR, "", 0, "Müller at %d %%", (7,), None)
    assert handler.format(plain).endswith(" ERROR Müller at 7 %")


def test_names_that_clients_choose_begin_no_header() -> None:
    losses = Losses()
    losses.knob("x\r\nset-cookie: a=b")
    losses.knob("seed\x00é")
    assert losses.names == "seed??,x??set-cookie: a=b"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_is_a_formula(first: str) -> None:
    assert cell(f'{first}HYPERLINK("http://evil.example","x")').startswith("'")
    assert cell([f"{first}1"]).startswith("[")


def test_numbers_stay_numbers() -> None:
    assert (cell(-5), cell(-0.5), cell(None), cell(True), cell("a=b")) == ("-5", "-0.5", "", "true", "a=b")


async def test_the_log_of_changes(api: httpx.AsyncClient, make_channel) -> None:
    """A user agent and a name in the log of changes: as text in JSON, and in one cell of one row of the file."""
    agent = "=cmd|' /C calc'!A0\x85\tx".encode("latin-1")
    answer = await api.post("/channels", json={"name": "=1+1", "provider": "openai"}, headers=[(b"user-agent", agent)])
    assert answer.status_code == 201, answer.text
    file = await api.get("/audit", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(file.text, newline="")))
    assert len(rows) == 1
    assert not [value for value in rows[0].values() if value.startswith(("=", "+", "-", "@"))]
    assert "'=1+1" in rows[0].values()
    assert all(char.isprintable() for value in rows[0].values() for char in value)


@pytest.mark.parametrize("sign", ["\r\nx: y", "\n", "\x00", "\x1b[0m", "\x85", "\u2028", "\u202e"])
async def test_names_with_control_characters_are_refused(api: httpx.AsyncClient, refused, sign: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "/channels": {"provider": "openai"},
        "/keys": {},
        "/users": {},
        "/teams": {},
        "/organisations": {},
        "/webhooks": {"url": "https://hooks.example/"},
        "/tokens": {"scopes": ["keys.read"]},
        "/safety-rules": {"kind": "words", "action": "log", "words": ["x"]},
    }
    for path, body in bodies.items():
        errors = refused(await api.post(path, json={"name": f"a{sign}b", **body}), 422)["errors"]
        assert "body.name" in [error["field"] for error in errors], path
