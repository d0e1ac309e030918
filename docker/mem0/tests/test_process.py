"""Starting and stopping the process, and what it says of itself."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import StartServer, graph_only
from openai_stub import OpenAiStub
from server import Json, Server, eventually, run_to_end


def test_a_wrong_configuration_is_named_in_full(flavour: str) -> None:
    status, message = run_to_end(flavour, {"POSTGRES_PORT": "five", "MEM0_MAX_WRITES": "0"})

    assert status == 78
    required = {"POSTGRES_PASSWORD", "OPENAI_API_KEY"} | ({"NEO4J_PASSWORD"} if flavour == "graph" else set())
    named = set(re.findall(r"^Environment variable (\w+):", message, re.MULTILINE))
    assert named == required | {"POSTGRES_PORT", "MEM0_MAX_WRITES"}


def test_the_server_does_not_start_open_by_accident(flavour: str, environment: dict[str, str]) -> None:
    status, message = run_to_end(flavour, environment | {"ADMIN_API_KEY": ""})

    assert status == 78
    assert "ADMIN_API_KEY: missing" in message
    assert "AUTH_DISABLED=true" in message


@graph_only
def test_a_history_that_cannot_be_written_is_named(flavour: str, environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    status, message = run_to_end(flavour, environment | {"HISTORY_DB_PATH": str(file / "history.db")})

    assert status == 78
    assert "HISTORY_DB_PATH" in message


def test_a_stop_lets_running_requests_finish(start_server: StartServer, stub: OpenAiStub, scope: Json) -> None:
    server = start_server()
    stub.hold.clear()

    with ThreadPoolExecutor(1) as client:
        add = client.submit(server.add, scope, "Alex: I live in Prague.")
        eventually(lambda: stub.busy > 0)
        server.terminate()
        eventually(lambda: "Shutting down" in server.log)
        stub.hold.set()
        assert len(add.result().json()["results"]) == 1

    assert server.wait() == 0


def test_a_stop_does_not_wait_for_ever(start_server: StartServer, stub: OpenAiStub, scope: Json) -> None:
    server = start_server(MEM0_SHUTDOWN_SECONDS="1")
    stub.hold.clear()

    with ThreadPoolExecutor(1) as client:
        client.submit(server.add, scope, "Alex: I live in Prague.")
        eventually(lambda: stub.busy > 0)
        server.terminate()
        server.wait()


def test_memories_outlive_the_server(start_server: StartServer, scope: Json) -> None:
    first = start_server()
    [result] = first.added(scope, "Alex: I live in Prague.")
    first.terminate()
    assert first.wait() == 0

    second = start_server()

    assert [hit["id"] for hit in second.search(scope, "Prague")] == [result["id"]]
    assert len(second.http.get(f"/memories/{result['id']}/history").json()) == 1
    assert second.http.delete(f"/memories/{result['id']}").status_code == 200


def test_a_request_id_is_taken_over_if_it_is_harmless(server: Server) -> None:
    assert server.http.get("/health", headers={"X-Request-ID": "trace-1"}).headers["X-Request-ID"] == "trace-1"
    assert server.http.get("/health", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"
    assert re.fullmatch(r"[0-9a-f]{8}", server.http.get("/health").headers["X-Request-ID"])


def test_durations_are_counted_by_route(server: Server, scope: Json) -> None:
    server.added(scope, "Alex: I live in Prague.")

    assert 'mem0_request_seconds_count{method="POST",path="/memories",status="200"}' in server.http.get("/metrics").text
