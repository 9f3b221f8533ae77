"""All rules of one channel, compiled once: what is done with a request before it goes out, and with a status.

Order: privacy, system prompt, param_override, header_override, the bound of paid tokens. A channel without rules has no
Overrides at all, and costs nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from adapters.canonical.response import Response
from adapters.canonical.strict import Strict, strict_response
from adapters.canonical.think_tags import ThinkTags, think_response
from adapters.canonical.think_text import ThinkingToText, think_text_response
from adapters.head import Fields, read_fields
from adapters.overrides import statuses
from adapters.overrides.context import Context
from adapters.overrides.document import Document
from adapters.overrides.headers import HeaderOverride, Headers
from adapters.overrides.maximum import bound
from adapters.overrides.operations import Run
from adapters.overrides.patterns import Work
from adapters.overrides.privacy import Privacy
from adapters.overrides.problem import OverrideError
from adapters.overrides.rules import Compiled, compile_rules
from adapters.overrides.system_prompt import SystemPrompt
from adapters.reasoning.suffixes import SuffixPolicy

SETTINGS: dict[str, str] = {
    "param_override": "operations on the request, with conditions",
    "header_override": "headers of the upstream request: set, taken away, passed on from the client",
    "system_prompt": "a system prompt that the channel adds",
    "privacy": "fields that do not reach the upstream",
    "status_map": "HTTP status of the upstream's errors -> status for the client",
    "think_tags": '<think> in the text becomes thinking: true, or "implied" when the model writes no opening tag',
    "thinking_to_content": "thinking becomes <think> in the text",
    "force_format": "answers carry only what the client's protocol defines",
    "drop_server_tools": "tools that the provider would run itself and does not have are left out, aloud",
    "suffixes": "suffixes of model names that ask for thinking or search: false, or {keep: [globs]}",
}  # fmt: skip
"""The settings of a channel that this package reads."""


class Edited(msgspec.Struct, frozen=True):
    """A request as it goes out. `notes` say what was applied, for the record and the preview."""

    body: bytes
    headers: list[tuple[str, str]]
    notes: tuple[str, ...]


class Overrides:
    """The rules of one channel. Immutable; one object serves all requests.

    `edits` are the names of the settings that change requests, for the plan that people see.
    """

    __slots__ = (
        "_headers", "_privacy", "_prompt", "_rules", "_statuses", "drop_server_tools", "edits", "force_format",
        "suffixes", "think_tags", "thinking_to_content",
    )  # fmt: skip

    def __init__(self, settings: Mapping[str, Any]) -> None:
        given = settings.get
        self._rules: tuple[Compiled, ...] = compile_rules(given("param_override") or [])
        headers = given("header_override")
        self._headers = HeaderOverride(headers, "header_override") if headers else None
        self._prompt = SystemPrompt(given("system_prompt")) if given("system_prompt") else None
        self._privacy = Privacy(given("privacy")) if given("privacy") else None
        self._statuses = statuses.compile_map(given("status_map") or {}, "status_map")
        self.think_tags = _think_tags(given("think_tags"))
        self.thinking_to_content = _flag(settings, "thinking_to_content")
        self.force_format = _flag(settings, "force_format")
        self.drop_server_tools = _flag(settings, "drop_server_tools")
        self.suffixes = SuffixPolicy(given("suffixes"))
        named = {
            "privacy": self._privacy, "system_prompt": self._prompt, "param_override": self._rules,
            "header_override": self._headers,
        }  # fmt: skip
        self.edits = tuple(name for name, rules in named.items() if rules)

    @property
    def converts(self) -> bool:
        """Answers have to go through the neutral form even where both sides speak the same protocol."""
        return bool(self.think_tags) or self.thinking_to_content or self.force_format

    def filters(self) -> Sequence[ThinkTags | ThinkingToText | Strict]:
        """New filters for one stream, in order."""
        found: list[ThinkTags | ThinkingToText | Strict] = []
        if self.think_tags:
            found.append(ThinkTags(implied=self.think_tags == "implied"))
        if self.force_format:
            found.append(Strict())
        if self.thinking_to_content:
            found.append(ThinkingToText())
        return found

    def changes(self) -> Sequence[Callable[[Response], Response]]:
        """The same for whole answers."""
        found: list[Callable[[Response], Response]] = []
        if self.think_tags:
            implied = self.think_tags == "implied"
            found.append(lambda response: think_response(response, implied=implied))
        if self.force_format:
            found.append(strict_response)
        if self.thinking_to_content:
            found.append(think_text_response)
        return found

    @property
    def statuses(self) -> Mapping[int, int]:
        """The whole of status_map."""
        return self._statuses

    def status(self, status: int) -> int:
        """The status that the client gets for an upstream's error."""
        return self._statuses.get(status, status)

    def request(self, body: bytes, headers: Iterable[tuple[str, str]], context: Context) -> Edited:
        """A request as it goes out: `body` and `headers` are what would be sent without rules.

        Raises ClientError or UpstreamError when a rule refuses it. Same input, same result: a retry starts again from
        what it had.
        """
        listed = list(headers)
        if not self.edits:
            return Edited(body, listed, ())
        fields = read_fields(body)
        work = Headers(listed, context)
        edited, notes = self._apply(fields, work, context)
        out = body if edited is fields else msgspec.json.encode(edited)
        return Edited(out, work.listed(), notes)

    def body(self, fields: Fields, context: Context) -> Fields:
        """The same for the top level alone; the fields given are not changed."""
        return self._apply(fields, Headers((), context), context)[0]

    def headers(self, headers: Iterable[tuple[str, str]], context: Context) -> list[tuple[str, str]]:
        """The headers that header_override makes of these."""
        work = Headers(headers, context)
        if self._headers is not None:
            self._headers.apply(work, context)
        return work.listed()

    def _apply(self, fields: Fields, headers: Headers, context: Context) -> tuple[Fields, tuple[str, ...]]:
        notes: list[str] = []
        if self._privacy is not None:
            document = Document(fields)
            self._privacy.apply(document, context.protocol)
            before, fields = fields, document.fields()
            if fields is not before:
                notes.append("privacy")
        if self._prompt is not None:
            before, fields = fields, self._prompt.apply(fields, context.protocol, context.operation)
            if fields is not before:
                notes.append("system_prompt")
        if self._headers is not None:
            self._headers.apply(headers, context)
            notes.append("header_override")
        if self._rules:
            run = Run(Document(fields), headers, context, Work())
            notes += [rule.words for rule in self._rules if rule.run(run)]
            fields = run.document.fields()
            if context.most is not None:
                fields = bound(fields, context.protocol, context.most)
        return fields, tuple(notes)


def compile_overrides(settings: Mapping[str, Any] | None) -> Overrides | None:
    """The rules of a channel's settings; None when it has none. Raises OverrideError, which names the setting."""
    if not settings:
        return None
    given = any(settings.get(name) not in (None, False, "", {}, []) for name in SETTINGS)
    return Overrides(settings) if given or settings.get("suffixes") is False else None


def _flag(settings: Mapping[str, Any], name: str) -> bool:
    value = settings.get(name)
    if value not in (None, True, False):
        raise OverrideError(name, "must be true or false")
    return bool(value)


def _think_tags(value: object) -> str:
    if value in (None, False):
        return ""
    if value is True:
        return "marked"
    if value == "implied":
        return "implied"
    raise OverrideError("think_tags", 'must be true, false or "implied"')
