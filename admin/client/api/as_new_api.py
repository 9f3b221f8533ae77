"""As new api: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin.client.shapes.as_new_api import (
        AnswerChannelPage,
        AnswerDictStrAny,
        AnswerDictStrListStr,
        AnswerListStr,
        AnswerNumberedLogItem,
        AnswerNumberedTokenItem,
        AnswerUserSelf,
        Pricing,
    )
    from admin.client.transport import Transport


class AsNewApiApi:
    """The operations of as new api."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def new_api_own_logs(
        self,
        *,
        p: int | None = None,
        page_size: int | None = None,
        size: int | None = None,
        type: int | None = None,
        start_timestamp: int | None = None,
        end_timestamp: int | None = None,
        token_name: str | None = None,
        model_name: str | None = None,
        group: str | None = None,
    ) -> AnswerNumberedLogItem:
        """The caller's own requests, the newest first."""
        return cast(
            "AnswerNumberedLogItem",
            self._transport.call(
                "GET",
                "/api/log/self",
                query={
                    "p": p,
                    "page_size": page_size,
                    "size": size,
                    "type": type,
                    "start_timestamp": start_timestamp,
                    "end_timestamp": end_timestamp,
                    "token_name": token_name,
                    "model_name": model_name,
                    "group": group,
                },
            ),
        )

    def new_api_logs(
        self,
        *,
        username: str | None = None,
        channel: int | None = None,
        p: int | None = None,
        page_size: int | None = None,
        size: int | None = None,
        type: int | None = None,
        start_timestamp: int | None = None,
        end_timestamp: int | None = None,
        token_name: str | None = None,
        model_name: str | None = None,
        group: str | None = None,
    ) -> AnswerNumberedLogItem:
        """All requests, the newest first."""
        return cast(
            "AnswerNumberedLogItem",
            self._transport.call(
                "GET",
                "/api/log/",
                query={
                    "username": username,
                    "channel": channel,
                    "p": p,
                    "page_size": page_size,
                    "size": size,
                    "type": type,
                    "start_timestamp": start_timestamp,
                    "end_timestamp": end_timestamp,
                    "token_name": token_name,
                    "model_name": model_name,
                    "group": group,
                },
            ),
        )

    def new_api_status(self) -> AnswerDictStrAny:
        """What everybody may know of the site, as far as this gateway has it."""
        return cast("AnswerDictStrAny", self._transport.call("GET", "/api/status"))

    def new_api_pricing(self) -> Pricing:
        """What is served and what it costs."""
        return cast("Pricing", self._transport.call("GET", "/api/pricing"))

    def new_api_user_models(self) -> AnswerListStr:
        """The names of the models that are served."""
        return cast("AnswerListStr", self._transport.call("GET", "/api/user/models"))

    def new_api_models(self) -> AnswerDictStrListStr:
        """The models of the channels that are on, by New API's number of their type."""
        return cast("AnswerDictStrListStr", self._transport.call("GET", "/api/models"))

    def new_api_channels(
        self, *, p: int | None = None, page_size: int | None = None, size: int | None = None
    ) -> AnswerChannelPage:
        """Channels, the newest first, without their secrets."""
        return cast(
            "AnswerChannelPage",
            self._transport.call("GET", "/api/channel/", query={"p": p, "page_size": page_size, "size": size}),
        )

    def new_api_user_self(self) -> AnswerUserSelf:
        """The user whose token or session it is, as New API says it."""
        return cast("AnswerUserSelf", self._transport.call("GET", "/api/user/self"))

    def new_api_tokens(
        self, *, p: int | None = None, page_size: int | None = None, size: int | None = None
    ) -> AnswerNumberedTokenItem:
        """The caller's own keys, the newest first, as New API lists tokens."""
        return cast(
            "AnswerNumberedTokenItem",
            self._transport.call("GET", "/api/token/", query={"p": p, "page_size": page_size, "size": size}),
        )
