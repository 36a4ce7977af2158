"""Where a request comes from."""

from typing import Final

from starlette.requests import Request

# The longest that an IPv6 address is written, with some room for its zone.
MOST_ADDRESS: Final = 64


def address_of(request: Request) -> str:
    """The visitor's IP address; empty where the server does not know it."""
    return (request.client.host if request.client else "")[:MOST_ADDRESS]
