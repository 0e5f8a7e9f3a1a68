// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/publicaddress.h"

#include <QJsonArray>

#include <algorithm>
#include <iterator>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

bool isAround(const Prefix &lan, const InstanceRow &instance)
{
    return instance.publicAddress && lan.contains(*instance.publicAddress);
}

/// The instances whose public address a new LAN could contain.
std::vector<const InstanceRow *> findableInstances(const Topology &topology)
{
    std::vector<const InstanceRow *> found;
    for (const InstanceRow &row : topology.rows<InstanceRow>()) {
        if (row.publicAddress)
            found.push_back(&row);
    }
    return found;
}

std::set<LanAroundServer> newOnes(const Topology &topology, const std::vector<const InstanceRow *> &instances,
                                  const ChangeSet &changes)
{
    std::set<Prefix> before;
    for (const RowChange &change : changes) {
        const auto *lan = change.before ? std::get_if<IrouteRow>(&*change.before) : nullptr;
        if (lan)
            before.insert(lan->prefix);
    }
    std::set<LanAroundServer> found;
    for (const RowChange &change : changes) {
        const auto *lan = change.after ? std::get_if<IrouteRow>(&*change.after) : nullptr;
        for (const InstanceRow *instance : instances) {
            if (lan && !before.contains(lan->prefix) && isAround(lan->prefix, *instance))
                found.insert({lan->cn, lan->prefix, instance->name, *instance->publicAddress});
        }
        const auto *instance = change.after ? std::get_if<InstanceRow>(&*change.after) : nullptr;
        if (instance &&
            (!change.before || std::get<InstanceRow>(*change.before).publicAddress != instance->publicAddress))
            std::ranges::copy(lansAround(topology, *instance), std::inserter(found, found.end()));
    }
    return found;
}

tl::unexpected<Error> unconfirmed(const std::set<LanAroundServer> &found)
{
    QJsonArray lans;
    for (const LanAroundServer &each : found) {
        lans.append(QJsonObject{{u"cn"_s, each.cn.toString()},
                                {u"prefix"_s, each.lan.toString()},
                                {u"instance"_s, each.instance.toString()},
                                {u"publicAddress"_s, each.publicAddress.toString()}});
    }
    const LanAroundServer &first = *found.begin();
    const QString more = found.size() > 1 ? u" (and %1 more)"_s.arg(found.size() - 1) : QString();
    return fail(ErrorKind::Conflict,
                u"%1 of %2 contains %3, the public address of instance %4%5: whoever is pushed a route to that LAN "
                "sends its own tunnel's packets into the tunnel"_s.arg(first.lan.toString(), first.cn.toString(),
                                                                       first.publicAddress.toString(),
                                                                       first.instance.toString(), more),
                {{u"confirm"_s, QJsonArray{enumText(Confirmation::PublicAddress)}}, {u"lans"_s, lans}});
}

} // namespace

std::vector<LanAroundServer> lansAround(const Topology &topology, const InstanceRow &instance)
{
    std::vector<LanAroundServer> found;
    if (!instance.publicAddress)
        return found;
    for (const IrouteRow &row : topology.rows<IrouteRow>()) {
        if (isAround(row.prefix, instance))
            found.push_back({row.cn, row.prefix, instance.name, *instance.publicAddress});
    }
    return found;
}

Expected<void> checkPublicAddresses(const TopologyEdit &edit, std::span<const Confirmation> confirmed)
{
    if (std::ranges::find(confirmed, Confirmation::PublicAddress) != confirmed.end())
        return {};
    // Most stores name no such address, and copying the changes of a large import takes time.
    const auto instances = findableInstances(edit.now());
    if (instances.empty())
        return {};
    const auto found = newOnes(edit.now(), instances, edit.changes());
    if (found.empty())
        return {};
    return unconfirmed(found);
}

} // namespace interlock
