"""The endpoints that both flavours share: one memory, a whole scope, and what is refused."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, Field
from starlette.requests import Request

from mem0_server.errors import ApiError
from mem0_server.scope import is_uuid, required, scope_of
from mem0_server.service import Engine, Json, MemoryService


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(_storable)]
"""A text without what JSON can say and PostgreSQL or UTF-8 can't: U+0000 is dropped, half a character becomes ``?``."""


class Message(BaseModel):
    """One message of a conversation. Put the speaker's name into the content."""

    role: Annotated[str, Field(description="user, assistant or system; others are dropped")]
    content: Text


class Confirmation(BaseModel):
    """Says that something was done."""

    message: str


OptionalId = Annotated[str | None, Query()]
Limit = Annotated[int | None, Query(ge=0, le=1000)]


def not_found(memory_id: str) -> ApiError:
    """The 404 for a memory that does not exist."""
    return ApiError(404, f"Memory with id {memory_id} not found")


def shared_routes[E: Engine](service: MemoryService[E]) -> APIRouter:
    """Look-up, history and deletion; the same in both flavours."""
    router = APIRouter()

    @router.get("/memories/{memory_id}", summary="Get a memory")
    async def get_memory(request: Request, memory_id: str) -> Json | None:
        """The memory; ``null`` where there is none of this id."""
        if not is_uuid(memory_id):
            return None
        return await service.read(request, lambda engine: engine.get(memory_id))

    @router.get("/memories/{memory_id}/history", summary="Get a memory's history")
    async def get_history(request: Request, memory_id: str) -> list[Json]:
        """Every change of a memory, also after its deletion."""
        return await service.read(request, lambda engine: engine.history(memory_id))

    @router.delete("/memories/{memory_id}", summary="Delete a memory")
    async def delete_memory(request: Request, memory_id: str) -> Confirmation:
        """404 where there is none of this id, so also the second time."""
        if not is_uuid(memory_id):
            raise not_found(memory_id)
        await service.write(request, lambda engine: engine.delete(memory_id))
        return Confirmation(message="Memory deleted successfully")

    @router.delete("/memories", summary="Delete the memories of a scope")
    async def delete_all_memories(
        request: Request,
        user_id: OptionalId = None,
        agent_id: OptionalId = None,
        run_id: OptionalId = None,
    ) -> Confirmation:
        """Deletes what is stored under all of the given ids; 400 without any."""
        scope = required(scope_of(user_id, agent_id, run_id))
        await service.write(request, lambda engine: engine.delete_all(scope))
        return Confirmation(message="All relevant memories deleted")

    @router.post("/reset", summary="Refused: delete everything")
    async def reset() -> None:
        """Always 403: one call must not be able to delete every user's memories."""
        raise ApiError(
            403,
            "This server does not delete everything. Delete a scope with DELETE /memories?user_id=…, "
            "or stop it and drop the database.",
        )

    @router.post("/configure", summary="Refused: change the configuration")
    async def configure() -> None:
        """Always 403: the configuration is that of the environment."""
        raise ApiError(403, "The configuration comes from environment variables. Change them and restart the server.")

    return router
