"""Legacy completions: a prompt as a conversation of one turn.

https://platform.openai.com/docs/api-reference/completions/create (2026-11). What a conversation cannot say (several
prompts in one request, tokens as numbers, text after the gap, the prompt repeated) is refused.
"""

from adapters.canonical.blocks import Text
from adapters.canonical.request import Turn
from adapters.errors import ClientError
from adapters.protocols.chat.values import Values, is_text, wrong


def read_prompt(values: Values) -> tuple[Turn, ...]:
    """The turn of the field "prompt". Raises ClientError (400)."""
    text = _prompt(values)
    if values.text("suffix"):
        raise _refused("suffix", "a text that follows the gap")
    if values.flag("echo"):
        raise _refused("echo", "an answer that begins with the prompt")
    if (values.whole("best_of") or 1) > 1:
        raise _refused("best_of", "the best of several answers")
    return (Turn("user", (Text(text),), plain=True, protocol="chat"),)


def _prompt(values: Values) -> str:
    raw = values.left.get("prompt")
    if raw is None or is_text(raw):
        return values.required(values.text("prompt"), "prompt")
    items = values.required(values.items("prompt"), "prompt")
    if not items:
        raise wrong("prompt", "a string or an array of at least one")
    if not is_text(items[0]):
        raise _refused("prompt", "a prompt of token numbers")
    if len(items) > 1:
        raise _refused("prompt", "several prompts in one request")
    return Values({"prompt": items[0]}).text("prompt") or ""


def _refused(name: str, what: str) -> ClientError:
    message = f"The provider of this model has no legacy completions, and {what} cannot be converted: '{name}'."
    return ClientError(400, message, code="not_convertible", param=name)
