// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/claimresolver.h"
#include "model/rules/rowimage.h"
#include "model/rules/topologyedit.h"

#include <QStringList>

#include <chrono>
#include <functional>

// Rows from words, and a topology that the rules are tried on.

namespace interlock {

inline Prefix pfx(QStringView text)
{
    return Prefix::parse(text).value();
}
inline Address addr(QStringView text)
{
    return Address::parse(text).value();
}
inline CommonName cname(QStringView text)
{
    return CommonName::parse(text).value();
}
inline InstanceName iname(QStringView text)
{
    return InstanceName::parse(text).value();
}
inline std::vector<Prefix> pfxs(const QStringList &texts)
{
    std::vector<Prefix> prefixes;
    for (const QString &text : texts)
        prefixes.push_back(pfx(text));
    return prefixes;
}

/// An instance on `network` with the server on its first host and stand-ins from 100.64.0.0/10.
inline InstanceRow instanceRow(QStringView name, QStringView network)
{
    const Prefix net = pfx(network);
    return {iname(name),
            QStringLiteral("tcp:127.0.0.1:7505"),
            net,
            Address(net.family(), net.first().value() + 1),
            {},
            DeviceMode::Tun,
            {},
            27,
            64,
            CollisionPolicy::KeepFirst,
            pfx(u"100.64.0.0/10"),
            UnknownCnPolicy::Deny,
            false,
            MoveLivePolicy::Never,
            StoreDownPolicy::AdmitKnown,
            {},
            {},
            1};
}
inline PoolRow poolRow(QStringView instance, QStringView prefix, int ordinal = 0)
{
    return {iname(instance), pfx(prefix), ordinal, 1};
}
inline ConnectorRow connectorRow(QStringView cn)
{
    return {cname(cn), {}, {}, Translation::Client, {}, 1};
}
inline IrouteRow irouteRow(QStringView cn, QStringView prefix)
{
    return {cname(cn), pfx(prefix), {}, 1};
}
inline AllocationRow allocationRow(QStringView instance, QStringView cn, QStringView address)
{
    const Address value = addr(address);
    return {iname(instance), cname(cn), static_cast<int>(value.family()), value, {}, {}, 1};
}
inline ExclusionRow exclusionRow(QStringView prefix)
{
    return {pfx(prefix), {}, {}, 1};
}

/// "kept" for a sentinel, otherwise the stand-in, and its carve-out where that is more: "100.64.0.0/30 in
/// 100.64.0.0/27".
inline QString verdictOf(const ClaimRow &claim)
{
    if (claim.isSentinel() && claim.hold == claim.real)
        return QStringLiteral("kept");
    const QString text = claim.virtualPrefix.toString();
    return claim.hold == claim.virtualPrefix ? text : text + QStringLiteral(" in ") + claim.hold.toString();
}
/// "!exhausted" for an error.
inline QString verdictOf(const Expected<ClaimRow> &claim)
{
    return claim ? verdictOf(*claim) : u'!' + nameOf(claim.error().kind);
}
template <typename T>
QString refusalOf(const Expected<T> &result)
{
    return result ? QStringLiteral("accepted") : u'!' + nameOf(result.error().kind);
}

/// Every claim as "cn real verdict", by CN and prefix.
inline QStringList claimsIn(const Topology &topology)
{
    QStringList list;
    for (const ClaimRow &claim : topology.rows<ClaimRow>())
        list += claim.cn.toString() + u' ' + claim.real.toString() + u' ' + verdictOf(claim);
    return list;
}

/// Every row of every table with all its fields, and for each range what is free in it.
inline QStringList fingerprintOf(Topology &topology, Timestamp now, const std::vector<Prefix> &ranges)
{
    QStringList list;
    const auto add = [&](const auto &rows) {
        for (const auto &row : rows) {
            QString line = QString::fromUtf16(kTableNames.at(tableOf(Row(row))));
            const QJsonObject image = imageOf(row);
            for (auto it = image.begin(); it != image.end(); ++it)
                line += u' ' + it.key() + u'=' + it.value().toVariant().toString();
            list += line;
        }
    };
    add(topology.rows<InstanceRow>());
    add(topology.rows<PoolRow>());
    add(topology.rows<ConnectorRow>());
    add(topology.rows<IrouteRow>());
    add(topology.rows<AllocationRow>());
    add(topology.rows<ClaimRow>());
    add(topology.rows<ExclusionRow>());
    add(topology.rows<QuarantineRow>());
    add(topology.rows<OptionRow>());
    add(topology.rows<SettingRow>());
    add(topology.rows<TenantRow>());
    std::vector<SubnetRow> subnets;
    topology.subnets().forEach([&](const SubnetRow &row) { subnets.push_back(row); });
    add(subnets);
    std::vector<AddressRow> addresses;
    topology.addresses().forEach([&](const AddressRow &row) { addresses.push_back(row); });
    add(addresses);
    for (const Prefix &range : ranges) {
        for (const Prefix &gap : topology.allocatorOf(range, now).freeGaps())
            list += QStringLiteral("free ") + gap.toString();
    }
    return list;
}

/// A topology and a clock that stands until it is moved; what a rule refuses leaves no trace.
struct Space
{
    Topology topology;
    Timestamp now = Timestamp::fromMilliseconds(1'800'000'000'000);

    /// An instance `main` on 10.8.0.0/24, and nothing else.
    Space()
    {
        put(instanceRow(u"main", u"10.8.0.0/24"));
        put(poolRow(u"main", u"10.8.0.0/24"));
    }

    void put(const Row &row) { topology.apply({topology.current(row), row}); }
    void remove(const Row &row) { topology.apply({row, std::nullopt}); }
    void change(QStringView instance, const std::function<void(InstanceRow &)> &how)
    {
        InstanceRow row = *topology.find<InstanceRow>(iname(instance));
        how(row);
        put(row);
    }
    void pass(std::chrono::milliseconds time) { now = now + time; }

    /// Carries `rule` out in an edit of its own, which is kept when it succeeds.
    template <typename Rule>
    auto tryOut(Rule &&rule)
    {
        TopologyEdit edit(topology);
        ClaimResolver resolver(edit, now);
        auto result = rule(edit, resolver);
        if (result)
            lastChanges = edit.take();
        return result;
    }
    QString resolve(QStringView cn, QStringView real, QStringView instance = u"main")
    {
        return verdictOf(
            tryOut([&](TopologyEdit &, ClaimResolver &r) { return r.resolve(cname(cn), pfx(real), iname(instance)); }));
    }
    QString release(QStringView cn, QStringView real)
    {
        return verdictOf(tryOut([&](TopologyEdit &, ClaimResolver &r) { return r.release(cname(cn), pfx(real)); }));
    }
    QString reassign(QStringView real, QStringView to)
    {
        return refusalOf(
            tryOut([&](TopologyEdit &, ClaimResolver &r) { return r.reassign(pfx(real), cname(to), {}); }));
    }
    QString standIn(QStringView cn, QStringView real, QStringView wanted = {})
    {
        const auto prefix = wanted.isEmpty() ? std::nullopt : std::optional(pfx(wanted));
        return verdictOf(
            tryOut([&](TopologyEdit &, ClaimResolver &r) { return r.standIn(cname(cn), pfx(real), prefix); }));
    }
    [[nodiscard]] QStringList quarantined() const
    {
        QStringList list;
        for (const QuarantineRow &row : topology.rows<QuarantineRow>())
            list += row.carveOut.toString() + u' ' + row.cn.toString();
        return list;
    }
    [[nodiscard]] QStringList claims() const { return claimsIn(topology); }
    QStringList fingerprint() { return fingerprintOf(topology, now, {pfx(u"100.64.0.0/10")}); }

    ChangeSet lastChanges;
};

} // namespace interlock
