"""Signing in with an account elsewhere, as a browser goes through it; and linking such accounts to one's own."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin import audit
from admin.caller import Caller, SignedIn, open_route, step_up
from admin.credentials import client_ip
from admin.endpoints.common import problems
from admin.endpoints.login import Open
from admin.federation import begin, finish
from admin.federation.settings import Telegram, WeChat, parsed
from admin.identity import codes, proofs, sessions, throttle
from admin.identity.throttle import counter
from admin.problems import Problem
from admin.schemas.base import MAX_ID
from admin.schemas.identity_provider import BegunOut, CodeIn, DoneOut, LinkList, LinkOut, WayIn, WaysIn
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import IdentityProvider
from storage.repositories import credentials, identity_providers
from storage.repositories.attempts import Allowance

router = APIRouter(tags=["sso"])

Slug = Annotated[str, Path(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9-]*$", examples=["company"])]
Next = Annotated[str, Query(alias="next", max_length=1000, pattern=r"^[^\x00]*$", description="A path of the console.")]
STARTS = Allowance(60, 300, 60)
"""Logins that one address (IP) may begin."""


async def _take_start(services: Services, request: Request) -> None:
    await throttle.take(services, [(counter("sso", throttle.place(client_ip(request))), STARTS)])


@router.get("/sso", responses=problems(), operation_id="ways_in", dependencies=[Depends(open_route)])
async def ways_in(services: Surroundings) -> WaysIn:
    """The ways to sign in elsewhere."""
    async with services.sessions() as session:
        rows = await identity_providers.list_all(session, enabled_only=True)
    return WaysIn(items=[way(row) for row in rows])


def way(row: IdentityProvider) -> WayIn:
    """What a page needs to begin a login there."""
    settings = parsed(row.kind, row.settings)
    return WayIn(
        slug=row.slug,
        kind=row.kind,
        title=row.title,
        start=f"/api/v1/sso/{row.slug}/start",
        bot_name=settings.bot_name if isinstance(settings, Telegram) else "",
        qr_code_url=settings.qr_code_url if isinstance(settings, WeChat) else "",
    )


@router.get(
    "/sso/{slug}/start",
    responses=problems(404, 429, 502) | {303: {"description": "To the provider."}},
    operation_id="start_sso",
    status_code=303,
    response_class=RedirectResponse,
    dependencies=[Depends(open_route)],
)
async def start(services: Surroundings, request: Request, slug: Slug, next_path: Next = begin.CONSOLE) -> Response:
    """Begin a login: the browser goes to the provider."""
    await _take_start(services, request)
    provider = await begin.provider_of(services, slug)
    begun = await begin.begin(services, request, provider, next_path=next_path)
    answer = RedirectResponse(begun.url, 303)
    begin.give_state(answer, begun.state, secure=await begin.is_secure(services, request))
    return answer


@router.post("/sso/{slug}/begin", responses=problems(404, 429, 502), operation_id="begin_sso", dependencies=Open)
async def begin_by_page(
    services: Surroundings, request: Request, slug: Slug, response: Response, next_path: Next = begin.CONSOLE
) -> BegunOut:
    """The same for a page that shows the provider's own button (Telegram, WeChat)."""
    await _take_start(services, request)
    return await _begun(services, request, response, slug, next_path)


@router.post("/me/identities/{slug}", responses=problems(400, 404, 429, 502), operation_id="link_identity")
async def link(
    services: Surroundings, request: Request, caller: Annotated[Caller, Depends(step_up)], slug: Slug,
    response: Response, next_path: Next = begin.CONSOLE,
) -> BegunOut:  # fmt: skip
    """Begin to link an account there to one's own."""
    user_id, _ = _of_session(caller)
    return await _begun(services, request, response, slug, next_path, link_to=user_id)


@router.post("/me/step-up/sso/{slug}", responses=problems(400, 404, 429, 502), operation_id="step_up_by_sso")
async def prove(
    services: Surroundings, request: Request, caller: SignedIn, slug: Slug, response: Response,
    next_path: Next = begin.CONSOLE,
) -> BegunOut:  # fmt: skip
    """Begin a second check at a provider, for those who have nothing here that proves who they are."""
    user_id, session_id = _of_session(caller)
    async with services.sessions() as session:
        stronger = await proofs.methods(session, services, user_id)
    if stronger:
        # Some providers let a browser through that signed in there days ago.
        raise proofs.not_enough(stronger)
    return await _begun(services, request, response, slug, next_path, step_up=session_id)


async def _begun(
    services: Services, request: Request, response: Response, slug: str, next_path: str, *,
    link_to: int | None = None, step_up: int | None = None,
) -> BegunOut:  # fmt: skip
    provider = await begin.provider_of(services, slug)
    begun = await begin.begin(services, request, provider, next_path=next_path, link_to=link_to, step_up=step_up)
    begin.give_state(response, begun.state, secure=await begin.is_secure(services, request))
    return BegunOut(url=begun.url, state=begun.state)


def _of_session(caller: Caller) -> tuple[int, int]:
    if caller.user_id is None or caller.session_id is None:
        raise Problem(400, "This needs somebody who is signed in with a browser.", slug="no-session")
    return caller.user_id, caller.session_id


@router.get(
    "/sso/{slug}/callback",
    responses=problems(400, 404, 502) | {303: {"description": "To the console, signed in or with what went wrong."}},
    operation_id="finish_sso",
    status_code=303,
    response_class=RedirectResponse,
    dependencies=[Depends(open_route)],
)
async def callback(
    services: Surroundings,
    request: Request,
    slug: Slug,
    state: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
) -> Response:
    """Where the provider sends the browser back to. What goes wrong is told by the console."""
    answer = RedirectResponse(begin.CONSOLE, 303)
    try:
        target, opened = await _finish(services, request, answer, slug, state, dict(request.query_params))
    except Problem as problem:
        answer.headers["location"] = f"{begin.CONSOLE}/login?" + urlencode({"problem": problem.slug})
        answer.headers["cache-control"] = "no-store"
        return answer
    if opened is not None:
        opened.give(answer)
    answer.headers["location"] = target
    answer.headers["cache-control"] = "no-store"
    answer.headers["referrer-policy"] = "no-referrer"
    return answer


@router.post(
    "/sso/{slug}/code",
    responses=problems(400, 403, 404, 409, 413, 429, 502),
    operation_id="sso_code",
    dependencies=Open,
)
async def by_code(services: Surroundings, request: Request, slug: Slug, wanted: CodeIn, response: Response) -> DoneOut:
    """Sign in by the code that an official account answers with (WeChat)."""
    await throttle.take(services, [(counter("sso-code", throttle.place(client_ip(request))), throttle.SECOND_FACTORS)])
    target, opened = await _finish(services, request, response, slug, wanted.state, {"code": wanted.code})
    if opened is not None:
        opened.give(response)
    return DoneOut(next=target)


async def _finish(
    services: Services, request: Request, response: Response, slug: str, state: str, query: dict[str, str]
) -> tuple[str, sessions.Opened | None]:
    """Use the state up, ask the provider, open the session; where to go then. Raises a Problem."""
    secure = await begin.is_secure(services, request)
    if not begin.take_state(request, response, state, secure=secure):
        raise Problem(400, "This login was not begun in this browser, or too long ago.", slug="login-expired")
    async with services.sessions.begin() as session:
        begun = await codes.use(session, "sso", state, now=services.clock())
    if begun is None or begun.data.get("slug") != slug:
        raise Problem(400, "This took too long, or was done already. Begin again.", slug="login-expired")
    provider = await begin.provider_of(services, slug)
    if query.get("error"):
        raise Problem(403, "The identity provider did not let you in, or you went back.", slug="provider-refused")
    if provider.kind == "wechat" and request.method != "POST":
        # Its codes are short enough to be guessed: only the route that counts guesses takes them.
        raise Problem(400, "This code is not brought by a browser's way back.", slug="provider-unfit")
    if provider.kind != "telegram" and not 0 < len(query.get("code", "")) <= 4096:
        raise Problem(400, "The identity provider's answer has no code.", slug="provider-unfit")
    who = await finish.identify(services, request, provider, begun, query)
    return str(begun.data["next"]), await finish.enter(services, request, provider, begun, who)


@router.get("/me/identities", responses=problems(), operation_id="list_identities")
async def list_links(services: Surroundings, caller: SignedIn) -> LinkList:
    """One's accounts elsewhere."""
    if caller.user_id is None:
        return LinkList(items=[])
    async with services.sessions() as session:
        found = await identity_providers.links_of(session, caller.user_id)
    return LinkList(
        items=[
            LinkOut(
                id=row.id, provider=provider.slug, title=provider.title, name=row.name, email=row.email,
                created_at=row.created_at, last_login_at=row.last_login_at,
            )
            for row, provider in found
        ]
    )  # fmt: skip


@router.delete(
    "/me/identities/{link}", status_code=204, responses=problems(400, 404, 409), operation_id="unlink_identity"
)
async def unlink(
    services: Surroundings,
    caller: Annotated[Caller, Depends(step_up)],
    link: Annotated[int, Path(ge=1, le=MAX_ID)],
) -> None:
    """Part an account from one's own; not the last way to sign in."""
    user_id = caller.user_id or -1
    async with services.sessions.begin() as session:
        found = {row.id: (row, provider) for row, provider in await identity_providers.links_of(session, user_id)}
        if link not in found:
            raise Problem(404, f"There is no linked account {link}.", slug="not-found")
        row, provider = found[link]
        own = await credentials.get(session, user_id)
        other_ways = (own is not None and own.password is not None) or await credentials.count_passkeys(
            session, user_id
        )
        if not other_ways and await identity_providers.count_links(session, user_id) < 2:
            raise Problem(
                409, "This is your only way to sign in. Set a password or a passkey first.", slug="last-way-in"
            )
        await identity_providers.remove_link(session, row)
        await audit.record(
            session, services, caller, "identities.unlink", kind="user", id=user_id, name=caller.name,
            before={"provider": provider.slug, "name": row.name},
        )  # fmt: skip
