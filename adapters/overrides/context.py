"""What the rules of a channel may ask besides the request itself."""

from collections.abc import Mapping

import msgspec

from adapters.errors import UpstreamError

VARIABLES: dict[str, str] = {
    "model": "the model's name at the provider",
    "upstream_model": "the same",
    "original_model": "the name that the client asked for",
    "protocol": "the provider's protocol: chat, responses, messages, gemini",
    "operation": "chat, text_completion, embeddings, count_tokens, compact",
    "request_path": "the path that the client called",
    "retry_index": "0 in the first attempt, then 1, 2 ...; also `retry.index`",
    "is_retry": "true from the second attempt on; also `retry.is_retry`",
    "key": "the name of the client's API key",
    "user": "the user that the key belongs to",
    "group": "the group that the key uses",
    "last_error.status_code": "the status with which the provider of the attempt before answered, else the one for the"
    " client; also `last_error_status_code`",
    "last_error.code": "its class, as usage records have it (upstream_rate_limit ...); also `last_error.error_code` and"
    " `last_error_code`",
    "last_error.type": "its kind; also `last_error.error_type` and `last_error_type`",
    "last_error.message": "the beginning of what that provider said, else the message for the client; also"
    " `last_error_message`",
    "last_error.skip_retry": "false: there is no attempt after an error for which there is none",
    "request_headers.NAME": "a header of the client, its name in small letters",
}
"""Name of a variable in a condition's `path` -> what it is. A field of that name in the request comes first."""

MISSING = object()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt. `headers` are the client's, names in small letters; `api_key` is the channel's own secret.

    `most`: output tokens that are paid for; no rule may ask for more. None: no bound. `failure` is how the attempt
    before ended, None: this is the first one. What a provider said is only compared: no rule can copy it anywhere.
    """

    protocol: str = "chat"
    operation: str = "chat"
    model: str = ""
    upstream_model: str = ""
    path: str = ""
    attempt: int = 0
    headers: Mapping[bytes, bytes] = {}
    api_key: str = ""
    key: str = ""
    user: str = ""
    group: str = ""
    most: int | None = None
    failure: UpstreamError | None = None

    def header(self, name: str) -> str | None:
        """A client's header."""
        value = self.headers.get(name.lower().encode("latin-1", "replace"))
        return None if value is None else value.decode("latin-1")

    def variable(self, name: str) -> object:
        """The value of a variable, MISSING when there is none of that name."""
        if name.startswith("request_headers."):
            value = self.header(name.removeprefix("request_headers."))
            return MISSING if value is None else value
        if name.startswith("last_error"):
            return self._last_error(name[len("last_error") + 1 :])
        match name:
            case "model" | "upstream_model":
                return self.upstream_model
            case "original_model":
                return self.model
            case "request_path":
                return self.path
            case "retry_index" | "retry.index":
                return self.attempt
            case "is_retry" | "retry.is_retry":
                return self.attempt > 0
            case "protocol" | "operation" | "key" | "user" | "group":
                return getattr(self, name)
        return MISSING

    def _last_error(self, name: str) -> object:
        failure = self.failure
        if failure is None:
            return MISSING
        match name:
            case "status_code":
                return failure.answered or failure.status
            case "code" | "error_code":
                return failure.klass
            case "type" | "error_type":
                return failure.kind
            case "message":
                return failure.said.decode("utf-8", "replace") or failure.message
            case "skip_retry":
                return not failure.retryable
            case "":
                return failure.klass
        return MISSING
