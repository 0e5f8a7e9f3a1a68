// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"
#include "tests/support/teststore.h"

#include <QProcess>
#include <QStringList>

#include <memory>

namespace interlock::test {

/// Shows the text of the error, if there is one. Evaluates once.
#define VERIFY_OK(expected)                                                                                            \
    do {                                                                                                               \
        const auto &checked = (expected);                                                                              \
        QVERIFY2(checked.has_value(), qPrintable(checked ? QString() : checked.error().detail));                       \
    } while (false)

/// Compares the kind and shows the text of the error.
#define VERIFY_FAILS(expected, expectedKind)                                                                           \
    do {                                                                                                               \
        const auto &failing = (expected);                                                                              \
        QVERIFY2(!failing.has_value(), "it succeeded");                                                                \
        QVERIFY2(failing.error().kind == (expectedKind),                                                               \
                 qPrintable(interlock::nameOf(failing.error().kind) + QStringLiteral(": ") + failing.error().detail)); \
    } while (false)

/// One line a row: table, key and data, without versions and times; in the order of `rows`.
[[nodiscard]] QStringList rowLines(const std::vector<Row> &rows);

/// Lines of `after` that `before` has not ("+ ...") and the other way round ("- ..."); empty when both say the same.
[[nodiscard]] QStringList difference(const std::vector<Row> &before, const std::vector<Row> &after);

/// Findings of check(), one a line, or the error of it; empty means clean.
[[nodiscard]] QStringList findings(Store &store);

/// Every entry of the journal, oldest first, with its images.
[[nodiscard]] std::vector<JournalEntry> wholeJournal(Store &store);

/// Whatever somebody could leave behind: the names of the tables, and of the files beside a SQLite store.
[[nodiscard]] QStringList thingsAt(const StorePlace &place);

/// A connection that bypasses the rules: what an operator with psql or sqlite3 could do.
[[nodiscard]] std::unique_ptr<Connection> rawConnection(const StoreUrl &url);

/// Runs one statement and returns the first column of its first row, if it has any.
[[nodiscard]] Expected<QVariant> raw(Connection &connection, const QString &sql);

/// A process that runs a workload of tests/support/storeworkload.cpp and is killed with the object if it still runs.
class Workload
{
public:
    Workload(const StoreUrl &url, const QString &name, const QStringList &arguments = {});
    ~Workload();
    Workload(const Workload &) = delete;
    Workload &operator=(const Workload &) = delete;

    /// Lets it go when every process of a race is ready.
    void begin();
    /// Waits until it has printed a line that begins so. \returns false after a minute, or when it has ended
    [[nodiscard]] bool waitForLine(const QByteArray &begin);
    /// As kill -9 does, and waits for the end.
    void kill();
    /// \returns false after `seconds`
    [[nodiscard]] bool waitForEnd(int seconds);
    [[nodiscard]] int exitCode() const { return m_process.exitCode(); }

    /// Complete lines that it has printed so far; a line cut by a kill is not among them.
    [[nodiscard]] QStringList lines();

private:
    void read();

    QProcess m_process;
    QByteArray m_output;
};

} // namespace interlock::test
