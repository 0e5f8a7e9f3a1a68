#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits while the routers they are about are connected: iroutes that become installed, and a LAN that changes hands.

usage: vpn_edit_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import datetime
import ipaddress
import time

from vpn import scenario
from vpn.bed import twoSites
from vpn.console import Console, Watch
from vpn.process import until
from vpn.wiretap import Wiretap

GOAL = 5  # seconds from "reconnect now" until the new LAN is installed
LAN = "192.168.1.0/27"


class EditedIroutes(scenario.Scenario):
    def testReplacedLanIsPendingUntilTheReconnectAndInstalledAfterIt(self):
        console = self.edit([LAN])
        # The old LAN's claim still holds it, unused (SEMANTICS 2); no session has it any more, and so it has no route.
        until(lambda: self.routed() == [LAN], "only the new LAN is routed")
        self.assertEqual([(c["real"], c["used"]) for c in console.ctl("claim", "list", "branch-a")["claims"]],
                         [(LAN, True), ("192.168.9.0/27", False)])

    def testAddedLanIsPendingUntilTheReconnectAndInstalledAfterIt(self):
        self.edit([LAN, "192.168.9.0/27"])
        self.assertEqual(self.routed(), [LAN, "192.168.9.0/27"])

    def routed(self):
        return [route.split()[0] for route in self.bed.routes() if route.startswith("192.168.")]

    # openvpn/FACTS.md 49
    def edit(self, edited):
        self.bed.inside()
        site = self.bed.site("branch-a", LAN)
        console = Console(self.bed)
        console.addInstance()
        console.allocate("branch-a")
        console.iroutes("branch-a", "192.168.9.0/27")
        self.bed.startServer()
        console.serve()
        self.bed.serverUp()
        site.start().established()
        before = console.settled("branch-a")["branch-a"]
        self.assertEqual(before["installed"], ["192.168.9.0/27"])
        self.assertEqual(self.bed.ping("inside", "192.168.1.10", count=1), 0)

        with self.measured("edit shown as pending"):
            console.iroutes("branch-a", *edited)
            pending = console.inState("branch-a", routes="pending", declared=edited)
        self.assertEqual((pending["session"], pending["installed"]), (before["session"], ["192.168.9.0/27"]))
        self.assertIn("192.168.9.0/27", self.routed())  # the session has it still

        site.seen()
        began = time.monotonic()
        console.ctl("session", "kill", before["session"], "--wait", "10s", timeout=5 * GOAL)
        scenario.said("kill proved", time.monotonic() - began)
        after = console.inState("branch-a", state="established", routes="applied", installed=edited, patience=5 * GOAL)
        scenario.said("from 'reconnect now' to installed", time.monotonic() - began, GOAL)
        self.assertNotEqual(after["session"], before["session"])
        site.established()
        self.assertEqual(self.bed.ping("inside", "192.168.1.10"), 3)
        return console


class Reassigned(scenario.Scenario):
    """A live session keeps a prefix that another, live as well, is to have."""

    NAMES = ("branch-a", "branch-b", "laptop")

    def bringUp(self, moveLive):
        self.clients = dict(zip(self.NAMES, twoSites(self.bed)))
        self.console = Console(self.bed)
        tapped = self.bed.folder / "tapped"
        self.console.addInstance("--collision", "keep-first", "--move-live", moveLive, socketPath=tapped)
        self.console.allocate(*self.NAMES)
        for cn in self.NAMES[:2]:
            self.console.iroutes(cn, LAN)
            self.console.ctl("claim", "resolve", cn, LAN, "--instance", "vpn")
        self.bed.startServer()
        self.wire = Wiretap(tapped, self.bed.socket)
        self.addCleanup(self.wire.close)
        self.daemon = self.console.serve()
        self.bed.serverUp()
        for client in self.clients.values():
            client.start()
        settled = self.console.settled(*self.NAMES)
        self.assertEqual([settled[cn]["installed"] for cn in self.NAMES], [[LAN], ["100.64.0.0/27"], []])
        self.watch = Watch(self.console)
        self.addCleanup(self.watch.stop)

    def reassign(self):
        """Returns what each site is to be reached as, by name."""
        self.console.ctl("claim", "reassign", LAN, "--to", "branch-b")
        virtual = {c["cn"]: c["virtual"] for c in self.console.ctl("claim", "list")["claims"]}
        self.assertEqual(virtual["branch-b"], LAN)
        self.assertTrue(ipaddress.ip_network(virtual["branch-a"]).subnet_of(ipaddress.ip_network("100.64.0.0/10")))
        return virtual

    def reconnect(self, *names):
        for cn in names:
            self.console.ctl("session", "kill", "--cn", cn, "--instance", "vpn", "--wait", "10s")

    def assertBothAnswerAndNeverOverlapped(self, virtual):
        settled = self.console.settled(*self.NAMES, patience=60)
        self.assertEqual({cn: settled[cn]["installed"] for cn in self.NAMES[:2]},
                         {cn: [virtual[cn]] for cn in self.NAMES[:2]})
        lans = {cn: self.bed.capture(f"{cn}-host") for cn in self.NAMES[:2]}
        pings = [("laptop", str(ipaddress.ip_network(virtual[cn])[10])) for cn in self.NAMES[:2]]
        self.assertEqual(self.bed.pings(*pings), [3, 3])
        self.assertEqual({cn: capture.afterEnd() for cn, capture in lans.items()},
                         {cn: [("10.8.0.13", "192.168.1.10")] * 3 for cn in lans})
        snapshots = self.watch.stop()
        self.assertEqual((self.wire.overlaps(), self.watch.errors), ([], []))
        self.assertGreater(len(snapshots), 3)
        for sessions in snapshots:
            self.assertEqual(overlapping(sessions), [])

    # SEMANTICS 3: the holder goes first, then the new owner is made to ask again.
    def testReassignOfALiveLanMovesItWithoutAMomentOfTwoHolders(self):
        self.bringUp("now")
        with self.measured("from reassign to both sites applied"):
            virtual = self.reassign()
            for cn in self.NAMES[:2]:
                self.console.inState(cn, patience=60, state="established", installed=[virtual[cn]])
        # Whoever has a route to where a LAN was is made to ask again, after the owners.
        with self.measured("from there to the peer applied"):
            self.console.settled(*self.NAMES, patience=60)
        self.assertBothAnswerAndNeverOverlapped(virtual)

    # SEMANTICS 3: the window is when it may be done; outside of it everything is left as it is.
    def testReassignedLiveLanMovesWhenTheWindowIsOpen(self):
        self.bringUp("window")
        virtual = self.reassign()
        pending = {cn: self.console.inState(cn, routes="pending") for cn in self.NAMES}
        seen = len(self.watch.snapshots)
        until(lambda: len(self.watch.snapshots) > seen + 10, "it was looked for a while", patience=30)
        self.assertEqual({cn: self.console.session(cn)["session"] for cn in self.NAMES},
                         {cn: pending[cn]["session"] for cn in self.NAMES})
        self.daemon.end()
        now = datetime.datetime.now(datetime.timezone.utc)
        opens, closes = now - datetime.timedelta(hours=1), now + datetime.timedelta(hours=1)
        self.console.serve("--move-window", f"{opens:%H:%M}-{closes:%H:%M}")
        self.assertBothAnswerAndNeverOverlapped(virtual)

    # The operator reconnects the new owner first, which is the wrong order: its line has to wait.
    def testNewOwnerThatComesBackBeforeTheHolderLeftWaitsForIt(self):
        self.bringUp("never")
        virtual = self.reassign()
        pending = {cn: self.console.inState(cn, routes="pending") for cn in self.NAMES}
        self.console.ctl("session", "kill", pending["branch-b"]["session"], "--wait", "10s")
        self.console.inState("branch-b", state="established", routes="waiting", waitingFor="branch-a", installed=[])
        self.assertEqual(self.console.session("branch-a")["installed"], [LAN])
        self.reconnect("branch-a", "laptop")
        self.console.inState("branch-b", patience=60, state="established", installed=[LAN])
        self.reconnect("laptop")  # what it was pushed before may be what was installed then
        self.assertBothAnswerAndNeverOverlapped(virtual)


def overlapping(sessions):
    """Pairs of sessions of different names whose installed LANs overlap, as `session list` shows them."""
    held = [(s["cn"], ipaddress.ip_network(p)) for s in sessions for p in s["installed"]]
    return [(a, b) for i, a in enumerate(held) for b in held[i + 1:]
            if a[0] != b[0] and a[1].version == b[1].version and a[1].overlaps(b[1])]


if __name__ == "__main__":
    scenario.main(limit=400)
