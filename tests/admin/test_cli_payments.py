"""The command `gateway` against the real application: redemption codes and orders."""

import asyncio
import json
import stat
from pathlib import Path

from storage import crypto
from storage.database import open_engine, session_factory
from storage.models import AutomationToken
from storage.repositories import users
from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_codes_and_orders(run: Run, tmp_path: Path) -> None:
    assert "No codes." in run("codes", "list").output
    assert "No orders." in run("orders", "list").output
    assert json.loads(run("--json", "orders", "list").stdout) == []
    (code,) = run("codes", "create", "spring", "2.5").output.split()
    made = json.loads(run("--json", "codes", "create", "spring", "1", "-n", "2").stdout)
    run("codes", "create", "spring", "1", "--out", "codes.txt", "--expires", "2099-01-01T00:00:00Z")
    assert stat.S_IMODE((tmp_path / "codes.txt").stat().st_mode) == 0o600
    assert len((tmp_path / "codes.txt").read_text().split()) == 1
    listed = json.loads(run("--json", "codes", "list", "--batch", made["batch"]).stdout)
    assert [one["credit"] for one in listed] == ["1", "1"]
    assert "spring" in run("codes", "list", "-q", code).output
    ids = [str(one["id"]) for one in listed]
    assert "2 of 3 changed" in run("codes", "disable", *ids, "999").output
    run("codes", "enable", *ids)
    assert json.loads(run("--json", "codes", "delete", *ids).stdout)["changed"] == 2
    for arguments in (
        ("show", "gw-none"),
        ("cancel", "gw-none"),
        ("refresh", "gw-none"),
        ("complete", "gw-none", "--yes"),
        ("refund", "gw-none", "1.00", "--yes"),
        ("settle-refund", "gw-none", "rf-none", "ask"),
    ):
        assert "There is no such" in run("orders", *arguments, code=1).output
    run("orders", "settle-refund", "gw-none", "rf-none", "maybe", code=2)


def test_many_at_once(run: Run) -> None:
    for noun, action, number in (
        ("subscriptions", "end", "9"),
        ("orders", "cancel", "9"),
        ("captures", "delete", "r9"),
    ):
        assert "1 refused" in run("bulk", noun, action, number, "--yes", code=1).output
    run("bulk", "orders", "complete", "9", "--reason", "seen", "--dry-run")
    assert "no id" in run("bulk", "orders", "cancel", "x", "--yes", code=2).output
    assert "no --reason" in run("bulk", "keys", "disable", "9", "--reason", "x", "--yes", code=2).output


def test_credit_is_bought_by_a_person(run: Run, database: Path) -> None:
    assert "Nothing is offered." in run("topups", "offer").output
    assert "0 ways" in run("topups", "order", "5", code=2).output
    for name, value in (("currency", "EUR"), ("instructions", "to IBAN 1"), ("enabled", "true")):
        run("settings", "set", f"transfer.{name}", value)
    run("settings", "set", "network.public_url", "https://ai.example")
    assert "transfer" in run("topups", "offer").output
    # An operator's token is nobody's, and buys nothing.
    assert "has no account" in run("topups", "order", "5", code=1).output
    run("users", "create", "ann")
    asyncio.run(_token_of_ann(database))
    hers = ("--token", "gwt-ann")
    assert "4.60 EUR" in run("topups", "quote", "$5", *hers).output
    said = run("topups", "order", "5", "--by", "transfer", "--once", "monday", *hers).output
    made = json.loads(run("topups", "order", "5", "--by", "transfer", "--once", "monday", "--json", *hers).stdout)
    assert made["order"]["number"] in said
    assert "Pay at https://ai.example/" in said
    assert len(json.loads(run("orders", "list", "--json").stdout)) == 1


async def _token_of_ann(database: Path) -> None:
    engine = open_engine(f"sqlite:///{database}")
    async with session_factory(engine).begin() as session:
        ann = await users.find_by_name(session, "ann")
        assert ann is not None
        session.add(AutomationToken(name="a", digest=crypto.digest("gwt-ann"), hint="", user_id=ann.id, scopes=["*"]))
    await engine.dispose()
