"""The ids a memory is stored under, and how they come with a request."""

from uuid import UUID

from pydantic import BaseModel

from mem0_server.errors import ApiError

IDS = ("user_id", "agent_id", "run_id")


class ScopedBody(BaseModel):
    """A request body that names a scope at its top level."""

    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None

    @property
    def scope(self) -> dict[str, str]:
        """The ids that were given."""
        return scope_of(self.user_id, self.agent_id, self.run_id)


def scope_of(user_id: str | None, agent_id: str | None, run_id: str | None) -> dict[str, str]:
    """The ids that were given, by name.

    A blank id is refused, not ignored: ignoring it would widen a deletion.
    """
    given = {name: value for name, value in zip(IDS, (user_id, agent_id, run_id), strict=True) if value is not None}
    for name, value in given.items():
        if not value.strip():
            raise ApiError(400, f"Invalid {name}: cannot be empty or whitespace-only. Leave it out instead.")
    return given


def required(scope: dict[str, str]) -> dict[str, str]:
    """The scope, refused with 400 if it names no id at all."""
    if not scope:
        raise ApiError(400, "At least one identifier (user_id, agent_id, run_id) is required.")
    return scope


def is_uuid(memory_id: str) -> bool:
    """Whether a memory can have this id; PostgreSQL fails on any other."""
    try:
        UUID(memory_id)
    except ValueError:
        return False
    return True
