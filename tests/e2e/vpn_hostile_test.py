#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Common names, user names and client variables that try to be commands, columns or rows of somebody else.

usage: vpn_hostile_test.py [FOLDER] [--keep] [UNITTEST-OPTION...]
"""
import collections
import re

from vpn import scenario
from vpn.console import Console
from vpn.process import until
from vpn.wiretap import Wiretap

# What the certificate says -> what the server makes of it. openvpn/FACTS.md 56
NAMES = {
    b"a\nb >CLIENT:ENV,common_name=root": "a_b >CLIENT:ENV,common_name=root",
    b"x\nEND\nclient-kill 0": "x_END_client-kill 0",
    b"a\"b'c": "a\"b'c",
    b"two  words": "two  words",
    b"a,b=c/d": "a,b=c/d",
    b"../../etc/passwd": "../../etc/passwd",
    "şube-İzmir".encode(): "şube-İzmir",
    b"tab\there": "tab_here",
    b"nul\0gone": "nul",
    b"$(touch /tmp/x)`id`": "$(touch /tmp/x)`id`",
    b"back\\slash": "back\\slash",
    b"L" * 64: "L" * 64,
    b"<b>&amp;": "<b>&amp;",
    b"a;b#c": "a;b#c",
    b"user@host:1-2_3.4": "user@host:1-2_3.4",
    b"\x1b[31mred\x07": "_[31mred_",
    b"END": "END",
    b"client-auth 0 1": "client-auth 0 1",
    b"'; DROP TABLE connector; --": "'; DROP TABLE connector; --",
    b"%s%n{0}": "%s%n{0}",
    b"--help": "--help",
}
SEVERAL = ((b"first", b"the last one"), "the last one")
NAMELESS = b""

# What the client says -> what the server makes of it. openvpn/FACTS.md 57
USERS = {
    "  lead and  trail  ": "  lead and  trail  ",
    '>CLIENT:ENV,END"': '>CLIENT:ENV,END"',
    ">CLIENT:DISCONNECT,0": ">CLIENT:DISCONNECT,0",
    'a"b\'c,d\\e': 'a"b\'c,d\\e',
    "tab\there": "tabhere",
    "şube": "şube",
    "u" * 120: "u" * 120,
}
SECRET = "open-sesame-7193"

NETWORK = r"\d+\.\d+\.\d+\.\d+ \d+\.\d+\.\d+\.\d+"
TEXT = r'"[\w .,:;()\'/-]*"'
# Everything that interlockd may ever say to the server: no word of a client's is in any of it.
GRAMMAR = re.compile("|".join((
    r"hold release", r"(state|log)( (on|off|all|on all))?", r"bytecount \d+", r"status 3", r"version( \d+)?", r"pid", r"load-stats",
    r"client-auth \d+ \d+", r"client-auth-nt \d+ \d+", rf"client-deny \d+ \d+ {TEXT}( {TEXT})?", rf'client-kill \d+( {TEXT})?',
    rf"ifconfig-push {NETWORK}", rf"iroute {NETWORK}", rf'push "route {NETWORK}( \S+)?"',
    rf'push "client-nat snat {NETWORK} \d+\.\d+\.\d+\.\d+"', r"END", r"quit", r"exit")))


class Hostile(scenario.Scenario):
    def bringUp(self, *options):
        self.console = Console(self.bed)
        tapped = self.bed.folder / "tapped"
        self.console.addInstance(*options, "--block-length", "32", socketPath=tapped)
        self.bed.startServer()
        self.wire = Wiretap(tapped, self.bed.socket)
        self.addCleanup(self.wire.close)
        self.daemon = self.console.serve()
        self.bed.serverUp()

    def assertNothingLeakedIntoACommand(self):
        self.assertEqual([line for line in self.wire.sent if not GRAMMAR.fullmatch(line.text)], [])
        answered = collections.Counter(line.text for line in self.wire.sent if line.text.startswith("client-auth "))
        self.assertEqual([line for line, times in answered.items() if times > 1], [])

    def lans(self, names):
        return {cn: f"172.21.{number}.0/24" for number, cn in enumerate(names)}

    def testEveryCommonNameIsARowOfItsOwnAndPartOfNoCommand(self):
        expected = [*NAMES.values(), SEVERAL[1]]
        clients = self.bed.crowd([*((n, ()) for n in NAMES), (SEVERAL[0], ()), (NAMELESS, ())])
        self.bringUp("--auto-allocate", "yes", "--unknown-cn", "deny")
        lans = self.lans(expected)
        for cn, lan in lans.items():
            self.console.ctl("iroute", "set", "--", cn, lan)
        for client in clients:
            client.start()
        for client in clients[:-1]:
            client.established(60)
        sessions = self.console.settled(*expected, patience=60)
        self.assertEqual({cn: s["installed"] for cn, s in sessions.items()}, {cn: [lan] for cn, lan in lans.items()})
        clients[-1].process.line("AUTH_FAILED|SIGTERM|Restart")  # a client without a name is nobody
        self.assertEqual({c["cn"] for c in self.console.ctl("connector", "list")["connectors"]}, set(expected))

        # An operator's words about them do not carry them either.
        for cn in list(NAMES.values())[:6]:
            self.console.ctl("session", "deny", "--for", "1m", "--", cn)
        gone = set(list(NAMES.values())[:6])
        until(lambda: {s["cn"] for s in self.console.sessions() if s["state"] != "leaving"} == set(expected) - gone,
              "the denied are gone and nobody else", patience=30)
        self.assertNothingLeakedIntoACommand()

    def testUserNamesAreShownAsTheServerHasThemAndPasswordsNowhere(self):
        def login(number, user):
            file = self.bed.folder / f"login-{number}"
            file.write_text(f"{user}\n{SECRET}\n", encoding="utf-8")
            file.chmod(0o600)
            return (f"auth-user-pass {file}", "push-peer-info", "setenv UV_common_name root",
                    'setenv UV_x "1 >CLIENT:ENV,END"')
        clients = self.bed.crowd((f"user-{n}", login(n, user)) for n, user in enumerate(USERS))
        self.bringUp("--auto-allocate", "yes", "--unknown-cn", "admit")
        for client in clients:
            client.start()
        for client in clients:
            client.established(60)
        names = [f"user-{n}" for n in range(len(USERS))]
        sessions = self.console.settled(*names, patience=60)
        self.assertEqual([sessions[cn]["username"] for cn in names], list(USERS.values()))
        # It did arrive: what is looked for below can be found.
        self.assertIn(f">CLIENT:ENV,password={SECRET}", [line.text for line in self.wire.received])
        self.assertNothingLeakedIntoACommand()
        self.assertEqual(self.daemon.end(), 0)
        said = "\n".join(self.daemon.process.lines)
        self.assertNotIn(SECRET, said)
        self.assertEqual([f.name for f in self.bed.folder.glob("store.db*") if SECRET.encode() in f.read_bytes()], [])


if __name__ == "__main__":
    scenario.main(limit=300)
