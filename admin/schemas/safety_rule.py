"""Safety rules on the wire."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from adapters.safety import detectors
from adapters.safety.find import finder
from adapters.safety.rule import MAX_PATTERNS, MAX_WINDOW, MAX_WORD, RuleError, SafetyRule
from admin.schemas.base import MAX_ID, Fields, Flag, Name, Patch, StoredTime, Text, Token, Wire
from admin.schemas.urls import BaseUrl

Kind = Annotated[
    Literal["words", "patterns", "detectors", "webhook"],
    Field(description="words: a list; patterns: RE2; detectors: personal data and secrets; webhook: asks a service."),
]
Action = Annotated[
    Literal["block", "mask", "log"], Field(description="What happens to what is found. A webhook says so itself.")
]
Stage = Literal["input", "output"]


def _known(name: str) -> str:
    if name not in detectors.DETECTORS:
        raise ValueError(f"must be one of {', '.join(detectors.DETECTORS)}")
    return name


Detector = Annotated[str, Field(json_schema_extra={"enum": list(detectors.DETECTORS)}), AfterValidator(_known)]
Stages = Annotated[list[Stage], Field(min_length=1, max_length=2)]
Words = Annotated[list[Annotated[Text, Field(min_length=1, max_length=MAX_WORD)]], Field(max_length=50_000)]
Patterns = Annotated[
    list[Annotated[str, Field(strict=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]],
    Field(max_length=MAX_PATTERNS, examples=[["PROJ-[0-9]{3,6}"]]),
]
Detectors = Annotated[list[Detector], Field(max_length=50, examples=[["email", "credit_card"]])]
Mask = Annotated[Text, Field(max_length=100, description="{rule} and {kind} stand for names.", examples=["[{kind}]"])]
Message = Annotated[Text, Field(max_length=500, description="What a client reads when this rule blocks.")]
Window = Annotated[
    int, Field(strict=True, ge=16, le=MAX_WINDOW, description="Characters of a stream that may be held back.")
]
Globs = Annotated[
    list[Annotated[Text, Field(min_length=1, max_length=200)]], Field(max_length=200, examples=[["gpt-*"]])
]
Groups = Annotated[list[Annotated[Text, Field(min_length=1, max_length=64)]], Field(max_length=200)]
Ids = Annotated[list[Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]], Field(max_length=1000)]
Timeout = Annotated[float, Field(ge=0.1, le=30, description="Seconds that a request waits for the service.")]
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="Lower ones are looked at first.")]


class _Terms(Wire):
    """What is looked for, and for whom; null: for all."""

    stages: Stages = ["input", "output"]
    words: Words = []
    whole_words: Flag = False
    patterns: Patterns = []
    detectors: Detectors = []
    mask: Mask = "[{kind}]"
    message: Message = ""
    window: Window = 128
    models: Globs | None = None
    groups: Groups | None = None
    key_ids: Ids | None = None
    organisation_ids: Ids | None = None
    url: BaseUrl | None = None
    timeout_s: Timeout = 2.0
    fail_open: Annotated[Flag, Field(description="Whether requests go through while the service is away.")] = False


TERMS = tuple(_Terms.model_fields)


class SafetyRuleCreate(_Terms):
    """A new rule."""

    name: Name = Field(examples=["no-cards"])
    kind: Kind
    action: Action
    position: Position = 100
    enabled: Flag = True
    secret: Annotated[Token | None, Field(description="Signs what a webhook is asked; write-only.")] = None

    @model_validator(mode="after")
    def _follows(self) -> Self:
        check(self.kind, self.model_dump(include=set(TERMS)))
        return self


class SafetyRulePatch(Patch):
    """A partial change: absent fields stay. The kind of a rule does not change."""

    name: Name = "x"
    action: Action = "log"
    position: Position = 100
    enabled: Flag = True
    secret: Token | None = None
    stages: Stages = ["input"]
    words: Words = []
    whole_words: Flag = False
    patterns: Patterns = []
    detectors: Detectors = []
    mask: Mask = ""
    message: Message = ""
    window: Window = 128
    models: Globs | None = None
    groups: Groups | None = None
    key_ids: Ids | None = None
    organisation_ids: Ids | None = None
    url: BaseUrl | None = None
    timeout_s: Timeout = 2.0
    fail_open: Flag = False


class SafetyRuleOut(_Terms):
    """A rule. Of a long list of words the first 1,000 are shown; `word_count` is how many it has."""

    id: int
    name: str
    kind: Kind
    action: Action
    position: int
    enabled: bool
    has_secret: bool
    word_count: int
    created_at: StoredTime
    updated_at: StoredTime


class DetectorOut(Wire):
    """Something that detectors know."""

    name: str
    about: str


class DetectorList(Wire):
    """All detectors."""

    items: list[DetectorOut]


class TryIt(Wire):
    """A text that rules are tried on: those that are stored and enabled, or one that is not stored."""

    text: Annotated[
        str, Field(strict=True, max_length=100_000, pattern=r"^[^\x00]*$", examples=["Mail ann@example.com"])
    ]
    stage: Stage = "input"
    rule: SafetyRuleCreate | None = None


class Finding(Wire):
    """What was found, `start` to `end` in characters."""

    rule: str
    action: Action
    kind: str = Field(examples=["email"])
    start: int
    end: int


class Tried(Wire):
    """What would become of the text; `text` is null when it is blocked. Webhooks are not asked."""

    blocked_by: str | None
    message: str
    text: str | None
    findings: list[Finding]


def check(kind: str, terms: Fields) -> None:
    """Raise ValueError when a rule of this kind cannot be followed."""
    if kind == "webhook":
        if not terms.get("url"):
            raise ValueError("url: a webhook needs an address")
        return
    try:
        finder(row_of(0, "rule", kind, "log", terms))
    except RuleError as error:
        raise ValueError(str(error)) from None


def row_of(number: int, name: str, kind: str, action: str, terms: Fields) -> SafetyRule:
    """The rule as replicas get it."""
    known = {field: value for field, value in terms.items() if field in SafetyRule.__struct_fields__}
    known["url"] = known.get("url") or ""
    return SafetyRule(**{**known, "id": number, "name": name, "kind": kind, "action": action})
