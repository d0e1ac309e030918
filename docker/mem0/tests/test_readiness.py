"""Health, readiness, and databases that come and go."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from conftest import StartServer, graph_only
from databases import Neo4j, Postgres, free_port
from openai_stub import OpenAiStub
from server import Json, Server, eventually


@contextmanager
def stopped(postgres: Postgres) -> Iterator[None]:
    """PostgreSQL is down for the time of a block."""
    postgres.stop()
    try:
        yield
    finally:
        postgres.start()


def is_ready(server: Server) -> bool:
    return server.http.get("/ready").status_code == 200


def test_health_tells_flavour_and_version(server: Server) -> None:
    health = server.http.get("/health").json()

    assert health["status"] == "ok"
    assert health["flavour"] == server.flavour
    assert health["mem0ai"].startswith("1." if server.is_graph else "2.")


def test_ready_names_every_part(server: Server) -> None:
    parts = ["postgres", "neo4j", "mem0"] if server.is_graph else ["postgres", "mem0"]

    response = server.http.get("/ready")

    assert response.status_code == 200
    assert response.json()["status"] == "ready"
    assert response.json()["checks"] == dict.fromkeys(parts, "ok")


def features(server: Server) -> Json:
    """What ``/ready`` says beside the state of the parts."""
    body: Json = server.http.get("/ready").json()
    return {name: value for name, value in body.items() if name not in {"status", "checks", "mem0ai"}}


def test_ready_tells_what_the_server_can_do(server: Server) -> None:
    assert features(server) == {
        "flavour": server.flavour,
        "fact_prompt": "user_and_assistant",
        "idempotency_key": True,
        "embedder_limit_tokens": 8191,
        "events": ["ADD", "UPDATE", "DELETE", "NONE"] if server.is_graph else ["ADD"],
    }
    assert server.http.get("/ready").json()["mem0ai"] == server.http.get("/health").json()["mem0ai"]


def test_what_the_server_can_do_is_told_before_it_can(server: Server, start_server: StartServer) -> None:
    waiting = start_server(POSTGRES_PORT=str(free_port()))

    assert waiting.http.get("/ready").status_code == 503
    assert features(waiting) == features(server)


def test_the_limit_of_another_embedder_is_unknown_unless_it_is_configured(start_server: StartServer) -> None:
    model = "nomic-embed-text"

    assert features(start_server(MEM0_DEFAULT_EMBEDDER_MODEL=model))["embedder_limit_tokens"] is None
    configured = start_server(MEM0_DEFAULT_EMBEDDER_MODEL=model, MEM0_EMBEDDER_LIMIT_TOKENS="2048")
    assert features(configured)["embedder_limit_tokens"] == 2048


def test_a_restart_of_postgres_is_survived(server: Server, stub: OpenAiStub, postgres: Postgres, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")
    stub.chats.clear()

    with stopped(postgres), ThreadPoolExecutor(3) as clients:
        waiting = [
            clients.submit(server.http.get, "/ready"),
            clients.submit(server.add, scope, "Alex: I keep bees."),
            clients.submit(server.http.post, "/search", json={"query": "Prague", **scope}),
        ]
        health = server.http.get("/health")
        ready, add, search = (call.result() for call in waiting)

    assert (ready.status_code, ready.json()["checks"]["postgres"]) == (503, "can't be reached")
    assert (add.status_code, add.json()["code"]) == (503, "datastore_unavailable")
    assert (search.status_code, search.json()["code"]) == (502, "datastore_unavailable")
    assert health.status_code == 200
    assert stub.chats == [], "no model is paid for what can't be stored"

    eventually(lambda: is_ready(server))
    assert len(server.added(scope, "Alex: I keep bees.")) == 1
    assert len(server.listed(scope)) == 2


def test_the_server_starts_before_its_database(start_server: StartServer, postgres: Postgres, scope: Json) -> None:
    with stopped(postgres):
        server = start_server(POSTGRES_COLLECTION_NAME="fresh_" + scope["user_id"].replace("-", "_"))
        with ThreadPoolExecutor(2) as clients:
            ready = clients.submit(server.http.get, "/ready")
            add = clients.submit(server.add, scope, "Alex: I live in Prague.")
        assert ready.result().status_code == 503
        assert add.result().json()["code"] == "datastore_unavailable"

    eventually(lambda: is_ready(server))
    assert len(server.added(scope, "Alex: I live in Prague.")) == 1


@graph_only
def test_the_graph_flavour_needs_neo4j(start_server: StartServer, stub: OpenAiStub, scope: Json) -> None:
    server = start_server(NEO4J_URI=f"bolt://127.0.0.1:{free_port()}")

    ready = server.http.get("/ready")
    add = server.add(scope, "Alex: I live in Prague.")
    search = server.http.post("/search", json={"query": "Prague", **scope})

    assert ready.status_code == 503
    assert ready.json()["checks"] == {"postgres": "ok", "neo4j": "can't be reached", "mem0": "not asked"}
    assert (add.status_code, add.json()["code"]) == (503, "datastore_unavailable")
    assert (search.status_code, search.json()["code"]) == (503, "datastore_unavailable"), "mem0 is not set up yet"
    assert stub.chats == []


@graph_only
def test_a_restart_of_neo4j_is_survived(server: Server, neo4j: Neo4j, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")

    neo4j.stop()
    try:
        ready = server.http.get("/ready")
        add = server.add(scope, "Alex: I keep bees.")
        listed = server.http.get("/memories", params=scope)
        found = server.search(scope, "Prague")
    finally:
        neo4j.start()
        neo4j.wait()

    assert ready.json()["checks"] == {"postgres": "ok", "neo4j": "can't be reached", "mem0": "not asked"}
    assert (add.status_code, add.json()["code"]) == (503, "datastore_unavailable")
    assert (listed.status_code, listed.json()["code"]) == (503, "datastore_unavailable")
    assert len(found) == 1, "search works without the graph"

    eventually(lambda: is_ready(server))
    assert len(server.added(scope, "Alex: I keep bees.")) == 1


def test_vectors_of_another_length_are_noticed_before_they_fail(server: Server, start_server: StartServer) -> None:
    assert is_ready(server)
    other = start_server(MEM0_EMBEDDING_DIMS="768", MEM0_DEFAULT_EMBEDDER_MODEL="nomic-embed-text")

    response = other.http.get("/ready")

    assert response.status_code == 503
    assert "length 1536 but MEM0_EMBEDDING_DIMS is 768" in response.json()["checks"]["postgres"]
