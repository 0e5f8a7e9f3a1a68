// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/natrules.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// `cn` without anything that a shell, nft, iptables-restore or RouterOS could take for more than a comment.
QString harmless(const CommonName &cn)
{
    QString text;
    for (const QChar c : cn.toString()) {
        const bool isPlain = (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') ||
                             c == u'.' || c == u'-' || c == u'@';
        text += isPlain ? c : QChar(u'_');
    }
    return text;
}

/// True if two of the prefixes that `part` picks overlap.
template <typename Part>
bool anyOverlap(std::vector<NatPair> pairs, Part part)
{
    std::ranges::sort(pairs, {}, part);
    return std::ranges::adjacent_find(pairs, [&](const NatPair &a, const NatPair &b) {
               return std::invoke(part, a).overlaps(std::invoke(part, b));
           }) != pairs.end();
}

/// The pairs that need a rule, in order of their real prefix.
Expected<std::vector<NatPair>> pairsToTranslate(const NatPlan &plan)
{
    std::vector<NatPair> pairs;
    for (const NatPair &pair : plan.pairs) {
        if (pair.real == pair.virtualPrefix)
            continue;
        const QString both = pair.real.toString() + u" as "_s + pair.virtualPrefix.toString();
        if (!pair.real.isIPv4() || !pair.virtualPrefix.isIPv4())
            return fail(ErrorKind::Unsupported, u"%1: only IPv4 is translated"_s.arg(both));
        if (!pair.isTranslatable())
            return fail(ErrorKind::Invalid, u"%1: a translation one to one needs equal lengths"_s.arg(both));
        pairs.push_back(pair);
    }
    if (anyOverlap(pairs, &NatPair::real) || anyOverlap(pairs, &NatPair::virtualPrefix))
        return fail(ErrorKind::OverlapsItself, u"two prefixes of one plan overlap"_s);
    std::ranges::sort(pairs);
    return pairs;
}

QStringList heading(const NatPlan &plan)
{
    QStringList lines{u"# Interlock: stand-ins of connector %1"_s.arg(harmless(plan.cn))};
    if (plan.translation == Translation::Client)
        lines += u"# This connector's OpenVPN client is told to translate by itself: these rules are not needed."_s;
    else if (plan.translation == Translation::Host)
        lines += u"# This connector is translated on the VPN host: these rules are not needed on its router."_s;
    return lines;
}

QString textOf(const QStringList &lines)
{
    return lines.join(u'\n') + u'\n';
}

QString nftMap(const std::vector<NatPair> &pairs, Prefix NatPair::*from, Prefix NatPair::*to)
{
    QStringList elements;
    for (const NatPair &pair : pairs)
        elements += (pair.*from).toString() + u" : "_s + (pair.*to).toString();
    return u"map { "_s + elements.join(u", "_s) + u" }"_s;
}

} // namespace

Expected<QString> renderNft(const NatPlan &plan, const InterfaceName &tunnel)
{
    return pairsToTranslate(plan).map([&](const std::vector<NatPair> &pairs) {
        QStringList lines = heading(plan);
        // Declaring the table first makes the deletion succeed on a router that does not have it yet.
        lines << u"table ip interlock"_s << u"delete table ip interlock"_s;
        if (!pairs.empty()) {
            const QString &name = tunnel.toString();
            lines << u"table ip interlock {"_s << u"    chain prerouting {"_s
                  << u"        type nat hook prerouting priority dstnat; policy accept;"_s
                  << u"        iifname \"%1\" dnat ip prefix to ip daddr %2"_s.arg(
                         name, nftMap(pairs, &NatPair::virtualPrefix, &NatPair::real))
                  << u"    }"_s << u"    chain postrouting {"_s
                  << u"        type nat hook postrouting priority srcnat; policy accept;"_s
                  << u"        oifname \"%1\" snat ip prefix to ip saddr %2"_s.arg(
                         name, nftMap(pairs, &NatPair::real, &NatPair::virtualPrefix))
                  << u"    }"_s << u"}"_s;
        }
        return textOf(lines);
    });
}

Expected<QString> renderIptables(const NatPlan &plan, const InterfaceName &tunnel)
{
    return pairsToTranslate(plan).map([&](const std::vector<NatPair> &pairs) {
        QStringList lines = heading(plan);
        lines
            << u"# Load with iptables-restore --noflush. Once after each boot, hook the chains in:"_s
            << u"# iptables -t nat -C PREROUTING -j INTERLOCK-PRE || iptables -t nat -A PREROUTING -j INTERLOCK-PRE"_s
            << u"# iptables -t nat -C POSTROUTING -j INTERLOCK-POST || iptables -t nat -I POSTROUTING -j INTERLOCK-POST"_s
            << u"*nat"_s
            // With --noflush, naming an existing chain of one's own empties it and touches no other.
            << u":INTERLOCK-PRE - [0:0]"_s << u":INTERLOCK-POST - [0:0]"_s;
        for (const NatPair &pair : pairs) {
            lines << u"-A INTERLOCK-PRE -d %1 -i %2 -j NETMAP --to %3"_s.arg(pair.virtualPrefix.toString(),
                                                                             tunnel.toString(), pair.real.toString());
            lines << u"-A INTERLOCK-POST -s %1 -o %2 -j NETMAP --to %3"_s.arg(pair.real.toString(), tunnel.toString(),
                                                                              pair.virtualPrefix.toString());
        }
        lines << u"COMMIT"_s;
        return textOf(lines);
    });
}

Expected<QString> renderRouterOs(const NatPlan &plan, const InterfaceName &tunnel)
{
    return pairsToTranslate(plan).map([&](const std::vector<NatPair> &pairs) {
        QStringList lines = heading(plan);
        lines << u"/ip firewall nat remove [find comment~\"^interlock \"]"_s;
        for (const NatPair &pair : pairs) {
            const QString comment = u"interlock %1"_s.arg(harmless(plan.cn));
            lines
                << u"/ip firewall nat add chain=dstnat in-interface=%1 dst-address=%2 action=netmap to-addresses=%3 comment=\"%4\""_s
                       .arg(tunnel.toString(), pair.virtualPrefix.toString(), pair.real.toString(), comment);
            lines
                << u"/ip firewall nat add chain=srcnat out-interface=%1 src-address=%2 action=netmap to-addresses=%3 comment=\"%4\""_s
                       .arg(tunnel.toString(), pair.real.toString(), pair.virtualPrefix.toString(), comment);
        }
        return textOf(lines);
    });
}

} // namespace interlock
