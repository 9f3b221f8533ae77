"""Tools whose input is free text, for protocols that know only tools with JSON arguments.

Such a tool is written as a function with one string, and a call of it is read back. The grammar that OpenAI's custom
tools may have binds no model there, but is told to it.
"""

import msgspec

from adapters.canonical.request import FunctionTool
from adapters.unreadable import UNREADABLE

_WHAT = "The whole input of the tool, as plain text."


def _schema(description: str) -> msgspec.Raw:
    schema = {
        "type": "object",
        "properties": {"input": {"type": "string", "description": description}},
        "required": ["input"],
        "additionalProperties": False,
    }
    return msgspec.Raw(msgspec.json.encode(schema))


PARAMETERS = _schema(_WHAT)
"""The JSON Schema of the function that stands for a custom tool without a grammar."""


class _Input(msgspec.Struct):
    input: str


class _Grammar(msgspec.Struct):
    syntax: str = ""
    definition: str = ""


class _Format(_Grammar):
    grammar: _Grammar | None = None


_decoder = msgspec.json.Decoder(_Input)
_format = msgspec.json.Decoder(_Format)


def parameters(tool: FunctionTool) -> msgspec.Raw:
    """The JSON Schema of the function that stands for this custom tool."""
    grammar = None if tool.grammar is None else _grammar(tool.grammar)
    if grammar is None:
        return PARAMETERS
    return _schema(f"{_WHAT} It matches this {grammar.syntax} grammar:\n{grammar.definition}")


def flat(form: msgspec.Raw) -> msgspec.Raw:
    """The format of a custom tool as Responses write it: a grammar stands beside its type."""
    grammar = _grammar(form)
    if grammar is None:
        return form
    written = {"type": "grammar", "syntax": grammar.syntax, "definition": grammar.definition}
    return msgspec.Raw(msgspec.json.encode(written))


def nested(form: msgspec.Raw) -> msgspec.Raw:
    """The same as Chat Completions write it: one level deeper."""
    grammar = _grammar(form)
    if grammar is None:
        return form
    return msgspec.Raw(msgspec.json.encode({"type": "grammar", "grammar": grammar}))


def _grammar(form: msgspec.Raw) -> "_Grammar | None":
    """The grammar of a format in either form; None where it has none."""
    try:
        found = _format.decode(form)
    except UNREADABLE:
        return None
    grammar = _Grammar(found.syntax, found.definition) if found.grammar is None else found.grammar
    return grammar if grammar.definition else None


def wrap(text: str) -> str:
    """The arguments of a function call that stand for this input of a custom tool."""
    return msgspec.json.encode(_Input(text)).decode()


def unwrap(arguments: str) -> str:
    """The input that these arguments stand for; arguments of any other shape are the input themselves."""
    try:
        return _decoder.decode(arguments).input
    except UNREADABLE:
        return arguments
