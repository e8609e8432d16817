"""``python -m bot.health``: ask the process beside us whether it is ready, as a container does.

Exit codes: 0 ready, 1 not, or nobody answers.
"""

import sys
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import urlopen

from bot.settings import Settings, load

PATIENCE = 10.0
EVERYWHERE = {"0.0.0.0", "::"}


def ask(settings: Settings) -> tuple[bool, str]:
    """Whether it is ready, and what it said."""
    host = "localhost" if settings.health_host in EVERYWHERE else settings.health_host
    address = f"http://{host}:{settings.health_port}/readyz"
    try:
        with urlopen(address, timeout=PATIENCE) as answer:
            return True, answer.read().decode()
    except HTTPError as refused:
        return False, refused.read().decode()
    except (OSError, HTTPException) as error:
        return False, f"{address}: {error}"


if __name__ == "__main__":
    ready, said = ask(load())
    print(said)
    sys.exit(not ready)
