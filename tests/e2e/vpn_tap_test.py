#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behind which client a MAC address is, on a TAP server whose learn-address hook is interlock-learn.

usage: vpn_tap_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import sys

from vpn import scenario
from vpn.console import Console, program
from vpn.process import until

MOVING, STAYING = "02:aa:bb:cc:00:01", "02:aa:bb:cc:00:02"
# A frame to everybody, of a type that is set aside for experiments, from whichever MAC is asked for.
SEND = """
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
s.send(b"\\xff" * 6 + bytes.fromhex(sys.argv[2].replace(":", "")) + b"\\x88\\xb5" + b"x" * 46)
"""


class Macs(scenario.Scenario):
    def setUp(self):
        super().setUp()
        self.clients = [self.bed.client(cn, mode="tap") for cn in ("left", "right")]
        self.console = Console(self.bed)
        self.console.addInstance("--mode", "tap")
        self.console.allocate("left", "right")
        self.learn = self.bed.folder / "learn"

    def bringUp(self, *hook):
        self.bed.startServer(mode="tap", lines=hook)
        self.daemon = self.console.serve("--learn-socket", str(self.learn))
        self.bed.serverUp()
        for client in self.clients:
            client.start()
        for client in self.clients:
            client.established()
        until(lambda: {s["cn"]: s["state"] for s in self.console.sessions()} == {c: "established"
                                                                               for c in ("left", "right")},
              "both sessions established")

    def hook(self):
        return "script-security 2", f'learn-address "{program("interlock-learn")} {self.learn} vpn"'

    def say(self, namespace, mac):
        self.bed.run(namespace, sys.executable, "-c", SEND, "tap0", mac)

    def behind(self, mac):
        return self.console.ctl("mac", "find", mac)["cn"]

    def comes(self, mac, cn, patience=5, says=None):
        """Waits until `mac` is behind `cn`; `says` repeats its frame, as a living machine does."""
        def look():
            if says:
                self.say(says, mac)
            found = self.behind(mac)
            if found != cn:
                raise AssertionError(f"{mac} is behind {found}")
            return True
        until(look, f"{mac} behind {cn}", patience)

    # openvpn/FACTS.md 51, 54, 55
    def testMacAppearsMovesAndGoesWithItsSession(self):
        self.bringUp(*self.hook())
        self.assertIsNone(self.behind(MOVING))
        self.say("left", MOVING)
        self.say("left", STAYING)
        with self.measured("two MACs appear", 1):
            self.comes(MOVING, "left")
            self.comes(STAYING, "left")
        with self.measured("a MAC moves", 1):
            self.say("right", MOVING)
            self.comes(MOVING, "right")
        with self.measured("a MAC goes with its session"):
            self.clients[1].stop()
            self.comes(MOVING, None, patience=30)
        self.assertEqual(self.behind(STAYING), "left")
        listed = {m["mac"]: m["cn"] for m in self.console.ctl("mac", "list", "--instance", "vpn")["macs"]}
        self.assertEqual((listed.get(STAYING), set(listed.values())), ("left", {"left"}))

    # openvpn/FACTS.md 55: the status is a second source, which needs no hook.
    def testMacsAreFoundAgainAfterARestartOfOurs(self):
        self.bringUp(*self.hook())
        self.say("left", STAYING)
        self.comes(STAYING, "left")
        self.daemon.kill()
        self.say("right", MOVING)  # its hook finds nobody
        self.bed.server.line(f"MULTI: Learn: {MOVING}")
        with self.measured("restarted, and both MACs are back"):
            self.console.serve("--learn-socket", str(self.learn))
            self.comes(STAYING, "left", patience=30)
            self.comes(MOVING, "right", patience=30)

    def testMacsAreFoundWithoutAHook(self):
        self.bringUp()
        with self.measured("a MAC appears"):
            self.comes(MOVING, "left", patience=30, says="left")


if __name__ == "__main__":
    scenario.main(limit=300)
