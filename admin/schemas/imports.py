"""Taking over another gateway's data, on the wire: rows as they are there, and what became of each."""

from typing import Annotated, Any, Literal

from pydantic import Field

from admin.schemas.base import MAX_ID, Flag, Wire

MAX_ROWS = 10_000
"""Options come all together; of other tables the command sends 50 at a time."""

Outcome = Literal["taken", "known", "refused"]


class ImportBatch(Wire):
    """A page of one table of a New API database."""

    source: Annotated[
        str,
        Field(
            strict=True,
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$",
            description="What that gateway is called here; the same in every run.",
            examples=["new-api"],
        ),
    ]
    table: Literal["users", "tokens", "channels", "redemptions", "options"]
    rows: Annotated[
        list[dict[str, Any]],
        Field(max_length=MAX_ROWS, description="Column -> value; of `options` all rows together.", examples=[[]]),
    ]
    dry_run: Flag = False
    quota_per_usd: Annotated[int, Field(strict=True, ge=1, le=10**9, description="Its option QuotaPerUnit.")] = 500_000
    expected_users: Annotated[
        list[Annotated[int, Field(strict=True, ge=0, le=MAX_ID)]],
        Field(max_length=MAX_ROWS, description="For a dry run of tokens: users that a dry run said would be taken."),
    ] = Field(default_factory=list)


class ImportItem(Wire):
    """What became of one thing. `known`: an earlier run took it, and it is left as it is now."""

    kind: str = Field(examples=["user"])
    id: str = Field(description="Its id or name there.")
    name: str = Field(description="Its name here.")
    outcome: Outcome
    reason: str = Field(default="", description="Why it was refused.")
    notes: list[str] = Field(default_factory=list, description="What of it was changed or left out.")


class ImportDone(Wire):
    """The items in the order of the rows."""

    items: list[ImportItem]
