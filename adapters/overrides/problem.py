"""What is wrong with a channel's settings, in words for the operator who wrote them."""


class OverrideError(ValueError):
    """`path` is the place below the channel's settings ("param_override.operations.0.value")."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
