#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The group `session`: without an owner of the instance, and beside a process that owns one and does what it is asked.

usage: cli_session_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import subprocess
import threading
import time
import unittest

import cli_support
from cli_support import Cli, Sqlite, onBothBackEnds

SINCE = "2026-01-01T00:00:00.000Z"


def fact(cid, cn, generation=1, **changes):
    """A session as `session list` shows it."""
    return {"session": f"berlin/{generation}/{cid}", "instance": "berlin", "generation": generation, "cid": cid, "cn": cn, "username": "",
            "realAddress": f"192.0.2.{cid}:1194", "address": f"10.8.0.{cid}", "address6": None, "connectedSince": SINCE,
            "lastSeen": None, "bytesIn": 9007199254740993, "bytesOut": 2, "rateIn": 1.5, "rateOut": 0, "state": "established",
            "routes": "applied", "waitingFor": None, "declared": ["192.168.1.0/24"], "installed": ["192.168.1.0/24"],
            "answer": ["iroute 192.168.1.0 255.255.255.0"], "alerts": [], "clientVersion": "2.6.14", "platform": "linux", **changes}


class Owner:
    """A process that owns an instance, publishes what it is given and does what it is asked."""

    def __init__(self, test, instance="berlin"):
        self.test = test
        beside = os.path.join(os.path.dirname(cli_support.program()), "interlock_storeworkload")
        workload = os.environ.get("INTERLOCK_STOREWORKLOAD", beside)
        self.process = subprocess.Popen([workload, test.store, "owner", instance], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        test.addCleanup(self.end)
        self.generation = int(self.waitFor("owner").split()[1])

    def waitFor(self, begin):
        for line in self.process.stdout:
            if line.startswith(begin):
                return line.strip()
        raise AssertionError(f"the owner ended before it said {begin!r}")

    def publish(self, *facts):
        self.process.stdin.write(json.dumps(facts) + "\n")
        self.process.stdin.flush()
        self.waitFor("read")
        # What nobody looked at is written only once somebody does.
        deadline = time.monotonic() + 60
        while self.test.json("session", "list")["sessions"] != list(facts):
            self.test.assertLess(time.monotonic(), deadline, "the owner's sessions are not shown")

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(60)
        self.process.stdout.close()


@onBothBackEnds
class NotOwned(Cli):
    def testNothingIsShownAndNothingCanBeAsked(self):
        self.addInstance()
        self.assertEqual(self.json("session", "list"), {"sessions": [], "instances": []})
        self.assertEqual(self.json("session", "list", "--instance", "berlin"), {"sessions": [], "instances": []})
        self.assertEqual(self.json("session", "history"), {"sessions": []})
        for order in (("kill", "berlin/1/1"), ("kill", "--cn", "a", "--instance", "berlin"), ("deny", "a", "--for", "1h"),
                      ("deny", "a", "--for", "1h", "--instance", "berlin"), ("probe", "berlin/1/1"), ("show", "berlin/1/1")):
            error = self.assertRefused("noOwner", "session", *order)
            self.assertIn("lease", error["message"])

    def testWhatDoesNotExistIsNotFound(self):
        for order in (("list", "--instance", "paris"), ("kill", "paris/1/1"), ("kill", "--cn", "a", "--instance", "paris"),
                      ("deny", "a", "--for", "1h", "--instance", "paris"), ("probe", "paris/1/1"), ("show", "paris/1/1"),
                      ("watch", "--instance", "paris")):
            self.assertRefused("notFound", "session", *order)

    def testBadWordsAreRefused(self):
        self.addInstance()
        for session in ("berlin", "berlin/1", "berlin/1/x", "berlin/01/1", "berlin/-1/1", "berlin/1/1/1", "/1/1", "berlin/+1/1"):
            self.assertRefused("invalid", "session", "show", session)
        for length in ("0s", "-1h", "1", "h", "1y", "99999999d", "1.5h"):
            self.assertRefused("invalid", "session", "deny", "a", "--for", length)
        self.assertRefused("invalid", "session", "history", "--limit", "0")
        self.assertRefused("invalid", "session", "history", "--ip", "10.0.0.0/8")
        self.assertRefused("invalid", "session", "history", "--from", "yesterday")
        self.assertRefused("usage", "session", "kill", code=2)
        self.assertRefused("usage", "session", "kill", "--cn", "a", code=2)
        self.assertRefused("usage", "session", "kill", "berlin/1/1", "--cn", "a", "--instance", "berlin", code=2)
        self.assertRefused("usage", "session", "deny", "a", code=2)
        for words in ((), ("berlin/1/1", "--pending"), ("berlin/1/1", "--instance", "berlin"), ("--pending",),
                      ("--instance", "berlin"), ("--cn", "a"), ("--cn", "a", "--pending", "--instance", "berlin")):
            self.assertRefused("usage", "session", "reconnect", *words, code=2)


@onBothBackEnds
class Owned(Cli):
    def setUp(self):
        super().setUp()
        self.addInstance()
        self.owner = Owner(self)

    def testSessionsAreShownAsTheyArePublished(self):
        published = [fact(1, "a"), fact(2, "b", state="waiting", routes="waiting", waitingFor="a", alerts=["odd"])]
        self.owner.publish(*published)
        listed = self.json("session", "list")
        self.assertEqual(listed["sessions"], published)
        self.assertEqual([(i["instance"], i["owner"], i["link"], i["generation"]) for i in listed["instances"]],
                         [("berlin", "owner", "up", 1)])
        self.assertEqual(self.json("session", "list", "--cn", "b")["sessions"], published[1:])
        self.assertEqual(self.json("session", "show", "berlin/1/2"), published[1])
        self.assertIn("berlin/1/2", self.text("session", "list"))
        self.assertIn("iroute 192.168.1.0 255.255.255.0", self.text("session", "show", "berlin/1/2"))
        self.assertEqual(self.json("session", "show", "berlin/1/9", code=1)["error"]["kind"], "notFound")

    def testAnOldGenerationIsNotFound(self):  # openvpn/FACTS.md 39
        self.owner.end()
        self.owner = Owner(self)
        self.owner.publish(fact(1, "a", generation=2))
        for order in (("show", "berlin/1/1"), ("kill", "berlin/1/1"), ("probe", "berlin/1/1")):
            error = self.json("session", *order, code=1)["error"]
            self.assertEqual((error["kind"], error["details"]["generation"]), ("notFound", 2))

    def testOrdersAreDoneOnceAndAnswered(self):
        self.owner.publish(fact(1, "a"))
        dry = self.json("session", "kill", "berlin/1/1", "--dry-run")
        self.assertEqual((dry["operation"], dry["state"], dry["owner"]), (None, None, "owner"))
        killed = self.json("--actor", "ann", "session", "kill", "berlin/1/1", "--wait", "60s")
        self.assertEqual((killed["kind"], killed["state"], killed["result"], killed["cn"], killed["journal"]),
                         ("kill", "done", {"sessions": 1}, "a", None))
        self.assertEqual(self.owner.waitFor("took"), "took kill ann")
        self.assertEqual(self.json("session", "kill", "--cn", "a", "--instance", "berlin", "--wait", "60s")["state"], "done")
        self.assertEqual(self.json("session", "kill", "--cn", "b", "--instance", "berlin", code=1)["error"]["kind"], "notFound")
        self.assertEqual(self.json("session", "probe", "berlin/1/1", "--wait", "60s")["state"], "done")
        queued = self.json("session", "kill", "berlin/1/1")
        self.assertIn(queued["state"], ("queued", "taken", "done"))
        self.assertGreater(queued["operation"], killed["operation"])

    def testAProbeSaysWhoAnsweredAndClaimsNoMore(self):  # openvpn/FACTS.md 10
        self.owner.publish(fact(1, "a"))
        probed = self.json("session", "probe", "berlin/1/1", "--wait", "60s")
        self.assertEqual((probed["kind"], probed["state"], probed["result"]),
                         ("probe", "done", {"target": "192.168.1.1", "lan": "192.168.1.0/24", "outcome": "answered",
                                            "answeredBy": "10.8.0.1", "milliseconds": 12}))
        text = self.text("session", "probe", "berlin/1/1", "--wait", "60s")
        self.assertIn("192.168.1.1 was asked, and 10.8.0.1 answered after 12 ms. That does not prove which site it is.", text)

    def testOneSessionIsReconnected(self):
        self.owner.publish(fact(1, "a"))
        done = self.json("session", "reconnect", "berlin/1/1", "--wait", "60s")
        self.assertEqual((done["kind"], done["session"], done["state"], done["journal"]), ("reconnect", "berlin/1/1", "done", None))
        self.assertEqual(self.json("session", "reconnect", "berlin/1/9", code=1)["error"]["kind"], "notFound")

    def testManyAreReconnectedAndEachIsProved(self):
        self.owner.publish(fact(1, "a", routes="pending"), fact(2, "b", routes="pending"), fact(3, "c"),
                           fact(4, "d", routes="pending", state="waiting"))
        dry = self.json("session", "reconnect", "--instance", "berlin", "--pending", "--dry-run")
        self.assertEqual((dry["operation"], dry["sessions"]), (None, ["berlin/1/1", "berlin/1/2"]))
        # One of the two was not seen to end: partly done.
        partly = self.json("session", "reconnect", "--instance", "berlin", "--pending", "--wait", "60s", code=3)
        self.assertEqual(partly["result"]["arguments"], {"pending": True})
        self.assertEqual([(s["session"], s["proof"]) for s in partly["result"]["sessions"]],
                         [("berlin/1/1", "returned"), ("berlin/1/2", "notSeen")])
        named = self.json("session", "reconnect", "--cn", "b", "--cn", "a", "--cn", "b", "--instance", "berlin", "--wait", "60s",
                          code=3)
        self.assertEqual((named["result"]["arguments"], named["sessions"]),
                         ({"cns": ["a", "b"]}, ["berlin/1/1", "berlin/1/2"]))
        error = self.json("session", "reconnect", "--cn", "a", "--cn", "zoe", "--instance", "berlin", code=1)["error"]
        self.assertEqual((error["kind"], error["details"]["cns"]), ("notFound", ["zoe"]))

    def testNothingPendingIsNothingToDo(self):
        self.owner.publish(fact(1, "a"))
        done = self.json("session", "reconnect", "--instance", "berlin", "--pending", "--wait", "60s")
        self.assertEqual((done["operation"], done["sessions"]), (None, []))

    def testAnOrderThatFailsSaysWhy(self):
        self.owner.publish(fact(13, "unlucky"), fact(14, "forgotten"))
        error = self.json("session", "kill", "berlin/1/13", "--wait", "60s", code=1)["error"]
        self.assertEqual((error["kind"], error["message"]), ("backendRefused", "client-kill command failed"))
        # Neither done nor refused: exit code 3 and how far it has come.
        self.assertEqual(self.json("session", "kill", "berlin/1/14", "--wait", "1s", code=3)["state"], "taken")

    def testADenialIsForEveryOwnedInstance(self):
        denied = self.json("session", "deny", "a", "--for", "2h", "--wait", "60s")
        self.assertEqual([(o["kind"], o["instance"], o["state"], o["until"]) for o in denied["operations"]],
                         [("deny", "berlin", "done", denied["until"])])
        self.assertEqual(denied["noOwner"], [])
        self.addInstance("paris", "10.9.0.0/24")
        partly = self.json("session", "deny", "a", "--for", "2h", code=3)
        self.assertEqual((len(partly["operations"]), partly["noOwner"]), (1, ["paris"]))

    def testWatchPrintsALineForEachEvent(self):
        self.owner.publish(fact(1, "a"))
        environment = {**os.environ, "INTERLOCK_STORE": self.store, "HOME": self.folder}
        with subprocess.Popen([cli_support.program(), "session", "watch", "--for", "60s"], stdout=subprocess.PIPE, env=environment) as watch:
            # It shows what happens from its first reading on, of which nobody is told: so something happens until it sees it.
            events = []

            def read(kind):
                for line in watch.stdout:
                    events.append(json.loads(line))
                    if events[-1]["event"] == kind:
                        return events[-1]
                raise AssertionError(f"no {kind}: {events}")

            seen = threading.Event()

            def churn():
                turn = 0
                while not seen.wait(1):
                    turn += 1
                    self.owner.publish(fact(1, "a", alerts=[f"alert {turn}"]))

            churning = threading.Thread(target=churn)
            churning.start()
            alert = read("alert")
            seen.set()
            churning.join()
            self.assertTrue(alert["alert"].startswith("alert "))
            self.owner.publish(fact(2, "b", state="connecting", installed=[]))
            self.assertEqual(read("disconnect")["session"], "berlin/1/1")
            self.assertEqual(read("connect")["session"], "berlin/1/2")
            self.owner.publish(fact(2, "b"))
            self.assertEqual(read("established")["session"], "berlin/1/2")
            self.assertEqual(read("routes")["installed"], ["192.168.1.0/24"])
            watch.kill()


class Program(Cli, Sqlite, unittest.TestCase):
    def testEveryVerbHasHelp(self):
        listed = self.text("session", "--help")
        for verb in "list history show kill reconnect deny probe watch".split():
            self.assertRegex(listed, r"\n  " + verb + " ")
            self.assertIn(f"Usage: interlockctl session {verb} ", self.text("session", verb, "--help"))


if __name__ == "__main__":
    cli_support.main()
