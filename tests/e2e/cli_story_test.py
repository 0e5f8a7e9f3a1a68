#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole stories told with interlockctl, on both back ends: two sites with one LAN, reassign, undo, redo.

usage: cli_story_test.py PROGRAM [UNITTEST-OPTION...]
"""
import cli_support
from cli_support import Cli, onBothBackEnds

LAN = "192.168.1.0/24"


def pairs(answer):
    """(cn, real, virtual) of each claim of an answer."""
    return [(c["cn"], c["real"], c["virtual"]) for c in answer["claims"]]


@onBothBackEnds
class Story(Cli):
    def testTwoSitesWithTheSameLanAreBothReachable(self):  # SOURCES S3 S5 S6 S8
        self.addInstance()
        self.addSites("branch-a", "branch-b")
        first = self.json("decide", "branch-a", "--instance", "berlin")
        self.assertEqual(first["action"], "accept")
        self.assertEqual(first["lines"], ["ifconfig-push 10.8.0.2 255.255.255.0", "iroute 192.168.1.0 255.255.255.0"])
        self.assertEqual(pairs(first), [("branch-a", LAN, LAN)])
        self.assertTrue(first["claims"][0]["sentinel"])

        second = self.json("decide", "branch-b", "--instance", "berlin")
        self.assertEqual(second["lines"], [
            "ifconfig-push 10.8.0.3 255.255.255.0",
            "iroute 100.64.0.0 255.255.255.0",
            'push "client-nat snat 192.168.1.0 255.255.255.0 100.64.0.0"'])
        self.assertEqual(pairs(second), [("branch-b", LAN, "100.64.0.0/24")])
        self.assertEqual(second["claims"][0]["carveOut"], "100.64.0.0/24")

        # The first site learns the way to the second at its next connect, and its own routes are not reshuffled.
        again = self.json("decide", "branch-a", "--instance", "berlin")
        self.assertEqual(again["lines"], first["lines"] + ['push "route 100.64.0.0 255.255.255.0"'])
        self.assertEqual(again["claims"], first["claims"])
        self.assertIsNone(again["journal"])
        # The second site is not pushed the first one's LAN, because it is its own: keep-first leaves the two apart.
        self.assertEqual([(r["owner"], r["pushed"], r["reason"]) for r in self.json("visible", "branch-b")["routes"]],
                         [("branch-a", False, "ownLan")])

    def testReassignUndoRedo(self):  # SOURCES S10
        self.addInstance()
        self.addSites("branch-a", "branch-b")
        for site in ("branch-a", "branch-b"):
            self.json("claim", "resolve", site, LAN, "--instance", "berlin")
        before = self.json("claim", "list")
        self.assertEqual(pairs(before), [("branch-a", LAN, LAN), ("branch-b", LAN, "100.64.0.0/24")])

        moved = self.json("claim", "reassign", LAN, "--to", "branch-b")
        after = self.json("claim", "list")
        self.assertEqual(pairs(after), [("branch-a", LAN, "100.64.1.0/24"), ("branch-b", LAN, LAN)])
        self.assertEqual(sorted(pairs(moved)), sorted(pairs(after)))

        undone = self.json("journal", "revert", str(moved["journal"]))
        self.assertEqual(undone["reverts"], moved["journal"])
        self.assertEqual(pairs(self.json("claim", "list")), pairs(before))
        redone = self.json("journal", "revert", str(undone["journal"]))
        self.assertEqual(pairs(self.json("claim", "list")), pairs(after))
        self.assertEqual([redone["journal"], undone["journal"]], [moved["journal"] + 2, moved["journal"] + 1])
        # A claim that went meanwhile is no longer as that entry left it; that its carve-out rests hinders nobody.
        self.json("claim", "release", "branch-a", LAN)
        error = self.assertRefused("conflict", "journal", "revert", str(redone["journal"]))
        self.assertEqual([row["table"] for row in error["details"]["rows"]], ["virtual_claim"])
        self.assertEqual(self.json("store", "check"), {"problems": []})
        self.assertEqual(self.json("journal", "verify"), {"problems": []})

    def testStandInForBothMovesTheFirstOwnerToo(self):  # SOURCES S5
        self.addInstance("berlin", "10.8.0.0/24", "--collision", "stand-in-both")
        self.addSites("branch-a", "branch-b")
        self.json("claim", "resolve", "branch-a", LAN, "--instance", "berlin")
        resolved = self.json("claim", "resolve", "branch-b", LAN, "--instance", "berlin")
        self.assertEqual(pairs(self.json("claim", "list")),
                         [("branch-a", LAN, "100.64.0.0/24"), ("branch-b", LAN, "100.64.1.0/24")])
        # Now each site is pushed a way to the other.
        for site, other in (("branch-a", "100.64.1.0"), ("branch-b", "100.64.0.0")):
            self.assertIn(f'push "route {other} 255.255.255.0"', self.json("decide", site, "--instance", "berlin")["lines"])
        tables = [c["table"] for c in self.json("journal", "show", str(resolved["journal"]))["changes"]]
        self.assertEqual(tables, ["virtual_claim", "virtual_claim"])

    def testOverlapIsTheConflictAndNotEquality(self):  # SOURCES S5 S10
        self.addInstance()
        self.json("iroute", "set", "wide", "192.168.0.0/16")
        self.json("iroute", "set", "narrow", "192.168.1.0/27")
        self.json("iroute", "set", "pool", "10.8.0.128/25")
        self.json("claim", "resolve", "wide", "192.168.0.0/16", "--instance", "berlin")
        narrow = self.json("claim", "resolve", "narrow", "192.168.1.0/27", "--instance", "berlin")
        self.assertEqual((narrow["virtual"], narrow["carveOut"], narrow["sentinel"]), ("100.64.0.0/27", "100.64.0.0/27", False))
        # A LAN on the pool always gets a stand-in, though nobody else has claimed it.
        pool = self.json("claim", "resolve", "pool", "10.8.0.128/25", "--instance", "berlin")
        self.assertEqual((pool["virtual"], pool["sentinel"]), ("100.64.0.128/25", False))

    def testAShortLanTakesAWholeCarveOut(self):  # SOURCES S6
        self.addInstance()
        for site in ("a", "b", "c"):
            self.json("claim", "resolve", site, "172.16.0.4/30", "--instance", "berlin")
        rows = self.json("claim", "list")["claims"]
        self.assertEqual([(r["virtual"], r["carveOut"]) for r in rows],
                         [("172.16.0.4/30", None), ("100.64.0.0/30", "100.64.0.0/27"), ("100.64.0.32/30", "100.64.0.32/27")])

    def testAFullRangeSaysSo(self):  # SOURCES S6
        self.addInstance("berlin", "10.8.0.0/24", "--standin-range", "100.64.0.0/26")
        for site in ("a", "b", "c"):
            self.json("claim", "resolve", site, "172.16.0.0/27", "--instance", "berlin")
        free = self.json("claim", "free")["ranges"]
        self.assertEqual([(r["range"], r["capacity"], r["free"], r["held"], r["largestFree"], r["next"]) for r in free],
                         [("100.64.0.0/26", 2, 0, 2, None, None)])
        self.assertRefused("exhausted", "claim", "resolve", "d", "172.16.0.0/27", "--instance", "berlin")
        self.assertRefused("tooWide", "claim", "resolve", "e", "172.16.0.0/24", "--instance", "berlin")

    def testReplaceConvergesAndTheEmptySetClears(self):  # SOURCES S1 S2
        first = self.json("iroute", "set", "branch-a", "10.1.0.0/16", "10.2.0.0/16")
        self.assertEqual([r["prefix"] for r in first["iroutes"]], ["10.1.0.0/16", "10.2.0.0/16"])
        again = self.json("iroute", "set", "branch-a", "10.2.0.0/16", "10.1.0.0/16", "10.1.0.0/16")
        self.assertIsNone(again["journal"])
        self.assertEqual(again["iroutes"], first["iroutes"])
        second = self.json("iroute", "set", "branch-a", "10.2.0.0 255.255.0.0", "10.3.0.0/255.255.0.0")
        self.assertEqual([r["prefix"] for r in second["iroutes"]], ["10.2.0.0/16", "10.3.0.0/16"])
        # A row that stays keeps the time of its making.
        self.assertEqual(second["iroutes"][0]["createdAt"], first["iroutes"][1]["createdAt"])
        piped = self.json("iroute", "set", "branch-a", "-", stdin="10.5.0.0 255.255.0.0; 10.4.0.0/16 # east\n\nfd00:4::/48\n")
        self.assertEqual([r["prefix"] for r in piped["iroutes"]], ["10.4.0.0/16", "10.5.0.0/16", "fd00:4::/48"])
        self.assertEqual(self.json("iroute", "set", "branch-a")["iroutes"], [])
        self.assertEqual(self.json("iroute", "list", "branch-a"), {"iroutes": []})
        self.assertIsNone(self.json("iroute", "set", "branch-a")["journal"])

    def testRemovingALanLeavesItsClaimUnusedAndHolding(self):  # SOURCES S5
        self.addInstance()
        self.addSites("branch-a")
        self.json("claim", "resolve", "branch-a", LAN, "--instance", "berlin")
        self.json("iroute", "set", "branch-a")
        self.assertEqual([c["used"] for c in self.json("claim", "list", "branch-a")["claims"]], [False])
        self.assertEqual(len(self.json("claim", "list", "--unused")["claims"]), 1)
        other = self.json("claim", "resolve", "branch-b", LAN, "--instance", "berlin")
        self.assertFalse(other["sentinel"])
        self.json("claim", "release", "branch-a", LAN)
        # The stand-in that exists is not touched by what went: only a release, reassign or stand-in moves it.
        self.assertEqual(self.json("claim", "resolve", "branch-b", LAN, "--instance", "berlin")["virtual"], other["virtual"])

    def testAFreedCarveOutRestsAndIsNotGivenAway(self):  # SOURCES S6
        self.addInstance()
        self.addSites("a", "b", "c")
        for site in ("a", "b"):
            self.json("claim", "resolve", site, LAN, "--instance", "berlin")
        self.json("claim", "release", "b", LAN)
        self.assertEqual(self.json("claim", "resolve", "c", LAN, "--instance", "berlin")["virtual"], "100.64.1.0/24")
        free = self.json("claim", "free", "--length", "24")
        self.assertEqual([(r["held"], r["quarantined"], r["excluded"], r["next"]) for r in free["ranges"]],
                         [(8, 8, 0, "100.64.2.0/24")])
        self.assertEqual([q["carveOut"] for q in free["quarantined"]], ["100.64.0.0/24"])

    def testPeersOfOneBlockSeeEachOther(self):  # SOURCES S8
        self.addInstance()
        for site, lan, address in (("a", "10.1.0.0/16", "10.8.0.30"), ("b", "10.2.0.0/16", "10.8.0.10"), ("c", "10.3.0.0/16", "10.8.0.33")):
            self.json("iroute", "set", site, lan)
            self.json("allocation", "set", site, address, "--instance", "berlin")
            self.json("claim", "resolve", site, lan, "--instance", "berlin")
        self.json("iroute", "set", "no-address", "10.4.0.0/16")
        seen = {r["owner"]: (r["prefix"], r["pushed"], r["reason"]) for r in self.json("visible", "a")["routes"]}
        self.assertEqual(seen, {"b": ("10.2.0.0/16", True, "sameBlock"),
                                "c": ("10.3.0.0/16", False, "otherBlock"),
                                "no-address": (None, False, "noAddress")})
        self.assertIn("not a firewall", self.text("visible", "a"))
        blind = self.json("visible", "no-address")
        self.assertFalse(blind["hasAllocation"])
        self.assertEqual([(r["owner"], r["pushed"], r["reason"]) for r in blind["routes"]],
                         [("a", False, "noAddress"), ("b", False, "noAddress"), ("c", False, "noAddress")])

    def testTheMacMapAnswersAndForgets(self):  # SOURCES S4
        self.addInstance("bridge", "10.9.0.0/24", "--mode", "tap")
        self.json("mac", "apply", "add", "02-AA-BB-CC-00-01@7", "branch-a", "--instance", "bridge")
        found = self.json("mac", "find", "02aa.bbcc.0001")
        self.assertEqual((found["mac"], found["cn"], found["instance"], found["state"]),
                         ("02:aa:bb:cc:00:01", "branch-a", "bridge", "learnt"))
        self.json("mac", "apply", "update", "02:aa:bb:cc:00:01", "branch-b", "--instance", "bridge")
        self.assertEqual([(m["mac"], m["cn"]) for m in self.json("mac", "list")["macs"]], [("02:aa:bb:cc:00:01", "branch-b")])
        self.json("mac", "apply", "delete", "02:aa:bb:cc:00:01")
        self.assertEqual(self.json("mac", "find", "02:aa:bb:cc:00:01"),
                         {"mac": "02:aa:bb:cc:00:01", "cn": None, "instance": None, "lastSeen": None, "state": "notLearnt"})
        self.assertIn("not learnt yet", self.text("mac", "find", "02:aa:bb:cc:00:01"))
        self.json("mac", "apply", "delete", "02:aa:bb:cc:00:01")  # what is not there is no error

    def testRulesComeFromNothingButRows(self):  # SOURCES S7
        self.addInstance()
        self.addSites("branch-a", "branch-b")
        for site in ("branch-a", "branch-b"):
            self.json("claim", "resolve", site, LAN, "--instance", "berlin")
        self.json("connector", "set", "branch-b", "--translation", "router")
        plan = self.json("nat", "plan")
        self.assertEqual(plan, {"connectors": [{"cn": "branch-b", "translation": "router",
                                                "pairs": [{"real": LAN, "virtual": "100.64.0.0/24"}]}]})
        for form in ("nft", "iptables", "routeros"):
            rules = self.json("nat", "plan", "--cn", "branch-b", "--format", form)["text"]
            self.assertIn("100.64.0.0/24", rules)
            self.assertIn(LAN, rules)
            self.assertEqual(self.json("nat", "plan", "--cn", "branch-b", "--format", form)["text"], rules)
        # A router that translates is not told to do it in its OpenVPN client as well.
        self.assertNotIn("client-nat", "".join(self.json("decide", "branch-b", "--instance", "berlin")["lines"]))

    def testRemovingAConnectorTakesEverythingAlongAndCanBeTakenBack(self):  # SOURCES S9
        self.addInstance()
        self.addSites("branch-a", "branch-b")
        for site in ("branch-a", "branch-b"):
            self.json("claim", "resolve", site, LAN, "--instance", "berlin")
        self.json("option", "set", "--cn", "branch-b", "ping", "10")
        self.json("mac", "apply", "add", "020000000001", "branch-b", "--instance", "berlin")
        before = self.json("connector", "show", "branch-b")
        removed = self.json("connector", "remove", "branch-b")
        self.assertEqual((removed["cn"], removed["macsForgotten"]), ("branch-b", 1))
        self.assertRefused("notFound", "connector", "show", "branch-b")
        self.assertEqual([c["cn"] for c in self.json("claim", "list")["claims"]], ["branch-a"])
        self.assertEqual(self.json("option", "list"), {"options": []})
        self.json("journal", "revert", str(removed["journal"]))
        after = self.json("connector", "show", "branch-b")
        for key in ("iroutes", "allocations", "claims", "options"):
            self.assertEqual([{k: v for k, v in row.items() if k not in ("version", "allocatedAt", "createdAt")} for row in after[key]],
                             [{k: v for k, v in row.items() if k not in ("version", "allocatedAt", "createdAt")} for row in before[key]])


if __name__ == "__main__":
    cli_support.main()
