"""What every group of settings has in common: unknown names are refused, nothing changes after the start."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Group(BaseModel):
    """A mapping in serve_config.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
