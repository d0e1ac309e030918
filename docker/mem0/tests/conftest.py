"""Fixtures: the databases, the stand-in for the model, and a server of each flavour."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from databases import Neo4j, Postgres
from openai_stub import OpenAiStub
from server import Json, Server, environment_of, python_of

type StartServer = Callable[..., Server]


@pytest.fixture(scope="session")
def _stub() -> Iterator[OpenAiStub]:
    stub = OpenAiStub()
    yield stub
    stub.close()


@pytest.fixture
def stub(_stub: OpenAiStub) -> Iterator[OpenAiStub]:
    """The model endpoint, without faults and without calls seen."""
    _stub.reset()
    yield _stub
    _stub.hold.set()


@pytest.fixture(scope="session")
def _neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j | None]:
    classpath = os.environ.get("MEM0_TEST_NEO4J_CLASSPATH")
    if not classpath:
        yield None
        return
    neo4j = Neo4j(tmp_path_factory.mktemp("neo4j"), classpath)
    yield neo4j
    neo4j.stop()


@pytest.fixture(scope="session")
def neo4j(_neo4j: Neo4j | None) -> Neo4j:
    """Neo4j, running."""
    if _neo4j is None:
        pytest.skip("no Neo4j: Maven or Java could not provide it")
    if not _neo4j.answers:
        _neo4j.wait()
    return _neo4j


@pytest.fixture(scope="session")
def postgres(_neo4j: Neo4j | None) -> Iterator[Postgres]:
    """PostgreSQL with pgvector, running; Neo4j is named only so that it starts meanwhile."""
    postgres = Postgres()
    yield postgres
    postgres.close()


@pytest.fixture(scope="session", params=["vector", "graph"])
def flavour(request: pytest.FixtureRequest) -> str:
    """Each test runs in both flavours unless it chooses: see ``graph_only`` and ``vector_only``."""
    name: str = request.param
    if python_of(name) is None:
        pytest.skip(f"no virtual environment for the {name} flavour: run the script 'test'")
    return name


graph_only = pytest.mark.parametrize("flavour", ["graph"], indirect=True)
vector_only = pytest.mark.parametrize("flavour", ["vector"], indirect=True)


@pytest.fixture(scope="session")
def environment(flavour: str, postgres: Postgres, _stub: OpenAiStub, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment variables of a server that lacks nothing."""
    neo4j = request.getfixturevalue("neo4j") if flavour == "graph" else None
    return environment_of(flavour, postgres, _stub.url, neo4j)


@pytest.fixture(scope="session")
def _server(flavour: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(flavour, environment, tmp_path_factory.mktemp(flavour))
    yield server
    server.close()


@pytest.fixture
def server(_server: Server, stub: OpenAiStub) -> Server:  # noqa: ARG001 - the stub is reset before each test
    """A server with the default settings."""
    return _server


@pytest.fixture
def start_server(flavour: str, environment: dict[str, str], stub: OpenAiStub, tmp_path: Path) -> Iterator[StartServer]:  # noqa: ARG001
    """Starts further servers; keyword arguments are environment variables."""
    with ExitStack() as stack:

        def start(**variables: str) -> Server:
            server = Server(flavour, environment | variables, tmp_path)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def scope() -> Json:
    """Ids that no other test uses."""
    return a_scope()


def a_scope(**ids: Any) -> Json:
    """A user of its own, with a character, and further ids."""
    return {"user_id": f"u-{uuid.uuid4().hex[:8]}", "agent_id": "seraphina", **ids}
