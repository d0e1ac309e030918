"""The endpoints of the vector flavour whose shapes are those of the mem0 2.x server."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from starlette.requests import Request

from mem0_server.idempotency import AddKey, OnceOnly
from mem0_server.mem0_config import redacted
from mem0_server.memories import Limit, Message, OptionalId, Text, not_found
from mem0_server.scope import ScopedBody, is_uuid, required, scope_of
from mem0_server.service import Json, MemoryService
from mem0_server.vector.engine import VectorEngine


class AddRequest(ScopedBody):
    """What to remember, and under which ids."""

    messages: Annotated[list[Message], Field(min_length=1)]
    metadata: Json | None = None
    infer: bool | None = None
    prompt: Annotated[str | None, Field(description="Additional instructions for this extraction.")] = None
    expiration_date: Annotated[str | None, Field(description="YYYY-MM-DD")] = None


class SearchRequest(ScopedBody):
    """A query. The ids belong into ``filters``; at the top level they are accepted too."""

    query: Text
    filters: Json | None = None
    top_k: int | None = None
    threshold: Annotated[float | None, Field(description="Least semantic score, 0 to 1.")] = None
    explain: bool | None = None
    show_expired: bool | None = None


class UpdateRequest(BaseModel):
    """What to change; what is left out stays."""

    text: Text | None = None
    metadata: Json | None = None
    expiration_date: str | None = None


class SetupStatus(BaseModel):
    """The first-run state of the mem0 server's dashboard, which this server does not have."""

    needsSetup: bool


def routes(service: MemoryService[VectorEngine], once: OnceOnly[VectorEngine], key: Any, config: Json) -> APIRouter:
    """All endpoints whose shapes differ between the generations."""
    router = APIRouter()
    keyed = APIRouter(dependencies=[Depends(key)])

    @router.get("/auth/setup-status", summary="Tells mem0 2.x from 1.x")
    async def setup_status() -> SetupStatus:
        """Exists in this flavour only: clients tell the generation by it. Needs no key."""
        return SetupStatus(needsSetup=False)

    @keyed.get("/configure", summary="Show mem0's configuration")
    async def get_configuration() -> Json:
        """Without its secrets."""
        return redacted(config)

    @keyed.post("/memories", summary="Add memories")
    async def add_memories(request: Request, response: Response, body: AddRequest, add_key: AddKey) -> Json:
        """Extracts what is worth remembering and stores it."""
        scope = required(body.scope)
        options = body.model_dump(include={"metadata", "infer", "prompt", "expiration_date"}, exclude_none=True)
        messages = [message.model_dump() for message in body.messages]
        return await once.add(
            request, response, add_key, body, lambda engine, keep: engine.add(messages, scope, options, keep)
        )

    @keyed.get("/memories", summary="List memories")
    async def list_memories(
        request: Request,
        user_id: OptionalId = None,
        agent_id: OptionalId = None,
        run_id: OptionalId = None,
        top_k: Limit = None,
        show_expired: Annotated[bool, Query()] = False,
    ) -> Json:
        """At most ``top_k`` (20) memories of a scope, in no order."""
        scope = required(scope_of(user_id, agent_id, run_id))
        options: Json = {"show_expired": show_expired} | ({} if top_k is None else {"top_k": top_k})
        return await service.read(request, lambda engine: engine.list_all(scope, options))

    @keyed.post("/search", summary="Search memories")
    async def search_memories(request: Request, body: SearchRequest) -> Json:
        """The memories nearest to the query, best first; a higher score is better."""
        filters = (body.filters or {}) | body.scope
        options = body.model_dump(include={"top_k", "threshold", "explain", "show_expired"}, exclude_none=True)
        return await service.read(request, lambda engine: engine.search(body.query, filters, options))

    @keyed.put("/memories/{memory_id}", summary="Update a memory")
    async def update_memory(request: Request, memory_id: str, body: UpdateRequest) -> Json:
        """Changes text, metadata (keys merge) or expiration date (null removes it)."""
        if not is_uuid(memory_id):
            raise not_found(memory_id)
        changes = body.model_dump(exclude_unset=True)
        return await service.write(request, lambda engine: engine.update(memory_id, changes))

    router.include_router(keyed)
    return router
