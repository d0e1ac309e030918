"""Serves this machine's Maven repository to image builds that have no network.

Usage: maven-mirror.py ADDRESS PORT DIRECTORY…  (the first directory that has the file serves it)
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(SimpleHTTPRequestHandler):
    """Looks a path up in several directories."""

    def __init__(self, directories: list[Path], *args: object) -> None:
        self._directories = directories
        super().__init__(*args, directory=str(directories[0]))  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """The file that the path names."""
        for directory in self._directories:
            self.directory = str(directory)
            found = super().translate_path(path)
            if Path(found).is_file():
                return found
        return "/nonexistent"

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    address, port, *directories = sys.argv[1:]
    ThreadingHTTPServer((address, int(port)), partial(Handler, [Path(d) for d in directories])).serve_forever()
