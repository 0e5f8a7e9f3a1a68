// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/deviceobjection.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Reason = std::optional<QString>;

bool isThere(const Topology &topology, VariableScope scope, const QString &holder)
{
    switch (scope) {
    case VariableScope::Group:
        return topology.find<GroupRow>(holder);
    case VariableScope::Template:
        return topology.find<TemplateRow>(holder);
    case VariableScope::Device:
        return topology.find<DeviceRow>(holder);
    case VariableScope::Store:
    case VariableScope::Network:
        return true;
    }
    Q_UNREACHABLE();
}

struct Hanging
{
    const Topology &topology;

    Reason operator()(const VariableRow &row) const
    {
        if (isThere(topology, row.scope, row.holder))
            return {};
        return u"%1 %2, which has the variable %3, is gone"_s.arg(enumText(row.scope), row.holder, row.variable);
    }
    Reason operator()(const DeviceRow &row) const
    {
        if (!row.group.isEmpty() && !topology.find<GroupRow>(row.group))
            return u"its group %1 is gone"_s.arg(row.group);
        for (const DeviceRow &other : topology.rows<DeviceRow>()) {
            const bool hasSame = (row.node && other.node == row.node) || (row.cn && other.cn == row.cn);
            if (other.device != row.device && hasSame)
                return u"its node or common name is device %1 now"_s.arg(other.device);
        }
        return {};
    }
    Reason operator()(const MemberRow &row) const
    {
        if (!topology.find<NetworkRow>(row.network))
            return u"its network %1 is gone"_s.arg(row.network.toString());
        if (!row.device.isEmpty() && !topology.find<DeviceRow>(row.device))
            return u"its device %1 is gone"_s.arg(row.device);
        return {};
    }
    template <typename R>
    Reason operator()(const R &) const
    {
        return {};
    }
};

struct LeftBehind
{
    const Topology &topology;

    Reason operator()(const GroupRow &row) const
    {
        const auto found = std::ranges::find(topology.rows<DeviceRow>(), row.group, &DeviceRow::group);
        if (found != topology.rows<DeviceRow>().end())
            return u"device %1 is in group %2 now"_s.arg(found->device, row.group);
        return variableOf(VariableScope::Group, row.group);
    }
    Reason operator()(const TemplateRow &row) const { return variableOf(VariableScope::Template, row.name); }
    Reason operator()(const DeviceRow &row) const
    {
        for (const MemberRow &member : topology.rows<MemberRow>()) {
            if (member.device == row.device)
                return u"device %1 is a member of network %2 now"_s.arg(row.device, member.network.toString());
        }
        return variableOf(VariableScope::Device, row.device);
    }
    template <typename R>
    Reason operator()(const R &) const
    {
        return {};
    }

private:
    [[nodiscard]] Reason variableOf(VariableScope scope, const QString &holder) const
    {
        const auto found = topology.list<VariableRow>(scope, holder);
        if (found.empty())
            return {};
        return u"%1 %2 has the variable %3 now"_s.arg(enumText(scope), holder, found.front()->variable);
    }
};

} // namespace

std::optional<QString> hangingObjection(const Topology &topology, const Row &row)
{
    return std::visit(Hanging{topology}, row);
}

std::optional<QString> leftBehindObjection(const Topology &topology, const Row &row)
{
    return std::visit(LeftBehind{topology}, row);
}

} // namespace interlock
