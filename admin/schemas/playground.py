"""The playground's key on the wire."""

from pydantic import Field

from admin.schemas.base import StoredTime, Wire


class PlaygroundKey(Wire):
    """A key for this page alone: keep it in memory, ask for another one when it ends or is refused (401)."""

    key: str = Field(examples=["sk-gw-..."])
    key_id: int
    name: str = Field(description="As requests show it.", examples=["playground-7"])
    expires_at: StoredTime
    seconds: int = Field(description="How long it works.", examples=[900])
