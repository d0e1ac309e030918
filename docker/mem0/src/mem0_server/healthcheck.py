"""The container's health check: exits with 0 if ``/ready`` answers 200. Imports nothing heavy."""

import http.client
import os
import sys


def main() -> int:
    """Asks the server in this container."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=8)
    try:
        connection.request("GET", "/ready")
        response = connection.getresponse()
        print(response.read().decode())
        return 0 if response.status == 200 else 1
    except OSError as error:
        print(error)
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
