"""The database of the vector flavour."""

from mem0_server import postgres
from mem0_server.errors import StoreUnavailableError
from mem0_server.settings import Settings


class VectorStores:
    """PostgreSQL. See :class:`mem0_server.service.Stores`."""

    errors: tuple[type[BaseException], ...] = ()

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.pool = postgres.open_pool(settings)

    def check(self) -> dict[str, StoreUnavailableError | None]:
        """Asks PostgreSQL."""
        try:
            postgres.check(self.pool, self._settings)
        except StoreUnavailableError as problem:
            return {"postgres": problem}
        return {"postgres": None}

    def close(self) -> None:
        """Closes the pool."""
        self.pool.shut_down()
