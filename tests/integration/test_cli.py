"""The command `gateway` against a real gateway, and how soon what it changes is in force on the data plane."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.router import GONE_AFTER_S
from tests.integration.instance import BIN, Instance, eventually
from tests.integration.load import MESSAGES

PUSHED_S = 1.0
"""The bound on the way of a change to the data plane, from the answer of the admin API."""


class Command:
    """`gateway` with the address and token of an instance in its environment."""

    def __init__(self, instance: Instance) -> None:
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        self._environ |= {"GATEWAY_URL": instance.url, "GATEWAY_ADMIN_TOKEN": instance.token}

    def __call__(self, *arguments: str, code: int = 0, **environ: str) -> str:
        """Run it; returns what it printed to stdout. Fails when the exit code is another."""
        done = subprocess.run(
            [str(BIN / "gateway"), *arguments],
            env=self._environ | environ,
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str, **environ: str) -> Any:
        """Run it with --json."""
        return json.loads(self("--json", *arguments, code=0, **environ))


@pytest.fixture
def command(gateway: Instance) -> Command:
    return Command(gateway)


def chat(client: httpx.Client, key: str, model: str) -> int:
    """Status of a chat request."""
    return client.post(
        "/v1/chat/completions",
        json={"model": model, "messages": MESSAGES},
        headers={"authorization": f"Bearer {key}"},
    ).status_code


def until(read: Callable[[], int], wanted: int, within_s: float = 60.0) -> float:
    """Seconds until `read` gives `wanted`. Fails when it never does."""
    began = time.monotonic()
    assert eventually(read, lambda status: status == wanted, within_s, every_s=0.005) == wanted
    return time.monotonic() - began


def test_a_channel_and_a_key_from_nothing_to_a_request(command: Command, plain: httpx.Client, upstream: str):
    command(
        "channels", "add", "by-cli", "--provider", "openai-compatible", "--base-url", upstream,
        "--model", "cli-model=mock-unary", "--secret-env", "UPSTREAM_KEY", UPSTREAM_KEY="sk-upstream-1234567890",
    )  # fmt: skip
    key = command.json("keys", "create", "by-cli", "--model", "cli-model")["key"]
    try:
        assert key.startswith("sk-gw-")
        until(lambda: chat(plain, key, "cli-model"), 200, PUSHED_S)
        assert chat(plain, key, "mock-unary") == 403
        sent = httpx.get(upstream.removesuffix("/v1") + "/__last", trust_env=False).json()
        assert ["authorization", "Bearer sk-upstream-1234567890"] in [[n.lower(), v] for n, v in sent["headers"]]
        assert json.loads(sent["body"])["model"] == "mock-unary"

        listed = command("channels", "list")
        assert "by-cli" in listed
        assert "sk-upstream-1234567890" not in listed + command("channels", "show", "by-cli")
        assert "by-cli" in command("keys", "list")
        assert command("channels", "test", "by-cli", "--model", "cli-model")
        assert command("channels", "test", "by-cli", "--model", "cli-model", "--stream")
        statuses = eventually(
            lambda: {row["status"] for row in command.json("usage", "--key", "by-cli")},
            lambda found: found >= {200, 403},
            60,
        )
        assert statuses >= {200, 403}
        assert "cli-model" in command("usage", "--key", "by-cli")
        assert command("usage", "--by", "model")
    finally:
        command("channels", "remove", "by-cli", "--yes")
        command("keys", "remove", "by-cli", "--yes")
    until(lambda: chat(plain, key, "cli-model"), 401, PUSHED_S)


def test_status(command: Command, gateway: Instance):
    assert "ingress" in command("status").lower()

    def kinds() -> list[str]:
        router = command.json("status")["router"] or {}  # null: it was not heard in time
        return [row["kind"] for row in router.get("replicas", [])]

    # One that another test killed is told of until the Router has missed it for so long.
    found = eventually(kinds, lambda found: found.count("ingress") == 1, 5 * GONE_AFTER_S, every_s=1.0)
    assert (found.count("ingress"), found.count("admin")) == (1, 1)
    (ingress,) = gateway.replicas("ingress")
    assert {ingress["pid"]} == gateway.pids("Ingress")


def test_a_test_of_a_broken_channel_fails_with_a_reason(command: Command, gateway: Instance, upstream: str):
    gateway.add_channel("broken", "http://127.0.0.1:9/v1", {"broken-model": ""}, enabled=False)
    try:
        assert "could not be reached" in command("channels", "test", "broken", code=1)
        command("channels", "edit", "broken", "--base-url", upstream, "--model", "mock-error-401")
        assert command("channels", "test", "broken", code=1)
    finally:
        gateway.call("DELETE", "/channels/broken")


def test_mistakes_end_in_one_sentence(command: Command, gateway: Instance):
    assert "nowhere" in command("channels", "show", "nowhere", code=1)
    assert command("channels", "add", "x", "--provider", "nonsense", "--no-secret", code=1)
    assert "token" in command("status", code=1, GATEWAY_ADMIN_TOKEN="gwa-" + "x" * 40).lower()
    assert "127.0.0.1:9" in command("status", code=1, GATEWAY_URL="http://127.0.0.1:9")
    assert command("frobnicate", code=2)


DOCUMENT = """
channels:
  - name: applied
    provider: openai-compatible
    base_url: {upstream}
    secret: {{env: UPSTREAM_KEY}}
    models: {{applied-model: mock-unary}}
    weight: {weight}
keys:
  - name: applied
    key: {{file: key.txt}}
    models: [applied-model]
prices:
  - {{model: applied-model, input: "0.50", output: 2}}
  - {{model: mock-unary, provider: openai-compatible, input: "0.25", output: "2.00"}}
"""


def test_apply_twice_dry_run_and_prune(
    command: Command, gateway: Instance, plain: httpx.Client, upstream: str, tmp_path: Path
):
    file = tmp_path / "gateway.yaml"
    file.write_text(DOCUMENT.format(upstream=upstream, weight=1))
    key = "sk-own-" + "k" * 40
    (tmp_path / "key.txt").write_text(key + "\n")
    secret = {"UPSTREAM_KEY": "sk-upstream-applied"}

    def actions(*more: str) -> list[str]:
        changes = command.json("apply", "-f", str(file), *more, **secret)["changes"]
        assert key not in json.dumps(changes)
        assert "sk-upstream-applied" not in json.dumps(changes)
        return [change["action"] for change in changes]

    try:
        before = gateway.call("GET", "/status")["revisions"]
        assert actions("--dry-run") == ["create"] * 4
        assert gateway.call("GET", "/status")["revisions"] == before, "a dry run changes nothing"
        assert actions() == ["create"] * 4
        until(lambda: chat(plain, key, "applied-model"), 200, PUSHED_S)
        after = gateway.call("GET", "/status")["revisions"]
        assert actions() == ["unchanged"] * 4
        assert gateway.call("GET", "/status")["revisions"] == after, "what is unchanged is not pushed"

        file.write_text(DOCUMENT.format(upstream=upstream, weight=5))
        assert "weight" in command("apply", "-f", str(file), "--dry-run", code=0, **secret)
        assert sorted(actions()) == ["unchanged"] * 3 + ["update"]
        # The key may have been known before the channel was: that was a 404.
        (row,) = eventually(lambda: gateway.usage(key="applied", status="200"), bool, 60)
        # nano-USD: 0.25 and 2.00 USD per million tokens are 250 and 2,000 for each.
        assert row["cost"] == row["input_tokens"] * 250 + row["output_tokens"] * 2_000
    finally:
        file.write_text("channels: []\nkeys: []\nprices: []\n")
        command("apply", "-f", str(file), "--prune")
    until(lambda: chat(plain, key, "applied-model"), 401, PUSHED_S)
    assert gateway.call("GET", "/channels/mock")["name"] == "mock", "what no apply made is never pruned"


def test_a_change_is_in_force_within_a_second(gateway: Instance, plain: httpx.Client, upstream: str):
    key = gateway.add_key("pushed")
    channel = gateway.add_channel("pushed", upstream, {"pushed-a": "mock-unary"})
    took: dict[str, list[float]] = {}

    def change(what: str, path: str, body: dict[str, Any], model: str, status: int) -> None:
        gateway.call("PATCH", path, body)
        took.setdefault(what, []).append(until(lambda: chat(plain, key, model), status))

    try:
        until(lambda: chat(plain, key, "pushed-a"), 200)
        for _ in range(5):
            change("key disabled", "/keys/pushed", {"enabled": False}, "pushed-a", 401)
            change("key enabled", "/keys/pushed", {"enabled": True}, "pushed-a", 200)
            change("key narrowed", "/keys/pushed", {"models": ["other"]}, "pushed-a", 403)
            change("key widened", "/keys/pushed", {"models": None}, "pushed-a", 200)
            change("channel edited", f"/channels/{channel}", {"models": {"pushed-b": "mock-unary"}}, "pushed-b", 200)
            change("channel edited", f"/channels/{channel}", {"models": {"pushed-a": "mock-unary"}}, "pushed-b", 404)
            change("channel disabled", f"/channels/{channel}", {"enabled": False}, "pushed-a", 404)
            change("channel enabled", f"/channels/{channel}", {"enabled": True}, "pushed-a", 200)
    finally:
        gateway.call("DELETE", f"/channels/{channel}")
        gateway.call("DELETE", "/keys/pushed")
    for what, seconds in took.items():
        print(f"{what}: in force after {' '.join(f'{value * 1000:.0f}' for value in seconds)} ms")
    assert max(max(seconds) for seconds in took.values()) < PUSHED_S
