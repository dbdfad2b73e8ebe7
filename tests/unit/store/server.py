"""A PostgreSQL server of the tests' own: on a free port of this machine, in a temporary folder, for this run alone."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NEEDED = ("initdb", "pg_ctl", "postgres")


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian keeps them; None where there are none."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if all((place / name).is_file() for name in _NEEDED)), None)


@dataclass(slots=True)
class Server:
    """A running server; its databases go with it."""

    folder: Path
    port: int
    password: str
    made: set[str] = field(default_factory=set)

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://tester:{self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """A statement as the server's administrator."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            asked = connection.execute(statement)
            return asked.fetchall() if asked.description else []

    def empty_database(self, name: str = "notes") -> str:
        """The address of an empty database; one of the same name is emptied."""
        if name in self.made:
            self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", database=name)
        else:
            self.run(f"CREATE DATABASE {name}")
            self.made.add(name)
        return self.url(name)

    def tables(self, url: str) -> bytes:
        """All bytes of the files that hold a database's tables and indexes; the server's own log is not among them."""
        self.run("CHECKPOINT")
        ((oid,),) = self.run(f"SELECT oid FROM pg_database WHERE datname = '{url.rpartition('/')[2]}'")
        data = b""
        for file in sorted((self.folder / "data" / "base" / str(oid)).iterdir()):
            with suppress(FileNotFoundError):  # the server clears up meanwhile
                data += file.read_bytes()
        return data


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """Start a server with the programs in ``place``, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="analyzer-postgresql-"))
    server = Server(folder, port, secrets.token_hex(12))
    (folder / "password").write_text(server.password)
    # PostgreSQL refuses to run as root.
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = _somebody()
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        for path in (folder, folder / "password"):
            os.chown(path, user.pw_uid, user.pw_gid)
    data, log = str(folder / "data"), str(folder / "log")

    def call(name: str, *arguments: str) -> None:
        command = [str(place / name), "-D", data, *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **who)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"

    secured = ["-U", "tester", "--pwfile", str(folder / "password"), "-A", "scram-sha-256"]
    try:
        call("initdb", *secured, "--no-sync", "--encoding=UTF8", "--locale=C")
        call("pg_ctl", "-w", "-l", log, "-o", f"-p {port} -h 127.0.0.1 -k {folder} -F", "start")
        try:
            yield server
        finally:
            call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _somebody() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("no user 'postgres' or 'nobody' that a server could run as")
