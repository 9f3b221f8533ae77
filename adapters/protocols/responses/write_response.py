"""An answer in one piece out of the neutral form: the output of a stream, without the stream."""

from adapters.canonical.blocks import Block, Refusal, Text, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.response import Candidate, Response
from adapters.protocols.responses.compaction import write_compacted
from adapters.protocols.responses.envelope import Envelope, why_incomplete
from adapters.protocols.responses.stream_items import Call, Part
from adapters.protocols.responses.write_output import logprobs_of
from adapters.protocols.responses.write_stream import StreamWriter


def write_response(response: Response, client: Client) -> bytes:
    """The response object. There is one answer in it: candidates after the first are not written."""
    if client.operation == "count_tokens":
        return b'{"object":"response.input_tokens","input_tokens":%d}' % response.usage.input
    if client.operation == "compact":
        return write_compacted(response, client)
    first = response.candidates[0] if response.candidates else Candidate()
    finish = "content_filter" if response.blocked and first.finish is None else first.finish
    envelope = Envelope(client, upstream_id=response.id, created=response.created, service_tier=response.service_tier)
    whole = _Whole(client)
    why = why_incomplete(finish, refused=any(isinstance(block, Refusal) for block in first.blocks))
    output = whole.output(first, cut=why is not None)
    return envelope.ended(output, response.usage, why)


class _Whole(StreamWriter):
    """Writes the blocks of a finished answer; the events that it makes on the way are dropped."""

    __slots__ = ()

    def output(self, candidate: Candidate, *, cut: bool) -> list[bytes]:
        """The items."""
        logprobs = logprobs_of(candidate.logprobs)
        for number, block in enumerate(candidate.blocks):
            self._block(number, block, logprobs)
            if isinstance(block, Text):
                logprobs = []
        self._flush_server(None)
        self._close_message(b"incomplete" if cut else b"completed")
        return self._frames.output()

    def _block(self, number: int, block: Block, logprobs: list[bytes]) -> None:
        self._open(number, block)
        opened = self._blocks.get(number)
        if isinstance(opened, Call) and isinstance(block, ToolCall):
            opened.delta(block.arguments)
        elif isinstance(opened, Part) and isinstance(block, Text):
            if logprobs:
                opened.delta("", logprobs)
            for citation in block.citations:
                opened.cite(citation)
        self._close(number)
