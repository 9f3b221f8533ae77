"""Which payment providers there are, and one of them with its settings of the moment."""

import importlib
import pkgutil
from functools import cache

import admin.payments.providers
from admin.payments.provider import Provider, Way
from admin.services import Services


@cache
def classes() -> dict[str, type[Provider]]:
    """Every provider by name: the classes PROVIDER in the files of admin/payments/providers."""
    found = {}
    for module in pkgutil.iter_modules(admin.payments.providers.__path__):
        made: type[Provider] = importlib.import_module(f"admin.payments.providers.{module.name}").PROVIDER
        found[made.name] = made
    return found


async def find(services: Services, name: str) -> Provider | None:
    """The provider of that name as it is set up now, None when there is none. It may be switched off."""
    made = classes().get(name)
    return None if made is None else made(await services.options.get(made.options), services.http, services.clock)


async def ways(services: Services) -> list[Way]:
    """Every way to pay that is set up."""
    found: list[Way] = []
    for name in sorted(classes()):
        provider = await find(services, name)
        if provider is not None:
            found += provider.ways()
    return found
