"""A gateway of tests/deployments in front of one scripted provider that speaks the four protocols."""

from collections.abc import Awaitable, Callable

import pytest

from tests.clients.provider import Say, Script
from tests.clients.vendors import add_channels
from tests.deployments.conftest import (
    empty_database,
    make_gateway,
    make_upstream,
    pytest_asyncio_loop_factories,
    upstream,
)
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

__all__ = ["empty_database", "make_gateway", "make_upstream", "pytest_asyncio_loop_factories", "upstream"]


@pytest.fixture
async def served(make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream) -> Gateway:
    """A gateway with the models x-chat, x-responses, x-messages and x-gemini, each on a vendor of that protocol."""
    gateway = await make_gateway()
    await add_channels(gateway, upstream)
    return gateway


@pytest.fixture
def scripted(upstream: Upstream) -> Callable[..., Script]:
    """A function that makes the provider say this, answer after answer."""

    def script(*answers: Say) -> Script:
        made = Script(list(answers))
        upstream.behave = made
        return made

    return script
