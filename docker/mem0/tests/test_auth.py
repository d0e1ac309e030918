"""Who may do what."""

import http.client
import json

import pytest

from conftest import StartServer, vector_only
from server import KEY, Server

CALLS = [
    ("POST", "/memories"),
    ("GET", "/memories"),
    ("DELETE", "/memories"),
    ("GET", "/memories/x"),
    ("PUT", "/memories/x"),
    ("DELETE", "/memories/x"),
    ("GET", "/memories/x/history"),
    ("POST", "/search"),
    ("POST", "/reset"),
    ("POST", "/configure"),
]


def with_key(server: Server, method: str, path: str, key: str | None) -> http.client.HTTPResponse:
    """Calls with the bytes of a key, or with none."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
    connection.request(method, path, headers={} if key is None else {"X-API-Key": key.encode()})
    return connection.getresponse()


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_call_needs_a_key(server: Server, method: str, path: str) -> None:
    response = with_key(server, method, path, None)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "ApiKey"
    assert json.load(response)["detail"] == "X-API-Key header is required."


@pytest.mark.parametrize("key", ["wrong", KEY[:-1], KEY + "x", KEY.upper(), "ключ"])
def test_a_wrong_key_is_refused(server: Server, key: str) -> None:
    response = with_key(server, "GET", "/memories?user_id=u1", key)

    assert response.status == 401
    assert json.load(response)["detail"] == "Invalid API key."


@pytest.mark.parametrize("path", ["/health", "/ready", "/metrics", "/openapi.json", "/docs"])
def test_probes_need_no_key(server: Server, path: str) -> None:
    assert server.http.get(path, headers={"X-API-Key": "wrong"}).status_code == 200


@vector_only
def test_without_authentication_no_key_is_needed_but_a_wrong_one_is_refused(start_server: StartServer) -> None:
    server = start_server(ADMIN_API_KEY="", AUTH_DISABLED="true")
    path = "/memories?user_id=u1"
    del server.http.headers["X-API-Key"]

    assert server.http.get(path).status_code == 200
    assert server.http.get(path, headers={"X-API-Key": "wrong"}).status_code == 401
    assert "AUTH_DISABLED" in server.log
