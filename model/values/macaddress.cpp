// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/macaddress.h"

#include <optional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

std::optional<unsigned> hexDigit(QChar c)
{
    if (c >= u'0' && c <= u'9')
        return c.unicode() - u'0';
    const QChar lower = c.toLower();
    if (lower >= u'a' && lower <= u'f')
        return lower.unicode() - u'a' + 10U;
    return std::nullopt;
}

} // namespace

Expected<MacAddress> MacAddress::parse(QStringView text)
{
    const auto refused = [&] {
        return fail(ErrorKind::Invalid, u"'%1' is not a MAC address"_s.arg(text.left(40)),
                    {{u"text"_s, text.left(40).toString()}});
    };
    QStringView body = text.trimmed();
    if (const auto at = body.indexOf(u'@'); at >= 0) {
        bool isNumber = false;
        const uint vid = body.mid(at + 1).toUInt(&isNumber);
        if (!isNumber || vid > 4095)
            return refused();
        body = body.left(at);
    }
    // The separator decides the size of a group: two digits for ':' and '-', four for '.', none for the bare form.
    QChar separator;
    qsizetype group = 12;
    if (body.size() == 17) {
        separator = body[2];
        group = 2;
        if (separator != u':' && separator != u'-')
            return refused();
    } else if (body.size() == 14) {
        separator = u'.';
        group = 4;
    } else if (body.size() != 12) {
        return refused();
    }
    std::uint64_t value = 0;
    for (qsizetype i = 0; i < body.size(); ++i) {
        if (i % (group + 1) == group) {
            if (body[i] != separator)
                return refused();
            continue;
        }
        const auto digit = hexDigit(body[i]);
        if (!digit)
            return refused();
        value = (value << 4U) | *digit;
    }
    return MacAddress(value);
}

QString MacAddress::toString() const
{
    QString text = u"%1"_s.arg(m_value, 12, 16, QChar(u'0'));
    for (qsizetype i = 10; i > 0; i -= 2)
        text.insert(i, u':');
    return text;
}

} // namespace interlock
