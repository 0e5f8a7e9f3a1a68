// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/name.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> refused(const QString &what, QStringView text, const QString &why)
{
    // Printable part only: the text may come from an attacker and goes to a terminal.
    QString shown;
    for (const QChar c : text.left(80))
        shown += c.isPrint() ? c : QChar(u'?');
    return fail(ErrorKind::Invalid, u"'%1' is not %2: %3"_s.arg(shown, what, why), {{u"text"_s, shown}});
}

bool isAsciiAlphanumeric(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9');
}

Expected<QString> checkHex(QStringView text, const QString &what, qsizetype digits)
{
    const QString lower = text.trimmed().toString().toLower();
    const bool isHex =
        std::ranges::all_of(lower, [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); });
    if (lower.size() != digits || !isHex)
        return refused(what, text, u"%1 hexadecimal digits are expected"_s.arg(digits));
    if (std::ranges::all_of(lower, [](QChar c) { return c == u'0'; }))
        return refused(what, text, u"it is zero"_s);
    if (lower.startsWith(u"ff"_s))
        return refused(what, text, u"identifiers that begin with ff are reserved"_s);
    return lower;
}

/// A word that a person made up, and that fits into a unit's name, a path and a command line.
Expected<QString> checkHandle(QStringView text, const QString &what)
{
    if (text.isEmpty() || text.size() > 32)
        return refused(what, text, u"1 to 32 characters are expected"_s);
    if (!isAsciiAlphanumeric(text.front()))
        return refused(what, text, u"it must begin with a letter or a digit"_s);
    for (const QChar c : text) {
        if (!isAsciiAlphanumeric(c) && c != u'.' && c != u'_' && c != u'-')
            return refused(what, text, u"only letters, digits, '.', '_' and '-' are allowed"_s);
    }
    return text.toString();
}

} // namespace

Expected<QString> CommonNameRules::check(QStringView text)
{
    const QString what = u"a common name"_s;
    if (text.isEmpty())
        return refused(what, text, u"it is empty"_s);
    // X.520 counts characters, not UTF-16 units.
    if (text.toUcs4().size() > 64)
        return refused(what, text, u"it has more than 64 characters"_s);
    for (const QChar c : text) {
        if (c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator)
            return refused(what, text, u"it contains a control character"_s);
    }
    if (!text.isValidUtf16())
        return refused(what, text, u"it is not valid Unicode"_s);
    if (text.front().isSpace() || text.back().isSpace())
        return refused(what, text, u"it begins or ends with a blank"_s);
    return text.toString();
}

Expected<QString> InstanceNameRules::check(QStringView text)
{
    return checkHandle(text, u"the name of an instance"_s);
}

Expected<QString> ControllerNameRules::check(QStringView text)
{
    return checkHandle(text, u"the name of a controller"_s);
}

Expected<QString> NetworkNameRules::check(QStringView text)
{
    return checkHandle(text, u"the name of a network"_s);
}

Expected<QString> NodeIdRules::check(QStringView text)
{
    return checkHex(text, u"a node id"_s, 10);
}

Expected<QString> NetworkIdRules::check(QStringView text)
{
    return checkHex(text, u"a network id"_s, 16);
}

} // namespace interlock
