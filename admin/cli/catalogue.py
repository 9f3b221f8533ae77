"""Which commands there are, and the file of each: it is loaded when the command runs, not before.

The help of the command as a whole, which lists all of them, loads none. Owns no option and runs nothing.
"""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand


class Place(NamedTuple):
    """Where a command is: a file of this folder, a Typer or a function in it, and what its help says first."""

    file: str
    attribute: str
    help: str


PLACES = {
    "status": Place("status", "status", "Show what is stored and what runs."),
    "usage": Place("usage", "usage", "Show the latest requests, or their sums."),
    "explain": Place(
        "explain",
        "explain",
        "Print the arithmetic of a request's cost and compute it again; exit code 1 when it does not match.",
    ),
    "rerate": Place(
        "rerate", "rerate", "Rate past requests again at the prices as they are stored now, and book what differs."
    ),
    "apply": Place(
        "apply",
        "apply",
        "Make channels, keys, prices, groups and limits equal to a file. The same file twice changes nothing.",
    ),
    "audit": Place("audit", "audit", "Show who changed what, the newest first."),
    "channels": Place("channel_upstream", "app", "Upstream accounts: where requests go."),
    "keys": Place("key_rules", "app", "Keys of clients: who may send requests."),
    "users": Place("user_access", "app", "Users: whom keys belong to."),
    "organisations": Place("organisations", "app", "Organisations: users who share budgets and a balance."),
    "teams": Place("teams", "app", "Teams of an organisation's people."),
    "roles": Place("roles", "app", "Roles: what users may do."),
    "tokens": Place("tokens", "app", "Tokens of programs that use the admin API."),
    "budgets": Place("budgets", "app", "Budgets of keys, users, teams and organisations."),
    "ledger": Place("ledger", "app", "The ledger: balances and their entries."),
    "limits": Place("limits", "app", "Rate limits: requests, tokens, requests at one time."),
    "orders": Place("orders", "app", "Orders: top-ups and plans that were bought."),
    "topups": Place("topups", "app", "Top-ups: credit that is bought by the person whose token is used."),
    "codes": Place("codes", "app", "Redemption codes: credit for whoever enters one first."),
    "plans": Place("plans", "plans", "Subscription plans."),
    "subscriptions": Place("plans", "subscriptions", "Subscriptions of users and organisations."),
    "prices": Place("prices", "app", "Prices of models, in USD per 1,000,000 tokens."),
    "models": Place("models", "models", "Models: what is known of them, and who sees them."),
    "vendors": Place("models", "vendors", "Vendors: who makes models."),
    "bulk": Place("bulk", "bulk", "Change many objects; exit code 1 when some were refused."),
    "groups": Place("groups", "app", "Groups of users and their multipliers on prices."),
    "safety": Place("safety", "app", "Safety rules: words, patterns, personal data, outside judges."),
    "webhooks": Place("jobs", "webhooks", "Outgoing webhooks."),
    "jobs": Place("jobs", "jobs", "Background jobs."),
    "providers": Place("providers", "app", "The providers that a channel can name."),
    "console": Place("console", "app", "The web console."),
    "logs": Place("logs", "app", "Request logs: search, show one in full, export."),
    "tasks": Place("tasks", "app", "Asynchronous tasks, such as background responses."),
    "captures": Place("captures", "app", "Captured requests and answers: whose are kept, reading one."),
    "route": Place("route", "app", "What would be done with a request."),
    "import": Place("import_newapi", "app", "Take over the data of another gateway."),
    "settings": Place("settings", "app", "Settings that are changed while the gateway runs."),
    "admin-token": Place("admin_token", "app", "The token of the admin API."),
    "setup": Place("setup", "app", "The first administrator."),
}


class Commands(MutableMapping[str, Any]):
    """Commands by name, as Typer wants them; `own` are those that are there already."""

    def __init__(self, own: MutableMapping[str, Any]) -> None:
        self._loaded = own
        self._names = dict.fromkeys((*own, *PLACES))

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  # the class is Typer's own and private
        """Load it."""
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = _load(name, PLACES[name])
        return found

    def __setitem__(self, name: str, command: Any) -> None:  # noqa: ANN401  # as above
        """Put one there."""
        self._loaded[name] = command
        self._names.setdefault(name)

    def __delitem__(self, name: str) -> None:
        """Take one away."""
        del self._names[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        """The names, in the order of the help."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)

    def listed(self) -> dict[str, Any]:
        """What the help of the whole shows: names and first sentences, without loading what they do."""
        return {name: self._loaded.get(name) or TyperCommand(name=name, help=PLACES[name].help) for name in self._names}


def _load(name: str, place: Place) -> Any:  # noqa: ANN401  # as above
    found = getattr(import_module(f"admin.cli.{place.file}"), place.attribute)
    holder = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return typer.main.get_group(holder).commands[name]
