"""Tools in namespaces, for models that know only names: openai 3.54, types/responses/namespace_tool.py (2026-11).

A tool is known by its own name. Where that is taken already, its namespace goes before it.
"""

from collections.abc import Iterable
from typing import TypeAlias

from msgspec.structs import replace

from adapters.canonical.blocks import ToolCall
from adapters.canonical.request import FunctionTool, Tool, Turn
from adapters.protocols.responses.schema import raw

Known: TypeAlias = dict[tuple[str, str], str]
"""(namespace, name) -> the name that a model is told."""


def known_names(tools: Iterable[tuple[str, str]]) -> Known:
    """The names of tools, given as (namespace, name) in their order; those without a namespace keep theirs."""
    listed = list(tools)
    taken = {name for namespace, name in listed if not namespace}
    known: Known = {}
    for namespace, name in listed:
        if namespace and (namespace, name) not in known:
            told = name if name not in taken else f"{namespace}__{name}"[:64]
            taken.add(told)
            known[namespace, name] = told
    return known


def distinct(tools: Iterable[Tool], known: Known) -> list[Tool]:
    """The tools by the names that a model is told, each once."""
    found: list[Tool] = []
    seen: set[str] = set()
    for tool in tools:
        if not isinstance(tool, FunctionTool):
            found.append(tool)
            continue
        name = known.get((tool.namespace, tool.name), tool.name)
        if name not in seen or not tool.namespace:
            seen.add(name)
            found.append(tool if name == tool.name else replace(tool, name=name))
    return found


def renamed(turns: tuple[Turn, ...], known: Known) -> tuple[Turn, ...]:
    """The turns, with calls by the names that a model is told."""
    if all(name == told for (_, name), told in known.items()):
        return turns
    return tuple(_renamed(turn, known) for turn in turns)


def _renamed(turn: Turn, known: Known) -> Turn:
    block = turn.blocks[0] if len(turn.blocks) == 1 else None
    if not isinstance(block, ToolCall) or not block.namespace:
        return turn
    told = known.get((block.namespace, block.name), block.name)
    if told == block.name:
        return turn
    exact = {**(block.exact or {}), "name": raw(block.name)}
    return replace(turn, blocks=(replace(block, name=told, exact=exact),))
