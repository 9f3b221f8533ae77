"""Pages that are made from the API itself: `python -m admin.reference` writes them, a test compares them.

    docs/authorization.md   who may use which route, and how far it reaches
    docs/admin-api.md       the list of routes, between two marks; the rest of the page is written by hand
    docs/options.md         every setting that is changed while the gateway runs

Reads routes and roles, opens nothing.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from admin.app import endpoint_modules
from admin.caller import caller_of, open_route, signed_in, some_step_up, step_up
from admin.dispatch import PREFIX
from admin.options.base import OptionGroup, areas
from admin.permissions import GATEWAY_ONLY, ORGANISATION_ROLES, PERMISSIONS, ROLES, Reach, reaches

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- routes: made by python -m admin.reference -->", "<!-- end of routes -->"

EVERYBODY = {
    **{role: reaches(given, ()) for role, given in ROLES.items()},
    **{f"{role} of an organisation": reaches((), given) for role, given in ORGANISATION_ROLES.items() if given},
}
"""Who the tables are about -> what they may do."""


class Route(NamedTuple):
    """A route and what it asks of its caller. `permission` "" and `least` None: anybody who is signed in, or `public`.

    `proved`: a session proves itself again before it, "always" or "sometimes"; "": never.
    """

    method: str
    path: str
    tag: str
    operation: str
    does: str
    permission: str
    least: Reach | None
    public: bool
    proved: str
    listed: bool

    def reach(self, may: Mapping[str, Reach]) -> Reach | None:
        """How far somebody gets with the route; None: they are refused. Only for routes with a permission."""
        found = may.get(self.permission)
        return None if found is None or self.least is None or found < self.least else found


def routes() -> list[Route]:
    """All routes by path, also those that the API's description leaves out."""
    found = []
    for module in endpoint_modules():
        for name, prefix in (("router", PREFIX), ("public_router", "")):
            router = getattr(module, name, None)
            for each in router.routes if isinstance(router, APIRouter) else ():
                if isinstance(each, APIRoute):
                    found += [_route(each, prefix, method) for method in sorted((each.methods or set()) - {"HEAD"})]
    return sorted(found, key=lambda route: (route.tag, route.path, route.method))


def _route(route: APIRoute, prefix: str, method: str) -> Route:
    calls = list(_calls(route.dependant))
    gates = [call for call in calls if hasattr(call, "permission")]
    return Route(
        method=method,
        path=prefix + route.path_format,
        tag=str(route.tags[0]) if route.tags else "",
        operation=route.operation_id or route.name,
        does=(route.description or "").strip().split("\n\n")[0].replace("\n", " "),
        permission=gates[0].permission if gates else "",
        least=gates[0].least if gates else None,
        public=open_route in calls or not {caller_of, signed_in}.intersection(calls),
        proved="always" if step_up in calls else "sometimes" if some_step_up in calls else "",
        listed=route.include_in_schema,
    )


def _calls(dependant: Dependant) -> Iterator[Any]:
    for below in dependant.dependencies:
        yield below.call
        yield from _calls(below)


def declares(route: APIRoute) -> bool:
    """Whether a route says whom it is for: a permission, somebody who is signed in, or everybody."""
    calls = list(_calls(route.dependant))
    return any(hasattr(call, "permission") for call in calls) or bool(
        {signed_in, step_up, open_route}.intersection(calls)
    )


_PROVED = {"": "", "always": ", a second check", "sometimes": ", a second check for some changes"}
_WORDS = {None: "-", Reach.OWN: "own", Reach.ORGANISATION: "organisation", Reach.ALL: "all"}


def _cells(route: Route) -> list[str]:
    if route.public:
        return ["public"] * len(EVERYBODY)
    if not route.permission:
        return ["yes"] * len(EVERYBODY)
    return [_WORDS[route.reach(may)] for may in EVERYBODY.values()]


def authorization() -> str:
    """docs/authorization.md."""
    head = f"| {{}} | {' | '.join(EVERYBODY)} |\n|---|{'---|' * len(EVERYBODY)}"
    lines = [_AUTHORIZATION, "## Permissions", "", head.format("permission")]
    for name in PERMISSIONS:
        mark = " *" if name in GATEWAY_ONLY else ""
        cells = [_WORDS[may.get(name)] for may in EVERYBODY.values()]
        lines.append(f"| `{name}`{mark} | {' | '.join(cells)} |")
    lines += ["", "\\* Means nothing inside one organisation.", "", "## Routes", "", head.format("route | needs")]
    lines[-1] = lines[-1].replace("|---|", "|---|---|", 1)
    for route in routes():
        need = f"`{route.permission}`" if route.permission else "nobody" if route.public else "a caller"
        need += _PROVED[route.proved]
        lines.append(f"| `{route.method} {_short(route)}` | {need} | {' | '.join(_cells(route))} |")
    return "\n".join(lines) + "\n"


def _short(route: Route) -> str:
    return route.path.removeprefix(PREFIX) if route.path.startswith(PREFIX) else route.path


def api_table() -> str:
    """The routes of docs/admin-api.md."""
    lines = [BEGIN]
    tag = None
    for route in routes():
        if not route.listed:
            continue
        if route.tag != tag:
            tag = route.tag
            lines += ["", f"### {tag or 'Others'}", "", "| route | does | needs |", "|---|---|---|"]
        need = f"`{route.permission}`" if route.permission else "nobody" if route.public else "a caller"
        lines.append(f"| `{route.method} {_short(route)}` | {_cell(route.does)} | {need} |")
    return "\n".join([*lines, "", END])


def api_page(page: str) -> str:
    """docs/admin-api.md with the routes as they are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + api_table() + after


def options_page() -> str:
    """docs/options.md."""
    lines = [_OPTIONS]
    for area, group in areas().items():
        lines += [f"## {group.title}", "", f"Area `{area}`.", "", "| option | default | what it is |", "|---|---|---|"]
        lines += [_option(group, name) for name in group.model_fields]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _option(group: type[OptionGroup], name: str) -> str:
    field = group.model_fields[name]
    default = json.dumps(group().model_dump(mode="json")[name], ensure_ascii=False)
    form = group.model_json_schema()["properties"][name]
    bounds = [f"{word} {form[key]}" for key, word in _BOUNDS.items() if key in form]
    if "enum" in form:
        bounds.append("one of " + ", ".join(f"`{value}`" for value in form["enum"]))
    marks = [
        word
        for word, there in (
            ("secret", group.is_secret(name)),
            ("public", group.is_public(name)),
            ("counts from the next start", group.needs_restart(name)),
        )
        if there
    ]
    more = f" ({'; '.join(bounds + marks)})" if bounds or marks else ""
    shown = "" if group.is_secret(name) else f"`{_cell(default)}`"
    return f"| `{name}` | {shown} | {_cell(field.description or '')}{more} |"


_BOUNDS = {"minimum": "at least", "maximum": "at most", "maxLength": "characters at most", "maxItems": "items at most"}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_AUTHORIZATION = """# Who may do what

<!-- Made by `python -m admin.reference` from the permissions and routes; a test asks every route as everybody. -->

A permission is a noun and a verb. A user has a role on the gateway and, inside an organisation, another one; each
is a built-in role or a permission set. What a role permits reaches as far as the place it was given in:

| reach | whose things |
|---|---|
| all | everything on this gateway |
| organisation | what belongs to the caller's organisation and its people |
| own | what belongs to the caller |

- The widest reach of all roles counts. Everybody who is signed in has the reach "own" of the permissions that the
  column `member` shows.
- What is out of reach does not exist: it is answered like an id that nobody has, with 404. A permission that somebody
  does not have at all is a 403.
- Who gives a role has `roles.write` and everything that the role permits; the same holds for permission sets, tokens
  and what identity providers give. Nobody changes a user who may do more than they.
- An organisation's people move nobody into or out of it, and choose groups only among those that operators gave it.
- The last root who can sign in cannot be removed, disabled, locked or demoted.
- An automation token does what its user may do, as far as its scopes go. One that is nobody's does what its scopes say;
  only who reaches all of that makes one.
- An operator's token (`gwa-...`) may do everything. It belongs to the machine, not to a person: `gateway admin-token`.
- "A second check": a session has proved itself again within the last 10 minutes (password, passkey or code); an
  automation token needs `secrets.reveal`.
- Some routes ask more of what a request says: each names it in its description.
- `settings.write` decides how people sign in and where mails go: who has it can become anybody. Give it as you would
  give `root`.
"""

_OPTIONS = """# Options

<!-- Made by `python -m admin.reference` from admin/options/. -->

Settings that are changed while the gateway runs, in the console or by `PATCH /settings/{area}`. What is needed to start
is in [settings.md](settings.md).

A value comes from, the later one winning: its default; `options` in serve_config.yaml; the environment
(`GATEWAY_OPTION_MAIL__PORT=587`, lists and mappings as JSON); the console. `null` in a PATCH forgets what the console
has set. Secrets are sealed in the database and never shown. A change counts within two seconds; the audit log has it.

    options:
      mail: {host: smtp.example.com, port: 587}
"""


def main() -> None:
    """Write the pages; --check only says whether they are as they should be."""
    pages = {
        "authorization.md": authorization(),
        "admin-api.md": api_page((DOCS / "admin-api.md").read_text(encoding="utf-8")),
        "options.md": options_page(),
    }
    different = []
    for name, text in pages.items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            different.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_text(text, encoding="utf-8")
    sys.stdout.write(f"changed: {', '.join(different)}\n" if different else "nothing to change\n")
    sys.exit(1 if different and "--check" in sys.argv[1:] else 0)


if __name__ == "__main__":
    main()
