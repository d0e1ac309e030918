"""Many requests at a time, and clients that leave."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from conftest import StartServer, a_scope
from openai_stub import OpenAiStub, kind_of
from server import KEY, Json, Server, eventually


def extractions(stub: OpenAiStub) -> int:
    """How many adds have reached the model."""
    return sum(kind_of(chat) in {"facts", "memories"} for chat in stub.chats)


def add_and_leave(server: Server, scope: Json, text: str) -> None:
    """Adds with a client that soon gives up."""
    body = {"messages": [{"role": "user", "content": text}], **scope}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{server.url}/memories", json=body, headers={"X-API-Key": KEY}, timeout=0.7)


def test_writes_are_bounded_and_never_hold_up_a_search(start_server: StartServer, stub: OpenAiStub) -> None:
    server = start_server(MEM0_MAX_WRITES="2", MEM0_MAX_READS="2")
    known = a_scope()
    server.added(known, "Alex: I live in Prague.")
    stub.chats.clear()
    stub.hold.clear()

    with ThreadPoolExecutor(8) as clients:
        adds = [clients.submit(server.add, a_scope(), f"Alex: Number {number}.") for number in range(6)]
        eventually(lambda: extractions(stub) == 2)
        started = time.monotonic()
        assert len(server.search(known, "Prague")) == 1
        assert server.http.get("/ready").status_code == 200
        assert time.monotonic() - started < 5
        assert 'mem0_requests_running{lane="write"} 2.0' in server.http.get("/metrics").text
        assert extractions(stub) == 2
        stub.hold.set()
        assert [add.result().status_code for add in adds] == [200] * 6


def test_a_queue_that_is_too_long_is_refused(start_server: StartServer, stub: OpenAiStub) -> None:
    server = start_server(MEM0_MAX_WRITES="1", MEM0_MAX_WAITING="1")
    stub.hold.clear()

    with ThreadPoolExecutor(2) as clients:
        adds = [clients.submit(server.add, a_scope(), "Alex: I live in Prague.") for _ in range(2)]
        eventually(lambda: 'mem0_requests_waiting{lane="write"} 1.0' in server.http.get("/metrics").text)
        refused = server.add(a_scope(), "Alex: I live in Prague.")
        stub.hold.set()
        assert [add.result().status_code for add in adds] == [200, 200]

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert int(refused.headers["Retry-After"]) > 0


def test_work_that_has_begun_is_finished_although_the_client_has_gone(
    server: Server, stub: OpenAiStub, scope: Json
) -> None:
    stub.hold.clear()
    add_and_leave(server, scope, "Alex: I live in Prague.")
    stub.hold.set()

    eventually(lambda: len(server.listed(scope)) == 1)


def test_work_that_waits_is_dropped_when_the_client_has_gone(start_server: StartServer, stub: OpenAiStub) -> None:
    server = start_server(MEM0_MAX_WRITES="1")
    first, second, third = a_scope(), a_scope(), a_scope()
    stub.hold.clear()

    with ThreadPoolExecutor(1) as client:
        running = client.submit(server.add, first, "Alex: I live in Prague.")
        eventually(lambda: extractions(stub) == 1)
        add_and_leave(server, second, "Alex: I live in Oslo.")
        stub.hold.set()
        assert running.result().status_code == 200

    server.added(third, "Alex: I live in Brno.")
    assert server.listed(second) == []
    assert len(server.listed(third)) == 1


def test_a_client_that_sends_half_a_body_costs_nothing(server: Server, scope: Json) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            f"POST /memories HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY}\r\nContent-Length: 99\r\n\r\n{{".encode()
        )

    assert len(server.added(scope, "Alex: I live in Prague.")) == 1


def test_a_request_that_offers_http2_keeps_its_body(server: Server, scope: Json) -> None:
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAAAAIAAAAB"}
    body = {"messages": [{"role": "user", "content": "Alex: I live in Prague."}], **scope}

    assert server.http.post("/memories", json=body, headers=headers).status_code == 200
