"""What the audit log says was done, and of which kinds of objects: the console has words for each, and tests check it.

An action is a noun and a verb: "keys.create". Records nothing; audit.py does.
"""

_VERBS = {
    "accounts": "book",
    "announcements": "create change delete import",
    "apply": "create update delete",
    "budgets": "create change delete reset",
    "captures": "create change delete purge read remove",
    "channels": "create change copy delete enable disable export import models retry test balance rollback",
    "channels.keys": "add change delete disable enable_all disable_all delete_auto delete_all",
    "codes": "create enable disable delete export import redeem remove-unusable reveal",
    "groups": "set delete import order",
    "identities": "link unlink",
    "identity_providers": "create change delete",
    "invitations": "create delete",
    "jobs": "run cancel",
    "keys": "create change delete import rotate",
    "limits": "set delete",
    "mail": "test",
    "models": "create change delete",
    "notifications": "low_balance",
    "orders": "create cancel complete refund refund-ask refund-done refund-failed",
    "organisations": "create change delete quota",
    "passkeys": "add change remove",
    "plans": "create change delete",
    "prices": "set end import sync",
    "roles": "create change delete",
    "safety": "create change delete",
    "sessions": "open close close_all close_others step_up",
    "settings": "change import rollback",
    "subscriptions": "buy change change_plan end give reset",
    "targets": "create change delete rotate redeliver",
    "tasks": "cancel",
    "teams": "create change delete join leave",
    "tokens": "create change delete",
    "usage": "rerate",
    "users": "create change grant import lock unlock password password_reset purge quota recovery_codes remove restore "
    "second_factors totp_off totp_on",
    "vendors": "create change delete",
    "views": "share change delete",
    "webhooks": "create change delete rotate redeliver",
}

ACTIONS = frozenset(f"{noun}.{verb}" for noun, verbs in _VERBS.items() for verb in verbs.split())

KINDS = frozenset({
    "account", "announcement", "budget", "capture", "capture_rule", "channel", "channels", "code", "group",
    "identity_provider", "invitation", "job", "key", "limit", "mail", "model", "order", "organisation", "passkey",
    "plan", "price", "role", "safety_rule", "schedule", "session", "settings", "subscription", "target", "task", "team",
    "token", "usage", "user", "vendor", "view", "webhook",
})  # fmt: skip
