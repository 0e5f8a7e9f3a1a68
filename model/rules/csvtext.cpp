// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvtext.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool startsFormula(QChar c)
{
    return c == u'=' || c == u'+' || c == u'-' || c == u'@' || c == u'\t' || c == u'\r' || c == u'\n';
}

/// True when `field` is apostrophes, at least `fewest`, and then the begin of a formula.
bool isGuarded(const QString &field, qsizetype fewest)
{
    const auto *const end = std::ranges::find_if(field, [](QChar c) { return c != u'\''; });
    return end != field.end() && end - field.begin() >= fewest && startsFormula(*end);
}

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t';
}

bool needsQuotes(const QString &field)
{
    if (field.isEmpty())
        return false;
    return isBlank(field.front()) || isBlank(field.back()) ||
           std::ranges::any_of(field, [](QChar c) { return c == u',' || c == u'"' || c == u'\r' || c == u'\n'; });
}

} // namespace

void appendCsvRecord(QByteArray &to, const QStringList &fields)
{
    // A record of one empty field would be a blank line, which is a record of none.
    if (fields.size() == 1 && fields.front().isEmpty())
        to += "\"\"";
    for (qsizetype i = 0; i < fields.size(); ++i) {
        if (i > 0)
            to += ',';
        const QByteArray bytes = fields[i].toUtf8();
        if (needsQuotes(fields[i]))
            to += '"' + QByteArray(bytes).replace('"', "\"\"") + '"';
        else
            to += bytes;
    }
    to += "\r\n";
}

QString withoutFormula(const QString &field)
{
    return isGuarded(field, 0) ? u'\'' + field : field;
}

QString withFormula(const QString &field)
{
    return isGuarded(field, 1) ? field.mid(1) : field;
}

} // namespace interlock
