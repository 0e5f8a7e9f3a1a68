// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"

#include "model/commands/decide_parts.h"
#include "model/rules/claimresolver.h"
#include "model/rules/connectdecision.h"
#include "model/rules/publicaddress.h"
#include "model/rules/tunneladdress.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

template <typename R>
Outcome outcomeOf(const R &row)
{
    return std::vector<Row>{row};
}

template <typename R>
Outcome outcomeOf(const std::vector<R> &rows)
{
    return std::vector<Row>(rows.begin(), rows.end());
}

template <typename T>
Expected<Outcome> answer(const Expected<T> &result)
{
    return result.map([](const T &value) { return outcomeOf(value); });
}

struct Decider
{
    TopologyEdit &edit;
    Timestamp now;

    Expected<Outcome> operator()(const SetAllocation &c) const
    {
        return answer(setAllocation(edit, c.cn, c.instance, c.address, now));
    }
    Expected<Outcome> operator()(const RequestAllocation &c) const
    {
        return answer(requestAllocation(edit, c.cn, c.instance, now));
    }
    Expected<Outcome> operator()(const ReleaseAllocation &c) const
    {
        return answer(releaseAllocations(edit, c.cn, c.instance));
    }
    Expected<Outcome> operator()(const ResolveClaim &c) const
    {
        return answer(resolver().resolve(c.cn, c.real, c.instance));
    }
    Expected<Outcome> operator()(const ReleaseClaim &c) const { return answer(resolver().release(c.cn, c.real)); }
    Expected<Outcome> operator()(const ReassignClaim &c) const
    {
        return answer(resolver().reassign(c.real, c.to, c.instance));
    }
    Expected<Outcome> operator()(const StandInClaim &c) const
    {
        return answer(resolver().standIn(c.cn, c.real, c.wanted));
    }

    Expected<Outcome> operator()(const ExcludePrefix &c) const
    {
        const auto *present = edit.now().find<ExclusionRow>(c.prefix);
        edit.put(ExclusionRow{c.prefix, c.note, present ? present->createdAt : now, 0});
        // Claims inside keep what they have; the operator is told which they are.
        std::vector<Row> rows{*edit.now().find<ExclusionRow>(c.prefix)};
        for (const ClaimRow *claim : edit.now().claimsHolding(c.prefix))
            rows.emplace_back(*claim);
        return Outcome(std::move(rows));
    }
    Expected<Outcome> operator()(const UnexcludePrefix &c) const
    {
        const auto *found = edit.now().find<ExclusionRow>(c.prefix);
        if (!found)
            return fail(ErrorKind::NotFound, u"%1 is not excluded"_s.arg(c.prefix.toString()),
                        {{u"prefix"_s, c.prefix.toString()}});
        const ExclusionRow row = *found;
        edit.erase(row);
        return outcomeOf(row);
    }
    Expected<Outcome> operator()(const DecideConnect &c) const
    {
        return decideConnect(edit, c.cn, c.instance, now).map([](const ConnectDecision &decision) {
            return Outcome(decision);
        });
    }
    Expected<Outcome> operator()(const SetSetting &c) const
    {
        if (c.name != u"quarantineHours"_s && c.name != u"addressQuarantineHours"_s)
            return fail(ErrorKind::NotFound, u"there is no setting '%1'"_s.arg(c.name.left(40)));
        bool isNumber = false;
        const int hours = c.value.toInt(&isNumber);
        if (!c.value.isEmpty() && (!isNumber || hours < 0 || hours > 24 * 365))
            return fail(ErrorKind::Invalid, u"%1 is a number of hours from 0 to 8760"_s.arg(c.name));
        const SettingRow row{c.name, c.value, 0};
        if (c.value.isEmpty())
            edit.erase(row);
        else
            edit.put(row);
        return outcomeOf(row);
    }
    Expected<Outcome> operator()(const ProlongQuarantine &c) const
    {
        if (!edit.now().find<InstanceRow>(c.instance))
            return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(c.instance.toString()));
        std::vector<Row> rows;
        for (const Prefix &carveOut : c.carveOuts) {
            resolver().prolong(carveOut);
            if (const auto *row = edit.now().find<QuarantineRow>(carveOut))
                rows.emplace_back(*row);
        }
        return Outcome(std::move(rows));
    }
    Expected<Outcome> operator()(const Revert &) const
    {
        return fail(ErrorKind::Unsupported, u"a revert is decided with its journal entry"_s);
    }
    template <typename C>
    Expected<Outcome> operator()(const C &command) const
    {
        return parts::run(edit, command, now);
    }

private:
    [[nodiscard]] ClaimResolver resolver() const { return {edit, now}; }
};

/// What was confirmed with the command; null for one that cannot bring about what has to be.
struct Confirmed
{
    template <typename C>
    const std::vector<Confirmation> *operator()(const C &command) const
    {
        if constexpr (requires { command.confirmed; })
            return &command.confirmed;
        else
            return nullptr;
    }
};

template <typename R, typename... Key>
std::optional<qint64> versionAt(const Topology &topology, const Key &...key)
{
    const auto *row = topology.find<R>(key...);
    return row ? row->version : 0;
}

struct Subject
{
    const Topology &topology;

    std::optional<qint64> operator()(const AddInstance &c) const
    {
        return versionAt<InstanceRow>(topology, c.instance.name);
    }
    std::optional<qint64> operator()(const SetInstance &c) const { return versionAt<InstanceRow>(topology, c.name); }
    std::optional<qint64> operator()(const RemoveInstance &c) const { return versionAt<InstanceRow>(topology, c.name); }
    std::optional<qint64> operator()(const SetConnector &c) const { return versionAt<ConnectorRow>(topology, c.cn); }
    std::optional<qint64> operator()(const RenameConnector &c) const
    {
        return versionAt<ConnectorRow>(topology, c.from);
    }
    std::optional<qint64> operator()(const RemoveConnector &c) const { return versionAt<ConnectorRow>(topology, c.cn); }
    std::optional<qint64> operator()(const ReplaceIroutes &c) const { return versionAt<ConnectorRow>(topology, c.cn); }
    std::optional<qint64> operator()(const SetAllocation &c) const
    {
        return versionAt<AllocationRow>(topology, c.instance, c.cn, static_cast<int>(c.address.family()));
    }
    std::optional<qint64> operator()(const ResolveClaim &c) const
    {
        return versionAt<ClaimRow>(topology, c.cn, c.real);
    }
    std::optional<qint64> operator()(const ReleaseClaim &c) const
    {
        return versionAt<ClaimRow>(topology, c.cn, c.real);
    }
    std::optional<qint64> operator()(const ReassignClaim &c) const
    {
        return versionAt<ClaimRow>(topology, c.to, c.real);
    }
    std::optional<qint64> operator()(const StandInClaim &c) const
    {
        return versionAt<ClaimRow>(topology, c.cn, c.real);
    }
    std::optional<qint64> operator()(const ExcludePrefix &c) const
    {
        return versionAt<ExclusionRow>(topology, c.prefix);
    }
    std::optional<qint64> operator()(const UnexcludePrefix &c) const
    {
        return versionAt<ExclusionRow>(topology, c.prefix);
    }
    std::optional<qint64> operator()(const SetSetting &c) const { return versionAt<SettingRow>(topology, c.name); }
    std::optional<qint64> operator()(const SetTenant &c) const { return versionAt<TenantRow>(topology, c.tenant); }
    std::optional<qint64> operator()(const RemoveTenant &c) const { return versionAt<TenantRow>(topology, c.tenant); }
    std::optional<qint64> operator()(const AddSubnet &c) const
    {
        return subnetVersion(c.subnet.tenant, c.subnet.prefix);
    }
    std::optional<qint64> operator()(const SetSubnet &c) const { return subnetVersion(c.tenant, c.prefix); }
    std::optional<qint64> operator()(const SplitSubnet &c) const { return subnetVersion(c.tenant, c.prefix); }
    std::optional<qint64> operator()(const ResizeSubnet &c) const { return subnetVersion(c.tenant, c.prefix); }
    std::optional<qint64> operator()(const MoveSubnet &c) const { return subnetVersion(c.tenant, c.prefix); }
    std::optional<qint64> operator()(const RemoveSubnet &c) const { return subnetVersion(c.tenant, c.prefix); }
    std::optional<qint64> operator()(const AddAddress &c) const { return addressVersion(c.tenant, c.address); }
    std::optional<qint64> operator()(const SetAddress &c) const { return addressVersion(c.tenant, c.address); }
    std::optional<qint64> operator()(const ReleaseAddress &c) const { return addressVersion(c.tenant, c.address); }
    std::optional<qint64> operator()(const SetController &c) const
    {
        return versionAt<ControllerRow>(topology, c.name);
    }
    std::optional<qint64> operator()(const RemoveController &c) const
    {
        return versionAt<ControllerRow>(topology, c.name);
    }
    std::optional<qint64> operator()(const SetNetwork &c) const { return versionAt<NetworkRow>(topology, c.name); }
    std::optional<qint64> operator()(const RemoveNetwork &c) const { return versionAt<NetworkRow>(topology, c.name); }
    std::optional<qint64> operator()(const AssignMember &c) const
    {
        return versionAt<MemberRow>(topology, c.network, c.node);
    }
    std::optional<qint64> operator()(const AddDevice &c) const
    {
        return versionAt<DeviceRow>(topology, c.device.device);
    }
    std::optional<qint64> operator()(const ProvisionDevice &c) const
    {
        return versionAt<DeviceRow>(topology, c.device);
    }
    std::optional<qint64> operator()(const SetDevice &c) const { return versionAt<DeviceRow>(topology, c.device); }
    std::optional<qint64> operator()(const RemoveDevice &c) const { return versionAt<DeviceRow>(topology, c.device); }
    std::optional<qint64> operator()(const SetGroup &c) const { return versionAt<GroupRow>(topology, c.group); }
    std::optional<qint64> operator()(const RemoveGroup &c) const { return versionAt<GroupRow>(topology, c.group); }
    std::optional<qint64> operator()(const SetTemplate &c) const { return versionAt<TemplateRow>(topology, c.name); }
    std::optional<qint64> operator()(const RemoveTemplate &c) const { return versionAt<TemplateRow>(topology, c.name); }
    std::optional<qint64> operator()(const AddDivisionRule &c) const
    {
        return versionAt<DivisionRuleRow>(topology, c.rule.label);
    }
    std::optional<qint64> operator()(const SetDivisionRule &c) const
    {
        return versionAt<DivisionRuleRow>(topology, c.label);
    }
    std::optional<qint64> operator()(const RemoveDivisionRule &c) const
    {
        return versionAt<DivisionRuleRow>(topology, c.label);
    }
    std::optional<qint64> operator()(const SetVariables &c) const
    {
        switch (c.scope) {
        case VariableScope::Group:
            return versionAt<GroupRow>(topology, c.holder);
        case VariableScope::Template:
            return versionAt<TemplateRow>(topology, c.holder);
        case VariableScope::Device:
            return versionAt<DeviceRow>(topology, c.holder);
        case VariableScope::Store:
        case VariableScope::Network:
            break;
        }
        // Nobody holds those of the store: each stands for itself.
        return c.values.size() == 1 ? versionAt<VariableRow>(topology, c.scope, c.holder, c.values.front().first)
                                    : std::nullopt;
    }
    template <typename C>
    std::optional<qint64> operator()(const C &) const
    {
        return std::nullopt;
    }

private:
    [[nodiscard]] qint64 subnetVersion(const QString &tenant, const Prefix &prefix) const
    {
        const auto row = topology.subnets().find(tenant, prefix);
        return row ? row->version : 0;
    }
    [[nodiscard]] qint64 addressVersion(const QString &tenant, Address address) const
    {
        const auto row = topology.addresses().find(tenant, address);
        return row ? row->version : 0;
    }
};

} // namespace

Expected<Outcome> decide(TopologyEdit &edit, const Command &command, Timestamp now)
{
    auto outcome = std::visit(Decider{edit, now}, command);
    if (outcome) {
        if (const auto ok = parts::followTree(edit, std::get_if<MoveSubnet>(&command)); !ok)
            return fail(ok.error());
    }
    const auto *confirmed = outcome ? std::visit(Confirmed(), command) : nullptr;
    if (confirmed) {
        if (const auto ok = checkPublicAddresses(edit, *confirmed); !ok)
            return fail(ok.error());
    }
    return outcome;
}

std::optional<qint64> subjectVersion(const Topology &topology, const Command &command)
{
    return std::visit(Subject{topology}, command);
}

} // namespace interlock
