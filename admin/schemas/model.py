"""Models, vendors and the price list on the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from admin.bulk import BulkWanted
from admin.schemas.base import Flag, Name, Patch, StoredTime, Text, Wire
from admin.schemas.models import check_pattern
from admin.schemas.service_level import ModelLevel


def _exact(value: str) -> str:
    check_pattern(value)
    if "*" in value:
        raise ValueError("must be a name, not a glob")
    if value.isdigit() or "/" in {value[:1], value[-1:]}:
        raise ValueError("must not be digits only, nor begin or end with a slash")
    return value


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _link(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return value


ModelName = Annotated[str, Field(strict=True, max_length=200, examples=["gpt-5-mini"]), AfterValidator(_exact)]
Visibility = Annotated[
    Literal["public", "users", "hidden"],
    Field(description="Who sees it listed: everybody, those who are signed in, nobody. Keys can use it all the same."),
]
Tokens = Annotated[int, Field(strict=True, ge=1, le=10**12)]
Words = Annotated[
    list[Annotated[Text, Field(min_length=1, max_length=64)]], Field(max_length=64), AfterValidator(_once)
]
Aliases = Annotated[
    list[ModelName],
    Field(max_length=32, description="Other public names that mean this model."),
    AfterValidator(_once),
]
Icon = Annotated[
    str, Field(strict=True, pattern=r"^[A-Za-z0-9._-]{0,64}$", description="A key of the console's icons.")
]
Link = Annotated[str, Field(strict=True, max_length=500, pattern=r"^[\x21-\x7e]*$"), AfterValidator(_link)]
Paragraphs = Annotated[str, Field(strict=True, max_length=10_000, pattern=r"^[^\x00]*$")]
VendorRef = Annotated[Annotated[Name, Field(description="Its name.")] | None, Field()]


class ModelCreate(Wire):
    """What is known of a model. A model without this is served all the same."""

    name: ModelName
    title: Annotated[Text, Field(max_length=200)] = ""
    vendor: VendorRef = None
    description: Paragraphs = ""
    icon: Icon = ""
    tags: Words = Field(default_factory=list)
    capabilities: Words = Field(default_factory=list, examples=[["vision", "tools", "reasoning"]])
    context_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    visibility: Visibility = "public"
    aliases: Aliases = Field(default_factory=list)


class ModelPatch(Patch):
    """A partial change: absent fields stay."""

    name: ModelName = ""
    title: Annotated[Text, Field(max_length=200)] = ""
    vendor: VendorRef = None
    description: Paragraphs = ""
    icon: Icon = ""
    tags: Words = Field(default_factory=list)
    capabilities: Words = Field(default_factory=list)
    context_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    visibility: Visibility = "public"
    aliases: Aliases = Field(default_factory=list)


class ModelOut(Wire):
    """A model; `icon` is the vendor's where it has none."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    title: str
    vendor: str | None
    description: str
    icon: str
    tags: list[str]
    capabilities: list[str]
    context_tokens: int | None
    output_tokens: int | None
    visibility: Visibility
    aliases: list[str]
    created_at: StoredTime
    updated_at: StoredTime


class ModelFilter(Wire):
    """Which models are meant: those to which all that is named here applies."""

    q: Annotated[Text, Field(max_length=200)] = ""
    vendor: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    visibility: Visibility | None = None


class ModelBulk(BulkWanted):
    """One change of many models: of `ids`, or of all that `filter` finds."""

    action: Literal["change", "delete"]
    filter: ModelFilter | None = None
    values: ModelPatch | None = None


class Missing(Wire):
    """Public names that channels serve and nothing is known of, and globs, which name no model."""

    names: list[str]
    globs: list[str]


class VendorCreate(Wire):
    """Who makes models."""

    name: Name
    icon: Icon = ""
    link: Link = ""
    remark: Annotated[Text, Field(max_length=255)] = ""


class VendorPatch(Patch):
    """A partial change: absent fields stay."""

    name: Name = ""
    icon: Icon = ""
    link: Link = ""
    remark: Annotated[Text, Field(max_length=255)] = ""


class VendorOut(Wire):
    """A vendor."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    icon: str
    link: str
    remark: str
    created_at: StoredTime
    updated_at: StoredTime


class OfferedPrice(Wire):
    """USD per 1,000,000 tokens, and per call, before the multiplier of a group. `more`: it has tiers or other terms."""

    input: str = Field(examples=["0.25"])
    output: str = Field(examples=["2"])
    cache_read: str
    cache_write: str
    call: str
    more: Flag = False


class OfferedModel(Wire):
    """A model that is served, with what it costs; `price` null: not at a fixed price."""

    name: str
    title: str
    alias_of: str | None
    vendor: str | None
    icon: str
    description: str
    tags: list[str]
    capabilities: list[str]
    context_tokens: int | None
    output_tokens: int | None
    price: OfferedPrice | None
    level: ModelLevel | None = Field(default=None, description="How well it works; null where that is not told.")


class OfferedModels(Wire):
    """Models by name, and the multipliers of the groups that everybody may use."""

    models: list[OfferedModel]
    groups: dict[str, str] = Field(examples=[{"default": "1"}])
