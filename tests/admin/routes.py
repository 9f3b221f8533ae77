"""What the Admin deployment answers when it is asked about a route, for applications on a database of a test."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from admin.services import RouteQuestion
from deployments.route_explain import Asking, explain
from deployments.settings import Timeouts


def explaining(sessions: async_sessionmaker[AsyncSession]) -> Callable[[RouteQuestion], Awaitable[dict[str, Any]]]:
    """For Services.explain_route."""

    async def explain_route(question: RouteQuestion) -> dict[str, Any]:
        asking = Asking(question.model, question.protocol, question.operation, question.stream, question.key_id)
        async with sessions() as session:
            return await explain(session, Timeouts(), asking)

    return explain_route
