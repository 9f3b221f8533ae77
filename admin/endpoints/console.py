"""What the console's first page needs, in one answer for everybody. Holds no secret and nothing about anybody."""

from typing import get_args

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import open_route
from admin.endpoints import announcements, sso
from admin.endpoints.common import problems
from admin.options.bonuses import Bonuses
from admin.options.console import CUSTOM, QUOTA, Console, Locale
from admin.options.identity import Identity
from admin.options.models import ModelOptions
from admin.options.network import Network
from admin.options.payments import Payments
from admin.schemas.console import ConsoleOut, CurrencyShown, Features, Links, LoginWays
from admin.services import Services
from admin.surroundings import Surroundings
from storage import setup_link
from storage.imports.values import QUOTA_PER_USD
from storage.payments.currencies import DIGITS
from storage.repositories import identity_providers

router = APIRouter(tags=["settings"])

LOCALES: tuple[str, ...] = get_args(Locale)
QUOTA_RATE = str(QUOTA_PER_USD)
"""How many of New API's units of quota are 1 USD."""


async def _login(services: Services, session: AsyncSession) -> LoginWays:
    identity = await services.options.get(Identity)
    rows = await identity_providers.list_all(session, enabled_only=True)
    return LoginWays(
        password=identity.password_login,
        password_length=identity.password_length,
        passkeys=identity.passkeys,
        elsewhere=[sso.way(row) for row in rows],
        turnstile_site_key=identity.turnstile_site_key,
        turnstile_on=identity.turnstile_on if identity.turnstile_site_key else [],
        registration=identity.registration,
        verify_email=identity.verify_email,
        password_reset=await services.mail.available(),
    )


async def _currency(services: Services, console: Console) -> CurrencyShown:
    code = console.currency
    if code == CUSTOM:
        rate = console.currency_rate or "1"
        return CurrencyShown(code=code, unit=console.currency_unit, rate=rate, digits=console.currency_digits)
    if code == QUOTA:
        return CurrencyShown(code=code, unit="", rate=console.currency_rate or QUOTA_RATE, digits=0)
    rate = console.currency_rate or (await services.options.get(Payments)).rates.get(code, "")
    if code == "USD" or not rate:
        return CurrencyShown(code="USD", unit="", rate="1", digits=2)
    return CurrencyShown(code=code, unit="", rate=rate, digits=DIGITS[code])


async def _features(services: Services, *, status_page: bool) -> Features:
    bonuses = await services.options.get(Bonuses)
    return Features(
        topups=(await services.options.get(Payments)).topups,
        check_in=bonuses.check_in,
        affiliates=bool(bonuses.inviter or bonuses.invitee or bonuses.share),
        model_list=(await services.options.get(ModelOptions)).public_list,
        status_page=status_page,
    )


@router.get("/public/console", responses=problems(), operation_id="public_console", dependencies=[Depends(open_route)])
async def public_console(services: Surroundings, response: Response) -> ConsoleOut:
    """Name, looks, ways to sign in, features and announcements: what the first page needs."""
    console = await services.options.get(Console)
    async with services.sessions() as session:
        login = await _login(services, session)
        setup_needed = await setup_link.needed(session)
    response.headers["cache-control"] = "no-cache"
    return ConsoleOut(
        name=console.name,
        logo_url=console.logo_url,
        color_scheme=console.color_scheme,
        preset=console.preset,
        default_locale=console.default_locale,
        locales=list(LOCALES),
        version=services.version,
        setup_needed=setup_needed,
        login=login,
        currency=await _currency(services, console),
        features=await _features(services, status_page=console.public_status),
        links=Links(
            docs=console.docs_url, terms=console.terms_url, privacy=console.privacy_url, contact=console.contact_url
        ),
        footer=console.footer,
        public_url=(await services.options.get(Network)).public_url,
        announcements=(await announcements.visible(services, signed_in=False)).items,
    )
