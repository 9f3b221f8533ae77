"""A conversation given to a model to be summed up, for providers that compact nothing themselves.

Turns become the words of one message: so any provider takes them, whatever was called in them. Knows no wire format.
"""

from collections.abc import Iterator

from adapters.canonical.blocks import Block, Media, Refusal, Text, ToolCall, ToolResult
from adapters.canonical.request import Request, Turn

PROMPT = (
    "Above is a conversation between a user and an assistant, with the assistant's calls of tools. It is about to be"
    " replaced by what you write now, so that the assistant can go on with nothing else than that. Write down: what the"
    " user wants, in all its details and later changes; what was decided, and why; what was done and found, with names,"
    " numbers, paths, addresses and code that are needed again, exactly; what failed; what is left to be done, and what"
    " comes next. Leave out what will not be needed. Write nothing but these notes, and answer nothing in them."
)
HEADING = "Notes about the conversation so far, which they stand for:"


def ask(request: Request) -> Request:
    """The request for the notes: no tools, no form of the answer, no streams."""
    blocks: list[Block] = [Text("\n\n".join(_transcript(request)) + f"\n\n---\n\n{PROMPT}")]
    media = [block for turn in request.turns for block in turn.blocks if isinstance(block, Media)]
    return Request(
        model=request.model,
        turns=(Turn("user", (*media, *blocks)),),
        max_output=request.max_output,
        user=request.user,
        safety_id=request.safety_id,
        cache_key=request.cache_key,
        service_tier=request.service_tier,
        reasoning=request.reasoning,
    )


def notes(text: str) -> Turn:
    """The notes in a later request."""
    return Turn("user", (Text(f"{HEADING}\n\n{text}"),))


def _transcript(request: Request) -> Iterator[str]:
    for turn in request.turns:
        words = [word for block in turn.blocks if (word := _words(block))]
        if words:
            yield f"[{turn.role}]\n" + "\n".join(words)


def _words(block: Block) -> str:
    match block:
        case Text(text=text) | Refusal(text=text):
            return text
        case Media():
            return block.text or block.transcript or f"({block.kind} {block.name or block.title or 'shown above'})"
        case ToolCall():
            return f"(calls {block.name} with {block.arguments})"
        case ToolResult():
            said = "\n".join(word for piece in block.content if (word := _words(piece)))
            return f"({'error' if block.is_error else 'result'}: {said or block.value})"
    return ""
