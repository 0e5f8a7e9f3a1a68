// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/pipeline.h"

#include "model/store/sqlerrors.h"

#include <QSqlDriver>
#include <QSqlError>

#include <algorithm>
#include <memory>

#include <libpq-fe.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ClearResult
{
    void operator()(PGresult *result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

/// The text form of a parameter; null stays null.
QByteArray parameterText(const QVariant &value)
{
    if (value.isNull())
        return {};
    QByteArray text;
    if (value.typeId() == QMetaType::QByteArray)
        text = "\\x" + value.toByteArray().toHex();
    else
        text = value.toString().toUtf8();
    return text.isNull() ? QByteArray("") : text;
}

Error failureOf(PGconn *server)
{
    return errorFrom(Dialect::Postgres, QSqlError({}, QString::fromUtf8(PQerrorMessage(server))), u"committing"_s);
}

/// How the guards of resources/sql/postgres say no.
constexpr const char *kDivisionByZero = "22012";

/// Another statement than the uncounted one, so another name.
QString preparedName(const QString &statement, bool isCounted)
{
    return isCounted ? statement + u"_one"_s : statement;
}

} // namespace

Pipeline::Pipeline(Connection &connection, const JournalHead &head) : m_connection(connection)
{
    // Statements of their own: each sees what is committed when it starts, so the guard sees what was before the lock.
    addWord(u"BEGIN"_s);
    add(u"write_lock"_s, Kind::Plain, [](const QString &) { return QVariant(); });
    add(u"write_guard"_s, Kind::Guard, [&](const QString &name) -> QVariant {
        return name == u"head"_s ? QVariant(head.id.value) : QVariant(head.incarnation);
    });
}

bool Pipeline::send(PGconn *server, const Item &item)
{
    const QByteArray word = item.name.toUtf8();
    if (item.kind == Kind::Word)
        return PQsendQueryParams(server, word.constData(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
    std::vector<QByteArray> texts;
    texts.reserve(item.values.size());
    for (const QVariant &value : item.values)
        texts.push_back(parameterText(value));
    std::vector<const char *> values;
    values.reserve(texts.size());
    for (const QByteArray &text : texts)
        values.push_back(text.isNull() ? nullptr : text.constData());
    const bool isCounted = item.kind == Kind::ChangeOne;
    const QString name = preparedName(item.name, isCounted);
    const QByteArray prepared = name.toUtf8();
    if (m_connection.notePrepared(name)) {
        m_fresh.append(name);
        QString sql = numberedSql(*item.text);
        if (isCounted)
            sql = sqlFile(u"postgres/must_change_one.sql"_s).arg(sql);
        if (PQsendPrepare(server, prepared.constData(), sql.toUtf8().constData(), 0, nullptr) != 1)
            return false;
    }
    return PQsendQueryPrepared(server, prepared.constData(), static_cast<int>(values.size()), values.data(), nullptr,
                               nullptr, 0) == 1;
}

Error Pipeline::failureOf(const Item &item, const PGresult *answer)
{
    const char *code = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const bool isGuard = item.kind == Kind::Guard || item.kind == Kind::ChangeOne;
    if (isGuard && code && QByteArray(code) == kDivisionByZero) {
        m_wasOvertaken = item.kind == Kind::Guard;
        return {ErrorKind::Conflict,
                m_wasOvertaken ? u"somebody else has written meanwhile"_s
                               : u"%1: the row is not there any more"_s.arg(item.name),
                {{u"constraint"_s, true}}};
    }
    return errorFrom(Dialect::Postgres,
                     QSqlError({}, QString::fromUtf8(PQresultErrorMessage(answer)), QSqlError::StatementError,
                               QString::fromLatin1(code ? code : "")),
                     item.kind == Kind::Word ? u"committing"_s : item.name);
}

Expected<void> Pipeline::receive(PGconn *server)
{
    Expected<void> outcome;
    // The answers come in order, a null after each; the sync's comes last. A broken connection ends the stream early.
    std::size_t item = 0;
    for (int nulls = 0; nulls < 2;) {
        const Result answer(PQgetResult(server));
        if (!answer) {
            ++nulls;
            continue;
        }
        nulls = 0;
        const ExecStatusType status = PQresultStatus(answer.get());
        if (status == PGRES_PIPELINE_SYNC)
            return outcome;
        // Row by row, as the driver's last query was read: the first one here still is. The end of its rows follows.
        if (status == PGRES_SINGLE_TUPLE)
            continue;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            if (*PQcmdStatus(answer.get()) != '\0') // else the answer to a PREPARE
                item = std::min(item + 1, m_items.size() - 1);
        } else if (outcome && status != PGRES_PIPELINE_ABORTED) {
            outcome = fail(failureOf(m_items[item], answer.get()));
        }
    }
    // Without the last answer nothing is known of the commit, whatever was heard before.
    if (outcome)
        outcome = fail(interlock::failureOf(server));
    return outcome;
}

Expected<void> Pipeline::runAndCommit()
{
    addWord(u"COMMIT"_s);
    const QVariant handle = m_connection.database().driver()->handle();
    PGconn *server = *static_cast<PGconn *const *>(handle.constData());
    // The driver leaves the end of a forward-only answer unread until its next query.
    while (const Result rest = Result(PQgetResult(server))) {
    }
    if (PQenterPipelineMode(server) != 1)
        return fail(interlock::failureOf(server));
    bool isSent = true;
    for (const Item &item : m_items)
        isSent = isSent && send(server, item);
    isSent = PQpipelineSync(server) == 1 && isSent;
    Expected<void> outcome;
    if (!isSent)
        outcome = fail(interlock::failureOf(server));
    const auto received = receive(server);
    if (outcome)
        outcome = received;
    PQexitPipelineMode(server);
    if (!outcome)
        m_connection.forgetPrepared(m_fresh); // a PREPARE after the failure was not carried out
    return outcome;
}

} // namespace interlock
