// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/storebench.h"

#include "model/rules/rowimage.h"
#include "model/store/bulkload.h"
#include "model/store/migrator.h"
#include "model/store/rowtable.h"

#include <QSqlError>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

void onServer(const QString &sql)
{
    const auto server = orDie(Connection::open(orDie(StoreUrl::parse(qEnvironmentVariable("INTERLOCK_TEST_POSTGRES"))),
                                               Connection::Access::Existing));
    orDie(server->direct(sql, sql).map([](const QSqlQuery &) {}));
}

} // namespace

std::vector<Dialect> dialects()
{
    if (qEnvironmentVariableIsEmpty("INTERLOCK_TEST_POSTGRES"))
        return {Dialect::Sqlite};
    return {Dialect::Sqlite, Dialect::Postgres};
}

QString nameOf(Dialect dialect)
{
    return dialect == Dialect::Sqlite ? u"SQLite"_s : u"PostgreSQL"_s;
}

BenchStore::BenchStore(Dialect dialect)
{
    if (dialect == Dialect::Sqlite) {
        m_url.path = m_folder.filePath(u"store.db"_s);
    } else {
        m_url = orDie(StoreUrl::parse(qEnvironmentVariable("INTERLOCK_TEST_POSTGRES")));
        m_url.database = u"b_"_s + QUuid::createUuid().toString(QUuid::Id128);
        onServer(u"CREATE DATABASE "_s + m_url.database);
    }
    m_connection = orDie(Connection::open(m_url, Connection::Access::Create));
    orDie(migrate(*m_connection));
}

BenchStore::~BenchStore()
{
    m_connection.reset();
    if (m_url.dialect == Dialect::Postgres)
        onServer(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_url.database));
}

void BenchStore::fill(const std::vector<Row> &rows)
{
    orDie(m_connection->beginWrite());
    for (std::size_t table = 0; table < kTableCount; ++table) {
        BulkLoader loader(*m_connection, QString::fromUtf16(kTableNames.at(table)) + u"_insert"_s);
        for (const Row &row : rows) {
            if (tableOf(row) == table)
                orDie(loader.add([&](const QString &name) { return boundValue(row, name); }));
        }
        orDie(loader.finish());
    }
    orDie(m_connection->commit());
    if (m_url.dialect == Dialect::Postgres)
        orDie(m_connection->direct(u"ANALYZE"_s, u"analyze"_s).map([](const QSqlQuery &) {}));
    m_replica.invalidate();
}

Receipt BenchStore::commit(Command command)
{
    auto result = m_path.commit(*m_connection, {{std::move(command), u"bench"_s, {}}});
    return orDie(std::move(result.receipts.front()));
}

void BenchStore::commitByHand(const ChangeSet &changes, const QString &bytes)
{
    // What a program would write that does nothing but this: BEGIN, the rows, one journal row, COMMIT.
    if (m_url.dialect == Dialect::Sqlite)
        orDie(m_connection->run(u"begin_write"_s));
    else
        orDie(m_connection->direct(u"BEGIN"_s, u"begin"_s).map([](const QSqlQuery &) {}));
    for (const RowChange &change : changes)
        orDie(writeChange(*m_connection, change));
    static qint64 number = 0;
    ++number;
    orDie(m_connection
              ->run(u"journal_insert"_s,
                    [&](const QString &name) -> QVariant {
                        if (name == u"id"_s)
                            return number;
                        if (name == u"at"_s)
                            return 0;
                        if (name == u"revertible"_s)
                            return 1;
                        if (name == u"reverts"_s)
                            return QVariant(QMetaType(QMetaType::LongLong));
                        return name == u"arguments"_s ? bytes : u"bench"_s;
                    })
              .map([](Statement *) {}));
    orDie(m_connection->commit());
}

CommonName cnOf(int number)
{
    return *CommonName::parse(u"site-%1"_s.arg(number, 6, 10, QChar(u'0')));
}

Prefix lanOf(int number)
{
    return Prefix(Address::ipv4(0x0a000000U + (static_cast<std::uint32_t>(number) << 5U)), 27);
}

std::vector<Row> instanceRows()
{
    const InstanceName name = *InstanceName::parse(u"vpn");
    const Prefix network = *Prefix::parse(u"10.0.0.0/8");
    return {InstanceRow{name,
                        u"unix:/run/vpn"_s,
                        network,
                        Address::ipv4(0x0a000001),
                        {},
                        DeviceMode::Tun,
                        u""_s,
                        27,
                        64,
                        CollisionPolicy::KeepFirst,
                        *Prefix::parse(u"100.64.0.0/10"),
                        UnknownCnPolicy::Deny,
                        false,
                        MoveLivePolicy::Never,
                        StoreDownPolicy::AdmitKnown,
                        u""_s,
                        {},
                        1},
            PoolRow{name, network, 0, 1}};
}

ConnectorRow connectorRow(int number)
{
    return {cnOf(number), u""_s, u""_s, Translation::Client, {}, 1};
}

ClaimRow claimRow(int number)
{
    const Prefix standIn(Address::ipv4(0x64400000U + (static_cast<std::uint32_t>(number) << 5U)), 27);
    return {cnOf(number), lanOf(number), standIn, standIn, *InstanceName::parse(u"vpn"), {}, 1};
}

QString journalBytes(const ChangeSet &changes)
{
    QString bytes;
    for (const RowChange &change : changes) {
        for (const auto &row : {change.before, change.after}) {
            if (row)
                bytes += imageText(*row);
        }
        bytes += keyOf(change.any());
    }
    return bytes;
}

} // namespace interlock::bench
