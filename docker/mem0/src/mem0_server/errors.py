"""What went wrong, in the terms of the REST API.

The codes of a 502 are those of the mem0 server: a client can tell from them
whether a repeat makes sense.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

import openai
import psycopg
import pydantic
from mem0.exceptions import ValidationError as Mem0ValidationError

_PROVIDER_ERRORS: Final[tuple[tuple[type[BaseException], str, str], ...]] = (
    (
        openai.AuthenticationError,
        "provider_auth_failed",
        "The model endpoint rejected the API key. Check OPENAI_API_KEY.",
    ),
    (
        openai.PermissionDeniedError,
        "provider_bad_request",
        "The model endpoint refused what is said, or access to the model. Check the model names and the key's rights.",
    ),
    (openai.RateLimitError, "provider_rate_limited", "The model endpoint's rate limit is hit. Retry later."),
    (openai.APITimeoutError, "provider_timeout", "The model endpoint did not answer in time. Retry later."),
    (
        openai.APIConnectionError,
        "provider_unavailable",
        "The model endpoint can't be reached. Check OPENAI_BASE_URL.",
    ),
    (openai.InternalServerError, "provider_unavailable", "The model endpoint failed. Retry later."),
    (
        openai.NotFoundError,
        "provider_bad_request",
        "The model endpoint does not know the model. Check MEM0_DEFAULT_LLM_MODEL and MEM0_DEFAULT_EMBEDDER_MODEL.",
    ),
    (openai.APIStatusError, "provider_bad_request", "The model endpoint rejected the request."),
)


class ApiError(Exception):
    """An answer other than 2xx.

    :param status: the HTTP status
    :param detail: for people; never holds chat text or secrets
    :param code: for programs; None for 4xx, as in the mem0 server
    :param undone: whether what was stored before the failure was taken back; None if nothing was
    """

    def __init__(
        self,
        status: int,
        detail: str,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        undone: bool | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.headers = headers
        self.undone = undone


class UnreadableAnswerError(Exception):
    """The LLM's answer is not the JSON that was asked for; mem0 takes that for 'nothing to remember'."""


class PartlyDoneError(Exception):
    """The call failed after it began to store. The cause says why.

    :param undone: whether it left nothing behind
    """

    def __init__(self, undone: bool) -> None:
        super().__init__()
        self.undone = undone


class StoreUnavailableError(Exception):
    """A database can't be reached or can't be used.

    :param store: its name in the readiness report
    """

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"{store}: {reason}")
        self.store = store
        self.reason = reason


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def classify(error: BaseException, store_errors: tuple[type[BaseException], ...] = ()) -> ApiError:
    """The API error for an exception that left mem0.

    The causes of an exception count too: mem0 wraps some provider errors. A code
    that begins with ``provider_`` promises that nothing is stored, so that a client
    may repeat the call.

    :param store_errors: exceptions of further databases, beside PostgreSQL and SQLite
    """
    if isinstance(error, ApiError):
        return error
    if isinstance(error, PartlyDoneError) and error.__cause__ is not None:
        failure = classify(error.__cause__, store_errors)
        if error.undone:
            failure.undone = True
            return failure
        detail = f"Failed, and a part of the memories may be stored. {failure.detail}"
        return ApiError(502, detail, "unknown", undone=False)
    datastore = (psycopg.OperationalError, sqlite3.Error, StoreUnavailableError, *store_errors)
    for cause in _chain(error):
        for kind, code, detail in _PROVIDER_ERRORS:
            if isinstance(cause, kind):
                return ApiError(502, detail, code)
        if isinstance(cause, datastore):
            return ApiError(502, "The memory database can't be reached or used. See /ready.", "datastore_unavailable")
        if isinstance(cause, psycopg.Error):
            return ApiError(
                502,
                f"PostgreSQL refused a statement ({type(cause).__name__}). "
                "If the embedding model was changed, check MEM0_EMBEDDING_DIMS.",
                "unknown",
            )
        if isinstance(cause, UnreadableAnswerError):
            return ApiError(502, f"The LLM's answer can't be used: {cause}", "unknown")
    if isinstance(error, (json.JSONDecodeError, pydantic.ValidationError)):
        return ApiError(502, "The LLM's answer can't be used: not the expected JSON.", "unknown")
    if isinstance(error, (ValueError, Mem0ValidationError)):
        detail = str(error)
        return ApiError(404 if "not found" in detail.lower() else 400, detail)
    return ApiError(502, f"mem0 failed ({type(error).__name__}). The server's log says more.", "unknown")
