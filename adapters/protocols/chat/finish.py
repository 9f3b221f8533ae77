"""Why an answer ended, in this wire's words and in ours."""

from adapters.canonical.response import Finish

_READ: dict[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    # Words of single providers, 2026-11: Together, Mistral, Zhipu, DeepSeek, OpenRouter.
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "model_length": "length",
    "max_tokens": "length",
    "sensitive": "content_filter",
    "model_context_window_exceeded": "context",
    "refusal": "refusal",
}
_WRITTEN: dict[str, str] = {
    "stop": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "content_filter": "content_filter",
    "refusal": "content_filter",
    "pause": "stop",
    "context": "length",
    "other": "stop",
}


def read_finish(word: str | None, *, called: bool, refused: bool = False) -> Finish | None:
    """Our word for it; None when there is none.

    `called`: the answer has calls of tools. Not every server then says so, but a client must run them all the same.
    `refused`: it has a refusal, of which this wire's word says nothing (it is "stop").
    """
    if not word:
        return None
    found = _READ.get(word, "other")
    if found != "stop":
        return found
    return "tool_calls" if called else "refusal" if refused else "stop"


def write_finish(finish: Finish | None, *, called: bool, legacy: bool = False, refused: bool = False) -> str:
    """The wire's word; `legacy` completions know no tools.

    `refused`: the refusal stands in the answer's own field. OpenAI then says "stop"; its SDK's parse() takes
    "content_filter" for an answer that was cut off, and raises (openai 3.54, lib/_parsing/_completions.py).
    """
    if refused and finish == "refusal":
        return "stop"
    word = _WRITTEN[finish] if finish is not None else "stop"
    if legacy:
        return "stop" if word == "tool_calls" else word
    return "tool_calls" if called and word == "stop" else word
