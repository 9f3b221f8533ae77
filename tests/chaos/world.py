"""Everything a scenario needs: a gateway with two ingress replicas on PostgreSQL and Redis, and a mock upstream."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.chaos.servers import Postgres
from tests.integration.instance import BIN, ROOT, Instance
from tests.redis_server import RedisServer

INPUT_NANO = 1_000
OUTPUT_NANO = 2_000
"""nano-USD for a token, of the models mock-*."""

REPLICAS = {"min_replicas": 2, "max_replicas": 2}


@dataclass(frozen=True)
class Killed:
    """A replica that was killed, and the client's ports that were connected to it at that moment."""

    at: float
    pid: int
    ports: frozenset[int]


@dataclass
class World:
    """A gateway that runs. `postgres` and `redis` only where a scenario may stop them."""

    gateway: Instance
    database: str
    postgres: Postgres | None = None
    redis: RedisServer | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where clients send requests."""
        return self.gateway.url

    def say(self, text: str) -> None:
        """Print a figure."""
        print(f"  {text}", flush=True)

    def must(self, right: bool, what: str) -> None:
        """A condition of the run."""
        if not right:
            self.problems.append(what)
            print(f"  WRONG: {what}", flush=True)

    def set_up(self, upstream: str) -> None:
        """The channel and the price of all mock models."""
        self.gateway.add_channel("mock", upstream, {"mock-*": ""})
        self.gateway.call("PUT", "/prices", {"model": "*", "input": "1", "output": "2"})

    def in_force(self, change: Callable[[], object]) -> None:
        """Change what is in the route table, and wait until all ingress replicas have it. Raises TimeoutError."""
        before = self._tables()[0]
        change()
        deadline = time.monotonic() + 60
        while True:
            tables = self._tables()
            if tables[0] > before and len(tables) > REPLICAS["min_replicas"] and set(tables) == {tables[0]}:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"a change is not in force after 60 s: {before}, {tables}")
            time.sleep(0.05)

    def _tables(self) -> list[int]:
        """Versions of the route table: the Router's, then the ingress replicas'."""
        status = self.gateway.status()
        rows = [row for row in status.get("replicas", []) if row["kind"].startswith("ingress")]
        return [int(status.get("table_version", -1)), *(int(row["table_version"]) for row in rows)]

    def limited_user(self, name: str, balance: str) -> str:
        """A user who can spend so much; returns a key of the user."""
        self.gateway.call("POST", "/users", {"name": name})
        self.gateway.call("PUT", f"/users/{name}/quota", {"limited": True, "balance": balance})
        return self.gateway.add_key(f"{name}-key", user=name)

    def serving(self) -> list[int]:
        """Pids of the ingress replicas that listen on the public port, the oldest first."""
        found = []
        for pid in self.gateway.pids("Ingress"):
            try:
                process = psutil.Process(pid)
                listens = any(
                    one.status == psutil.CONN_LISTEN and one.laddr.port == self.gateway.port
                    for one in process.net_connections("tcp")
                )
                if listens:
                    found.append((process.create_time(), pid))
            except psutil.Error:
                continue
        return [pid for _, pid in sorted(found)]

    async def both_serve(self, within_s: float = 90.0) -> float:
        """Wait until two replicas listen; returns the seconds that took."""
        began = time.monotonic()
        async with asyncio.timeout(within_s):
            while len(await asyncio.to_thread(self.serving)) < 2:  # noqa: ASYNC110  # other processes
                await asyncio.sleep(0.2)
        return time.monotonic() - began

    def kill_ingress(self, pid: int) -> Killed:
        """kill -9, after a look at whose connections it has; it stands still for that moment."""
        os.kill(pid, signal.SIGSTOP)
        ports = frozenset(
            one.raddr.port
            for one in psutil.Process(pid).net_connections("tcp")
            if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == self.gateway.port
        )
        os.kill(pid, signal.SIGKILL)
        return Killed(time.monotonic(), pid, ports)

    def kill_router(self) -> int:
        """kill -9; returns how many were killed."""
        pids = self.gateway.pids("Router")
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return len(pids)

    def kill_settler(self) -> int:
        """kill -9 of the process that settles and of its worker; returns how many were killed."""
        pids = self.gateway.settlers()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return len(pids)

    def verify(self) -> str:
        """`gateway ledger verify`; "" when it is clean, else what it printed."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        environ |= {"GATEWAY_URL": self.url, "GATEWAY_ADMIN_TOKEN": self.gateway.token}
        done = subprocess.run(
            [str(BIN / "gateway"), "ledger", "verify"], env=environ, capture_output=True, text=True, check=False
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mock_upstream() -> Iterator[str]:
    """The mock's address."""
    command = [sys.executable, "-m", "benchmarks.mock_upstream", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@contextmanager
def world(settings: dict[str, Any], log: Path) -> Iterator[World]:
    """Start all of it, end all of it; the gateway's log is kept as `log`."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-chaos-"))
    postgres = None
    redis = RedisServer(_free_port(), folder)
    try:
        (folder / "postgres").mkdir(0o700)
        postgres = Postgres(folder / "postgres")
        redis.start()
        stores = {"database_url": postgres.url, "redis_url": redis.url}
        gateway = Instance(folder / "gateway", _free_port(), {"ingress": REPLICAS, **stores, **settings})
        with mock_upstream() as upstream:
            try:
                gateway.start()
                made = World(gateway, postgres.url, postgres, redis)
                made.set_up(upstream)
                yield made
            finally:
                gateway.close()
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text(gateway.log())
    finally:
        redis.kill()
        if postgres is not None:
            postgres.close()
        shutil.rmtree(folder, ignore_errors=True)
