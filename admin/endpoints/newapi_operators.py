"""New API's routes about the site, read only: /api/status, /api/pricing, /api/models, /api/channel/."""

from collections import Counter
from decimal import Decimal
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request

from admin import price_list
from admin.caller import Caller, caller_of, needs, needs_all, open_route
from admin.endpoints.common import problems
from admin.newapi_pages import AUTO_OFF, OFF, ON, Numbered
from admin.options.identity import Identity
from admin.options.mail import Mail
from admin.options.models import ModelOptions
from admin.options.network import Network
from admin.schemas import newapi
from admin.schemas.model import OfferedModel
from admin.services import Services
from admin.surroundings import Surroundings
from storage import numbered
from storage.models import Channel, ChannelState
from storage.pricing.units import quota_units
from storage.repositories import channel_states, channels, usage_totals

public_router = APIRouter(tags=["as New API"])

QUOTA_PER_USD = 500_000
_MODEL_RATIO_ONE = Decimal(2)  # USD per 1,000,000 tokens


@public_router.get(
    "/api/status", responses=problems(), operation_id="new_api_status", dependencies=[Depends(open_route)]
)
async def status(services: Surroundings) -> newapi.Status:
    """What everybody may know of the site, as far as this gateway has it."""
    mail, network = await services.options.get(Mail), await services.options.get(Network)
    identity = await services.options.get(Identity)
    data = {
        "version": services.version,
        "system_name": mail.sender_name,
        "server_address": network.public_url,
        "quota_per_unit": QUOTA_PER_USD,
        "display_in_currency": True,
        "quota_display_type": "USD",
        "email_verification": identity.verify_email,
        "password_login_enabled": identity.password_login,
        "register_enabled": identity.registration != "off",
        "turnstile_check": bool(identity.turnstile_site_key and identity.turnstile_secret),
        "turnstile_site_key": identity.turnstile_site_key,
        "setup": True,
    }
    return newapi.Answer(data=data)


@public_router.get(
    "/api/pricing", responses=problems(), operation_id="new_api_pricing", dependencies=[Depends(open_route)]
)
async def pricing(services: Surroundings, request: Request) -> newapi.Pricing:
    """What is served and what it costs. Needs somebody who is signed in unless the option models.public_list is on."""
    everybody = (await services.options.get(ModelOptions)).public_list
    if not everybody:
        await caller_of(request, services)
    found = await price_list.price_list(request.app, services, everybody=everybody)
    groups = {name: float(ratio) for name, ratio in found.groups.items()}
    return newapi.Pricing(
        data=[_priced(one, list(groups)) for one in found.models if one.price is not None],
        group_ratio=groups,
        usable_group={name: name for name in groups},
    )


def _priced(model: OfferedModel, groups: list[str]) -> newapi.PricedModel:
    price = model.price
    amounts = (price.input, price.output, price.cache_read, price.call) if price is not None else ("0",) * 4
    given, out, cached, call = (Decimal(amount) for amount in amounts)
    per_call = bool(call) and not given and not out
    return newapi.PricedModel(
        model_name=model.name,
        description=model.description,
        icon=model.icon,
        tags=",".join(model.tags),
        vendor_name=model.vendor or "",
        quota_type=int(per_call),
        model_ratio=float(given / _MODEL_RATIO_ONE),
        model_price=float(call) if per_call else 0.0,
        completion_ratio=float(out / given) if given else 0.0,
        cache_ratio=float(cached / given) if given else 0.0,
        enable_groups=groups,
    )


@public_router.get("/api/user/models", responses=problems(), operation_id="new_api_user_models")
async def user_models(
    services: Surroundings, _caller: Annotated[Caller, needs("models.read")], request: Request
) -> newapi.Answer[list[str]]:
    """The names of the models that are served."""
    found = await price_list.price_list(request.app, services, everybody=False)
    return newapi.Answer(data=[one.name for one in found.models])


@public_router.get("/api/models", responses=problems(), operation_id="new_api_models")
@public_router.get("/api/models/", include_in_schema=False)
async def models_by_type(
    services: Surroundings, _caller: Annotated[Caller, needs_all("channels.read")]
) -> newapi.Answer[dict[str, list[str]]]:
    """The models of the channels that are on, by New API's number of their type."""
    found: dict[str, dict[str, None]] = {}
    async with services.sessions() as session:
        for row in await channels.list_all(session):
            if row.enabled:
                found.setdefault(str(_type(services, row)), {}).update(dict.fromkeys(row.models))
    return newapi.Answer(data={number: list(names) for number, names in sorted(found.items())})


@public_router.get("/api/channel/", responses=problems(), operation_id="new_api_channels")
@public_router.get("/api/channel", include_in_schema=False)
async def list_channels(
    services: Surroundings, _caller: Annotated[Caller, needs_all("channels.read")], place: Numbered
) -> newapi.Answer[newapi.ChannelPage]:
    """Channels, the newest first, without their secrets."""
    async with services.sessions() as session:
        rows, total = await numbered.page(
            session, channels.query(), Channel.id.desc(), skip=place.skip, limit=place.size
        )
        states = await channel_states.of(session, [row.id for row in rows])
        items = []
        for row in rows:
            (sums,) = await usage_totals.totals(session, channel_id=row.id)
            items.append(_channel(services, row, states.get(row.id), sums.cost))
    counts = Counter(str(item.type) for item in items)
    page = newapi.ChannelPage(
        page=place.number, page_size=place.size, total=total, items=items, type_counts=dict(counts)
    )
    return newapi.Answer(data=page)


def _type(services: Services, row: Channel) -> int:
    provider = services.providers.get(row.provider)
    return provider.new_api[0] if provider is not None and provider.new_api else 0


def _channel(services: Services, row: Channel, state: ChannelState | None, used: int) -> newapi.ChannelItem:
    off = AUTO_OFF if row.off_by == "auto" else OFF
    renamed = {public: upstream for public, upstream in row.models.items() if upstream}
    seen = state if state is not None else ChannelState(channel_id=row.id, test_ms=0, balance=None)
    return newapi.ChannelItem(
        id=row.id,
        type=_type(services, row),
        name=row.name,
        status=ON if row.enabled else off,
        weight=row.weight,
        priority=row.priority,
        created_time=int(row.created_at.timestamp()),
        test_time=int(seen.tested_at.timestamp()) if seen.tested_at is not None else 0,
        response_time=seen.test_ms,
        test_model=row.test_model,
        base_url=row.base_url,
        balance=(seen.balance or 0) / 10**9,
        balance_updated_time=int(seen.balance_at.timestamp()) if seen.balance_at is not None else 0,
        models=",".join(row.models),
        group=",".join(row.groups or ()),
        used_quota=quota_units(used),
        model_mapping=msgspec.json.encode(renamed).decode() if renamed else "",
        auto_ban=int(row.auto_disable),
        tag=row.tag,
        remark=row.remark,
    )
