"""The page docs/overrides.md, made from the tables: `python -m adapters.overrides.page > docs/overrides.md`.

A test compares the page with this, and carries out its examples; nothing else uses it.
"""

import sys
from collections.abc import Iterator, Mapping

from adapters.overrides import patterns
from adapters.overrides.channel import SETTINGS
from adapters.overrides.conditions import MAX_CONDITIONS, MODES
from adapters.overrides.context import VARIABLES
from adapters.overrides.headers import MAX_HEADERS, PLACEHOLDERS
from adapters.overrides.operations import OPERATIONS
from adapters.overrides.paths import MAX_DEPTH
from adapters.overrides.privacy import STANDARD
from adapters.overrides.rules import MAX_RULES, PROTECTED
from adapters.overrides.system_prompt import MODES as PROMPT_MODES

HEAD = """# Rules of a channel

<!-- Made by `python -m adapters.overrides.page > docs/overrides.md`; what to change is in adapters/overrides/. -->

A channel can change what its provider is sent and what clients get back. Rules are settings of the channel: in the
admin API (`settings` of a channel), in `gateway.yaml`, or from a file:

    gateway channels rules my-channel -f rules.yaml      # set; without -f they are shown
    gateway channels preview my-channel -b request.json  # what they make of a request
"""

ORDER = """
They are carried out in this order: what the suffix of a model's name asks for ([reasoning.md](reasoning.md)),
`privacy`, `system_prompt`, `header_override`, then the operations of `param_override` one after another. They work on
the request as it goes to the provider, in the provider's protocol: after a conversion, and after the model's name is
the provider's. What they do not name goes out byte for byte. A retry on another channel starts from the client's
request, with that channel's rules. A channel without rules costs nothing.

Rules that cannot be followed are refused when they are written, with the place of what is wrong
(`settings.param_override: operations.0.value: is required`). A rule that finds nothing to do does nothing and is no
error.
"""

OPERATION = """## param_override

A list of operations, or an object `{"operations": [...]}`, or a plain object whose fields are set one by one:

```yaml
param_override:
  - { mode: default, path: temperature, value: 0.7 }
  - mode: delete
    path: tools.*.strict
    conditions: [{ path: model, mode: prefix, value: "qwen" }]
```

An operation has a `mode`, what the table says, and may have `conditions`, their `logic` (`OR`, the default, or `AND`)
and a `description`. Modes, fields and conditions are those of New API, so its rules can be pasted; the differences
are below.
"""

PATHS = f"""
### Paths

`temperature`, `messages.0.content`, `messages.-1.content` (from the end), `tools.*.name` (every element or field),
`metadata.user\\.id` (a dot in a name), `tools.#(type=="function").name` (the first element with that field; with `)#`
all of them; ==, !=, <, <=, >, >=). At most {MAX_DEPTH} names. Objects on the way to a new value are made; an array
only grows by one element at its end. What stands in the way and is neither object nor array is left alone.

No operation writes these, because the rest of the gateway hangs on them:
"""

CONDITIONS = """
### Conditions

```yaml
conditions:
  - { path: max_tokens, mode: gt, value: 8000 }
  - { path: request_headers.user-agent, mode: contains, value: codex, invert: true }
  - { path: reasoning_effort, mode: full, value: high, pass_missing_key: true }
logic: AND
```

`path` names a field of the request or, where there is none, a variable. With `*` one of the values is enough. Where
nothing is there, a condition does not hold, inverted or not, unless `pass_missing_key` is true. Texts are compared as
they are, other values as their JSON.
"""

HEADERS = """## header_override

```yaml
header_override:
  X-Session: "{client_header:x-session}"
  OpenAI-Organization: null # taken away
  "re:^x-stainless-": "" # passed on from the client; "*" passes all
```

Names are passed on first, then values are set. Never passed on: credentials, cookies, headers of the connection; by a
wildcard neither addresses of the client (`x-forwarded-*`, `forwarded`, `via` ...) nor what is said to the gateway
(`x-gateway-*`, `idempotency-key`). A header that carries a credential takes a value only with `{api_key}` in it,
because settings are stored readable.
"""

PROMPT = """## system_prompt

A text, or `{text, mode}`. It goes where the provider's protocol has its system text: the first message (chat),
`instructions` (responses), `system` (messages), `systemInstruction` (gemini). Between the client's text and ours
stands an empty line.
"""

PRIVACY = """## privacy

`true`, a list of paths, or an object: `standard: true` takes away the fields of the table, `remove` takes away
others, `keep` leaves some, `disable_store: true` tells OpenAI's protocols to store nothing (`store: false`).
"""

REST = """## status_map

`{"429": 503, "529": 503}`: the status that stands in for one of the provider's errors, 400 to 599. It counts for all
that follows: what the client gets, whether another channel is tried, whether the channel rests.

## think_tags, thinking_to_content, force_format

`think_tags: true` turns `<think>...</think>` at the beginning of an answer's text (also `<thinking>`, `<thought>`,
`<reasoning>`) into thinking as the client's protocol has it. With `think_tags: implied` an answer begins with
thinking without an opening tag, as models write whose template ends in one. `thinking_to_content: true` is the other
direction: thinking becomes `<think>` in the text. `force_format: true` leaves out of answers what the client's
protocol does not define. With any of them answers are converted even where client and provider speak the same
protocol.

White space around the tags is dropped, and thinking that is nothing but white space. In a stream, log probabilities
of thinking are left out.

## drop_server_tools

Some clients offer a tool in every request that the provider is to run itself, as Codex does its web search. Where a
request is converted and the provider has no such tool, it is a 400. With `true` the tool is left out, and named as a
loss (`x-gateway-losses`, the record); a strict key gets the 400 all the same.

## suffixes

`false`: model names of this channel are never taken apart; `{keep: ["my-*-high"]}`: these are not. See
[reasoning.md](reasoning.md).

## Trying rules

`gateway channels preview NAME -b request.json` and `POST /api/v1/channels/{channel}/preview` carry rules out on a
request and send nothing: the stored ones, or others (`-f rules.yaml`, `settings`) before they are kept. The request
is one in the provider's protocol. The answer shows the body, the headers besides the channel's own, which rules did
something, and what a rule answers in the provider's place. A secret is shown as `{api_key}`. In the usage row of a
request, `plan` lists what was carried out.
"""

AFTER = """
## Differences from New API

| there | here |
|---|---|
| rules may change `model` and `stream` | refused: prices and routes go by the model, the answer's form by the client |
| `copy` and `move` fail where `from` is not there | nothing happens |
| `condition` variables | the same names, and `protocol`, `operation`, `key`, `user`, `group` |
| - | mode `default`; conditions `regex`, `in`, `exists`; `*` in every path |
| five privacy fields are withheld unless a channel allows them | sent as the client wrote them unless `privacy` \
says otherwise |
| regular expressions of Go | of RE2: the same syntax |
| paths of GJSON | dots, indexes, `#`, `*` and queries with one comparison |
| a credential can be written into a rule | only `{api_key}`: settings are stored readable |
"""


def markdown() -> str:
    """The whole page."""
    parts = [
        HEAD,
        *_table(("setting", "what it does"), {f"`{name}`": words for name, words in SETTINGS.items()}),
        ORDER,
        OPERATION,
        *_operations(),
        PATHS,
        *_table(("field", "why"), {f"`{name}`": words for name, words in PROTECTED.items()}),
        CONDITIONS,
        *_table(("mode", "holds when the value"), {f"`{name}`": words for name, words in MODES.items()}),
        "",
        *_table(("variable", "what it is"), {f"`{name}`": words for name, words in VARIABLES.items()}),
        "",
        HEADERS,
        *_table(("placeholder", "stands for"), {f"`{name}`": words for name, words in PLACEHOLDERS.items()}),
        "",
        PROMPT,
        *_table(("mode", "where ours goes"), {f"`{name}`": words for name, words in PROMPT_MODES.items()}),
        "",
        PRIVACY,
        *_table(("field", "what it says"), {f"`{name}`": words for name, words in STANDARD.items()}),
        "",
        REST,
        *_bounds(),
        AFTER.rstrip(),
    ]
    return "\n".join(parts) + "\n"


def _table(heads: tuple[str, str], rows: Mapping[str, str]) -> Iterator[str]:
    yield f"| {heads[0]} | {heads[1]} |"
    yield "|---|---|"
    for name, words in rows.items():
        yield f"| {name} | {_cell(words)} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("<think>", "`<think>`")


def _operations() -> Iterator[str]:
    yield "| mode | takes | what it does |"
    yield "|---|---|---|"
    for mode, row in OPERATIONS.items():
        takes = ", ".join([f"`{name}`" for name in row.takes] + [f"(`{name}`)" for name in row.may])
        yield f"| `{mode}` | {takes} | {_cell(row.words)} |"


def _bounds() -> Iterator[str]:
    yield "## Bounds\n"
    yield (
        "Patterns are RE2's: matching takes time linear in the text, without backreferences and lookarounds. What a\n"
        "request may cost in all patterns and replacements of its channel is bounded; beyond that it is refused with\n"
        "400 `override_limit`, and never sent with a rule left out.\n"
    )
    yield "| bound | value |"
    yield "|---|---|"
    rows = {
        "operations of a channel": MAX_RULES,
        "conditions of an operation": MAX_CONDITIONS,
        "headers of header_override": MAX_HEADERS,
        "characters of a pattern": patterns.MAX_PATTERN,
        "characters of a replacement": patterns.MAX_TEMPLATE,
        "characters of a text that a pattern is looked for in": patterns.MAX_TEXT,
        "matches that are replaced in a request": patterns.MAX_MATCHES,
        "characters looked at in a request, a text counted once more for each match in it": patterns.MAX_SCANNED,
        "characters that rules add to a request": patterns.MAX_OUTPUT,
    }
    for words, value in rows.items():
        yield f"| {words} | {value:,} |"
    yield "\nNo rule makes a request ask for more output than its balance or cost cap pays for."


if __name__ == "__main__":
    sys.stdout.write(markdown())
