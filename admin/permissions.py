"""What may be done with the admin API, and which role may do it: two tables, and how wide a permission reaches.

A permission is a noun and a verb. A person has a role on the whole gateway and may have another one inside an
organisation; what a role permits reaches as far as the place it was given in. Everybody reaches what is their own.
Knows no request and no database.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum


class Reach(IntEnum):
    """How far a permission goes; a wider one includes the narrower."""

    OWN = 1
    ORGANISATION = 2
    ALL = 3


PERMISSIONS: Mapping[str, str] = {
    "accounts.read": "See accounts, balances and entries of the ledger.",
    "accounts.write": "Book entries: top-ups, grants, refunds, corrections.",
    "announcements.write": "Write notices, announcements and answers to questions.",
    "apply.write": "Apply a whole configuration.",
    "audit.read": "See who changed what.",
    "budgets.read": "See budgets and what is spent of them.",
    "budgets.write": "Set and reset budgets.",
    "captures.read": "Read captured requests and answers; each reading is recorded.",
    "captures.write": "Choose whose requests and answers are captured.",
    "channels.read": "See channels, without their secrets.",
    "channels.write": "Add, change, test and remove channels.",
    "channels.secrets": "Replace secrets of channels.",
    "codes.read": "See redemption codes.",
    "codes.write": "Make and withdraw redemption codes.",
    "groups.read": "See groups and their multipliers.",
    "groups.write": "Change groups and their multipliers.",
    "imports.write": "Take over the data of another gateway.",
    "invitations.read": "See invitations.",
    "invitations.write": "Invite and withdraw invitations.",
    "jobs.read": "See background jobs.",
    "jobs.write": "Start and stop background jobs.",
    "keys.read": "See keys, without their values.",
    "keys.write": "Make, change, rotate and remove keys.",
    "limits.read": "See rate limits.",
    "limits.write": "Change rate limits.",
    "logs.read": "Search requests.",
    "models.read": "See models and their metadata.",
    "models.write": "Change models, vendors and visibility.",
    "notifications.read": "See where notifications go.",
    "notifications.write": "Choose where notifications go.",
    "orders.read": "See orders, receipts and statements.",
    "orders.write": "Start an order, redeem a code.",
    "orders.manage": "Complete, cancel and refund orders by hand.",
    "organisations.read": "See organisations and teams.",
    "organisations.write": "Make, change and remove organisations and teams.",
    "plans.read": "See subscription plans.",
    "plans.write": "Make and change subscription plans.",
    "prices.read": "See prices.",
    "prices.write": "Change prices, rate again.",
    "reports.read": "See sums of usage and cost.",
    "roles.read": "See roles and permission sets.",
    "roles.write": "Make permission sets and give roles, no more than one's own.",
    "safety.read": "See safety rules.",
    "safety.write": "Change safety rules.",
    "scim.write": "Provision users from a directory (SCIM).",
    "secrets.reveal": "See or replace secrets by automation, without a second check.",
    "settings.read": "See settings, without secrets.",
    "settings.write": "Change settings.",
    "status.read": "See the state of the gateway.",
    "subscriptions.read": "See subscriptions.",
    "subscriptions.write": "Buy, change and end subscriptions.",
    "subscriptions.manage": "Give, reset and end subscriptions of others.",
    "tasks.read": "See asynchronous tasks such as background responses.",
    "tasks.write": "Cancel asynchronous tasks.",
    "tokens.read": "See automation tokens.",
    "tokens.write": "Make and withdraw automation tokens.",
    "users.read": "See users.",
    "users.write": "Make, change, lock and remove users.",
    "webhooks.read": "See outgoing webhooks and their deliveries.",
    "webhooks.write": "Change outgoing webhooks, deliver again.",
}
"""Every permission and what it allows, in the words of the console."""

EVERYTHING = frozenset(PERMISSIONS)

_READ = frozenset(name for name in PERMISSIONS if name.endswith(".read") and name != "captures.read")

OWN = frozenset({
    "accounts.read", "budgets.read", "groups.read", "keys.read", "keys.write",
    "limits.read", "logs.read", "models.read", "notifications.read", "notifications.write", "orders.read",
    "orders.write", "organisations.read", "plans.read", "reports.read", "subscriptions.read", "subscriptions.write",
    "tasks.read", "tasks.write", "tokens.read", "tokens.write", "users.read",
})  # fmt: skip
"""What everybody who is signed in may do with what is their own."""

_MONEY = frozenset({
    "accounts.write", "budgets.write", "codes.write", "orders.write", "orders.manage", "plans.write", "prices.write",
    "subscriptions.manage",
})  # fmt: skip

# What only the whole gateway has: an organisation's people cannot be given it.
GATEWAY_ONLY = frozenset({
    "announcements.write", "apply.write", "channels.read", "channels.write", "channels.secrets", "codes.read",
    "codes.write", "groups.write", "imports.write", "jobs.read", "jobs.write", "limits.write", "models.write",
    "orders.manage", "plans.write", "prices.read", "prices.write", "safety.read", "safety.write",
    "secrets.reveal", "settings.read", "settings.write", "status.read", "subscriptions.manage", "accounts.write",
})  # fmt: skip
"""Permissions that mean nothing inside one organisation."""

ROLES: Mapping[str, frozenset[str]] = {
    "root": EVERYTHING,
    "admin": EVERYTHING - {"settings.write", "imports.write", "secrets.reveal"},
    "finance": _READ | _MONEY,
    "viewer": _READ,
    "member": frozenset(),
}
"""Built-in roles. Members do what OWN says."""

ORGANISATION_ROLES: Mapping[str, frozenset[str]] = {
    "admin": EVERYTHING - GATEWAY_ONLY,
    "finance": (_READ | {"budgets.write", "orders.write"}) - GATEWAY_ONLY,
    "viewer": _READ - GATEWAY_ONLY,
    "member": frozenset(),
}
"""Built-in roles inside an organisation."""


def reaches(everywhere: Iterable[str], inside: Iterable[str], own: Iterable[str] = OWN) -> dict[str, Reach]:
    """The widest reach of each permission given on the gateway, in the organisation, or on what is one's own."""
    found = dict.fromkeys(own, Reach.OWN)
    found |= dict.fromkeys(set(inside) - GATEWAY_ONLY, Reach.ORGANISATION)
    found |= dict.fromkeys(everywhere, Reach.ALL)
    return found


def narrowed(reach: Mapping[str, Reach], scopes: Iterable[str]) -> dict[str, Reach]:
    """What of `reach` a token with these scopes has; a scope is a permission, or a noun and ".*", or "*"."""
    wanted = set(scopes)
    if "*" in wanted:
        return dict(reach)
    return {name: far for name, far in reach.items() if name in wanted or f"{name.split('.', 1)[0]}.*" in wanted}


def is_scope(text: str) -> bool:
    """Whether a text can be a token's scope."""
    nouns = {name.split(".", 1)[0] for name in PERMISSIONS}
    return text == "*" or text in PERMISSIONS or (text.endswith(".*") and text[:-2] in nouns)
