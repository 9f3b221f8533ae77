"""How a command fails: one sentence, what to do, an exit code. Nothing here prints."""


class FailureError(Exception):
    """Ends a command. `code` is 1 for refused or failed and 2 for wrong usage; `fields` are (path, message) pairs."""

    def __init__(
        self, message: str, *, hint: str = "", code: int = 1, fields: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.fields = fields or []


def misuse(message: str, hint: str = "") -> FailureError:
    """A failure of usage (exit code 2)."""
    return FailureError(message, hint=hint, code=2)
