"""mem0ai 1.x, with the gaps closed that would lose or mix up memories."""

import copy
from datetime import datetime
from functools import partial
from typing import Final

from mem0 import Memory

from mem0_server.changes import Changes
from mem0_server.graph.events import UPDATE_PROMPT, events_of
from mem0_server.graph.fact_prompt import fact_prompt
from mem0_server.graph.stores import GraphStores
from mem0_server.idempotency import Keep
from mem0_server.losses import watched_graph, watched_memory
from mem0_server.mem0_config import base_config, bound_calls
from mem0_server.postgres import ServerPool
from mem0_server.scope import IDS
from mem0_server.service import Json
from mem0_server.settings import GraphSettings

_DEFAULT_MODEL = "gpt-4.1-nano-2025-04-14"
_NO_RELATIONS_ADDED: Final[Json] = {"deleted_entities": [], "added_entities": []}


def config(settings: GraphSettings, pool: ServerPool) -> Json:
    """mem0's configuration in this flavour."""
    return base_config(settings, pool, {"model": settings.mem0_default_llm_model or _DEFAULT_MODEL}) | {
        "custom_update_memory_prompt": UPDATE_PROMPT,
        "graph_store": {
            "provider": "neo4j",
            "config": {
                "url": settings.neo4j_uri,
                "username": settings.neo4j_username,
                "password": settings.neo4j_password.get_secret_value(),
            },
        },
    }


class GraphEngine:
    """Operations on mem0ai 1.x. See :class:`mem0_server.service.Engine`.

    The graph is kept per user: mem0 would put what has no ``user_id`` into one
    graph for all, so such memories go into the vector store only.
    """

    def __init__(self, settings: GraphSettings, stores: GraphStores) -> None:
        self._memory = Memory.from_config(config(settings, stores.pool))
        self._changes = partial(Changes, stores.pool, settings.postgres_collection_name)
        # The database that mem0's own connection has chosen.
        self._graph_transaction = partial(stores.transaction, self._memory.graph.graph._database)
        for caller in (self._memory, self._memory.graph):
            bound_calls(caller.llm, settings)
            bound_calls(caller.embedding_model, settings)
        self._vectors = copy.copy(self._memory)
        self._vectors.enable_graph = False
        self._graph_search = settings.mem0_graph_search
        self._own_prompt = settings.mem0_fact_prompt == "mem0"

    def add(
        self,
        messages: list[Json],
        scope: dict[str, str],
        metadata: Json | None,
        infer: bool,
        prompt: str | None,
        keep: Keep,
    ) -> Json:
        """Stores what the messages say, in the vector store and, per user, in the graph.

        :param infer: False stores the messages as they are, without any LLM call
        :param prompt: instructions for this extraction; mem0ai 1.x itself, and so its own prompt, ignores them
        """
        with (
            watched_memory(self._memory, self._changes(), ["facts", "memory"]) as call,
            self._graph_transaction(scope) as graph,
        ):
            memory = call.memory
            memory.graph = copy.copy(self._memory.graph)
            memory.graph.graph = graph
            memory.enable_graph = infer and "user_id" in scope
            memory.config = self._memory.config.model_copy(
                update={"custom_fact_extraction_prompt": self._fact_prompt(prompt)}
            )
            added: Json = memory.add(messages, **scope, metadata=_without_ids(metadata), infer=infer)
            added["results"] = events_of(added["results"], call)
            added.setdefault("relations", _NO_RELATIONS_ADDED)
            call.settle()
            graph.commit()
            keep(added)
        return added

    def search(
        self, query: str, scope: dict[str, str], filters: Json | None, limit: int, threshold: float | None
    ) -> Json:
        """Finds memories by meaning, nearest first.

        :param filters: metadata that must be equal
        :param threshold: least cosine similarity, 0 to 1; mem0ai 1.x would compare it with the distance
        """
        memory = self._memory if self._graph_search and "user_id" in scope else self._vectors
        found: Json = memory.search(query, **scope, filters=filters, limit=limit)
        found.setdefault("relations", [])
        if threshold is not None:
            found["results"] = [hit for hit in found["results"] if 1 - hit["score"] >= threshold]
        return found

    def list_all(self, scope: dict[str, str], limit: int) -> Json:
        """The memories of a scope, and the relations of its user."""
        memory = self._memory if "user_id" in scope else self._vectors
        listed: Json = memory.get_all(**scope, limit=limit)
        listed.setdefault("relations", [])
        return listed

    def get(self, memory_id: str) -> Json | None:
        """The memory, or None."""
        memory: Json | None = self._vectors.get(memory_id)
        return memory

    def update(self, memory_id: str, text: str, metadata: Json | None) -> Json:
        """Changes a memory's text; metadata keys merge, where mem0ai 1.x drops the old ones. The graph stays."""
        existing = self._existing(memory_id)
        merged = (existing.get("metadata") or {}) | (_without_ids(metadata) or {})
        updated: Json = self._vectors.update(memory_id, text, metadata=merged)
        return updated

    def history(self, memory_id: str) -> list[Json]:
        """Its changes, oldest first."""
        changes: list[Json] = self._memory.history(memory_id)
        return changes

    def delete(self, memory_id: str) -> None:
        """Invalidates what the memory says in the graph (two LLM calls), then deletes it.

        A failure leaves the memory, so that a repeat does both.
        """
        existing = self._existing(memory_id)
        scope = {name: existing[name] for name in IDS if existing.get(name)}
        if "user_id" in scope:
            with watched_graph(self._memory.graph) as graph:
                graph.delete(existing["memory"], scope)
        self._vectors.delete(memory_id)

    def delete_all(self, scope: dict[str, str]) -> None:
        """Deletes every memory of the scope, and its part of the graph; mem0ai 1.x stops after 100."""
        while self._vectors.get_all(**scope, limit=1)["results"]:
            self._vectors.delete_all(**scope)
        if "user_id" in scope:
            self._memory.graph.delete_all(dict(scope))

    def close(self) -> None:
        """Closes the history."""
        self._memory.close()

    def _fact_prompt(self, instructions: str | None) -> str | None:
        # Without one mem0 takes its own, which has no place for instructions.
        return None if self._own_prompt else fact_prompt(datetime.now().astimezone().date(), instructions)

    def _existing(self, memory_id: str) -> Json:
        existing = self.get(memory_id)
        if existing is None:
            raise ValueError(f"Memory with id {memory_id} not found")
        return existing


def _without_ids(metadata: Json | None) -> Json | None:
    # They would move the memory into another scope.
    return metadata and {key: value for key, value in metadata.items() if key not in IDS}
