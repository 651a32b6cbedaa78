#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A PostgreSQL server in a temporary folder, for tests and measurements.

    tools/postgresql_server.py      prints the URI of a database, and serves it
                                    until its standard input ends

A line `create NAME` makes a database and prints its URI; `crash` kills the
server, starts it again and prints the first URI. It listens on a Unix socket in that folder and nowhere else, and trusts whoever
can open it. PostgreSQL refuses to run as root: root runs it as `nobody`.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

UNPRIVILEGED = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",
    "log_min_messages": "fatal",
}


def programs():
    """The newest installed version's folder of programs, or None."""
    folders = pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((f.parent for f in folders), key=lambda f: int(f.parent.name), default=None)


class Server:
    """A running server; `uri(name)` is a database of its own. A context manager."""

    def __init__(self):
        self._programs = programs()
        if self._programs is None:
            raise FileNotFoundError("no PostgreSQL server; tools/setup.sh installs one")
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="hone-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "nobody", "nogroup")
        words = ["--auth=trust", "--username=hone", "--encoding=UTF8", "--locale=C"]
        # Without syncing: the cluster is gone when the machine is.
        self._call("initdb", "-D", self._data, "--no-sync", "--no-instructions", *words)
        self.start()

    @property
    def _data(self):
        return self._folder / "data"

    def _command(self, name, *words):
        # QUIT ends the server at once; it gets it when this process is gone.
        prefix = UNPRIVILEGED if os.geteuid() == 0 else []
        return ["setpriv", *prefix, "--pdeathsig=QUIT", self._programs / name, *words]

    def _call(self, name, *words):
        done = subprocess.run(
            self._command(name, *words), capture_output=True, text=True, cwd=self._folder
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        """Starts the server, again after kill(); returns when it answers."""
        settings = {**SETTINGS, "unix_socket_directories": str(self._folder)}
        words = [f"--{name}={value}" for name, value in settings.items()]
        self._server = subprocess.Popen(
            self._command("postgres", "-D", self._data, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        ready = self._command("pg_isready", "-q", "-h", self._folder)
        while subprocess.run(ready).returncode != 0:
            if self._server.poll() is not None:
                raise RuntimeError(f"postgres ended with status {self._server.returncode}")
            time.sleep(0.02)

    def uri(self, database="postgres"):
        return f"postgresql://hone@/{database}?host={self._folder}"

    def create(self, database):
        """Makes an empty database and returns its URI."""
        self._call("createdb", "-h", self._folder, "-U", "hone", database)
        return self.uri(database)

    def kill(self):
        """Ends the server as a crash of the machine would, without a checkpoint."""
        pid = self._server.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self._server.wait()
        # A child that still holds the shared memory keeps the next server from it.
        for one in children:
            while is_running(one):
                time.sleep(0.01)

    def close(self):
        if self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
            self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def is_running(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def main():
    try:
        server = Server()
    except (OSError, RuntimeError) as error:
        sys.exit(f"postgresql_server: {error}")
    with server:
        print(server.uri(), flush=True)
        for line in sys.stdin:
            match line.split():
                case ["create", name]:
                    print(server.create(name), flush=True)
                case ["crash"]:
                    server.kill()
                    server.start()
                    print(server.uri(), flush=True)


if __name__ == "__main__":
    main()
