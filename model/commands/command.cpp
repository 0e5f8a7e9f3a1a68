// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/command.h"

#include "model/commands/commandarguments.h"
#include "model/commands/subnetimport.h"
#include "model/rules/rowimage.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Arguments = parts::CommandArguments;
using parts::jsonOf;

struct Describe
{
    QJsonObject operator()(const AddInstance &c) const
    {
        QJsonObject object = imageOf(c.instance);
        object.remove("createdAt"_L1);
        object.remove("version"_L1);
        object.insert(u"pools"_s, jsonOf(c.pools));
        if (c.moveClaims)
            object.insert(u"moveClaims"_s, true);
        if (!c.confirmed.empty())
            object.insert(u"confirmed"_s, jsonOf(c.confirmed));
        return object;
    }
    QJsonObject operator()(const SetInstance &c) const
    {
        return Arguments()
            .with(u"instance", c.name)
            .with(u"management", c.management)
            .with(u"network", c.network)
            .with(u"serverAddress", c.serverAddress)
            .with(u"publicAddress", c.publicAddress)
            .with(u"mode", c.mode)
            .with(u"passwordFile", c.passwordFile)
            .with(u"blockLength", c.blockLength)
            .with(u"blockLength6", c.blockLength6)
            .with(u"collision", c.collision)
            .with(u"standinRange", c.standinRange)
            .with(u"unknownCn", c.unknownCn)
            .with(u"autoAllocate", c.autoAllocate)
            .with(u"moveLive", c.moveLive)
            .with(u"whenStoreDown", c.whenStoreDown)
            .with(u"tenant", c.tenant)
            .with(u"pools", c.pools)
            .flag(u"moveClaims", c.moveClaims)
            .flag(u"dropAllocations", c.dropAllocations)
            .confirmed(c.confirmed)
            .take();
    }
    QJsonObject operator()(const RemoveInstance &c) const { return Arguments().with(u"instance", c.name).take(); }
    QJsonObject operator()(const SetConnector &c) const
    {
        return Arguments()
            .with(u"cn", c.cn)
            .with(u"translation", c.translation)
            .with(u"group", c.group)
            .with(u"description", c.description)
            .take();
    }
    QJsonObject operator()(const RenameConnector &c) const
    {
        return Arguments().with(u"cn", c.from).with(u"to", c.to).take();
    }
    QJsonObject operator()(const RemoveConnector &c) const { return Arguments().with(u"cn", c.cn).take(); }
    QJsonObject operator()(const SetOption &c) const
    {
        return Arguments()
            .with(u"scope", c.scope)
            .with(u"holder", c.holder)
            .with(u"type", c.type)
            .with(u"value", c.value)
            .take();
    }
    QJsonObject operator()(const ClearOptions &c) const
    {
        return Arguments()
            .with(u"scope", c.scope)
            .with(u"holder", c.holder)
            .with(u"type", c.type)
            .with(u"value", c.value)
            .take();
    }
    QJsonObject operator()(const ReplaceIroutes &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"prefixes", c.prefixes).confirmed(c.confirmed).take();
    }
    QJsonObject operator()(const SetAllocation &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"instance", c.instance).with(u"address", c.address).take();
    }
    QJsonObject operator()(const RequestAllocation &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"instance", c.instance).take();
    }
    QJsonObject operator()(const ReleaseAllocation &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"instance", c.instance).take();
    }
    QJsonObject operator()(const ResolveClaim &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"real", c.real).with(u"instance", c.instance).take();
    }
    QJsonObject operator()(const ReleaseClaim &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"real", c.real).take();
    }
    QJsonObject operator()(const ReassignClaim &c) const
    {
        return Arguments().with(u"real", c.real).with(u"to", c.to).with(u"instance", c.instance).take();
    }
    QJsonObject operator()(const StandInClaim &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"real", c.real).with(u"virtual", c.wanted).take();
    }
    QJsonObject operator()(const ExcludePrefix &c) const
    {
        return Arguments().with(u"prefix", c.prefix).with(u"note", c.note).take();
    }
    QJsonObject operator()(const UnexcludePrefix &c) const { return Arguments().with(u"prefix", c.prefix).take(); }
    QJsonObject operator()(const DecideConnect &c) const
    {
        return Arguments().with(u"cn", c.cn).with(u"instance", c.instance).take();
    }
    QJsonObject operator()(const ImportCcd &c) const
    {
        // The rows are in the images; the entry itself says how much it was.
        QJsonArray names;
        for (const CcdEntry &entry : c.entries)
            names.append(jsonOf(entry.cn));
        QJsonObject object = Arguments().with(u"instance", c.instance).confirmed(c.confirmed).take();
        object.insert(u"connectors"_s, names);
        return object;
    }
    QJsonObject operator()(const SetSetting &c) const
    {
        return Arguments().with(u"name", c.name).with(u"value", c.value).take();
    }
    QJsonObject operator()(const SetTenant &c) const
    {
        return Arguments().with(u"tenant", c.tenant).with(u"description", c.description).take();
    }
    QJsonObject operator()(const RemoveTenant &c) const { return Arguments().with(u"tenant", c.tenant).take(); }
    QJsonObject operator()(const AddSubnet &c) const
    {
        return about(c.subnet)
            .flag(u"root", c.isRoot)
            .with(u"under", c.under)
            .with(u"reserveFirst", c.reserveFirst)
            .with(u"reserveLast", c.reserveLast)
            .take();
    }
    QJsonObject operator()(const AllocateSubnets &c) const
    {
        return Arguments()
            .with(u"parentTenant", c.parentTenant)
            .with(u"parent", c.parent)
            .with(u"length", c.length)
            .with(u"count", c.count)
            .with(u"tenant", c.like.tenant)
            .with(u"name", c.like.name)
            .with(u"role", c.like.role)
            .with(u"reserveFirst", c.reserveFirst)
            .with(u"reserveLast", c.reserveLast)
            .take();
    }
    QJsonObject operator()(const SetSubnet &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"prefix", c.prefix)
            .with(u"name", c.name)
            .with(u"role", c.role)
            .with(u"description", c.description)
            .with(u"tags", c.tags)
            .with(u"custom", c.custom)
            .take();
    }
    QJsonObject operator()(const SplitSubnet &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"prefix", c.prefix)
            .with(u"length", c.length)
            .flag(u"keepParent", c.keepParent)
            .take();
    }
    QJsonObject operator()(const MergeSubnets &c) const
    {
        return Arguments().with(u"tenant", c.tenant).with(u"prefixes", c.prefixes).take();
    }
    QJsonObject operator()(const ResizeSubnet &c) const
    {
        return Arguments().with(u"tenant", c.tenant).with(u"prefix", c.prefix).with(u"length", c.length).take();
    }
    QJsonObject operator()(const MoveSubnet &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"prefix", c.prefix)
            .with(u"to", c.to)
            .with(u"toTenant", c.toTenant)
            .take();
    }
    QJsonObject operator()(const RemoveSubnet &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"prefix", c.prefix)
            .flag(u"withChildren", c.withChildren)
            .take();
    }
    QJsonObject operator()(const RequestAddress &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"subnet", c.subnet)
            .with(u"holder", c.holder)
            .with(u"description", c.description)
            .with(u"choice", c.choice)
            .with(u"count", c.count)
            .take();
    }
    QJsonObject operator()(const AddAddress &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"address", c.address)
            .with(u"state", c.state)
            .with(u"holder", c.holder)
            .with(u"description", c.description)
            .with(u"tags", c.tags)
            .with(u"custom", c.custom)
            .with(u"subnet", c.subnet)
            .take();
    }
    QJsonObject operator()(const SetAddress &c) const
    {
        return Arguments()
            .with(u"tenant", c.tenant)
            .with(u"address", c.address)
            .with(u"holder", c.holder)
            .with(u"description", c.description)
            .with(u"tags", c.tags)
            .with(u"custom", c.custom)
            .take();
    }
    QJsonObject operator()(const ReleaseAddress &c) const
    {
        return Arguments().with(u"tenant", c.tenant).with(u"address", c.address).flag(u"now", c.now).take();
    }
    QJsonObject operator()(const ImportSubnets &c) const { return argumentsOf(c); }
    QJsonObject operator()(const ProlongQuarantine &c) const
    {
        return Arguments().with(u"instance", c.instance).with(u"carveOuts", c.carveOuts).take();
    }
    QJsonObject operator()(const Revert &c) const
    {
        return Arguments().with(u"entry", c.entry.value).confirmed(c.confirmed).take();
    }

    template <typename C>
    QJsonObject operator()(const C &command) const
    {
        return parts::describe(command);
    }

private:
    static Arguments about(const SubnetRow &row)
    {
        Arguments arguments;
        arguments.with(u"tenant", row.tenant)
            .with(u"prefix", row.prefix)
            .with(u"name", row.name)
            .with(u"role", row.role)
            .with(u"description", row.description)
            .with(u"tags", row.tags)
            .with(u"custom", row.custom);
        return arguments;
    }
};

// In the order of Command's alternatives.
constexpr std::array<const char16_t *, std::variant_size_v<Command>> kCommandNames{
    u"addInstance",     u"setInstance",       u"removeInstance",
    u"setConnector",    u"renameConnector",   u"removeConnector",
    u"setOption",       u"clearOptions",      u"replaceIroutes",
    u"setAllocation",   u"requestAllocation", u"releaseAllocation",
    u"resolveClaim",    u"releaseClaim",      u"reassignClaim",
    u"standInClaim",    u"excludePrefix",     u"unexcludePrefix",
    u"decideConnect",   u"importCcd",         u"setSetting",
    u"revert",          u"setTenant",         u"removeTenant",
    u"addSubnet",       u"allocateSubnets",   u"setSubnet",
    u"splitSubnet",     u"mergeSubnets",      u"resizeSubnet",
    u"moveSubnet",      u"removeSubnet",      u"requestAddress",
    u"addAddress",      u"setAddress",        u"releaseAddress",
    u"importSubnets",   u"prolongQuarantine", u"addController",
    u"setController",   u"removeController",  u"addNetwork",
    u"setNetwork",      u"removeNetwork",     u"recordApply",
    u"setMembers",      u"assignMember",      u"adoptMembers",
    u"addDevice",       u"setDevice",         u"removeDevice",
    u"provisionDevice", u"setGroup",          u"removeGroup",
    u"setTemplate",     u"removeTemplate",    u"setVariables",
    u"addDivisionRule", u"setDivisionRule",   u"removeDivisionRule"};

} // namespace

QString commandName(const Command &command)
{
    return QString::fromUtf16(kCommandNames.at(command.index()));
}

QJsonObject commandArguments(const Command &command)
{
    return std::visit(Describe(), command);
}

} // namespace interlock
