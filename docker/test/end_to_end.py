"""Checks a running stack from the outside, through its host ports: up-offline runs it inside the engine's network.

A chat saved through SillyTavern's HTTP API becomes a memory in mem0, with vectors in PostgreSQL and, in the graph
flavour, nodes in Neo4j; the retriever injects it, also through SillyTavern's plugin; and mem0, Kafka, the writer
and the watcher, stopped or killed and started in turn, lose nothing and never disturb SillyTavern. Nobody is answered
without the right key. No container has more rights than it should (containers.py).

Usage: end_to_end.py graph|vector [--started EPOCH_SECONDS]   (in the compose file's directory)
"""

import argparse
import http.cookiejar
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import containers

SILLYTAVERN = "http://127.0.0.1:8000"
MEM0 = "http://127.0.0.1:8001"
RETRIEVER = "http://127.0.0.1:8002"
WRITER = "http://127.0.0.1:8003"
WATCHER = "http://127.0.0.1:8004"
USER = "default-user"
# A name that is no ASCII: it is a file name on the way to the watcher.
CHARACTER = "林晚"
CHAT = f"{CHARACTER} - offline check"
# Longest that SillyTavern may take for a save, and the retriever for an answer, whatever else is down.
PROMPT_SECONDS = 3.0


def say(text: str) -> None:
    """Tells progress."""
    print(f"[{datetime.now().astimezone():%H:%M:%S}] {text}", flush=True)


def run(*command: str) -> str:
    """Output of a command that must succeed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=200)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


def compose(*arguments: str) -> str:
    """Output of docker-compose, or of what COMPOSE names, such as "docker compose"."""
    return run(*os.environ.get("COMPOSE", "docker-compose").split(), *arguments)


def call(url: str, body: Any = None, headers: dict[str, str] | None = None, opener: Any = None) -> Any:
    """JSON answer of a GET, or of a POST if there is a body."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    with (opener.open if opener else urllib.request.urlopen)(request, timeout=30) as response:
        text = response.read().decode()
    return json.loads(text) if text[:1] in ("{", "[") else text


def until(what: str, seconds: float, probe: Callable[[], Any]) -> Any:
    """Polls until the probe returns something true; the run fails if it never does."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = probe()
            if last:
                return last
        except OSError as error:
            last = error
        time.sleep(0.5)
    sys.exit(f"FAILED: {what} not within {seconds:.0f} s; last: {last}")


class SillyTavern:
    """SillyTavern's HTTP API, as its own client uses it."""

    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self._token = ""
        self.avatar = ""
        self.slowest = 0.0
        self._lines: list[dict[str, Any]] = [{"chat_metadata": {}, "user_name": "unused", "character_name": "unused"}]

    def post(self, path: str, body: Any) -> Any:
        """Answer of a call."""
        return call(SILLYTAVERN + path, body, {"X-CSRF-Token": self._token}, self._opener)

    def resume(self) -> None:
        """A new session, as after a restart."""
        self._token = call(SILLYTAVERN + "/csrf-token", opener=self._opener)["token"]

    def open(self) -> None:
        """A session, a character and its greeting."""
        self.resume()
        self.avatar = self.post(
            "/api/characters/create",
            {"ch_name": CHARACTER, "first_mes": "Hello.", "description": "", "alternate_greetings": []},
        )
        self._lines[0]["chat_metadata"]["integrity"] = "0f9c2f3e-6a53-4f9e-9a55-7d1b6e5c0d11"
        self._append(CHARACTER, user=False, text="Hello.")

    def exchange(self, user: str, reply: str) -> None:
        """Saves one more exchange; never takes long."""
        self._append("Alex", user=True, text=user)
        self._append(CHARACTER, user=False, text=reply)
        begin = time.monotonic()
        self.post("/api/chats/save", {"ch_name": "", "file_name": CHAT, "avatar_url": self.avatar, "chat": self._lines})
        took = time.monotonic() - begin
        self.slowest = max(self.slowest, took)
        if took > PROMPT_SECONDS:
            sys.exit(f"FAILED: SillyTavern took {took:.1f} s to save a chat")

    def _append(self, name: str, *, user: bool, text: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._lines.append(
            {"name": name, "is_user": user, "is_system": False, "send_date": now, "mes": text, "extra": {}}
        )


def setting(name: str) -> str:
    """A variable, as .env has it."""
    lines = Path(".env").read_text(encoding="utf-8").splitlines()
    return next(line.split("=", 1)[1] for line in lines if line.startswith(f"{name}="))


def key(name: str) -> dict[str, str]:
    """Header with a key of .env."""
    return {"X-API-Key": setting(name)}


def status(url: str, headers: dict[str, str] | None = None) -> int:
    """Status of a GET, whatever it is."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def keys() -> None:
    """Each service answers its own key and no other; without one it only tells whether it is well."""
    wrong = []

    def expect(expected: int, url: str, who: str, headers: dict[str, str] | None = None) -> None:
        answered = status(url, headers)
        if answered != expected:
            wrong.append(f"{url} answers {answered} {who}, not {expected}")

    for base, path, own in LOCKED:
        expect(200, base + path, "with its key", key(own))
        for other in {name for *_, name in LOCKED} - {own}:
            expect(401, base + path, f"with {other}", key(other))
        for words in ("", "guessed", *containers.KNOWN_DEFAULTS, setting(own)[:-1]):
            expect(401, base + path, "with a wrong key", {"X-API-Key": words})
        expect(401, base + path, "without a key")
        if base == MEM0:
            continue
        bearer = {"Authorization": f"Bearer {setting(own)}"}
        expect(200, base + path, "with its key as a bearer token", bearer)
        expect(200, f"{base}/actuator/prometheus", "with its key", key(own))
        for closed in ("/actuator", "/actuator/prometheus", "/actuator/info", "/actuator/health/ping", "/", "/nowhere"):
            expect(401, base + closed, "without a key")
        for health_path in ("", "/liveness", "/readiness"):
            expect(200, f"{base}/actuator/health{health_path}", "without a key")
    if wrong:
        sys.exit("FAILED: " + "; ".join(wrong))
    say("each service answers its own key and no other")


def init_changes_nothing() -> None:
    """What made .env leaves it as it is."""
    before = Path(".env").read_bytes()
    run("./init")
    if Path(".env").read_bytes() != before:
        sys.exit("FAILED: a second ./init changes .env")
    short = [name for name in MADE_BY_INIT if len(setting(name)) < SECRET_LENGTH]
    if short:
        sys.exit(f"FAILED: short or empty in .env: {short}")
    say("a second ./init changes nothing")


def memories() -> list[str]:
    """All memories of the chat's scope."""
    scope = urllib.parse.urlencode({"user_id": USER, "agent_id": CHARACTER})
    found = call(f"{MEM0}/memories?{scope}", headers=key("MEM0_API_KEY"))["results"]
    return [memory["memory"] for memory in found]


def remembered(word: str) -> Callable[[], bool]:
    """Whether a memory says the word."""
    return lambda: any(word in memory.lower() for memory in memories())


def inject(question: str) -> dict[str, Any]:
    """The retriever's answer; never takes long."""
    body = {
        "user_id": USER,
        "agent_id": CHARACTER,
        "messages": [{"role": "system", "content": f"You are {CHARACTER}."}, {"role": "user", "content": question}],
    }
    begin = time.monotonic()
    answer: dict[str, Any] = call(f"{RETRIEVER}/v1/inject", body, key("RETRIEVER_API_KEY"))
    took = time.monotonic() - begin
    if took > PROMPT_SECONDS:
        sys.exit(f"FAILED: the retriever took {took:.1f} s")
    return answer


def health(ids: list[str]) -> dict[str, str]:
    """Health, or state where there is no check, by service."""
    template = (
        '{{index .Config.Labels "com.docker.compose.service"}} '
        "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}"
    )
    return dict(line.split() for line in run("docker", "inspect", "--format", template, *ids).splitlines())


def wait_healthy(started: float) -> None:
    """Until everything is healthy and SillyTavern answers; tells when each was, as the engine looks now and then."""
    ids = all_containers()
    seen: dict[str, int] = {}

    def all_healthy() -> bool:
        now = health(ids)
        if "sillytavern answers" not in seen:
            try:
                call(SILLYTAVERN + "/csrf-token")
                seen["sillytavern answers"] = round(time.time() - started)
            except OSError:
                pass
        for service, state in now.items():
            if state == "healthy" and service not in seen:
                seen[service] = round(time.time() - started)
        return all(state in ("healthy", "running", "exited") for state in now.values())

    until("everything healthy", 600, all_healthy)
    say("healthy after: " + ", ".join(f"{service} {seconds} s" for service, seconds in seen.items()))


def outage(tavern: SillyTavern, how: str, service: str, fact: str, word: str) -> None:
    """Stops or kills a service, goes on chatting, starts it again: what was said meanwhile must arrive."""
    begin = time.monotonic()
    compose(how, service)
    say(f"{how} {service}: {time.monotonic() - begin:.1f} s")
    status = run("docker", "inspect", "--format", "{{.State.ExitCode}}", container(service))
    if how == "stop" and status not in STOPPED:
        sys.exit(f"FAILED: {service} did not stop by itself, its status is {status}")
    tavern.exchange(fact, "I will keep that in mind!")
    answer = inject("What do you know about my falcon?")
    say(f"  meanwhile SillyTavern saves, the retriever answers (degraded: {answer['degraded']})")
    compose("start", service)
    begin = time.monotonic()
    until(f"what was said while {service} was down", 180, remembered(word))
    say(f"  remembered {time.monotonic() - begin:.1f} s after the start")


def first_memory(tavern: SillyTavern, flavour: str) -> None:
    """What is said becomes a memory in the databases, and comes back into a prompt."""
    tavern.exchange("I keep a falcon named Argent.", "A noble bird!")
    begin = time.monotonic()
    until("the chat as a memory in mem0", 120, remembered("falcon"))
    say(f"memory in mem0 {time.monotonic() - begin:.1f} s after the save: {memories()}")

    database = f"postgresql://mem0:{setting('POSTGRES_PASSWORD')}@127.0.0.1/mem0"
    sql = "SELECT count(*) || ' vectors of ' || max(vector_dims(vector)) FROM memories"
    vectors = run("docker", "exec", container("mem0-postgres"), "psql", "-qAt", "-c", sql, database)
    if vectors.startswith("0 "):
        sys.exit("FAILED: no vectors in PostgreSQL")
    say(f"PostgreSQL: {vectors} dimensions")
    if flavour == "graph":
        # mem0 writes to both at the same time, and the graph takes more calls to the model.
        count = ("docker", "exec", container("mem0"), "python", "-c", COUNT_NODES)
        nodes = until("nodes in Neo4j", 120, lambda: (n := run(*count)) != "0" and n)
        say(f"Neo4j: {nodes} nodes")

    answer = until("the retriever's injection", 30, lambda: (a := inject("What is my falcon called?"))["applied"] and a)
    if "falcon" not in answer["messages"][0]["content"]:
        sys.exit(f"FAILED: nothing injected: {answer}")
    say(f"injected: {answer['messages'][0]['content']!r}")
    through = tavern.post(
        "/api/plugins/tavern-mem0/retrieve",
        {"agent_id": CHARACTER, "messages": [{"role": "user", "content": "What is my falcon called?"}]},
    )
    if "falcon" not in json.dumps(through["memories"]).lower():
        sys.exit(f"FAILED: the plugin brings nothing: {through}")
    say("the same through SillyTavern's plugin")


def restart(tavern: SillyTavern) -> None:
    """Everything is stopped, removed and made again on the same volumes, and goes on."""
    begin = time.monotonic()
    compose("down")
    say(f"all stopped and removed in {time.monotonic() - begin:.0f} s; started again on the same volumes")
    started = time.time()
    compose("up", "--detach", "--no-build")
    wait_healthy(started)
    tavern.resume()
    tavern.exchange("My cello is named Thistle.", "I will keep that in mind!")
    until("what was said after the restart", 120, remembered("thistle"))


def main() -> None:
    """Runs all checks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("flavour", choices=["graph", "vector"])
    parser.add_argument("--started", type=float, default=time.time())
    options = parser.parse_args()

    tavern = SillyTavern()
    init_changes_nothing()
    wait_healthy(options.started)
    keys()
    tavern.open()
    manifest = call(f"{SILLYTAVERN}/scripts/extensions/third-party/tavern-mem0/manifest.json")
    say(f"extension served: {manifest['display_name']} {manifest['version']}")
    first_memory(tavern, options.flavour)
    for outage_of in OUTAGES:
        outage(tavern, *outage_of)

    words = ["falcon", *(word for *_, word in OUTAGES)]
    wrong = containers.problems(all_containers(), [*words, *map(setting, SECRETS)])
    if wrong:
        sys.exit("FAILED: " + "; ".join(wrong))
    say("rights, limits, ports, mounts, environments and logs of the containers are as they should be")

    restart(tavern)
    for word in (*words, "thistle"):
        times = sum(word in memory.lower() for memory in memories())
        if times != 1:
            sys.exit(f"FAILED: {word} is remembered {times} times: {memories()}")
    say(f"all said is remembered, once each: {len(memories())} memories")
    restarts = map(int, run("docker", "inspect", "--format", "{{.RestartCount}}", *all_containers()).split())
    say(f"restarts by the engine: {sum(restarts)}; slowest save in SillyTavern {tavern.slowest * 1000:.0f} ms")


# 143: a JVM that was asked to stop. One that had to be killed has 137.
STOPPED = ("0", "143")
MADE_BY_INIT = ("RETRIEVER_API_KEY", "OPERATOR_API_KEY", "MEM0_API_KEY", "POSTGRES_PASSWORD", "NEO4J_PASSWORD")
SECRETS = ("OPENAI_API_KEY", *MADE_BY_INIT)
SECRET_LENGTH = 32
# What is asked of each, and the key that opens it.
LOCKED = (
    (MEM0, f"/memories?user_id={USER}", "MEM0_API_KEY"),
    (RETRIEVER, f"/v1/memories?user_id={USER}", "RETRIEVER_API_KEY"),
    (WRITER, "/v1/status", "OPERATOR_API_KEY"),
    (WATCHER, "/v1/status", "OPERATOR_API_KEY"),
)
OUTAGES = (
    ("stop", "mem0", "My sister Mirelle studies glaciers.", "mirelle"),
    ("stop", "kafka", "I collect antique sextants.", "sextants"),
    ("stop", "writer-service", "My boat Halcyon lies in Trieste.", "halcyon"),
    ("kill", "mem0", "My neighbour Osric brews cider.", "osric"),
    ("kill", "kafka", "I am allergic to walnuts.", "walnuts"),
    ("kill", "writer-service", "My first teacher was called Yseult.", "yseult"),
    ("kill", "chat-watcher", "I was born in Lisbon.", "lisbon"),
)


def container(service: str) -> str:
    """Id of a service's container, whether it runs or not."""
    return compose("ps", "--all", "-q", service)


def all_containers() -> list[str]:
    """Ids of the stack's containers, whether they run or not."""
    return compose("ps", "--all", "-q").split()


COUNT_NODES = """
import os, neo4j
auth = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
with neo4j.GraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth) as driver:
    print(driver.execute_query("MATCH (n) RETURN count(n)").records[0][0])
"""

if __name__ == "__main__":
    main()
