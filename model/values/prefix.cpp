// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/prefix.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct Parts
{
    Address address;
    int length;
};

tl::unexpected<Error> notAPrefix(QStringView text, const QString &why)
{
    return fail(ErrorKind::Invalid, u"'%1' is not a prefix: %2"_s.arg(text.left(80).toString(), why),
                {{u"text"_s, text.left(80).toString()}});
}

/// Length of a netmask, or none when its ones are not contiguous from the left.
std::optional<int> lengthOfMask(Address mask)
{
    for (int length = 0; length <= mask.width(); ++length) {
        if (Prefix::maskOf(mask.family(), length) == mask.value())
            return length;
    }
    return std::nullopt;
}

Expected<Parts> parseParts(QStringView text)
{
    const QStringView trimmed = text.trimmed();
    qsizetype cut = trimmed.indexOf(u'/');
    if (cut < 0) {
        for (qsizetype i = 0; i < trimmed.size() && cut < 0; ++i) {
            if (trimmed[i].isSpace())
                cut = i;
        }
    }
    const auto address = Address::parse(cut < 0 ? trimmed : trimmed.left(cut));
    if (!address)
        return notAPrefix(text, address.error().detail);
    if (cut < 0)
        return Parts{*address, address->width()};
    const QStringView tail = trimmed.mid(cut + 1).trimmed();
    if (tail.contains(u'.') || tail.contains(u':')) {
        const auto mask = Address::parse(tail);
        if (!mask || mask->family() != address->family())
            return notAPrefix(text, u"its mask is not an address of the same family"_s);
        const auto length = lengthOfMask(*mask);
        if (!length)
            return notAPrefix(text, u"its mask is not contiguous"_s);
        return Parts{*address, *length};
    }
    if (trimmed[cut] != u'/')
        return notAPrefix(text, u"a mask or a /length is expected after the address"_s);
    int length = 0;
    if (tail.isEmpty() || tail.size() > 3 || (tail.size() > 1 && tail.front() == u'0'))
        return notAPrefix(text, u"its length is not a number"_s);
    for (const QChar c : tail) {
        if (c < u'0' || c > u'9')
            return notAPrefix(text, u"its length is not a number"_s);
        length = length * 10 + (c.unicode() - u'0');
    }
    if (length > address->width())
        return notAPrefix(text, u"its length is more than %1"_s.arg(address->width()));
    return Parts{*address, length};
}

} // namespace

Expected<Prefix> Prefix::parse(QStringView text)
{
    return parseParts(text).and_then([&](const Parts &parts) -> Expected<Prefix> {
        const Prefix prefix(parts.address, parts.length);
        if (prefix.first() != parts.address) {
            return fail(ErrorKind::HostBits,
                        u"'%1' has host bits set: use %2"_s.arg(text.trimmed().toString(), prefix.toString()),
                        {{u"canonical"_s, prefix.toString()}, {u"text"_s, text.trimmed().toString()}});
        }
        return prefix;
    });
}

Expected<Prefix> Prefix::parseMasked(QStringView text)
{
    return parseParts(text).map([](const Parts &parts) { return Prefix(parts.address, parts.length); });
}

QString Prefix::netmask() const
{
    return Address(family(), maskOf(family(), m_length)).toString();
}

QString Prefix::toString() const
{
    return m_first.toString() + u'/' + QString::number(m_length);
}

QString Prefix::toNetworkAndMask() const
{
    return isIPv4() ? m_first.toString() + u' ' + netmask() : toString();
}

namespace {

QByteArray keyOf(Address address, int length)
{
    const int bytes = address.width() / 8;
    QByteArray key(bytes + 2, Qt::Uninitialized);
    key[0] = static_cast<char>(address.family());
    for (int i = 0; i < bytes; ++i)
        key[i + 1] = static_cast<char>(
            static_cast<unsigned char>(address.value() >> static_cast<unsigned>(8 * (bytes - 1 - i))));
    key[bytes + 1] = static_cast<char>(static_cast<unsigned char>(length));
    return key;
}

} // namespace

QByteArray Prefix::sortKey() const
{
    return keyOf(m_first, m_length);
}

QByteArray Prefix::lastKey() const
{
    return keyOf(last(), widthOf(family()));
}

Expected<Prefix> Prefix::fromSortKey(const QByteArray &key)
{
    const auto bad = [] { return fail(ErrorKind::Invalid, u"not the key of a prefix"_s); };
    if (key.size() != 6 && key.size() != 18)
        return bad();
    const Family family = key.size() == 6 ? Family::IPv4 : Family::IPv6;
    uint128 value = 0;
    for (qsizetype i = 1; i + 1 < key.size(); ++i)
        value = (value << 8U) | static_cast<unsigned char>(key[i]);
    const int length = static_cast<unsigned char>(key.back());
    if (key[0] != static_cast<char>(family) || length > widthOf(family))
        return bad();
    const Prefix prefix(Address(family, value), length);
    if (prefix.first().value() != value)
        return bad();
    return prefix;
}

} // namespace interlock
