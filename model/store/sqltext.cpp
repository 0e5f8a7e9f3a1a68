// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/sqltext.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString withoutComments(const QString &text)
{
    QString result;
    for (const QString &line : text.split(u'\n')) {
        if (!line.trimmed().startsWith("--"_L1))
            result += line + u'\n';
    }
    return result.trimmed();
}

bool isNameCharacter(QChar c)
{
    return c.isLetterOrNumber() || c == u'_';
}

SqlText withPositions(const QString &named)
{
    SqlText text;
    bool inString = false;
    for (qsizetype i = 0; i < named.size(); ++i) {
        const QChar c = named[i];
        if (c == u'\'')
            inString = !inString;
        const bool isCast = c == u':' && i + 1 < named.size() && named[i + 1] == u':';
        if (isCast) {
            text.sql += u"::"_s;
            ++i;
        } else if (c == u':' && !inString) {
            qsizetype end = i + 1;
            while (end < named.size() && isNameCharacter(named[end]))
                ++end;
            text.placeholders.append(named.mid(i + 1, end - i - 1));
            text.sql += u'?';
            i = end - 1;
        } else {
            text.sql += c;
        }
    }
    return text;
}

} // namespace

QString sqlFile(const QString &path)
{
    QFile file(u":/interlock/sql/"_s + path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return withoutComments(QString::fromUtf8(file.readAll()));
}

QStringList sqlScript(const QString &path)
{
    QFile file(u":/interlock/sql/"_s + path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QStringList statements;
    for (const QString &part : QString::fromUtf8(file.readAll()).split(u"\n--;;\n"_s)) {
        if (const QString statement = withoutComments(part); !statement.isEmpty())
            statements.append(statement);
    }
    return statements;
}

SqlText sqlText(Dialect dialect, const QString &name)
{
    QString text = sqlFile((dialect == Dialect::Sqlite ? u"sqlite/"_s : u"postgres/"_s) + name + u".sql"_s);
    if (text.isEmpty())
        text = sqlFile(u"common/"_s + name + u".sql"_s);
    Q_ASSERT_X(!text.isEmpty(), "sqlText", qPrintable(name));
    // Any case, as far as letters of ASCII go.
    text.replace(u"${like}"_s, dialect == Dialect::Sqlite ? u"LIKE"_s : u"ILIKE"_s);
    // Texts in the order of their bytes, whatever the language of the database.
    text.replace(u"${bytewise}"_s, dialect == Dialect::Sqlite ? u"COLLATE BINARY"_s : u"COLLATE \"C\""_s);
    // The database's own clock, in milliseconds: that of this machine is not the one that others compare with.
    text.replace(u"${now}"_s, dialect == Dialect::Sqlite
                                  ? u"CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"_s
                                  : u"CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"_s);
    return withPositions(text);
}

QString numberedSql(const SqlText &text)
{
    QString numbered;
    int number = 0;
    bool inString = false;
    for (const QChar c : text.sql) {
        if (c == u'\'')
            inString = !inString;
        if (c == u'?' && !inString)
            numbered += u'$' + QString::number(++number);
        else
            numbered += c;
    }
    return numbered;
}

} // namespace interlock
