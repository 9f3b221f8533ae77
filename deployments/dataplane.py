"""The data plane's table of (path, method) -> handler, and the small endpoints that need no provider.

One object per ingress replica; `handle` is the server's handler. Knows nothing of Ray.
"""

from collections.abc import Awaitable, Callable

import msgspec

from adapters.errors import ClientError, GatewayError, GatewayFault
from deployments import relay
from deployments.exchange import new_request_id
from deployments.idempotency import Idempotency
from deployments.idempotency_key import HEADER as IDEMPOTENCY_KEY
from deployments.pipeline import JSON, Ledger, Pipeline, refuse
from deployments.replica import Replica
from deployments.request import Request
from deployments.version import VERSION

Handler = Callable[[Request], Awaitable[None]]
Scrape = Callable[[], Awaitable[bytes]]

PREFIX_MODEL = "/v1/models/"
TEXT = b"content-type: text/plain; version=0.0.4; charset=utf-8\r\n"
_LOOPBACK = ("127.", "::1", "::ffff:127.")


class DataPlane:
    """Routes requests of one replica. `scrape` returns the metrics of all replicas."""

    def __init__(self, replica: Replica, ledger: Ledger, scrape: Scrape) -> None:
        self._replica = replica
        self._scrape = scrape
        self._pipeline = Pipeline(replica, ledger)
        self.draining = False
        self.idempotency: Idempotency | None = None
        """Answers requests with an Idempotency-Key; without it the header means nothing."""
        self._routes: dict[str, tuple[str, Handler]] = {
            "/v1/chat/completions": ("POST", self._generating("chat")),
            "/v1/completions": ("POST", self._generating("text_completion")),
            "/v1/embeddings": ("POST", self._generating("embeddings")),
            "/v1/models": ("GET", self._models),
            "/healthz": ("GET", self._health),
            "/readyz": ("GET", self._ready),
            "/version": ("GET", self._version),
            "/metrics": ("GET", self._metrics),
        }

    async def handle(self, request: Request) -> None:
        """Answer a request; whatever goes wrong is answered too."""
        route = self._routes.get(request.path)
        try:
            if route is None:
                await self._other(request)
            elif request.method == route[0] or (request.method == "HEAD" and route[0] == "GET"):
                await route[1](request)
            else:
                self._wrong_method(request, route[0])
        except GatewayError as error:
            self._replica.telemetry.count("gateway_refused_total", (str(error.status),))
            refuse(request.connection, error, new_request_id())
        except Exception:
            self._replica.log.exception("%s %s failed", request.method, request.path)
            fault = GatewayFault(500, "The gateway failed on this request.", code="internal_error")
            refuse(request.connection, fault, new_request_id())

    def _generating(self, operation: str) -> Handler:
        run = self._pipeline.run

        def handle(request: Request) -> Awaitable[None]:
            if IDEMPOTENCY_KEY in request.headers and self.idempotency is not None:
                return self.idempotency.serve(request, operation)
            return run(request, operation)

        return handle

    async def _other(self, request: Request) -> None:
        path = request.path
        if path.startswith(PREFIX_MODEL):
            if request.method not in ("GET", "HEAD"):
                self._wrong_method(request, "GET")
                return
            await self._models(request)
        elif self._replica.settings.admin and relay.is_admin(path):
            await relay.forward(self._replica, request)
        else:
            raise ClientError(404, f"There is nothing at {path[:200]}. The API begins at /v1.", code="unknown_path")

    async def _models(self, request: Request) -> None:
        key = await self._pipeline.authenticate(request)
        table = self._replica.table
        wanted = relay.unquote(request.path[len(PREFIX_MODEL) :]) if request.path.startswith(PREFIX_MODEL) else ""
        if wanted:
            tiers = table.tiers(wanted) if key.may_use(wanted) else ()
            if not tiers:
                raise ClientError(
                    404,
                    f"The model '{wanted[:200]}' does not exist here, or this key may not use it.",
                    code="model_not_found",
                )
            body = msgspec.json.encode(_model(wanted, tiers[0].targets[0].channel.provider))
        else:
            names = [name for name in table.names() if key.may_use(name)]
            data = [_model(name, table.tiers(name)[0].targets[0].channel.provider) for name in names]
            body = msgspec.json.encode({"object": "list", "data": data})
        request.connection.respond(200, JSON + b"x-request-id: " + new_request_id().encode() + b"\r\n", body)

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
        refuse(request.connection, error, new_request_id(), b"allow: " + allowed.encode() + b"\r\n")


def _model(name: str, owner: str) -> dict[str, str | int]:
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}
