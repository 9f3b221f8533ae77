"""What a page costs on the wire: bytes by the browser's own count, compressed and with headers, and requests."""

from playwright.sync_api import CDPSession, Page

API = "/api/v1/"


class Wire:
    """Listens to a page that has not been opened yet."""

    def __init__(self, page: Page) -> None:
        self.by_request: dict[str, int] = {}
        self.asked: list[str] = []
        """What was asked of the admin API, without the streams of live updates."""
        self._addresses: dict[str, str] = {}
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._arrived)

    def _sent(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        address = str(request["url"])
        self._addresses[str(event["requestId"])] = address
        if API in address and event.get("type") != "EventSource":
            self.asked.append(address.split(API)[1])

    def _arrived(self, event: dict[str, object]) -> None:
        address = self._addresses.get(str(event["requestId"]), "?")
        self.by_request[address] = self.by_request.get(address, 0) + int(str(event["encodedDataLength"]).split(".")[0])

    @property
    def bytes(self) -> int:
        """All of them."""
        return sum(self.by_request.values())

    def told(self) -> str:
        """The largest first."""
        rows = sorted(self.by_request.items(), key=lambda row: -row[1])
        return "\n".join(f"{size:9,} {address}" for address, size in rows[:15])
