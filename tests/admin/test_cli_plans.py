"""`gateway plans`, `subscriptions`, `webhooks` and `jobs` against the real application."""

import json

from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_plans_and_subscriptions(run: Run) -> None:
    assert "No plans yet." in run("plans", "list").output
    made = run("plans", "create", "pro", "--price", "20", "--quota", "30", "--term", "2week", "--rank", "1")
    assert "Made plan pro" in made.output
    run("plans", "create", "x", "--price", "1", "--quota", "1", "--term", "long", code=2)
    assert "2 week" in run("plans", "list").output
    assert "sold no more" in run("plans", "disable", "pro").output
    assert "is sold" in run("plans", "enable", "pro").output
    assert "No subscriptions." in run("subscriptions", "list").output
    run("users", "create", "ann")
    assert "user:ann has pro until" in run("subscriptions", "give", "user:ann", "pro", "--terms", "2").output
    run("subscriptions", "give", "ann", "pro", code=2)
    (one,) = json.loads(run("subscriptions", "list", "--user", "ann", "--json").stdout)
    assert "user:ann" in run("subscriptions", "list").output
    assert "Added" in run("subscriptions", "reset", str(one["id"])).output
    assert "Ended subscription" in run("subscriptions", "end", str(one["id"]), "--yes").output


def test_webhooks_and_jobs(run: Run) -> None:
    assert "No webhooks yet." in run("webhooks", "list").output
    made = json.loads(
        run("webhooks", "create", "ops", "https://hooks.example/in", "--event", "order.*", "--json").stdout
    )
    assert made["secret"].startswith("whsec_")
    number = str(made["id"])
    assert "order.*" in run("webhooks", "list").output
    assert "Nothing was sent yet." in run("webhooks", "deliveries", number).output
    assert "is on its way" in run("webhooks", "test", number).output
    assert "target.test" in run("webhooks", "deliveries", number).output
    assert "Removed webhook" in run("webhooks", "remove", number, "--yes").output
    assert "No jobs." in run("jobs", "list").output
    assert "NAME" in run("jobs", "schedules").output
    run("jobs", "run", "no.such", code=1)
    run("jobs", "cancel", "7", code=1)
