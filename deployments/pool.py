"""`placement: pool`: the ingress side.

Hands a prepared request to the least loaded Adapter replica of a family over the same HTTP plane.

The channel travels by id and protocol; the Adapter replica has the same table and adds address and credentials itself.
Failures of the provider come back as a header and become the same UpstreamError that an inline call raises.
"""

import time
from collections.abc import Sequence

from adapters.errors import UpstreamError
from deployments.endpoint import Endpoint
from deployments.table import Channel
from deployments.upstream import Answer, Direct

CHANNEL_HEADER = "x-gateway-channel"
PROTOCOL_HEADER = "x-gateway-protocol"
KEY_HEADER = "x-gateway-channel-key"
"""Which of the channel's several keys it is, 0: it has one."""
TOKEN_HEADER = "x-gateway-internal"  # noqa: S105  # the name of a header
FAILED_HEADER = "x-gateway-failed"
"""Set by an Adapter replica when the provider gave no answer.

"<status> <class> <retryable 0|1>"; the body is the message.
"""


REST_S = 5.0
"""How long a replica that did not answer comes last; the Router takes a dead one out within seconds."""

MAX_TRIED = 3
"""Replicas of the pool that one call tries."""


class _Member:
    __slots__ = ("open", "resting_until", "url")

    def __init__(self, url: str) -> None:
        self.url = url
        self.open = 0
        self.resting_until = 0.0


class _SilentError(Exception):
    """A replica of the pool did not answer."""


class Pooled:
    """Upstream calls through the Adapter replicas of one family."""

    def __init__(self, direct: Direct, token: str) -> None:
        self._direct = direct
        self._token = token
        self._members: list[_Member] = []

    def members(self, urls: Sequence[str]) -> None:
        """The replicas there are now; those that stay keep their load count."""
        known = {member.url: member for member in self._members}
        self._members = [known.get(url) or _Member(url) for url in urls]

    async def send(
        self, channel: Channel, endpoint: Endpoint, path: str, headers: list[tuple[str, str]], body: bytes
    ) -> Answer:
        """See Upstream.send."""
        if not self._members:
            raise UpstreamError(
                503, "No adapter replica is running for this provider.", klass="upstream_no_adapter", retry_after="1"
            )
        # The key stays here: the Adapter replica adds it. What a client says in place of the channel goes along.
        own = set(endpoint.headers)
        relayed = [pair for pair in headers if pair not in own]
        relayed += [
            ("content-type", "application/json"),
            (TOKEN_HEADER, self._token),
            (CHANNEL_HEADER, str(channel.id)),
            (PROTOCOL_HEADER, endpoint.protocol),
            (KEY_HEADER, str(endpoint.key_id)),
        ]
        now = time.monotonic()
        # A dead replica has no load: without a rest it would be the first choice for every request.
        choices = sorted(self._members, key=lambda each: (each.resting_until > now, each.open))
        for member in choices[:MAX_TRIED]:
            try:
                return await self._send(member, path, relayed, body)
            except _SilentError:
                member.resting_until = time.monotonic() + REST_S
        raise UpstreamError(502, "The adapter replica did not answer.", klass="upstream_no_adapter")

    async def _send(self, member: _Member, path: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        """Raises _SilentError when the replica gave no answer, UpstreamError when it says that the provider did not."""
        member.open += 1
        try:
            answer = await self._direct.request("POST", member.url + path, headers, body, connect_s=2.0)
        except UpstreamError:
            member.open -= 1
            raise _SilentError from None
        except BaseException:
            member.open -= 1
            raise

        def done() -> None:
            member.open -= 1

        answer.on_close = done
        failed = answer.header(FAILED_HEADER)
        if failed is not None:
            try:
                status, klass, retryable = failed.split(" ")
                message = (await answer.whole(4096)).decode("utf-8", "replace")
            finally:
                await answer.close()
            raise UpstreamError(int(status), message, klass=klass, retryable=retryable == "1")
        return answer
