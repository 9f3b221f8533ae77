"""The data plane's table of (path, method) -> handler, and the small endpoints that need no provider.

One object per ingress replica; `handle` is the server's handler. Knows nothing of Ray.
"""

from collections.abc import Awaitable, Callable

import msgspec

from adapters.errors import ClientError, GatewayError, GatewayFault
from deployments import model_list, relay
from deployments.booking import Ledger
from deployments.calls import Call, find, parameters
from deployments.console import Console, is_console
from deployments.exchange import new_request_id
from deployments.idempotency import Idempotency
from deployments.idempotency_key import HEADER as IDEMPOTENCY_KEY
from deployments.pipeline import Pipeline
from deployments.replica import Replica
from deployments.request import Request
from deployments.serving import finder
from deployments.shape import JSON, ids, lister, refuse, wire_of
from deployments.version import VERSION

Handler = Callable[[Request], Awaitable[None]]
Scrape = Callable[[], Awaitable[bytes]]

MODELS = ("/v1/models/", "/v1beta/models/")
RESPONSES = "/v1/responses/"
TEXT = b"content-type: text/plain; version=0.0.4; charset=utf-8\r\n"
_LOOPBACK = ("127.", "::1", "::ffff:127.")


class DataPlane:
    """Routes requests of one replica. `scrape` returns the metrics of all replicas."""

    def __init__(self, replica: Replica, ledger: Ledger, scrape: Scrape) -> None:
        self._replica = replica
        self._scrape = scrape
        self._ledger = ledger
        self._pipeline = Pipeline(replica, ledger)
        self.console = Console(builds=replica.settings.console != "off")
        self.draining = False
        self.idempotency: Idempotency | None = None
        """Answers requests with an Idempotency-Key; without it the header means nothing."""
        self._routes: dict[str, tuple[str, Handler]] = {
            "/v1/models": ("GET", self._models),
            "/v1beta/models": ("GET", self._models),
            "/healthz": ("GET", self._health),
            "/readyz": ("GET", self._ready),
            "/version": ("GET", self._version),
            "/metrics": ("GET", self._metrics),
        }

    async def handle(self, request: Request) -> None:
        """Answer a request; whatever goes wrong is answered too."""
        try:
            call = find(request)
            if call is not None:
                if request.method == "POST":
                    await self._generate(request, call)
                else:
                    self._wrong_method(request, "POST")
                return
            route = self._routes.get(request.path)
            if route is None:
                await self._other(request)
            elif request.method == route[0] or (request.method == "HEAD" and route[0] == "GET"):
                await route[1](request)
            else:
                self._wrong_method(request, route[0])
        except GatewayError as error:
            self._replica.telemetry.count("gateway_refused_total", (str(error.status),))
            refuse(request.connection, error, new_request_id(), wire=wire_of(request.path, request.headers))
        except Exception:
            self._replica.log.exception("%s %r failed", request.method, request.path)
            fault = GatewayFault(500, "The gateway failed on this request.", code="internal_error")
            refuse(request.connection, fault, new_request_id(), wire=wire_of(request.path, request.headers))

    def _generate(self, request: Request, call: Call) -> Awaitable[None]:
        if IDEMPOTENCY_KEY in request.headers and self.idempotency is not None:
            return self.idempotency.serve(request, call)
        return self._pipeline.run(request, call)

    async def _other(self, request: Request) -> None:
        path = request.path
        if path.startswith(MODELS):
            if request.method not in ("GET", "HEAD"):
                self._wrong_method(request, "GET")
                return
            await self._models(request)
        elif path.startswith(RESPONSES) and self._replica.responses is not None:
            key = await self._pipeline.authenticate(request, ("responses", "chat"))
            await self._replica.responses.serve(request, key, self._ledger)
        elif self._replica.settings.admin and is_console(path):
            if request.method in ("GET", "HEAD"):
                await self.console.serve(request)
            else:
                self._wrong_method(request, "GET")
        elif self._replica.settings.admin and relay.is_admin(path):
            await relay.forward(self._replica, request)
        else:
            raise ClientError(404, f"There is nothing at {path[:200]}. The API begins at /v1.", code="unknown_path")

    async def _models(self, request: Request) -> None:
        key = await self._pipeline.authenticate(request)
        table = self._replica.table
        find = finder(table, key)
        wire = lister(request.path, request.headers, request.query)
        prefix = next((each for each in MODELS if request.path.startswith(each)), "")
        wanted = relay.unquote(request.path[len(prefix) :]) if prefix else ""
        if wanted:
            tiers = find(wanted) if key.may_use(wanted) else ()
            if not tiers:
                raise ClientError(
                    404,
                    f"The model '{wanted[:200]}' does not exist here, or this key may not use it.",
                    code="model_not_found",
                )
            body = model_list.one(wire.name, wanted, tiers[0].targets[0].channel.provider)
        else:
            listed = [
                (name, tiers[0].targets[0].channel.provider)
                for name in table.names()
                if key.may_use(name) and (tiers := find(name))
            ]
            body = model_list.many(wire.name, listed, parameters(request.query))
        request.connection.respond(200, JSON + ids(wire, new_request_id()), body)

    async def _health(self, request: Request) -> None:
        request.connection.respond(200, JSON, b'{"status":"ok"}')

    async def _ready(self, request: Request) -> None:
        ready = self._replica.ready and not self.draining
        state = b"ready" if ready else b"draining" if self.draining else b"waiting for the route table"
        request.connection.respond(200 if ready else 503, JSON, b'{"status":"%b"}' % state)

    async def _version(self, request: Request) -> None:
        request.connection.respond(200, JSON, msgspec.json.encode({"name": "ray-llm-gateway", "version": VERSION}))

    async def _metrics(self, request: Request) -> None:
        access = self._replica.settings.metrics
        if access == "off" or (access == "loopback" and not request.connection.client_ip.startswith(_LOOPBACK)):
            raise ClientError(
                403, f"Metrics are not served to this address (setting 'metrics' is '{access}').", code="metrics_closed"
            )
        request.connection.respond(200, TEXT, await self._scrape())

    def _wrong_method(self, request: Request, allowed: str) -> None:
        error = ClientError(
            405, f"{request.path[:200]} takes {allowed}, not {request.method}.", code="method_not_allowed"
        )
        allow = b"allow: " + allowed.encode() + b"\r\n"
        refuse(request.connection, error, new_request_id(), allow, wire_of(request.path, request.headers))
