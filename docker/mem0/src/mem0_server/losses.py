"""Finds out what mem0 failed to do and did not report.

mem0 catches many failures of its collaborators and answers 200 with fewer
results, which a client can't tell from "nothing to remember". The watchers
below stand between mem0 and its collaborators for the time of one call and
keep the failures that were not made good by a later try.
"""

import copy
import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from mem0.memory.utils import extract_json, remove_code_blocks

from mem0_server.errors import PartlyDoneError, UnreadableAnswerError


class Losses:
    """The open failures of one call to mem0. Used by the threads of that call only."""

    def __init__(self) -> None:
        self._open: dict[Hashable, Exception] = {}
        self.stored = False
        """Whether the call has changed the vector store."""

    def failed(self, keys: Iterable[Hashable], error: Exception) -> None:
        """Records that the things known by ``keys`` failed."""
        for key in keys:
            self._open.setdefault(key, error)

    def made_good(self, keys: Iterable[Hashable]) -> None:
        """Records that the things known by ``keys`` succeeded after all."""
        for key in keys:
            self._open.pop(key, None)

    def raise_worst(self, error: Exception | None) -> None:
        """Raises what the client has to know, if anything.

        :param error: the exception that the call ended with, or None
        """
        # What failed inside says more than what mem0 made of it.
        failure = next(iter(self._open.values()), error)
        if failure is None:
            return
        if self.stored:
            raise PartlyDoneError from failure
        raise failure


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
    """An LLM whose failed calls and unreadable answers are kept."""

    def generate_response(self, *args: Any, **kwargs: Any) -> Any:
        """As the LLM does; each call is a thing of its own, for mem0 does not repeat it."""
        key = ("llm", object())
        answer = self._call("generate_response", [key], *args, **kwargs)
        if kwargs.get("response_format"):
            problem = _problem_of(answer)
            if problem:
                self._losses.failed([key], UnreadableAnswerError(problem))
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
    """A vector store whose failed changes are kept until the same row is changed after all."""

    def insert(self, vectors: list[Any], payloads: list[Any], ids: list[str]) -> Any:
        """As the store does."""
        keys = [("row", row) for row in ids]
        return self._change("insert", keys, vectors=vectors, payloads=payloads, ids=ids)

    def update(self, vector_id: str, *args: Any, **kwargs: Any) -> Any:
        """As the store does."""
        return self._change("update", [("row", vector_id)], vector_id, *args, **kwargs)

    def delete(self, vector_id: str) -> Any:
        """As the store does."""
        return self._change("delete", [("row", vector_id)], vector_id)

    def _change(self, method: str, keys: Sequence[Hashable], *args: Any, **kwargs: Any) -> Any:
        result = self._call(method, keys, *args, **kwargs)
        self._losses.stored = True
        return result


class WatchedGraphDatabase(_Watcher):
    """A graph database whose failed queries are kept."""

    def query(self, *args: Any, **kwargs: Any) -> Any:
        """As the database does."""
        return self._call("query", [("query", object())], *args, **kwargs)


_OF_MEMORY: Final = {
    "llm": WatchedLlm,
    "embedding_model": WatchedEmbedder,
    "vector_store": WatchedVectorStore,
}
_OF_GRAPH: Final = {
    "llm": WatchedLlm,
    "embedding_model": WatchedEmbedder,
    "graph": WatchedGraphDatabase,
}


def watched_memory(memory: Any) -> AbstractContextManager[Any]:
    """A copy of a mem0 ``Memory`` for one call, which fails at the end if mem0 lost something.

    The copy shares the collaborators, so making one costs nothing.
    """
    return _watched(memory, _OF_MEMORY)


def watched_graph(graph: Any) -> AbstractContextManager[Any]:
    """The same for the ``MemoryGraph`` of mem0ai 1.x."""
    return _watched(graph, _OF_GRAPH)


@contextmanager
def _watched(caller: Any, watchers: Mapping[str, type[_Watcher]]) -> Iterator[Any]:
    losses = Losses()
    watching = copy.copy(caller)
    for attribute, watcher in watchers.items():
        setattr(watching, attribute, watcher(getattr(caller, attribute), losses))
    try:
        yield watching
    except Exception as error:
        losses.raise_worst(error)
    else:
        losses.raise_worst(None)


def _problem_of(answer: object) -> str | None:
    if not isinstance(answer, str) or not answer.strip():
        return "it is empty (the model may have declined)"
    for candidate in (remove_code_blocks(answer), extract_json(answer)):
        try:
            parsed = json.loads(candidate, strict=False)
        except json.JSONDecodeError:
            continue
        if isinstance(parsed, dict) and ("facts" in parsed or "memory" in parsed):
            return None
    return "not the JSON object that was asked for (cut off, or the model declined)"
