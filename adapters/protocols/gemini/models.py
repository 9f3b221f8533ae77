"""What generations of models take, by name: the wire format is one, its limits are not."""

import re

_OLD = re.compile(r"(?:gemini-(?:1|2|exp|pro(?!-latest))(?![0-9])|gemma|learnlm)")


def is_modern(model: str) -> bool:
    """Gemini 3 and later, and names that say no generation (aliases of the latest).

    From Gemini 3 on a call in the history must be signed, a function's answer may hold images
    (https://ai.google.dev/gemini-api/docs/gemini-3, 2026-11), and searches are billed one by one instead of by prompt
    (https://ai.google.dev/gemini-api/docs/google-search, 2026-11).
    """
    return _OLD.match(model.rpartition("/")[2]) is None


_SMALL = re.compile(r"gemini-(?:1\.|2\.0|exp|pro(?!-latest))")


def most_output(model: str) -> int | None:
    """The largest maxOutputTokens; more is refused: https://ai.google.dev/gemini-api/docs/models (2026-11).

    None: a model of others, behind a server that speaks this protocol.
    """
    name = model.rpartition("/")[2]
    if not name.startswith("gemini"):
        return None
    return 8192 if _SMALL.match(name) else 65536
