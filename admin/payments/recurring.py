"""Telling a provider to charge no more for what it charges again and again."""

from admin.payments import registry
from admin.payments.provider import ProviderError, UnknownResultError
from admin.problems import Problem
from admin.services import Services


async def stop(services: Services, name: str, ref: str) -> None:
    """End what the provider `name` charges under `ref`; told twice it is the same. Raises a Problem (502)."""
    provider = await registry.find(services, name)
    if provider is None or not ref:
        return
    try:
        await provider.stop(ref)
    except (ProviderError, UnknownResultError) as error:
        raise Problem(502, f"{provider.title} goes on charging: {error}. Try again.", slug="provider-away") from None
