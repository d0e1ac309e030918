"""Starts the server: ``python -m mem0_server``."""

import logging
import os
import signal
import sys

import pydantic

# mem0 reads these when it is imported.
os.environ["MEM0_TELEMETRY"] = "false"
os.environ.setdefault("MEM0_DIR", "/tmp/mem0")  # noqa: S108 - mem0 insists on a directory, but keeps nothing in it

import uvicorn

from mem0_server import logs
from mem0_server.app import FLAVOUR, MEM0_VERSION, create_app, load_settings
from mem0_server.settings import Settings

logger = logging.getLogger("mem0_server")

_KEEP_ALIVE_SECONDS = 75
_SHORT_KEY = 16
_EX_CONFIG = 78


def main() -> int:
    """Runs until SIGTERM or SIGINT, then finishes the running requests."""
    try:
        settings = load_settings()
    except pydantic.ValidationError as error:
        for problem in error.errors():
            name = "_".join(str(part) for part in problem["loc"]).upper()
            print(f"Environment variable {name}: {problem['msg']}", file=sys.stderr)
        return _EX_CONFIG
    logs.configure(settings.log_level)
    key_problem = _key_problem(settings)
    if key_problem:
        print(key_problem, file=sys.stderr)
        return _EX_CONFIG
    try:
        app = create_app(settings)
    except OSError as error:
        print(
            f"Environment variable HISTORY_DB_PATH: {error}. The server runs as user {os.getuid()}: "
            "give that user the directory, or the server another one.",
            file=sys.stderr,
        )
        return _EX_CONFIG
    logger.info("mem0 server, flavour %s (mem0ai %s), on port %d", FLAVOUR, MEM0_VERSION, settings.port)
    # uvicorn raises the signal that stopped it once more when it is done. Threads
    # that still wait for an LLM then must not keep the process.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        # httptools drops the body of a request that offers an upgrade to HTTP/2.
        http="h11",
        ws="none",
        access_log=False,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.mem0_shutdown_seconds,
    )
    return 0


def _key_problem(settings: Settings) -> str | None:
    if settings.auth_disabled:
        logger.warning("AUTH_DISABLED is set: whoever reaches the port can read and change every memory")
    elif settings.admin_api_key is None:
        return "Environment variable ADMIN_API_KEY: missing. Set it to a long random value, or AUTH_DISABLED=true."
    elif len(settings.admin_api_key.get_secret_value()) < _SHORT_KEY:
        logger.warning("ADMIN_API_KEY is shorter than %d characters", _SHORT_KEY)
    return None


if __name__ == "__main__":
    sys.exit(main())
