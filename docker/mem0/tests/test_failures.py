"""Failures of the model endpoint, and losses that mem0 itself would not report."""

import pytest

from conftest import StartServer, graph_only, vector_only
from openai_stub import OpenAiStub, kind_of
from server import Json, Server

STATUSES = [
    (401, "provider_auth_failed"),
    (403, "provider_bad_request"),
    (429, "provider_rate_limited"),
    (500, "provider_unavailable"),
    (503, "provider_unavailable"),
    (400, "provider_bad_request"),
    (404, "provider_bad_request"),
    (422, "provider_bad_request"),
]


@pytest.mark.parametrize(("status", "code"), STATUSES)
def test_a_failure_of_the_chat_model_is_reported(
    server: Server, stub: OpenAiStub, scope: Json, status: int, code: str
) -> None:
    stub.chat_status = lambda _: status

    response = server.add(scope, "Alex: I live in Prague.")

    assert (response.status_code, response.json()["code"]) == (502, code)
    assert response.json()["request_id"] == response.headers["X-Request-ID"]
    assert "Prague" not in response.text
    assert server.listed(scope) == []


@pytest.mark.parametrize(("status", "code"), STATUSES)
def test_a_failure_of_the_embedding_model_is_reported(
    server: Server, stub: OpenAiStub, scope: Json, status: int, code: str
) -> None:
    stub.embedding_status = lambda _: status

    search = server.http.post("/search", json={"query": "Prague", **scope})
    add = server.add(scope, "Alex: I live in Prague.", infer=False)

    assert (search.status_code, search.json()["code"]) == (502, code)
    assert (add.status_code, add.json()["code"]) == (502, code)


def test_a_model_that_does_not_answer_in_time_is_reported(
    start_server: StartServer, stub: OpenAiStub, scope: Json
) -> None:
    server = start_server(OPENAI_TIMEOUT_SECONDS="0.5")
    stub.hold.clear()

    response = server.add(scope, "Alex: I live in Prague.")

    assert (response.status_code, response.json()["code"]) == (502, "provider_timeout")


def test_an_endpoint_that_cannot_be_reached_is_reported(start_server: StartServer, scope: Json) -> None:
    server = start_server(OPENAI_BASE_URL="http://127.0.0.1:9/v1")

    response = server.add(scope, "Alex: I live in Prague.")

    assert (response.status_code, response.json()["code"]) == (502, "provider_unavailable")


@pytest.mark.parametrize(
    "said",
    ["", "I'm sorry, I can't help with that.", '{"memory": [{"id": "0", "text": "Alex: I li', '["facts"]'],
    ids=["empty", "declined", "cut off", "another shape"],
)
def test_an_unusable_answer_is_not_taken_for_nothing_to_remember(
    server: Server, stub: OpenAiStub, scope: Json, said: str
) -> None:
    stub.say = lambda chat: None if chat.get("tools") else said

    response = server.add(scope, "Alex: I live in Prague.")

    assert (response.status_code, response.json()["code"]) == (502, "unknown")
    assert "answer" in response.json()["detail"]


def test_an_answer_in_a_code_block_is_usable(server: Server, stub: OpenAiStub, scope: Json) -> None:
    stub.say = lambda chat: None if chat.get("tools") else '```json\n{"facts": [], "memory": []}\n```'

    assert server.added(scope, "Alex: I live in Prague.") == []


@graph_only
def test_a_failure_between_facts_and_actions_is_reported(server: Server, stub: OpenAiStub, scope: Json) -> None:
    stub.chat_status = lambda chat: 429 if kind_of(chat) == "actions" else 200

    response = server.add(scope, "Alex: I live in Prague.")

    assert (response.status_code, response.json()["code"]) == (502, "provider_rate_limited")


@graph_only
def test_an_answer_to_another_question_is_not_taken_for_nothing_to_remember(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    stub.say = lambda chat: '{"memory": []}' if kind_of(chat) == "facts" else None

    assert server.add(scope, "Alex: I live in Prague.").status_code == 502


@vector_only
def test_a_failure_that_is_made_good_is_no_failure(server: Server, stub: OpenAiStub, scope: Json) -> None:
    failures = iter([500])
    stub.embedding_status = lambda text: next(failures, 200) if text == "Alex: I keep bees." else 200

    assert len(server.added(scope, "Alex: I live in Prague.", "Seraphina: Nice!", "Alex: I keep bees.")) == 2


def test_chat_text_and_secrets_stay_out_of_the_log(server: Server, stub: OpenAiStub, scope: Json) -> None:
    server.added(scope, "Alex: I live in Timbuktu.", metadata={"batch_id": "b1"})
    stub.dimensions = lambda _: 3
    server.add(scope, "Alex: I was born in Timbuktu.")
    stub.say = lambda _: "Timbuktu"
    server.add(scope, "Alex: I hate Timbuktu.")
    server.http.post("/memories", json={"messages": "Timbuktu", **scope})

    assert "POST /memories 502" in server.log
    assert "Timbuktu" not in server.log
    assert "sk-stub" not in server.log
