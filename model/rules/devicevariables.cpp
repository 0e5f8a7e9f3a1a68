// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/devicevariables.h"

#include "model/rules/divisionshares.h"
#include "model/rules/subnetqueries.h"

#include <QJsonArray>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Expected<DeviceRow> deviceNamed(const Topology &topology, const QString &device)
{
    if (const auto *found = topology.find<DeviceRow>(device))
        return *found;
    return fail(ErrorKind::NotFound, u"there is no device '%1'"_s.arg(device), {{u"device"_s, device}});
}

Expected<TemplateRow> templateNamed(const Topology &topology, const QString &name)
{
    if (const auto *found = topology.find<TemplateRow>(name))
        return *found;
    return fail(ErrorKind::NotFound, u"there is no template '%1'"_s.arg(name), {{u"template"_s, name}});
}

VariableSource typed(const Topology &topology, VariableScope scope, const QString &holder)
{
    VariableSource source{scope, holder, {}};
    for (const VariableRow *row : topology.list<VariableRow>(scope, holder))
        source.values.push_back({row->variable, row->value});
    return source;
}

/// Ours that are on the controller, the network's own subnet last, as they were sent.
std::vector<Route> routesOf(const Topology &topology, const NetworkRow &network)
{
    std::vector<Route> routes;
    std::optional<Route> parent;
    for (const OwnedRouteRow *row : topology.list<OwnedRouteRow>(network.name)) {
        if (row->target == network.subnet)
            parent = Route{row->target, row->via};
        else
            routes.push_back({row->target, row->via});
    }
    if (parent)
        routes.push_back(*parent);
    return routes;
}

/// The most specific stored subnet strictly inside of the network's that holds the address. \source CASES.md V2, V3
std::optional<Prefix> childOf(const Topology &topology, const NetworkRow &network, Address address)
{
    const auto found = longestMatch(topology, network.tenant, address);
    const bool isChild = found && network.subnet.contains(found->prefix) && found->prefix != network.subnet;
    return isChild ? std::optional(found->prefix) : std::nullopt;
}

NetworkPlace placeOf(const Topology &topology, const NetworkRow &network, const MemberRow &member)
{
    return {.key = network.key,
            .subnet = network.subnet,
            .address = *member.address,
            .child = childOf(topology, network, *member.address),
            .server = network.server,
            .routes = routesOf(topology, network),
            .networkId = network.networkId.toString(),
            .nodeId = member.node.toString(),
            .networkName = network.title};
}

/// Everything that is known about a device before it is decided what wins.
class SourceCollector
{
public:
    SourceCollector(const Topology &topology, const DeviceRow &device) : m_topology(topology), m_device(device) {}

    DeviceVariables resolve(const std::optional<QString> &templateName)
    {
        m_sources.push_back(typed(m_topology, VariableScope::Store, {}));
        if (!m_device.group.isEmpty())
            m_sources.push_back(typed(m_topology, VariableScope::Group, m_device.group));
        if (templateName)
            m_sources.push_back(typed(m_topology, VariableScope::Template, *templateName));
        m_sources.push_back(typed(m_topology, VariableScope::Device, m_device.device));
        addNetworks();
        addDivisions();
        return {resolveVariables(m_sources), std::move(m_warnings)};
    }

private:
    void addNetworks()
    {
        const auto members = membershipsOf(m_topology, m_device.device);
        for (const MemberRow &member : members) {
            const auto *network = m_topology.find<NetworkRow>(member.network);
            if (!network)
                continue;
            if (!member.address) {
                m_warnings.push_back({NetworkVariableWarning::Kind::NoAddress, network->key,
                                      u"%1 has no address in network %2, which says nothing about it then"_s.arg(
                                          m_device.device, member.network.toString())});
                continue;
            }
            const NetworkPlace place = placeOf(m_topology, *network, member);
            auto said = networkVariables({&place, 1}, members.size() > 1);
            if (place.routes.empty())
                explainNoRoutes(said.warnings, member);
            m_sources.push_back({VariableScope::Network, member.network.toString(), std::move(said.values)});
            std::ranges::move(said.warnings, std::back_inserter(m_warnings));
        }
    }

    void addDivisions()
    {
        for (const DivisionRuleRow &rule : m_topology.rows<DivisionRuleRow>()) {
            const auto parts = divisionPartsOf(m_topology, rule, m_device.device);
            if (!parts.empty()) {
                m_sources.push_back(
                    {VariableScope::Network, u"rule "_s + rule.label, divisionVariables(divisionRuleOf(rule), parts)});
            }
        }
    }

    /// Not the rows are wrong then: nobody sent them yet.
    static void explainNoRoutes(std::vector<NetworkVariableWarning> &warnings, const MemberRow &member)
    {
        for (NetworkVariableWarning &warning : warnings) {
            if (warning.kind == NetworkVariableWarning::Kind::NotRouted) {
                warning.detail =
                    u"no route of network %1 was applied yet, and %2 needs one: 'zt apply %1' sends them"_s.arg(
                        member.network.toString(), member.address->toString());
            }
        }
    }

    const Topology &m_topology;
    const DeviceRow &m_device;
    std::vector<VariableSource> m_sources;
    std::vector<NetworkVariableWarning> m_warnings;
};

/// How what has no value gets one.
QJsonArray adviceFor(const Topology &topology, const QString &device, const QJsonArray &undefined,
                     const std::vector<NetworkVariableWarning> &warnings)
{
    const auto isComputed = [](const QJsonValue &each) {
        return isNetworkVariableName(each.toObject().value(u"name"_s).toString());
    };
    const auto computed = std::count_if(undefined.begin(), undefined.end(), isComputed);
    QJsonArray advice;
    if (computed < undefined.size()) {
        advice.append(u"give a value with 'device set %1 --variable NAME=VALUE', or to more devices with 'group set', "
                      "'template set' or 'variable set'"_s.arg(device));
    }
    if (computed == 0)
        return advice;
    const auto members = membershipsOf(topology, device);
    if (members.empty())
        advice.append(
            u"'device provision %1 --network NAME' gives it the address that a network's variables tell"_s.arg(device));
    if (members.size() > 1) {
        QStringList keys;
        for (const MemberRow &member : members) {
            if (const auto *network = topology.find<NetworkRow>(member.network))
                keys += u"_"_s + network->key;
        }
        advice.append(u"it is in %1 networks: end the name with one of %2"_s.arg(members.size()).arg(keys.join(u", ")));
    }
    for (const auto &warning : warnings)
        advice.append(warning.detail);
    return advice;
}

Error undefinedError(const Topology &topology, const QString &device, const QString &templateName,
                     const DeviceVariables &variables, const Error &error)
{
    const auto undefined = error.payload.value(u"undefined"_s).toArray();
    QStringList names;
    for (const QJsonValue each : undefined) {
        const auto object = each.toObject();
        names += u"%1 (line %2, column %3)"_s.arg(object.value(u"name"_s).toString())
                     .arg(object.value(u"line"_s).toInt())
                     .arg(object.value(u"column"_s).toInt());
    }
    return {ErrorKind::Invalid,
            u"template %1 uses variables that device %2 has no value for: %3"_s.arg(templateName, device,
                                                                                    names.join(u", ")),
            {{u"device"_s, device},
             {u"template"_s, templateName},
             {u"undefined"_s, undefined},
             {u"advice"_s, adviceFor(topology, device, undefined, variables.warnings)}}};
}

/// The keys of the networks whose values a text was made with.
std::set<QString> keysUsed(const Topology &topology, const DeviceVariables &variables, const Rendering &rendering)
{
    std::set<QString> keys;
    for (const ResolvedVariable &variable : variables.values) {
        if (variable.origin != VariableScope::Network || !std::ranges::binary_search(rendering.used, variable.name))
            continue;
        const auto name = NetworkName::parse(variable.holder);
        if (const auto *network = name ? topology.find<NetworkRow>(*name) : nullptr)
            keys.insert(network->key);
    }
    return keys;
}

} // namespace

std::vector<MemberRow> membershipsOf(const Topology &topology, const QString &device)
{
    std::vector<MemberRow> found;
    for (const MemberRow &member : topology.rows<MemberRow>()) {
        if (member.device == device && member.standing != MemberStanding::Removed)
            found.push_back(member);
    }
    return found;
}

Expected<DeviceVariables> deviceVariables(const Topology &topology, const QString &device,
                                          const std::optional<QString> &templateName)
{
    const auto row = deviceNamed(topology, device);
    if (!row)
        return fail(row.error());
    if (templateName) {
        if (const auto found = templateNamed(topology, *templateName); !found)
            return fail(found.error());
    }
    return SourceCollector(topology, *row).resolve(templateName);
}

Expected<DeviceRendering> renderForDevice(const Topology &topology, const QString &device, const QString &templateName)
{
    const auto variables = deviceVariables(topology, device, templateName);
    if (!variables)
        return fail(variables.error());
    const auto row = templateNamed(topology, templateName);
    if (!row)
        return fail(row.error());
    QHash<QString, QString> values;
    for (const ResolvedVariable &variable : variables->values)
        values.insert(variable.name, variable.value);
    auto rendering = renderTemplate(row->text, values);
    if (!rendering && rendering.error().payload.contains("undefined"_L1))
        return tl::unexpected(undefinedError(topology, device, templateName, *variables, rendering.error()));
    if (!rendering) {
        Error error = rendering.error();
        error.payload.insert(u"device"_s, device);
        error.payload.insert(u"template"_s, templateName);
        return tl::unexpected(std::move(error));
    }
    DeviceRendering result{*std::move(rendering), {}};
    const auto keys = keysUsed(topology, *variables, result.rendering);
    std::ranges::copy_if(variables->warnings, std::back_inserter(result.warnings),
                         [&](const NetworkVariableWarning &warning) { return keys.contains(warning.key); });
    return result;
}

} // namespace interlock
