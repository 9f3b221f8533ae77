"""The short forms of two chaos scenarios: a cent and 200 requests, rate limits; two replicas, PostgreSQL and Redis."""

import asyncio

import pytest

from tests.chaos import cent, rates
from tests.chaos.world import REPLICAS, World
from tests.integration.conftest import MakeInstance


@pytest.mark.slow
async def test_a_cent_and_a_limit_are_exact_over_two_replicas(
    make_instance: MakeInstance, upstream: str, postgres_database: str, redis_url: str
):
    stores = {"database_url": postgres_database, "redis_url": redis_url}
    gateway = make_instance({"ingress": REPLICAS, **stores})
    try:
        await asyncio.to_thread(gateway.start)
        world = World(gateway, postgres_database)
        await asyncio.to_thread(world.set_up, upstream)
        print()
        await cent.run(world, short=True)
        await rates.run(world, short=True)
    finally:
        await asyncio.to_thread(gateway.close)
    assert world.problems == []
