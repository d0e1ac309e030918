"""mem0ai 2.x."""

import re
from functools import partial

from mem0 import Memory

from mem0_server.changes import Changes
from mem0_server.idempotency import Keep
from mem0_server.losses import watched_memory
from mem0_server.mem0_config import base_config, bound_calls
from mem0_server.postgres import ServerPool
from mem0_server.service import Json
from mem0_server.settings import Settings

_DEFAULT_MODEL = "gpt-5-mini"
# These refuse a temperature; mem0ai 2.x knows only some of them by name.
_REASONING_MODEL = re.compile(r"(.*/)?(o\d|gpt-5(?![.\d]))")


def config(settings: Settings, pool: ServerPool) -> Json:
    """mem0's configuration in this flavour."""
    model = settings.mem0_default_llm_model or _DEFAULT_MODEL
    reasoning = True if _REASONING_MODEL.match(model) else None
    return base_config(settings, pool, {"model": model, "is_reasoning_model": reasoning})


class VectorEngine:
    """Operations on mem0ai 2.x. See :class:`mem0_server.service.Engine`."""

    def __init__(self, settings: Settings, pool: ServerPool) -> None:
        self._memory = Memory.from_config(config(settings, pool))
        self._changes = partial(Changes, pool, settings.postgres_collection_name)
        bound_calls(self._memory.llm, settings)
        bound_calls(self._memory.embedding_model, settings)
        # Both are made at first use otherwise; deletions skip an entity store
        # that this process has not used yet.
        self._memory.vector_store.list(top_k=1)
        self._memory.entity_store.list(top_k=1)

    def add(self, messages: list[Json], scope: dict[str, str], options: Json, keep: Keep) -> Json:
        """Stores what the messages say.

        :param options: any of metadata, infer, prompt, expiration_date
        """
        with watched_memory(self._memory, self._changes(), ["memory"]) as call:
            added: Json = call.memory.add(messages, **scope, **options)
            call.settle()
            keep(added)
        return added

    def search(self, query: str, filters: Json, options: Json) -> Json:
        """Finds memories by meaning and words.

        :param options: any of top_k, threshold, explain, show_expired
        """
        found: Json = self._memory.search(query, filters=filters, **options)
        return found

    def list_all(self, scope: dict[str, str], options: Json) -> Json:
        """The memories of a scope.

        :param options: any of top_k, show_expired
        """
        listed: Json = self._memory.get_all(filters=dict(scope), **options)
        return listed

    def get(self, memory_id: str) -> Json | None:
        """The memory, or None."""
        memory: Json | None = self._memory.get(memory_id)
        return memory

    def update(self, memory_id: str, changes: Json) -> Json:
        """Changes a memory.

        :param changes: any of text, metadata (merged), expiration_date (None removes it)
        """
        with watched_memory(self._memory, self._changes()) as call:
            updated: Json = call.memory.update(memory_id, **changes)
            call.settle()
        return updated

    def history(self, memory_id: str) -> list[Json]:
        """Its changes, oldest first."""
        changes: list[Json] = self._memory.history(memory_id)
        return changes

    def delete(self, memory_id: str) -> None:
        """Deletes it."""
        self._memory.delete(memory_id)

    def delete_all(self, scope: dict[str, str]) -> None:
        """Deletes every memory of the scope."""
        self._memory.delete_all(**scope)

    def close(self) -> None:
        """Closes the history."""
        self._memory.close()
