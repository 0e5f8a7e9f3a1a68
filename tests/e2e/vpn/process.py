# SPDX-License-Identifier: GPL-3.0-or-later
"""A process whose lines can be waited for, always with an end."""
import re
import signal
import subprocess
import threading
import time

PATIENCE = 20  # seconds until something that has to come is called missing


class Missing(AssertionError):
    """Something that had to happen did not; says what was seen in its place."""


def until(look, what, patience=PATIENCE, every=0.02):
    """Calls look() until it returns something true, and returns that; Missing after `patience` seconds.

    An AssertionError of look() counts as "not yet" and is told when the time is over.
    """
    ends = time.monotonic() + patience
    why = None
    while True:
        try:
            found = look()
            if found:
                return found
            why = f"last seen: {found!r}"
        except Missing:
            raise
        except AssertionError as error:
            why = str(error)
        if time.monotonic() > ends:
            raise Missing(f"{what}: not within {patience} s; {why}")
        time.sleep(every)


class Process:
    """A running program with every line that it wrote, on either output."""

    def __init__(self, name, words, log=None, **options):
        self.name = name
        self.lines = []
        self._news = threading.Condition()
        self._isRead = False
        self._log = open(log, "a", encoding="utf-8") if log else None
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, encoding="utf-8",
                                        errors="backslashreplace", **options)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self.process.pid

    @property
    def isRunning(self):
        return self.process.poll() is None

    def _read(self):
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
            if self._log:
                self._log.write(line)
                self._log.flush()
        with self._news:
            self._isRead = True
            self._news.notify_all()
        self.process.stdout.close()
        if self._log:
            self._log.close()

    @property
    def seen(self):
        """How many lines there are by now: where a later line() begins to look."""
        with self._news:
            return len(self.lines)

    def line(self, pattern, since=0, patience=PATIENCE):
        """Waits for a line that the regular expression finds, from line number `since` on; returns the match."""
        ends = time.monotonic() + patience
        position = since
        with self._news:
            while True:
                while position < len(self.lines):
                    found = re.search(pattern, self.lines[position])
                    if found:
                        return found
                    position += 1
                left = ends - time.monotonic()
                if self._isRead or left <= 0 or not self._news.wait(left):
                    break
            state = "ended" if self._isRead else f"said nothing of the kind in {patience} s"
            tail = "\n  ".join(self.lines[-25:])
            raise Missing(f"{self.name}: no line with '{pattern}': {state}. Its last lines:\n  {tail}")

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM, patience=10):
        """Sends the signal, kills if that does not help; returns the exit status. All lines are there then."""
        if self.isRunning:
            self.process.send_signal(number)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
        status = self.process.wait(patience)
        self._reader.join(patience)
        return status
