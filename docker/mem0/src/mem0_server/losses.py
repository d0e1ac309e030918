"""Finds out what mem0 failed to do and did not report.

mem0 catches many failures of its collaborators and answers 200 with fewer
results, which a client can't tell from "nothing to remember". The watchers
below stand between mem0 and its collaborators for the time of one call and
keep the failures that were not made good by a later try. A call that failed, or
lost something, is undone.
"""

import copy
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from mem0.memory.utils import extract_json, remove_code_blocks

from mem0_server.changes import Changes
from mem0_server.errors import PartlyDoneError, UnreadableAnswerError


class Losses:
    """The open failures of one call to mem0. Used by the threads of that call only."""

    def __init__(self) -> None:
        self._open: dict[Hashable, Exception] = {}

    @property
    def first(self) -> Exception | None:
        """The first of those that were not made good."""
        return next(iter(self._open.values()), None)

    def failed(self, keys: Iterable[Hashable], error: Exception) -> None:
        """Records that the things known by ``keys`` failed."""
        for key in keys:
            self._open.setdefault(key, error)

    def made_good(self, keys: Iterable[Hashable]) -> None:
        """Records that the things known by ``keys`` succeeded after all."""
        for key in keys:
            self._open.pop(key, None)


class _Watcher:
    """Passes everything on to the collaborator, but for the methods a subclass watches."""

    def __init__(self, watched: Any, losses: Losses) -> None:
        self._watched = watched
        self._losses = losses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watched, name)

    def _call(self, method: str, keys: Sequence[Hashable], *args: Any, **kwargs: Any) -> Any:
        try:
            result = getattr(self._watched, method)(*args, **kwargs)
        except Exception as error:
            self._losses.failed(keys, error)
            raise
        self._losses.made_good(keys)
        return result


class WatchedLlm(_Watcher):
    """An LLM whose failed calls and unreadable answers are kept.

    :param expected: the list that each JSON answer has to have, in the order of the calls
    """

    def __init__(self, watched: Any, losses: Losses, expected: Iterable[str] = ()) -> None:
        super().__init__(watched, losses)
        self._expected = iter(expected)
        self.answers: dict[str, list[Any]] = {}
        """The lists of the answers so far, by name."""

    def generate_response(self, *args: Any, **kwargs: Any) -> Any:
        """As the LLM does; each call is a thing of its own, for mem0 does not repeat it."""
        key = ("llm", object())
        answer = self._call("generate_response", [key], *args, **kwargs)
        if kwargs.get("response_format"):
            name = next(self._expected)
            try:
                self.answers[name] = _list_of(answer, name)
            except UnreadableAnswerError as error:
                self._losses.failed([key], error)
        return answer


class WatchedEmbedder(_Watcher):
    """An embedder whose failures are kept until the same text is embedded after all."""

    def embed(self, text: str, *args: Any, **kwargs: Any) -> Any:
        """As the embedder does."""
        return self._call("embed", [("embed", text)], text, *args, **kwargs)

    def embed_batch(self, texts: list[str], *args: Any, **kwargs: Any) -> Any:
        """As the embedder does."""
        return self._call("embed_batch", [("embed", text) for text in texts], texts, *args, **kwargs)


class WatchedVectorStore(_Watcher):
    """A vector store whose changes are noted, and kept as failures until the same row is changed after all."""

    def __init__(self, watched: Any, losses: Losses, changes: Changes) -> None:
        super().__init__(watched, losses)
        self._changes = changes
        self.found: dict[str, str] = {}
        """The texts of the memories that were found, by id, in the order in which they came up first."""

    def search(self, **kwargs: Any) -> Any:
        """As the store does."""
        hits = self._watched.search(**kwargs)
        self.found |= {hit.id: hit.payload.get("data", "") for hit in hits}
        return hits

    def get(self, vector_id: str) -> Any:
        """As the store does."""
        return self._call("get", [("get", vector_id)], vector_id)

    def insert(self, vectors: list[Any], payloads: list[Any], ids: list[str]) -> Any:
        """As the store does."""
        for row, payload in zip(ids, payloads, strict=True):
            self._changes.insertion(row, payload)
        return self._call("insert", [("row", row) for row in ids], vectors=vectors, payloads=payloads, ids=ids)

    def update(self, vector_id: str, vector: Any, payload: Any) -> Any:
        """As the store does."""
        keys = [("row", vector_id)]
        self._noted(keys, lambda: self._changes.update(vector_id, payload))
        return self._call("update", keys, vector_id, vector=vector, payload=payload)

    def delete(self, vector_id: str) -> Any:
        """As the store does."""
        keys = [("row", vector_id)]
        self._noted(keys, lambda: self._changes.deletion(vector_id))
        return self._call("delete", keys, vector_id)

    def _noted(self, keys: Sequence[Hashable], note: Callable[[], None]) -> None:
        # What can't be read can't be put back, so it must not be changed.
        try:
            note()
        except Exception as error:
            self._losses.failed(keys, error)
            raise


class LateHistory:
    """A history that is written when the call has succeeded, so that it tells nothing of what was undone.

    mem0 also swallows failures of its history, and the memory's result with them.
    """

    def __init__(self, history: Any) -> None:
        self._history = history
        self._writes: list[Callable[[], None]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._history, name)

    def add_history(self, *args: Any, **kwargs: Any) -> None:
        """As mem0's history does, but later."""
        self._writes.append(partial(self._history.add_history, *args, **kwargs))

    def batch_add_history(self, records: list[Any]) -> None:
        """As mem0's history does, but later."""
        self._writes.append(partial(self._history.batch_add_history, records))

    def save_messages(self, messages: list[Any], session_scope: str) -> None:
        """As mem0's history does, but later: what a repeat says must not look as if it had been said before."""
        self._writes.append(partial(self._history.save_messages, messages, session_scope))

    def write(self) -> None:
        """Writes it all."""
        for write in self._writes:
            write()


class WatchedGraphDatabase(_Watcher):
    """A graph database whose failed queries are kept."""

    def query(self, *args: Any, **kwargs: Any) -> Any:
        """As the database does."""
        return self._call("query", [("query", object())], *args, **kwargs)


class WatchedCall:
    """One call to mem0.

    :param memory: mem0's ``Memory``
    :param changes: an empty record of the call's changes
    :param expected: see :class:`WatchedLlm`
    """

    def __init__(self, memory: Any, changes: Changes, expected: Iterable[str]) -> None:
        self.losses = Losses()
        self.changes = changes
        self._llm = WatchedLlm(memory.llm, self.losses, expected)
        self._store = WatchedVectorStore(memory.vector_store, self.losses, changes)
        self._history = LateHistory(memory.db)
        self.memory = copy.copy(memory)
        """A copy for this call. It shares the collaborators, so making one costs nothing."""
        self.memory.llm = self._llm
        self.memory.embedding_model = WatchedEmbedder(memory.embedding_model, self.losses)
        self.memory.vector_store = self._store
        self.memory.db = self._history

    @property
    def answers(self) -> dict[str, list[Any]]:
        """The lists in the LLM's JSON answers, by name."""
        return self._llm.answers

    @property
    def found(self) -> dict[str, str]:
        """The texts of the memories that the call has found, by id, in the order in which they came up first."""
        return self._store.found

    def settle(self) -> None:
        """Raises what mem0 lost and did not report, if anything; else writes the history."""
        if self.losses.first is not None:
            raise self.losses.first
        self._history.write()


@contextmanager
def watched_memory(memory: Any, changes: Changes, expected: Iterable[str] = ()) -> Iterator[WatchedCall]:
    """One call to mem0, whose changes are undone if the block fails. The block has to settle it."""
    call = WatchedCall(memory, changes, expected)
    try:
        yield call
    except Exception as error:
        # What failed inside says more than what mem0 made of it.
        failure = call.losses.first or error
        if changes:
            raise PartlyDoneError(changes.undo()) from failure
        if failure is error:
            raise
        raise failure from failure.__cause__


@contextmanager
def watched_graph(graph: Any) -> Iterator[Any]:
    """A copy of the ``MemoryGraph`` of mem0ai 1.x for one call, which fails at the end if something failed inside."""
    losses = Losses()
    watching = copy.copy(graph)
    watching.llm = WatchedLlm(graph.llm, losses)
    watching.embedding_model = WatchedEmbedder(graph.embedding_model, losses)
    watching.graph = WatchedGraphDatabase(graph.graph, losses)
    try:
        yield watching
    except Exception:
        if losses.first is None:
            raise
        raise losses.first from losses.first.__cause__
    if losses.first is not None:
        raise losses.first


def _list_of(answer: object, name: str) -> list[Any]:
    if not isinstance(answer, str) or not answer.strip():
        raise UnreadableAnswerError("it is empty (the model may have declined)")
    for candidate in (remove_code_blocks(answer), extract_json(answer)):
        try:
            parsed = json.loads(candidate, strict=False)
        except json.JSONDecodeError:
            continue
        found = (parsed[name] or []) if isinstance(parsed, dict) and name in parsed else None
        if isinstance(found, list):
            return found
        break  # mem0 takes the first that is JSON
    raise UnreadableAnswerError("not the JSON object that was asked for (cut off, or the model declined)")
