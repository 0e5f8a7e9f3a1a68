# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL of a bed's own, which can be stopped, killed and started while others run theirs."""
import os
import pathlib
import subprocess
import sys

from vpn import isolation

RUNNER = pathlib.Path(__file__).resolve().parents[2] / "support" / "withpostgres"


def needed():
    """Gives up where there is no PostgreSQL to start."""
    programs = os.environ.get("INTERLOCK_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
    if not os.access(f"{programs}/postgres", os.X_OK):
        isolation.giveUp([f"no PostgreSQL 15 in {programs}"])


class Postgres:
    """Runs from its making to the bed's end."""

    def __init__(self, bed):
        # Inside of the bed's process namespace, because it is ended by process id.
        tell = "import os, signal; print(os.environ['INTERLOCK_TEST_POSTGRES']," \
               " os.environ['INTERLOCK_TEST_POSTGRES_CTL'], flush=True); signal.pause()"
        self._process = bed.start("postgres", "server", str(RUNNER), sys.executable, "-c", tell)
        found = self._process.line(r"^(postgresql://\S+) (\S+)$", patience=60)
        self.url, self._control = found[1], found[2]
        self._bed = bed

    def control(self, word):
        """start, stop, or kill as a power failure would."""
        subprocess.run([self._control, word], check=True, capture_output=True, timeout=60)

    def ask(self, statement):
        result = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url, "-c",
                                 statement], check=True, capture_output=True, text=True, timeout=60)
        return result.stdout.strip()

    def lockOut(self):
        """Keeps every writer of rows waiting, until the server ends or the returned process does."""
        holder = self._bed.start("lock", "server", "psql", "-X", "-d", self.url, "-c",
                                 "BEGIN; LOCK TABLE journal IN EXCLUSIVE MODE; SELECT pg_sleep(600)")
        return holder

    def waiting(self):
        """How many sessions wait for a lock."""
        return int(self.ask("SELECT count(*) FROM pg_locks WHERE NOT granted"))
