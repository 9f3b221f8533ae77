"""The error shape of the admin API (RFC 9457, application/problem+json)."""

from pydantic import BaseModel, Field

Filled = dict[str, str | int | float]


class FieldError(BaseModel):
    """One wrong field: its dotted path (`body.models.0`) and what is allowed. The value is never repeated."""

    field: str = Field(examples=["body.base_url"])
    message: str = Field(examples=["must begin with http:// or https:// and name a host"])
    code: str = Field(description='The message\'s name in GET /problems; "" for one without.', examples=["too_short"])
    params: Filled = Field(description="What is filled into the message.", examples=[{"min_length": 1}])


class ProblemOut(BaseModel):
    """Why a request was refused and what to do. `code` and `params` say `detail` for other languages."""

    type: str = Field(
        description="One of `slugs` of GET /problems behind urn:gateway:problem:.",
        examples=["urn:gateway:problem:not-found"],
    )
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no channel 'openai-main'."])
    code: str = Field(
        description='The sentence\'s name in GET /problems; "" for one without.', examples=["there-is-no"]
    )
    params: Filled = Field(
        description="What is filled into the sentence.", examples=[{"kind": "channel", "ref": "openai-main"}]
    )
    request_id: str = Field(examples=["0f8fad5bd9cb469fa1654d6f"])
    errors: list[FieldError] | None = None


class SentenceOut(BaseModel):
    """A sentence; `{name}` in it is filled from `params`."""

    code: str = Field(examples=["there-is-no"])
    text: str = Field(examples=["There is no {kind} {ref}."])
    params: list[str] = Field(examples=[["kind", "ref"]])


class ProblemCatalogue(BaseModel):
    """Everything that a refusal may say, in English.

    `slugs`: the ends of `type` with their statuses. `sentences` are what `detail` says, `fields` and `checks` what is
    said of a field: by this API, and of its form. `kinds`: what `kind` of "there-is-no" may be.
    """

    slugs: dict[str, list[int]]
    kinds: list[str]
    sentences: list[SentenceOut]
    fields: list[SentenceOut]
    checks: list[SentenceOut]
