"""Addresses of our own pages: where a form may send somebody on to, and where a question is answered."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from ingest_server.vocabulary import Role

_OWN_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def first_page(role: Role) -> str:
    """Where somebody begins: the queue is of evidence, and an administrator sees none."""
    return "/people" if role is Role.ADMINISTRATOR else "/"


def own_path(path: str) -> str:
    """``path`` if it leads to a page of ours, else the first page: nobody is sent on to another site."""
    return path if _OWN_PATH.fullmatch(path) else "/"


def address_of(path: str, asked: Mapping[str, object]) -> str:
    """The address of a page that is asked something; what is empty is left out."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{query}" if query else path
