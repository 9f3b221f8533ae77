"""Safety rules in a replica: which of them a request falls under, what they do to it, and what was found.

Without rules there is no Safety, and a request pays one comparison. What rules find is in adapters/safety; what outside
services say in safety_hooks.py. Nothing of a text is logged or kept: only names of rules and how often.
"""

import asyncio
import fnmatch
import logging
import re
from collections.abc import Callable, Sequence

import msgspec

from adapters.canonical.response import Response
from adapters.errors import ClientError
from adapters.head import Head
from adapters.safety.find import finder
from adapters.safety.guard import Blocked, Guard, Ready
from adapters.safety.output import checked
from adapters.safety.rule import RuleError, SafetyRule
from adapters.safety.texts import UnreadableError, rewritten, texts
from deployments.exchange import Exchange
from deployments.safety_applied import Applied, Checks, Hook
from deployments.safety_hooks import Hooks

CODE = "content_blocked"
_REMEMBERED = 10_000
_AT_ONCE = 65_536
"""Bytes of a request up to which it is looked at in the loop; a larger one would hold up all others."""

Count = Callable[[str, tuple[str, ...], int], None]


class Safety:
    """The rules of one replica, of which there is at least one that can be followed."""

    def __init__(self, rules: Sequence[Ready], hooks: Sequence[Hook], calls: Hooks, count: Count) -> None:
        self._rules = rules
        self._hooks = hooks
        self._calls = calls
        self._count = count
        rows = [*(ready.rule for ready in rules), *(hook.rule for hook in hooks)]
        self._scopes = {row.id: _Scope(row) for row in rows}
        self._known: dict[tuple[int, int, str, str], Applied | None] = {}

    def of(self, exchange: Exchange) -> Applied | None:
        """The rules for a request, None: none."""
        key = exchange.key
        asked = (key.id, key.organisation_id, exchange.group, exchange.model)
        if asked in self._known:
            return self._known[asked]
        rules = [each for each in self._rules if self._scopes[each.rule.id].holds(*asked)]
        hooks = [each for each in self._hooks if self._scopes[each.rule.id].holds(*asked)]
        applied: Applied | None = Applied(rules, hooks) if rules or hooks else None
        if len(self._known) >= _REMEMBERED:  # names of models come from clients
            self._known.clear()
        self._known[asked] = applied
        return applied

    async def enter(self, exchange: Exchange, head: Head) -> Head:
        """The request as it may go on. Raises ClientError (400) when a rule blocks it, GatewayFault (503)."""
        applied = self.of(exchange)
        if applied is None:
            return head
        checks = exchange.checks = Checks(applied)
        try:
            if applied.input is not None:
                if head.size <= _AT_ONCE:
                    head = _masked(applied.input, head, checks)
                else:
                    head = await asyncio.to_thread(_masked, applied.input, head, checks)
            for hook in applied.input_hooks:
                head = await self._asked(hook, exchange, head, checks)
        except Blocked as blocked:
            raise ClientError(400, blocked.message, code=CODE) from None
        except UnreadableError:
            raise ClientError(400, "It is nested too deep to be checked by the safety rules.", code=CODE) from None
        return head

    async def answered(self, exchange: Exchange, checks: Checks, response: Response) -> Response:
        """An answer in one piece as it may go on, outside judges asked. Raises GatewayFault (503)."""
        if checks.applied.output is not None:
            response = checked(response, checks.applied.output, checks.found)
        for hook in checks.applied.output_hooks:
            response = await self._calls.judge(hook, exchange, response, checks.found)
        return response

    def count(self, checks: Checks) -> None:
        """Count what was found, when the request is over."""
        for (name, action), times in checks.found.items():
            self._count("gateway_safety_findings_total", (name, action), times)

    async def _asked(self, hook: Hook, exchange: Exchange, head: Head, checks: Checks) -> Head:
        said = texts(head.fields)
        instead = await self._calls.ask(hook, exchange, "input", said, checks.found)
        if instead is None:
            return head
        remaining = iter(instead)
        fields = rewritten(head.fields, lambda _text: next(remaining))
        return head if fields is None else msgspec.structs.replace(head, fields=fields)


def _masked(guard: Guard, head: Head, checks: Checks) -> Head:
    fields = rewritten(head.fields, lambda text: guard.check(text, checks.found))
    return head if fields is None else msgspec.structs.replace(head, fields=fields)


class _Scope:
    """Whose requests a rule is about."""

    __slots__ = ("_groups", "_keys", "_models", "_organisations")

    def __init__(self, rule: SafetyRule) -> None:
        self._keys = None if rule.key_ids is None else frozenset(rule.key_ids)
        self._organisations = None if rule.organisation_ids is None else frozenset(rule.organisation_ids)
        self._groups = None if rule.groups is None else frozenset(rule.groups)
        self._models = None
        if rule.models is not None:
            self._models = re.compile("|".join(map(fnmatch.translate, rule.models)) or r"(?!)")

    def holds(self, key_id: int, organisation_id: int, group: str, model: str) -> bool:
        """Whether a request is among them."""
        return (
            (self._keys is None or key_id in self._keys)
            and (self._organisations is None or organisation_id in self._organisations)
            and (self._groups is None or group in self._groups)
            and (self._models is None or self._models.match(model) is not None)
        )


def safety_of(
    rows: Sequence[SafetyRule],
    calls: Hooks,
    open_secret: Callable[[bytes, str], str],
    count: Count,
    log: logging.Logger,
) -> Safety | None:
    """The rules of a table. One that cannot be followed blocks what it is about: a gateway without it says too much."""
    rules: list[Ready] = []
    hooks: list[Hook] = []
    for row in rows:
        try:
            if row.kind == "webhook":
                hooks.append(Hook(row, open_secret(row.secret, f"safety:{row.name}") if row.secret else ""))
            else:
                rules.append(Ready(row, finder(row)))
        except (RuleError, ValueError) as error:
            log.error("the safety rule %s cannot be followed, and blocks: %s", row.name, error)  # noqa: TRY400
            everything = msgspec.structs.replace(row, kind="patterns", action="block", patterns=["."], stages=["input"])
            rules.append(Ready(everything, finder(everything)))
    return Safety(rules, hooks, calls, count) if rules or hooks else None
