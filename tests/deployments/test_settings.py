"""A wrong setting fails the start with its name, the value and what is allowed."""

from pathlib import Path

import pytest
import yaml

from deployments.settings import SettingsError, admin_token, load, markdown, secret_key

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"port": 0}, ["'port'", "0", "greater than or equal to 1"]),
        ({"port": "many"}, ["'port'", "'many'", "integer"]),
        ({"prot": 8000}, ["unknown setting 'prot'"]),
        ({"timeouts": {"connect_s": -1}}, ["'timeouts.connect_s'", "-1", "greater than 0"]),
        ({"timeouts": {"drain_s": 60}}, ["'timeouts.drain_s'", "25"]),
        ({"timeouts": {"first_byte_s": float("nan")}}, ["'timeouts.first_byte_s'"]),
        ({"sizes": {"body": 1}}, ["'sizes.body'", "1024"]),
        ({"ingress": {"min_replicas": 5, "max_replicas": 2}}, ["'ingress'", "min_replicas (5)", "max_replicas (2)"]),
        ({"database_url": "mssql://x"}, ["'database_url'", "sqlite:///", "postgresql://", "mysql://"]),
        ({"retention": {"usage_days": -1}}, ["'retention.usage_days'", "0"]),
        ({"retention": {"usage_days": 9, "rollup_days": 8}}, ["'retention'", "(8)", "(9)"]),
        ({"retention": {"rollup_days": 8}}, ["'retention'", "usage_days (0)"]),
        ({"redis_url": "http://h"}, ["'redis_url'", "redis://", "unix://"]),
        ({"redis_url": "redis://:hunter2@h:port/0"}, ["'redis_url'", "redis://***@h:port", "port"]),
        ({"rates": {"on_outage": {"tokens": "ajar"}}}, ["'rates.on_outage.tokens'", "'ajar'", "open", "closed"]),
        ({"rates": {"timeout_s": 0}}, ["'rates.timeout_s'", "greater than 0"]),
        ({"adapters": {"nobody": {}}}, ["'adapters'", "'nobody'", "openai"]),
        ({"adapters": {"openai": {"placement": "moon"}}}, ["'adapters.openai.placement'", "'moon'", "inline", "pool"]),
        ({"metrics": "everybody"}, ["'metrics'", "loopback"]),
        ({"max_attempts": 0}, ["'max_attempts'"]),
    ],
)
def test_wrong_settings_are_named(args: dict[str, object], words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        load(args, {})
    for word in words:
        assert word in str(caught.value)


def test_no_password_is_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"redis_url": "redis://:hunter2@h:port/0"}, {})
    assert "hunter2" not in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"port": 0, "host": "", "x": 1}, {})
    assert len(str(caught.value).splitlines()) == 3


def test_the_environment_is_stronger() -> None:
    environ = {"GATEWAY_PORT": "9000", "GATEWAY_DATA": "/tmp/x", "GATEWAY_HOST": "::1", "GATEWAY_DATABASE_URL": ""}
    settings = load({"port": 8000, "data": "./data"}, environ)
    assert (settings.port, settings.host, settings.data) == (9000, "::1", "/tmp/x")
    assert settings.database == "sqlite:////tmp/x/gateway.db"
    with pytest.raises(SettingsError, match="'port' is 'x'"):
        load({}, {"GATEWAY_PORT": "x"})


def test_secrets_come_from_the_environment_only() -> None:
    assert secret_key({"GATEWAY_SECRET_KEY": "s"}) == "s"
    assert secret_key({}) is None
    assert admin_token({"GATEWAY_ADMIN_TOKEN": "t"}) == "t"
    assert admin_token({"GATEWAY_ADMIN_TOKEN": ""}) is None


def test_the_config_in_the_repository_is_right() -> None:
    document = yaml.safe_load((ROOT / "serve_config.yaml").read_text(encoding="utf-8"))
    settings = load(document["applications"][0]["args"], {})
    assert settings.pooled() == {}
    assert load({"adapters": {"openai": {"placement": "pool"}}}, {}).pooled().keys() == {"openai"}


def test_every_setting_has_a_meaning() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert not [row for row in rows if row.endswith("|  |")]
