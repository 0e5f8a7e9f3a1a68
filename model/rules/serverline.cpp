// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/serverline.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString pushOf(const QString &directive)
{
    return u"push \""_s + directive + u'"';
}

} // namespace

ServerLine::ServerLine(QString text) : m_text(std::move(text))
{
    Q_ASSERT(m_text.size() <= 254);
}

Expected<ServerLine> ServerLine::ifconfigPush(Address address, const Prefix &network)
{
    if (!address.isIPv4() || !network.contains(address)) {
        return fail(ErrorKind::Invalid, u"%1 is not an IPv4 address of the tunnel network %2"_s.arg(
                                            address.toString(), network.toString()));
    }
    return ServerLine(u"ifconfig-push "_s + address.toString() + u' ' + network.netmask());
}

Expected<ServerLine> ServerLine::ifconfigIpv6Push(Address address, int length, std::optional<Address> remote)
{
    if (address.isIPv4() || length < 0 || length > 128 || (remote && remote->isIPv4()))
        return fail(ErrorKind::Invalid,
                    u"%1/%2 cannot be pushed as an IPv6 address"_s.arg(address.toString()).arg(length));
    const QString text = u"ifconfig-ipv6-push "_s + address.toString() + u'/' + QString::number(length);
    return ServerLine(remote ? text + u' ' + remote->toString() : text);
}

ServerLine ServerLine::iroute(const Prefix &prefix)
{
    return ServerLine((prefix.isIPv4() ? u"iroute "_s : u"iroute-ipv6 "_s) + prefix.toNetworkAndMask());
}

ServerLine ServerLine::pushRoute(const Prefix &prefix)
{
    return ServerLine(pushOf((prefix.isIPv4() ? u"route "_s : u"route-ipv6 "_s) + prefix.toNetworkAndMask()));
}

Expected<ServerLine> ServerLine::clientNat(const NatPair &pair)
{
    if (!pair.isTranslatable()) {
        return fail(ErrorKind::Invalid, u"%1 cannot be translated to %2 one to one"_s.arg(
                                            pair.real.toString(), pair.virtualPrefix.toString()));
    }
    return ServerLine(
        pushOf(u"client-nat snat "_s + pair.real.toNetworkAndMask() + u' ' + pair.virtualPrefix.first().toString()));
}

ServerLine ServerLine::pushed(const PushOption &option)
{
    return ServerLine(option.toLine());
}

QStringList toStringList(const std::vector<ServerLine> &lines)
{
    QStringList texts;
    texts.reserve(static_cast<qsizetype>(lines.size()));
    for (const ServerLine &line : lines)
        texts += line.toString();
    return texts;
}

} // namespace interlock
