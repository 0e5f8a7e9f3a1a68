// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdfile.h"

#include "model/rules/ccdreader.h"
#include "model/rules/serverline.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString lineOf(const IfconfigPush &push)
{
    const Prefix *network = std::get_if<Prefix>(&push.far);
    return u"ifconfig-push "_s + push.address.toString() + u' ' +
           (network ? network->netmask() : std::get<Address>(push.far).toString());
}

QString lineOf(const IfconfigIpv6Push &push)
{
    const QString text = u"ifconfig-ipv6-push "_s + push.address.toString() + u'/' + QString::number(push.length);
    return push.remote ? text + u' ' + push.remote->toString() : text;
}

QString lineOf(const NatPair &pair)
{
    return u"push \"client-nat snat "_s + pair.real.toNetworkAndMask() + u' ' + pair.virtualPrefix.first().toString() +
           u'"';
}

/// `prefix` as it is on the real side of `pair`, within whose stand-in it lies.
Prefix translatedBack(const Prefix &prefix, const NatPair &pair)
{
    const uint128 offset = prefix.first().value() - pair.virtualPrefix.first().value();
    return {Address(prefix.family(), pair.real.first().value() + offset), prefix.length()};
}

} // namespace

Expected<CcdFile> CcdFile::parse(const QByteArray &content)
{
    constexpr qsizetype kMaxBytes = 1024 * 1024;
    constexpr qsizetype kMaxLines = 20'000;
    if (content.size() > kMaxBytes)
        return fail(ErrorKind::Limit, u"the file is larger than 1 MiB"_s);
    if (content.count('\n') > kMaxLines)
        return fail(ErrorKind::Limit, u"the file has more than 20000 lines"_s);
    return readCcd(content);
}

QByteArray CcdFile::toText() const
{
    QStringList lines;
    if (ifconfigPush)
        lines += lineOf(*ifconfigPush);
    if (ifconfigIpv6Push)
        lines += lineOf(*ifconfigIpv6Push);
    for (const Prefix &prefix : iroutes)
        lines += ServerLine::iroute(prefix).toString();
    for (const NatPair &pair : clientNats)
        lines += lineOf(pair);
    for (const PushOption &push : pushes)
        lines += push.toLine();
    return lines.isEmpty() ? QByteArray() : lines.join(u'\n').toUtf8() + '\n';
}

std::vector<Prefix> CcdFile::lans() const
{
    std::vector<Prefix> lans;
    for (const Prefix &prefix : iroutes) {
        const auto pair = std::ranges::find_if(
            clientNats, [&](const NatPair &candidate) { return candidate.virtualPrefix.contains(prefix); });
        const Prefix lan = pair == clientNats.end() ? prefix : translatedBack(prefix, *pair);
        if (std::ranges::find(lans, lan) == lans.end())
            lans.push_back(lan);
    }
    return lans;
}

} // namespace interlock
