"""What the console is told about the process and machine that the Admin runs on, and about Redis."""

import asyncio
import os
import platform
import shutil
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

from deployments.settings import Settings

REDIS_S = 2.0


class Machine:
    """One for each Admin replica. Opens a connection to Redis for each look, and closes it."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._started_at = time.monotonic()

    async def look(self) -> dict[str, Any]:
        """In the shape of `SystemOut`'s `admin`, `redis` and `disk` of admin/schemas/system.py."""
        return {
            "admin": {
                "replica": self._name,
                "node": platform.node(),
                "pid": os.getpid(),
                "uptime_s": round(time.monotonic() - self._started_at, 1),
                "python": platform.python_version(),
                "ray": _installed("ray"),
            },
            "redis": await self._redis(),
            "disk": await asyncio.to_thread(self._disk),
        }

    async def _redis(self) -> dict[str, Any] | None:
        url = self._settings.redis_url
        if not url:
            return None
        client: Redis = Redis.from_url(url, socket_timeout=REDIS_S, socket_connect_timeout=REDIS_S)
        found: dict[str, Any] = {"host": urlsplit(url).hostname or "", "answers": False, "latency_ms": None}
        try:
            await client.ping()
            before = time.perf_counter()
            await client.ping()
            found |= {"answers": True, "latency_ms": round((time.perf_counter() - before) * 1000, 2)}
            said = await client.info("server")
            memory = await client.info("memory")
            found |= {"version": str(said.get("redis_version", "")), "used_bytes": int(memory.get("used_memory", 0))}
        except (RedisError, OSError, TimeoutError):
            pass
        finally:
            await client.aclose()
        return found

    def _disk(self) -> dict[str, Any] | None:
        try:
            usage = shutil.disk_usage(self._settings.data_dir)
        except OSError:
            return None
        return {"path": str(self._settings.data_dir), "total_bytes": usage.total, "free_bytes": usage.free}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
