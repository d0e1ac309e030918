"""Puts the application together, for the installed generation of mem0."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from starlette.requests import Request

from mem0_server.auth import require_key
from mem0_server.errors import ApiError
from mem0_server.http import Requests, api_error
from mem0_server.idempotency import KeptAnswers, OnceOnly
from mem0_server.memories import shared_routes
from mem0_server.service import MemoryService
from mem0_server.settings import Settings

_DURATIONS = (0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 20, 60, 120)

MEM0_VERSION = version("mem0ai")
FLAVOUR = "graph" if MEM0_VERSION.startswith("1.") else "vector"
# What an add of this flavour can do to a memory.
_EVENTS = ["ADD", "UPDATE", "DELETE", "NONE"] if FLAVOUR == "graph" else ["ADD"]


def load_settings() -> Settings:
    """The settings of the installed flavour; pydantic's ValidationError names every bad variable."""
    if FLAVOUR == "graph":
        from mem0_server.settings import GraphSettings

        return GraphSettings.model_validate({})
    return Settings.model_validate({})


def create_app(settings: Settings) -> FastAPI:
    """The application. It starts without its databases, and tells by ``/ready`` when it can work.

    :raises OSError: if the history can't be written
    """
    history = Path(settings.history_db_path)
    history.parent.mkdir(parents=True, exist_ok=True)
    history.open("ab").close()
    key = require_key(settings)
    service, once, flavoured = _flavour(settings, key)
    registry = CollectorRegistry()
    durations = Histogram(
        "mem0_request_seconds",
        "Duration of requests, from their arrival.",
        ("method", "path", "status"),
        buckets=_DURATIONS,
        registry=registry,
    )
    _lane_gauges(service, once, registry)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    app = FastAPI(
        title=f"mem0 ({FLAVOUR})",
        description=f"Long-term memory over mem0ai {MEM0_VERSION}. Send the key as X-API-Key.",
        version=MEM0_VERSION,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.add_middleware(Requests, durations=durations)
    app.add_exception_handler(ApiError, api_error)
    app.include_router(_probes(service, registry, settings))
    app.include_router(flavoured)
    app.include_router(shared_routes(service), dependencies=[Depends(key)])
    return app


def _flavour(settings: Settings, key: Any) -> tuple[MemoryService[Any], OnceOnly[Any], APIRouter]:
    # Each flavour needs packages that the other's image does not have.
    if FLAVOUR == "graph":
        from mem0_server.graph import api as graph_api
        from mem0_server.graph.engine import GraphEngine
        from mem0_server.graph.stores import GraphStores
        from mem0_server.settings import GraphSettings

        assert isinstance(settings, GraphSettings)
        graph_settings = settings
        graph_stores = GraphStores(graph_settings)
        graph_answers = KeptAnswers(graph_stores.pool, settings)

        def graph_engine() -> GraphEngine:
            graph_answers.create()
            return GraphEngine(graph_settings, graph_stores)

        graph = MemoryService(settings, graph_stores, graph_engine)
        graph_once = OnceOnly(graph, graph_answers, settings)
        return graph, graph_once, graph_api.routes(graph, graph_once, key, graph_settings.mem0_graph_search)

    from mem0_server.vector import api as vector_api
    from mem0_server.vector.engine import VectorEngine, config
    from mem0_server.vector.stores import VectorStores

    stores = VectorStores(settings)
    answers = KeptAnswers(stores.pool, settings)

    def vector_engine() -> VectorEngine:
        answers.create()
        return VectorEngine(settings, stores.pool)

    vector = MemoryService(settings, stores, vector_engine)
    once = OnceOnly(vector, answers, settings)
    return vector, once, vector_api.routes(vector, once, key, config(settings, stores.pool))


def _probes(service: MemoryService[Any], registry: CollectorRegistry, settings: Settings) -> APIRouter:
    router = APIRouter()
    # What a client can't find out otherwise, and would have to be told by hand.
    features = {
        "flavour": FLAVOUR,
        "mem0ai": MEM0_VERSION,
        "fact_prompt": settings.fact_prompt,
        "idempotency_key": True,
        "embedder_limit_tokens": settings.embedder_limit_tokens,
        "events": _EVENTS,
    }

    @router.get("/health", summary="Liveness")
    async def health() -> dict[str, str]:
        """200 as long as the process answers. Asks no database, needs no key."""
        return {"status": "ok", "flavour": FLAVOUR, "mem0ai": MEM0_VERSION}

    @router.get("/ready", summary="Readiness")
    async def ready(request: Request) -> JSONResponse:
        """200 when every database answers, else 503; both tell what the server can do. Asks no LLM, needs no key."""
        checks = await service.readiness(request)
        is_ready = all(state == "ok" for state in checks.values())
        body = {"status": "ready" if is_ready else "not ready", "checks": checks, **features}
        return JSONResponse(body, 200 if is_ready else 503)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _lane_gauges(service: MemoryService[Any], once: OnceOnly[Any], registry: CollectorRegistry) -> None:
    running = Gauge("mem0_requests_running", "Requests at work in mem0.", ("lane",), registry=registry)
    waiting = Gauge("mem0_requests_waiting", "Requests waiting for their turn.", ("lane",), registry=registry)
    for name, lane in (("read", service.reads), ("write", service.writes)):
        running.labels(name).set_function(partial(getattr, lane, "running"))
        waiting.labels(name).set_function(partial(getattr, lane, "waiting"))
    waiting.labels("repeat").set_function(lambda: once.waiting)
