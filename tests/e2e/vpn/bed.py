#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real OpenVPN server, its clients, and the LANs behind them, each in a network namespace of its own.

    inside .10 --10.50.0.0/24-- .1 server .1 --198.18.0.0/16 (wan)-- .11 branch-a .1 --192.168.1.0/27-- .10 branch-a-host
                                                                 `-- .12 branch-b .1 --192.168.1.0/27-- .10 branch-b-host
                                                                 `-- .13 laptop

A bed is made inside isolation.inside(), which also ends it. As a program it brings this picture up, with the server
waiting for somebody to attach to its management socket, and keeps it until it is interrupted (README.md beside it).
"""
import ipaddress
import os
import pathlib
import re
import signal
import subprocess
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from vpn import isolation
from vpn.pki import Pki
from vpn.process import PATIENCE, Missing, Process, until

WAN = ipaddress.ip_network("198.18.0.0/16")
SERVER = "198.18.0.1"
INSIDE = ipaddress.ip_network("10.50.0.0/24")
READY = "Initialization Sequence Completed"
PASSWORD = "a password of the management socket"

SERVER_CONFIG = """\
local {address}
port 1194
proto udp4
dev {mode}0
dev-type {mode}
{device}
ca {pki.ca}
cert {pki.server}
key {pki.serverKey}
dh none
keepalive 5 30
management {management}
management-hold
management-client-auth
auth-user-pass-optional
explicit-exit-notify 1
max-clients 250
verb 4
"""

CLIENT_CONFIG = """\
client
dev {mode}
dev-type {mode}
proto udp4
remote {address} 1194
nobind
ca {pki.ca}
cert {certificate}
key {pki.clientKey}
remote-cert-tls server
connect-retry 1 2
explicit-exit-notify 1
script-security 1
verb 3
"""


class Client:
    """An OpenVPN client in a namespace; `start` does not wait, `established` does."""

    def __init__(self, bed, namespace, certificate, mode="tun", lines=(), label=None):
        self.bed = bed
        self.namespace = namespace
        self.label = label or namespace
        self.file = bed.folder / f"{self.label}.conf"
        self.file.write_text(CLIENT_CONFIG.format(mode=mode, address=SERVER, pki=bed.pki, certificate=certificate)
                             + "".join(line + "\n" for line in lines), encoding="utf-8")
        self.process = None
        self._since = 0

    def start(self):
        self.process = self.bed.start(self.label, self.namespace, "openvpn", "--config", str(self.file))
        self._since = 0
        return self

    def established(self, patience=PATIENCE):
        """Waits until the tunnel is up, the next time when it was already waited for."""
        self.process.line(READY, self._since, patience)
        self._since = self.process.seen
        return self

    def seen(self):
        """From here on: the next established() is about what comes now."""
        self._since = self.process.seen

    def stop(self):
        return self.process.end()


class Bed:
    """The namespaces and what runs in them. Names are the caller's, and namespaces are named as their inhabitants."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pki = sharedPki(self.folder.parent)
        self.started = []
        self.atEnd = []  # called when everything has ended
        self.clients = {}
        self.lans = {}  # namespace of a LAN's host -> its address
        self.server = None
        self.socket = self.folder / "mgmt"
        self.passwordFile = self.folder / "mgmt.password"
        self._numbers = 10
        self._namespaces = []
        self._makeNamespaces("wan", "server")
        self.ip("-n", "wan", "link", "add", "wan", "type", "bridge")
        self.ip("-n", "wan", "link", "set", "wan", "up")
        self._attach("server", SERVER)
        self.forward("server")

    # --- namespaces ---

    @staticmethod
    def ip(*words, batch=None):
        result = subprocess.run(["ip", *words], input=batch, capture_output=True, text=True, timeout=60, check=False)
        if result.returncode:
            raise Missing(f"ip {' '.join(words)}: {result.stderr}{batch or ''}")
        return result.stdout

    def _makeNamespaces(self, *names):
        self.ip("-batch", "-", batch="".join(f"netns add {n}\n" for n in names))
        self._namespaces += names
        for each in names:
            self.ip("-n", each, "link", "set", "lo", "up")

    def _attach(self, namespace, address):
        port = f"p{len(self._namespaces)}"
        self.ip("link", "add", port, "netns", "wan", "type", "veth", "peer", "name", "wan0", "netns", namespace)
        self.ip("-n", "wan", "link", "set", port, "master", "wan", "up")
        self.ip("-n", namespace, "-batch", "-",
                batch=f"address add {address}/{WAN.prefixlen} dev wan0\nlink set wan0 up\n")

    def forward(self, namespace):
        self.run(namespace, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1")

    def lan(self, router, lan, host=10):
        """Puts a LAN behind `router`, which has its first address, with the machine ROUTER-host at its number `host`."""
        network = ipaddress.ip_network(lan)
        machine = f"{router}-host"
        self._makeNamespaces(machine)
        self.ip("link", "add", "lan0", "netns", router, "type", "veth", "peer", "name", "eth0", "netns", machine)
        self.ip("-n", router, "-batch", "-",
                batch=f"address add {network[1]}/{network.prefixlen} dev lan0\nlink set lan0 up\n")
        self.ip("-n", machine, "-batch", "-",
                batch=f"address add {network[host]}/{network.prefixlen} dev eth0\nlink set eth0 up\n"
                      f"route add default via {network[1]}\n")
        self.forward(router)
        self.lans[machine] = str(network[host])
        return machine

    def inside(self):
        """A machine behind the server, which knows nothing but its default route."""
        self._makeNamespaces("inside")
        self.ip("link", "add", "in0", "netns", "server", "type", "veth", "peer", "name", "eth0", "netns", "inside")
        self.ip("-n", "server", "-batch", "-",
                batch=f"address add {INSIDE[1]}/{INSIDE.prefixlen} dev in0\nlink set in0 up\n")
        self.ip("-n", "inside", "-batch", "-",
                batch=f"address add {INSIDE[10]}/{INSIDE.prefixlen} dev eth0\nlink set eth0 up\n"
                      f"route add default via {INSIDE[1]}\n")
        return "inside"

    # --- programs ---

    def words(self, namespace, *words):
        return ["ip", "netns", "exec", namespace, *words]

    def start(self, label, namespace, *words, **options):
        """A running Process; ended with the bed if not before."""
        process = Process(label, self.words(namespace, *words), self.folder / f"{label}.log", **options)
        self.started.append(process)
        return process

    def run(self, namespace, *words, check=True, timeout=60, **options):
        """Runs to the end; returns the CompletedProcess with its text."""
        result = subprocess.run(self.words(namespace, *words), capture_output=True, text=True, timeout=timeout,
                                stdin=subprocess.DEVNULL, check=False, **options)
        if check and result.returncode:
            raise Missing(f"{namespace}: {' '.join(words)}: status {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    # --- OpenVPN ---

    def startServer(self, management="unix", mode="tun", lines=("route 100.64.0.0 255.192.0.0",)):
        """Starts the server, which waits at its hold; `management` is unix, or tcp with a password."""
        self.passwordFile.write_text(PASSWORD + "\n", encoding="ascii")
        self.passwordFile.chmod(0o600)
        where = f"{self.socket} unix" if management == "unix" else f"127.0.0.1 7505 {self.passwordFile}"
        device = "server 10.8.0.0 255.255.255.0 nopool\ntopology subnet"
        file = self.folder / "server.conf"
        file.write_text(SERVER_CONFIG.format(address=SERVER, mode=mode, device=device, pki=self.pki, management=where)
                        + "".join(line + "\n" for line in lines), encoding="utf-8")
        self.server = self.start("server", "server", "openvpn", "--config", str(file))
        self.server.line(r"MANAGEMENT: (unix domain socket|TCP Socket) listening")
        return self.server

    def serverUp(self, since=0, patience=PATIENCE):
        """Waits until somebody released the server's hold and its device is there."""
        self.server.line(READY, since, patience)

    def client(self, cn, mode="tun", lines=(), namespace=None):
        """A client with this common name, in a namespace of its own, not started yet."""
        namespace = namespace or cn
        self._numbers += 1
        self._makeNamespaces(namespace)
        self._attach(namespace, str(WAN[self._numbers]))
        self.clients[namespace] = Client(self, namespace, self.pki.client(cn), mode, lines)
        return self.clients[namespace]

    def crowd(self, subjects, namespace="crowd"):
        r"""Clients in one namespace, not started: a tunnel device each, whose addresses and routes stay unused.

        \param subjects  (common name or names, further lines of its configuration) of each
        """
        self._numbers += 1
        self._makeNamespaces(namespace)
        self._attach(namespace, str(WAN[self._numbers]))
        clients = [Client(self, namespace, self.pki.client(*([names] if isinstance(names, (str, bytes)) else names)),
                          lines=("ifconfig-noexec", "route-noexec", *lines), label=f"{namespace}-{number}")
                   for number, (names, lines) in enumerate(subjects)]
        self.clients.update((client.label, client) for client in clients)
        return clients

    def site(self, cn, lan, **options):
        """A client that is the router of a LAN."""
        client = self.client(cn, **options)
        self.lan(client.namespace, lan)
        return client

    # --- looking ---

    def ping(self, namespace, address, count=3, interval=0.2):
        """How many of `count` echo requests were answered."""
        return self.answered(self.startPing(namespace, address, "-c", str(count), "-i", str(interval), "-W", "2"))

    def stream(self, namespace, address):
        """Pings ten times a second, until lost() ends it."""
        return self.startPing(namespace, address, "-i", "0.1")

    @staticmethod
    def lost(stream):
        """Ends a stream, once it was answered again; the numbers of the requests that never were."""
        stream.line(r"icmp_seq=\d+ ttl", since=stream.seen)
        stream.end(signal.SIGINT)
        answered = {int(m[1]) for m in (re.search(r"icmp_seq=(\d+) ttl", line) for line in stream.lines) if m}
        return sorted(set(range(1, max(answered))) - answered)

    def startPing(self, namespace, address, *options):
        return self.start(f"ping-{namespace}-{address}", namespace, "ping", "-n", *options, str(address))

    @staticmethod
    def answered(process):
        """How many answers a ping had that ends by itself."""
        found = process.line(r"packets transmitted, (\d+) received", patience=60)
        process.end()
        return int(found[1])

    def pings(self, *pairs, count=3, interval=0.2):
        """Pings every (namespace, address) at the same time; the numbers of answers, in that order."""
        running = [self.startPing(n, a, "-c", str(count), "-i", str(interval), "-W", "2") for n, a in pairs]
        return [self.answered(p) for p in running]

    def capture(self, namespace, interface="eth0", what="icmp"):
        return Capture(self, namespace, interface, what)

    def natRules(self):
        """The packet filter of every namespace, by name; nothing but empty texts where nobody translates."""
        return {n: self.run(n, "nft", "list", "ruleset").stdout.strip() for n in self._namespaces}

    def routes(self, namespace="server"):
        """The kernel's routes, a line each, with numbers for names."""
        return [line.strip() for line in self.run(namespace, "ip", "-N", "route", "show").stdout.splitlines()]

    # --- the end ---

    def end(self):
        """Ends what was started and removes the namespaces. Never fails: the kernel does it anyway in a moment."""
        for process in reversed(self.started):
            if process.isRunning:
                process.process.kill()
        for process in self.started:
            try:
                process.end()
            except (OSError, subprocess.TimeoutExpired) as error:
                print(f"{process.name} did not end: {error}", file=sys.stderr)
        for each in self.atEnd:
            each()
        for each in self._namespaces:
            subprocess.run(["ip", "netns", "delete", each], capture_output=True, timeout=60, check=False)

    def tails(self, count=15):
        """The end of every log: what a failure is told with."""
        return "\n".join(f"--- {p.name}\n  " + "\n  ".join(p.lines[-count:]) for p in self.started
                         if p.lines and not p.name.startswith("ping-"))

    def writeEntrance(self):
        """A script that runs a command in a namespace of this bed from outside of it; returns its path."""
        script = self.folder / "in"
        # Process 1 of the bed, as it is called outside.
        pid = os.environ["INTERLOCK_BED_PID"]
        script.write_text(f'#!/bin/sh\n# in NAMESPACE COMMAND...\nexec nsenter --target {pid} --mount --pid -- '
                          'ip netns exec "$@"\n', encoding="ascii")
        script.chmod(0o755)
        return script

    def stay(self):
        """Keeps the bed until Ctrl+C, or the end of standard input where that is a terminal's."""
        print(f"\nThe bed stays. Namespaces: {' '.join(self._namespaces)}\n"
              f"  a command in one:   {self.writeEntrance()} laptop ping 100.64.0.10\n"
              f"  logs and files:     {self.folder}\n"
              f"  management socket:  {self.socket}\n"
              "Ctrl+C ends it.", flush=True)
        try:
            while True:
                until(lambda: False, "", patience=3600, every=0.5)
        except (KeyboardInterrupt, Missing):
            print("ending", flush=True)


class Capture:
    """tcpdump on one interface; packets are counted when a test knows that they came."""

    def __init__(self, bed, namespace, interface, what):
        self.process = bed.start(f"capture-{namespace}", namespace, "tcpdump", "-l", "-n", "-q", "--immediate-mode",
                                 "-i", interface, what)
        self.process.line("listening on")

    def requests(self):
        """(source, destination) of every echo request so far, of either family."""
        found = (re.search(r"IP6? (\S+) > (\S+): ICMP6?,? echo request", line) for line in list(self.process.lines))
        return [(m[1], m[2]) for m in found if m]

    def afterEnd(self):
        """requests() when nothing can be on its way any more."""
        self.process.end(signal.SIGINT)
        return self.requests()


_pki = {}


def sharedPki(folder):
    """One for all beds of a run: only the clients' names differ."""
    if folder not in _pki:
        _pki[folder] = Pki(folder / "pki")
    return _pki[folder]


def twoSites(bed, inside=True):
    """The picture above; (branch-a, branch-b, laptop), not started."""
    sites = (bed.site("branch-a", "192.168.1.0/27"), bed.site("branch-b", "192.168.1.0/27"), bed.client("laptop"))
    if inside:
        bed.inside()
    return sites


def keepUp(folder):
    bed = Bed(folder / "bed")
    try:
        clients = twoSites(bed)
        bed.startServer()
        for client in clients:
            client.start()
        bed.stay()
    finally:
        bed.end()
    return 0


if __name__ == "__main__":
    missing = isolation.whatIsMissing()
    if missing:
        isolation.giveUp(missing)
    sys.exit(isolation.inside(keepUp, None))
