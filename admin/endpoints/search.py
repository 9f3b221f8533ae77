"""Finding anything by name, for the command palette: few of each kind, of what the caller reaches."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.caller import Caller, SignedIn
from admin.endpoints.common import problems
from admin.options.base import areas
from admin.permissions import Reach
from admin.schemas.search import Hit, Hits, Kind
from admin.surroundings import Surroundings
from storage.models import Channel, Key, Model, Order, Organisation, Plan, Team, User
from storage.repositories import channels, groups, keys, models, organisations, palette, usage, users

router = APIRouter(prefix="/search", tags=["search"])

_Row = Any


class _Finder:
    """One search: what was found so far."""

    def __init__(self, session: AsyncSession, caller: Caller, text: str, limit: int) -> None:
        self.session = session
        self.caller = caller
        self.text = text
        self.limit = limit
        self.hits: list[Hit] = []
        self.more: list[Kind] = []

    def add(self, kind: Kind, hits: list[Hit]) -> None:
        """Take what was found of a kind, which may be one too many."""
        self.hits += hits[: self.limit]
        if len(hits) > self.limit:
            self.more.append(kind)

    async def rows(self, statement: Select[Any], searched: list[_Row], shown: list[_Row], identity: _Row) -> list[_Row]:
        """One row more than is shown."""
        found = await palette.find(
            self.session, statement, self.text, searched, shown, identity, self.limit + 1
        )  # fmt: skip
        return list(found)

    async def channels(self) -> None:
        if self.caller.reach("channels.read") is not Reach.ALL:
            return
        shown = [Channel.id, Channel.name, Channel.provider, Channel.enabled]
        rows = await self.rows(channels.query(), [Channel.name, Channel.tag], shown, Channel.id)
        self.add("channel", [Hit(kind="channel", ref=str(r[0]), name=r[1], detail=r[2], enabled=r[3]) for r in rows])

    async def users(self) -> None:
        if not self.caller.may("users.read"):
            return
        scope = self.caller.scope("users.read")
        statement = users.query(user_id=scope.user_id, organisation_id=scope.organisation_id)
        shown = [User.id, User.name, User.email, User.enabled]
        rows = await self.rows(statement, [User.name, User.email, User.display_name], shown, User.id)
        self.add("user", [Hit(kind="user", ref=str(r[0]), name=r[1], detail=r[2] or "", enabled=r[3]) for r in rows])

    async def keys(self) -> None:
        if not self.caller.may("keys.read"):
            return
        scope = self.caller.scope("keys.read")
        statement = keys.query(user_id=scope.user_id, organisation_id=scope.organisation_id)
        rows = await self.rows(statement, [Key.name], [Key.id, Key.name, Key.hint, Key.enabled], Key.id)
        self.add("key", [Hit(kind="key", ref=str(r[0]), name=r[1], detail=r[2], enabled=r[3]) for r in rows])

    async def models(self) -> None:
        if not self.caller.may("models.read"):
            return
        statement = models.query()
        if self.caller.reach("models.read") is not Reach.ALL:
            statement = statement.where(Model.visibility != "hidden")
        rows = await self.rows(statement, [Model.name, Model.title], [Model.id, Model.name, Model.title], Model.id)
        self.add("model", [Hit(kind="model", ref=str(r[0]), name=r[1], detail=r[2]) for r in rows])

    async def places(self) -> None:
        """Organisations, teams and groups."""
        if self.caller.may("organisations.read"):
            scope = self.caller.scope("organisations.read")
            home = scope.organisation_id if scope.user_id is None else self.caller.organisation_id or -1
            statement = organisations.query(organisation_id=home)
            shown = [Organisation.id, Organisation.name, Organisation.enabled]
            rows = await self.rows(statement, [Organisation.name], shown, Organisation.id)
            hits = [Hit(kind="organisation", ref=str(r[0]), name=r[1], detail="", enabled=r[2]) for r in rows]
            self.add("organisation", hits)
            if scope.user_id is None:
                teams = select(Team) if home is None else select(Team).where(Team.organisation_id == home)
                found = await self.rows(teams, [Team.name], [Team.id, Team.name], Team.id)
                self.add("team", [Hit(kind="team", ref=str(r[0]), name=r[1], detail="") for r in found])
        if self.caller.reach("groups.read") is Reach.ALL:
            text = self.text.lower()
            names = sorted(row.name for row in await groups.list_all(self.session))
            found_groups = [name for name in names if text in name.lower()][: self.limit + 1]
            self.add("group", [Hit(kind="group", ref=name, name=name, detail="") for name in found_groups])

    async def money(self) -> None:
        """An order by its number, plans by name."""
        if self.caller.may("orders.read"):
            scope = self.caller.scope("orders.read")
            row = await self.session.scalar(select(Order).where(Order.number == self.text))
            if row is not None and scope.holds(row.user_id, row.organisation_id):
                self.add("order", [Hit(kind="order", ref=row.number, name=row.number, detail=row.title)])
        if self.caller.reach("plans.read") is Reach.ALL:
            rows = await self.rows(select(Plan), [Plan.name], [Plan.id, Plan.name], Plan.id)
            self.add("plan", [Hit(kind="plan", ref=str(r[0]), name=r[1], detail="") for r in rows])

    async def request(self) -> None:
        if not self.caller.may("logs.read") or " " in self.text or len(self.text) < 6:
            return
        row = await usage.get(self.session, self.text)
        if row is not None and self.caller.scope("logs.read").holds(row.user_id, row.organisation_id):
            hit = Hit(
                kind="request", ref=row.request_id, name=row.request_id, detail=row.model, enabled=row.status < 400
            )
            self.add("request", [hit])

    def settings(self) -> None:
        """Settings by name, title of their area or description; by name first."""
        if self.caller.reach("settings.read") is not Reach.ALL:
            return
        text = self.text.lower()
        named, described = [], []
        for group in areas().values():
            for name, field in group.model_fields.items():
                hit = Hit(kind="setting", ref=f"{group.area}.{name}", name=name, detail=group.title)
                if text in f"{group.area}.{name}" or text in name.replace("_", " "):
                    named.append(hit)
                elif text in group.title.lower() or text in (field.description or "").lower():
                    described.append(hit)
        self.add("setting", (named + described)[: self.limit + 1])


@router.get("", responses=problems(), operation_id="search_everything")
async def search_everything(
    services: Surroundings,
    caller: SignedIn,
    q: Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00]*$", description="Part of a name.")],
    limit: Annotated[int, Query(ge=1, le=20, description="Of each kind at most.")] = 5,
) -> Hits:
    """What has that in its name, of everything that the caller reaches; requests and orders by their number."""
    async with services.sessions() as session:
        finder = _Finder(session, caller, q.strip() or q, limit)
        await finder.request()
        await finder.channels()
        await finder.users()
        await finder.keys()
        await finder.models()
        await finder.places()
        await finder.money()
    finder.settings()
    return Hits(items=finder.hits, more=finder.more)
