#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the sources as text and names what breaks ARCHITECTURE.md or a house rule; exit 1 if anything does.

usage: check.py [--qt-headers DIR] ROOT

Linking does not stop an #include (the Qt headers of all modules lie in one folder), so the includes are read here.
"""
import argparse
import pathlib
import re
import subprocess
import sys

# Layer -> (layers that it may include, Qt modules, other headers). What is not listed is refused.
ARROWS = {
    "values": ("", "Core", "tl/ arpa/inet.h"),  # inet_pton reads text, no network
    "rules": ("values", "Core", "tl/ csv.h"),  # libcsv takes bytes and gives fields, no files
    "commands": ("rules values", "Core", "tl/"),
    "store": ("commands rules values", "Core Sql", "tl/ sqlite3.h libpq-fe.h"),
    "link": ("values", "Core Network", "tl/ netlink/ nftables/libnftables.h"),
    "engine": ("commands rules link values", "Core", "tl/"),
    "tables": ("commands rules values", "Core", "tl/"),
    "sim": ("values rules", "Core Network", "tl/"),
    "plot": ("", "Core Gui Widgets PrintSupport", "qcustomplot.h"),
    "ui": ("tables commands rules values plot", "Core Gui Widgets Svg PrintSupport", "tl/"),
    "app": ("values rules commands store link engine tables sim plot ui",
            "Core Gui Widgets Svg PrintSupport Sql Network Concurrent HttpServer", "tl/ CLI/ qt6keychain/"),
}
# A header of the system, as <fcntl.h>, is input and output: only where that is the layer's work.
SYSTEM_HEADERS_IN = {"store", "link", "engine", "sim", "app"}

# rules (and values, which it stands on) are pure: no clock, no input or output, no threads, no QObject, no logging.
PURE = {"values", "rules"}
IMPURE_STD = set("filesystem fstream iostream istream ostream cstdio ctime thread mutex shared_mutex "
                 "condition_variable future semaphore random csignal syncstream print".split())
IMPURE_QT = set("QObject QFile QSaveFile QTemporaryFile QTemporaryDir QDir QDirIterator QFileInfo QIODevice QTextStream "
                "QProcess QSettings QStandardPaths QThread QMutex QTimer QElapsedTimer QDeadlineTimer QLoggingCategory "
                "QDebug QtDebug QRandomGenerator QCoreApplication QSocketNotifier QEventLoop QFuture QPromise".split())
IMPURE_WORDS = {
    r"\bQ_OBJECT\b|\bQObject\b": "a QObject",
    r"\bQ(DateTime|Date|Time)::current|\bclock::now\b|_clock::now\b|\bTimestamp::now\b|\bQElapsedTimer\b|\bstd::time\b": "a clock",
    r"\bQ(File|Dir|SaveFile|TextStream|Process)\b|\bstd::(cout|cerr|clog|ifstream|ofstream|fstream)\b|\bprintf\b": "input or output",
    r"\bq(Debug|Info|Warning|Critical|Fatal|CDebug|CInfo|CWarning|CCritical)\b|\bQ_LOGGING_CATEGORY\b|\bQLoggingCategory\b": "logging",
    r"\bQRandomGenerator\b|\bstd::random_device\b": "chance",
}

# Words of SQL in capitals, as our statements are written; what rules a transaction or listens needs no file.
SQL = re.compile(r"\bSELECT\s|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bREPLACE\s+INTO\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE\s+FROM\b"
                 r"|\b(CREATE|DROP|ALTER)\s+(UNIQUE\s+|TEMP\s+|UNLOGGED\s+)*(TABLE|INDEX|VIEW|TRIGGER|DATABASE|SCHEMA)\b"
                 r"|\bCOPY\s+\S+.*\bSTDIN\b|\bTRUNCATE\s")

# Written apart, so that this file does not hold what it looks for.
PLACES = [re.compile(p) for p in (r"\.\./" + "shared", r"(?<![\w.])/" + r"work/", r"(?<![\w.$}])/" + r"home/\w", r"(?<![\w.])/" + r"root/")]

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<tag>[^\s()\\]{0,16})\((?P<raw>.*?)\)(?P=tag)"'
    r'|"(?P<plain>(?:\\.|[^"\\\n])*)"'
    r"|'(?:\\.|[^'\\\n])+'"
    r"|(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", re.S)


def split(text):
    """(code without comments and without the content of literals, the literals), lines kept.

    Literals with nothing but blanks and prefixes between them are one, as they are for the compiler.
    """
    literals, last_end = [], None
    code = []
    position = 0
    for token in TOKEN.finditer(text):
        code.append(text[position:token.start()])
        literal = token["raw"] if token["raw"] is not None else token["plain"]
        line_begin = text.rfind("\n", 0, token.start()) + 1
        if literal is not None and not re.match(r"\s*#\s*include", text[line_begin:token.start()]):
            between = text[last_end:token.start()] if last_end is not None else "x"
            if re.fullmatch(r"(_s|_ba|_L1|sv|s)?\s*(u8|u|U|L)?", between):
                literals[-1] = (literals[-1][0], literals[-1][1] + literal)
            else:
                literals.append((text.count("\n", 0, token.start()) + 1, literal))
            last_end = token.end()
            code.append('""')
        elif literal is not None:
            code.append(token.group())
        elif not token.group().startswith("/"):
            code.append(token.group())
        code.append("\n" * token.group().count("\n"))
        position = token.end()
    code.append(text[position:])
    return "".join(code), literals


def layer_of(path):
    """The layer of a file named from the root, or None."""
    parts = path.split("/")
    if parts[0] == "model" and len(parts) > 2:
        return parts[1]
    if parts[0] == "ui":
        return "plot" if len(parts) > 2 and parts[1] == "plot" else "ui"
    return "app" if parts[0] == "app" else None


class QtHeaders:
    """Which modules have a header of that name."""

    def __init__(self, folder):
        self.modules = {}
        for header in pathlib.Path(folder).glob("Qt*/*"):
            self.modules.setdefault(header.name, set()).add(header.parent.name[2:])

    def of(self, name):
        return self.modules.get(name, set())


class Check:
    def __init__(self, root, qt_headers):
        self.root = pathlib.Path(root)
        self.qt = QtHeaders(qt_headers)
        self.faults = []

    def fault(self, path, line, text):
        self.faults.append(f"{path}:{line}: {text}")

    def run(self):
        sources = 0
        for top in ("model", "ui", "app", "tests"):
            for file in sorted(self.root.glob(f"{top}/**/*")):
                path = file.relative_to(self.root).as_posix()
                if file.suffix not in (".h", ".cpp") or path.startswith("tests/fixtures/"):
                    continue
                sources += 1
                text = file.read_text(encoding="utf-8")
                self.house(path, text)
                if top != "tests":
                    self.layer(path, text)
        self.own_header_first()
        self.places()
        return sources

    def house(self, path, text):
        if text.split("\n", 1)[0] != f"// {SPDX}":
            self.fault(path, 1, f"the first line is not '// {SPDX}'")
        if path.endswith(".h"):
            code = split(text)[0].split()
            if code[:2] != ["#pragma", "once"]:
                self.fault(path, 1, "a header begins with #pragma once")

    def layer(self, path, text):
        layer = layer_of(path)
        if layer not in ARROWS:
            self.fault(path, 1, f"'{layer}' is no layer of ARCHITECTURE.md")
            return
        code, literals = split(text)
        for match in INCLUDE.finditer(code):
            line = code.count("\n", 0, match.start(2)) + 1
            reason = self.refused(path, layer, match[1] == "<", match[2])
            if reason:
                self.fault(path, line, reason)
        if layer in PURE:
            for number, line in enumerate(INCLUDE.sub("", code).split("\n"), 1):
                for pattern, what in IMPURE_WORDS.items():
                    if re.search(pattern, line):
                        self.fault(path, number, f"{layer} is pure and has {what} here")
        for line, literal in literals:
            if SQL.search(re.sub(r"\\[nt]", " ", literal)):
                self.fault(path, line, "SQL text belongs under resources/sql")

    def refused(self, path, layer, angled, name):
        """Why `path` may not include `name`, or None."""
        layers, modules, others = ARROWS[layer]
        if not angled:
            if name.endswith(".moc") or name.startswith("ui_"):
                return None
            target = layer_of(name)
            if target is None:
                return f'"{name}" is not named from the root'
            if target != layer and target not in layers.split():
                return f"{layer} may not include {target} ({name})"
            if not (self.root / name).is_file():
                return f"{name} is not there"
            return None
        for other in others.split():
            if name == other or (other.endswith("/") and name.startswith(other)):
                return None
        if re.fullmatch(r"[a-z_]+", name):
            return f"{layer} is pure, no <{name}>" if layer in PURE and name in IMPURE_STD else None
        if re.match(r"Qt[A-Z]\w*/", name):
            return f"<{name}>: Qt headers are named without their module"
        if re.match(r"Q[A-Za-z]", name):
            found = self.qt.of(name)
            if not found:
                return f"<{name}> is in no Qt module here"
            if not found & set(modules.split()):
                return f"{layer} may not use Qt {' or '.join(sorted(found))} (<{name}>)"
            return f"{layer} is pure, no <{name}>" if layer in PURE and name in IMPURE_QT else None
        if layer in SYSTEM_HEADERS_IN and re.fullmatch(r"(sys/|netinet/|arpa/|net/|linux/)?[a-z0-9_]+\.h", name) \
                and name not in ("sqlite3.h", "qcustomplot.h"):
            return None
        return f"{layer} may not include <{name}>"

    def own_header_first(self):
        """Then every header that has a source is compiled alone by it."""
        for top in ("model", "ui", "app"):
            for source in sorted(self.root.glob(f"{top}/**/*.cpp")):
                header = source.with_suffix(".h")
                if not header.is_file():
                    continue
                own = header.relative_to(self.root).as_posix()
                first = INCLUDE.search(split(source.read_text(encoding="utf-8"))[0])
                if first is None or first[2] != own:
                    self.fault(source.relative_to(self.root).as_posix(), 1, f'the first #include is not "{own}"')

    def tracked(self):
        git = subprocess.run(
            ["git", "-c", f"safe.directory={self.root.resolve()}", "-C", str(self.root), "ls-files", "-z"],
            capture_output=True, check=False)
        inside = git.returncode == 0 and (self.root / ".git").exists()
        if inside:
            return [p for p in git.stdout.decode().split("\0") if p]
        return [f.relative_to(self.root).as_posix() for f in self.root.glob("**/*") if f.is_file()]

    def places(self):
        """No file speaks of one machine's folders, or reads what a clone does not have."""
        for path in self.tracked():
            file = self.root / path
            if path.startswith(("tests/fixtures/", "build/")) or not file.is_file():
                continue
            data = file.read_bytes()
            if b"\0" in data:
                continue
            for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
                for place in PLACES:
                    found = place.search(line)
                    if found:
                        self.fault(path, number, f"'{found[0]}' is a place on one machine")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--qt-headers", default="/usr/include/x86_64-linux-gnu/qt6")
    parser.add_argument("root")
    options = parser.parse_args()
    check = Check(options.root, options.qt_headers)
    sources = check.run()
    for fault in check.faults:
        print(fault)
    print(f"{sources} sources, {len(check.faults)} faults")
    return 1 if check.faults or sources == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
