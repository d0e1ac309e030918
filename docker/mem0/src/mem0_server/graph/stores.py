"""The databases of the graph flavour."""

from neo4j.exceptions import AuthError, DatabaseError, DriverError, Neo4jError, TransientError

import neo4j
from mem0_server import postgres
from mem0_server.errors import StoreUnavailableError
from mem0_server.settings import GraphSettings

_ANSWER_SECONDS = 3.0


class GraphStores:
    """PostgreSQL and Neo4j. See :class:`mem0_server.service.Stores`."""

    errors: tuple[type[BaseException], ...] = (DriverError, TransientError, DatabaseError, AuthError)

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings
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
