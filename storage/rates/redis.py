"""The authority in a Redis server: one Lua script per operation, one round trip for any number of asks.

Each ask touches one key, whose hash tag is the bucket's name. The clock is the server's. A script the server does not
know (it was restarted) is loaded and asked again. Must not decide anything: that is done in lua/.
"""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from storage.patience import patience
from storage.rates.authority import LEASE_S, Answer, Ask, AuthorityAwayError, Grant, Level, encode_ask

_LUA = Path(__file__).parent / "lua"

Command = tuple[str | int | bytes, ...]


class Script:
    """One file of lua/ and the SHA-1 by which the server knows it."""

    def __init__(self, name: str) -> None:
        self.text = (_LUA / f"{name}.lua").read_text(encoding="utf-8")
        self.sha = ""


class RedisAuthority:
    """Counts of all replicas in one Redis. `timeout_s` bounds connecting and each round trip."""

    pause_s = 0.0

    def __init__(
        self, url: str, *, timeout_s: float = 0.25, ttl_s: float = LEASE_S, prefix: str = "gateway:rates:", now: int = 0
    ) -> None:
        self._client: Redis = Redis.from_url(
            url,
            # The limit is ours (_send): the client's own would count the time in which this process stood still.
            socket_timeout=None,
            socket_connect_timeout=None,
            # A second try inside the client would double the time a request waits; the caller knows when to try again.
            retry=Retry(NoBackoff(), 0),
        )
        self._timeout_s = timeout_s
        self._ttl = int(ttl_s * 1e6)
        self._prefix = prefix
        self._take = Script("take")
        self._peek = Script("peek")
        self.now = now
        """0: the server's clock. Tests set it."""

    async def take(self, replica: str, asks: Sequence[Ask]) -> Answer:
        """See Authority.take."""
        calls = [(self._key(ask.bucket), replica, self._ttl, self.now, encode_ask(ask)) for ask in asks]
        answers = await self._run(self._take, calls)
        epoch = answers[0] or await self._begin()
        return Answer(epoch.decode(), [Grant(*(int(number) for number in answer)) for answer in answers[1:]])

    async def peek(self, buckets: Sequence[tuple[str, int]]) -> list[Level]:
        """See Authority.peek."""
        answers = await self._run(self._peek, [(self._key(name), window, self.now) for name, window in buckets])
        return [Level(int(used), int(held)) for used, held in answers[1:]]

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _key(self, bucket: str) -> str:
        return f"{self._prefix}{{{bucket}}}"

    async def _begin(self) -> bytes:
        """The name of this server's memory: made by whoever finds it empty first."""
        found = await self._send([("SET", self._prefix + "epoch", uuid.uuid4().hex, "NX"), self._epoch])
        return bytes(found[1])

    @property
    def _epoch(self) -> Command:
        return ("GET", self._prefix + "epoch")

    async def _run(self, script: Script, calls: Sequence[Command]) -> list[Any]:
        """The epoch, then the answer of each call (key, arguments)."""
        if not script.sha:
            await self._load(script)
        commands = [self._epoch] + [("EVALSHA", script.sha, 1, *call) for call in calls]
        answers = await self._send(commands)
        if any(isinstance(answer, NoScriptError) for answer in answers):
            await self._load(script)
            missing = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
            for place, answer in zip(missing, await self._send([commands[place] for place in missing]), strict=True):
                answers[place] = answer
        for answer in answers:
            if isinstance(answer, Exception):
                raise AuthorityAwayError(f"Redis refused: {type(answer).__name__}") from answer
        return answers

    async def _load(self, script: Script) -> None:
        [sha] = await self._send([("SCRIPT", "LOAD", script.text)])
        if isinstance(sha, Exception):
            raise AuthorityAwayError(f"Redis refused: {type(sha).__name__}") from sha
        script.sha = sha if isinstance(sha, str) else bytes(sha).decode()

    async def _send(self, commands: Sequence[Command]) -> list[Any]:
        """One round trip."""
        try:
            async with patience(self._timeout_s):
                pipe = self._client.pipeline(transaction=False)
                for command in commands:
                    pipe.execute_command(*command)
                return list(await pipe.execute(raise_on_error=False))
        except (RedisError, OSError, TimeoutError) as error:
            raise AuthorityAwayError(f"Redis does not answer: {type(error).__name__}") from error
