"""Carries out requests on mem0, which is built when the databases are there."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request

from mem0_server.errors import ApiError, StoreUnavailableError, classify
from mem0_server.lanes import Lane
from mem0_server.settings import Settings

logger = logging.getLogger(__name__)

type Json = dict[str, Any]


class Engine(Protocol):
    """The operations that both generations of mem0 have in common. Blocking; safe for many threads."""

    def get(self, memory_id: str) -> Json | None:
        """The memory, or None."""

    def history(self, memory_id: str) -> list[Json]:
        """Its changes, oldest first."""

    def delete(self, memory_id: str) -> None:
        """Deletes it; ValueError ``… not found`` where it does not exist."""

    def delete_all(self, scope: dict[str, str]) -> None:
        """Deletes every memory of a scope, which is never empty."""

    def close(self) -> None:
        """Releases what :meth:`get` and the others hold."""


class Stores(Protocol):
    """The databases below mem0."""

    errors: tuple[type[BaseException], ...]
    """Exceptions that mean 'a database is not there', beside those of PostgreSQL."""

    def check(self) -> dict[str, StoreUnavailableError | None]:
        """Each database by name, with what is wrong with it."""

    def close(self) -> None:
        """Closes the connections."""


class MemoryService[E: Engine]:
    """Runs operations in their lane, on an engine that is built as soon as its databases answer."""

    def __init__(self, settings: Settings, stores: Stores, build: Callable[[], E]) -> None:
        self._stores = stores
        self._build = build
        self._engine: E | None = None
        self._building = threading.Lock()
        self.reads = Lane(settings.mem0_max_reads, settings.mem0_max_waiting)
        self.writes = Lane(settings.mem0_max_writes, settings.mem0_max_waiting)
        self._checks = Lane(1, settings.mem0_max_waiting)

    async def read[T](self, request: Request, operation: Callable[[E], T], *, checked: bool = False) -> T:
        """Carries out a search or look-up.

        :param checked: whether to ask all databases first, for what would wait long for one that is down
        """
        return await self.reads.run(request, lambda: self._carry_out(operation, checked))

    async def write[T](self, request: Request, operation: Callable[[E], T]) -> T:
        """Carries out a change, if the databases answer: no LLM is paid for what can't be stored.

        If they don't, the answer is 503, not 502: nothing was begun.
        """
        return await self.writes.run(request, lambda: self._carry_out(operation, checked=True))

    async def readiness(self, request: Request) -> dict[str, str]:
        """Each part the service needs, with ``ok`` or what is wrong with it."""

        def check() -> dict[str, str]:
            problems = self._stores.check()
            report = {name: "ok" if problem is None else problem.reason for name, problem in problems.items()}
            if any(problems.values()):
                report["mem0"] = "not asked"
            else:
                try:
                    self._ready_engine()
                    report["mem0"] = "ok"
                except Exception as error:
                    logger.warning("mem0 can't be set up: %s", type(error).__name__, exc_info=_at_debug())
                    report["mem0"] = f"can't be set up ({type(error).__name__})"
            return report

        return await self._checks.run(request, check)

    def close(self) -> None:
        """Releases the engine and the database connections."""
        with self._building:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
            self._stores.close()

    def _carry_out[T](self, operation: Callable[[E], T], checked: bool) -> T:
        # Setting mem0 up without its databases would take it long to fail.
        if checked or self._engine is None:
            for name, problem in self._stores.check().items():
                if problem is not None:
                    raise ApiError(503, f"{name}: {problem.reason}.", "datastore_unavailable", {"Retry-After": "5"})
        try:
            return operation(self._ready_engine())
        except Exception as error:
            failure = classify(error, self._stores.errors)
            if failure.status >= 500:
                cause = error.__cause__ or error
                logger.warning("%s caused by %s", failure.code, type(cause).__name__, exc_info=_at_debug())
            raise failure from error

    def _ready_engine(self) -> E:
        engine = self._engine
        if engine is None:
            with self._building:
                engine = self._engine
                if engine is None:
                    engine = self._engine = self._build()
                    logger.info("mem0 is set up")
        return engine


def _at_debug() -> bool:
    # A traceback's message can hold chat text.
    return logger.isEnabledFor(logging.DEBUG)
