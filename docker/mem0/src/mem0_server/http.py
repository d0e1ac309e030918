"""What every request gets: an id, a log line, a place in the metrics, and errors as JSON."""

import logging
import re
import time
import uuid

from fastapi.responses import JSONResponse
from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mem0_server import logs
from mem0_server.errors import ApiError

logger = logging.getLogger(__name__)

_QUIET = ("/health", "/ready", "/metrics")


class Requests:
    """ASGI middleware: request id, log line and duration of every request."""

    def __init__(self, app: ASGIApp, durations: Histogram) -> None:
        self._app = app
        self._durations = durations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        token = logs.request_id.set(request_id)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            route = scope.get("route")
            path = getattr(route, "path", "unmatched")
            self._durations.labels(scope["method"], path, str(status)).observe(seconds)
            level = logging.DEBUG if path in _QUIET else logging.INFO
            logger.log(level, "%s %s %d in %.0f ms", scope["method"], path, status, seconds * 1000)
            logs.request_id.reset(token)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex[:8]


async def api_error(_: Request, error: Exception) -> JSONResponse:
    """The answer for an :class:`ApiError`: ``detail``, and ``code``, ``request_id``, ``undone`` where it has them."""
    assert isinstance(error, ApiError)
    body: dict[str, str | bool] = {"detail": error.detail}
    if error.code is not None:
        body |= {"code": error.code, "request_id": logs.request_id.get()}
    if error.undone is not None:
        body["undone"] = error.undone
    return JSONResponse(body, error.status, error.headers)
