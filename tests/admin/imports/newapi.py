"""New API databases of two versions, made with SQLite: v0.6 (few columns) and v1.0 (all that is read)."""

import json
import sqlite3
from pathlib import Path

PASSWORD = "correct horse battery"
HASH = "$2b$04$qhciIL6lo2UaDLeqBXIjy.W5BxUf1I2T5AMD55iD8jmykGGgf8W6K"
ANN_KEY = "a" * 48

_V06 = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, password TEXT NOT NULL, display_name TEXT, role INTEGER,
  status INTEGER, email TEXT, github_id TEXT, wechat_id TEXT, access_token TEXT, quota INTEGER, used_quota INTEGER,
  request_count INTEGER, "group" TEXT, aff_code TEXT, inviter_id INTEGER, deleted_at datetime);
CREATE TABLE tokens (id INTEGER PRIMARY KEY, user_id INTEGER, key TEXT, status INTEGER, name TEXT,
  created_time INTEGER, accessed_time INTEGER, expired_time INTEGER, remain_quota INTEGER, unlimited_quota NUMERIC,
  model_limits_enabled NUMERIC, model_limits TEXT, used_quota INTEGER, deleted_at datetime);
CREATE TABLE channels (id INTEGER PRIMARY KEY, type INTEGER, key TEXT NOT NULL, open_ai_organization TEXT,
  test_model TEXT, status INTEGER, name TEXT, weight INTEGER, created_time INTEGER, base_url TEXT, other TEXT,
  balance REAL, models TEXT, "group" TEXT, used_quota INTEGER, model_mapping TEXT, status_code_mapping TEXT,
  priority INTEGER, auto_ban INTEGER, other_info TEXT);
CREATE TABLE abilities ("group" TEXT, model TEXT, channel_id INTEGER, enabled NUMERIC, priority INTEGER);
CREATE TABLE options (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE redemptions (id INTEGER PRIMARY KEY, user_id INTEGER, key TEXT, status INTEGER, name TEXT, quota INTEGER,
  created_time INTEGER, redeemed_time INTEGER, used_user_id INTEGER, deleted_at datetime);
CREATE TABLE logs (id INTEGER PRIMARY KEY, user_id INTEGER, quota INTEGER);
"""
_V10 = """
ALTER TABLE users ADD COLUMN aff_quota INTEGER;
ALTER TABLE users ADD COLUMN linux_do_id TEXT;
ALTER TABLE users ADD COLUMN setting TEXT;
ALTER TABLE users ADD COLUMN remark TEXT;
ALTER TABLE users ADD COLUMN created_at INTEGER;
ALTER TABLE tokens ADD COLUMN allow_ips TEXT;
ALTER TABLE tokens ADD COLUMN "group" TEXT;
ALTER TABLE tokens ADD COLUMN cross_group_retry NUMERIC;
ALTER TABLE channels ADD COLUMN tag TEXT;
ALTER TABLE channels ADD COLUMN setting TEXT;
ALTER TABLE channels ADD COLUMN settings TEXT;
ALTER TABLE channels ADD COLUMN param_override TEXT;
ALTER TABLE channels ADD COLUMN header_override TEXT;
ALTER TABLE channels ADD COLUMN remark TEXT;
ALTER TABLE channels ADD COLUMN channel_info JSON;
ALTER TABLE redemptions ADD COLUMN expired_time INTEGER;
CREATE TABLE user_subscriptions (id INTEGER PRIMARY KEY, user_id INTEGER);
"""


class Source:
    """One database; `add` writes a row of a table."""

    def __init__(self, path: Path, *, modern: bool) -> None:
        self.path, self.url = path, f"sqlite:///{path}"
        with sqlite3.connect(path) as database:
            database.executescript(_V06 + (_V10 if modern else ""))

    def add(self, table: str, **row: object) -> None:
        plain = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        names = ", ".join(f'"{name}"' for name in plain)
        marks = ", ".join("?" for _ in plain)
        with sqlite3.connect(self.path) as database:
            database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(plain.values()))

    def run(self, statement: str) -> None:
        with sqlite3.connect(self.path) as database:
            database.execute(statement)

    def option(self, key: str, value: object) -> None:
        self.add("options", key=key, value=value if isinstance(value, str) else json.dumps(value))


def small(path: Path, *, modern: bool) -> Source:
    """Ann with a key, a channel, a group, a price."""
    source = Source(path, modern=modern)
    source.add("users", id=1, username="root", password=HASH, role=100, status=1, quota=0, group="default")
    source.add(
        "users", id=2, username="ann", password=HASH, role=1, status=1, email="Ann@example.com", quota=1_234_567,
        group="vip", inviter_id=1,
    )  # fmt: skip
    source.add(
        "tokens", id=5, user_id=2, key=ANN_KEY, status=1, name="laptop", expired_time=-1, remain_quota=500_001,
        unlimited_quota=0, model_limits_enabled=1, model_limits="gpt-5,claude-4",
    )  # fmt: skip
    source.add(
        "channels", id=7, type=1, key="sk-upstream-000000000000-9876", status=1, name="main", weight=0, priority=3,
        models="gpt-5,fast,slow", model_mapping={"fast": "step", "step": "gpt-5-nano"}, group="default,vip", auto_ban=1,
    )  # fmt: skip
    source.add("redemptions", id=9, key="0123456789abcdef0123456789abcdef", status=1, name="spring", quota=5_000_000)
    source.add("redemptions", id=10, key="f123456789abcdef0123456789abcdef", status=3, name="spring", quota=5_000_000)
    source.option("GroupRatio", {"default": 1, "vip": 0.8})
    source.option("ModelRatio", {"gpt-5": 0.625, "odd": 1})
    source.option("CompletionRatio", {"gpt-5": 8})
    source.option("QuotaForNewUser", "500000")
    source.option("RetryTimes", "3")
    source.add("logs", id=1, user_id=2, quota=3)
    return source
