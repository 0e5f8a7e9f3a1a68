#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of subnets go into the store, all or nothing, and come out again; on both back ends.

usage: cli_import_test.py PROGRAM [UNITTEST-OPTION...]
"""
import json
import os
import pathlib
import signal
import subprocess

import cli_support
from cli_support import Cli, onBothBackEnds

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "import"


@onBothBackEnds
class Import(Cli):
    def write(self, name, text):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def imports(self, path, *options, **expected):
        return self.json("subnet", "import", str(path), *options, **expected)

    def exports(self, *options):
        return self.run_("subnet", "export", *options).stdout

    def rows(self, group, *words):
        """What is stored, without times and versions."""
        return [{k: v for k, v in row.items() if k not in ("createdAt", "allocatedAt", "version")}
                for row in self.json(group, "list", *words)["subnets" if group == "subnet" else "addresses"]]

    def problems(self, error):
        return [(p["line"], p["column"], p["kind"]) for p in error["details"]["problems"]]

    def testEachFormatIsRecognisedAndTold(self):
        for name, kind, subnets, hosts in (("openwisp.csv", "openwisp", 1, 4), ("netbox-prefixes-form.csv", "netbox", 2, 0),
                                           ("own.csv", "csv", 4, 2)):
            answer = self.assertChangesNothing("subnet", "import", str(FIXTURES / name), "--create-tenants", "--dry-run")
            self.assertEqual((answer["format"], answer["added"]), (kind, {"subnets": subnets, "addresses": hosts}))
        self.assertIn("format netbox", self.run_("subnet", "import", str(FIXTURES / "netbox-prefixes-form.csv"), "--dry-run").stderr.decode())

    def testWhatOpenWispExportedComesBackByteForByte(self):  # CASES X1
        answer = self.imports(FIXTURES / "openwisp.csv", "--create-tenants")
        self.assertEqual((answer["journal"], answer["added"]), (1, {"subnets": 1, "addresses": 4}))
        self.assertEqual(self.exports("10.0.0.0/24", "--format", "openwisp"), (FIXTURES / "openwisp.csv").read_bytes())

    def testWhatIsThereStaysAsItIs(self):  # CASES X3
        self.json("subnet", "add", "10.27.1.0/24", "--name", "Ours")
        self.json("address", "add", "10.27.1.1", "--for", "us")
        self.assertEqual(self.imports(FIXTURES / "openwisp-indented.csv")["added"], {"subnets": 0, "addresses": 3})
        self.assertEqual(self.rows("subnet")[0]["name"], "Ours")
        self.assertEqual(self.json("address", "list", "10.27.1.0/24")["addresses"][0]["holder"], "us")
        self.assertIsNone(self.imports(FIXTURES / "openwisp-indented.csv")["journal"])
        self.assertEqual(self.problems(self.assertRefused("invalid", "subnet", "import", str(FIXTURES / "openwisp-indented.csv"), "--refuse-existing")),
                         [(2, "prefix", "exists")] + [(line, "address", "exists") for line in (6, 7, 8, 9)])

    def testEveryErrorIsListedWithItsLineAndNothingIsStored(self):  # CASES X4 X6
        self.json("subnet", "add", "10.0.0.0/16", "--tenant", "acme")
        bad = self.write("bad.csv", "prefix,address,tenant,role\n"
                                    "10.1.0.0/16,,acme,\n"          # good
                                    "10.2.0.1/16,,acme,\n"          # host bits
                                    "10.3.0.0/16,,nobody,\n"        # no such tenant
                                    "10.0.5.0/24,,,\n"              # shared, in a tenant's
                                    ",10.9.0.1,acme,\n"             # in no subnet
                                    "10.1.0.0/16,,acme,king\n"      # twice, and no role
                                    "10.4.0.0/16\n")                # short
        error = self.assertRefused("invalid", "subnet", "import", bad)
        self.assertEqual(self.problems(error), [(3, "prefix", "hostBits"), (4, "prefix", "notFound"), (5, "prefix", "overlap"),
                                                (6, "address", "invalid"), (7, "role", "invalid"), (8, "", "invalid")])
        self.assertRefused("invalid", "subnet", "import", bad, "--dry-run")
        self.assertIn(bad + ":3: prefix: ", self.text("subnet", "import", bad, code=1))

    def testWhatIsNoFileOfRowsIsRefused(self):  # CASES X5
        self.assertRefused("notFound", "subnet", "import", self.path("missing.csv"))
        self.assertRefused("unsupported", "subnet", "import", self.write("rows.pdf", "%PDF"))
        self.assertRefused("unsupported", "subnet", "import", self.folder)
        self.assertRefused("invalid", "subnet", "import", self.write("unknown.csv", "prefix,color\n10.0.0.0/8,red\n"))
        self.assertRefused("invalid", "subnet", "import", "-", stdin=b"")

    def testATreeComesBackWithEverything(self):  # CASES X8
        self.imports(FIXTURES / "own.csv", "--create-tenants")
        self.json("subnet", "set", "10.1.0.0/16", "--description", "=HYPERLINK(\"x\"), said \"so\"")
        subnets, hosts = self.rows("subnet"), self.rows("address", "10.1.1.0/24")
        for form in ("csv", "json"):
            content = self.exports("--format", form)
            self.assertNotIn(b",=HYPERLINK", content)
            self.assertEqual(self.json("subnet", "export", "--format", form)["text"], content.decode())
            self.json("subnet", "remove", "10.0.0.0/8", "--with-children")
            self.json("subnet", "remove", "fd00:1::/48")
            self.assertEqual(self.rows("subnet"), [])
            self.assertEqual(self.imports("-", stdin=content)["format"], form)
            self.assertEqual((self.rows("subnet"), self.rows("address", "10.1.1.0/24")), (subnets, hosts))

    def testNetBoxGetsWhatItGave(self):
        self.imports(FIXTURES / "netbox-prefixes-export.csv", "--create-tenants")
        stored = self.rows("subnet")
        content = self.exports("--format", "netbox")
        self.assertTrue(content.startswith(b"prefix,tenant,status,description,tags,"))
        self.json("subnet", "remove", "10.0.0.0/8", "--with-children")
        self.imports("-", stdin=content)
        self.assertEqual(self.rows("subnet"), stored)

    def testAnImportIsOneUndo(self):
        self.imports(FIXTURES / "own.csv", "--create-tenants")
        self.json("journal", "revert", "1")
        self.assertEqual(self.rows("subnet"), [])

    def started(self):
        environment = {**os.environ, "INTERLOCK_STORE": self.store, "HOME": self.folder}
        return subprocess.Popen([cli_support.program(), "--json", "subnet", "import", "-"], env=environment,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def testCtrlCWhileReadingLeavesNothing(self):
        before = self.fingerprint()
        with self.started() as running:
            running.stdin.write(b"prefix\n" + b"".join(b"10.%d.%d.0/24\n" % (i // 256, i % 256) for i in range(60_000)))
            running.stdin.flush()
            for _ in range(17):  # more than the pipe holds: what it tells, it has read
                running.stdin.write(b" " * 1024 * 1024)
            running.stdin.flush()
            self.assertIn(b"read 16 MiB", running.stderr.readline())
            running.send_signal(signal.SIGINT)
            output, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 1)
        self.assertIn(b"cancelled", output)
        self.assertEqual(self.fingerprint(), before)

    def testCtrlCWhileCheckingLeavesNothing(self):
        before = self.fingerprint()
        with self.started() as running:
            running.stdin.write(b"prefix\n" + b"".join(b"10.%d.%d.0/24\n" % (i // 256, i % 256) for i in range(60_000)))
            running.stdin.close()
            while not running.stderr.readline().startswith(b"checked "):
                self.assertIsNone(running.poll())
            running.send_signal(signal.SIGINT)
            output = running.stdout.read()
            running.wait(timeout=60)
        if running.returncode != 0:  # else it was quicker than the signal
            self.assertEqual(running.returncode, 1)
            self.assertTrue(json.loads(output)["error"]["details"]["cancelled"])
            self.assertEqual(self.fingerprint(), before)
        self.assertEqual(self.json("store", "check")["problems"], [])

    def testAllErrorsAreListedOrAsManyAsAsked(self):
        bad = self.write("bad.csv", "prefix,tenant\n" + "".join("10.%d.%d.0/24,nobody\n" % (i // 256, i % 256) for i in range(3_000)))
        for options in ((), ("--dry-run",)):
            error = self.assertRefused("invalid", "subnet", "import", bad, *options)
            self.assertEqual(error["details"]["count"], 3_000)
            self.assertEqual([p["line"] for p in error["details"]["problems"]], list(range(2, 3_002)))
        for number in (0, 7):
            error = self.assertRefused("invalid", "subnet", "import", bad, "--errors", str(number))
            self.assertEqual((error["details"]["count"], len(error["details"]["problems"])), (3_000, number))
        self.assertRefused("invalid", "subnet", "import", bad, "--errors", "-1")

    def testCtrlCWhileStoringLeavesAllOrNothing(self):
        before = self.fingerprint()
        with self.started() as running:
            running.stdin.write(b"prefix\n" + b"".join(b"10.%d.%d.0/24\n" % (i // 256, i % 256) for i in range(60_000)))
            running.stdin.close()
            told = []
            while b"storing 60000 rows\n" not in told and (line := running.stderr.readline()):
                told.append(line)
            self.assertEqual(told[-1], b"storing 60000 rows\n", told)
            self.assertIn(b"checked 30000 of 60000 rows\n", told)
            running.send_signal(signal.SIGINT)
            running.wait(timeout=60)
        after = self.fingerprint()
        if running.returncode == 0:  # it was quicker than the signal
            self.assertEqual(len(self.json("subnet", "list")["subnets"]), 60_000)
        else:
            self.assertEqual(after, before)
        self.assertEqual(self.json("store", "check")["problems"], [])


if __name__ == "__main__":
    cli_support.main()
