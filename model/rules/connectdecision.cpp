// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/connectdecision.h"

#include "model/rules/claimresolver.h"
#include "model/rules/hostnat.h"
#include "model/rules/instancelookup.h"
#include "model/rules/tunneladdress.h"
#include "model/rules/visibility.h"

#include <algorithm>

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

void addAddresses(ConnectDecision &decision, const Topology &topology, const InstanceRow &instance)
{
    for (const AllocationRow *allocation : topology.list<AllocationRow>(instance.name, decision.cn)) {
        if (allocation->address.isIPv4()) {
            add(decision, ServerLine::ifconfigPush(allocation->address, instance.network));
            continue;
        }
        for (const PoolRow *pool : topology.list<PoolRow>(instance.name)) {
            if (pool->prefix.contains(allocation->address)) {
                add(decision, ServerLine::ifconfigIpv6Push(allocation->address, pool->prefix.length()));
                break;
            }
        }
    }
}

/// The lines for one LAN whose verdict is known; a translation in the client goes to `translations`, which stand last.
void addLan(ConnectDecision &decision, const Topology &topology, const ClaimRow &claim, Translation translation,
            std::vector<ServerLine> &translations)
{
    const auto install = [&](const Prefix &prefix) {
        decision.lines.push_back(ServerLine::iroute(prefix));
        decision.lans.push_back({claim.real, prefix});
    };
    decision.claims.push_back(claim);
    if (claim.isSentinel())
        return install(claim.real);
    if (translation == Translation::Host) {
        if (auto problem = hostTranslationProblem(topology, claim))
            decision.problems.push_back({claim.real, *std::move(problem)});
        else
            install(claim.real);
        return;
    }
    install(claim.virtualPrefix);
    if (translation != Translation::Client)
        return;
    if (const auto line = ServerLine::clientNat({claim.real, claim.virtualPrefix}))
        translations.push_back(*line);
    else
        decision.problems.push_back({claim.real, line.error()});
}

/// \param verdict  Prefix -> Expected<ClaimRow>; may change the topology
template <typename Verdict>
void addLans(ConnectDecision &decision, const Topology &topology, const InstanceRow &instance, Verdict &&verdict)
{
    const auto *connector = topology.find<ConnectorRow>(decision.cn);
    const Translation translation = connector ? connector->translation : Translation::Client;
    std::vector<Prefix> prefixes;
    for (const IrouteRow *iroute : topology.list<IrouteRow>(decision.cn))
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
    for (const Prefix &prefix : prefixes) {
        const Expected<ClaimRow> claim = verdict(prefix);
        if (claim)
            addLan(decision, topology, *claim, translation, translations);
        else
            decision.problems.push_back({prefix, claim.error()});
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

/// Whether the CN gets in at all.
ConnectDecision admission(const Topology &topology, const CommonName &cn, const InstanceRow &instance)
{
    ConnectDecision decision{cn, instance.name, ConnectAction::Accept, {}, {}, {}, {}, {}};
    if (!topology.find<ConnectorRow>(cn) && instance.unknownCn == UnknownCnPolicy::Deny) {
        decision.action = ConnectAction::Deny;
        decision.denyReason = u"this common name is not known here"_s;
    }
    return decision;
}

} // namespace

void ConnectDecision::leaveOut(const Prefix &installed, Error why)
{
    const auto lan = std::ranges::find(lans, installed, &AnsweredLan::installed);
    if (lan == lans.end())
        return;
    std::erase(lines, ServerLine::iroute(installed));
    if (const auto translation = ServerLine::clientNat({lan->real, installed}))
        std::erase(lines, *translation);
    problems.push_back({lan->real, std::move(why)});
    lans.erase(lan);
}

Expected<ConnectDecision> decideConnect(TopologyEdit &edit, const CommonName &cn, const InstanceName &instanceName,
                                        Timestamp now)
{
    const auto instance = instanceNamed(edit.now(), instanceName);
    if (!instance)
        return fail(instance.error());
    ConnectDecision decision = admission(edit.now(), cn, *instance);
    if (decision.action == ConnectAction::Deny)
        return decision;
    ensureConnector(edit, cn, now);
    if (instance->autoAllocate) {
        if (const auto allocation = requestAllocation(edit, cn, instance->name, now); !allocation)
            decision.problems.push_back({std::nullopt, allocation.error()});
    }
    addAddresses(decision, edit.now(), *instance);
    ClaimResolver resolver(edit, now);
    addLans(decision, edit.now(), *instance,
            [&](const Prefix &prefix) { return resolver.resolve(cn, prefix, instance->name); });
    addPeers(decision, edit.now(), *instance);
    addOptions(decision, edit.now());
    return decision;
}

Expected<ConnectDecision> decideFromStored(const Topology &topology, const CommonName &cn,
                                           const InstanceName &instanceName)
{
    const auto instance = instanceNamed(topology, instanceName);
    if (!instance)
        return fail(instance.error());
    ConnectDecision decision = admission(topology, cn, *instance);
    if (decision.action == ConnectAction::Deny)
        return decision;
    addAddresses(decision, topology, *instance);
    addLans(decision, topology, *instance, [&](const Prefix &prefix) -> Expected<ClaimRow> {
        if (const auto *claim = topology.find<ClaimRow>(cn, prefix))
            return *claim;
        return fail(ErrorKind::StoreUnavailable, u"%1 has no verdict yet"_s.arg(prefix.toString()));
    });
    addPeers(decision, topology, *instance);
    addOptions(decision, topology);
    return decision;
}

} // namespace interlock
