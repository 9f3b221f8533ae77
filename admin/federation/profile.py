"""Who somebody is, as a provider says; and what follows from it: whether they may come in, and what they get. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from admin.federation.settings import Common, Grant, Rule


class Profile(NamedTuple):
    """`subject` is the provider's unchanging name of the account. `email` is in small letters, "" without one."""

    subject: str
    name: str
    email: str
    email_verified: bool
    claims: Mapping[str, Any]


class Unfit(ValueError):  # noqa: N818  # not an error of ours
    """The provider's answer does not say who this is."""


def at(claims: Any, path: str) -> Any:  # noqa: ANN401  # whatever JSON holds
    """What stands at a dotted path; numbers are places in lists; None where nothing is."""
    found = claims
    if isinstance(claims, Mapping) and path in claims:  # names such as "https://example.com/groups"
        return claims[path]
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, Sequence) and not isinstance(found, str) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def profile(claims: Mapping[str, Any], *, subject: str, name: str, email: str, verified: str) -> Profile:
    """The profile in a provider's answer; the arguments are paths. Raises Unfit."""
    who = at(claims, subject)
    if isinstance(who, bool) or not isinstance(who, str | int) or not 0 < len(str(who)) <= 255:
        raise Unfit("the provider does not say which account this is")
    address = at(claims, email)
    plain = address.strip().lower() if isinstance(address, str) else ""
    if plain.count("@") != 1 or len(plain) > 254 or not plain.isprintable() or " " in plain:
        plain = ""
    called = at(claims, name)
    shown = "".join(sign for sign in called if sign.isprintable())[:64] if isinstance(called, str) else ""
    return Profile(str(who), shown.strip(), plain, bool(plain and verified and at(claims, verified) is True), claims)


def refusal(settings: Common, who: Profile) -> str:
    """Why somebody may not come in, "" when they may."""
    if settings.domains:
        domain = who.email.partition("@")[2]
        if not who.email_verified or domain not in {each.lower() for each in settings.domains}:
            return "Only verified addresses of certain domains may sign in here."
    if not all(holds(rule, who.claims) for rule in settings.rules):
        return "Your account there does not have what it needs to sign in here."
    return ""


def granted(settings: Common, who: Profile) -> Grant | None:
    """What somebody gets, None: nothing in particular."""
    for grant in settings.grants:
        found = at(who.claims, grant.path)
        if found == grant.value or (isinstance(found, list) and grant.value in found):
            return grant
    return None


def holds(rule: Rule, claims: Mapping[str, Any]) -> bool:
    """Whether a rule holds. What is not there holds no rule but those that say so."""
    found = at(claims, rule.path)
    if rule.op in ("exists", "not_exists"):
        return (found is not None) == (rule.op == "exists")
    if found is None:
        return rule.op in ("ne", "not_in", "not_contains")
    if rule.op in ("eq", "ne"):
        return bool(found == rule.value) == (rule.op == "eq")
    if rule.op in ("in", "not_in"):
        inside = isinstance(rule.value, list) and found in rule.value
        return inside == (rule.op == "in")
    if rule.op in ("contains", "not_contains"):
        inside = isinstance(found, str | list) and _inside(found, rule.value)
        return inside == (rule.op == "contains")
    return _compared(rule.op, found, rule.value)


def _inside(found: str | list[Any], value: object) -> bool:
    return value in found if isinstance(found, list) else isinstance(value, str) and value in found


def _compared(op: str, found: object, value: object) -> bool:
    numbers = (int, float)
    if isinstance(found, bool) or isinstance(value, bool):
        return False
    if not isinstance(found, numbers) or not isinstance(value, numbers):
        return False
    results = {"gt": found > value, "gte": found >= value, "lt": found < value, "lte": found <= value}
    return results[op]
