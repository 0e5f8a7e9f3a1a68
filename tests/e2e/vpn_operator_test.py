#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators do with sessions on a real OpenVPN: probe them, make them ask again, and read why they ended.

usage: vpn_operator_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import signal

from vpn import scenario
from vpn.bed import twoSites
from vpn.console import Console
from vpn.process import until

LAN = "192.168.1.0/27"
NOWHERE = "172.20.5.0/27"


class Probe(scenario.Scenario):
    def probe(self, cn, code=0):
        document = self.console.ctl("session", "probe", self.console.session(cn)["session"], "--wait", "30s", code=code)
        return document["result"] if code == 0 else document["error"]

    def assertFound(self, cn, **expected):
        result = self.probe(cn)
        self.assertEqual({k: result[k] for k in ("target", "lan", "outcome", "answeredBy")}, expected)
        self.assertLess(result["milliseconds"], 10_000)

    def bringUp(self, *options, names, lans):
        """Rows first: a claim made after somebody connected leaves that session pending, rightly."""
        self.console = Console(self.bed)
        self.console.addInstance(*options)
        self.console.allocate(*names)
        for cn, lan in lans.items():
            self.console.iroutes(cn, lan)
            self.console.ctl("claim", "resolve", cn, lan, "--instance", "vpn")
        self.bed.startServer()
        self.console.serve()
        self.bed.serverUp()

    def testSomebodyAnswersSomebodyElseAnswersAndNobodyDoes(self):
        site = self.bed.site("branch-a", LAN)
        lost = self.bed.client("branch-c")  # says that it has a LAN, and passes nothing on
        laptop = self.bed.client("laptop")
        names = ("branch-a", "branch-c", "laptop")
        self.bringUp(names=names, lans={"branch-a": LAN, "branch-c": NOWHERE})
        for client in (site, lost, laptop):
            client.start()
        before = self.console.settled(*names)
        self.assertFound("branch-a", target="192.168.1.1", lan=LAN, outcome="reached", answeredBy="192.168.1.1")
        self.assertFound("branch-c", target="172.20.5.1", lan=NOWHERE, outcome="nothing", answeredBy=None)
        self.bed.forward("branch-c")  # now it knows no way there, and says so
        self.assertFound("branch-c", target="172.20.5.1", lan=NOWHERE, outcome="answered", answeredBy="10.8.0.12")
        self.assertEqual(self.probe("laptop", code=1)["kind"], "notFound")
        after = self.console.settled(*names)
        self.assertEqual([after[cn]["session"] for cn in names], [before[cn]["session"] for cn in names])

    # openvpn/FACTS.md 2, 8: under its stand-in, translated by the client, and no more than one request.
    def testUnderAStandInTheRouterItselfAnswers(self):
        names = ("branch-a", "branch-b", "laptop")
        clients = twoSites(self.bed)
        self.bringUp("--collision", "stand-in-both", names=names, lans=dict.fromkeys(names[:2], LAN))
        for client in clients:
            client.start()
        self.console.settled(*names)
        seen = self.bed.capture("branch-a", "tun0")
        self.assertFound("branch-a", target="100.64.0.1", lan="100.64.0.0/27", outcome="reached", answeredBy="100.64.0.1")
        self.assertFound("branch-b", target="100.64.0.33", lan="100.64.0.32/27", outcome="reached",
                         answeredBy="100.64.0.33")
        self.assertEqual(len(seen.afterEnd()), 1)


class Reconnect(scenario.Scenario):
    def testAllThatIsPendingIsReconnectedAndEachIsProved(self):
        names = ("branch-a", "branch-b", "laptop")
        clients = dict(zip(names, twoSites(self.bed)))
        console = Console(self.bed)
        console.addInstance("--collision", "stand-in-both")
        console.allocate(*names)
        self.bed.startServer()
        console.serve()
        self.bed.serverUp()
        for client in clients.values():
            client.start()
        before = console.settled(*names)
        self.assertEqual(console.ctl("session", "reconnect", "--instance", "vpn", "--pending")["sessions"], [])
        for cn in names[:2]:
            console.iroutes(cn, LAN)
            console.ctl("claim", "resolve", cn, LAN, "--instance", "vpn")
        for cn in names:
            console.inState(cn, routes="pending")
        with self.measured("three sessions reconnected and proved"):
            done = console.ctl("session", "reconnect", "--instance", "vpn", "--pending", "--wait", "30s", timeout=60)
        self.assertEqual((done["state"], sorted(done["sessions"])),
                         ("done", sorted(before[cn]["session"] for cn in names)))
        self.assertEqual(sorted(s["session"] for s in done["result"]["sessions"]), sorted(done["sessions"]))
        self.assertLessEqual({s["proof"] for s in done["result"]["sessions"]}, {"returned", "disconnected"})
        after = console.settled(*names)
        self.assertEqual([after[cn]["installed"] for cn in names], [["100.64.0.0/27"], ["100.64.0.32/27"], []])
        one = console.ctl("session", "reconnect", after["laptop"]["session"], "--wait", "30s", timeout=60)
        self.assertEqual((one["kind"], one["state"]), ("reconnect", "done"))
        console.settled(*names)
        self.assertEqual(self.bed.pings(("laptop", "100.64.0.10"), ("laptop", "100.64.0.42")), [3, 3])


class Ends(scenario.Scenario):
    NAMES = ("killed", "denied", "silent", "leaves", "twice", "unseen", "stays")

    def ended(self, cn):
        """The reasons of this name's sessions that are over, newest first."""
        rows = self.console.ctl("session", "history", "--cn", cn)["sessions"]
        return [row["endReason"] for row in rows if row["endedAt"] or row["endReason"]]

    def assertEnds(self, cn, *reasons, patience=30):
        until(lambda: self.ended(cn) == list(reasons), f"{cn} ended: {reasons}", patience, every=0.2)

    # openvpn/FACTS.md 21, 28, 29, 39
    def testTheHistorySaysWhyEachSessionEnded(self):
        clients = {cn: self.bed.client(cn) for cn in self.NAMES}
        self.console = Console(self.bed)
        self.console.addInstance()
        self.console.allocate(*self.NAMES)
        # The server gives up a silent client after 2 x 6 s: one that says goodbye is let go after 5 s, surely before that.
        self.bed.startServer(lines=("keepalive 1 6", "route 100.64.0.0 255.192.0.0"))
        daemon = self.console.serve()
        self.bed.serverUp()
        for client in clients.values():
            client.start()
        for client in clients.values():
            client.established()
        sessions = self.console.settled(*self.NAMES)

        self.console.ctl("session", "kill", sessions["killed"]["session"], "--wait", "30s", timeout=60)
        seen = clients["denied"].process.seen
        self.console.ctl("session", "deny", "denied", "--for", "1h")
        with self.measured("the denied client is told", goal=1):  # DECISIONS 35
            clients["denied"].process.line("AUTH_FAILED,an operator refuses this common name", since=seen, patience=5)
        clients["silent"].process.end(signal.SIGKILL)
        clients["leaves"].stop()
        clients["twice"].process.end(signal.SIGKILL)
        clients["twice"].start().established()
        self.assertEnds("killed", "killed")
        self.assertEnds("denied", "denied")
        self.assertEnds("silent", "pingTimeout")
        self.assertEnds("leaves", "left")
        self.assertEnds("twice", "replaced")

        self.console.settled("unseen", "stays", "twice", "killed")
        daemon.kill()
        seen = self.bed.server.seen
        clients["unseen"].stop()
        self.bed.server.line(r"unseen/.*client-instance exiting", since=seen, patience=30)
        self.console.serve()
        self.assertEnds("unseen", "unwatched")
        self.assertEqual(self.ended("stays"), [])

        self.console.settled("stays")
        self.bed.server.send(signal.SIGUSR1)
        self.assertEnds("stays", "serverRestart")
        self.assertEnds("killed", "serverRestart", "killed")


if __name__ == "__main__":
    scenario.main(limit=400)
