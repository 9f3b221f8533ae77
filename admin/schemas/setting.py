"""Settings on the wire: areas of options with their schemas, values and sources."""

from typing import Any, Literal

from pydantic import Field

from admin.schemas.base import Flag, StoredTime, Wire

Source = Literal["default", "file", "environment", "console"]


class SettingOut(Wire):
    """One setting. Of a secret `value` and `default` say only whether it is set."""

    name: str
    key: str = Field(description="What translations call it by.", examples=["mail.port"])
    unit: str = Field(description='What a number is in; "" for none.', examples=["seconds"])
    description: str
    form: dict[str, Any] = Field(description="JSON Schema of the value.")
    default: Any
    value: Any
    source: Source = Field(description="The later one wins: default, file, environment, console.")
    secret: bool
    public: bool = Field(description="Known to everybody, before they sign in.")
    guarded: bool = Field(description="A change asks a person who they are: the second check.")
    restart: bool = Field(description="A change counts from the next start on.")
    changed_by: str | None
    changed_at: StoredTime | None


class AreaOut(Wire):
    """An area of settings."""

    area: str = Field(examples=["mail"])
    title: str
    description: str
    etag: str = Field(default="", description="What a change may be based on.")
    settings: list[SettingOut]


class AreaList(Wire):
    """All areas by name."""

    items: list[AreaOut]


class SettingsPatch(Wire):
    """Changes of several areas: all are made, or none."""

    settings: dict[str, dict[str, Any]] = Field(
        description="Area -> name -> value; null forgets what the console has set.",
        max_length=100,
        examples=[{"mail": {"host": "smtp.example.com"}, "keys": {"most_per_user": 100}}],
    )
    tags: dict[str, str] = Field(
        default_factory=dict,
        description="Area -> the ETag that the change is based on; refused (412) when the area has another.",
        max_length=100,
    )
    dry_run: Flag = Field(default=False, description="Only check the values, and say what they would come to.")


class PublicSettings(Wire):
    """What everybody may know: area -> name -> value."""

    settings: dict[str, dict[str, Any]]
