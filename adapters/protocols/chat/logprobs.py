"""Log probabilities of tokens, in the form of any protocol, written in this one's.

OpenAI's two protocols have the same entries, in a list in Responses; Gemini's are of another form
(https://ai.google.dev/api/generate-content#LogprobsResult, 2026-11). Legacy completions have four lists.
"""

import msgspec

from adapters.unreadable import UNREADABLE


class _Token(msgspec.Struct, gc=False):
    token: str = ""
    logprob: float = 0.0
    top_logprobs: "list[_Token] | None" = None


class _Chat(msgspec.Struct, gc=False):
    content: list[_Token] | None = None


class _Candidate(msgspec.Struct, gc=False, rename="camel"):
    token: str = ""
    log_probability: float = 0.0


class _Top(msgspec.Struct, gc=False):
    candidates: list[_Candidate] = []


class _Gemini(msgspec.Struct, gc=False, rename="camel"):
    chosen_candidates: list[_Candidate] = []
    top_candidates: list[_Top] = []


_chat = msgspec.json.Decoder(_Chat)
_gemini = msgspec.json.Decoder(_Gemini)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def write_logprobs(raw: msgspec.Raw | None) -> msgspec.Raw | None:
    """The value of `logprobs` of a chat choice; None when there is none, or of a form that is not known."""
    if not raw:
        return None
    if memoryview(raw)[:1].tobytes() == b"[":
        return msgspec.Raw(b'{"content":' + bytes(raw) + b',"refusal":null}')
    try:
        fields = _fields.decode(raw)
        if "content" in fields or "refusal" in fields:
            return raw
        if "chosenCandidates" in fields:
            return msgspec.Raw(msgspec.json.encode({"content": _tokens(_gemini.decode(raw)), "refusal": None}))
    except UNREADABLE:
        pass
    return None


def _tokens(found: _Gemini) -> list[dict[str, object]]:
    tokens = []
    for place, chosen in enumerate(found.chosen_candidates):
        top = found.top_candidates[place].candidates if place < len(found.top_candidates) else []
        tokens.append({**_token(chosen), "top_logprobs": [_token(one) for one in top]})
    return tokens


def _token(one: _Candidate) -> dict[str, object]:
    return {"token": one.token, "logprob": one.log_probability, "bytes": list(one.token.encode("utf-8", "replace"))}


def legacy_logprobs(raw: msgspec.Raw | None, offset: int = 0) -> dict[str, object] | None:
    """The value of `logprobs` of a legacy completion; `offset` is how many characters came before."""
    chat = write_logprobs(raw)
    if chat is None:
        return None
    try:
        tokens = _chat.decode(chat).content or []
    except UNREADABLE:
        return None
    offsets = []
    for one in tokens:
        offsets.append(offset)
        offset += len(one.token)
    return {
        "tokens": [one.token for one in tokens],
        "token_logprobs": [one.logprob for one in tokens],
        "top_logprobs": [{top.token: top.logprob for top in one.top_logprobs or ()} for one in tokens],
        "text_offset": offsets,
    }
