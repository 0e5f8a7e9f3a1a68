#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`instance check` and `instance config`: what is wrong with a server's configuration, and the part of it that is right.

usage: cli_instancecheck_test.py PROGRAM [UNITTEST-OPTION...]
"""
import os
import shutil
import socket
import subprocess
import time
import unittest

import cli_support
from cli_support import Cli, Sqlite, onBothBackEnds

RIGHT = """management /run/openvpn/berlin.sock unix
management-client-user interlock
management-client-auth
management-hold
auth-user-pass-optional
dev tun
topology subnet
server 10.8.0.0 255.255.255.0 nopool
route 100.64.0.0 255.192.0.0
explicit-exit-notify 1
"""


class Files:
    def file(self, content, name="server.conf"):
        path = self.path(name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path


@onBothBackEnds
class Check(Files, Cli):
    def setUp(self):
        super().setUp()
        self.addInstance()

    def rules(self, content, code=0):
        answer = self.json("instance", "check", "berlin", "--config", self.file(content), code=code)
        self.assertEqual(sorted(answer), ["instance", "problems"])
        return [(p["severity"], p["rule"], p["line"]) for p in answer["problems"]]

    def testARightConfigurationHasNoProblem(self):
        self.assertEqual(self.assertChangesNothing("instance", "check", "berlin", "--config", self.file(RIGHT)),
                         {"instance": "berlin", "problems": []})
        self.assertEqual(self.text("instance", "check", "berlin", "--config", self.file(RIGHT)),
                         "Nothing is wrong with berlin.\n")

    def testAnErrorIsExitOneWithItsLineAndWhatToWrite(self):
        path = self.file(RIGHT.replace("auth-user-pass-optional\n", "") + "management-signal\n")
        answer = self.json("instance", "check", "berlin", "--config", path, code=1)
        self.assertEqual([(p["severity"], p["rule"], p["line"], p["instead"]) for p in answer["problems"]],
                         [("error", "authUserPassOptional", None, "auth-user-pass-optional"),
                          ("error", "managementSignal", 10, "remove this line")])
        for problem in answer["problems"]:
            self.assertEqual(sorted(problem), ["details", "instead", "line", "message", "rule", "severity"])
            self.assertNotEqual(problem["message"], "")
        shown = self.run_("instance", "check", "berlin", "--config", path)
        self.assertEqual(shown.returncode, 1)
        self.assertIn(f"{path}:10: error: the server restarts itself", shown.stdout.decode())
        self.assertIn("\n    auth-user-pass-optional\n", shown.stdout.decode())

    def testWarningsAndNotesAreExitZero(self):
        self.assertEqual(self.rules(RIGHT.replace("explicit-exit-notify 1\n", "").replace("management-hold\n", "")),
                         [("warning", "explicitExitNotify", None), ("note", "managementHold", None)])

    def testRowsAndConfigurationAreJudgedTogether(self):
        self.addSites("branch-a", "branch-b", lan="192.168.1.0/27")
        self.json("claim", "resolve", "branch-a", "192.168.1.0/27", "--instance", "berlin")
        self.json("claim", "resolve", "branch-b", "192.168.1.0/27", "--instance", "berlin")
        answer = self.json("instance", "check", "berlin", "--config", self.file(RIGHT))
        self.assertEqual([(p["rule"], p["instead"], p["details"]) for p in answer["problems"]],
                         [("dcoWithClientNat", "disable-dco", {"connectors": ["branch-b"]}),
                          ("routeMissing", "route 192.168.1.0 255.255.255.224", {"prefixes": ["192.168.1.0/27"]})])
        self.json("instance", "set", "berlin", "--standin-range", "100.80.0.0/16")
        alone = self.json("instance", "check", "berlin")["problems"]
        self.assertEqual([(p["severity"], p["rule"], p["details"]) for p in alone],
                         [("warning", "standinOutsideRange",
                           {"claims": [{"cn": "branch-b", "real": "192.168.1.0/27", "virtual": "100.64.0.0/27"}]})])

    def testStandardInputIsTaken(self):
        self.assertEqual(self.json("instance", "check", "berlin", "--config", "-", stdin=RIGHT)["problems"], [])

    def testBadFilesAreNamedWithTheirLine(self):
        for content, kind, line in ((b"dev tun\npush \"route 1.2.3.4\n", "invalid", 2),
                                    (os.urandom(4096).replace(b"\n", b"\0") + b"\n", None, 1),
                                    (b"\x7fELF\x02\x01\x01\0\0\0\0\n", "invalid", 1),
                                    (b"dev tun\n<ca>\nnever closed\n", "invalid", 2),
                                    (b"dev tun\n\n" + b"x" * 10_000_000, "limit", 3),
                                    (b"dev gr\xfc\xdfe\n", "invalid", 1)):
            path = self.file(content)
            begun = time.monotonic()
            error = self.json("instance", "check", "berlin", "--config", path, code=1)["error"]
            self.assertLess(time.monotonic() - begun, 15)
            self.assertEqual(error["details"], {"line": line, "path": path})
            self.assertIn(error["kind"], (kind,) if kind else ("invalid", "limit"))
            self.assertIn(f"line {line} of the configuration: ", error["message"])
        self.assertEqual(self.json("instance", "check", "berlin", "--config", self.file(b"# x\n" * 300_000),
                                   code=1)["error"]["kind"], "limit")

    def testWhatIsNoFileIsRefused(self):
        self.assertRefused("notFound", "instance", "check", "berlin", "--config", self.path("missing"))
        self.assertRefused("invalid", "instance", "check", "berlin", "--config", self.folder)
        self.assertRefused("invalid", "instance", "check", "berlin", "--config", "/dev/zero")
        self.assertRefused("notFound", "instance", "check", "paris")
        self.assertRefused("notFound", "instance", "config", "paris")
        self.assertRefused("usage", "instance", "check", code=2)

    def testTheFragmentIsRight(self):
        self.addSites("branch-a")
        answer = self.assertChangesNothing("instance", "config", "berlin")
        self.assertEqual(sorted(answer), ["instance", "text"])
        self.assertEqual(self.text("instance", "config", "berlin"), answer["text"])
        self.assertEqual(self.rules(answer["text"]), [])
        options = [line for line in answer["text"].split("\n") if line and not line.startswith("#")]
        self.assertEqual(options, RIGHT.replace("explicit", "disable-dco\nexplicit").split("\n")[:-1])


class Real(Files, Cli, Sqlite, unittest.TestCase):
    """OpenVPN itself starts with the fragment."""

    def setUp(self):
        super().setUp()
        missing = [name for name in ("openvpn", "openssl", "unshare") if not shutil.which(name)]
        if os.geteuid() != 0:
            missing.append("root")
        if not os.path.exists("/dev/net/tun"):
            missing.append("/dev/net/tun")
        if missing:
            if os.environ.get("CI"):
                raise AssertionError("in CI there must be: " + ", ".join(missing))
            raise unittest.SkipTest("not here: " + ", ".join(missing))

    def greeting(self, *options):
        """The first line of the management interface of a server with the fragment, and the server's routes."""
        management = self.path("m.sock")
        self.json("instance", "add", "berlin", "--management", "unix:" + management, "--pool", "10.8.0.0/24", *options)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=server", "-keyout", self.path("key.pem"), "-out", self.path("cert.pem")],
                       check=True, capture_output=True, timeout=60)
        # What a package would have installed.
        text = self.text("instance", "config", "berlin").replace("management-client-user interlock", "management-client-user root")
        text = text.replace("/usr/bin/interlock-learn ", self.file("#!/bin/sh\n", "interlock-learn") + " ")
        os.chmod(self.path("interlock-learn"), 0o755)
        config = self.file(text + f"local 127.0.0.1\nca {self.path('cert.pem')}\ncert {self.path('cert.pem')}\n"
                           f"key {self.path('key.pem')}\ndh none\nkeepalive 10 60\nverb 3\n")
        self.assertEqual([p for p in self.json("instance", "check", "berlin", "--config", config)["problems"]
                          if p["severity"] != "note"], [])
        server = subprocess.Popen(["unshare", "-n", "sh", "-c", 'ip link set lo up; exec openvpn --config "$1"', "sh", config],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait, 30)
        self.addCleanup(server.kill)
        until = time.monotonic() + 30
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(30)
        while client.connect_ex(management) != 0:
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                self.fail(server.stdout.read().decode())
            time.sleep(0.02)
        lines = client.makefile("rwb", buffering=0)
        self.addCleanup(lines.close)
        first = lines.readline()
        lines.write(b"hold release\nlog on all\nstate on\n")
        seen = b""
        while b"Initialization Sequence Completed" not in seen:
            line = lines.readline()
            self.assertNotEqual(line, b"", seen.decode())
            seen += line
        return first.decode(), seen.decode()

    def testAServerStartsWithTheFragment(self):
        first, log = self.greeting()
        self.assertTrue(first.startswith(">INFO:OpenVPN Management Interface"))
        self.assertIn("net_route_v4_add: 100.64.0.0/10 via 10.8.0.2", log)

    def testAServerWithAnotherAddressStartsToo(self):
        _, log = self.greeting("--server-address", "10.8.0.254")
        self.assertIn("net_route_v4_add: 100.64.0.0/10 via 10.8.0.1", log)
        self.assertNotIn("needs a gateway", log)

    def testIPv6AndTapStartToo(self):
        _, log = self.greeting("--pool", "fd00:8::/64", "--mode", "tap")
        self.assertIn("fd00:8::1/64", log)
        self.assertNotIn("100.64.0.0", log)


if __name__ == "__main__":
    cli_support.main()
