"""How many tokens a request can come to: what limits count beforehand, and the bound that money is reserved by.

Pure. Input: a token is at least one byte of the body, so text never comes to more tokens than it has bytes; images and
documents, whose tokens their size does not tell, count what the settings say. Output: the client's own maximum, else
the setting's, for each of the answers asked for.
"""

import re

import msgspec

from adapters.protocols.chat.request import Head
from adapters.usage import BYTES_PER_TOKEN
from deployments.settings_quota import Quota

_IMAGE = b'"image_url"'
_FILES = (b'"file"', b'"input_audio"', b'"video_url"')
_INLINE = re.compile(rb'"data:[^"]*"|"data"\s*:\s*"[^"]*"|"file_data"\s*:\s*"[^"]*"')
_NAMED = ("messages", "prompt", "input")
_count = msgspec.json.Decoder(int)


class Bound(msgspec.Struct, frozen=True, gc=False):
    """Tokens that a request stays below. `text`: it holds nothing but text. `asked`: the client named the maximum."""

    input: int
    output: int
    text: bool
    asked: bool


class Bounds:
    """By the settings of one gateway."""

    def __init__(self, settings: Quota) -> None:
        self._settings = settings

    @staticmethod
    def likely(head: Head) -> int:
        """Tokens to count beforehand against a limit; the limit is corrected by the truth afterwards."""
        return -(-head.size // BYTES_PER_TOKEN) + (head.max_output or 0)

    def of(self, head: Head) -> Bound:
        """The bound of a request."""
        tokens, text = self._input(head)
        if head.operation == "embeddings":
            return Bound(tokens, 0, text, asked=True)
        asked = head.max_output is not None
        output = head.max_output if head.max_output is not None else self._settings.default_output_tokens
        return Bound(tokens, output * _answers(head), text, asked)

    def _input(self, head: Head) -> tuple[int, bool]:
        body = b"".join(bytes(head.fields[name]) for name in _NAMED if name in head.fields)
        images = body.count(_IMAGE)
        files = sum(body.count(name) for name in _FILES)
        if not images and not files:
            return head.size, True
        inline = sum(len(found[0]) for found in _INLINE.finditer(body))
        settings = self._settings
        return head.size - inline + images * settings.image_tokens + files * settings.file_tokens, False


def _answers(head: Head) -> int:
    most = 1
    for name in ("n", "best_of"):
        raw = head.fields.get(name)
        if raw is not None:
            try:
                most = max(most, _count.decode(raw))
            except msgspec.DecodeError:
                continue
    return most
