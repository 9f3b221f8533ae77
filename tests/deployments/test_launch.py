"""Starting: what Ray cannot do in its time is tried again, then said in one sentence; a stop meanwhile is one line."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest
import ray

from deployments import launch, ray_node
from deployments.settings import Settings

BUSY = "The current node timed out during startup. This could happen because some of the raylet failed"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(ray_node, "DEFAULTS", {})  # they would stay in the environment of other tests


class Init:
    """In place of ray.init: leaves a process running and fails, `times` times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, words: str, times: int) -> None:
        self.words = words
        self.times = times
        self.left: list[subprocess.Popen[bytes]] = []
        monkeypatch.setattr(ray, "init", self)

    def __call__(self, *_given: object, **_options: object) -> None:
        self.left.append(subprocess.Popen(["sh", "-c", "sleep 600 & sleep 600; true"]))
        if len(self.left) <= self.times:
            raise RuntimeError(self.words)

    def running(self) -> list[bool]:
        """Which of the processes that were left are still there."""
        return [process.poll() is None for process in self.left]

    def end(self) -> None:
        for process in self.left:
            if process.poll() is None:
                ray_node._kill({psutil.Process(process.pid)})
            process.wait()


def test_a_machine_that_is_busy_for_a_while_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    other = subprocess.Popen(["sleep", "600"])
    said: list[str] = []
    init = Init(monkeypatch, BUSY, times=2)
    try:
        ray_node.start(dashboard=False, say=said.append)
        assert init.running() == [False, False, True]
        assert [line[-8:] for line in said] == ["(2 of 4)", "(3 of 4)"]
        assert other.poll() is None  # what was there before is not Ray's
    finally:
        init.end()
        other.kill()
        other.wait()


def test_a_machine_too_busy_for_ray_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    init = Init(monkeypatch, BUSY, times=9)
    try:
        with pytest.raises(SystemExit, match=r"^The gateway cannot start.\nRay did not come up.*start again"):
            launch._serve_run(Path("serve_config.yaml"), dashboard=False)
        assert init.running() == [False] * ray_node.TRIES
    finally:
        init.end()


def test_another_fault_of_ray_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    init = Init(monkeypatch, "no space left on device", times=9)
    try:
        with pytest.raises(RuntimeError, match=r"^no space left"):
            launch._serve_run(Path("serve_config.yaml"), dashboard=False)
        assert len(init.left) == 1
    finally:
        init.end()


@pytest.fixture
def handlers() -> Iterator[None]:
    """Signals are heard afterwards as they were before."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of ray.serve.scripts, which is loaded here
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_it_starts_is_one_line(
    sent: signal.Signals, handlers: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ray_node, "start", lambda *_given: None)
    monkeypatch.setattr(launch, "_start_controller", lambda _config: os.kill(os.getpid(), sent))
    launch._serve_run(Path("not-read.yaml"), dashboard=False)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("gateway: stopped\n", "")


def test_what_was_done_to_the_schema() -> None:
    assert launch._changes(["0026"]) == "change 0026 of its schema applied"
    assert launch._changes(["0001", "0002", "0004"]) == "3 changes of its schema applied, 0001 to 0004"


@pytest.mark.parametrize(
    ("admin", "statuses", "asked", "said"),
    [
        (True, [503, 200, 503, 503, 401], 5, ["ready after"]),
        (False, [503, 200], 2, ["ready after"]),
        (True, [200, 503], None, ["the admin API", "ready after"]),
        (True, [503], None, ["not ready after"]),
    ],
)
def test_it_says_ready_when_all_that_it_shows_answers(
    admin: bool,
    statuses: list[int],
    asked: int | None,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pick_port: Callable[[], int],
) -> None:
    monkeypatch.setattr(launch, "READY_S", 1.5)
    monkeypatch.setattr(launch, "ADMIN_S", 1.5)
    monkeypatch.setattr(launch, "welcome", lambda *_: "WELCOME")
    seen: list[str] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(statuses[min(len(seen), len(statuses)) - 1])
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Nothing: its lines are not the launcher's."""

    server = HTTPServer(("127.0.0.1", pick_port()), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        launch._greet(Settings(port=server.server_port, admin=admin), None)  # type: ignore[arg-type]  # welcome's own
    finally:
        server.shutdown()
        server.server_close()
    assert asked is None or len(seen) == asked
    assert (launch.ADMIN_PATH in seen) == (admin and 200 in statuses)
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    told = [line.removeprefix("gateway: ") for line in lines if line.startswith("gateway: ")]
    assert len(told) == len(said)
    assert all(line.startswith(start) for line, start in zip(told, said, strict=True))
    assert ("WELCOME" in lines) == told[-1].startswith("ready")
