# SPDX-License-Identifier: GPL-3.0-or-later
"""A place of one's own for a test that needs networks: nothing of it can outlive the test or touch what is outside.

The test goes on in a child that is process 1 of its own process namespace and has its own mounts and network, with its
own /run/netns: names of network namespaces cannot collide, and when the child ends, however it ends, the kernel ends
every process in there and with the last one every namespace. The parent only waits, and kills the child when the time
is over, when it is told to end, or when it ends itself.
"""
import ctypes
import errno
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77  # ctest's SKIP_RETURN_CODE
PROGRAMS = ("openvpn", "openssl", "ip", "nft", "ping", "tcpdump", "sysctl")
CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(kind, target, flags=0):
    checked(libc.mount(kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), None), f"mount {target}")


def searchPath():
    """Programs of the system's administrator are not on everybody's PATH."""
    folders = os.environ.get("PATH", "").split(":")
    os.environ["PATH"] = ":".join(folders + [f for f in ("/usr/sbin", "/sbin") if f not in folders])


def whatIsMissing():
    """Why this machine cannot run the tests, one reason an entry; empty when it can."""
    searchPath()
    reasons = [f"no program '{p}'" for p in PROGRAMS if not shutil.which(p)]
    if os.geteuid() != 0:
        reasons.append("not root: network namespaces cannot be made")
        return reasons
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        reasons.append(f"/dev/net/tun: {error.strerror}")
    if shutil.which("openvpn"):
        said = subprocess.run(["openvpn", "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
        found = re.match(r"OpenVPN (\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < (2, 6):
            reasons.append(f"OpenVPN 2.6 or later is needed, this is '{said[:20]}'")
    # Asked in a child: what is not shared any more cannot be shared again.
    child = os.fork()
    if child == 0:
        failed = libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET) != 0
        os._exit(ctypes.get_errno() if failed else 0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        reasons.append(f"namespaces cannot be made: {os.strerror(status)}")
    return reasons


def giveUp(reasons):
    """Ends the program: a failure where everything has to be there, a skip that says why elsewhere."""
    mustRun = os.environ.get("CI", "") not in ("", "0", "false")
    for reason in reasons:
        print(f"{'missing' if mustRun else 'skipped'}: {reason}", file=sys.stderr)
    sys.exit(1 if mustRun else SKIPPED)


def moveIn():
    """What the child does before anything else."""
    mount("none", "/", MS_REC | MS_PRIVATE)
    mount("proc", "/proc")
    os.makedirs("/run/netns", exist_ok=True)
    mount("tmpfs", "/run/netns")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=20)


def wait(child, limit):
    """The child's exit status; kills it after `limit` seconds, or never when that is None."""
    ends = None if limit is None else time.monotonic() + limit
    while True:
        # signal.sigtimedwait would miss a child that is gone already; a quarter of a second is nothing here.
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status)
        if ends is not None and time.monotonic() > ends:
            print(f"not done after {limit} s: everything in the bed is ended", file=sys.stderr)
            os.kill(child, signal.SIGKILL)
            ends = None
        signal.sigtimedwait({signal.SIGCHLD}, 0.25)


def inside(body, limit):
    """Runs body(folder) as described above; returns its exit status. `folder` is there only as long.

    \\param limit  seconds after which everything is ended; None: never
    """
    folder = tempfile.mkdtemp(prefix="interlock-", dir="/tmp")  # short: it holds unix sockets
    os.chmod(folder, 0o755)
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    checked(libc.unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET), "unshare")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() not in (0, parent):
                os._exit(1)  # the parent is gone already
            # Asked before /proc is that of the new namespace, where everybody here is process 1.
            os.environ["INTERLOCK_BED_PID"] = os.readlink("/proc/self")
            moveIn()
            status = body(pathlib.Path(folder))
        except BaseException:  # pylint: disable=broad-except
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def end(*_):
        try:
            os.kill(child, signal.SIGKILL)
        except OSError as error:
            if error.errno != errno.ESRCH:
                raise

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child gets it too, and ends in order
    try:
        status = wait(child, limit)
        return status if status >= 0 else 128 - status
    finally:
        shutil.rmtree(folder, ignore_errors=True)
