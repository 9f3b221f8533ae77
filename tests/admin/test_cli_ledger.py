"""Users, organisations, budgets and the ledger by the command `gateway`."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_users_budgets_and_the_ledger(run: Run, database: Path) -> None:
    assert "gateway users create" in run("users", "list").output
    assert "No organisations" in run("organisations", "list").output
    assert "gateway budgets create" in run("budgets", "list").output
    run("organisations", "create", "acme")
    run("users", "create", "ann", "-o", "acme", "-g", "gold")
    run("keys", "create", "app", "--user", "ann", "--cost-cap", "$0.50", "--key-env", "OWN_KEY")
    assert "ann" in run("keys", "list").output
    run("keys", "edit", "app", "--user", "", "--cost-cap", "")
    assert json.loads(run("keys", "show", "app", "--json").output)["user"] is None
    run("keys", "edit", "app", "-u", "ann")
    assert "0.5" not in run("keys", "show", "app").output
    assert "$20" in run("users", "quota", "ann", "--on", "--balance", "20").output
    assert "off" in run("users", "quota", "ann", "--off").output
    assert "on" in run("organisations", "quota", "acme", "--on").output
    assert "gold" in run("users", "show", "ann").output
    assert re.search(r"ann +acme +gold +yes +off +\$20", run("users", "list").output)
    assert "Booked $5" in run("ledger", "post", "user:ann", "5", "--reference", "invoice-1").output
    assert "Booked -$1" in run("ledger", "post", "user:ann", "--reason", "correction", "--", "-1").output
    run("ledger", "post", "user:ann", "6", "--reference", "invoice-1", code=1)
    assert "$24" in run("ledger", "balance", "user:ann").output
    listed = run("ledger", "entries", "user:ann").output
    assert "invoice-1" in listed
    assert "the balance was set" in listed
    assert "older ones" in run("ledger", "entries", "user:ann", "-n", "1", "--leases").output
    assert "No entries" in run("ledger", "entries", "organisation:acme").output
    run("users", "edit", "ann", "--rename", "ann 2", "--no-organisation")
    run("users", "edit", "ann 2", code=2)
    run("users", "edit", "ann 2", "-o", "acme", "--no-organisation", code=2)
    run("users", "disable", "ann 2")
    run("users", "enable", "ann 2")
    run("organisations", "rename", "acme", "acme 2")
    assert "acme 2" in run("organisations", "list").output
    run("budgets", "create", "nobody", "5", code=2)
    assert "$5 per day" in run("budgets", "create", "key:app", "5", "--per", "day", "--alert", "80").output
    assert re.search(r"key:app +day +\$5 +\$0 +\$0 +\$5 +80%", run("budgets", "list", "--owner", "key:app").output)
    assert "$7" in run("budgets", "edit", "1", "--amount", "7", "--no-alerts", "--per", "day").output
    run("budgets", "edit", "1", code=2)
    assert "$0" in run("budgets", "reset", "1").output
    run("budgets", "remove", "1", "--yes")
    assert "no difference" in run("ledger", "verify").output
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE accounts SET balance = 1 WHERE kind = 'user'")
    failed = run("ledger", "verify", code=1).output
    assert "1 is stored, 24000000000 computed" in failed
    assert len(json.loads(run("ledger", "verify", "--json", code=1).output)["differences"]) == 1
    run("keys", "remove", "app", "--yes")
    run("users", "remove", "ann 2", "--yes")
    run("organisations", "remove", "acme 2", "--yes")
    assert json.loads(run("users", "list", "--json").output) == []
    assert json.loads(run("organisations", "list", "--json").output) == []
    assert json.loads(run("budgets", "list", "--json").output) == []
