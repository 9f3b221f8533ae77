"""Teams: people of one organisation who share keys, budgets and limits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, BigId, now

LEAD = "lead"
MEMBER = "member"


class Team(Base):
    """A team; names are unique inside an organisation."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(64), index=True)
    remark: Mapped[str] = mapped_column(String(255), default="")
    models: Mapped[list[str] | None] = mapped_column(default=None)  # that its keys may use at most, None = all
    external_id: Mapped[str | None] = mapped_column(String(255), default=None, index=True)  # of a directory (SCIM)
    grants_role: Mapped[str] = mapped_column(String(64), default="")  # its members' role inside the organisation
    grants_group: Mapped[str] = mapped_column(String(64), default="")  # its members' group; "": none comes with it
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class TeamMember(Base):
    """A user in a team."""

    __tablename__ = "team_members"

    team_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    role: Mapped[str] = mapped_column(String(8), default=MEMBER)  # or LEAD
