"""Notes made once the answer is sent: nobody waits for them, one of a name at a time, a failure is nobody's."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from admin.afterwards import Afterwards, afterwards
from admin.problems import Problem
from tests.admin.identity.conftest import browser, browsers, person  # noqa: F401  # fixtures


class Noted:
    """An application whose every request has the same note, which goes on until it is let."""

    def __init__(self) -> None:
        self.begun = self.ended = 0
        self.let = asyncio.Event()
        self.answered: asyncio.Queue[str] = asyncio.Queue()
        self.fails = False

    async def note(self) -> None:
        self.begun += 1
        await self.let.wait()
        if self.fails:
            raise Problem(503, "The database does not answer.")
        self.ended += 1

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        afterwards(scope, "seen", self.note)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def request(self, app: Afterwards) -> None:
        async def send(message: Message) -> None:
            await self.answered.put(message["type"])

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        await app({"type": "http"}, receive, send)

    async def answer(self) -> None:
        assert [await self.answered.get() for _ in range(2)] == ["http.response.start", "http.response.body"]


async def test_the_answer_is_sent_before_the_note_is_made() -> None:
    noted = Noted()
    request = asyncio.create_task(noted.request(Afterwards(noted)))
    await noted.answer()
    assert not request.done()
    noted.let.set()
    await request
    assert noted.ended == 1


async def test_one_of_a_name_at_a_time() -> None:
    noted = Noted()
    app = Afterwards(noted)
    first = asyncio.create_task(noted.request(app))
    await noted.answer()
    await noted.request(app)  # comes to its end while the first one's note is being made
    await noted.answer()
    assert noted.begun == 1
    noted.let.set()
    await first
    await noted.request(app)
    assert (noted.begun, noted.ended) == (2, 2)


async def test_a_note_that_fails_is_made_by_the_next_request(caplog: pytest.LogCaptureFixture) -> None:
    noted = Noted()
    noted.let.set()
    noted.fails = True
    app = Afterwards(noted)
    await noted.request(app)
    assert "a note was not made" in caplog.text
    noted.fails = False
    await noted.request(app)
    assert (noted.begun, noted.ended) == (2, 1)
