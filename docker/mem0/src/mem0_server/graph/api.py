"""The endpoints of the graph flavour whose shapes are those of the mem0 1.x server."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AliasChoices, BaseModel, Field
from starlette.requests import Request

from mem0_server.errors import ApiError
from mem0_server.graph.engine import GraphEngine
from mem0_server.idempotency import AddKey, OnceOnly
from mem0_server.memories import Limit, Message, OptionalId, Text, not_found
from mem0_server.scope import ScopedBody, is_uuid, required, scope_of
from mem0_server.service import Json, MemoryService

_DEFAULT_LIMIT = 100


class _WithoutExpiry(BaseModel):
    expiration_date: Annotated[str | None, Field(description="Refused: mem0 1.x has no expiry.")] = None

    def refuse_expiry(self) -> None:
        """Refuses what a client would otherwise believe done."""
        if self.expiration_date is not None:
            raise ApiError(400, "expiration_date is not supported by the graph flavour (mem0ai 1.x). Delete instead.")


class AddRequest(ScopedBody, _WithoutExpiry):
    """What to remember, and under which ids."""

    messages: Annotated[list[Message], Field(min_length=1)]
    metadata: Json | None = None
    infer: bool | None = None
    prompt: Annotated[str | None, Field(description="Additional instructions for this extraction.")] = None


class SearchRequest(ScopedBody):
    """A query, and the ids to search under."""

    query: Text
    filters: Annotated[Json | None, Field(description="Metadata that must be equal.")] = None
    limit: Annotated[int, Field(ge=0, le=1000, validation_alias=AliasChoices("limit", "top_k"))] = _DEFAULT_LIMIT
    threshold: Annotated[float | None, Field(ge=0, le=1, description="Least cosine similarity.")] = None


class UpdateRequest(_WithoutExpiry):
    """What to change."""

    text: Text
    metadata: Json | None = None


def routes(service: MemoryService[GraphEngine], once: OnceOnly[GraphEngine], key: Any, graph_search: bool) -> APIRouter:
    """All endpoints whose shapes differ between the generations.

    :param graph_search: whether searches ask Neo4j too, which must be there then
    """
    router = APIRouter(dependencies=[Depends(key)])

    @router.post("/memories", summary="Add memories")
    async def add_memories(request: Request, response: Response, body: AddRequest, add_key: AddKey) -> Json:
        """Extracts what is worth remembering and stores it."""
        body.refuse_expiry()
        scope = required(body.scope)
        messages = [message.model_dump() for message in body.messages]
        infer = body.infer is not False
        return await once.add(
            request,
            response,
            add_key,
            body,
            lambda engine, keep: engine.add(messages, scope, body.metadata, infer, body.prompt, keep),
        )

    @router.get("/memories", summary="List memories")
    async def list_memories(
        request: Request,
        user_id: OptionalId = None,
        agent_id: OptionalId = None,
        run_id: OptionalId = None,
        limit: Limit = None,
        top_k: Limit = None,
    ) -> Json:
        """At most ``limit`` (100) memories of a scope, in no order. ``top_k`` is its name in mem0 2.x."""
        scope = required(scope_of(user_id, agent_id, run_id))
        wanted = next((given for given in (limit, top_k) if given is not None), _DEFAULT_LIMIT)
        return await service.read(request, lambda engine: engine.list_all(scope, wanted), checked=True)

    @router.post("/search", summary="Search memories")
    async def search_memories(request: Request, body: SearchRequest) -> Json:
        """The memories nearest to the query, best first; ``score`` is the cosine distance, so lower is better."""
        scope = required(body.scope)
        if not body.query.strip():
            raise ApiError(400, "Invalid query: cannot be empty or whitespace-only.")
        filters = _equality(body.filters)
        return await service.read(
            request,
            lambda engine: engine.search(body.query, scope, filters, body.limit, body.threshold),
            checked=graph_search,
        )

    @router.put("/memories/{memory_id}", summary="Update a memory")
    async def update_memory(request: Request, memory_id: str, body: UpdateRequest) -> Json:
        """Changes the text; metadata keys merge."""
        body.refuse_expiry()
        if not is_uuid(memory_id):
            raise not_found(memory_id)
        return await service.write(request, lambda engine: engine.update(memory_id, body.text, body.metadata))

    return router


def _equality(filters: Json | None) -> Json | None:
    """The filters as mem0ai 1.x compares them: as the texts PostgreSQL makes of JSON values."""
    if filters is None:
        return None
    texts: Json = {}
    for key, value in filters.items():
        if isinstance(value, bool):
            texts[key] = "true" if value else "false"
        elif isinstance(value, (str, int, float)):
            texts[key] = value
        else:
            raise ApiError(
                400,
                f"Unsupported filter '{key}': the graph flavour (mem0ai 1.x) compares metadata with "
                "a string, number or boolean only.",
            )
    return texts
