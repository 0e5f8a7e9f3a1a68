// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include "model/rules/rowimage.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QSqlError>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock::test {

namespace {

QString rowLine(const Row &row)
{
    QString line = QString::fromUtf16(kTableNames.at(tableOf(row)));
    std::visit(
        [&](const auto &r) {
            const QJsonObject image = imageOf(row);
            forEachField(r, [&](const auto &field, const auto &) {
                if (field.use != FieldUse::Meta)
                    line += u' ' + image.value(QString::fromUtf16(field.json)).toVariant().toString();
            });
        },
        row);
    return line;
}

} // namespace

QStringList rowLines(const std::vector<Row> &rows)
{
    QStringList lines;
    std::ranges::transform(rows, std::back_inserter(lines), rowLine);
    return lines;
}

QStringList difference(const std::vector<Row> &before, const std::vector<Row> &after)
{
    QStringList old = rowLines(before);
    QStringList added;
    for (const QString &line : rowLines(after)) {
        if (!old.removeOne(line))
            added.append(u"+ "_s + line);
    }
    QStringList result;
    std::ranges::transform(old, std::back_inserter(result), [](const QString &line) { return u"- "_s + line; });
    return result + added;
}

QStringList findings(Store &store)
{
    const auto problems = await(store.check());
    if (!problems)
        return {problems.error().detail};
    QStringList lines;
    for (const StoreProblem &problem : *problems)
        lines.append(QStringList{problem.kind, problem.table, problem.key, problem.detail}.join(u' '));
    return lines;
}

std::vector<JournalEntry> wholeJournal(Store &store)
{
    std::vector<JournalEntry> entries;
    JournalFilter filter;
    filter.limit = 1'000'000;
    const auto list = await(store.journal(filter));
    if (!list)
        qFatal("the journal cannot be read: %s", qPrintable(list.error().detail));
    for (auto entry = list->rbegin(); entry != list->rend(); ++entry)
        entries.push_back(await(store.journalEntry(entry->id)).value());
    return entries;
}

QStringList thingsAt(const StorePlace &place)
{
    QStringList things;
    const auto connection = rawConnection(place.url());
    Statement *tables = connection->run(u"table_list"_s).value();
    while (tables->next())
        things.append(tables->text(0));
    tables->query().finish();
    if (place.url().dialect == Dialect::Sqlite)
        things += QFileInfo(place.url().path).dir().entryList(QDir::Files);
    return things;
}

std::unique_ptr<Connection> rawConnection(const StoreUrl &url)
{
    auto connection = Connection::open(url, Connection::Access::Existing);
    if (!connection)
        qFatal("%s", qPrintable(connection.error().detail));
    return *std::move(connection);
}

Expected<QVariant> raw(Connection &connection, const QString &sql)
{
    return connection.direct(sql, u"a test"_s).map([](QSqlQuery query) {
        return query.isSelect() && query.next() ? query.value(0) : QVariant();
    });
}

Workload::Workload(const StoreUrl &url, const QString &name, const QStringList &arguments)
{
    m_process.setProgram(QCoreApplication::applicationDirPath() + u"/interlock_storeworkload"_s);
    m_process.setArguments(QStringList{url.toString(), name} + arguments);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start();
    if (!m_process.waitForStarted())
        qFatal("%s: %s", qPrintable(m_process.program()), qPrintable(m_process.errorString()));
}

Workload::~Workload()
{
    kill();
}

void Workload::begin()
{
    m_process.write("begin\n");
    m_process.waitForBytesWritten();
}

void Workload::read()
{
    m_output += m_process.readAllStandardOutput();
}

bool Workload::waitForLine(const QByteArray &begin)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 60'000) {
        read();
        if (m_output.startsWith(begin) ? m_output.indexOf('\n') >= 0 : m_output.indexOf("\n" + begin) >= 0)
            return true;
        if (m_process.state() == QProcess::NotRunning)
            return false;
        m_process.waitForReadyRead(1000);
    }
    return false;
}

void Workload::kill()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(-1);
}

bool Workload::waitForEnd(int seconds)
{
    return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(seconds * 1000);
}

QStringList Workload::lines()
{
    read();
    const qsizetype end = m_output.lastIndexOf('\n');
    return end < 0 ? QStringList() : QString::fromUtf8(m_output.left(end)).split(u'\n');
}

} // namespace interlock::test
