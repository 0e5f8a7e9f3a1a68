# SPDX-License-Identifier: GPL-3.0-or-later
"""interlockctl and interlockd on a bed: one store, one instance named vpn."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

from vpn import bed as beds
from vpn.process import PATIENCE, Missing, until

SETTLED = ("established", "applied")


def program(name):
    path = pathlib.Path(os.environ.get("INTERLOCK_BIN", ".")).resolve() / name
    if not path.is_file():
        raise Missing(f"no program {path}: INTERLOCK_BIN names the folder of the programs")
    return str(path)


class Refused(AssertionError):
    """interlockctl ended with something else than expected."""


class Daemon:
    """An interlockd in the server's namespace."""

    def __init__(self, bed, store, label, options=()):
        self._notifications = bed.folder / f"{label}.notify"
        self._notifications.unlink(missing_ok=True)
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(self._notifications))
        bed.atEnd.append(self._manager.close)
        self.process = bed.start(label, "server", program("interlockd"), "--store", store, *options,
                                 env={**os.environ, "NOTIFY_SOCKET": str(self._notifications)})

    def ready(self, patience=PATIENCE):
        ends = time.monotonic() + patience
        while True:
            self._manager.settimeout(max(0.01, min(0.5, ends - time.monotonic())))
            try:
                if "READY=1" in self._manager.recv(4096).decode().split("\n"):
                    return self
            except TimeoutError:
                pass
            if not self.process.isRunning or time.monotonic() > ends:
                tail = "\n  ".join(self.process.lines[-20:])
                raise Missing(f"{self.process.name} is not ready:\n  {tail}")

    def kill(self):
        """As a power failure would: no last word."""
        self.process.end(signal.SIGKILL)

    def end(self):
        return self.process.end()


class Console:
    """The store of a bed, what is in it, and who serves it."""

    def __init__(self, bed, store=None):
        self.bed = bed
        self.store = store or f"sqlite:{bed.folder}/store.db"
        self.daemons = 0

    # --- interlockctl ---

    def run(self, *words, timeout=60):
        return subprocess.run([program("interlockctl"), "--store", self.store, "--actor", "test", "--json", *words],
                              capture_output=True, text=True, encoding="utf-8", timeout=timeout,
                              stdin=subprocess.DEVNULL, check=False,
                              env={k: v for k, v in os.environ.items() if k != "INTERLOCK_STORE"})

    def ctl(self, *words, code=0, timeout=60):
        """The document that `interlockctl --json WORDS` prints."""
        result = self.run(*words, timeout=timeout)
        if result.returncode != code:
            raise Refused(f"interlockctl {' '.join(words)}: status {result.returncode}, not {code}\n"
                          f"{result.stdout}{result.stderr}")
        return json.loads(result.stdout)

    def addInstance(self, *options, management="unix", socketPath=None):
        where = ["--management", f"unix:{socketPath or self.bed.socket}"] if management == "unix" else [
            "--management", "tcp:127.0.0.1:7505", "--password-file", str(self.bed.passwordFile)]
        self.ctl("instance", "add", "vpn", *where, "--pool", "10.8.0.0/24", *options)
        # What is behind the server is behind it for everybody: a site's answers have to find their way.
        self.ctl("option", "set", "--instance", "vpn", "route", str(beds.INSIDE))

    def allocate(self, *names, first=11):
        for number, cn in enumerate(names, first):
            self.ctl("allocation", "set", cn, f"10.8.0.{number}", "--instance", "vpn")

    def iroutes(self, cn, *prefixes):
        return self.ctl("iroute", "set", cn, *prefixes)

    # --- interlockd ---

    def serve(self, *options, label=None):
        """Starts an interlockd and waits until it says that it is ready."""
        return self.begin(*options, label=label).ready()

    def begin(self, *options, label=None):
        self.daemons += 1
        return Daemon(self.bed, self.store, label or f"interlockd-{self.daemons}", options)

    # --- sessions ---

    def sessions(self):
        """Every live session as `session list` shows it."""
        return self.ctl("session", "list")["sessions"]

    def owner(self):
        """Who has the lease of the instance, or None."""
        return self.ctl("session", "list")["instances"][0]["owner"]

    def session(self, cn):
        """The one live session of a common name, or None; one that is leaving does not count."""
        found = [s for s in self.sessions() if s["cn"] == cn and s["state"] != "leaving"]
        if len(found) > 1:
            raise AssertionError(f"{cn} has {len(found)} sessions: {found}")
        return found[0] if found else None

    def settled(self, *names, patience=PATIENCE):
        """Waits until each has exactly one session, established and with its routes applied; those, by name."""
        def look():
            sessions = [s for s in self.sessions() if s["state"] != "leaving"]
            states = {n: [(s["state"], s["routes"]) for s in sessions if s["cn"] == n] for n in names}
            if states != {n: [SETTLED] for n in names}:
                raise AssertionError(f"{states}, alerts {[(s['cn'], s['alerts']) for s in sessions if s['alerts']]}")
            return {s["cn"]: s for s in sessions if s["cn"] in names}
        return until(look, f"{', '.join(names)} established with their routes applied", patience, every=0.1)

    def inState(self, cn, patience=PATIENCE, **fields):
        """Waits until the session of `cn` has these fields; returns it."""
        def look():
            session = self.session(cn)
            shown = {f: (session or {}).get(f) for f in fields}
            if shown != fields:
                raise AssertionError(f"{cn}: {shown}")
            return session
        return until(look, f"{cn} with {fields}", patience, every=0.1)


class Watch:
    """Reads `session list` again and again, on its own thread, until stopped."""

    def __init__(self, console):
        self._console = console
        self._isEnough = threading.Event()
        self.snapshots = []
        self.errors = []
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self):
        while not self._isEnough.wait(0.1):
            try:
                self.snapshots.append(self._console.sessions())
            except AssertionError as error:
                self.errors.append(str(error))

    def stop(self):
        self._isEnough.set()
        self._thread.join(PATIENCE)
        return self.snapshots
