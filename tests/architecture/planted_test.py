#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants one violation at a time in a small sound tree: the checker must name each, and nothing in the sound tree.

usage: planted_test.py CHECKER [CHECKER-OPTION...]
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = []
SPDX = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
HEADER = SPDX + "#pragma once\n"

SOUND = {
    "model/values/address.h": HEADER + "#include <QString>\n#include <compare>\n#include <tl/expected.hpp>\n",
    "model/values/address.cpp": SPDX + '#include "model/values/address.h"\n#include <algorithm>\n',
    "model/rules/overlap.h": HEADER + '#include "model/values/address.h"\n// It reads no QFile and no QDateTime::currentDateTime().\n',
    "model/commands/command.h": HEADER + '#include "model/rules/overlap.h"\n#include <QFuture>\n',
    "model/store/database.h": HEADER + '#include "model/commands/command.h"\n#include <QSqlQuery>\n#include <sqlite3.h>\n#include <libpq-fe.h>\n#include <sys/file.h>\n',
    "model/store/database.cpp": SPDX + '#include "model/store/database.h"\nauto a = u"BEGIN IMMEDIATE"_s; auto b = u"PRAGMA foreign_keys = ON"_s; auto c = u"LISTEN journal"_s;\n',
    "model/link/reader.h": HEADER + '#include "model/values/address.h"\n#include <QTcpSocket>\n',
    "model/engine/engine.h": HEADER + '#include "model/link/reader.h"\n#include "model/commands/command.h"\n',
    "model/tables/table.h": HEADER + '#include "model/commands/command.h"\n#include <QAbstractItemModel>\n',
    "model/sim/server.h": HEADER + '#include "model/rules/overlap.h"\n#include <QTcpServer>\n',
    "ui/plot/plot.h": HEADER + "#include <qcustomplot.h>\n#include <QWidget>\n",
    "ui/shell/shell.h": HEADER + '#include "ui/plot/plot.h"\n#include "model/tables/table.h"\n#include <QMainWindow>\n',
    "ui/shell/shell.cpp": SPDX + '#include "ui/shell/shell.h"\nauto a = tr("Select the subnet to update, then delete it"); char c = \'"\';\n',
    "app/interlock/main.cpp": SPDX + '#include "model/store/database.h"\n#include "ui/shell/shell.h"\n#include <CLI/CLI.hpp>\n#include <unistd.h>\n',
    "tests/unit/tst_address.cpp": SPDX + '#include "model/values/address.h"\n#include <QTest>\nauto a = "SELECT 1";\n',
    "tests/fixtures/notes.md": "as found in ../" + "shared\n",
    "README.md": "Read ARCHITECTURE.md.\n",
}


def include(layer_file, *names):
    """The sound file with more #include lines."""
    return {layer_file: SOUND[layer_file] + "".join(f"#include {n}\n" for n in names)}


def added(file, text):
    return {file: SOUND[file] + text}


# What is planted -> (the changed files, a part of the line that names it).
PLANTED = {
    "values include rules": (include("model/values/address.h", '"model/rules/overlap.h"'), "values may not include rules"),
    "rules include commands": (include("model/rules/overlap.h", '"model/commands/command.h"'), "rules may not include commands"),
    "commands include the store": (include("model/commands/command.h", '"model/store/database.h"'), "commands may not include store"),
    "store includes link": (include("model/store/database.h", '"model/link/reader.h"'), "store may not include link"),
    "link includes rules": (include("model/link/reader.h", '"model/rules/overlap.h"'), "link may not include rules"),
    "engine includes the store": (include("model/engine/engine.h", '"model/store/database.h"'), "engine may not include store"),
    "tables include the engine": (include("model/tables/table.h", '"model/engine/engine.h"'), "tables may not include engine"),
    "sim includes link": (include("model/sim/server.h", '"model/link/reader.h"'), "sim may not include link"),
    "plot includes tables": (include("ui/plot/plot.h", '"model/tables/table.h"'), "plot may not include tables"),
    "interface includes the store": (include("ui/shell/shell.cpp", '"model/store/database.h"'), "ui may not include store"),
    "interface includes link": (include("ui/shell/shell.h", '"model/link/reader.h"'), "ui may not include link"),
    "model includes the interface": (include("model/tables/table.h", '"ui/shell/shell.h"'), "tables may not include ui"),
    "Widgets in values": (include("model/values/address.h", "<QWidget>"), "values may not use Qt Widgets"),
    "Gui in tables": (include("model/tables/table.h", "<QIcon>"), "tables may not use Qt Gui"),
    "Widgets by module path": (include("model/tables/table.h", "<QtWidgets/QWidget>"), "without their module"),
    "Sql in tables": (include("model/tables/table.h", "<QSqlQuery>"), "tables may not use Qt Sql"),
    "Network in rules": (include("model/rules/overlap.h", "<QHostAddress>"), "rules may not use Qt Network"),
    "Sql in the interface": (include("ui/shell/shell.h", "<QSqlQuery>"), "ui may not use Qt Sql"),
    "indented include": (added("model/tables/table.h", "  #  include <QIcon>\n"), "tables may not use Qt Gui"),
    "unknown Qt header": (include("model/values/address.h", "<QNothing>"), "in no Qt module"),
    "SQLite in the engine": (include("model/engine/engine.h", "<sqlite3.h>"), "engine may not include <sqlite3.h>"),
    "libpq in tables": (include("model/tables/table.h", "<libpq-fe.h>"), "tables may not include <libpq-fe.h>"),
    "QCustomPlot outside plot": (include("ui/shell/shell.h", "<qcustomplot.h>"), "ui may not include <qcustomplot.h>"),
    "CLI11 in commands": (include("model/commands/command.h", "<CLI/CLI.hpp>"), "commands may not include <CLI/CLI.hpp>"),
    "system header in values": (include("model/values/address.h", "<unistd.h>"), "values may not include <unistd.h>"),
    "include from beside": (include("model/values/address.h", '"error.h"'), "not named from the root"),
    "include of a missing file": (include("model/values/address.h", '"model/values/none.h"'), "is not there"),
    "unknown layer": ({"model/misc/thing.h": HEADER}, "'misc' is no layer"),
    "QObject header in rules": (include("model/rules/overlap.h", "<QObject>"), "rules is pure, no <QObject>"),
    "file header in values": (include("model/values/address.h", "<QFile>"), "values is pure, no <QFile>"),
    "thread in rules": (include("model/rules/overlap.h", "<thread>"), "rules is pure, no <thread>"),
    "clock of Qt in rules": (added("model/rules/overlap.h", "auto t = QDateTime::currentDateTimeUtc();\n"), "a clock"),
    "clock of std in values": (added("model/values/address.h", "auto t = std::chrono::steady_clock::now();\n"), "a clock"),
    "timer in rules": (added("model/rules/overlap.h", "QElapsedTimer t;\n"), "a clock"),
    "logging in rules": (added("model/rules/overlap.h", 'void f() { qWarning("x"); }\n'), "logging"),
    "logging category in values": (added("model/values/address.cpp", 'Q_LOGGING_CATEGORY(c, "x")\n'), "logging"),
    "output in rules": (added("model/rules/overlap.h", "void f() { std::cout << 1; }\n"), "input or output"),
    "chance in rules": (added("model/rules/overlap.h", "int f() { return QRandomGenerator::global()->bounded(6); }\n"), "chance"),
    "select in a source": (added("model/store/database.cpp", 'auto q = u"SELECT cn FROM claim"_s;\n'), "SQL text"),
    "insert or ignore": (added("model/store/database.cpp", 'auto q = "INSERT OR IGNORE INTO t VALUES (1)";\n'), "SQL text"),
    "update over two literals": (added("app/interlock/main.cpp", 'auto q = "UPDATE claim "\n    "SET cn = 1";\n'), "SQL text"),
    "delete in a raw literal": (added("ui/shell/shell.cpp", 'auto q = R"sql(\nDELETE FROM claim)sql";\n'), "SQL text"),
    "create table": (added("model/store/database.cpp", 'auto q = u"CREATE TABLE t (x)"_s;\n'), "SQL text"),
    "no licence line in a source": ({"model/values/address.cpp": '#include "model/values/address.h"\n'}, "the first line is not"),
    "no licence line in a test": ({"tests/unit/tst_x.cpp": "#include <QTest>\n"}, "the first line is not"),
    "another licence": ({"model/values/x.h": "// SPDX-License-Identifier: MIT\n#pragma once\n"}, "the first line is not"),
    "no pragma once": ({"model/values/x.h": SPDX + "#include <QString>\n"}, "#pragma once"),
    "own header second": ({"model/values/address.cpp": SPDX + '#include <QList>\n#include "model/values/address.h"\n'}, "the first #include is not"),
    "place outside the clone": (added("README.md", "See ../" + "shared/DESIGN.md.\n"), "a place on one machine"),
    "folder of one machine": (added("README.md", "cd /" + "work/main\n"), "a place on one machine"),
    "folder of one person": (added("README.md", "cd /" + "home/somebody\n"), "a place on one machine"),
}


def check(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            file = pathlib.Path(root, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        result = subprocess.run([sys.executable, *CHECKER, root], capture_output=True, text=True, check=False)
    return result.returncode, result.stdout.splitlines(), result.stderr


class Planted(unittest.TestCase):
    maxDiff = None

    def testSoundTreeHasNoFault(self):
        sources = sum(name.endswith((".h", ".cpp")) for name in SOUND)
        self.assertEqual(check(SOUND), (0, [f"{sources} sources, 0 faults"], ""))

    def testEachPlantedViolationIsNamedWithItsFileAndNothingElseIs(self):
        for name, (files, part) in PLANTED.items():
            with self.subTest(planted=name):
                code, lines, errors = check({**SOUND, **files})
                self.assertEqual((code, len(lines), errors), (1, 2, ""), lines)
                self.assertRegex(lines[0], rf"\A{next(iter(files))}:\d+: ")
                self.assertIn(part, lines[0])

    def testLineOfAFaultIsTheLineInTheFile(self):
        text = SOUND["model/tables/table.h"] + "/* two\nlines */\n#include <QIcon>\n"
        _, lines, _ = check({**SOUND, "model/tables/table.h": text})
        self.assertTrue(lines[0].startswith("model/tables/table.h:7: "), lines)

    def testTreeWithoutSourcesFails(self):
        self.assertEqual(check({"README.md": "nothing\n"}), (1, ["0 sources, 0 faults"], ""))


if __name__ == "__main__":
    CHECKER = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=1)
