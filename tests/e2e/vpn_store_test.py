#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store goes away while clients connect, and comes back: nobody is dropped, and nothing is restarted.

usage: vpn_store_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
Starts a PostgreSQL of its own for each test that needs one.
"""
import json
import pathlib
import sqlite3
import time

from vpn import postgres, scenario
from vpn.console import Console
from vpn.process import until

SOON = 3  # seconds until something specific is said
MARK = "answered while the store could not be reached, from what was known before"
REFUSAL = "the store cannot be reached, try again later"
LAN = "192.168.1.0/27"
# branch-a is connected and settled; of branch-b the store has still to claim the LAN; late is known altogether.
NAMES = ("branch-a", "branch-b", "laptop", "late", "third")


class Store(scenario.Scenario):
    policy = "admit-known"

    def begin(self, store=None):
        self.clients = {"branch-a": self.bed.site("branch-a", LAN), "branch-b": self.bed.site("branch-b", "192.168.2.0/27")}
        self.clients |= {cn: self.bed.client(cn) for cn in ("laptop", "late", "third")}
        self.console = Console(self.bed, store)
        self.console.addInstance("--when-store-down", self.policy)
        self.console.allocate(*NAMES)
        self.console.iroutes("branch-a", LAN)
        self.console.ctl("claim", "resolve", "branch-a", LAN, "--instance", "vpn")
        self.bed.startServer()
        self.daemon = self.console.serve("--http-port", "9100")
        self.bed.serverUp()
        for cn in ("branch-a", "laptop"):
            self.clients[cn].start().established()
        self.before = self.console.settled("branch-a", "laptop")
        self.console.iroutes("branch-b", "192.168.2.0/27")
        self.daemon.process.line("command=replaceIroutes")  # whoever asks before that is pending
        self.stream = self.bed.stream("laptop", "192.168.1.10")
        self.answered = self.daemon.process.seen

    def said(self, pattern, what, began, goal=SOON):
        """Waits for a line of interlockd after the beginning; says how long it took, and gives up at five times that."""
        found = self.daemon.process.line(pattern, self.answered, patience=5 * goal)
        took = time.monotonic() - began
        scenario.said(what, took, goal)
        return found

    def health(self):
        result = self.bed.run("server", "python3", "-c", HEALTH)
        return json.loads(result.stdout)

    def assertUnavailableIsSaid(self):
        until(lambda: self.health() == [503, "the store is unavailable\n"], "healthz tells it")
        metrics = [line for line in self.bed.run("server", "python3", "-c", METRICS).stdout.splitlines()
                   if line.startswith("interlock_store_available")]
        self.assertEqual(metrics, ["interlock_store_available 0"])

    def assertNobodyWasDropped(self):
        for cn, session in self.before.items():
            self.console.inState(cn, connectedSince=session["connectedSince"], state="established",
                                 installed=session["installed"])
        self.assertEqual(self.bed.lost(self.stream), [])
        until(lambda: self.health() == [200, "ok\n"], "healthz says that all is well")

    def assertMarkedAndMendedByAReconnect(self):
        for cn in ("branch-b", "late"):
            until(lambda cn=cn: MARK in (self.console.session(cn) or {"alerts": []})["alerts"], f"{cn} is marked")
        self.assertEqual(self.console.inState("branch-b", routes="pending")["installed"], [])
        for cn, lans in (("branch-b", ["192.168.2.0/27"]), ("late", [])):
            self.console.ctl("session", "kill", "--cn", cn, "--instance", "vpn", "--wait", "10s")
            self.console.inState(cn, state="established", routes="applied", installed=lans, alerts=[])
        # What branch-b has now is news for the others; that is theirs to fetch.
        for cn in ("branch-a", "laptop"):
            self.console.inState(cn, routes="pending")


class OnPostgres(Store):
    def begin(self, store=None):
        self.postgres = postgres.Postgres(self.bed)
        super().begin(self.postgres.url)

    def askAndStop(self, how):
        """branch-b has asked, the store is about to commit its answer, and is gone. Returns the moment."""
        self.postgres.lockOut()
        until(lambda: int(self.postgres.ask(
            "SELECT count(*) FROM pg_locks WHERE mode = 'ExclusiveLock' AND relation = 'journal'::regclass")),
            "the lock is held")
        self.clients["branch-b"].start()
        until(self.postgres.waiting, "an answer waits for the store")
        self.assertFalse([line for line in self.clients["branch-b"].process.lines if "PUSH_REPLY" in line])
        began = time.monotonic()
        self.postgres.control(how)
        return began

    # SEMANTICS 4, `admit-known`
    def testKnownClientsAreAdmittedAndMarkedWhileItIsAway(self):
        self.begin()
        began = self.askAndStop("kill")
        self.said(f'cn="branch-b" alert="{MARK}"', "the one that had asked is answered", began)
        self.said("interlock.store: warning: unavailable why=", "the store is called unavailable", began)
        self.clients["branch-b"].established()
        began = time.monotonic()
        self.clients["late"].start().established()
        self.said(f'cn="late" alert="{MARK}"', "one that asks later is answered", began)
        self.assertUnavailableIsSaid()
        began = time.monotonic()
        refused = self.console.ctl("session", "list", code=1)["error"]
        scenario.said("interlockctl says it", time.monotonic() - began, SOON)
        self.assertEqual(refused["kind"], "storeUnavailable")
        self.postgres.control("start")
        self.said("interlock.store: available", "the store is back", time.monotonic())
        self.assertNobodyWasDropped()
        self.assertMarkedAndMendedByAReconnect()


class DenyingOnPostgres(OnPostgres):
    policy = "deny"
    testKnownClientsAreAdmittedAndMarkedWhileItIsAway = None

    # SEMANTICS 4, `deny`: refused as long as it is certain who answers; then nobody does, and the client waits.
    def testClientsAreToldWhyUntilTheLeaseIsLostAndWaitThen(self):
        self.begin()
        began = self.askAndStop("stop")
        self.clients["branch-b"].process.line(f"AUTH_FAILED,{REFUSAL}", patience=5 * SOON)
        scenario.said("the one that had asked is told why", time.monotonic() - began, SOON)
        self.said(f'cn="branch-b" alert="refused: {REFUSAL}"', "and the log says it", began)
        self.assertUnavailableIsSaid()
        self.said("instance=vpn lease lost why=", "the holder steps aside", began, goal=10)
        waiting = self.clients["third"].start()
        self.bed.server.line(r"\[third\] Peer Connection Initiated")
        self.postgres.control("start")
        began = time.monotonic()
        self.said("interlock.store: available", "the store is back", began)
        waiting.established(patience=60)
        scenario.said("the one that waited is in", time.monotonic() - began, 10)
        self.assertNobodyWasDropped()


class OnSqlite(Store):
    def path(self):
        return self.console.store.removeprefix("sqlite:")

    # A writer that does not end: reading goes on, and so only what has to be written is in its way.
    def testLockedFileKeepsNobodyWaiting(self):
        self.begin()
        other = sqlite3.connect(self.path(), isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        self.clients["branch-b"].start()
        self.bed.server.line(r"\[branch-b\] Peer Connection Initiated")
        began = time.monotonic()
        self.said(f'cn="branch-b" alert="{MARK}"', "the one that needs a claim is answered", began)
        self.clients["branch-b"].established()
        other.execute("ROLLBACK")
        self.console.ctl("session", "kill", "--cn", "branch-b", "--instance", "vpn", "--wait", "10s")
        self.console.inState("branch-b", state="established", routes="applied", installed=["192.168.2.0/27"], alerts=[])
        self.assertEqual(self.bed.lost(self.stream), [])

    def files(self):
        return [file for file in (pathlib.Path(self.path() + end) for end in ("", "-wal", "-shm")) if file.exists()]

    def testFileThatIsGoneIsNoticedAndWelcomeWhenItIsBack(self):
        self.begin()
        began = time.monotonic()
        away = [(file, file.rename(f"{file}.away")) for file in self.files()]
        self.said("interlock.store: warning: unavailable why=.*store.db", "it is noticed", began)
        self.clients["branch-b"].start().established()
        self.clients["late"].start().established()
        self.said(f'cn="late" alert="{MARK}"', "one that asks is answered", time.monotonic())
        self.assertUnavailableIsSaid()
        for file, aside in away:
            aside.rename(file)
        self.said("interlock.store: available", "the store is back", time.monotonic())
        self.assertNobodyWasDropped()
        self.assertMarkedAndMendedByAReconnect()

    # As after a backup was copied over it: what is at the path is the store.
    def testFileThatIsReplacedByACopyIsTheStoreFromThenOn(self):
        self.begin()
        self.console.ctl("store", "backup", str(self.bed.folder / "copy.db"))
        for file in self.files()[1:]:
            file.unlink(missing_ok=True)
        (self.bed.folder / "copy.db").rename(self.path())
        self.console.ctl("connector", "set", "branch-b", "--description", "in the copy")
        self.daemon.process.line("command=setConnector")
        began = time.monotonic()
        self.clients["branch-b"].start()
        self.console.inState("branch-b", state="established", routes="applied", installed=["192.168.2.0/27"], alerts=[])
        scenario.said("a new LAN is claimed in the copy", time.monotonic() - began)
        self.assertEqual([c["cn"] for c in self.console.ctl("claim", "list")["claims"]], ["branch-a", "branch-b"])
        for cn in ("branch-a", "laptop"):
            self.assertEqual(self.console.session(cn)["session"], self.before[cn]["session"])
        self.assertEqual(self.bed.lost(self.stream), [])


HEALTH = """
import json, urllib.error, urllib.request
try:
    with urllib.request.urlopen("http://127.0.0.1:9100/healthz", timeout=5) as answer:
        print(json.dumps([answer.status, answer.read().decode()]))
except urllib.error.HTTPError as error:
    print(json.dumps([error.code, error.read().decode()]))
"""
METRICS = """
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:9100/metrics", timeout=5).read().decode())
"""

if __name__ == "__main__":
    postgres.needed()
    scenario.main(limit=500)
