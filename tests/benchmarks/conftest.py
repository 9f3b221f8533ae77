"""A mock upstream in this process, and a client to it."""

import httpx
import pytest

from benchmarks import mock_upstream


@pytest.fixture
async def mock():
    server, port, state = await mock_upstream.start()
    yield port, state
    server.close()


@pytest.fixture
async def client(mock):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{mock[0]}", timeout=10, trust_env=False) as client:
        yield client
