"""Adds with an ``Idempotency-Key``: a repeat gets the first answer, and nothing is done again.

The answers are kept in PostgreSQL beside the memories. Whose turn it is among
requests with the same key is known to this process only.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Annotated, Final

import anyio
from fastapi import Depends, Header, Response
from psycopg.sql import SQL, Identifier
from starlette.requests import Request

from mem0_server.errors import ApiError
from mem0_server.lanes import too_many
from mem0_server.postgres import ServerPool
from mem0_server.scope import ScopedBody
from mem0_server.service import Engine, Json, MemoryService
from mem0_server.settings import Settings

_KEY: Final = re.compile(r"[!-~]{1,200}")

type Keep = Callable[[Json], None]
"""What an add calls with its answer when all else is done. If it fails, the add has failed."""


def keep_nothing(_: Json) -> None:
    """For an add without a key."""


def _key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1 to 200 visible ASCII characters. A repeat with the same key and ids gets the first answer.",
        ),
    ] = None,
) -> str | None:
    if key is not None and not _KEY.fullmatch(key):
        raise ApiError(400, "Invalid Idempotency-Key: use 1 to 200 visible ASCII characters, without spaces.")
    return key


AddKey = Annotated[str | None, Depends(_key)]
"""The key of a request; one that can't be a key is refused with 400."""


class KeptAnswers:
    """The table of answers. Texts of memories are in it for as long as an answer is kept."""

    def __init__(self, pool: ServerPool, settings: Settings) -> None:
        self._pool = pool
        self._days = settings.mem0_idempotency_days
        self._name = f"{settings.postgres_collection_name}_answers"
        self._table = Identifier(self._name)

    def create(self) -> None:
        """Makes the table where it is not there yet."""
        with self._pool.connection() as connection:
            connection.execute(
                SQL(
                    "CREATE TABLE IF NOT EXISTS {} (id text PRIMARY KEY, request text NOT NULL, answer text NOT NULL, "
                    "created_at timestamptz NOT NULL DEFAULT now())"
                ).format(self._table)
            )
            connection.execute(
                SQL("CREATE INDEX IF NOT EXISTS {} ON {} (created_at)").format(
                    Identifier(f"{self._name}_created_at"), self._table
                )
            )

    def find(self, add_id: str, request: str) -> Json | None:
        """The answer of a finished add, refused with 422 if that was another request."""
        with self._pool.connection() as connection:
            row = connection.execute(
                SQL(
                    "SELECT request, answer FROM {} WHERE id = %s AND created_at > now() - make_interval(days => %s)"
                ).format(self._table),
                (add_id, self._days),
            ).fetchone()
        if row is None:
            return None
        if row[0] != request:
            raise ApiError(422, "This Idempotency-Key came with another body before. Use another key for another add.")
        answer: Json = json.loads(row[1])
        return answer

    def keep(self, add_id: str, request: str, answer: Json) -> None:
        """Keeps an answer, and drops those that are too old."""
        with self._pool.connection() as connection:
            connection.execute(
                SQL("DELETE FROM {} WHERE created_at <= now() - make_interval(days => %s)").format(self._table),
                (self._days,),
            )
            connection.execute(
                SQL("INSERT INTO {} (id, request, answer) VALUES (%s, %s, %s)").format(self._table),
                (add_id, request, json.dumps(answer)),
            )


class OnceOnly[E: Engine]:
    """Carries out adds, each key of a scope only once."""

    def __init__(self, service: MemoryService[E], answers: KeptAnswers, settings: Settings) -> None:
        self._service = service
        self._answers = answers
        self._max_waiting = settings.mem0_max_waiting
        self._turns: dict[str, anyio.Lock] = {}

    @property
    def waiting(self) -> int:
        """Requests that wait for an earlier one with the same key."""
        return sum(turn.statistics().tasks_waiting for turn in self._turns.values())

    async def add(
        self,
        request: Request,
        response: Response,
        key: str | None,
        body: ScopedBody,
        operation: Callable[[E, Keep], Json],
    ) -> Json:
        """The answer of the operation, or of an earlier one with the same key and ids."""
        if key is None:
            return await self._service.write(request, lambda engine: operation(engine, keep_nothing))
        add_id = _digest([key, body.scope])
        asked = _digest(body.model_dump(exclude_none=True))
        async with self._turn(add_id):
            # Not in the lane of the writes, where it would wait for adds that ask a model.
            kept = await self._service.read(request, lambda _: self._answers.find(add_id, asked), checked=True)
            if kept is not None:
                response.headers["Idempotency-Replayed"] = "true"
                return kept
            keep = partial(self._answers.keep, add_id, asked)
            return await self._service.write(request, lambda engine: operation(engine, keep))

    @asynccontextmanager
    async def _turn(self, add_id: str) -> AsyncIterator[None]:
        turn = self._turns.setdefault(add_id, anyio.Lock())
        if turn.locked() and self.waiting >= self._max_waiting:
            raise too_many()
        try:
            async with turn:
                yield
        finally:
            if not turn.locked():
                self._turns.pop(add_id, None)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
