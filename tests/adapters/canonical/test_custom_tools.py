"""Custom tools as functions with one argument, and grammars told to models that cannot bind them."""

import msgspec
import pytest

from adapters.canonical.custom_tools import PARAMETERS, flat, nested, parameters, unwrap, wrap
from adapters.canonical.request import FunctionTool


def test_input_goes_through_arguments():
    text = '*** Begin Patch\n+"é"\n'
    assert msgspec.json.decode(wrap(text)) == {"input": text}
    assert unwrap(wrap(text)) == text


@pytest.mark.parametrize("arguments", ["", "plain", '{"other":1}', '{"input":1}', "[]"])
def test_arguments_of_another_shape_are_the_input(arguments):
    assert unwrap(arguments) == arguments


def test_the_schema_asks_for_the_input():
    assert msgspec.json.decode(PARAMETERS)["required"] == ["input"]


@pytest.mark.parametrize(
    "grammar",
    [
        b'{"type":"grammar","syntax":"lark","definition":"start: \\"a\\""}',
        b'{"type":"grammar","grammar":{"syntax":"lark","definition":"start: \\"a\\""}}',
    ],
)
def test_a_grammar_is_told_to_the_model(grammar):
    schema = msgspec.json.decode(parameters(FunctionTool("p", custom=True, grammar=msgspec.Raw(grammar))))
    assert schema["properties"]["input"]["description"].endswith('this lark grammar:\nstart: "a"')


@pytest.mark.parametrize("grammar", [None, b'{"type":"text"}', b"[]"])
def test_without_a_grammar(grammar):
    raw = None if grammar is None else msgspec.Raw(grammar)
    assert parameters(FunctionTool("p", custom=True, grammar=raw)) == PARAMETERS


def test_two_forms_of_a_grammar():
    beside = msgspec.Raw(b'{"type":"grammar","syntax":"regex","definition":"a+"}')
    deeper = msgspec.Raw(b'{"type":"grammar","grammar":{"syntax":"regex","definition":"a+"}}')
    assert (flat(deeper), flat(beside), nested(beside), nested(deeper)) == (beside, beside, deeper, deeper)
    text = msgspec.Raw(b'{"type":"text"}')
    assert (flat(text), nested(text)) == (text, text)
