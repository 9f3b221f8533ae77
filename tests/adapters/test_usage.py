"""Counts of the chat completions wire beyond plain tokens: audio, images, tools."""

import msgspec
import pytest

from adapters.usage import Extra, Usage, WireUsage


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        (b'{"prompt_tokens":5}', None),
        (b'{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"audio_tokens":0}}', None),
        (b'{"prompt_tokens_details":null,"completion_tokens_details":null,"server_tool_use":null}', None),
        (
            b'{"prompt_tokens":9,"prompt_tokens_details":{"audio_tokens":3,"image_tokens":2}}',
            Extra(audio_input=3, image_input=2),
        ),
        (
            b'{"completion_tokens":9,"completion_tokens_details":{"audio_tokens":3,"image_tokens":2.0}}',
            Extra(audio_output=3, image_output=2),
        ),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":2}}', Extra(tools={"web_search": 2})),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":0}}', None),
        (b'{"prompt_tokens":9,"server_tool_use":{"web_search_requests":-2}}', None),
        (b'{"prompt_tokens":9,"prompt_tokens_details":{"audio_tokens":-3}}', None),
    ],
)
def test_what_few_answers_count(text: bytes, extra: Extra | None) -> None:
    counted = msgspec.json.decode(text, type=WireUsage).counted()
    assert counted.extra == extra
    assert counted.source == "upstream"


def test_most_answers_count_nothing_more() -> None:
    assert Usage(5, 6, 1, 2, 3, "upstream").extra is None
