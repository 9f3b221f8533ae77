"""What a conversion could not say. Tuning knobs degrade aloud, content fails: nothing is left out in silence."""

import msgspec

from adapters.canonical.request import Request
from adapters.errors import ClientError


class Loss(msgspec.Struct, frozen=True):
    """One thing that was lost: `field` in the client's terms ("top_k", "messages.3.input_audio"), `why` in words."""

    field: str
    why: str


class Losses:
    """Collects over one conversion."""

    __slots__ = ("content", "knobs")

    def __init__(self) -> None:
        self.knobs: list[Loss] = []
        self.content: list[Loss] = []

    def knob(self, field: str, why: str = "not known there") -> None:
        """A setting that only tunes is left out or changed."""
        loss = Loss(field, why)
        if loss not in self.knobs:
            self.knobs.append(loss)

    def refuse(self, field: str, why: str) -> None:
        """Content, a tool or a promise about the output cannot be expressed: the request fails."""
        self.content.append(Loss(field, why))

    def check(self, *, strict: bool = False) -> None:
        """Raises ClientError (400) when content was lost, with `strict` when anything was."""
        lost = self.content + (self.knobs if strict else [])
        if lost:
            listed = "; ".join(f"{loss.field} ({loss.why})" for loss in lost[:8])
            raise ClientError(
                400,
                f"The provider of this model cannot be given parts of the request: {listed}.",
                code="not_convertible",
                param=lost[0].field,
            )

    @property
    def names(self) -> str:
        """The fields that were left out, for a header: short, sorted, printable ASCII, as clients choose names too."""
        found = ",".join(sorted({loss.field for loss in self.knobs}))[:512].encode("ascii", "replace").decode()
        return found if found.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in found)


def lose_extensions(request: Request, protocol: str, losses: Losses) -> None:
    """Count what only protocols other than `protocol` know: settings are lost, state kept by a provider is refused."""
    for own, fields in request.extensions.items():
        if own == protocol:
            continue
        for name, raw in fields.items():
            if name in request.state:
                losses.refuse(name, "it stands for what a provider of another protocol keeps")
            elif bytes(raw) != b"null":
                losses.knob(name)
