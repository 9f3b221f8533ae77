"""The gateway against recorded traffic: what has to hold of all of it. Skips where the recordings are not."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import anthropic
import httpx
import msgspec
import openai
import pytest

from adapters.canonical.context import Client
from adapters.protocols.table import WIRES
from adapters.translate import Translated
from tests.corpus.asking import model_of, smallest
from tests.corpus.known import REASONS
from tests.corpus.recordings import FOLDER, Recording, recordings
from tests.corpus.score import PROTOCOLS, Cell, Row, Score, everything

pytestmark = pytest.mark.skipif(not recordings(), reason=f"no recordings in {FOLDER}")


def _shares(cells: dict[Cell, list[Row]], *, same: bool) -> tuple[float, list[Row]]:
    rows = [row for (client, upstream, _), rows in cells.items() if (client == upstream) is same for row in rows]
    return sum(row.ok for row in rows) / len(rows), [row for row in rows if not row.ok and row.id not in REASONS]


@pytest.mark.slow
async def test_identity_and_translation(tmp_path: Path) -> None:
    cells = await everything(tmp_path, "event")
    share, missed = _shares(cells, same=True)
    assert not missed
    assert share >= 0.99
    share, missed = _shares(cells, same=False)
    assert not missed
    assert share >= 0.98


def _streams() -> Iterator[Recording]:
    return (one for one in recordings() if one.streaming and one.status == 200)


def _bytes(one: Recording) -> bytes:
    body = one.body
    if one.protocol == "gemini" and body.lstrip()[:1] == b"[":
        return b"".join(b"data: " + msgspec.json.encode(part) + b"\n\n" for part in msgspec.json.decode(body))
    return body


def _pieces(body: bytes, seed: int) -> list[bytes]:
    if seed == 0:
        return [body]
    rolled = random.Random(seed)  # the same places each time
    places = sorted({0, len(body), *(rolled.randrange(len(body) + 1) for _ in range(1 + len(body) // 25))})
    return [body[begin:end] for begin, end in pairwise(places)]


ENDS = (b"data: [DONE]", b'"type":"message_stop"', b'"type":"response.completed"')


def _converted(client: str, one: Recording, seed: int) -> tuple[bytes, object]:
    reading, writing = WIRES[one.protocol].conversion, WIRES[client].conversion
    assert reading is not None
    assert writing is not None
    asked = Client(request_id="req_1", created=1, model="m", include_usage=True, operation="chat")
    tap = Translated(reading.reader(), writing.writer(asked))
    out = b"".join(tap.feed(piece) for piece in _pieces(_bytes(one), seed)) + tap.finish()
    return out, (tap.usage, tap.finish_reason, tap.model, tap.done, tap.failed)


@pytest.mark.parametrize("client", PROTOCOLS)
def test_where_a_stream_is_cut_changes_nothing(client: str) -> None:
    for one in _streams():
        whole = _converted(client, one, 0)
        for seed in (1, 2):
            assert _converted(client, one, seed) == whole, one.id


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_passthrough_is_cut_anywhere(protocol: str) -> None:
    wire = WIRES[protocol]
    for one in _streams():
        if one.protocol != protocol or max(map(_bytes(one).count, ENDS)) > 1:
            continue  # several answers in one recording: all but the first are not for the client
        found = []
        for seed in (0, 1, 2):
            tap = wire.tap(withhold=False)
            out = b""
            for piece in _pieces(_bytes(one), seed):
                if not tap.over:
                    out += tap.feed(piece)
            out += tap.finish()
            found.append((out.rstrip(), tap.usage, tap.finish_reason, tap.model))
        assert found[0] == found[1] == found[2], one.id
        if "error_in_stream" not in one.features:
            assert found[0][0] == _bytes(one).rstrip(), one.id


ERRORS: dict[int, tuple[type[Exception], type[Exception]]] = {
    400: (openai.BadRequestError, anthropic.BadRequestError),
    404: (openai.NotFoundError, anthropic.NotFoundError),
    422: (openai.UnprocessableEntityError, anthropic.UnprocessableEntityError),
    429: (openai.RateLimitError, anthropic.RateLimitError),
}


async def test_recorded_errors_in_the_clients_own_words(tmp_path: Path) -> None:
    """Same status and the SDK's own class, except where the provider's trouble is the gateway's to mend."""
    async with Score(tmp_path) as score:
        base = f"http://127.0.0.1:{score.gateway.port}"
        chat = openai.AsyncOpenAI(api_key=score.gateway.key, base_url=f"{base}/v1", max_retries=0)
        messages = anthropic.AsyncAnthropic(api_key=score.gateway.key, base_url=base, max_retries=0)
        seen = 0
        for one in recordings():
            if one.status not in ERRORS:
                continue
            seen += 1
            of_openai, of_anthropic = ERRORS[one.status]
            model = model_of(one)
            score.gateway.replica.breakers.resting.clear()
            with pytest.raises(of_openai) as found:
                await chat.chat.completions.create(**smallest("chat", one))
            assert getattr(found.value, "status_code", 0) == one.status
            with pytest.raises(of_openai):
                await chat.responses.create(**smallest("responses", one))
            with pytest.raises(of_anthropic) as other:
                await messages.messages.create(**smallest("messages", one))
            assert getattr(other.value, "status_code", 0) == one.status
            async with httpx.AsyncClient() as client:
                url = f"{base}/v1beta/models/{model}:generateContent"
                headers = {"x-goog-api-key": score.gateway.key}
                answer = await client.post(url, json=smallest("gemini", one), headers=headers)
            assert answer.status_code == one.status
            assert answer.json()["error"]["code"] == one.status
            assert answer.json()["error"]["status"]
        assert seen >= 10
        await chat.close()
        await messages.close()
