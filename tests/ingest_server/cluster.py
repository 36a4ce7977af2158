"""A PostgreSQL of a test run's own: a cluster in a folder that is thrown away, on loopback."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.whole import free_port

USER = "carewitness"


def programs() -> Path:
    """Where Debian keeps what runs a cluster, out of everybody's path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("PostgreSQL is not installed; apt install postgresql")
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed; pip install carewitness[postgresql]")
    return found[-1].parent


@contextmanager
def cluster() -> Iterator[str]:
    """A server until the block ends; the address of its databases, to be followed by the name of one.

    PostgreSQL does not run as root: where the tests do, it runs as the user that Debian's package makes.
    """
    bin_, port = programs(), free_port()
    owner = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="carewitness-postgresql-"))

    def run(*command: str | Path) -> None:
        ids = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        subprocess.run([bin_ / command[0], *command[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL, **ids)  # type: ignore[call-overload]

    try:
        if owner is not None:
            shutil.chown(folder, owner.pw_uid, owner.pw_gid)
        data, log = folder / "data", folder / "log"
        run("initdb", "--pgdata", data, "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        # Nothing of it is to outlive the tests: it need not wait for the disk.
        told = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run("pg_ctl", "--pgdata", data, "--options", told, "--log", log, "--wait", "start")
        try:
            yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/"
        finally:
            run("pg_ctl", "--pgdata", data, "--mode", "immediate", "--wait", "stop")
    finally:
        shutil.rmtree(folder)
