"""What a converter may know besides what it converts.

What would be a clock, a random number or a download is passed in, so that converters stay pure.
"""

from collections.abc import Mapping

import msgspec


class Fetched(msgspec.Struct, frozen=True):
    """A downloaded medium: base64 `data`."""

    media_type: str
    data: str


class Upstream(msgspec.Struct, frozen=True, kw_only=True):
    """The channel that a request is written for, as far as its wire needs it.

    `capabilities` are names of adapters/capabilities.py that the channel has; `max_output` is what a protocol that
    insists on a maximum is given when the client named none. `operation` is what is called there.
    """

    model: str
    provider: str = ""
    capabilities: frozenset[str] = frozenset()
    max_output: int = 8192
    fetched: Mapping[str, Fetched] = {}
    operation: str = "chat"


class Client(msgspec.Struct, kw_only=True):
    """The client that an answer is written for.

    `request_id` is ours and makes the ids that a protocol wants and the provider did not give; `created` in Unix
    seconds. `include_usage`: it asked for the usage of a stream. `model` is the name it used. `fields` is its request's
    top level, raw, for protocols whose answer repeats it (Responses).
    """

    request_id: str
    created: int
    model: str
    include_usage: bool = False
    operation: str = ""
    fields: Mapping[str, msgspec.Raw] = {}
    array: bool = False
