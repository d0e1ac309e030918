"""Bounds how many requests work at the same time.

mem0 blocks its thread for seconds while an LLM answers. Reads and writes have
lanes of their own, so that a burst of adds never holds up a search.
"""

from collections.abc import Callable

import anyio
from anyio import to_thread
from starlette.requests import Request

from mem0_server.errors import ApiError


def too_many() -> ApiError:
    """The 503 for one request too many."""
    return ApiError(503, "Too many requests are waiting. Retry later.", "overloaded", {"Retry-After": "5"})


class Lane:
    """Runs blocking work on at most ``width`` threads, in order of arrival.

    :param max_waiting: requests that may wait; more are refused with 503
    """

    def __init__(self, width: int, max_waiting: int) -> None:
        self._turns = anyio.CapacityLimiter(width)
        self._threads = anyio.CapacityLimiter(width)
        self._max_waiting = max_waiting

    @property
    def running(self) -> int:
        """Requests at work."""
        return self._turns.borrowed_tokens

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return self._turns.statistics().tasks_waiting

    async def run[T](self, request: Request, work: Callable[[], T]) -> T:
        """Does ``work`` when it is its turn. Work that has begun is not broken off.

        A client that has gone while it waited is dropped: it will ask again, and
        doing the work for nobody would make the queue longer.
        """
        if self.waiting >= self._max_waiting:
            raise too_many()
        async with self._turns:
            if await request.is_disconnected():
                raise ApiError(499, "The client has gone.", "client_gone")
            return await to_thread.run_sync(work, limiter=self._threads, abandon_on_cancel=True)
