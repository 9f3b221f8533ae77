"""What the tests of each client play, and what the provider must have been asked in the end."""

from pydantic import BaseModel

from tests.clients import heard
from tests.clients.provider import SIGNATURE, Say, Script, call_id
from tests.deployments.speakers import protocol_of

CITIES = ("Paris", "Oslo")
CALLS = Say(
    text="Let me look.",
    thinking="Both cities are needed.",
    calls=(("weather", '{"city":"Paris"}'), ("weather", '{"city":"Oslo"}')),
)
DONE = Say(text="Paris: sunny. Oslo: snow.", thinking="Now both are known.")
WEATHER = {"Paris": "sunny", "Oslo": "snow"}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PICTURE = Say(text="A red dot.")
PERSON = Say(text='{"name":"Ada","age":36}')


class Person(BaseModel):
    """What an answer in PERSON is."""

    name: str
    age: int


def check_tool_loop(script: Script, *, signed: bool = False) -> None:
    """Two requests: the second has the provider's own calls with its own ids, and each result at its call.

    `signed`: the client hands back thinking, so its proof must be back where it came from.
    """
    first, second = script.calls
    up = protocol_of(first)
    assert heard.tools(first) == ["weather"]
    assert heard.turns(first) == heard.turns(second)[: len(heard.turns(first))]
    calls = heard.of(second, "call")
    assert [(name, arguments["city"]) for _, name, arguments in calls] == [("weather", city) for city in CITIES]
    assert [number for number, _, _ in calls] == [call_id(up, 0), call_id(up, 1)]
    results = heard.of(second, "result")
    assert [number for number, _ in results] == [call_id(up, 0), call_id(up, 1)]
    for (_, said), city in zip(results, CITIES, strict=True):
        assert WEATHER[city] in said
    if signed and up != "chat":
        assert SIGNATURE in heard.of(second, "thinking")


def check_schema(script: Script) -> None:
    """The provider was bound to the schema of Person."""
    properties = heard.schema(script.calls[-1])["properties"]
    assert {name: each["type"] for name, each in properties.items()} == {"name": "string", "age": "integer"}
