"""Starting: what Ray cannot do in its time is tried again, then said in one sentence; a stop meanwhile is one line."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import ray

from deployments import launch, ray_node

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
