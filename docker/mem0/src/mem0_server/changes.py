"""What a call to mem0 changes in the vector store, and how to take it back.

mem0 stores memory by memory: a call that fails midway leaves a part, and a
repeat would store that part twice.
"""

import logging
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from mem0_server.postgres import ServerPool
from mem0_server.service import Json

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Row:
    # The vector as PostgreSQL's text: mem0's store never returns it.
    vector: str
    payload: Json


class Changes:
    """The rows that one call has changed, as they were before. Used by the threads of that call only.

    :param collection: mem0's table
    """

    def __init__(self, pool: ServerPool, collection: str) -> None:
        self._pool = pool
        self._table = Identifier(collection)
        self._before: dict[str, _Row | None] = {}
        self._written: dict[str, list[Json | None]] = {}

    def __bool__(self) -> bool:
        """Whether the call has changed anything, or may have: a change that failed counts."""
        return bool(self._before)

    def insertion(self, row_id: str, payload: Json) -> None:
        """Notes that a new row is about to be inserted."""
        self._before.setdefault(row_id, None)
        self._written.setdefault(row_id, []).append(payload)

    def update(self, row_id: str, payload: Json) -> None:
        """Notes that a row is about to be updated."""
        self._keep(row_id)
        self._written.setdefault(row_id, []).append(payload)

    def deletion(self, row_id: str) -> None:
        """Notes that a row is about to be deleted."""
        self._keep(row_id)
        self._written.setdefault(row_id, []).append(None)

    def text_before(self, row_id: str) -> str | None:
        """The memory's text before the call; None for a new one."""
        row = self._before.get(row_id)
        return None if row is None else row.payload.get("data")

    def undo(self) -> bool:
        """Puts the rows back, all at once. Tells whether nothing of the call is left.

        A row that someone else has changed since stays as it is: that one came later.
        """
        left: list[str] = []
        try:
            with self._pool.connection() as connection:
                left = [row_id for row_id in sorted(self._before) if not self._put_back(connection, row_id)]
        except psycopg.Error:
            left = sorted(self._before)
        if left:
            logger.error("not undone after a failure, so that a part may be stored: %s", ", ".join(left))
        return not left

    def _keep(self, row_id: str) -> None:
        if row_id in self._before:
            return
        with self._pool.connection() as connection:
            row = connection.execute(
                SQL("SELECT vector::text, payload FROM {} WHERE id = %s").format(self._table), (row_id,)
            ).fetchone()
        self._before[row_id] = row and _Row(*row)

    def _put_back(self, connection: psycopg.Connection[Any], row_id: str) -> bool:
        before, written = self._before[row_id], self._written[row_id]
        found = connection.execute(
            # PostgreSQL compares, because a number can look different after the way there and back.
            SQL("SELECT payload = ANY(%s::jsonb[]), payload = %s FROM {} WHERE id = %s FOR UPDATE").format(self._table),
            ([Jsonb(payload) for payload in written if payload is not None], before and Jsonb(before.payload), row_id),
        ).fetchone()
        if found is None:
            # If the call has not deleted it, it never came in, or someone else has deleted it since.
            if before is not None and None in written:
                connection.execute(
                    SQL("INSERT INTO {} (id, vector, payload) VALUES (%s, %s, %s)").format(self._table),
                    (row_id, before.vector, Jsonb(before.payload)),
                )
            return True
        is_ours, is_as_before = found
        if not is_ours:
            return bool(is_as_before)
        if before is None:
            connection.execute(SQL("DELETE FROM {} WHERE id = %s").format(self._table), (row_id,))
        else:
            connection.execute(
                SQL("UPDATE {} SET vector = %s, payload = %s WHERE id = %s").format(self._table),
                (before.vector, Jsonb(before.payload), row_id),
            )
        return True
