"""The API key check."""

import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import Security
from fastapi.security import APIKeyHeader

from mem0_server.errors import ApiError
from mem0_server.settings import Settings

_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The value of ADMIN_API_KEY.")


def require_key(settings: Settings) -> Callable[[str | None], None]:
    """A dependency that refuses requests without the right ``X-API-Key`` with 401.

    With ``AUTH_DISABLED`` a request needs no key, but a wrong one is still refused.
    """
    expected = settings.admin_api_key.get_secret_value().encode() if settings.admin_api_key else None

    def check(key: Annotated[str | None, Security(_header)]) -> None:
        if key is None:
            if not settings.auth_disabled:
                raise _unauthorized("X-API-Key header is required.")
        elif expected is None or not secrets.compare_digest(key.encode("latin-1"), expected):
            raise _unauthorized("Invalid API key.")

    return check


def _unauthorized(detail: str) -> ApiError:
    return ApiError(401, detail, headers={"WWW-Authenticate": "ApiKey"})
