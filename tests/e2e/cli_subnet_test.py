#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups subnet and address of interlockctl, on both back ends.

usage: cli_subnet_test.py PROGRAM [UNITTEST-OPTION...]
"""
import cli_support
from cli_support import Cli, onBothBackEnds


def prefixes(answer, key="subnets"):
    return [row["prefix"] for row in answer[key]]


def addresses(answer):
    return [row["address"] for row in answer["addresses"]]


@onBothBackEnds
class Subnets(Cli):
    def add(self, prefix, *options, **expected):
        return self.json("subnet", "add", prefix, *options, **expected)

    def testASubnetIsAddedChangedShownAndRemoved(self):
        added = self.add("10.0.0.0/16", "--name", "Berlin", "--role", "container", "--tags", "vpn;hq", "--custom", "site=BER")
        self.assertEqual({key: added[key] for key in ("tenant", "prefix", "name", "role", "description", "tags", "custom", "version", "journal")},
                         {"tenant": "", "prefix": "10.0.0.0/16", "name": "Berlin", "role": "container", "description": "",
                          "tags": ["hq", "vpn"], "custom": {"site": "BER"}, "version": 1, "journal": 1})
        changed = self.json("subnet", "set", "10.0.0.0/16", "--name", "Hamburg", "--custom", "site=", "--custom", "floor=2", "--if-version", "1")
        self.assertEqual((changed["name"], changed["custom"], changed["role"], changed["journal"]), ("Hamburg", {"floor": "2"}, "container", 2))
        self.assertRefused("stale", "subnet", "set", "10.0.0.0/16", "--name", "x", "--if-version", "1")
        shown = self.json("subnet", "show", "10.0.0.0/16")
        self.assertEqual((shown["parent"], shown["children"], shown["derived"], shown["name"]), (None, [], [], "Hamburg"))
        self.assertEqual(shown["utilisation"]["free"], "65534")
        self.assertIsNone(self.json("subnet", "set", "10.0.0.0/16", "--name", "Hamburg")["journal"])
        self.assertEqual(self.json("subnet", "remove", "10.0.0.0/16")["journal"], 3)
        self.assertEqual(self.json("subnet", "list"), {"subnets": [], "next": None})
        self.assertRefused("notFound", "subnet", "show", "10.0.0.0/16")

    def testADryRunTellsAndChangesNothing(self):
        self.add("10.0.0.0/24")
        for words in (("add", "10.1.0.0/16"), ("set", "10.0.0.0/24", "--name", "x"), ("split", "10.0.0.0/24", "--length", "25"),
                      ("move", "10.0.0.0/24", "--to", "10.2.0.0/24"), ("resize", "10.0.0.0/24", "--length", "23"),
                      ("allocate", "10.0.0.0/24", "--length", "28"), ("remove", "10.0.0.0/24")):
            answer = self.assertChangesNothing("subnet", *words, "--dry-run")
            self.assertTrue(answer["dryRun"], words)
            self.assertIsNone(answer["journal"], words)
            self.assertNotEqual(answer["changes"], [], words)

    def testTheTreeIsDrawnWithWhatTheServersAdd(self):
        self.addInstance()
        self.add("10.0.0.0/8", "--name", "All", "--role", "container")
        self.add("10.1.0.0/16", "--tenant", "acme", "--under", "10.0.0.0/8")
        self.add("10.1.2.0/24", "--tenant", "acme", "--name", "Desks")
        self.assertEqual(self.text("subnet", "tree"),
                         "10.0.0.0/8  All  [container]\n"
                         "├─ 10.8.0.0/24  (pool of berlin)\n"
                         "└─ 10.1.0.0/16  @acme\n"
                         "   └─ 10.1.2.0/24  Desks  @acme\n")
        tree = self.json("subnet", "tree")["subnets"]
        self.assertEqual(tree[0]["children"][0]["children"][0]["prefix"], "10.1.2.0/24")
        self.assertEqual(tree[0]["derived"], [{"kind": "pool", "prefix": "10.8.0.0/24", "owner": "berlin"}])
        self.assertEqual(prefixes(self.json("subnet", "list", "--tenant", "acme")), ["10.1.0.0/16", "10.1.2.0/24"])
        self.assertEqual(prefixes(self.json("subnet", "list", "--within", "10.1.2.0/23", "--limit", "5")), ["10.1.2.0/24"])

    def testAListComesInPages(self):
        for number in range(5):
            self.add(f"10.{number}.0.0/16")
        for number in range(3):
            self.add(f"10.0.{number}.0/24", "--tenant", "acme", "--role", "connector-lan", "--tags", "lab")
        found, words = [], []
        while True:
            page = self.json("subnet", "list", "--limit", "3", *words)
            self.assertLessEqual(len(page["subnets"]), 3)
            found += [(row["tenant"], row["prefix"]) for row in page["subnets"]]
            if page["next"] is None:
                break
            words = ["--after", page["next"]]
        self.assertEqual(found, [("", f"10.{number}.0.0/16") for number in range(5)] + [("acme", f"10.0.{number}.0/24") for number in range(3)])
        self.assertEqual(self.json("subnet", "list", "--limit", "6")["next"], "10.0.0.0/24@acme")
        self.assertIn("--after 10.1.0.0/16", self.text("subnet", "list", "--limit", "2"))
        self.assertEqual(prefixes(self.json("subnet", "list", "--tag", "lab", "--after", "10.0.0.0/24@acme")), ["10.0.1.0/24", "10.0.2.0/24"])
        self.assertEqual(prefixes(self.json("subnet", "list", "--role", "connector-lan", "--within", "10.0.0.0/23")), ["10.0.0.0/24", "10.0.1.0/24"])
        self.assertRefused("invalid", "subnet", "list", "--after", "nonsense")
        self.assertRefused("hostBits", "subnet", "list", "--after", "10.0.0.1/24@acme")

    def testSearchFindsSubnetsAndAddresses(self):
        self.add("10.0.0.0/8", "--name", "Overlay")
        self.add("10.1.0.0/16", "--tenant", "acme", "--description", "Rack 7", "--tags", "lab;voice")
        self.json("address", "add", "10.1.0.9", "--for", "Printer", "--description", "second floor")

        def found(text):
            return [(row["type"], row.get("prefix") or row.get("address") or row.get("tenant"), row["match"], row["field"])
                    for row in self.json("search", text)["results"]]
        self.assertEqual(found("10.1.0.9"), [("address", "10.1.0.9", "exact", "address"), ("subnet", "10.1.0.0/16", "contains", "prefix"),
                                             ("subnet", "10.0.0.0/8", "contains", "prefix")])
        self.assertEqual(found("10.0.0.0/8"), [("subnet", "10.0.0.0/8", "exact", "prefix"), ("subnet", "10.1.0.0/16", "inside", "prefix"),
                                               ("address", "10.1.0.9", "inside", "address")])
        self.assertEqual(found("overlay"), [("subnet", "10.0.0.0/8", "exact", "name")])
        self.assertEqual(found("rack"), [("subnet", "10.1.0.0/16", "textStart", "description")])
        self.assertEqual(found("voice"), [("subnet", "10.1.0.0/16", "exact", "tags")])
        self.assertEqual(found("printer"), [("address", "10.1.0.9", "exact", "holder")])
        self.assertEqual(found("floor"), [("address", "10.1.0.9", "text", "description")])
        self.assertEqual(found("acme"), [("tenant", "acme", "exact", "tenant"), ("subnet", "10.1.0.0/16", "text", "tenant"),
                                         ("address", "10.1.0.9", "text", "tenant")])
        self.assertEqual(found("nothing like it"), [])

    def testFindTellsTheChainAndWhoHasTheAddress(self):  # SOURCES Z4
        self.add("10.0.0.0/8")
        self.add("10.1.0.0/16", "--tenant", "acme")
        self.json("address", "add", "10.1.0.9", "--for", "printer")
        found = self.json("subnet", "find", "10.1.0.9")
        self.assertEqual(prefixes(found), ["10.0.0.0/8", "10.1.0.0/16"])
        self.assertEqual((found["match"]["prefix"], found["addresses"][0]["holder"]), ("10.1.0.0/16", "printer"))
        self.assertEqual(self.json("subnet", "find", "192.168.0.1"), {"prefix": "192.168.0.1/32", "subnets": [], "match": None, "addresses": []})

    def testWhatIsFreeIsAllocatedSplitMergedAndResized(self):  # SOURCES Z7
        self.add("10.0.0.0/22", "--name", "Site")
        self.add("10.0.1.0/24")
        self.assertEqual(self.json("subnet", "free", "10.0.0.0/22", "--length", "24", "--count", "9")["free"],
                         ["10.0.0.0/24", "10.0.2.0/24", "10.0.3.0/24"])
        self.assertEqual(self.json("subnet", "free", "10.0.0.0/22")["free"], ["10.0.0.0/24", "10.0.2.0/23"])
        taken = self.json("subnet", "allocate", "10.0.0.0/22", "--length", "24", "--count", "2", "--name", "Floor")
        self.assertEqual([(row["prefix"], row["name"]) for row in taken["subnets"]], [("10.0.0.0/24", "Floor"), ("10.0.2.0/24", "Floor")])
        self.assertRefused("exhausted", "subnet", "allocate", "10.0.0.0/22", "--length", "24", "--count", "2")
        parts = self.json("subnet", "split", "10.0.2.0/24", "--length", "25")
        self.assertEqual([(row["prefix"], row["name"]) for row in parts["subnets"]], [("10.0.2.0/25", "Floor"), ("10.0.2.128/25", "Floor")])
        self.assertEqual(prefixes(self.json("subnet", "merge", "10.0.2.0/25", "10.0.2.128/25")), ["10.0.2.0/24"])
        self.assertEqual(prefixes(self.json("subnet", "resize", "10.0.2.0/24", "--length", "23")), ["10.0.2.0/23"])
        self.json("journal", "revert", "6")
        self.assertEqual(prefixes(self.json("subnet", "list")), ["10.0.0.0/22", "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"])

    def testAMoveTellsEveryAddressThatChanges(self):
        self.add("10.0.0.0/24")
        self.add("10.0.0.0/25")
        self.json("address", "add", "10.0.0.9", "--for", "printer")
        moved = self.json("subnet", "move", "10.0.0.0/24", "--to", "10.5.0.0/24")
        self.assertEqual(moved["effects"]["movedAddresses"], [{"tenant": "", "from": "10.0.0.9", "to": "10.5.0.9", "holder": "printer"}])
        self.assertEqual(prefixes(self.json("subnet", "list")), ["10.5.0.0/24", "10.5.0.0/25"])
        self.assertIn("moves 10.5.0.9 -> 10.6.0.9", self.text("subnet", "move", "10.5.0.0/24", "--to", "10.6.0.0/24"))

    def testEveryRefusalNamesTheOtherParty(self):
        self.add("10.0.0.0/16", "--tenant", "acme")
        self.assertIn("10.0.0.0/16", self.assertRefused("overlap", "subnet", "add", "10.0.0.0/24", "--tenant", "acme", "--root")["message"])
        self.assertIn("acme", self.assertRefused("overlap", "subnet", "add", "10.0.5.0/24")["message"])  # CASES I6
        self.assertRefused("exists", "subnet", "add", "10.0.0.0/16", "--tenant", "acme")
        self.assertEqual(self.assertRefused("hostBits", "subnet", "add", "10.0.0.1/16")["details"]["canonical"], "10.0.0.0/16")
        self.add("10.0.0.0/16", "--tenant", "other")  # CASES I2
        error = self.assertRefused("conflict", "subnet", "show", "10.0.0.0/16")
        self.assertEqual(error["details"]["tenants"], ["acme", "other"])
        self.assertEqual(self.json("subnet", "show", "10.0.0.0/16", "--tenant", "other")["tenant"], "other")

    def testAddressesAreRequestedAddedListedAndReleased(self):  # CASES A3 A6 H1
        self.add("10.0.0.0/16")
        self.add("10.0.1.0/24", "--reserve-first", "2")
        self.assertEqual(self.json("address", "request", "10.0.0.0/16", "--for", "gate")["address"], "10.0.0.1")
        self.assertEqual(self.json("address", "request", "10.0.1.0/24", "--for", "desk")["address"], "10.0.1.3")
        self.assertEqual(addresses(self.json("address", "request", "10.0.1.0/24", "--count", "2")), ["10.0.1.4", "10.0.1.5"])
        listed = self.json("address", "list", "10.0.1.0/24", "--limit", "3")
        self.assertEqual([(row["address"], row["state"], row["holder"]) for row in listed["addresses"]],
                         [("10.0.1.1", "reserved", ""), ("10.0.1.2", "reserved", ""), ("10.0.1.3", "used", "desk")])
        self.assertEqual(listed["next"], "10.0.1.4")
        self.assertEqual(addresses(self.json("address", "list", "10.0.1.0/24", "--from", listed["next"])), ["10.0.1.4", "10.0.1.5"])
        hosts = self.json("address", "list", "10.0.0.0/16", "--all", "--limit", "2")
        self.assertEqual([(row["address"], row["state"]) for row in hosts["addresses"]], [("10.0.0.1", "used"), ("10.0.0.2", "free")])
        self.assertEqual(hosts["next"], "10.0.0.3")
        self.assertIn("desk", self.assertRefused("exists", "address", "add", "10.0.1.3")["message"])
        self.assertEqual(self.json("address", "release", "10.0.1.3")["holder"], "desk")
        self.assertRefused("notFound", "address", "release", "10.0.1.3")
        self.assertEqual(self.json("address", "request", "10.0.1.0/24")["address"], "10.0.1.3")
        self.assertRefused("notFound", "address", "add", "192.168.0.1")

    def testAPoolsAddressesAreNotGivenHere(self):  # SEMANTICS 1
        self.addInstance()
        self.add("10.8.0.0/24", "--role", "openvpn-pool")
        self.assertRefused("poolOwned", "address", "request", "10.8.0.0/24")


if __name__ == "__main__":
    cli_support.main()
