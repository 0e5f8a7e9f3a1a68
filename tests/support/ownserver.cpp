// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ownserver.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock::test {

namespace {

QString readLine(QProcess &process)
{
    while (!process.canReadLine()) {
        if (!process.waitForReadyRead(60'000))
            qFatal("no PostgreSQL server: %s", process.readAllStandardError().constData());
    }
    return QString::fromUtf8(process.readLine()).trimmed();
}

} // namespace

OwnServer::OwnServer()
{
    // The server lives as long as `cat` hears from us.
    m_process.start(QStringLiteral(INTERLOCK_SOURCE_DIR "/tests/support/withpostgres"),
                    {u"sh"_s, u"-c"_s,
                     u"printf '%s\\n%s\\n' \"$INTERLOCK_TEST_POSTGRES\" \"$INTERLOCK_TEST_POSTGRES_CTL\"; cat"_s});
    m_url = StoreUrl::parse(readLine(m_process)).value();
    m_program = readLine(m_process);
    m_folder = QFileInfo(m_program).absolutePath();
}

OwnServer::~OwnServer()
{
    m_process.closeWriteChannel();
    m_process.waitForFinished(60'000);
}

void OwnServer::control(const QString &verb) const
{
    if (QProcess::execute(m_program, {verb}) != 0)
        qFatal("the server does not %s", qPrintable(verb));
}

} // namespace interlock::test
