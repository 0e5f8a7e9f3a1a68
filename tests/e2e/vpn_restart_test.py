#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""interlockd dies and comes back; the OpenVPN server starts anew. Nobody notices the first, everybody survives the second.

usage: vpn_restart_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import contextlib
import signal
import sqlite3
import time

from vpn import scenario
from vpn.bed import READY, twoSites
from vpn.console import Console
from vpn.process import until

NAMES = ("branch-a", "branch-b", "laptop")
READERS_PATIENCE = 12  # seconds; a reader's heartbeat counts for less
# What must be the same of a session that lived through a restart of ours.
LASTING = ("session", "cn", "realAddress", "address", "connectedSince", "state", "routes", "declared", "installed",
           "answer", "alerts")


def lasting(sessions):
    return {cn: {field: session[field] for field in LASTING} for cn, session in sessions.items()}


class Restart(scenario.Scenario):
    def setUp(self):
        super().setUp()
        clients = twoSites(self.bed)
        self.console = Console(self.bed)
        self.console.addInstance("--collision", "keep-first")
        self.console.allocate(*NAMES, "late")
        for cn in NAMES[:2]:
            self.console.iroutes(cn, "192.168.1.0/27")
            self.console.ctl("claim", "resolve", cn, "192.168.1.0/27", "--instance", "vpn")
        self.bed.startServer()
        self.daemon = self.console.serve()
        self.bed.serverUp()
        for client in clients:
            client.start()
        for client in clients:
            client.established()
        self.clients = dict(zip(NAMES, clients))
        self.sessions = self.console.settled(*NAMES)

    def assertEverybodyIsReached(self):
        self.assertEqual(self.bed.pings(("laptop", "192.168.1.10"), ("laptop", "100.64.0.10"),
                                        ("inside", "192.168.1.10"), ("inside", "100.64.0.10")), [3, 3, 3, 3])

    # openvpn/FACTS.md 34-37
    def testKilledAndStartedAgainNobodyIsDroppedAndTheWaitingGetIn(self):
        streams = [self.bed.stream("laptop", "192.168.1.10"), self.bed.stream("inside", "100.64.0.10")]
        self.daemon.kill()
        late = self.bed.client("late").start()
        self.bed.server.line(r"\[late\] Peer Connection Initiated")  # it asked, and nobody is there to answer
        self.assertFalse([line for line in late.process.lines if READY in line])
        routes = self.bed.routes()

        began = time.monotonic()
        self.console.serve()
        scenario.said("ready again", time.monotonic() - began)
        late.established(60)
        scenario.said("the waiting client is in", time.monotonic() - began, 5)
        self.console.settled(*NAMES, "late")
        after = {cn: self.console.session(cn) for cn in NAMES}
        self.assertEqual(lasting(after), lasting(self.sessions))
        self.assertEqual(self.bed.routes(), routes)

        self.assertEqual([self.bed.lost(stream) for stream in streams], [[], []])
        for client in self.clients.values():
            self.assertEqual(sum(READY in line for line in client.process.lines), 1)
        self.assertEverybodyIsReached()

    def testEndedInOrderNobodyIsDroppedEither(self):
        stream = self.bed.stream("laptop", "192.168.1.10")
        self.assertEqual(self.daemon.end(), 0)
        self.console.serve()
        self.console.settled(*NAMES)
        self.assertEqual(lasting({cn: self.console.session(cn) for cn in NAMES}), lasting(self.sessions))
        self.assertEqual(self.bed.lost(stream), [])

    # What was answered is kept although nobody read the sessions in between: SEMANTICS 3.
    def testAnswersThatNobodyLookedAtAreKnownAfterAKill(self):
        self.clients["branch-b"].stop()
        time.sleep(READERS_PATIENCE)  # until the readers of the set-up do not count any more
        self.clients["branch-b"].start().established()
        self.bed.pings(("laptop", "192.168.1.10"), ("laptop", "100.64.0.10"))
        time.sleep(3)  # written "in the background", within two seconds
        self.daemon.kill()
        self.console.serve()
        self.console.settled(*NAMES)
        self.assertEverybodyIsReached()

    # SEMANTICS 2: "until no live session has it installed or was pushed a route to it". A day that nobody waits for here
    # goes by in the row, while nobody serves the instance.
    def testFreedStandInIsKeptBackAsLongAsASessionHasIt(self):
        self.assertEqual(self.sessions["branch-b"]["installed"], ["100.64.0.0/27"])
        self.console.ctl("claim", "release", "branch-b", "192.168.1.0/27")
        self.assertEqual(self.daemon.end(), 0)
        with contextlib.closing(sqlite3.connect(self.bed.folder / "store.db")) as store, store:
            changed = store.execute("UPDATE claim_quarantine SET freed_at = freed_at - 90000000, until = until - 90000000")
            self.assertEqual(changed.rowcount, 1)
        self.assertEqual(self.console.ctl("claim", "free", "--length", "27")["ranges"][0]["next"], "100.64.0.0/27")

        self.console.serve()
        entry = until(self.prolonged, "the quarantine is prolonged")
        self.assertEqual((entry["actor"], entry["arguments"]["carveOuts"], entry["whyNotRevertible"]),
                         ("interlockd", ["100.64.0.0/27"], "keptBack"))
        self.assertEqual(self.console.ctl("claim", "free", "--length", "27")["ranges"][0]["next"], "100.64.0.32/27")
        self.console.ctl("session", "reconnect", "--instance", "vpn", "--cn", "branch-b", "--wait", "30s")
        self.assertEqual(self.console.settled("branch-b")["branch-b"]["installed"], ["100.64.0.32/27"])

    def prolonged(self):
        entry = self.console.ctl("journal", "list", "--limit", "1")["entries"][0]
        if entry["command"] != "prolongQuarantine":
            raise AssertionError(entry)
        return entry

    # openvpn/FACTS.md 39
    def testServerThatStartsAnewIsANewGenerationWithoutGhosts(self):
        for client in self.clients.values():
            client.seen()
        since = self.bed.server.seen
        began = time.monotonic()
        self.bed.server.send(signal.SIGUSR1)
        self.bed.serverUp(since)
        for client in self.clients.values():
            client.established(60)
        scenario.said("everybody is back", time.monotonic() - began, 5)
        after = self.console.settled(*NAMES)
        was = self.sessions["laptop"]["generation"]
        self.assertEqual({cn: s["generation"] for cn, s in after.items()}, {cn: was + 1 for cn in NAMES})
        self.assertEqual(len(self.console.sessions()), len(NAMES))
        stale = self.console.ctl("session", "show", self.sessions["laptop"]["session"], code=1)
        self.assertEqual(stale["error"]["kind"], "notFound")
        ended = {h["session"]: h["endedAt"] for h in self.console.ctl("session", "history")["sessions"]}
        self.assertTrue(all(ended[s["session"]] for s in self.sessions.values()), ended)
        self.assertFalse(any(ended[s["session"]] for s in after.values()), ended)
        # The device was closed, and every route on it went with it.
        self.assertEverybodyIsReached()

    def testServerThatIsKilledAndStartedByItsManagerIsANewGeneration(self):
        self.bed.server.end(signal.SIGKILL)
        for client in self.clients.values():
            client.stop()
        self.bed.startServer()
        with self.measured("attached to the new server", 1):
            self.bed.serverUp()
        for client in self.clients.values():
            client.start().established()
        after = self.console.settled(*NAMES)
        self.assertNotIn(self.sessions["laptop"]["generation"], {s["generation"] for s in after.values()})
        self.assertEqual(len(self.console.sessions()), len(NAMES))
        self.assertEverybodyIsReached()


if __name__ == "__main__":
    scenario.main(limit=500)
