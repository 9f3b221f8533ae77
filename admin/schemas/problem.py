"""The error shape of the admin API (RFC 9457, application/problem+json)."""

from pydantic import BaseModel, Field


class FieldError(BaseModel):
    """One wrong field: its dotted path (`body.models.0`) and what is allowed. The value is never repeated."""

    field: str = Field(examples=["body.base_url"])
    message: str = Field(examples=["must begin with http:// or https:// and name a host"])


class ProblemOut(BaseModel):
    """Why a request was refused and what to do."""

    type: str = Field(examples=["urn:gateway:problem:not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no channel 'openai-main'."])
    request_id: str = Field(examples=["0f8fad5bd9cb469fa1654d6f"])
    errors: list[FieldError] | None = None
