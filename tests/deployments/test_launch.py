"""Starting: what Ray says when it cannot is one sentence with what to do, and other faults stay what they are."""

from pathlib import Path

import pytest
import ray

from deployments import launch


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr(launch, "RAY_DEFAULTS", {})  # they would stay in the environment of other tests


def fail(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    def init(*_given: object, **_options: object) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(ray, "init", init)


def test_a_machine_too_busy_for_ray_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, "The current node timed out during startup. This could happen because some of the raylet failed")
    with pytest.raises(SystemExit, match=r"^The gateway cannot start.\nRay did not come up in time.*start again"):
        launch._serve_run(Path("serve_config.yaml"), dashboard=False)


def test_another_fault_of_ray_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    fail(monkeypatch, "no space left on device")
    with pytest.raises(RuntimeError, match=r"^no space left"):
        launch._serve_run(Path("serve_config.yaml"), dashboard=False)
