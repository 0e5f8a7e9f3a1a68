// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/prefixserver.h"

#include "tests/bench/storebench.h"

#include <QUuid>

#include <array>

#include <libpq-fe.h>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr int kChunk = 64 * 1024;

/// The mask is part of the key, so that the longest match is the last of those that contain the address.
constexpr const char *kLongestMatch = "SELECT id FROM prefix WHERE net >>= $1::inet ORDER BY masklen(net) DESC LIMIT 1";
constexpr const char *kCountInside = "SELECT count(*) FROM prefix WHERE net <<= $1::inet";
constexpr const char *kFetchInside = "SELECT id, net FROM prefix WHERE net <<= $1::inet ORDER BY net";
constexpr const char *kFirstFree = R"(
    SELECT c.net
    FROM (SELECT set_masklen($1::inet + i * 256::bigint, 24) AS net FROM generate_series(0, 255) AS i) AS c
    WHERE NOT EXISTS (SELECT 1 FROM prefix AS p WHERE p.net && c.net AND p.net << $1::inet)
    ORDER BY c.net
    LIMIT 1)";

} // namespace

void PrefixServer::Finish::operator()(pg_conn *server) const
{
    PQfinish(server);
}

void PrefixServer::Clear::operator()(pg_result *result) const
{
    PQclear(result);
}

bool PrefixServer::isThere()
{
    return !qEnvironmentVariableIsEmpty("INTERLOCK_TEST_POSTGRES");
}

PrefixServer::Server PrefixServer::connect(const QString &database)
{
    const StoreUrl url = orDie(StoreUrl::parse(qEnvironmentVariable("INTERLOCK_TEST_POSTGRES")));
    const QByteArray host = url.host.toUtf8();
    const QByteArray port = QByteArray::number(url.port);
    const QByteArray user = url.user.toUtf8();
    const QByteArray name = (database.isEmpty() ? url.database : database).toUtf8();
    const std::array<const char *, 5> keys{"host", "port", "user", "dbname", nullptr};
    const std::array<const char *, 5> values{host.constData(), port.constData(), user.constData(), name.constData(),
                                             nullptr};
    Server server(PQconnectdbParams(keys.data(), values.data(), 0));
    if (PQstatus(server.get()) != CONNECTION_OK)
        qFatal("%s", PQerrorMessage(server.get()));
    return server;
}

PrefixServer::PrefixServer(const std::vector<PrefixIndex::Entry> &entries)
    : m_database(u"p_"_s + QUuid::createUuid().toString(QUuid::Id128)), m_server(connect({}))
{
    run(QString(u"CREATE DATABASE "_s + m_database).toLatin1().constData());
    m_server = connect(m_database);
    load(entries);
    for (const auto &[name, sql] : {std::pair("longest_match", kLongestMatch), std::pair("count_inside", kCountInside),
                                    std::pair("fetch_inside", kFetchInside), std::pair("first_free", kFirstFree)}) {
        const Result prepared(PQprepare(m_server.get(), name, sql, 1, nullptr));
        if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
            qFatal("%s: %s", name, PQresultErrorMessage(prepared.get()));
    }
}

PrefixServer::~PrefixServer()
{
    m_server = connect({});
    run(QString(u"DROP DATABASE IF EXISTS %1 WITH (FORCE)"_s.arg(m_database)).toLatin1().constData());
}

void PrefixServer::run(const char *sql)
{
    const Result done(PQexec(m_server.get(), sql));
    const ExecStatusType status = PQresultStatus(done.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
        qFatal("%s: %s", sql, PQresultErrorMessage(done.get()));
}

void PrefixServer::load(const std::vector<PrefixIndex::Entry> &entries)
{
    // Everything that helps the peer: no log to write, memory to build the index in, no compiling of plans.
    run("SET maintenance_work_mem = '256MB'");
    run("SET jit = off");
    run("CREATE UNLOGGED TABLE prefix (net inet NOT NULL, id bigint NOT NULL)");
    run("COPY prefix FROM STDIN");
    QByteArray lines;
    const auto send = [&] {
        if (PQputCopyData(m_server.get(), lines.constData(), static_cast<int>(lines.size())) != 1)
            qFatal("COPY was refused: %s", PQerrorMessage(m_server.get()));
        lines.clear();
    };
    for (const auto &[prefix, identity] : entries) {
        lines += prefix.toString().toLatin1() + '\t' + QByteArray::number(identity) + '\n';
        if (lines.size() >= kChunk)
            send();
    }
    send();
    PQputCopyEnd(m_server.get(), nullptr);
    while (const Result done = Result(PQgetResult(m_server.get()))) {
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
            qFatal("COPY was refused: %s", PQresultErrorMessage(done.get()));
    }
    run("CREATE INDEX prefix_by_net ON prefix USING gist (net inet_ops)");
    run("VACUUM ANALYZE prefix");
}

PrefixServer::Result PrefixServer::ask(const char *statement, const QString &argument)
{
    const QByteArray text = argument.toLatin1();
    const char *value = text.constData();
    Result answer(PQexecPrepared(m_server.get(), statement, 1, &value, nullptr, nullptr, 0));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        qFatal("%s: %s", statement, PQresultErrorMessage(answer.get()));
    return answer;
}

std::uint64_t PrefixServer::longestMatch(const Address &address)
{
    const Result answer = ask("longest_match", address.toString());
    return PQntuples(answer.get()) == 0 ? 0 : QByteArray(PQgetvalue(answer.get(), 0, 0)).toULongLong() + 1;
}

std::uint64_t PrefixServer::countInside(const Prefix &prefix)
{
    const Result answer = ask("count_inside", prefix.toString());
    return QByteArray(PQgetvalue(answer.get(), 0, 0)).toULongLong();
}

std::uint64_t PrefixServer::fetchInside(const Prefix &prefix)
{
    const Result answer = ask("fetch_inside", prefix.toString());
    return static_cast<std::uint64_t>(PQntuples(answer.get()));
}

std::optional<Prefix> PrefixServer::firstFree24(const Prefix &parent)
{
    const Result answer = ask("first_free", parent.toString());
    if (PQntuples(answer.get()) == 0)
        return {};
    return orDie(Prefix::parse(QString::fromLatin1(PQgetvalue(answer.get(), 0, 0))));
}

} // namespace interlock::bench
