"""An answer in the neutral form, written as a chat completion or a legacy completion."""

import msgspec

from adapters.canonical.blocks import Citation, Media, Refusal, Text, Thinking, ToolCall
from adapters.canonical.context import Client
from adapters.canonical.custom_tools import unwrap
from adapters.canonical.response import Candidate, Response
from adapters.protocols.chat import embeddings
from adapters.protocols.chat.citations import write_annotation
from adapters.protocols.chat.client_tools import ClientTools
from adapters.protocols.chat.details import Detail, fields_of, write_details
from adapters.protocols.chat.finish import write_finish
from adapters.protocols.chat.logprobs import legacy_logprobs, write_logprobs
from adapters.protocols.chat.signatures import write_signature
from adapters.protocols.chat.usage import write_usage

Fields = dict[str, object]

TIERS = {
    "auto": "auto",
    "default": "default",
    "flex": "flex",
    "scale": "scale",
    "priority": "priority",
    "standard": "default",
}
"""Service tiers of other protocols in this wire's words; others are not said."""

LASTS_S = 3600
"""How long sound can be referred to; the gateway keeps none, so the number only fills the field."""


def write_response(response: Response, client: Client) -> bytes:
    """The body. `client.operation` says which of the two kinds."""
    if client.operation == "embeddings":
        return embeddings.write_response(response, client)
    legacy = client.operation == "text_completion"
    tools = ClientTools(client.fields)
    candidates = response.candidates or (
        Candidate(finish="content_filter" if response.blocked else None, protocol=response.protocol),
    )
    fields: Fields = {
        "id": response.id or f"{'cmpl' if legacy else 'chatcmpl'}-{client.request_id}",
        "object": "text_completion" if legacy else "chat.completion",
        "created": response.created or client.created,
        "model": response.model or client.model,
        "choices": [_completion(one) if legacy else _choice(one, client, tools) for one in candidates],
    }
    if response.usage.source != "none":
        fields["usage"] = write_usage(response.usage)
    if response.service_tier in TIERS and not legacy:
        fields["service_tier"] = TIERS[response.service_tier]
    if response.fingerprint:
        fields["system_fingerprint"] = response.fingerprint
    if response.protocol == "chat":
        fields.update(response.extensions.get("chat", {}))
    return msgspec.json.encode(fields)


def _completion(candidate: Candidate) -> Fields:
    text = "".join(block.text for block in candidate.blocks if isinstance(block, Text | Refusal))
    logprobs: object = candidate.logprobs
    if candidate.logprobs_protocol != "text_completion":
        logprobs = legacy_logprobs(candidate.logprobs)
    return {
        "index": candidate.index,
        "text": text,
        "logprobs": logprobs,
        "finish_reason": write_finish(candidate.finish, called=False, legacy=True),
    }


def _choice(candidate: Candidate, client: Client, tools: ClientTools) -> Fields:
    own = candidate.protocol == "chat"
    message = _message(candidate, client, tools)
    calls = message.get("tool_calls")
    finish = write_finish(candidate.finish, called=bool(calls), refused=bool(message["refusal"]))
    if tools.old and isinstance(calls, list) and calls:
        message["function_call"] = calls[0]["function"]
        del message["tool_calls"]
        finish = "function_call" if finish == "tool_calls" else finish
    choice: Fields = {
        "index": candidate.index,
        "message": message,
        "logprobs": write_logprobs(candidate.logprobs),
        "finish_reason": finish,
    }
    if own and candidate.extra:
        more = candidate.extra
        choice.update({name: raw for name, raw in more.items() if name != "message"})
        if "message" in more:
            message.update(msgspec.json.decode(more["message"], type=dict[str, msgspec.Raw]))
    return choice


def _message(candidate: Candidate, client: Client, tools: ClientTools) -> Fields:
    message: Fields = {"role": "assistant", "content": None, "refusal": None}
    blocks = candidate.blocks
    _reason(message, [block for block in blocks if isinstance(block, Thinking)])
    refusals = [block.text for block in blocks if isinstance(block, Refusal)]
    if refusals:
        message["refusal"] = "".join(refusals)
    _show(message, [block for block in blocks if isinstance(block, Media)], client)
    calls = [write_call(block, tools) for block in blocks if isinstance(block, ToolCall)]
    texts = [block for block in blocks if isinstance(block, Text)]
    if texts or not (calls or refusals or "audio" in message):
        _say(message, texts)
    if calls:
        message["tool_calls"] = calls
    return message


def _say(message: Fields, texts: list[Text]) -> None:
    annotations: list[Fields] = []
    said = 0
    for block in texts:
        annotations += annotated(block.citations, said, len(block.text))
        said += len(block.text)
        if block.signature and block.origin is not None and block.origin.protocol == "gemini":
            message["extra_content"] = write_signature(block.signature)
    message["content"] = "".join(block.text for block in texts)
    if annotations:
        message["annotations"] = annotations


def _show(message: Fields, media: list[Media], client: Client) -> None:
    images = []
    for block in media:
        if block.kind == "audio":
            message["audio"] = write_audio(block, client)
        elif block.kind == "image" and (block.data or block.url):
            images.append(write_image(block))
    if images:
        message["images"] = images


def annotated(citations: tuple[Citation, ...], said: int, length: int) -> list[Fields]:
    """Annotations of a text of `length` before which `said` characters were written.

    A citation that says not where it stands is for all of the text.
    """
    found = []
    for citation in citations:
        moved = citation
        if citation.protocol != "chat" or citation.raw is None or (said and citation.end > 0):
            end = citation.end if citation.end > 0 else length
            start, end = max(citation.start, 0) + said, end + said
            moved = msgspec.structs.replace(citation, start=start, end=end, raw=None)
        annotation = write_annotation(moved)
        if annotation is not None:
            found.append(annotation)
    return found


def _reason(message: Fields, thoughts: list[Thinking]) -> None:
    own = fields_of(thoughts)
    if own:
        message.update(own)
        return
    text = "\n\n".join(thought.text for thought in thoughts if thought.text)
    if text:
        message["reasoning_content"] = text
    details: list[Detail] = []
    for thought in thoughts:
        details += write_details(thought, len(details))
    if details:
        message["reasoning_details"] = details


def write_call(block: ToolCall, tools: ClientTools) -> Fields:
    """One tool call, in the form that the client defined the tool in."""
    call: Fields = {"id": block.id}
    if tools.is_custom(block):
        text = block.arguments if block.custom else unwrap(block.arguments)
        call.update(type="custom", custom={"name": block.name, "input": text})
    else:
        call.update(type="function", function={"name": block.name, "arguments": block.arguments or "{}"})
    if block.signature and block.origin is not None and block.origin.protocol == "gemini":
        call["extra_content"] = write_signature(block.signature)
    if block.protocol == "chat" and block.extra:
        call.update(block.extra)
    return call


def write_audio(block: Media, client: Client) -> Fields:
    """Sound of the answer."""
    audio: Fields = {
        "id": block.file_id or f"audio_{client.request_id}",
        "data": block.data,
        "expires_at": client.created + LASTS_S,
        "transcript": block.transcript,
    }
    if block.protocol == "chat" and block.extra:
        audio.update(block.extra)
    return audio


def write_image(block: Media) -> Fields:
    """An image of the answer, as OpenRouter has it (https://openrouter.ai/docs/features/multimodal, 2026-11)."""
    url = block.url or f"data:{block.media_type or 'image/png'};base64,{block.data}"
    return {"type": "image_url", "image_url": {"url": url}}
