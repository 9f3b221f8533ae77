"""The second half of a login elsewhere: what the provider says becomes a user, a link, and a session.

An account there leads to: the user it is linked to; else the user who began the linking; else one with the same
address, where provider and gateway have both seen it proved and the operator allows that; else a new user, where
providers may make such. Nothing of a provider's answer is shown or logged.
"""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller
from admin.credentials import origin
from admin.federation import oauth, oidc, own_ways
from admin.federation.begin import STATE_S, callback_url, discovery, unreachable
from admin.federation.oauth import ProviderError
from admin.federation.profile import Profile, Unfit, granted, refusal
from admin.federation.settings import Common, Grant, OAuth2, Oidc, Preset, WeChat, parsed, preset
from admin.identity import accounts, sessions
from admin.identity.codes import Used
from admin.identity.registration import Hooks
from admin.options.identity import Identity
from admin.problems import Problem
from admin.services import Services
from storage.models import IdentityLink, IdentityProvider, User
from storage.repositories import credentials, identity_providers, keys, organisations, users
from storage.repositories import sessions as stored_sessions
from storage.repositories.changes import assign

log = logging.getLogger(__name__)


async def identify(
    services: Services, request: Request, provider: IdentityProvider, begun: Used, query: Mapping[str, str]
) -> Profile:
    """Who the provider says came back. Raises 400, 502."""
    secret = services.box.open(provider.secret, f"sso:{provider.slug}") if provider.secret else ""
    settings = parsed(provider.kind, provider.settings)
    try:
        if provider.kind == "telegram":
            return own_ways.telegram(query, secret, services.clock())
        if isinstance(settings, WeChat):
            return await own_ways.wechat(services.http, settings, secret, query["code"])
        callback = await callback_url(services, request, provider.slug)
        if isinstance(settings, Preset):
            settings = preset(provider.kind, settings)
        if isinstance(settings, Oidc):
            return await _oidc(services, settings, secret, begun.data, query, callback)
        if isinstance(settings, OAuth2):
            tokens = await oauth.exchange(
                services.http, settings.token_url, client_id=settings.client_id, secret=secret, way=settings.token_auth,
                code=query["code"], verifier=begun.data["verifier"] if settings.pkce else "", redirect_uri=callback,
            )  # fmt: skip
            github = provider.kind == "github"
            return await oauth.who(services.http, settings, str(tokens["access_token"]), github=github)
    except ProviderError as error:
        log.warning("a login by %s failed: %s", provider.slug, error)
        raise unreachable(error) from None
    except Unfit as error:
        log.warning("a login by %s failed: %s", provider.slug, error)
        raise Problem(502, "The identity provider does not say who this is.", slug="provider-unfit") from None
    raise Problem(404, "There is no such way to sign in.", slug="not-found")


async def _oidc(
    services: Services, settings: Oidc, secret: str, data: Mapping[str, Any], query: Mapping[str, str], callback: str
) -> Profile:
    now = services.clock()
    document = await discovery.document(services.http, settings.issuer, now)
    # RFC 9207: which provider the answer is from, so that one cannot be taken for another.
    if document.names_issuer and query.get("iss") != document.issuer:
        raise ProviderError("the answer is of another issuer")
    tokens = await oauth.exchange(
        services.http, document.token_url, client_id=settings.client_id, secret=secret, way=settings.token_auth,
        code=query["code"], verifier=data["verifier"], redirect_uri=callback,
    )  # fmt: skip
    return await oidc.who(
        services.http,
        discovery,
        settings,
        tokens,
        nonce=data["nonce"],
        now=now,
        again_s=STATE_S if data.get("step_up") else None,
    )


async def enter(
    services: Services, request: Request, provider: IdentityProvider, begun: Used, who: Profile
) -> sessions.Opened | None:
    """Sign in, or link (None). Raises 403, 409."""
    settings = parsed(provider.kind, provider.settings)
    if reason := refusal(_effective(provider, settings), who):
        raise Problem(403, reason, slug="not-admitted")
    try:
        async with services.sessions.begin() as session:
            link = await identity_providers.link_of(session, provider.id, who.subject)
            wanted = begun.data.get("link")
            if (proving := begun.data.get("step_up")) is not None:
                await _prove(session, services, request, provider, link, int(proving))
                return None
            if wanted is not None:
                await _bind(session, services, request, provider, link, who, int(wanted))
                return None
            user, fresh = await _user_of(session, services, request, provider, settings, link, who)
            grant = granted(settings, who)
            if grant is not None and (settings.sync or fresh):
                await _give(session, services, request, user, grant)
            link = await identity_providers.link_of(session, provider.id, who.subject)
            if link is not None:
                link.last_login_at = services.clock()
                link.name, link.email = who.name[:200], who.email
            return await sessions.open_session(
                session, services, request, user, method=f"sso:{provider.slug}", proved=False
            )
    except IntegrityError:
        raise Problem(409, "This account was just linked. Try again.", slug="in-flight") from None


async def _prove(
    session: AsyncSession, services: Services, request: Request, provider: IdentityProvider,
    link: IdentityLink | None, session_id: int,
) -> None:  # fmt: skip
    """Somebody who is signed in has signed in at the provider once more: the second check for a while."""
    row = await stored_sessions.get(session, session_id)
    if row is None or link is None or row.user_id != link.user_id:
        raise Problem(403, "That is not the account of who is signed in here.", slug="not-you")
    user = await users.get(session, row.user_id)
    if user is None or sessions.obstacle(user):
        raise Problem(403, "This account cannot be used now.", slug="account-locked")
    await stored_sessions.step_up(session, session_id, now=services.clock())
    caller = Caller(f"user:{user.name}", "session", {}, user.id, user.organisation_id, session_id, **origin(request))
    await audit.record(
        session, services, caller, "sessions.step_up", kind="session", id=session_id, name=caller.name,
        after={"method": f"sso:{provider.slug}"},
    )  # fmt: skip


def _effective(provider: IdentityProvider, settings: Common) -> Common:
    return preset(provider.kind, settings) if isinstance(settings, Preset) else settings


async def _bind(
    session: AsyncSession, services: Services, request: Request, provider: IdentityProvider,
    link: IdentityLink | None, who: Profile, user_id: int,
) -> None:  # fmt: skip
    """Link the account there to a user who is signed in."""
    user = await users.get(session, user_id)
    if user is None or sessions.obstacle(user):
        raise Problem(403, "This account cannot be linked now.", slug="account-locked")
    if link is not None and link.user_id != user_id:
        raise Problem(409, "That account is linked to somebody else here.", slug="linked-elsewhere")
    if link is None:
        await _link(session, services, request, provider, who, user)


async def _user_of(
    session: AsyncSession, services: Services, request: Request, provider: IdentityProvider, settings: Common,
    link: IdentityLink | None, who: Profile,
) -> tuple[User, bool]:  # fmt: skip
    """The user whom the account there leads to, and whether they are new."""
    if link is not None:
        user = await users.get(session, link.user_id)
        if user is not None:
            return user, False
        await identity_providers.remove_link(session, link)
    if settings.link_by_email and who.email and who.email_verified:
        user = await credentials.find_email(session, who.email)
        if user is not None and user.email_verified_at:
            await _link(session, services, request, provider, who, user)
            return user, False
    if not settings.create:
        raise Problem(
            403, "No account here is linked with that one. Sign in another way and link it.", slug="no-account"
        )
    user = await _made(session, services, request, settings, who)
    await _link(session, services, request, provider, who, user)
    return user, True


async def _made(session: AsyncSession, services: Services, request: Request, settings: Common, who: Profile) -> User:
    options = await services.options.read(session, Identity)
    email = who.email if who.email_verified else ""
    if email and await credentials.find_email(session, email) is not None:
        email = ""  # somebody else's here; whose it really is, is not decided by a login
    name = await _free_name(session, who)
    caller = Caller(f"user:{name}", "session", {}, **origin(request))
    user = await accounts.create(
        session, services, caller, name=name, password_hash=None, email=email or None, verified=bool(email),
        display_name=who.name[:100], group=settings.group or options.registration_group,
    )  # fmt: skip
    for join in Hooks.joined:
        await join(session, services, user, None)
    return user


async def _free_name(session: AsyncSession, who: Profile) -> str:
    """A name that nobody has here, made of the one there."""
    wanted = who.name or who.email.partition("@")[0]
    plain = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in wanted)[:48].strip("-.")
    if len(plain) < 2 or plain.isdigit():
        plain = "user"
    name = plain
    for _ in range(8):
        if await users.find_by_name(session, name) is None:
            return name
        name = f"{plain}-{secrets.token_hex(3)}"
    return f"{plain}-{secrets.token_hex(7)}"


async def _link(
    session: AsyncSession, services: Services, request: Request, provider: IdentityProvider, who: Profile, user: User
) -> None:
    await identity_providers.add_link(
        session,
        IdentityLink(
            provider_id=provider.id, subject=who.subject, user_id=user.id, name=who.name[:200], email=who.email,
            created_at=services.clock(),
        ),
    )  # fmt: skip
    caller = Caller(f"user:{user.name}", "session", {}, user.id, user.organisation_id, **origin(request))
    await audit.record(
        session, services, caller, "identities.link", kind="user", id=user.id, name=user.name,
        after={"provider": provider.slug, "name": who.name},
    )  # fmt: skip


async def _give(session: AsyncSession, services: Services, request: Request, user: User, grant: Grant) -> None:
    """Apply what the provider's groups give. What does not exist here is left out and logged."""
    changes: dict[str, Any] = {}
    if grant.group is not None:
        changes |= {"group": grant.group, "group_by_team": False}
    if grant.organisation_id is not None:
        if await organisations.get(session, grant.organisation_id) is None:
            log.warning("a grant names the organisation %s, which is not there", grant.organisation_id)
            return
        changes["organisation_id"] = grant.organisation_id
        changes |= {"organisation_role": grant.organisation_role or "member", "role_by_team": False}
    if grant.role is not None and user.role != "root":  # whoever runs the gateway is not demoted from outside
        changes["role"] = grant.role
    before = {name: getattr(user, name) for name in changes}
    if not assign(user, changes):
        return
    await session.flush()
    await keys.announce(session, user_id=user.id)
    caller = Caller(f"user:{user.name}", "session", {}, user.id, user.organisation_id, **origin(request))
    await audit.record(
        session, services, caller, "users.grant", kind="user", id=user.id, name=user.name, before=before, after=changes
    )
