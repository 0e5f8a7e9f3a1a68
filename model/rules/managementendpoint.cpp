// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/managementendpoint.h"

#include "model/rules/hostname.h"
#include "model/values/prefix.h"

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> refused(QStringView text, const QString &why)
{
    QString shown;
    for (const QChar c : text.left(160))
        shown += c.isPrint() ? c : QChar(u'?');
    return fail(ErrorKind::Invalid,
                u"'%1' is no management interface (tcp:HOST:PORT or unix:PATH): %2"_s.arg(shown, why),
                {{u"text"_s, shown}});
}

std::optional<std::uint16_t> readPort(QStringView text)
{
    if (text.isEmpty() || text.size() > 5 || text.front() == u'0' ||
        !std::ranges::all_of(text, [](QChar c) { return c >= u'0' && c <= u'9'; }))
        return std::nullopt;
    const uint port = text.toUInt();
    return port <= 65535 ? std::optional(static_cast<std::uint16_t>(port)) : std::nullopt;
}

/// Canonical host without brackets.
Expected<QString> readHost(QStringView text)
{
    if (text.startsWith(u'[') && text.endsWith(u']')) {
        return Address::parse(text.mid(1, text.size() - 2)).and_then([](Address address) -> Expected<QString> {
            if (address.isIPv4())
                return fail(ErrorKind::Invalid, u"brackets are for IPv6 addresses"_s);
            return address.toString();
        });
    }
    if (const auto address = Address::parse(text)) {
        if (!address->isIPv4())
            return fail(ErrorKind::Invalid, u"an IPv6 address is written in brackets"_s);
        return address->toString();
    }
    return HostName::parse(text).map([](const HostName &name) { return name.toString(); });
}

} // namespace

Expected<ManagementEndpoint> ManagementEndpoint::parse(QStringView text)
{
    const QStringView trimmed = text.trimmed();
    if (trimmed.startsWith("unix:"_L1)) {
        const QString path = trimmed.mid(5).toString();
        if (!path.startsWith(u'/') || path.endsWith(u'/'))
            return refused(text, u"the path must be absolute and name a socket"_s);
        if (path.toUtf8().size() >= 108)
            return refused(text, u"a socket's path has at most 107 bytes"_s);
        if (!path.isValidUtf16() ||
            std::ranges::any_of(path, [](QChar c) { return c.category() == QChar::Other_Control; }))
            return refused(text, u"the path contains a control character"_s);
        return ManagementEndpoint({}, 0, path);
    }
    if (!trimmed.startsWith("tcp:"_L1))
        return refused(text, u"it begins with neither tcp: nor unix:"_s);
    const QStringView rest = trimmed.mid(4);
    const qsizetype colon = rest.lastIndexOf(u':');
    if (colon < 0)
        return refused(text, u"the port is missing"_s);
    const auto port = readPort(rest.mid(colon + 1));
    if (!port)
        return refused(text, u"the port is not a number from 1 to 65535"_s);
    const auto host = readHost(rest.left(colon));
    if (!host)
        return refused(text, host.error().detail);
    return ManagementEndpoint(*host, *port, {});
}

bool ManagementEndpoint::isLoopback() const
{
    if (isUnix() || m_host == u"localhost")
        return true;
    const auto address = Address::parse(m_host);
    return address &&
           (Prefix(Address::ipv4(0x7f00'0000), 8).contains(*address) || *address == Address(Family::IPv6, 1));
}

QString ManagementEndpoint::toString() const
{
    if (isUnix())
        return u"unix:"_s + m_path;
    const QString host = m_host.contains(u':') ? u'[' + m_host + u']' : m_host;
    return u"tcp:"_s + host + u':' + QString::number(m_port);
}

} // namespace interlock
