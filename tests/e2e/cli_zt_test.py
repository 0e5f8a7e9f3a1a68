#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The group zt of interlockctl against a controller that behaves as the recorded one, on both back ends.

usage: INTERLOCK_CONTROLLERDOUBLE=PROGRAM cli_zt_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import subprocess
import threading

import cli_support
from cli_support import Cli, onBothBackEnds

CONTROLLER = os.environ["INTERLOCK_CONTROLLERDOUBLE"]
NODE = "4bb8520480"
NWID = NODE + "abcdef"
TOKEN = "a-token-that-nobody-may-see"
JOINER, OTHER = "aabbccddee", "1122334455"


class Controller:
    """The double, asked and disturbed through its standard input."""

    def __init__(self):
        self.process = subprocess.Popen([CONTROLLER, "--node", NODE, "--token", TOKEN], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def network(self, network=NWID):
        return self.ask(network=network)

    def writes(self):
        """Requests that changed something since the last question."""
        return [r for r in self.ask(requests=True)["requests"] if r["method"] != "GET"]

    def edit(self, body, **where):
        return self.ask(edit={"network": NWID, "body": body, **where})

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


class ZtBed(Cli):
    def setUp(self):
        super().setUp()
        self.controller = Controller()
        self.addCleanup(self.controller.close)
        self.token = self.path("authtoken.secret")
        with open(self.token, "w", encoding="utf-8") as file:
            file.write(TOKEN + "\n")
        os.chmod(self.token, 0o600)

    def addController(self):
        return self.json("zt", "controller", "add", "hq", "--url", self.controller.url, "--token-file", self.token)

    def addNetwork(self, *options, subnet="10.0.0.0/8", children=("10.1.1.0/24", "10.1.2.0/24")):
        self.addController()
        self.json("subnet", "add", subnet)
        for child in children:
            self.json("subnet", "add", child, "--name", "site " + child)
        return self.json("zt", "network", "add", "lab", "--controller", "hq", "--id", NWID, "--subnet", subnet, *options)

    def fails(self, *arguments):
        """The error of a run that is refused."""
        return self.json(*arguments, code=1)["error"]

    def liveRoutes(self):
        return [(r["target"], r["via"]) for r in self.controller.network()["routes"]]

    def applied(self, *options):
        return self.json("zt", "apply", "lab", *options)


@onBothBackEnds
class ZtTest(ZtBed):
    def test_controllerIsStoredOnceItAnswered(self):
        """CASES C5"""
        row = self.addController()
        self.assertEqual((row["controller"], row["node"], row["flavour"]), ("hq", NODE, "self-hosted"))
        probed = self.json("zt", "controller", "probe", "hq")
        self.assertEqual(probed["node"], NODE)

    def test_nothingIsStoredOfAControllerThatDoesNotAnswer(self):
        """CASES C1, C2"""
        error = self.fails("zt", "controller", "add", "gone", "--url", "http://127.0.0.1:9", "--token-file", self.token)
        self.assertEqual(error["kind"], "backendUnavailable")
        with open(self.token, "w", encoding="utf-8") as file:
            file.write("another\n")
        error = self.fails("zt", "controller", "add", "hq", "--url", self.controller.url, "--token-file", self.token)
        self.assertEqual(error["kind"], "backendRefused")
        self.assertIn("allowManagementFrom", error["message"])
        self.assertNotIn("another", json.dumps(error))
        self.assertEqual(self.json("zt", "controller", "list")["controllers"], [])

    def test_networkIsCreatedUnderTheChosenId(self):
        row = self.addNetwork()
        self.assertTrue(row["created"])
        live = self.controller.network()
        self.assertEqual((live["id"], live["private"], live["v4AssignMode"]), (NWID, True, {"zt": False}))

    def test_nothingStaysOfANetworkThatCannotBeCreated(self):
        """CASES C6"""
        self.addController()
        self.json("subnet", "add", "10.0.0.0/8")
        self.controller.ask(fault="status", status=500, method="POST", path="/controller/network/*", count=9)
        error = self.fails("zt", "network", "add", "lab", "--controller", "hq", "--id", NWID, "--subnet", "10.0.0.0/8")
        self.assertIn("failed to create", error["message"])
        self.assertEqual(self.json("zt", "network", "list")["networks"], [])

    def test_networkThatCannotBeStoredIsDeletedAgain(self):
        """CASES C7"""
        self.addController()
        self.json("subnet", "add", "10.0.0.0/8")
        other = NODE + "000001"
        self.controller.edit({"name": "somebody else's"}, network=other)
        if self.store.startswith("sqlite:"):
            self.sql("CREATE TRIGGER no_room BEFORE INSERT ON network BEGIN SELECT RAISE(ABORT, 'no room'); END")
        else:
            self.sql("CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;"
                     "CREATE TRIGGER no_room BEFORE INSERT ON network FOR EACH ROW EXECUTE FUNCTION no_room()")
        error = self.fails("zt", "network", "add", "lab", "--controller", "hq", "--id", NWID, "--subnet", "10.0.0.0/8")
        self.assertIn(f"the network {NWID} that was just created is deleted again", error["message"])
        self.assertEqual([(r["method"], r["path"].rsplit("/", 1)[1]) for r in self.controller.writes()],
                         [("POST", NWID), ("DELETE", NWID)])
        self.assertEqual(self.controller.network(other)["name"], "somebody else's")
        self.assertEqual(self.json("zt", "network", "list")["networks"], [])

    def test_controllerOfNetworksStaysWhatItIs(self):
        """CASES C9"""
        self.addNetwork()
        error = self.assertRefused("conflict", "zt", "controller", "set", "hq", "--flavour", "central", "--no-probe")
        self.assertIn("lab", json.dumps(error["details"]))
        same = self.json("zt", "controller", "set", "hq", "--flavour", "self-hosted", "--url", self.controller.url)
        self.assertEqual(same["flavour"], "self-hosted")

    def test_idOfAnotherControllerIsRefused(self):
        self.addController()
        self.json("subnet", "add", "10.0.0.0/8")
        error = self.fails("zt", "network", "add", "lab", "--controller", "hq", "--id", "0123456789abcdef", "--subnet",
                           "10.0.0.0/8")
        self.assertEqual(error["kind"], "backendMismatch")
        self.assertEqual(self.controller.writes(), [])

    def test_withoutChildrenTheParentIsAll(self):
        """CASES P1, SOURCES Z1"""
        self.addNetwork()
        report = self.applied()
        self.assertEqual(self.liveRoutes(), [("10.0.0.0/8", None)])
        self.assertEqual(report["posts"], 1)

    def test_childrenComeFirstAndTheParentByItsGateway(self):
        """CASES P4, SOURCES Z2"""
        self.addNetwork("--routes-from-children", "--parent", "via:10.1.1.254")
        self.applied()
        self.assertEqual(self.liveRoutes(), [("10.1.1.0/24", None), ("10.1.2.0/24", None), ("10.0.0.0/8", "10.1.1.254")])
        live = self.json("zt", "live", "lab")
        self.assertEqual({r["owner"] for r in live["routes"]}, {"ours"})  # SOURCES Z5

    def test_secondApplySendsNothing(self):
        """CASES M4"""
        self.addNetwork("--routes-from-children")
        self.applied()
        revision = self.controller.network()["revision"]
        self.controller.writes()
        self.assertEqual(self.applied()["posts"], 0)
        self.assertEqual(self.controller.writes(), [])
        self.assertEqual(self.controller.network()["revision"], revision)

    def test_foreignRoutesSurvive(self):
        """CASES M1, SOURCES Z6"""
        self.addNetwork("--routes-from-children")
        self.applied()
        routes = self.controller.network()["routes"] + [{"target": "192.168.9.0/24", "via": "10.1.1.7"}]
        self.controller.edit({"routes": routes})
        self.json("subnet", "add", "10.1.3.0/24")
        self.json("subnet", "remove", "10.1.2.0/24")
        self.assertEqual(self.fails("zt", "apply", "lab")["details"]["confirm"], ["removals"])
        self.applied("--confirm", "removals")
        self.assertEqual(self.liveRoutes(), [("10.1.1.0/24", None), ("10.1.3.0/24", None), ("10.0.0.0/8", None),
                                             ("192.168.9.0/24", "10.1.1.7")])
        owners = {r["target"]: r["owner"] for r in self.json("zt", "live", "lab")["routes"]}
        self.assertEqual(owners["192.168.9.0/24"], "foreign")

    def test_equalForeignRouteIsAdoptedWhenAsked(self):
        """CASES M2"""
        self.addNetwork("--routes-from-children")
        self.controller.edit({"routes": [{"target": "10.1.2.0/24", "via": None}]})
        self.assertEqual(self.fails("zt", "apply", "lab")["details"]["confirm"], ["adopt"])
        self.applied("--confirm", "adopt")
        self.assertEqual([t for t, _ in self.liveRoutes()], ["10.1.1.0/24", "10.1.2.0/24", "10.0.0.0/8"])

    def test_conflictingForeignRouteIsNotTouchedUndecided(self):
        """CASES M3"""
        self.addNetwork("--routes-from-children")
        self.controller.edit({"routes": [{"target": "10.1.2.0/24", "via": "10.1.1.9"}]})
        before = self.liveRoutes()
        self.assertIn("replace-foreign", self.fails("zt", "apply", "lab")["details"]["confirm"])
        self.assertEqual(self.liveRoutes(), before)

    def test_changedGatewayTakesTwoRequests(self):
        """CASES M5, ZF 34"""
        self.addNetwork("--routes-from-children", "--parent", "via:10.1.1.254")
        self.applied()
        self.controller.writes()
        self.json("zt", "network", "set", "lab", "--parent", "via:10.1.2.254")
        self.assertEqual(self.applied("--confirm", "regateway")["posts"], 2)
        first, second = [json.loads(r["body"])["routes"] for r in self.controller.writes()]
        self.assertEqual([r["target"] for r in first], ["10.1.1.0/24", "10.1.2.0/24"])
        self.assertEqual(second[-1]["via"], "10.1.2.254")

    def test_renameSendsTheNameOnly(self):
        """CASES M10"""
        self.addNetwork("--routes-from-children")
        self.applied()
        self.controller.writes()
        self.json("zt", "network", "set", "lab", "--title", "The lab")
        self.applied()
        self.assertEqual([json.loads(r["body"]) for r in self.controller.writes()], [{"name": "The lab"}])

    def test_whatADiffShowedIsWhatIsApplied(self):
        """CASES M7"""
        self.addNetwork("--routes-from-children")
        seen = self.json("zt", "diff", "lab")["fingerprint"]
        self.controller.edit({"routes": [{"target": "192.168.9.0/24", "via": None}]})
        self.assertEqual(self.fails("zt", "apply", "lab", "--if-live", seen)["kind"], "stale")
        self.assertEqual(self.liveRoutes(), [("192.168.9.0/24", None)])

    def test_writeThatTheControllerForgetsIsFound(self):
        """CASES M8, SOURCES Z10"""
        self.addNetwork("--routes-from-children")
        self.controller.ask(fault="lostWrite", method="POST", path="/controller/network/*", count=1)
        answer = self.json("zt", "apply", "lab", code=3)
        self.assertTrue(answer["differences"])
        self.assertEqual({r["owner"] for r in self.json("zt", "live", "lab")["routes"]}, set())

    def test_lostReplyIsSettled(self):
        self.addNetwork("--routes-from-children")
        self.controller.ask(fault="lostReply", method="POST", path="/controller/network/*", count=1)
        self.applied()
        self.assertEqual(len(self.liveRoutes()), 3)

    def test_moreThanMembersAreSentIsRefusedByName(self):
        """CASES P9, SOURCES Z3"""
        children = [f"10.1.{i}.0/24" for i in range(128)]
        self.addNetwork("--routes-from-children", children=children)
        error = self.fails("zt", "apply", "lab")
        self.assertEqual(error["kind"], "limit")
        self.assertIn("10.0.0.0/8", error["message"])
        self.assertEqual(self.liveRoutes(), [])
        proposal = self.json("zt", "aggregate", "lab")
        self.assertEqual([r["target"] for r in proposal["routes"]], ["10.1.0.0/17"])  # CASES P10
        self.json("zt", "network", "set", "lab", "--parent", "omit")
        self.applied()
        self.assertEqual(len(self.liveRoutes()), 128)  # CASES P8

    def test_driftIsFound(self):
        self.addNetwork("--routes-from-children")
        self.applied()
        self.assertEqual(self.json("zt", "drift")["networks"][0]["state"], "equal")
        self.controller.edit({"routes": self.controller.network()["routes"][1:]})
        drift = self.json("zt", "drift")["networks"][0]
        self.assertEqual(drift["state"], "drifted")
        self.assertEqual([r["target"] for r in drift["routes"]], ["10.1.1.0/24"])
        self.applied()
        self.assertEqual(self.json("zt", "drift")["networks"][0]["state"], "equal")

    def test_lostNetworkIsRestored(self):
        """CASES M12, ZF 51"""
        self.addNetwork("--routes-from-children")
        self.json("zt", "member", "authorize", "lab", JOINER)
        self.json("zt", "member", "assign", "lab", JOINER, "--subnet", "10.1.1.0/24")
        self.applied()
        self.controller.ask(wipe=NWID)
        error = self.fails("zt", "apply", "lab")
        self.assertTrue(error["details"]["lost"])
        report = self.json("zt", "restore", "lab")
        self.assertTrue(report["written"])
        self.assertEqual(len(self.liveRoutes()), 3)
        self.controller.ask(restart=True)
        report = self.json("zt", "restore", "lab")
        self.assertEqual((report["written"], report["missing"]), (False, []))

    def test_memberGetsExactlyItsAddress(self):
        """CASES D1, D5, SOURCES Z8"""
        self.addNetwork("--routes-from-children")
        self.applied()
        self.controller.ask(join={"network": NWID, "node": JOINER})
        rows = self.json("zt", "members", "lab")["members"]
        self.assertEqual([(m["node"], m["state"]) for m in rows], [(JOINER, "pending")])
        self.controller.writes()
        self.json("zt", "member", "assign", "lab", JOINER.upper(), "--subnet", "10.1.1.0/24", "--no-push")
        self.json("zt", "member", "authorize", "lab", JOINER)
        bodies = [json.loads(r["body"]) for r in self.controller.writes()]
        self.assertEqual(len(bodies), 1)
        self.assertEqual((bodies[0]["authorized"], bodies[0]["ipAssignments"], bodies[0]["noAutoAssignIps"]),
                         (True, ["10.1.1.1"], True))
        self.assertNotIn("activeBridge", bodies[0])
        self.json("zt", "member", "assign", "lab", JOINER, "--address", "10.1.2.9")
        self.assertEqual(self.controller.ask(member={"network": NWID, "node": JOINER})["ipAssignments"], ["10.1.2.9"])
        self.assertEqual([a["address"] for a in self.json("address", "list", "10.1.1.0/24")["addresses"]
                          if a.get("state") == "used"], [])
        self.assertEqual(self.json("zt", "members", "lab")["members"][0]["state"], "pushed")

    def test_addressThatGoesInTheTreeGoesFromTheMember(self):
        """CASES D6"""
        self.addNetwork("--routes-from-children")
        self.json("zt", "member", "authorize", "lab", JOINER)
        self.json("zt", "member", "assign", "lab", JOINER, "--subnet", "10.1.1.0/24")
        self.json("address", "release", "10.1.1.1")
        self.assertEqual(self.json("zt", "members", "lab")["members"][0]["state"], "staged")
        self.json("zt", "push", "lab")
        self.assertEqual(self.controller.ask(member={"network": NWID, "node": JOINER})["ipAssignments"], [])

    def test_addressOfAnotherIsRefused(self):
        """CASES D8"""
        self.addNetwork("--routes-from-children")
        self.json("zt", "member", "assign", "lab", JOINER, "--address", "10.1.1.10")
        error = self.fails("zt", "member", "assign", "lab", OTHER, "--address", "10.1.1.10")
        self.assertEqual((error["kind"], error["details"]["owner"]), ("exists", JOINER))

    def test_foreignMemberIsAdopted(self):
        """CASES D10"""
        self.addNetwork("--routes-from-children")
        self.controller.edit({"authorized": True, "ipAssignments": ["10.1.1.77"]}, node=OTHER)
        self.assertEqual(self.json("zt", "members", "lab")["members"][0]["state"], "foreign")
        self.json("zt", "member", "adopt", "lab", "--all")
        self.assertIn("10.1.1.77", [a["address"] for a in self.json("address", "list", "10.1.1.0/24")["addresses"]])

    def test_addressOutsideOfTheRoutesIsToBeConfirmed(self):
        """CASES D9"""
        self.addNetwork("--routes-from-children", "--parent", "omit")
        self.json("zt", "member", "authorize", "lab", JOINER)
        self.json("zt", "member", "assign", "lab", JOINER, "--address", "10.9.9.9")
        self.assertIn("outside", self.fails("zt", "apply", "lab")["details"]["confirm"])
        self.applied("--confirm", "outside")

    def test_serverGetsItsSubnetAndTheNextApplyCarriesIt(self):
        """SOURCES Z7"""
        self.addNetwork("--routes-from-children")
        self.json("subnet", "allocate", "10.0.0.0/8", "--length", "24", "--reserve-first", "1", "--reserve-last", "1")
        self.applied()
        self.assertEqual(self.liveRoutes()[0], ("10.0.0.0/24", None))
        row = self.json("zt", "member", "assign", "lab", JOINER, "--subnet", "10.0.0.0/24")["members"][0]
        self.assertEqual(row["address"], "10.0.0.2")  # .1 and .254 are kept back

    def test_multicastLimitIsShownAgainstTheNetwork(self):
        """SOURCES Z9, CASES D12"""
        self.addNetwork("--routes-from-children")
        self.controller.edit({"multicastLimit": 0})
        risk = self.json("zt", "diff", "lab")["risk"]["before"]
        self.assertEqual((risk["level"], risk["multicastLimit"]), ("error", 0))

    def test_variablesOfADeviceSayItsChild(self):
        """SOURCES Z4"""
        self.addNetwork("--routes-from-children")
        self.applied()
        self.json("device", "add", "router-1", "--member", JOINER)
        self.json("device", "provision", "router-1", "--network", "lab", "--subnet", "10.1.1.0/24")
        values = {v["name"]: v["value"] for v in self.json("device", "variables", "router-1")["variables"]}
        self.assertEqual((values["vpn_child_subnet_lab"], values["vpn_subnet_lab"]), ("10.1.1.0/24", "10.0.0.0/8"))

    def test_secondWriterWaitsOrIsTold(self):
        """CASES M11"""
        self.addNetwork("--routes-from-children")
        self.controller.ask(fault="slow", ms=1500, method="POST", path="/controller/network/*", count=1)
        results = []
        threads = [threading.Thread(target=lambda: results.append(self.run_("--json", "zt", "apply", "lab")))
                   for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(r.returncode for r in results), [0, 0])
        self.assertEqual(self.controller.ask(requests=True)["mostWritesAtOnce"], 1)
        self.assertEqual(len(self.liveRoutes()), 3)

    def test_tokenIsNowhere(self):
        """CASES C20"""
        self.addNetwork("--routes-from-children")
        self.applied()
        said = "".join(json.dumps(self.json(*words)) for words in (
            ("zt", "controller", "list"), ("journal", "list"), ("zt", "live", "lab"), ("zt", "snapshots", "lab")))
        self.assertNotIn(TOKEN, said)
        if self.store.startswith("sqlite:"):
            for name in os.listdir(self.folder):
                if name.startswith("store"):
                    with open(self.path(name), "rb") as file:
                        self.assertNotIn(TOKEN.encode(), file.read())


if __name__ == "__main__":
    cli_support.main()
