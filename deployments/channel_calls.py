"""What an administrator asks a channel's provider: a test request, the balance, the list of models.

Built from the stored channel as it is now; sends what the data plane would send, and keeps nothing.
"""

import asyncio
import time
from urllib.parse import quote, urlsplit

import msgspec

from adapters import upstream_models
from adapters.errors import UpstreamError, classify
from adapters.protocols.responses.tap import Unary
from adapters.providers import balances
from admin.services import ChannelAskError, ProbeResult, TaskSeen
from admin.sessions import Sessions
from deployments.background import ENDED
from deployments.compiler import channel_row
from deployments.probe import small_request
from deployments.settings import Timeouts
from deployments.table import Channel, Target
from deployments.upstream import Answer, Direct
from storage.crypto import SecretBox
from storage.models import Channel as StoredChannel
from storage.repositories import channel_keys, channels
from storage.repositories.tasks import RESPONSE, SAID

PROBE_S = 30.0
ASK_S = 20.0
MAX_PAGES = 20
MAX_BYTES = 8 * 1024 * 1024
MAX_TASK_BYTES = 64 * 1024 * 1024
"""A response with what it made; it may hold images."""


class _Status(msgspec.Struct):
    status: str = ""


_status = msgspec.json.Decoder(_Status)


class ChannelCalls:
    """`direct` carries the calls."""

    def __init__(self, sessions: Sessions, box: SecretBox, direct: Direct, timeouts: Timeouts) -> None:
        self._sessions = sessions
        self._box = box
        self._direct = direct
        self._timeouts = timeouts

    async def probe(
        self, channel_id: int, model: str, stream: bool, *, endpoint: str = "chat", key_id: int = 0
    ) -> ProbeResult:
        """One small request, as a client's would be sent; errors are results. `key_id`: which of several keys."""
        began = time.monotonic()
        first = 0.0
        status = 0
        try:
            found = await self._load(channel_id, key_id)
            if found is None:
                return ProbeResult(False, 0, 0.0, 0.0, model, "unknown_channel", "There is no such channel or key.")
            row, channel = found
            target = Target(channel, row.models.get(model) or model)
            way, body = small_request(target, stream=stream, endpoint=endpoint)
            async with asyncio.timeout(PROBE_S):
                answer = await self._direct.send(channel, way.endpoint, way.path, list(way.endpoint.headers), body)
                try:
                    status = answer.status
                    first = await _read(answer, began)
                finally:
                    await answer.close()
        except UpstreamError as error:
            return ProbeResult(
                False, status or error.status, _ms(began), first, model, error.klass, error.message, error.said
            )
        except TimeoutError:
            said = f"No answer within {PROBE_S:.0f} s."
            return ProbeResult(False, status, _ms(began), first, model, "upstream_timeout", said)
        except ValueError as error:
            return ProbeResult(False, status, _ms(began), first, model, "channel_config", str(error))
        return ProbeResult(True, status, _ms(began), first, model)

    async def balance(self, channel_id: int) -> balances.Balance:
        """What is left on the channel's account. Raises ChannelAskError."""
        row, channel = await self._known(channel_id)
        how = balances.ROWS.get(row.provider)
        if how is None:
            raise ChannelAskError(f"The provider {row.provider} tells no balance to a key.")
        root = balances.root_of(channel.base_url)
        answers = [await self._get(channel, root + path, channel.headers) for path in how.paths]
        host = urlsplit(root).hostname or ""
        try:
            return balances.read(row.provider, answers, host)
        except balances.BalanceError as error:
            raise ChannelAskError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None

    async def models(self, channel_id: int) -> list[str]:
        """The models that the provider says it has, in its order. Raises ChannelAskError."""
        _row, channel = await self._known(channel_id)
        for protocol, endpoint in channel.protocols.items():
            path = upstream_models.path(protocol)
            if path is None:
                continue
            found: list[str] = []
            for _ in range(MAX_PAGES):
                body = await self._get(channel, endpoint.base_url + path, endpoint.headers)
                try:
                    names, after = upstream_models.names(protocol, body)
                except upstream_models.ModelListError as error:
                    raise ChannelAskError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
                found += names
                path = upstream_models.path(protocol, after) if after else None
                if path is None:
                    break
            return list(dict.fromkeys(found))
        raise ChannelAskError("The channel speaks no protocol that lists models.")

    async def task(
        self, kind: str, channel_id: int, key_id: int, upstream_id: str, *, cancel: bool = False
    ) -> TaskSeen:
        """What the provider says of an asynchronous task; with `cancel` it is asked to stop. Raises ChannelAskError."""
        if kind != RESPONSE:
            raise ChannelAskError(f"Nobody here knows how to ask about a {kind}.")
        try:
            found = await self._load(channel_id, key_id) or await self._load(channel_id)
        except ValueError as error:
            raise ChannelAskError(str(error)) from None
        endpoint = found[1].protocols.get("responses") if found is not None else None
        if found is None or endpoint is None:
            raise ChannelAskError("The channel is not here any more, or speaks no Responses.")
        path, _, query = (endpoint.path("chat", "") or "").partition("?")
        url = f"{endpoint.base_url}{path}/{quote(upstream_id, safe='')}{'/cancel' if cancel else ''}"
        url += f"?{query}" if query else ""
        status, body = await self._ask(found[1], "POST" if cancel else "GET", url, endpoint.headers, MAX_TASK_BYTES)
        if status in {404, 410}:
            return TaskSeen(known=False)
        if status != 200:
            raise ChannelAskError(f"The provider answered with HTTP {status}.")
        return response_seen(body)

    async def _load(self, channel_id: int, key_id: int = 0) -> tuple[StoredChannel, Channel] | None:
        async with self._sessions() as session:
            row = await channels.get(session, channel_id)
            keys = await channel_keys.of_channel(session, channel_id)
        if row is None or (key_id and all(key.id != key_id for key in keys)):
            return None
        # One that is off is tested all the same; of several keys those in use come first.
        chosen = [key for key in sorted(keys, key=lambda key: not key.enabled) if key_id in {0, key.id}][:1]
        secret = self._box.open(row.secret, f"channel:{row.name}") if row.secret else ""
        login = self._box.open(row.proxy_secret, f"channel-proxy:{row.name}") if row.proxy_secret else ""
        if chosen:
            secret = self._box.open(chosen[0].secret, f"channel-key:{chosen[0].id}")
        return row, Channel(channel_row(row, self._timeouts), secret, login)

    async def _known(self, channel_id: int) -> tuple[StoredChannel, Channel]:
        try:
            found = await self._load(channel_id)
        except ValueError as error:
            raise ChannelAskError(str(error)) from None
        if found is None:
            raise ChannelAskError("There is no such channel.")
        return found

    async def _get(self, channel: Channel, url: str, headers: tuple[tuple[str, str], ...]) -> bytes:
        status, body = await self._ask(channel, "GET", url, headers)
        if status != 200:
            raise ChannelAskError(f"The provider answered with HTTP {status}.")
        return body

    async def _ask(
        self, channel: Channel, method: str, url: str, headers: tuple[tuple[str, str], ...], most: int = MAX_BYTES
    ) -> tuple[int, bytes]:
        shown = [(name, value) for name, value in headers if name != "content-type"]
        try:
            async with asyncio.timeout(ASK_S):
                answer = await self._direct.call(channel, method, url, shown, b"")
                try:
                    return answer.status, await answer.whole(most)
                finally:
                    await answer.close()
        except TimeoutError:
            raise ChannelAskError(f"The provider gave no answer within {ASK_S:.0f} s.") from None
        except UpstreamError as error:
            raise ChannelAskError(error.message) from None


def response_seen(body: bytes) -> TaskSeen:
    """What a response says of itself. Raises ChannelAskError when it is none."""
    seen = Unary(body)
    try:
        state = _status.decode(body).status
    except (msgspec.DecodeError, RecursionError):
        state = ""
    if not seen.valid or state not in SAID:
        raise ChannelAskError("The provider's answer is no response.")
    return TaskSeen(
        known=True, state=state, ended=state in ENDED,
        counts=seen.usage.billed() if seen.usage.source == "upstream" else None, model=seen.model,
        finish_reason=seen.finish_reason,
    )  # fmt: skip


async def _read(answer: Answer, began: float) -> float:
    """Read a probe's answer; returns milliseconds to its first byte.

    Raises UpstreamError for anything but a good answer.
    """
    chunk = await answer.chunk()
    first = _ms(began)
    body = chunk or b""
    while chunk is not None and len(body) < 65536:
        chunk = await answer.chunk()
        body += chunk or b""
    kind = answer.header("content-type") or ""
    if answer.status != 200:
        error = classify(answer.status, kind, body)
        error.said = body[:500]
        raise error
    if "json" not in kind and "event-stream" not in kind:
        said = f"The provider answered with {kind or 'no content type'}; is the base URL right?"
        raise UpstreamError(502, said, klass="upstream_not_json")
    return first


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
