"""The price on the wire: decimal text in USD; integers (nano-USD) everywhere behind it."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, Field, model_validator

from admin.schemas.amounts import Usd, UsdEach, nano_to_usd, usd_to_nano
from admin.schemas.base import Fields, StoredTime, Text, UtcTime, Wire
from admin.schemas.models import Pattern
from admin.schemas.price_terms import Kinds, RatioSet, TierSet, WindowSet, shown, terms_of
from storage.models import Price
from storage.pricing.entry import ANY_MODEL, NO_TERMS, PriceEntry, entry_of, stored
from storage.pricing.entry import terms_of as stored_terms
from storage.pricing.newapi import amounts, model_ratios

AMOUNTS = ("input", "output", "cache_read", "cache_write")
COLUMNS = (*AMOUNTS, "terms")


def _no_glob(value: str) -> str:
    if "*" in value and value != ANY_MODEL:
        raise ValueError("must be one model name, or * alone for every model without a price, not a glob")
    return value


PriceModel = Annotated[Pattern, AfterValidator(_no_glob), Field(examples=["gpt-5-mini"])]
Source = Literal["seed", "operator", "apply"]


class PriceSet(Wire):
    """A new version of the price of (provider, model). Empty provider: any provider. Model *: those without a price.

    Either amounts in USD, or `ratios` in New API's terms.
    """

    model: PriceModel
    provider: Annotated[Text, Field(max_length=64)] = ""
    input: Usd | None = Field(default=None, description="Required unless `ratios` are given.")
    output: Usd | None = Field(default=None, description="Required unless `ratios` are given.")
    cache_read: Usd | None = Field(default=None, description="null: as input.")
    cache_write: Usd | None = Field(default=None, description="null: as input.")
    cache_write_1h: Usd | None = Field(default=None, description="null: as cache_write.")
    reasoning: Usd | None = Field(default=None, description="null: as output.")
    image_input: Usd | None = Field(default=None, description="null: as input.")
    image_output: Usd | None = Field(default=None, description="null: as output.")
    audio_input: Usd | None = Field(default=None, description="null: as input.")
    audio_output: Usd | None = Field(default=None, description="null: as output.")
    call: UsdEach | None = Field(default=None, description="USD per request.")
    second: UsdEach | None = Field(default=None, description="USD per second of audio or video.")
    images: Kinds = Field(
        default_factory=dict, description='USD per image, by "size/quality", "size" or "*".', examples=[{"*": "0.04"}]
    )
    tools: Kinds = Field(
        default_factory=dict,
        description="USD per call of a tool that the provider runs.",
        examples=[{"web_search": "0.01"}],
    )
    tiers: Annotated[list[TierSet], Field(max_length=20)] = Field(default_factory=list)
    windows: Annotated[list[WindowSet], Field(max_length=20)] = Field(
        default_factory=list, description="The first that fits counts."
    )
    ratios: RatioSet | None = None
    effective_from: UtcTime | None = Field(default=None, description="null: from now on.")

    @model_validator(mode="after")
    def _amounts_or_ratios(self) -> "PriceSet":
        if self.ratios is None:
            if self.input is None or self.output is None:
                raise ValueError("needs input and output, or ratios")
        elif self.model_fields_set - {"model", "provider", "ratios", "effective_from"}:
            raise ValueError("takes either amounts or ratios, not both")
        if len({tier.above for tier in self.tiers}) < len(self.tiers):
            raise ValueError("has two tiers above the same number of tokens")
        return self

    def columns(self) -> Fields:
        """The stored amounts."""
        if self.ratios is not None:
            found = amounts(self.ratios.ratios())
            return {**{name: getattr(found, name) for name in AMOUNTS}, "terms": stored(found.terms)}
        given = {name: getattr(self, name) for name in AMOUNTS}
        plain = {name: None if amount is None else usd_to_nano(amount) for name, amount in given.items()}
        return {**plain, "terms": stored(terms_of({name: getattr(self, name) for name in type(self).model_fields}))}

    def begins(self, now: int) -> int:
        """Unix seconds from which it counts."""
        return now if self.effective_from is None else int(self.effective_from.timestamp())


def shown_columns(columns: Fields) -> Fields:
    """The columns of a price as the API shows them, under the names of PriceSet."""
    amounts_shown = {name: None if columns[name] is None else nano_to_usd(columns[name]) for name in AMOUNTS}
    return {**amounts_shown, **shown(stored_terms(columns["terms"]) or NO_TERMS)}


class PriceOut(Wire):
    """A stored version of a price. Prices of operators win over seeded ones.

    It counts from `effective_from` (null: since ever) to `effective_to` (null: not removed), as long as no version with
    a later beginning does. `in_force` says whether it counts now.
    """

    id: int
    provider: str
    model: str
    input: str
    output: str
    cache_read: str | None
    cache_write: str | None
    cache_write_1h: str | None
    reasoning: str | None
    image_input: str | None
    image_output: str | None
    audio_input: str | None
    audio_output: str | None
    call: str | None
    second: str | None
    images: dict[str, str]
    tools: dict[str, str]
    tiers: list[dict[str, Any]]
    windows: list[dict[str, Any]]
    ratios: dict[str, str] | None = Field(description="The same in New API's ratios; null: they cannot say it.")
    source: Source
    effective_from: StoredTime | None
    effective_to: StoredTime | None
    in_force: bool
    created_at: StoredTime

    @classmethod
    def of(cls, row: Price, *, in_force: bool) -> "PriceOut":
        """The row as the API shows it."""
        entry = entry_of(row)
        return cls(
            id=row.id,
            provider=row.provider,
            model=row.model,
            **shown_columns({name: getattr(row, name) for name in COLUMNS}),
            ratios=_ratios(entry),
            source=row.source,
            effective_from=_moment(entry.effective_from),
            effective_to=None if row.effective_to is None else _moment(row.effective_to),
            in_force=in_force,
            created_at=row.created_at,
        )


def _ratios(entry: PriceEntry) -> dict[str, str] | None:
    found = model_ratios(entry)
    if found is None:
        return None
    return {name: f"{ratio:f}" for name, ratio in msgspec.structs.asdict(found).items() if ratio is not None}


def _moment(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


class PriceList(Wire):
    """Prices by model; `total` counts all that match, `items` is one page of them, `next` the cursor of the next."""

    items: list[PriceOut]
    total: int
    next: str | None = None
