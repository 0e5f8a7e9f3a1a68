// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/pipeline.h"

#include "model/store/sqlerrors.h"

#include <QSqlDriver>
#include <QSqlError>

#include <array>
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

Error failureOf(const QString &what, const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return errorFrom(Dialect::Postgres,
                     QSqlError({}, QString::fromUtf8(PQresultErrorMessage(result)), QSqlError::StatementError,
                               QString::fromLatin1(code ? code : "")),
                     what);
}

} // namespace

Expected<void> Pipeline::exchange(bool withCommit)
{
    const QVariant handle = m_connection.database().driver()->handle();
    PGconn *server = *static_cast<PGconn *const *>(handle.constData());
    // The driver leaves the end of a forward-only answer unread until its next query.
    while (const Result rest = Result(PQgetResult(server))) {
    }
    if (PQenterPipelineMode(server) != 1)
        return fail(
            errorFrom(Dialect::Postgres, QSqlError({}, QString::fromUtf8(PQerrorMessage(server))), u"committing"_s));
    bool isSent = true;
    for (const Item &item : m_items) {
        std::vector<QByteArray> texts;
        std::vector<const char *> values;
        for (const QVariant &value : item.values)
            texts.push_back(parameterText(value));
        for (const QByteArray &text : texts)
            values.push_back(text.isNull() ? nullptr : text.constData());
        const QByteArray name = item.name.toUtf8();
        if (m_connection.notePrepared(item.name))
            isSent = isSent && PQsendPrepare(server, name.constData(), numberedSql(*item.text).toUtf8().constData(), 0,
                                             nullptr) == 1;
        isSent = isSent && PQsendQueryPrepared(server, name.constData(), static_cast<int>(values.size()), values.data(),
                                               nullptr, nullptr, 0) == 1;
    }
    if (withCommit)
        isSent = isSent && PQsendQueryParams(server, "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, 0) == 1;
    isSent = PQpipelineSync(server) == 1 && isSent;

    Expected<void> outcome;
    if (!isSent)
        outcome = fail(
            errorFrom(Dialect::Postgres, QSqlError({}, QString::fromUtf8(PQerrorMessage(server))), u"committing"_s));
    // The answers come in order, a null after each; the sync's comes last. A broken connection ends the stream early.
    std::size_t item = 0;
    bool isSynced = false;
    for (int nulls = 0; nulls < 2;) {
        const Result result(PQgetResult(server));
        if (!result) {
            ++nulls;
            continue;
        }
        nulls = 0;
        const ExecStatusType status = PQresultStatus(result.get());
        isSynced = status == PGRES_PIPELINE_SYNC;
        if (isSynced)
            break;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            const QByteArray command(PQcmdStatus(result.get()));
            if (command.isEmpty())
                continue; // the answer to a PREPARE
            if (item < m_items.size()) {
                if (outcome && m_items[item].mustChangeOne && QByteArray(PQcmdTuples(result.get())) != "1")
                    outcome = fail(ErrorKind::Conflict, u"%1: the row is not there any more"_s.arg(m_items[item].name),
                                   {{u"constraint"_s, true}});
                ++item;
            }
        } else if (outcome && status != PGRES_PIPELINE_ABORTED) {
            outcome = fail(failureOf(item < m_items.size() ? m_items[item].name : u"committing"_s, result.get()));
        }
    }
    PQexitPipelineMode(server);
    // Without the last answer nothing is known of the commit, whatever was heard before.
    if (outcome && !isSynced)
        outcome = fail(
            errorFrom(Dialect::Postgres, QSqlError({}, QString::fromUtf8(PQerrorMessage(server))), u"committing"_s));
    if (!outcome)
        m_connection.forgetPrepared(); // a PREPARE after the failure was not carried out
    return outcome;
}

Expected<void> Pipeline::runAndCommit()
{
    const auto done = exchange(!m_checksRows);
    if (!done || !m_checksRows)
        return done;
    return m_connection.commit();
}

} // namespace interlock
