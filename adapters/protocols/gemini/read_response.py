"""An answer of generateContent into the neutral form: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse.

Page of 2026-11. Answers of Vertex AI are the same with `createTime` and `trafficType` in them.
"""

from datetime import datetime

import msgspec

from adapters.canonical.blocks import Block, Citation, Json, Text, ToolCall
from adapters.canonical.response import Candidate, Response
from adapters.protocols.gemini import embeddings, pieces
from adapters.protocols.gemini.citations import Grounding, citations, read_grounding
from adapters.protocols.gemini.finish import read_finish
from adapters.protocols.gemini.logprobs import read_logprobs
from adapters.protocols.gemini.names import Fields, fields, items
from adapters.protocols.gemini.parts import Calls, read_part
from adapters.protocols.gemini.schema import Blocked
from adapters.protocols.gemini.usage import read_usage, searches
from adapters.usage import Usage

_string = msgspec.json.Decoder(str)
_number = msgspec.json.Decoder(int)
_time = msgspec.json.Decoder(datetime)


_blocked = msgspec.json.Decoder(Blocked)


def read_response(body: bytes) -> Response:
    """An answer of generateContent, countTokens or one of the embeddings.

    Raises msgspec.DecodeError or ValueError when it is none of them.
    """
    top = fields(body)
    if "totalTokens" in top:
        total = Usage(
            max(_number.decode(top["totalTokens"]), 0),
            cached=_number.decode(top["cachedContentTokenCount"]) if "cachedContentTokenCount" in top else 0,
            source="upstream",
        )
        return Response(usage=total, protocol="gemini", extensions={"gemini": top})
    if top.keys() & {"embedding", "embeddings"}:
        return embeddings.read_response(body)
    if not top.keys() & {"candidates", "promptFeedback", "usageMetadata"}:
        raise ValueError("neither candidates nor feedback on the prompt")
    model = _string.decode(top.pop("modelVersion")) if "modelVersion" in top else ""
    answer_id = _string.decode(top.pop("responseId")) if "responseId" in top else ""
    blocked = _blocked.decode(top["promptFeedback"]).block_reason if "promptFeedback" in top else None
    calls = Calls(answer_id or body.decode("utf-8", "replace"))
    queries = 0
    candidates = []
    for number, raw in enumerate(items(top.pop("candidates")) if "candidates" in top else ()):
        candidate, searched = _candidate(fields(raw), number, calls)
        candidates.append(candidate)
        queries += searched
    if not candidates and blocked:
        candidates.append(Candidate(finish="content_filter", raw_finish=blocked, protocol="gemini"))
    usage, tier = Usage(), ""
    if "usageMetadata" in top:
        usage, tier = read_usage(top["usageMetadata"], searches(queries, model))
    return Response(
        id=answer_id,
        model=model,
        created=created(top.get("createTime")),
        candidates=tuple(candidates),
        usage=usage,
        blocked=blocked or "",
        service_tier=tier,
        protocol="gemini",
        extensions={"gemini": top} if top else {},
    )


def created(raw: msgspec.Raw | None) -> int:
    """Vertex's createTime in Unix seconds, 0 where there is none."""
    if raw is None:
        return 0
    try:
        return int(_time.decode(raw).timestamp())
    except (msgspec.DecodeError, ValueError, OverflowError):
        return 0


def _candidate(found: Fields, number: int, calls: Calls) -> tuple[Candidate, int]:
    """A candidate, and the searches that were made for it."""
    content = fields(found.pop("content")) if "content" in found else {}
    blocks: list[Block] = []
    for part in items(content["parts"]) if "parts" in content else ():
        members = fields(part)
        if "functionCall" in members and "name" not in fields(members["functionCall"]):
            continue  # nothing is called
        pieces.add(blocks, read_part(members, calls), seam=False)
    reason = _string.decode(found.pop("finishReason")) if "finishReason" in found else ""
    index = _number.decode(found.pop("index")) if "index" in found else number
    queries = 0
    if "groundingMetadata" in found:
        grounding = read_grounding(found["groundingMetadata"])
        queries = len(grounding.web_search_queries or ())
        _cite(blocks, grounding)
    logprobs = read_logprobs(found["logprobsResult"]) if "logprobsResult" in found else None
    extra: Json | None = found or None
    candidate = Candidate(
        index=index,
        blocks=tuple(blocks),
        finish=read_finish(reason, called=any(isinstance(block, ToolCall) for block in blocks)),
        raw_finish=reason,
        logprobs=logprobs,
        logprobs_protocol="chat" if logprobs is not None else "",
        protocol="gemini" if extra else "",
        extra=extra,
    )
    return candidate, queries


def _cite(blocks: list[Block], grounding: Grounding) -> None:
    """Put the citations on the texts among `blocks`."""
    texts = [(at, block) for at, block in enumerate(blocks) if isinstance(block, Text)]
    given: dict[int, list[Citation]] = {}
    for number, citation in citations(grounding, [text.text for _, text in texts]):
        given.setdefault(number, []).append(citation)
    for number, found in given.items():
        at, text = texts[number]
        blocks[at] = msgspec.structs.replace(text, citations=tuple(found))
