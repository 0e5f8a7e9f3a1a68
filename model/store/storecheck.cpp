// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storecheck.h"

#include "model/rules/consistency.h"
#include "model/rules/rowimage.h"
#include "model/store/journalreplay.h"
#include "model/store/migrator.h"
#include "model/store/rowtable.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Expected<qint64> count(Connection &connection, const QString &table)
{
    return connection.run(table + u"_count"_s).map([](Statement *statement) {
        const qint64 rows = statement->next() ? statement->number(0) : 0;
        statement->query().finish();
        return rows;
    });
}

Expected<void> checkFile(Connection &connection, std::vector<StoreProblem> &problems)
{
    if (connection.dialect() != Dialect::Sqlite)
        return {};
    auto pages = connection.direct(u"PRAGMA main.integrity_check"_s, u"checking the file"_s);
    if (!pages)
        return fail(pages.error());
    while (pages->next()) {
        if (const QString text = pages->value(0).toString(); text != u"ok"_s)
            problems.push_back({u"corrupt"_s, {}, {}, text});
    }
    auto keys = connection.direct(u"PRAGMA main.foreign_key_check"_s, u"checking the file"_s);
    if (!keys)
        return fail(keys.error());
    while (keys->next())
        problems.push_back({u"orphan"_s, keys->value(0).toString(), keys->value(1).toString(),
                            u"refers to a row of %1 that is not there"_s.arg(keys->value(2).toString())});
    return {};
}

Expected<void> checkRows(Connection &connection, std::vector<StoreProblem> &problems)
{
    Topology topology;
    if (const auto ok = readAllRows(connection, [&](Row row) { topology.load(std::move(row)); }); !ok)
        return ok;
    topology.endLoad();
    for (const Inconsistency &finding : findInconsistencies(topology))
        problems.push_back({finding.isOrphan ? u"orphan"_s : u"overlap"_s,
                            QString::fromUtf16(kTableNames.at(tableOf(finding.row))), keyOf(finding.row),
                            finding.detail});
    return {};
}

Expected<void> checkNumbers(Connection &connection, std::vector<StoreProblem> &problems)
{
    const auto rows = connection.run(u"journal_gaps"_s);
    if (!rows)
        return fail(rows.error());
    if ((*rows)->next()) {
        const qint64 entries = (*rows)->number(0);
        const qint64 last = (*rows)->number(1);
        if (entries != last)
            problems.push_back(
                {u"journal"_s, u"journal"_s, {}, u"%1 entries but the last has number %2"_s.arg(entries).arg(last)});
    }
    (*rows)->query().finish();
    return {};
}

Expected<void> compareWithTables(Connection &connection, JournalReplay &replay)
{
    const auto read = readAllRows(connection, [&](const Row &row) {
        const std::pair key{tableOf(row), keyOf(row)};
        const auto found = replay.rows.find(key);
        const QString table = QString::fromUtf16(kTableNames.at(key.first));
        if (found == replay.rows.end()) {
            replay.problems.push_back({u"journal"_s, table, key.second, u"the row is not in the journal"_s});
            return;
        }
        if (found->second != row)
            replay.problems.push_back({u"journal"_s, table, key.second, u"the row differs from its last image"_s});
        replay.rows.erase(found);
    });
    if (!read)
        return read;
    for (const auto &[key, row] : replay.rows)
        replay.problems.push_back({u"journal"_s, QString::fromUtf16(kTableNames.at(key.first)), key.second,
                                   u"the row of the journal is not there"_s});
    return {};
}

Expected<std::vector<StoreProblem>> verifyInside(Connection &connection)
{
    const auto head = connection.journalHead();
    if (!head)
        return fail(head.error());
    auto replay = replayJournal(connection, head->id);
    if (!replay)
        return fail(replay.error());
    if (const auto ok = compareWithTables(connection, *replay); !ok)
        return fail(ok.error());
    return std::move(replay->problems);
}

Expected<std::vector<StoreProblem>> checkInside(Connection &connection)
{
    std::vector<StoreProblem> problems;
    for (const auto check : {checkFile, checkRows, checkNumbers}) {
        if (const auto ok = check(connection, problems); !ok)
            return fail(ok.error());
    }
    const auto journal = verifyInside(connection);
    if (!journal)
        return journal;
    problems.insert(problems.end(), journal->begin(), journal->end());
    return problems;
}

/// One state throughout: others may write meanwhile.
template <typename Look>
auto inOneState(Connection &connection, Look look) -> decltype(look(connection))
{
    if (const auto ok = connection.beginRead(); !ok)
        return fail(ok.error());
    auto result = look(connection);
    connection.rollback();
    return result;
}

} // namespace

Expected<StoreInfo> storeInfo(Connection &connection)
{
    return inOneState(connection, [](Connection &link) -> Expected<StoreInfo> {
        const auto version = schemaVersion(link);
        if (!version)
            return fail(version.error());
        const auto head = link.journalHead();
        if (!head)
            return fail(head.error());
        StoreInfo info{link.dialect() == Dialect::Sqlite ? u"sqlite"_s : u"postgresql"_s,
                       *version,
                       link.url().toString(),
                       head->id,
                       {}};
        QStringList tables;
        for (const char16_t *name : kTableNames)
            tables.append(QString::fromUtf16(name));
        tables += QStringList{u"journal"_s, u"session_history"_s};
        for (const QString &table : tables) {
            const auto rows = count(link, table);
            if (!rows)
                return fail(rows.error());
            info.counts.emplace_back(table, *rows);
        }
        return info;
    });
}

Expected<std::vector<StoreProblem>> checkStore(Connection &connection)
{
    return inOneState(connection, checkInside);
}

Expected<std::vector<StoreProblem>> verifyJournalImages(Connection &connection)
{
    return inOneState(connection, verifyInside);
}

} // namespace interlock
