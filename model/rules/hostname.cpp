// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/hostname.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool isLabelDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isLabel(QStringView label)
{
    if (label.isEmpty() || label.size() > 63 || label.front() == u'-' || label.back() == u'-')
        return false;
    return std::ranges::all_of(label, [](QChar c) { return (c >= u'a' && c <= u'z') || isLabelDigit(c) || c == u'-'; });
}

} // namespace

Expected<QString> HostNameRules::check(QStringView text)
{
    // Only ASCII is lowered: characters such as U+212A would otherwise turn into letters.
    QString lower = text.trimmed().toString();
    for (QChar &c : lower) {
        if (c >= u'A' && c <= u'Z')
            c = c.toLower();
    }
    const auto labels = QStringView(lower).split(u'.');
    if (lower.size() > 253 || !std::ranges::all_of(labels, isLabel) ||
        std::ranges::all_of(labels.back(), isLabelDigit)) {
        QString shown;
        for (const QChar c : text.left(80))
            shown += c.isPrint() ? c : QChar(u'?');
        return fail(ErrorKind::Invalid, u"'%1' is not a host name"_s.arg(shown), {{u"text"_s, shown}});
    }
    return lower;
}

} // namespace interlock
