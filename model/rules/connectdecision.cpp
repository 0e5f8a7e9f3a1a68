// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/connectdecision.h"

#include "model/rules/claimresolver.h"
#include "model/rules/tunneladdress.h"
#include "model/rules/visibility.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Appends the line, or the reason why there is none.
void add(ConnectDecision &decision, const Expected<ServerLine> &line, const std::optional<Prefix> &prefix = {})
{
    if (line)
        decision.lines.push_back(*line);
    else
        decision.problems.push_back({prefix, line.error()});
}

void addAddresses(ConnectDecision &decision, TopologyEdit &edit, const InstanceRow &instance, Timestamp now)
{
    if (instance.autoAllocate) {
        if (const auto allocation = requestAllocation(edit, decision.cn, instance.name, now); !allocation)
            decision.problems.push_back({std::nullopt, allocation.error()});
    }
    for (const AllocationRow *allocation : edit.now().list<AllocationRow>(instance.name, decision.cn)) {
        if (allocation->address.isIPv4()) {
            add(decision, ServerLine::ifconfigPush(allocation->address, instance.network));
            continue;
        }
        for (const PoolRow *pool : edit.now().list<PoolRow>(instance.name)) {
            if (pool->prefix.contains(allocation->address)) {
                add(decision, ServerLine::ifconfigIpv6Push(allocation->address, pool->prefix.length()));
                break;
            }
        }
    }
}

/// On the host the real prefix is installed, which is right only while nobody else's space touches it (FACTS.md 10).
bool hostMayTranslate(const Topology &topology, const ClaimRow &claim)
{
    return topology.poolsOverlapping(claim.real).empty() &&
           !topology.hasClaim(claim.real, [&](const ClaimRow &other) { return other.cn != claim.cn; });
}

void addLans(ConnectDecision &decision, TopologyEdit &edit, const InstanceRow &instance, Timestamp now)
{
    const auto *connector = edit.now().find<ConnectorRow>(decision.cn);
    const Translation translation = connector ? connector->translation : Translation::Client;
    std::vector<Prefix> prefixes;
    for (const IrouteRow *iroute : edit.now().list<IrouteRow>(decision.cn))
        prefixes.push_back(iroute->prefix);
    if (instance.mode == DeviceMode::Tap && !prefixes.empty()) {
        decision.problems.push_back(
            {std::nullopt, Error{ErrorKind::Unsupported,
                                 u"OpenVPN ignores iroutes on a tap device: the LANs of %1 are left out"_s.arg(
                                     decision.cn.toString()),
                                 {}}});
        return;
    }
    std::vector<ServerLine> translations;
    ClaimResolver resolver(edit, now);
    for (const Prefix &prefix : prefixes) {
        const auto claim = resolver.resolve(decision.cn, prefix, instance.name);
        if (!claim) {
            decision.problems.push_back({prefix, claim.error()});
            continue;
        }
        decision.claims.push_back(*claim);
        if (claim->isSentinel()) {
            decision.lines.push_back(ServerLine::iroute(claim->real));
        } else if (translation == Translation::Host) {
            if (hostMayTranslate(edit.now(), *claim)) {
                decision.lines.push_back(ServerLine::iroute(claim->real));
            } else {
                decision.problems.push_back(
                    {prefix,
                     Error{ErrorKind::Conflict,
                           u"%1 overlaps space of others, so the VPN host cannot translate it"_s.arg(prefix.toString()),
                           {}}});
            }
        } else {
            decision.lines.push_back(ServerLine::iroute(claim->virtualPrefix));
            if (translation == Translation::Client) {
                const auto line = ServerLine::clientNat({claim->real, claim->virtualPrefix});
                if (line)
                    translations.push_back(*line);
                else
                    decision.problems.push_back({prefix, line.error()});
            }
        }
    }
    decision.lines.insert(decision.lines.end(), translations.begin(), translations.end());
}

void addPeers(ConnectDecision &decision, const Topology &topology, const InstanceRow &instance)
{
    std::vector<Prefix> prefixes = pushedPrefixes(topology, decision.cn, instance);
    if (prefixes.size() > kMaxPushedRoutes) {
        decision.problems.push_back(
            {std::nullopt, Error{ErrorKind::Limit,
                                 u"%1 prefixes of peers should be pushed and %2 are: the rest of them is out of reach"_s
                                     .arg(prefixes.size())
                                     .arg(kMaxPushedRoutes),
                                 {{u"visible"_s, static_cast<qint64>(prefixes.size())},
                                  {u"pushed"_s, static_cast<qint64>(kMaxPushedRoutes)},
                                  {u"firstLeftOut"_s, prefixes[kMaxPushedRoutes].toString()}}}});
        prefixes.resize(kMaxPushedRoutes);
    }
    for (const Prefix &prefix : prefixes)
        decision.lines.push_back(ServerLine::pushRoute(prefix));
}

/// Options of the instance, the group and the CN, in this order. Of what a client obeys once only the narrowest is
/// sent, because a second redirect-gateway adds to the first instead of replacing it.
void addOptions(ConnectDecision &decision, const Topology &topology)
{
    const auto *connector = topology.find<ConnectorRow>(decision.cn);
    std::vector<const OptionRow *> rows = topology.list<OptionRow>(OptionScope::Instance, decision.instance.toString());
    const auto append = [&](OptionScope scope, const QString &holder) {
        for (const OptionRow *row : topology.list<OptionRow>(scope, holder)) {
            std::erase_if(rows,
                          [&](const OptionRow *wider) { return isSingle(row->type) && wider->type == row->type; });
            rows.push_back(row);
        }
    };
    if (connector && !connector->group.isEmpty())
        append(OptionScope::Group, connector->group);
    append(OptionScope::Cn, decision.cn.toString());
    for (const OptionRow *row : rows)
        add(decision, PushOption::parse(row->type, row->value).map(ServerLine::pushed));
}

} // namespace

Expected<ConnectDecision> decideConnect(TopologyEdit &edit, const CommonName &cn, const InstanceName &instanceName,
                                        Timestamp now)
{
    const auto *found = edit.now().find<InstanceRow>(instanceName);
    if (!found) {
        return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(instanceName.toString()),
                    {{u"instance"_s, instanceName.toString()}});
    }
    const InstanceRow instance = *found;
    ConnectDecision decision{cn, instanceName, ConnectAction::Accept, {}, {}, {}, {}};
    const bool isKnown = edit.now().find<ConnectorRow>(cn) != nullptr;
    if (!isKnown && instance.unknownCn == UnknownCnPolicy::Deny) {
        decision.action = ConnectAction::Deny;
        decision.denyReason = u"this common name is not known here"_s;
        return decision;
    }
    ensureConnector(edit, cn, now);
    addAddresses(decision, edit, instance, now);
    addLans(decision, edit, instance, now);
    addPeers(decision, edit.now(), instance);
    addOptions(decision, edit.now());
    return decision;
}

} // namespace interlock
