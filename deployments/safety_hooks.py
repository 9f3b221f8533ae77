"""Outside services that judge texts: one signed POST with all texts of a request or an answer, and what it says.

    {"request_id", "stage": "input"|"output", "model", "protocol", "key": {"id", "name"}, "texts": [...]}
    -> {"action": "allow"} | {"action": "block", "message": "..."} | {"action": "mask", "texts": [...]}

The header X-Gateway-Signature is "t=SECONDS,v1=HEX", HMAC-SHA256 of "SECONDS.BODY" with the rule's secret. A service
that does not answer in time, or not so, lets everything through or stops it with 503, as the rule says.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from adapters.canonical.blocks import Block, Refusal, Text, Thinking, ToolCall
from adapters.canonical.response import Response
from adapters.errors import GatewayFault, UpstreamError
from adapters.safety.arguments import in_text
from adapters.safety.guard import Blocked, Found
from adapters.safety.output import refused
from deployments.exchange import Exchange
from deployments.safety_applied import Hook
from deployments.upstream import Direct
from storage.patience import patience

MAX_ANSWER = 64 * 1024 * 1024
SIGNATURE = "x-gateway-signature"

Count = Callable[[str, tuple[str, ...], int], None]


class _Said(msgspec.Struct):
    action: Literal["allow", "block", "mask"]
    texts: list[str] | None = None
    message: str = ""


_decoder = msgspec.json.Decoder(_Said)


class Hooks:
    """One per replica."""

    def __init__(self, direct: Direct, count: Count) -> None:
        self._direct = direct
        self._count = count

    async def ask(
        self, hook: Hook, exchange: Exchange, stage: str, said: Sequence[str], found: Found
    ) -> list[str] | None:
        """What stands in for the texts, None: they may stay. Raises Blocked, GatewayFault (503)."""
        rule = hook.rule
        if not said:
            return None
        try:
            async with patience(rule.timeout_s):
                answer = await self._post(hook, exchange, stage, said)
        except (UpstreamError, TimeoutError, msgspec.DecodeError, ValueError):
            self._count("gateway_safety_webhooks_total", (rule.name, "failed"), 1)
            if rule.fail_open:
                return None
            raise GatewayFault(
                503, "What checks the content of requests does not answer; retry.", code="safety_away", retry_after="2"
            ) from None
        self._count("gateway_safety_webhooks_total", (rule.name, answer.action), 1)
        if answer.action == "allow":
            return None
        action = answer.action if rule.action != "log" else "log"
        found[rule.name, action] += 1
        if action == "block":
            raise Blocked(msgspec.structs.replace(rule, message=answer.message[:1000] or rule.message))
        return answer.texts if action == "mask" else None

    async def judge(self, hook: Hook, exchange: Exchange, response: Response, found: Found) -> Response:
        """An answer in one piece as it may go on. Raises GatewayFault (503)."""
        said = spoken(response)
        try:
            instead = await self.ask(hook, exchange, "output", said, found)
        except Blocked as blocked:
            return refused(response, blocked.message)
        return response if instead is None else _with(response, dict(zip(said, instead, strict=True)))

    async def _post(self, hook: Hook, exchange: Exchange, stage: str, said: Sequence[str]) -> _Said:
        key = exchange.key
        body = msgspec.json.encode(
            {
                "request_id": exchange.request_id,
                "stage": stage,
                "model": exchange.model,
                "protocol": exchange.protocol,
                "key": {"id": key.id, "name": key.name},
                "texts": said,
            }
        )
        headers = [("content-type", "application/json"), ("accept", "application/json")]
        if hook.secret:
            headers.append((SIGNATURE, signature(hook.secret, int(time.time()), body)))
        answer = await self._direct.request("POST", hook.rule.url, headers, body, connect_s=hook.rule.timeout_s)
        try:
            if answer.status != 200:
                raise ValueError("it answers with another status than 200")
            found = _decoder.decode(await answer.whole(MAX_ANSWER))
        finally:
            await answer.close()
        if found.action == "mask" and (found.texts is None or len(found.texts) != len(said)):
            raise ValueError("it masks, and does not give as many texts as it got")
        return found


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def spoken(response: Response) -> list[str]:
    """The texts of an answer, in their order, those in arguments of tool calls among them."""
    found: list[str] = []

    def see(text: str) -> str:
        found.append(text)
        return text

    for candidate in response.candidates:
        for block in candidate.blocks:
            if isinstance(block, ToolCall):
                in_text(block.arguments, see)
            elif isinstance(block, Text | Refusal | Thinking) and block.text:
                found.append(block.text)
    return found


def _with(response: Response, changed: dict[str, str]) -> Response:
    """The answer with its texts exchanged."""
    candidates = []
    for candidate in response.candidates:
        blocks: list[Block] = []
        for block in candidate.blocks:
            if isinstance(block, Text | Refusal | Thinking) and changed.get(block.text, block.text) != block.text:
                blocks.append(type(block)(text=changed[block.text]))
            elif isinstance(block, ToolCall):
                blocks.append(_called(block, changed))
            else:
                blocks.append(block)
        candidates.append(msgspec.structs.replace(candidate, blocks=tuple(blocks)))
    return msgspec.structs.replace(response, candidates=tuple(candidates))


def _called(call: ToolCall, changed: dict[str, str]) -> ToolCall:
    arguments = in_text(call.arguments, lambda text: changed.get(text, text))
    if arguments == call.arguments:
        return call
    return msgspec.structs.replace(call, arguments=arguments, signature="", origin=None)
