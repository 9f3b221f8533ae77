"""The page docs/providers.md, made from the rows: `python -m adapters.catalogue > docs/providers.md`.

A test compares the page with this; nothing else uses it.
"""

import sys
from collections.abc import Iterator

from adapters.addresses import placeholders
from adapters.capabilities import CAPABILITIES
from adapters.paths import PROTOCOLS
from adapters.providers.row import Provider, Speaks
from adapters.registry import PROVIDERS

KINDS = {
    "maker": "Makers of models",
    "host": "Clouds and hosts",
    "own": "On machines of your own",
    "any": "Any address",
}

HEAD = """# Providers

<!-- Made by `python -m adapters.catalogue > docs/providers.md`; what to change is in adapters/providers/. -->

A channel is an account at one of these. Its type and its key are all that most of them need:

    gateway channels add mine --provider deepseek --secret-env DEEPSEEK_KEY

| what | how |
|---|---|
| region | `--region singapore`; the first one of a provider is the default |
| what an address needs besides, such as a workspace | `--param workspace_id=ws-1` |
| an address of your own | `--base-url`: a host, alone or with (a beginning of) a path below; else it is used as it is |
| an address for one protocol | settings `base_urls`, e.g. `{"messages": "https://..."}` |
| which protocols are used | `--protocol responses`; by model: settings `protocols`, `{"gpt-5*": ["responses"]}` |
| what your server can, against the row | settings `capabilities`, e.g. `{"images": true, "json_schema": false}` |
| New API's channel type number | accepted in place of the provider's id: `--provider 17` |

A request in a protocol that the channel speaks for the model passes through; any other is converted, into the first
protocol of the row unless the channel's setting `protocols` says otherwise. Protocols marked "named only" are used only
where that setting names them, because another protocol of the provider says more, or because the provider does not
document it itself. What is not known of a provider is taken for absent.
"""


def markdown() -> str:
    """The whole page."""
    return "\n".join([*_overview(), *_sections(), *_capabilities()]) + "\n"


def _overview() -> Iterator[str]:
    yield HEAD
    yield "## Overview\n"
    yield "| provider | id | New API | " + " | ".join(PROTOCOLS) + " | regions | needs |"
    yield "|---|---|---|" + "---|" * len(PROTOCOLS) + "---|---|"
    for row in PROVIDERS.values():
        numbers = ", ".join(map(str, row.new_api))
        spoken = " | ".join(_mark(row.speaks.get(protocol)) for protocol in PROTOCOLS)
        yield f"| {row.name} | `{row.id}` | {numbers} | {spoken} | {', '.join(row.regions)} | {_needs(row)} |"
    yield ""


def _mark(speaks: Speaks | None) -> str:
    if speaks is None:
        return ""
    if not speaks.default:
        return "named only"
    if speaks.models:
        return "some models"
    return "some regions" if speaks.regions else "yes"


def _needs(row: Provider) -> str:
    """What a channel must have besides a type: a key, an address, values of placeholders."""
    wanted = ["key"] if row.secret else []
    roots = row.regions.get(row.region, ())
    if not roots:
        wanted.append("base URL")
    else:
        wanted += placeholders(roots[-1] + next(iter(row.speaks.values())).path)
    return ", ".join(wanted)


def _sections() -> Iterator[str]:
    for kind, title in KINDS.items():
        yield f"## {title}\n"
        for row in PROVIDERS.values():
            if row.kind == kind:
                yield from _section(row)


def _section(row: Provider) -> Iterator[str]:
    yield f"### {row.name}\n"
    yield f"`{row.id}`" + "".join(f", New API type {number}" for number in row.new_api) + f". {row.note}".rstrip()
    yield f"Written from <{row.docs}> in {row.read}.\n"
    for name, roots in row.regions.items():
        yield f"- region `{name}`: " + ", else ".join(f"`{root}`" for root in roots)
    for name, what in row.needs.items():
        yield f"- parameter `{name}`: {what}"
    if row.regions or row.needs:
        yield ""
    yield "| protocol | path | key in | operations | for | can |"
    yield "|---|---|---|---|---|---|"
    for protocol, speaks in row.speaks.items():
        shown = f"`{speaks.path}`" if speaks.path else "(the address itself)"
        operations = ", ".join(f"`{name}`" for name in speaks.operations)
        abilities = ", ".join(f"`{name}`" for name in CAPABILITIES if name in speaks.capabilities)
        yield f"| {protocol} | {shown} | {_key(speaks)} | {operations} | {_for(speaks)} | {abilities} |"
    yield ""


def _key(speaks: Speaks) -> str:
    return {"bearer": "`Authorization: Bearer`", "none": "none"}.get(speaks.auth, f"`{speaks.auth}`")


def _for(speaks: Speaks) -> str:
    """Which models and regions a protocol is for."""
    said = [] if speaks.default else ["named only"]
    said += [f"`{glob}`" for glob in speaks.models]
    return ", ".join(said + [f"region `{name}`" for name in speaks.regions])


def _capabilities() -> Iterator[str]:
    yield "## What the capabilities say\n"
    yield "| capability | meaning |"
    yield "|---|---|"
    for name, meaning in CAPABILITIES.items():
        yield f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
