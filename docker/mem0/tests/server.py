"""The server under test: a process of the flavour's own virtual environment, as in the image."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from databases import Neo4j, Postgres, free_port

type Json = dict[str, Any]

KEY = "test-key-of-32-characters-or-so-"
SOURCES = Path(__file__).parent.parent / "src"


def python_of(flavour: str) -> str | None:
    """The interpreter with the requirements of the flavour, as the ``test`` script made it."""
    return os.environ.get(f"MEM0_TEST_{flavour.upper()}_PYTHON")


def environment_of(flavour: str, postgres: Postgres, model: str, neo4j: Neo4j | None) -> dict[str, str]:
    """The environment variables of a server that lacks nothing.

    :param model: the URL of the endpoint that stands in for the model
    :param neo4j: for the graph flavour
    """
    variables = {
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(postgres.port),
        "POSTGRES_USER": postgres.user,
        "POSTGRES_PASSWORD": postgres.password,
        "POSTGRES_COLLECTION_NAME": f"memories_{flavour}",
        "OPENAI_API_KEY": "sk-stub",
        "OPENAI_BASE_URL": model,
        "OPENAI_MAX_RETRIES": "0",
        "OPENAI_TIMEOUT_SECONDS": "20",
        "ADMIN_API_KEY": KEY,
    }
    if neo4j is not None:
        variables |= {"NEO4J_URI": neo4j.uri, "NEO4J_USERNAME": neo4j.username, "NEO4J_PASSWORD": neo4j.password}
    return variables


def run_to_end(flavour: str, environment: dict[str, str]) -> tuple[int, str]:
    """Exit status and standard error of a server that should not start."""
    python = python_of(flavour)
    assert python is not None
    result = subprocess.run(
        [python, "-m", "mem0_server"],
        env={"PYTHONPATH": str(SOURCES), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return result.returncode, result.stderr


class Server:
    """A running server, and a client for it."""

    def __init__(self, flavour: str, environment: dict[str, str], directory: Path) -> None:
        self.flavour = flavour
        self.is_graph = flavour == "graph"
        port = free_port()
        self.log_file = directory / f"{flavour}-{port}.log"
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCES),
            "MEM0_DIR": str(directory / "mem0"),
            "HISTORY_DB_PATH": str(directory / f"history-{flavour}" / "history.db"),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            **environment,
        }
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, headers={"X-API-Key": KEY}, timeout=40)
        self.start()

    def start(self, **variables: str) -> None:
        """Starts it, again if it has ended: on the same port, with the same databases and history.

        :param variables: environment variables beside those that it was made with
        """
        python = python_of(self.flavour)
        assert python is not None
        self._log = self.log_file.open("a")
        self._process = subprocess.Popen(
            [python, "-m", "mem0_server"],
            env=self._environment | variables,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait_for_health()

    def _wait_for_health(self) -> None:
        def healthy() -> bool:
            assert self._process.poll() is None, f"the server ended:\n{self.log}"
            try:
                return self.http.get("/health").status_code == 200
            except httpx.TransportError:
                return False

        eventually(healthy)

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self.log_file.read_text()

    def add(self, scope: Json, *messages: str, **body: Any) -> httpx.Response:
        """Adds user and assistant messages in turn."""
        turns = [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(messages)]
        return self.http.post("/memories", json={"messages": turns, **scope, **body})

    def added(self, scope: Json, *messages: str, **body: Any) -> list[Json]:
        """Adds messages and returns the results."""
        response = self.add(scope, *messages, **body)
        assert response.status_code == 200, f"{response.text}\n{self.log}"
        results: list[Json] = response.json()["results"]
        return results

    def search(self, scope: Json, query: str, **body: Any) -> list[Json]:
        """Searches within a scope, placing the ids where the generation wants them."""
        ids = scope if self.is_graph else {"filters": scope | body.pop("filters", {})}
        response = self.http.post("/search", json={"query": query, **ids, **body})
        assert response.status_code == 200, response.text
        results: list[Json] = response.json()["results"]
        return results

    def listed(self, scope: Json, **query: Any) -> list[Json]:
        """The memories of a scope."""
        response = self.http.get("/memories", params=scope | query)
        assert response.status_code == 200, response.text
        results: list[Json] = response.json()["results"]
        return results

    def get(self, memory_id: str) -> Json | None:
        """One memory."""
        response = self.http.get(f"/memories/{memory_id}")
        assert response.status_code == 200, response.text
        memory: Json | None = response.json()
        return memory

    def terminate(self) -> None:
        """Sends SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """The exit status, when it has ended."""
        return self._process.wait(40)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends it at once, as a crash does."""
        if self.runs:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def close(self) -> None:
        """Ends it for good."""
        self.http.close()
        self.kill()


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.05)
