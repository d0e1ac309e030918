"""The PostgreSQL connection pool that mem0 uses."""

import logging
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from mem0_server.errors import StoreUnavailableError
from mem0_server.settings import Settings

logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 3.0
"""How long a request waits for a connection: long enough for a reconnect, short for a reader."""


class ServerPool(ConnectionPool[psycopg.Connection[Any]]):
    """A pool that mem0 can't close: its vector stores do so when they are garbage, even after a failed start."""

    def close(self, timeout: float = 5.0) -> None:
        """Does nothing. See :meth:`shut_down`."""

    def shut_down(self) -> None:
        """Closes the pool."""
        super().close()


def open_pool(settings: Settings) -> ServerPool:
    """A pool that connects in the background, so that the server starts without the database.

    A broken connection is noticed and replaced when it is handed out, so a
    restart of PostgreSQL costs no request.
    """
    conninfo = make_conninfo(
        host=settings.postgres_host,
        port=settings.postgres_port,
        dbname=settings.postgres_db,
        user=settings.postgres_user,
        password=settings.postgres_password.get_secret_value(),
        connect_timeout=int(_ANSWER_SECONDS),
        application_name="mem0",
    )
    pool = ServerPool(
        conninfo,
        min_size=1,
        max_size=settings.postgres_pool_size,
        timeout=_ANSWER_SECONDS,
        reconnect_timeout=_ANSWER_SECONDS,
        configure=_configure,
        check=ServerPool.check_connection,
        open=False,
    )
    pool.open(wait=False)
    return pool


def _configure(connection: psycopg.Connection[Any]) -> None:
    # A filtered HNSW scan without this finds nothing where the nearest rows
    # belong to other users. pgvector before 0.8 does not know the setting.
    try:
        connection.execute("SET hnsw.iterative_scan = 'strict_order'")
        connection.commit()
    except psycopg.Error as error:
        connection.rollback()
        logger.warning("hnsw.iterative_scan can't be set (pgvector before 0.8?): %s", type(error).__name__)


def check(pool: ServerPool, settings: Settings) -> None:
    """Raises :class:`StoreUnavailableError` unless PostgreSQL answers and its vectors have the configured length."""
    try:
        with pool.connection() as connection:
            row = connection.execute(
                "SELECT atttypmod FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = 'vector'",
                (settings.postgres_collection_name,),
            ).fetchone()
    except psycopg.Error as error:
        raise StoreUnavailableError("postgres", "can't be reached") from error
    if row is not None and row[0] != settings.mem0_embedding_dims:
        raise StoreUnavailableError(
            "postgres",
            f"collection '{settings.postgres_collection_name}' holds vectors of length {row[0]} but "
            f"MEM0_EMBEDDING_DIMS is {settings.mem0_embedding_dims}: "
            "set it back with its model, or choose another POSTGRES_COLLECTION_NAME",
        )
