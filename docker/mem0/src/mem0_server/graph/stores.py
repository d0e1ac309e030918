"""The databases of the graph flavour."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from neo4j.exceptions import AuthError, DatabaseError, DriverError, Neo4jError, TransientError

import neo4j
from mem0_server import postgres
from mem0_server.errors import StoreUnavailableError
from mem0_server.service import Json
from mem0_server.settings import GraphSettings

_ANSWER_SECONDS = 3.0


class GraphTransaction:
    """What an add asks a graph database, in one transaction that begins with the first query.

    :param turn: held from the first query to the end; two transactions that change the same nodes
        could wait for each other, and Neo4j would break one off
    """

    def __init__(self, session: neo4j.Session, turn: threading.Lock) -> None:
        self._session = session
        self._turn = turn
        self._transaction: neo4j.Transaction | None = None

    def query(self, query: str, params: Json | None = None) -> list[Json]:
        """The rows of the result."""
        if self._transaction is None:
            self._turn.acquire()
            try:
                self._transaction = self._session.begin_transaction()
            except Exception:
                self._turn.release()
                raise
        return [record.data() for record in self._transaction.run(query, params)]

    def commit(self) -> None:
        """Makes it all last; without it, nothing does."""
        if self._transaction is not None:
            self._transaction.commit()

    def close(self) -> None:
        """Takes back what was not committed."""
        if self._transaction is not None:
            try:
                self._transaction.close()
            finally:
                self._turn.release()


class GraphStores:
    """PostgreSQL and Neo4j. See :class:`mem0_server.service.Stores`."""

    errors: tuple[type[BaseException], ...] = (DriverError, TransientError, DatabaseError, AuthError)

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings
        # More than there are writes at one time, so that scopes seldom share one.
        self._turns = [threading.Lock() for _ in range(256)]
        self.pool = postgres.open_pool(settings)
        # mem0 keeps a driver of its own, which repeats a failed query for 30 seconds.
        self._driver = neo4j.GraphDatabase.driver(
            settings.neo4j_uri,
            auth=(settings.neo4j_username, settings.neo4j_password.get_secret_value()),
            connection_timeout=_ANSWER_SECONDS,
            connection_acquisition_timeout=_ANSWER_SECONDS,
            liveness_check_timeout=0,
            notifications_min_severity="OFF",
        )

    @contextmanager
    def transaction(self, database: str, scope: dict[str, str]) -> Iterator[GraphTransaction]:
        """A transaction in Neo4j, which is rolled back unless the block commits it.

        :param scope: the ids of the nodes that it changes
        """
        turn = self._turns[hash(tuple(sorted(scope.items()))) % len(self._turns)]
        with self._driver.session(database=database) as session, closing(GraphTransaction(session, turn)) as graph:
            yield graph

    def check(self) -> dict[str, StoreUnavailableError | None]:
        """Asks PostgreSQL and Neo4j."""
        return {"postgres": self._check_postgres(), "neo4j": self._check_neo4j()}

    def close(self) -> None:
        """Closes the pool and the driver."""
        self.pool.shut_down()
        self._driver.close()

    def _check_postgres(self) -> StoreUnavailableError | None:
        try:
            postgres.check(self.pool, self._settings)
        except StoreUnavailableError as problem:
            return problem
        return None

    def _check_neo4j(self) -> StoreUnavailableError | None:
        try:
            self._driver.verify_connectivity()
        except AuthError:
            return StoreUnavailableError("neo4j", "refuses NEO4J_USERNAME and NEO4J_PASSWORD")
        except (DriverError, Neo4jError):
            return StoreUnavailableError("neo4j", "can't be reached")
        return None
