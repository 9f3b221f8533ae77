"""A refusal in words: OpenAI says "stop" with it, others have a word of their own for why the answer ended."""

import msgspec
import pytest
from openai.lib._parsing._completions import parse_chat_completion
from openai.types.chat import ChatCompletion
from pydantic import BaseModel

from adapters.canonical.blocks import Refusal
from adapters.canonical.fold import fold, unfold
from adapters.canonical.response import Candidate, Response
from tests.golden.matrix import asker, conversion

REFUSED = Response(id="r", model="m", candidates=(Candidate(blocks=(Refusal("No."),), finish="refusal"),))
WIRE = b'{"id":"c","choices":[{"index":0,"message":{"role":"assistant","refusal":"No."},"finish_reason":"stop"}]}'
CHUNKS = (
    b'data: {"id":"c","choices":[{"index":0,"delta":{"refusal":"No."}}]}\n\n'
    b'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


class Answer(BaseModel):
    """What the client asked for."""

    number: int


def test_the_official_sdk_gets_the_refusal_and_no_error():
    body = conversion("chat").write_response(REFUSED, asker("chat"))
    completion = ChatCompletion.model_validate(msgspec.json.decode(body))
    parsed = parse_chat_completion(response_format=Answer, input_tools=[], chat_completion=completion)
    assert parsed.choices[0].message.refusal == "No."
    assert parsed.choices[0].message.parsed is None


def test_a_stream_says_stop_too():
    out = conversion("chat").writer(asker("chat")).feed(unfold(REFUSED))
    assert b'"finish_reason":"stop"' in out
    assert b"content_filter" not in out


def test_without_words_it_is_a_filter():
    silent = Response(candidates=(Candidate(finish="refusal"),))
    assert b'"finish_reason":"content_filter"' in conversion("chat").write_response(silent, asker("chat"))


@pytest.mark.parametrize(("client", "word"), [("messages", b'"refusal"'), ("gemini", b'"SAFETY"')])
def test_other_clients_are_told(client, word):
    whole = conversion("chat").read_response(WIRE)
    assert whole.candidates[0].finish == "refusal"
    assert word in conversion(client).write_response(whole, asker(client))
    reader = conversion("chat").reader()
    assert fold(reader.feed(CHUNKS)).candidates[0].finish == "refusal"


def test_a_refusal_is_a_complete_message():
    body = msgspec.json.decode(conversion("responses").write_response(REFUSED, asker("responses")))
    assert body["status"] == body["output"][0]["status"] == "completed"
