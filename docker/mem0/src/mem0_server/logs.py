"""Logging: one line per event on standard error, with the request's id; no chat text above DEBUG."""

import logging
import logging.config
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class _RequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def configure(level: str) -> None:
    """Sets logging up for the process.

    mem0 and its libraries log messages and memories in full, some of it as
    warnings: they speak at DEBUG only. What they catch is reported by
    :mod:`mem0_server.losses`.
    """
    libraries = "DEBUG" if level == "DEBUG" else "CRITICAL"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request_id": {"()": _RequestId}},
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {
                **{name: {"level": libraries} for name in ("mem0", "openai", "httpx", "httpcore", "langchain_neo4j")},
                "neo4j": {"level": "ERROR"},
                "psycopg.pool": {"level": "ERROR"},
            },
        }
    )
