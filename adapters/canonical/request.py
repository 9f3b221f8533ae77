"""A request in the neutral form: turns, tools, and every setting that two or more protocols share.

Absent, null and zero differ: None is "the client did not say". Values, never changed once made: a retry on another
channel starts from the same object.
"""

from typing import Literal, TypeAlias

import msgspec

from adapters.canonical.blocks import Block, Cache, Json

Role: TypeAlias = Literal["system", "developer", "user", "assistant"]

SERVER_TOOLS = ("web_search", "web_fetch", "code_execution", "file_search", "image_generation", "mcp", "computer")
"""Our names of tools that a provider runs. Each protocol's tools.py maps its own names to them."""


class Turn(msgspec.Struct, frozen=True):
    """One message or item of the conversation as its protocol cut it; writers merge and split as theirs needs.

    Tool results are blocks of user turns. `plain`: the content was a string, not a list of parts.
    """

    role: Role
    blocks: tuple[Block, ...] = ()
    name: str = ""
    plain: bool = False
    id: str = ""
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None


class FunctionTool(msgspec.Struct, frozen=True, tag="function"):
    """A tool of the client. `parameters` is a JSON Schema as written, None: it takes none.

    `grammar` (raw) is the format of a custom tool, whose input is free text. `namespace` is Responses'.
    """

    name: str
    description: str | None = None
    parameters: msgspec.Raw | None = None
    strict: bool | None = None
    custom: bool = False
    grammar: msgspec.Raw | None = None
    cache: Cache | None = None
    protocol: str = ""
    extra: Json | None = None
    exact: Json | None = None
    namespace: str = ""


class ServerTool(msgspec.Struct, frozen=True, tag="server"):
    """A tool that the provider runs. `raw` goes back to `protocol`; the named settings to others that have the tool.

    `label`, `url`, `token` and `allowed_tools` (None: all) are of an MCP server.
    """

    tool: str
    protocol: str
    raw: msgspec.Raw
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    max_uses: int | None = None
    user_location: Json | None = None
    search_context: str = ""
    cache: Cache | None = None
    label: str = ""
    url: str = ""
    token: str = ""
    allowed_tools: tuple[str, ...] | None = None


class OpaqueTool(msgspec.Struct, frozen=True, tag="opaque"):
    """A tool that only one protocol has. `knob`: leaving it out takes nothing from the model."""

    protocol: str
    what: str
    raw: msgspec.Raw
    knob: bool = False


Tool: TypeAlias = FunctionTool | ServerTool | OpaqueTool


class ToolChoice(msgspec.Struct, frozen=True):
    """`named` needs `names` of one, `allowed` of any number (with `required` whether one must be called)."""

    mode: Literal["auto", "none", "required", "named", "allowed"]
    names: tuple[str, ...] = ()
    required: bool = False
    server_tool: str = ""


class Reasoning(msgspec.Struct, frozen=True):
    """How much a model thinks. `enabled` False: not at all; `budget` in tokens, -1: the model decides.

    `effort` is one of none, minimal, low, medium, high, xhigh, max. `summary` is OpenAI's (auto, concise, detailed);
    `include`: the client wants to see thoughts. `adaptive`: Anthropic's adaptive thinking.
    """

    enabled: bool | None = None
    effort: str | None = None
    budget: int | None = None
    summary: str | None = None
    include: bool | None = None
    adaptive: bool | None = None


ENUM = "text/x.enum"
"""A media type of Gemini's: the answer is one of the words of a schema, by itself; elsewhere it would be quoted."""


class OutputFormat(msgspec.Struct, frozen=True):
    """What the text must be. `schema` is a JSON Schema as written."""

    kind: Literal["text", "json", "schema"]
    schema: msgspec.Raw | None = None
    name: str = ""
    description: str | None = None
    strict: bool | None = None
    media_type: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A whole request. `extensions` are top-level fields that only their protocol knows, by protocol.

    `user` is the client's own end user, `metadata` its notes; `stop` sequences in order; `parallel_tools` None: unsaid.
    Where embeddings are asked for, each turn is one input, and `dimensions` the length of their vectors.

    `state` names the extensions that stand for what their provider keeps for the client (a conversation, a stored
    prompt): another protocol refuses them (loss.lose_extensions). `exact` are top-level fields that say nothing to
    another protocol (null, a default, what turns and settings say already): written back by their own, no loss
    elsewhere.
    """

    model: str
    turns: tuple[Turn, ...]
    stream: bool = False
    include_usage: bool = False
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    max_output: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    seed: int | None = None
    n: int | None = None
    stop: tuple[str, ...] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias: msgspec.Raw | None = None
    reasoning: Reasoning | None = None
    output: OutputFormat | None = None
    verbosity: str | None = None
    modalities: tuple[str, ...] | None = None
    audio: msgspec.Raw | None = None
    prediction: msgspec.Raw | None = None
    service_tier: str | None = None
    user: str | None = None
    metadata: Json | None = None
    cache: Cache | None = None
    cache_key: str | None = None
    cache_retention: str | None = None
    safety_id: str | None = None
    store: bool | None = None
    truncation: str | None = None
    dimensions: int | None = None
    protocol: str = ""
    extensions: dict[str, Json] = {}
    state: frozenset[str] = frozenset()
    exact: Json = {}
