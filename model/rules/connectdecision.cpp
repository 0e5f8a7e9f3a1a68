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
    if (!topology.poolsOverlapping(claim.real).empty())
        return false;
    for (const ClaimRow *other : topology.claimsOverlapping(claim.real)) {
        if (other->cn != claim.cn)
            return false;
    }
    return true;
}

void addLans(ConnectDecision &decision, TopologyEdit &edit, const InstanceRow &instance, Timestamp now)
{
    const auto *connector = edit.now().find<ConnectorRow>(decision.cn);
    const Translation translation = connector ? connector->translation : Translation::Client;
    std::vector<Prefix> prefixes;
    for (const IrouteRow *iroute : edit.now().list<IrouteRow>(decision.cn))
        prefixes.push_back(iroute->prefix);
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
                    {prefix, Error{ErrorKind::Conflict,
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

void addOptions(ConnectDecision &decision, const Topology &topology, OptionScope scope, const QString &holder)
{
    for (const OptionRow *row : topology.list<OptionRow>(scope, holder)) {
        const auto option = PushOption::parse(row->type, row->value);
        if (option)
            decision.lines.push_back(ServerLine::pushed(*option));
        else
            decision.problems.push_back({std::nullopt, option.error()});
    }
}

} // namespace

Expected<ConnectDecision> decideConnect(TopologyEdit &edit, const CommonName &cn, const InstanceName &instanceName, Timestamp now)
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
    addAddresses(decision, edit, instance, now);
    addLans(decision, edit, instance, now);
    for (const Prefix &prefix : pushedPrefixes(edit.now(), cn, instance))
        decision.lines.push_back(ServerLine::pushRoute(prefix));
    addOptions(decision, edit.now(), OptionScope::Instance, instanceName.toString());
    const auto *connector = edit.now().find<ConnectorRow>(cn);
    if (connector && !connector->group.isEmpty())
        addOptions(decision, edit.now(), OptionScope::Group, connector->group);
    addOptions(decision, edit.now(), OptionScope::Cn, cn.toString());
    return decision;
}

} // namespace interlock
