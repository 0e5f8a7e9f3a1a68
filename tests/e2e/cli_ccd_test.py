#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client-config-dir goes into the store and comes out with the same meaning; on both back ends.

usage: cli_ccd_test.py PROGRAM [UNITTEST-OPTION...]
"""
import os
import pathlib

import cli_support
from cli_support import Cli, onBothBackEnds

BRANCH_A = """\
# the bakery by the river
ifconfig-push 10.8.0.10 255.255.255.0
iroute 192.168.1.0 255.255.255.0
iroute 10.20.0.0 255.255.0.0
iroute-ipv6 fd00:20::/48
push "route 172.16.0.0 255.240.0.0"
push "dhcp-option DNS 10.0.0.1"
"""
BRANCH_B = """\
ifconfig-push 10.8.0.11 255.255.255.0
iroute 10.21.0.0 255.255.0.0
"""


@onBothBackEnds
class Ccd(Cli):
    def setUp(self):
        super().setUp()
        self.addInstance()

    def write(self, folder, **files):
        os.makedirs(self.path(folder), exist_ok=True)
        for name, text in files.items():
            with open(self.path(folder, name), "wb") as file:
                file.write(text if isinstance(text, bytes) else text.encode())
        return self.path(folder)

    def read(self, folder):
        return {path.name: path.read_text(encoding="utf-8") for path in pathlib.Path(folder).iterdir()}

    def imports(self, folder, *options, **expected):
        return self.json("ccd", "import", folder, "--instance", "berlin", *options, **expected)

    def exports(self, folder, *options, **expected):
        return self.json("ccd", "export", self.path(folder), "--instance", "berlin", *options, **expected)

    def testEveryLineArrivesInTheRows(self):  # SOURCES S1 S3
        answer = self.imports(self.write("ccd", **{"branch-a": BRANCH_A, "branch-b": BRANCH_B}))
        self.assertEqual(answer["problems"], [])
        self.assertEqual(answer["connectors"][0], {
            "cn": "branch-a", "addresses": ["10.8.0.10"], "iroutes": ["192.168.1.0/24", "10.20.0.0/16", "fd00:20::/48"],
            "options": [{"type": "route", "value": "172.16.0.0/12"}, {"type": "dhcp-option", "value": "DNS 10.0.0.1"}]})
        self.assertEqual(answer["journal"], 2)  # one entry for all of it
        shown = self.json("connector", "show", "branch-a")
        self.assertEqual([r["prefix"] for r in shown["iroutes"]], ["10.20.0.0/16", "192.168.1.0/24", "fd00:20::/48"])
        self.assertEqual([a["address"] for a in shown["allocations"]], ["10.8.0.10"])
        self.assertEqual([o["line"] for o in shown["options"]],
                         ['push "route 172.16.0.0 255.240.0.0"', 'push "dhcp-option DNS 10.0.0.1"'])
        self.assertIsNone(self.imports(self.path("ccd"))["journal"])  # the same again changes nothing

    def testWhatComesOutMeansWhatWentIn(self):
        self.imports(self.write("in", **{"branch-a": BRANCH_A, "branch-b": BRANCH_B, "ünï cödé": "iroute 10.30.0.0 255.255.0.0\n"}))
        self.exports("out")
        meaning = [sorted(line for line in text.splitlines() if not line.startswith("#"))
                   for _, text in sorted(self.read(self.path("in")).items())]
        self.assertEqual([sorted(text.splitlines()) for _, text in sorted(self.read(self.path("out")).items())], meaning)
        before = self.json("connector", "show", "branch-a")
        self.assertIsNone(self.imports(self.path("out"))["journal"])
        self.assertEqual(self.json("connector", "show", "branch-a"), before)

    def testAStandInIsWrittenWithItsTranslationAndReadBackAsTheRealLan(self):
        self.imports(self.write("in", **{"a": "iroute 192.168.1.0 255.255.255.0\n", "b": "iroute 192.168.1.0 255.255.255.0\n"}))
        for cn in "ab":
            self.json("claim", "resolve", cn, "192.168.1.0/24", "--instance", "berlin")
        self.exports("out")
        self.assertEqual(self.read(self.path("out")), {
            "a": "iroute 192.168.1.0 255.255.255.0\n",
            "b": 'iroute 100.64.0.0 255.255.255.0\npush "client-nat snat 192.168.1.0 255.255.255.0 100.64.0.0"\n'})
        self.assertIsNone(self.imports(self.path("out"))["journal"])

    def testNothingIsSilentlyDropped(self):
        folder = self.write("ccd", **{"branch-a": BRANCH_A + "config /etc/passwd\npush-reset\niroute 10.1.2.3 255.255.0.0\n",
                                      "DEFAULT": "push-reset\n", "huge": b"#" * (1024 * 1024 + 1), "peer": "ifconfig-push 10.8.0.5 10.8.0.6\n"})
        os.symlink("/etc/hostname", self.path("ccd", "link"))
        os.mkdir(self.path("ccd", "sub"))
        error = self.assertRefused("unsupported", "ccd", "import", folder, "--instance", "berlin")
        found = [(p["file"], p["line"], p["severity"]) for p in error["details"]["problems"]]
        self.assertEqual(found, [("DEFAULT", None, "loss"), ("branch-a", 8, "loss"), ("branch-a", 9, "loss"), ("branch-a", 10, "loss"),
                                 ("huge", None, "loss"), ("link", None, "loss"), ("peer", None, "loss"), ("sub", None, "loss")])
        self.assertIn("10.1.0.0/16", error["details"]["problems"][3]["reason"])
        text = self.text("ccd", "import", folder, "--instance", "berlin", code=1)
        self.assertIn("branch-a:8: ", text)
        answer = self.imports(folder, "--skip-unknown")
        self.assertEqual([c["cn"] for c in answer["connectors"]], ["branch-a", "peer"])
        self.assertEqual(len(answer["problems"]), 8)

    def testAnImportIsAllOrNothing(self):
        folder = self.write("ccd", **{"branch-a": BRANCH_A, "branch-b": "ifconfig-push 10.8.0.1 255.255.255.0\n"})
        self.assertRefused("invalid", "ccd", "import", folder, "--instance", "berlin")
        folder = self.write("double", **{"branch-a": BRANCH_A, "branch-b": "ifconfig-push 10.8.0.10 255.255.255.0\n"})
        self.assertRefused("exists", "ccd", "import", folder, "--instance", "berlin")
        folder = self.write("overlap", **{"branch-a": "iroute 10.0.0.0 255.0.0.0\niroute 10.1.0.0 255.255.0.0\n"})
        self.assertRefused("overlapsItself", "ccd", "import", folder, "--instance", "berlin")
        self.assertRefused("notFound", "ccd", "import", folder, "--instance", "nowhere")
        trial = self.assertChangesNothing("ccd", "import", self.write("good", **{"branch-a": BRANCH_A}), "--instance", "berlin", "--dry-run")
        self.assertEqual((trial["journal"], trial["dryRun"]), (None, True))
        self.assertIn("connector", [c["table"] for c in trial["changes"]])

    def testAnImportCanBeTakenBack(self):
        answer = self.imports(self.write("ccd", **{"branch-a": BRANCH_A, "branch-b": BRANCH_B}))
        self.json("journal", "revert", str(answer["journal"]))
        self.assertEqual(self.json("connector", "list"), {"connectors": []})

    def testAnExportDoesNotMixWithOtherFiles(self):
        self.imports(self.write("in", **{"branch-a": BRANCH_A}))
        folder = self.write("out", **{"old": "iroute 10.9.0.0 255.255.0.0\n", "branch-a": "stale\n"})
        before = self.read(folder)
        self.assertRefused("exists", "ccd", "export", folder, "--instance", "berlin")
        self.assertEqual(self.read(folder), before)
        self.assertEqual(self.exports("out", "--force", "--dry-run")["files"], ["branch-a"])
        self.assertEqual(self.read(folder), before)
        self.assertEqual(self.exports("out", "--force")["leftAlone"], ["old"])
        self.assertNotEqual(self.read(folder)["branch-a"], "stale\n")
        os.remove(os.path.join(folder, "branch-a"))
        os.symlink(self.path("victim"), os.path.join(folder, "branch-a"))
        self.assertRefused("exists", "ccd", "export", folder, "--instance", "berlin", "--force")
        self.assertFalse(os.path.exists(self.path("victim")))

    def testANameThatIsNoFileNameIsNeverOne(self):
        for name in ("../../escape", "..", "DEFAULT", "a/b", "fine"):
            self.json("iroute", "set", "--", name, "10.9.0.0/16")
        error = self.assertRefused("unsupported", "ccd", "export", self.path("out"), "--instance", "berlin")
        self.assertEqual(sorted(p["file"] for p in error["details"]["problems"] if p["severity"] == "loss"),
                         ["..", "../../escape", "DEFAULT", "a/b"])
        self.assertFalse(os.path.exists(self.path("out")))
        self.assertEqual(self.exports("out", "--skip-unknown")["files"], ["fine"])
        self.assertEqual(os.listdir(self.path("out")), ["fine"])

    def testACompleteExportIsTheAnswerOfAConnect(self):
        self.imports(self.write("in", **{"branch-a": BRANCH_A, "branch-b": BRANCH_B}))
        self.json("option", "set", "--instance", "berlin", "ping", "10")
        for cn in ("branch-a", "branch-b"):
            self.json("decide", cn, "--instance", "berlin")
        self.exports("out", "--complete")
        for cn in ("branch-a", "branch-b"):
            lines = self.json("decide", cn, "--instance", "berlin")["lines"]
            self.assertEqual(sorted(self.read(self.path("out"))[cn].splitlines()), sorted(lines))


if __name__ == "__main__":
    cli_support.main()
