#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verb of interlockctl once: the shape of its JSON, its text, its dry run, its versions; on both back ends.

usage: cli_verbs_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import re
import unittest

import cli_support
from cli_support import Cli, Postgres, Sqlite, onBothBackEnds

LAN = "192.168.1.0/24"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

INSTANCE = {"instance": "berlin", "management": "unix:/run/openvpn/berlin.sock", "network": "10.8.0.0/24",
            "serverAddress": "10.8.0.1", "publicAddress": None, "mode": "tun", "passwordFile": "", "blockLength": 27, "blockLength6": 64,
            "collision": "keep-first", "standinRange": "100.64.0.0/10", "unknownCn": "deny", "autoAllocate": False,
            "moveLive": "never", "whenStoreDown": "admit-known", "tenant": "", "pools": ["10.8.0.0/24"], "version": 1}


@onBothBackEnds
class Verbs(Cli):
    def assertRow(self, row, **expected):
        """The row is exactly that, apart from times, which have the right form."""
        times = {k for k in ("createdAt", "allocatedAt", "lastSeen", "freedAt", "until") if k in row}
        for key in times:
            self.assertRegex(row[key], TIME)
        self.assertEqual({k: v for k, v in row.items() if k not in times}, expected)

    def testInstanceAddSetListRemove(self):
        added = self.addInstance()
        self.assertRow(added, **INSTANCE, journal=1)
        listed = self.json("instance", "list")
        self.assertEqual(list(listed), ["instances"])
        self.assertRow(listed["instances"][0], **INSTANCE)
        changed = self.json("instance", "set", "berlin", "--block-length", "24", "--pool", "10.8.0.0/25", "--pool", "10.8.0.128/25",
                            "--network", "10.8.0.0/24", "--auto-allocate", "yes", "--if-version", "1")
        self.assertRow(changed, **{**INSTANCE, "blockLength": 24, "autoAllocate": True, "version": 2, "journal": 2,
                                   "pools": ["10.8.0.0/25", "10.8.0.128/25"]})
        self.assertEqual(self.json("instance", "remove", "berlin")["instance"], "berlin")
        self.assertEqual(self.json("instance", "list"), {"instances": []})

    def testEverySettingOfAnInstanceIsKept(self):
        self.json("instance", "add", "hub", "--management", "tcp:127.0.0.1:7505", "--pool", "10.9.0.0/25", "--network", "10.9.0.0/24",
                  "--server-address", "10.9.0.254", "--public-address", "203.0.113.7", "--mode", "tap", "--password-file",
                  "/etc/openvpn/pw", "--block-length", "0", "--block-length6", "80", "--collision", "stand-in-both", "--standin-range", "100.96.0.0/11", "--unknown-cn", "admit",
                  "--auto-allocate", "yes", "--move-live", "window", "--when-store-down", "deny", "--tenant", "acme")
        self.assertRow(self.json("instance", "list")["instances"][0], instance="hub", management="tcp:127.0.0.1:7505",
                       network="10.9.0.0/24", serverAddress="10.9.0.254", publicAddress="203.0.113.7", mode="tap",
                       passwordFile="/etc/openvpn/pw", blockLength=0, blockLength6=80, collision="stand-in-both",
                       standinRange="100.96.0.0/11", unknownCn="admit", autoAllocate=True, moveLive="window", whenStoreDown="deny", tenant="acme", pools=["10.9.0.0/25"], version=1)

    def testConnectorSetListShowRenameRemove(self):
        made = self.json("connector", "set", "branch-a", "--group", "shops", "--description", "by the river")
        version = made["version"]
        self.assertRow(made, cn="branch-a", group="shops", description="by the river", translation="client", version=version, journal=1)
        listed = self.json("connector", "list", "--group", "shops")
        self.assertRow(listed["connectors"][0], cn="branch-a", group="shops", description="by the river", translation="client",
                       version=version, irouteCount=0, claimCount=0, unusedClaimCount=0, allocationCount=0)
        self.assertEqual(self.json("connector", "list", "--group", "none"), {"connectors": []})
        shown = self.json("connector", "show", "branch-a")
        self.assertRow(shown, cn="branch-a", group="shops", description="by the river", translation="client", version=version,
                       iroutes=[], allocations=[], claims=[], options=[])
        renamed = self.json("connector", "rename", "branch-a", "branch-z")
        self.assertEqual((renamed["cn"], renamed["journal"]), ("branch-z", 2))
        self.assertEqual(self.json("connector", "set", "branch-z", "--description=")["description"], "")
        self.assertEqual(self.json("connector", "remove", "branch-z")["cn"], "branch-z")
        self.assertEqual(self.json("connector", "list"), {"connectors": []})

    def testShowHasEverythingThatHangsOnAConnector(self):
        self.addInstance()
        self.json("connector", "set", "b", "--group", "shops")
        self.json("option", "set", "--group", "shops", "ping", "10")
        self.json("claim", "resolve", "a", LAN, "--instance", "berlin")
        self.json("iroute", "set", "b", LAN, "10.1.0.0/16", "10.8.0.64/27")
        self.json("claim", "resolve", "b", LAN, "--instance", "berlin")
        self.json("claim", "resolve", "b", "172.16.0.0/24", "--instance", "berlin")
        self.json("allocation", "set", "b", "10.8.0.40", "--instance", "berlin")
        shown = self.json("connector", "show", "b")
        self.assertEqual([(r["prefix"], r["state"], r["virtual"], r["verdict"]) for r in shown["iroutes"]], [
            ("10.1.0.0/16", "unclaimed", None, {"state": "sentinel", "virtual": "10.1.0.0/16", "instance": "berlin"}),
            ("10.8.0.64/27", "unclaimed", None, {"state": "standIn", "virtual": "100.64.1.0/27", "instance": "berlin"}),
            (LAN, "standIn", "100.64.0.0/24", None)])
        self.assertEqual([(a["address"], a["block"], a["family"]) for a in shown["allocations"]], [("10.8.0.40", "10.8.0.32/27", 4)])
        self.assertEqual([(c["real"], c["used"]) for c in shown["claims"]], [("172.16.0.0/24", False), (LAN, True)])
        self.assertEqual([(o["scope"], o["holder"], o["line"]) for o in shown["options"]], [("group", "shops", 'push "ping 10"')])
        self.assertIn("would get a stand-in such as 100.64.1.0/27", self.text("iroute", "list", "b"))

    def testAnIPv6CollisionIsShownAsWhatItIs(self):
        self.addInstance()
        self.json("iroute", "set", "a", "fd00:1::/48")
        self.json("claim", "resolve", "a", "fd00:1::/48", "--instance", "berlin")
        row = self.json("iroute", "set", "b", "fd00:1::/64")["iroutes"][0]
        self.assertEqual((row["state"], row["verdict"]["state"], row["verdict"]["kind"]), ("conflictIPv6", "refused", "conflict"))
        decision = self.json("decide", "b", "--instance", "berlin")
        self.assertEqual((decision["action"], decision["lines"]), ("accept", []))
        self.assertEqual([(p["prefix"], p["kind"]) for p in decision["problems"]], [("fd00:1::/64", "conflict")])
        # The advice is about the collision: nothing was edited that could be undone (SEMANTICS 2).
        refused = self.text("claim", "resolve", "b", "fd00:1::/64", "--instance", "berlin", code=1)
        self.assertIn("fd00:1::/64 of b collides with fd00:1::/48 of a; there are no stand-ins for IPv6", refused)
        self.assertIn("admitted without this LAN", refused)
        self.assertNotIn("undo", refused)

    def testAllocationSetRequestListRelease(self):
        self.addInstance()
        given = self.json("allocation", "set", "a", "10.8.0.9", "--instance", "berlin")
        self.assertRow(given, instance="berlin", cn="a", family=4, address="10.8.0.9", tenant="", block="10.8.0.0/27", version=1,
                       journal=2)
        asked = self.json("allocation", "request", "b", "--instance", "berlin")
        self.assertEqual(asked["address"], "10.8.0.2")
        self.assertEqual(self.json("allocation", "request", "b", "--instance", "berlin"), {**asked, "journal": None})
        self.assertEqual([r["cn"] for r in self.json("allocation", "list", "--instance", "berlin")["allocations"]], ["a", "b"])
        self.assertEqual([r["address"] for r in self.json("allocation", "list", "b")["allocations"]], ["10.8.0.2"])
        released = self.json("allocation", "release", "b")
        self.assertEqual((released["cn"], [r["address"] for r in released["allocations"]]), ("b", ["10.8.0.2"]))
        self.assertEqual([r["cn"] for r in self.json("allocation", "list")["allocations"]], ["a"])

    def testClaimResolveListStandInReleaseExclude(self):
        self.addInstance()
        settled = self.json("claim", "resolve", "a", LAN, "--instance", "berlin")
        self.assertRow(settled, cn="a", real=LAN, virtual=LAN, sentinel=True, carveOut=None, instance="berlin", version=1,
                       used=False, journal=2)
        moved = self.json("claim", "stand-in", "a", LAN, "--virtual", "100.100.0.0/24", "--if-version", "1")
        self.assertRow(moved, cn="a", real=LAN, virtual="100.100.0.0/24", sentinel=False, carveOut="100.100.0.0/24",
                       instance="berlin", version=2, used=False, journal=3)
        excluded = self.json("claim", "exclude", "100.100.0.0/16", "--note", "the provider's")
        self.assertRow({k: v for k, v in excluded.items() if k != "claims"}, prefix="100.100.0.0/16", note="the provider's", version=1,
                       journal=4)
        self.assertEqual([c["cn"] for c in excluded["claims"]], ["a"])
        self.assertEqual([e["prefix"] for e in self.json("claim", "free")["exclusions"]], ["100.100.0.0/16"])
        self.assertEqual(self.json("claim", "unexclude", "100.100.0.0/16")["prefix"], "100.100.0.0/16")
        self.assertEqual(self.json("claim", "release", "a", LAN)["virtual"], "100.100.0.0/24")
        self.assertEqual(self.json("claim", "list"), {"claims": []})

    def testClaimFreeCountsTheRange(self):
        self.addInstance()
        empty = self.json("claim", "free")["ranges"]
        self.assertEqual(empty, [{"range": "100.64.0.0/10", "instances": ["berlin"], "unitLength": 27, "capacity": 131072,
                                  "free": 131072, "held": 0, "quarantined": 0, "excluded": 0, "largestFree": 10, "length": 27,
                                  "next": "100.64.0.0/27"}])  # SOURCES S6
        self.json("claim", "exclude", "100.64.0.0/16")
        row = self.json("claim", "free", "--length", "20", "--instance", "berlin")["ranges"][0]
        self.assertEqual((row["free"], row["excluded"], row["next"]), (131072 - 2048, 2048, "100.65.0.0/20"))

    def testOptionSetListClear(self):
        self.addInstance()
        self.json("connector", "set", "a")
        first = self.json("option", "set", "--cn", "a", "route", "10.0.0.0", "255.0.0.0")
        self.assertEqual(first["options"], [{"scope": "cn", "holder": "a", "type": "route", "value": "10.0.0.0/8", "version": 1,
                                             "line": 'push "route 10.0.0.0 255.0.0.0"'}])
        self.json("option", "set", "--cn", "a", "dhcp-option", "DNS", "10.0.0.1")
        self.json("option", "set", "--instance", "berlin", "ping", "10")
        self.json("option", "set", "--instance", "berlin", "ping", "20")
        self.json("option", "set", "--group", "shops", "block-outside-dns")
        listed = self.json("option", "list")["options"]
        self.assertEqual([(o["scope"], o["holder"], o["type"], o["value"]) for o in listed], [
            ("cn", "a", "route", "10.0.0.0/8"), ("cn", "a", "dhcp-option", "DNS 10.0.0.1"),
            ("group", "shops", "block-outside-dns", ""), ("instance", "berlin", "ping", "20")])
        self.assertEqual(len(self.json("option", "list", "--cn", "a")["options"]), 2)
        left = self.json("option", "clear", "--cn", "a", "route", "10.0.0.0/8")
        self.assertEqual([o["type"] for o in left["options"]], ["dhcp-option"])
        self.assertEqual(self.json("option", "clear", "--cn", "a")["options"], [])
        self.assertIn('push "ping 20"', self.json("decide", "a", "--instance", "berlin")["lines"])

    def testDecideTellsAndADryRunClaimsNothing(self):  # SOURCES S3
        self.addInstance()
        self.assertEqual(self.json("decide", "stranger", "--instance", "berlin")["action"], "deny")
        self.addSites("a")
        trial = self.assertChangesNothing("decide", "a", "--instance", "berlin", "--dry-run")
        self.assertEqual(sorted(trial), ["action", "changes", "claims", "cn", "denyReason", "dryRun", "instance", "journal", "lines", "problems"])
        self.assertEqual([(c["table"], c["change"], c["before"], c["after"]["cn"]) for c in trial["changes"]],
                         [("virtual_claim", "inserted", None, "a")])
        self.assertIsNone(trial["journal"])
        real = self.json("decide", "a", "--instance", "berlin")
        self.assertEqual(real["lines"], trial["lines"])
        self.assertEqual(self.text("decide", "a", "--instance", "berlin").splitlines(), real["lines"])

    def testBlockOfNeedsNoStore(self):  # SOURCES S8
        nowhere = {"INTERLOCK_STORE": "sqlite:/nowhere/at/all.sqlite"}
        for address, options, block in (("10.8.1.31", [], "10.8.1.0/27"), ("10.8.1.32", [], "10.8.1.32/27"),
                                        ("10.8.1.32", ["--length", "24"], "10.8.1.0/24"), ("10.8.1.3", ["--length", "30"], "10.8.1.0/30"),
                                        ("10.8.1.4", ["--length", "30"], "10.8.1.4/30"), ("10.8.1.4", ["--length", "0"], "0.0.0.0/0"),
                                        ("fd00::1:2", [], "fd00::/64")):
            self.assertEqual(self.json("block", "of", address, *options, env=nowhere)["block"], block)
        self.assertEqual(self.text("block", "of", "10.8.1.31", env=nowhere), "10.8.1.0/27\n")

    def testJournalListShowPrune(self):
        self.addInstance()
        self.json("--actor", "anna", "iroute", "set", "a", LAN)
        self.json("connector", "set", "a", "--group", "g", "--actor", "ben")
        entries = self.json("journal", "list")["entries"]
        self.assertEqual([(e["journal"], e["command"]) for e in entries], [(3, "setConnector"), (2, "replaceIroutes"), (1, "addInstance")])
        self.assertEqual(sorted(entries[0]), ["actor", "arguments", "at", "command", "hasImages", "journal", "revertible", "reverts", "whyNotRevertible"])
        self.assertEqual([e["actor"] for e in entries[:2]], ["ben", "anna"])
        self.assertEqual([e["journal"] for e in self.json("journal", "list", "--limit", "1")["entries"]], [3])
        self.assertEqual([e["journal"] for e in self.json("journal", "list", "--actor", "anna")["entries"]], [2])
        self.assertEqual([e["journal"] for e in self.json("journal", "list", "--table", "instance_pool")["entries"]], [1])
        self.assertEqual([e["journal"] for e in self.json("journal", "list", "--before-entry", "3")["entries"]], [2, 1])
        shown = self.json("journal", "show", "2")
        self.assertEqual([(c["table"], c["change"]) for c in shown["changes"]], [("connector", "inserted"), ("client_iroute", "inserted")])
        trial = self.assertChangesNothing("journal", "prune", "--before", "2999-01-01", "--dry-run")
        self.assertEqual((trial["pruned"], trial["dryRun"]), (3, True))
        pruned = self.json("journal", "prune", "--before", "2999-01-01")
        self.assertEqual((pruned["pruned"], pruned["journal"]), (3, 4))
        self.assertEqual(self.json("journal", "show", "2")["changes"], [])
        self.assertRefused("unsupported", "journal", "revert", "3")
        self.assertEqual(self.json("journal", "verify"), {"problems": []})

    def testAnAnswerToAClientIsNotTakenBack(self):  # SEMANTICS 5
        self.addInstance()
        self.addSites("a")
        answered = self.json("decide", "a", "--instance", "berlin")["journal"]
        entries = {e["journal"]: (e["revertible"], e["whyNotRevertible"]) for e in self.json("journal", "list")["entries"]}
        self.assertEqual((entries[1], entries[answered]), ((True, None), (False, "clientAnswer")))
        self.assertIn("It cannot be taken back: a connecting client was answered by it", self.text("journal", "show", str(answered)))
        self.assertEqual(self.text("journal", "list").splitlines()[1].split()[:5][4], "no")
        error = self.assertRefused("unsupported", "journal", "revert", str(answered))
        self.assertEqual(error["details"]["reason"], "clientAnswer")

    def testSearchFindsEverythingBestFirst(self):
        self.addInstance()
        self.addSites("branch-a", "branch-b")
        self.json("claim", "resolve", "branch-b", LAN, "--instance", "berlin")
        self.json("mac", "apply", "add", "02:aa:bb:cc:00:01", "branch-a", "--instance", "berlin")

        def types(*words):
            return [r["type"] for r in self.json("search", *words)["results"]]

        self.assertEqual(types("192.168.1.7"), ["iroute", "iroute", "claim"])
        self.assertEqual(types("branch-a"), ["connector"])
        self.assertEqual(types("02AABBCC0001"), ["mac"])
        self.assertEqual(types("10.8.0.2"), ["allocation", "instance"])
        self.assertEqual(self.json("search", "no such thing"), {"results": []})
        self.assertIn("Nothing matches", self.text("search", "no such thing"))
        self.assertEqual(self.json("search", "berlin")["results"][0]["match"], "exact")

    def testStoreInitInfoCheckBackupRestore(self):
        made = self.json("store", "init")
        self.assertEqual(sorted(made), ["backend", "counts", "head", "location", "schemaVersion"])
        self.assertEqual(made["head"], 0)
        self.addInstance()
        self.assertEqual(self.json("store", "info")["counts"]["instance"], 1)
        self.assertEqual(self.json("store", "check"), {"problems": []})
        self.assertEqual(self.json("store", "backup", self.path("kept"))["file"], self.path("kept"))
        self.addSites("a")
        before = self.json("store", "info")
        self.assertEqual(self.assertChangesNothing("store", "restore", self.path("kept"), "--dry-run")["dryRun"], True)
        restored = self.json("store", "restore", self.path("kept"))
        self.assertEqual(self.json("store", "info")["counts"]["client_iroute"], 0)
        self.assertEqual(restored["journal"], self.json("store", "info")["head"])
        # What was there before is kept, and can be had back; the journal says that it was.
        self.json("store", "restore", restored["backup"])
        after = self.json("store", "info")["counts"]
        self.assertEqual(after, {**before["counts"], "journal": before["counts"]["journal"] + 1})
        self.assertEqual(self.json("store", "check"), {"problems": []})

    def testStoreCopyIntoAnEmptyStore(self):
        self.addInstance()
        self.addSites("a", "b")
        copied = self.json("store", "copy", "sqlite:" + self.path("copy.sqlite"))
        self.assertGreater(copied["rows"], 5)
        other = {"INTERLOCK_STORE": "sqlite:" + self.path("copy.sqlite")}
        self.assertEqual(self.json("store", "info", env=other)["counts"], self.json("store", "info")["counts"])
        for listing in (("instance", "list"), ("iroute", "list"), ("allocation", "list"), ("journal", "list")):
            self.assertEqual(self.json(*listing, env=other), self.json(*listing))
        self.json("store", "copy", "sqlite:" + self.path("copy.sqlite"), code=1)

    def testADryRunOfEveryEditChangesNothing(self):
        self.addInstance()
        self.addSites("a", "b")
        self.json("claim", "resolve", "a", LAN, "--instance", "berlin")
        self.json("claim", "exclude", "100.100.0.0/16")
        self.json("option", "set", "--cn", "a", "ping", "10")
        for command in (("instance", "add", "x", "--management", "tcp:localhost:1", "--pool", "10.9.0.0/24"),
                        ("instance", "set", "berlin", "--block-length", "24"),
                        ("connector", "set", "a", "--group", "g"), ("connector", "set", "new"), ("connector", "rename", "a", "z"),
                        ("connector", "remove", "a"), ("iroute", "set", "a", "10.1.0.0/16"), ("iroute", "set", "a"),
                        ("allocation", "set", "a", "10.8.0.77", "--instance", "berlin"), ("allocation", "request", "c", "--instance", "berlin"),
                        ("allocation", "release", "a"), ("claim", "resolve", "b", LAN, "--instance", "berlin"), ("claim", "release", "a", LAN),
                        ("claim", "reassign", LAN, "--to", "b", "--instance", "berlin"), ("claim", "stand-in", "a", LAN),
                        ("claim", "exclude", "100.101.0.0/16"), ("claim", "unexclude", "100.100.0.0/16"),
                        ("option", "set", "--cn", "a", "ping", "20"), ("option", "clear", "--cn", "a"), ("decide", "b", "--instance", "berlin"),
                        ("journal", "revert", "8")):
            with self.subTest(command=command):
                answer = self.assertChangesNothing(*command, "--dry-run")
                self.assertIsNone(answer["journal"])
                self.assertIs(answer["dryRun"], True)
                self.assertNotEqual(answer["changes"], [])
                self.assertIn("would", self.run_(*command, "--dry-run").stdout.decode() + self.run_(*command, "--dry-run").stderr.decode())
        for command in (("mac", "apply", "add", "020000000001", "a", "--instance", "berlin"), ("store", "init"),
                        ("store", "copy", "sqlite:" + self.path("other")), ("store", "backup", self.path("backup"))):
            with self.subTest(command=command):
                self.assertChangesNothing(*command, "--dry-run")
        self.assertFalse(os.path.exists(self.path("other")) or os.path.exists(self.path("backup")))

    def testAStaleVersionIsRefusedWithBoth(self):
        self.addInstance()
        seen = self.json("connector", "set", "a", "--group", "g")["version"]
        self.json("connector", "set", "a", "--group", "h", "--if-version", str(seen))
        error = self.assertRefused("stale", "connector", "set", "a", "--group", "i", "--if-version", str(seen))
        self.assertEqual(error["details"], {"expected": seen, "actual": seen + 1})
        self.assertRefused("stale", "iroute", "set", "a", LAN, "--if-version", str(seen))
        self.assertRefused("stale", "instance", "set", "berlin", "--block-length", "24", "--if-version", "7")

    def testEmptyListsSayHowToBegin(self):
        for words, sentence in ((("instance", "list"), "no instances yet"), (("connector", "list"), "no connectors yet"),
                                (("iroute", "list"), "No LAN"), (("allocation", "list"), "No address"), (("claim", "list"), "no claims"),
                                (("option", "list"), "No option"), (("mac", "list"), "No MAC"), (("nat", "plan"), "Nobody has a stand-in")):
            self.assertIn(sentence, self.text(*words))

    def testTextIsAlignedAndEndsWithTheJournalEntry(self):
        self.addInstance()
        self.assertTrue(self.text("iroute", "set", "a", LAN).endswith("Journal entry 2.\n"))
        self.assertEqual(self.text("iroute", "set", "a", LAN), "Nothing had to change.\n")
        self.json("iroute", "set", "a-much-longer-name", "10.1.0.0/16")
        header, *rows = self.text("iroute", "list").splitlines()
        columns = {header.index("LAN"), *(row.index(lan) for row, lan in zip(rows, (LAN, "10.1.0.0/16")))}
        self.assertEqual(len(columns), 1)


class CopyBetweenBackEnds(Cli, Postgres, unittest.TestCase):
    def testAStoreSurvivesTheWayToPostgresAndBack(self):
        there = self.store
        self.store = "sqlite:" + self.path("first.sqlite")
        self.addInstance()
        self.addSites("a", "b", '"; DROP TABLE connector; --')
        for cn in ("a", "b"):
            self.json("claim", "resolve", cn, LAN, "--instance", "berlin")
        self.json("claim", "release", "b", LAN)
        self.json("option", "set", "--cn", "a", "ping", "10")
        listings = [("instance", "list"), ("connector", "list"), ("iroute", "list"), ("allocation", "list"), ("claim", "list"),
                    ("option", "list"), ("journal", "list"), ("journal", "show", "10"), ("claim", "free")]
        expected = [self.json(*words) for words in listings]
        for target in (there, "sqlite:" + self.path("second.sqlite")):
            self.json("store", "copy", target)
            self.store = target
            self.assertEqual([self.json(*words) for words in listings], expected)
            self.assertEqual(self.json("store", "check"), {"problems": []})
            self.assertEqual(self.json("journal", "verify"), {"problems": []})
        # Undo works on the copy as on the original.
        self.json("journal", "revert", "10")


class Program(Cli, Sqlite, unittest.TestCase):
    """What does not depend on the store."""

    GROUPS = {"store": "init info check backup restore copy", "instance": "add set list remove check config",
              "connector": "list show set rename remove", "option": "list set clear", "iroute": "list set",
              "allocation": "list set request release",
              "claim": "list resolve release reassign stand-in exclude unexclude free", "mac": "list find apply", "block": "of",
              "nat": "plan reconcile", "ccd": "import export", "journal": "list show revert prune verify"}

    def testEveryVerbOfTheContractHasHelp(self):
        root = self.text("--help")
        for group, verbs in self.GROUPS.items():
            self.assertIn("\n  " + group + " ", root)
            listed = self.text(group, "--help")
            for verb in verbs.split():
                self.assertRegex(listed, r"\n  " + verb + " ")
                helped = self.text(group, verb, "--help")
                self.assertIn(f"Usage: interlockctl {group} {verb} ", helped)
        for verb in ("visible", "decide", "search"):
            self.assertIn(f"Usage: interlockctl {verb} ", self.text(verb, "--help"))
        self.assertEqual(list(self.json("claim", "--help")), ["text"])

    def testHelpPrintsTheContract(self):
        self.assertTrue(self.text("help").startswith("# interlockctl: the contract"))

    def testVersion(self):
        self.assertRegex(self.text("--version"), r"^interlockctl \d+\.\d+\.\d+\n$")

    def testGlobalOptionsStandAnywhere(self):
        url = "sqlite:" + self.path("elsewhere.sqlite")
        for words in (["--store", url, "--json", "store", "info"], ["store", "--json", "--store", url, "info"],
                      ["store", "info", "--store=" + url, "--json"]):
            document = json.loads(self.run_(*words).stdout)
            self.assertEqual(document["location"], url)

    def testTheDefaultStoreIsInTheUsersDataFolder(self):
        self.assertEqual(self.run_("store", "info", store=False).returncode, 0)
        self.assertTrue(os.path.exists(self.path("interlock", "interlock.sqlite")))

    def testJsonIsTheOnlyThingOnStandardOutput(self):
        result = self.run_("connector", "show", "nobody", "--json")
        self.assertEqual(json.loads(result.stdout)["error"]["kind"], "notFound")
        self.assertEqual(result.stderr, b"")
        result = self.run_("connector", "show", "nobody")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"there is no connector 'nobody'", result.stderr)
        self.assertIn(b"Nothing was changed.", result.stderr)


if __name__ == "__main__":
    cli_support.main()
