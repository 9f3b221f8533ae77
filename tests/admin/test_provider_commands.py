"""`gateway providers`, and where `gateway channels` puts a channel, against the real application on a real port."""

import json

import pytest

from adapters.registry import PROVIDERS
from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one, in place of the short one of the other tests."""
    monkeypatch.setattr(command, "PROVIDERS", PROVIDERS)


def test_the_catalogue(run: Run) -> None:
    listed = run("providers").output
    assert listed == run("providers", "list").output
    assert all(name in listed for name in PROVIDERS)
    assert len(json.loads(run("providers", "list", "--json").stdout)) == len(PROVIDERS)


def test_one_provider(run: Run) -> None:
    shown = run("providers", "show", "17").output
    assert "workspace_id" in shown
    assert "singapore" in shown
    assert "gateway channels add NAME --provider dashscope --region beijing" in shown
    assert json.loads(run("providers", "show", "azure", "--json").stdout)["needs"].keys() == {"resource"}
    assert "--base-url URL" in run("providers", "show", "vllm").output
    assert "when named" in run("providers", "show", "openai-compatible").output
    run("providers", "show", "nobody", code=1)


def test_a_type_a_region_and_a_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALI_KEY", "s" * 20)
    add = ("channels", "add", "ali", "--provider", "dashscope", "--region", "singapore", "--secret-env", "ALI_KEY")
    assert "https://dashscope-intl.aliyuncs.com/compatible-mode/v1" in run(*add).output
    run("channels", "edit", "ali", "--param", "workspace_id=ws-1", "--protocol", "messages", "--protocol", "chat")
    shown = json.loads(run("channels", "show", "ali", "--json").stdout)
    assert list(shown["protocols"]) == ["messages", "chat"]
    assert shown["base_url"] == "https://ws-1.ap-southeast-1.maas.aliyuncs.com/apps/anthropic/v1"
    run("channels", "edit", "ali", "--default", "protocols", "--default", "parameters")
    assert json.loads(run("channels", "show", "ali", "--json").stdout)["settings"] == {"region": "singapore"}


def test_an_address_and_back_to_the_catalogue(run: Run) -> None:
    run("channels", "add", "ds", "-p", "43", "--no-secret", "--base-url", "http://10.0.0.5:9000")
    assert "messages: http://10.0.0.5:9000/anthropic/v1" in run("channels", "show", "ds").output
    run("channels", "edit", "ds", "--default", "base_url")
    assert "https://api.deepseek.com/anthropic/v1" in run("channels", "show", "ds").output


def test_ones_own_servers_need_no_key(run: Run) -> None:
    """None is asked for: in a script there is nobody to answer."""
    assert "http://localhost:11434/v1" in run("channels", "add", "mine", "--provider", "ollama").output
    assert "No secret given" in run("channels", "add", "other", "--provider", "openai", code=2).output


def test_notation(run: Run) -> None:
    add = ("channels", "add", "c", "--provider", "openai", "--no-secret")
    assert "--param 'x' is not understood" in run(*add, "--param", "x", code=2).output
    assert "--param a is there twice" in run(*add, "--param", "a=1", "--param", "a=2", code=2).output
    assert "does not speak messages" in run(*add, "--protocol", "messages", code=1).output
