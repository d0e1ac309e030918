"""Requests that are refused, and that refuse nothing they should not."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conftest import vector_only
from server import Json, Server

HELLO = [{"role": "user", "content": "Alex: I live in Prague."}]


def test_add_needs_an_id(server: Server) -> None:
    response = server.http.post("/memories", json={"messages": HELLO})

    assert response.status_code == 400
    assert response.json() == {"detail": "At least one identifier (user_id, agent_id, run_id) is required."}


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_id_is_refused_and_not_ignored(server: Server, blank: str) -> None:
    ids = {"user_id": blank, "agent_id": "seraphina"}

    assert server.http.post("/memories", json={"messages": HELLO, **ids}).status_code == 400
    assert server.http.post("/search", json={"query": "Prague", **ids}).status_code == 400
    assert server.http.get("/memories", params=ids).status_code == 400
    assert server.http.delete("/memories", params=ids).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"user_id": "u1"},
        {"user_id": "u1", "messages": []},
        {"user_id": "u1", "messages": [{"role": "user"}]},
        {"user_id": "u1", "messages": "I live in Prague."},
    ],
    ids=["none", "empty", "without content", "not a list"],
)
def test_add_needs_messages(server: Server, body: Json) -> None:
    response = server.http.post("/memories", json=body)

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"][:2] == ["body", "messages"]


def test_a_body_that_is_not_json_is_refused(server: Server) -> None:
    response = server.http.post("/memories", content=b"{", headers={"Content-Type": "application/json"})

    assert response.status_code == 422


@pytest.mark.parametrize("query", ["", "  "])
def test_search_needs_a_query(server: Server, scope: Json, query: str) -> None:
    response = server.http.post("/search", json={"query": query, **scope})

    assert response.status_code == 400
    assert "query" in response.json()["detail"]


def test_search_needs_an_id(server: Server) -> None:
    assert server.http.post("/search", json={"query": "Prague"}).status_code == 400
    assert server.http.post("/search", json={"query": "Prague", "filters": {"mood": "sad"}}).status_code == 400


def test_list_needs_an_id_and_a_sensible_limit(server: Server) -> None:
    assert server.http.get("/memories").status_code == 400
    assert server.http.get("/memories", params={"user_id": "u1", "top_k": 1001}).status_code == 422


def test_a_threshold_is_a_number_from_0_to_1(server: Server, scope: Json) -> None:
    response = server.http.post("/search", json={"query": "Prague", **scope, "threshold": 1.5})

    assert response.status_code == (422 if server.is_graph else 400)


@pytest.mark.parametrize("memory_id", [str(uuid.uuid4()), "not-a-uuid"])
def test_changing_an_unknown_memory_is_404(server: Server, memory_id: str) -> None:
    update = server.http.put(f"/memories/{memory_id}", json={"text": "Alex: I live in Brno."})
    delete = server.http.delete(f"/memories/{memory_id}")

    assert (update.status_code, delete.status_code) == (404, 404)
    assert server.http.get(f"/memories/{memory_id}/history").json() == []


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda http: http.delete("/memories"), 400),
        (lambda http: http.delete("/memories", params={"user_id": ""}), 400),
        (lambda http: http.post("/reset"), 403),
        (lambda http: http.post("/configure", json={"version": "v1.1"}), 403),
    ],
    ids=["delete nothing in particular", "delete for a blank user", "reset", "configure"],
)
def test_nothing_deletes_everything(
    server: Server, scope: Json, call: Callable[[httpx.Client], Any], status: int
) -> None:
    server.added(scope, "Alex: I live in Prague.", infer=False)

    response = call(server.http)

    assert response.status_code == status
    assert response.json()["detail"]
    assert len(server.listed(scope)) == 1


@vector_only
def test_an_unknown_filter_operator_is_refused(server: Server, scope: Json) -> None:
    response = server.http.post("/search", json={"query": "Prague", "filters": scope | {"mood": {"like": "x"}}})

    assert response.status_code == 400
