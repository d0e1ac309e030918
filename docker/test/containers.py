"""What must hold of the stack's containers, whatever they do: checked by end_to_end.py on the running stack."""

import json
import subprocess
from typing import Any

PROGRAMS = {"chat-watcher", "writer-service", "retriever-service", "mem0"}
"""Images of this project that keep running."""
STAND_INS = {"model"}
"""Not of the stack."""
ENDS_AT_ONCE = {"volume-owners"}
READ_ONLY = {
    "chat-watcher": {"/sillytavern"},
    "sillytavern": {
        "/home/node/app/plugins/tavern-mem0",
        "/home/node/app/public/scripts/extensions/third-party/tavern-mem0",
    },
}
"""Mounts that must not be written, by service."""

KNOWN_DEFAULTS = ("local-mem0-api-key", "local-postgres", "local-neo4j")
"""What .env.example once held."""

Json = dict[str, Any]


def problems(ids: list[str], unspeakable: list[str]) -> list[str]:
    """What does not hold, in one line each.

    :param ids: all containers of the stack
    :param unspeakable: secrets, and words of chats, which no log of this project's programs may hold
    """
    inspected = subprocess.run(["docker", "inspect", *ids], check=True, capture_output=True, text=True).stdout
    found = []
    for container in json.loads(inspected):
        service = container["Config"]["Labels"]["com.docker.compose.service"]
        if service in STAND_INS:
            continue
        wrong = _of_every(service, container)
        if service in PROGRAMS:
            wrong += _of_programs(container)
        wrong += _said(container["Id"], [*KNOWN_DEFAULTS, *(unspeakable if service in PROGRAMS else ())])
        found += [f"{service}: {problem}" for problem in wrong]
    return found


def _of_every(service: str, container: Json) -> list[str]:
    host, config = container["HostConfig"], container["Config"]
    published = [binding for bindings in (host["PortBindings"] or {}).values() for binding in bindings]
    readable = {mount["Destination"] for mount in container["Mounts"] if not mount["RW"]}
    configuration = json.dumps(config)
    rules = {
        "its log is not bounded": {"max-size", "max-file"} <= set(host["LogConfig"]["Config"]),
        "it was killed for want of memory": not container["State"]["OOMKilled"],
        "a port is open to other machines": all(binding["HostIp"] == "127.0.0.1" for binding in published),
        "it can write where it should only read": READ_ONLY.get(service, set()) <= readable,
        "a known default is in its configuration": not any(default in configuration for default in KNOWN_DEFAULTS),
    }
    if service not in ENDS_AT_ONCE:
        rules |= {
            "it has no health check": bool((config.get("Healthcheck") or {}).get("Test")),
            "it has no memory limit": host["Memory"] > 0,
            "it is not restarted": host["RestartPolicy"]["Name"] == "unless-stopped",
        }
    return [problem for problem, holds in rules.items() if not holds]


def _of_programs(container: Json) -> list[str]:
    host, config = container["HostConfig"], container["Config"]
    rules = {
        "it runs as root": config["User"].split(":")[0] not in {"", "0", "root"},
        "its root file system can be written": host["ReadonlyRootfs"],
        "it has capabilities": host["CapDrop"] == ["ALL"] and not host["CapAdd"],
        "it can gain privileges": any(option.startswith("no-new-privileges") for option in host["SecurityOpt"] or []),
        "its health check needs a shell": config["Healthcheck"]["Test"][0] == "CMD",
    }
    return [problem for problem, holds in rules.items() if not holds]


def _said(container: str, unspeakable: list[str]) -> list[str]:
    logs = subprocess.run(["docker", "logs", container], check=True, capture_output=True, text=True)
    log = (logs.stdout + logs.stderr).lower()
    return [f"its log holds {word!r}" for word in unspeakable if word.lower() in log]
