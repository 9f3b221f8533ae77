"""What the console looks like before anybody has chosen, and where it links to."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from admin.options.base import OptionGroup, PublicMark
from admin.options.checks import one_line
from admin.options.payments import decimal_of
from storage.payments.currencies import DIGITS

Locale = Literal["zh-CN", "zh-TW", "en", "fr", "ja"]
Preset = Literal[
    "default", "calm", "clay", "simple-large", "graphite", "forest", "violet", "rose", "ocean", "terminal",
]  # fmt: skip
"""Looks that the console has (theme/appearance.ts)."""
QUOTA, CUSTOM = "quota", "custom"
"""What money is shown in besides currencies: New API's unit, and one of one's own."""
_ADDRESS = r"^$|^https?://[^\s\"'<>\\]+$"
_IMAGE = r"^$|^(https://|/)[^\s\"'<>\\]+$"


class Console(OptionGroup):
    """The console."""

    area = "console"
    title = "Console"

    name: Annotated[str, PublicMark()] = Field(
        "Gateway", min_length=1, max_length=60, description="What this gateway is called, in the head of each page."
    )
    logo_url: Annotated[str, PublicMark()] = Field(
        "", max_length=2048, pattern=_IMAGE, description="Address of an image that stands beside the name."
    )
    color_scheme: Annotated[Literal["auto", "light", "dark"], PublicMark()] = Field(
        "auto", description="Light or dark for who has not chosen; auto: as the browser says."
    )
    preset: Annotated[Preset, PublicMark()] = Field(
        "default", description="Colours, radius and font for who has not chosen any."
    )
    default_locale: Annotated[Locale | Literal["auto"], PublicMark()] = Field(
        "auto", description="Language for who has not chosen one; auto: as the browser says."
    )
    currency: Annotated[str, PublicMark()] = Field(
        "USD", json_schema_extra={"enum": ["USD", *sorted(DIGITS.keys() - {"USD"}), QUOTA, CUSTOM]},
        description="What money is shown in: a currency (ISO 4217), quota (New API's unit) or custom; kept in USD.",
    )  # fmt: skip
    currency_rate: Annotated[str, PublicMark()] = Field(
        "", max_length=20, examples=["7.25"],
        description="How many of it are 1 USD; empty: payments.rates, 500000 of quota, 1 of a custom unit.",
    )  # fmt: skip
    currency_unit: Annotated[str, PublicMark()] = Field(
        "credits", min_length=1, max_length=16, description="Name or symbol of the custom unit."
    )
    currency_digits: Annotated[int, PublicMark()] = Field(
        2, ge=0, le=6, description="Places behind the point of the custom unit."
    )
    public_status: Annotated[bool, PublicMark()] = Field(
        False, description="Whether everybody may see how well each public model works, without signing in."
    )
    footer: Annotated[str, PublicMark()] = Field("", max_length=300, description="A line at the foot of each page.")
    docs_url: Annotated[str, PublicMark()] = Field(
        "", max_length=2048, pattern=_ADDRESS, description="Address of your own documentation."
    )
    terms_url: Annotated[str, PublicMark()] = Field(
        "", max_length=2048, pattern=_ADDRESS, description="Address of the terms of use."
    )
    privacy_url: Annotated[str, PublicMark()] = Field(
        "", max_length=2048, pattern=_ADDRESS, description="Address of the privacy policy."
    )
    contact_url: Annotated[str, PublicMark()] = Field(
        "", max_length=2048, pattern=r"^$|^(https?://|mailto:)[^\s\"'<>\\]+$", description="Where people ask for help."
    )
    grafana_url: str = Field("", max_length=2048, pattern=_ADDRESS, description="Address of Grafana, for operators.")
    ray_dashboard_url: str = Field(
        "", max_length=2048, pattern=_ADDRESS, description="Address of the Ray dashboard, for operators."
    )

    _lines = field_validator("name", "footer", "currency_unit")(one_line)

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        if value not in DIGITS and value not in {QUOTA, CUSTOM}:
            raise ValueError("a currency is quota, custom or one of: " + ", ".join(sorted(DIGITS)))
        return value

    @field_validator("currency_rate")
    @classmethod
    def _rate(cls, value: str) -> str:
        if value:
            decimal_of(value)
        return value
