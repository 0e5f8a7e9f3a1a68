// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"
#include "model/commands/localsecrets.h"
#include "model/rules/managementendpoint.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct InstanceArgs
{
    std::optional<InstanceName> name;
    std::optional<ManagementEndpoint> management;
    std::vector<Prefix> pools;
    std::optional<Prefix> network;
    std::optional<Address> serverAddress;
    std::optional<std::optional<Address>> publicAddress;
    std::optional<DeviceMode> mode;
    std::optional<QString> passwordFile;
    std::optional<int> blockLength;
    std::optional<int> blockLength6;
    std::optional<CollisionPolicy> collision;
    std::optional<Prefix> standinRange;
    std::optional<UnknownCnPolicy> unknownCn;
    std::optional<bool> autoAllocate;
    std::optional<MoveLivePolicy> moveLive;
    std::optional<StoreDownPolicy> whenStoreDown;
    std::optional<QString> tenant;
    bool moveClaims = false;
    bool dropAllocations = false;
    std::vector<Confirmation> confirmed;
    EditOptions edit;
};

void declareSettings(Arguments args, InstanceArgs &a)
{
    args.optional("--network", a.network, "The tunnel network, whose mask clients are given (default: the first pool)",
                  "P");
    args.optional("--server-address", a.serverAddress, "The server's own address (default: the network's first host)",
                  "A");
    args.optional(
        "--public-address", a.publicAddress,
        "Where clients find the server, so that a LAN around it has to be confirmed (default: not known; empty: "
        "not known any more)",
        "A");
    args.optional("--mode", a.mode, "tun (default) or tap", "MODE");
    args.optional("--password-file", a.passwordFile,
                  "Absolute path of the management password; the password is never stored", "F");
    args.optional("--block-length", a.blockLength, "Visibility unit, IPv4 (default 27; 0: everybody sees everybody)",
                  "N");
    args.optional("--block-length6", a.blockLength6, "Visibility unit, IPv6 (default 64)", "N");
    args.optional("--collision", a.collision, "keep-first (default) or stand-in-both", "POLICY");
    args.optional("--standin-range", a.standinRange, "Where stand-ins come from (default 100.64.0.0/10)", "P");
    args.optional("--unknown-cn", a.unknownCn, "deny (default) or admit", "POLICY");
    args.optional("--auto-allocate", a.autoAllocate, "no (default) or yes: give an address at the first connect",
                  "YES|NO");
    args.optional("--move-live", a.moveLive, "never (default), window or now", "POLICY");
    args.optional("--when-store-down", a.whenStoreDown, "admit-known (default) or deny", "POLICY");
    args.optional("--tenant", a.tenant, "Tenant whose addresses the pools are", "T");
    args.flag("--move-claims", a.moveClaims, "Give claims that lie on a new pool a stand-in");
    args.confirm(a.confirmed);
}

void declareAdd(Arguments args, InstanceArgs &a)
{
    args.required("NAME", a.name, "Name of the OpenVPN instance");
    args.required("--management", a.management, "Where its management interface is", "tcp:HOST:PORT|unix:PATH");
    args.repeated("--pool", a.pools, true, "A pool of tunnel addresses; repeat for more, asked in this order", "P");
    declareSettings(args, a);
    args.dryRun(a.edit);
}

void declareSet(Arguments args, InstanceArgs &a)
{
    args.required("NAME", a.name, "Name of the instance");
    args.optional("--management", a.management, "Where its management interface is", "tcp:HOST:PORT|unix:PATH");
    args.repeated("--pool", a.pools, false, "A pool of tunnel addresses; what is given replaces all pools", "P");
    declareSettings(args, a);
    args.flag("--drop-allocations", a.dropAllocations, "End the allocations that no pool holds any more");
    args.edit(a.edit);
}

void declareRemove(Arguments args, InstanceArgs &a)
{
    args.required("NAME", a.name, "Name of the instance");
    args.edit(a.edit);
}

void declareList(Arguments /*arguments*/, InstanceArgs & /*args*/) {}

/// Warns about a password file that others can read. \returns Invalid when others can write it (SEMANTICS.md 5)
Expected<QStringList> checkPasswordFile(const std::optional<QString> &path)
{
    if (!path || path->isEmpty() || !path->startsWith(u'/'))
        return QStringList();
    const QFileInfo file(*path);
    if (!file.exists())
        return QStringList{u"warning: %1 does not exist on this machine"_s.arg(*path)};
    return checkSecretFile(*path).map([](const QString &warning) {
        return warning.isEmpty() ? QStringList() : QStringList(u"warning: "_s + warning);
    });
}

Address firstHost(const Prefix &network)
{
    return network.first() == network.last() ? network.first() : Address(network.family(), network.first().value() + 1);
}

InstanceRow newInstance(const InstanceArgs &a)
{
    const auto firstIPv4 = std::ranges::find_if(a.pools, &Prefix::isIPv4);
    const Prefix firstPool = firstIPv4 == a.pools.end() ? a.pools.front() : *firstIPv4;
    const Prefix network = a.network.value_or(firstPool);
    return {*a.name,
            a.management->toString(),
            network,
            a.serverAddress.value_or(firstHost(network)),
            a.publicAddress.value_or(std::nullopt),
            a.mode.value_or(DeviceMode::Tun),
            a.passwordFile.value_or(QString()),
            a.blockLength.value_or(27),
            a.blockLength6.value_or(64),
            a.collision.value_or(CollisionPolicy::KeepFirst),
            a.standinRange.value_or(Prefix(Address::ipv4(0x6440'0000), 10)),
            a.unknownCn.value_or(UnknownCnPolicy::Deny),
            a.autoAllocate.value_or(false),
            a.moveLive.value_or(MoveLivePolicy::Never),
            a.whenStoreDown.value_or(StoreDownPolicy::AdmitKnown),
            a.tenant.value_or(QString()),
            {},
            0};
}

QStringList endpointNotes(const std::optional<ManagementEndpoint> &endpoint)
{
    if (!endpoint || endpoint->isLoopback())
        return {};
    return {
        u"warning: %1 is not on this machine, and the management interface is clear text"_s.arg(endpoint->toString())};
}

Expected<Answer> submitInstance(Session &session, const InstanceArgs &a, Command command, const QString &done)
{
    const auto notes = checkPasswordFile(a.passwordFile);
    if (!notes)
        return fail(notes.error());
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<InstanceRow>(*receipt);
    Answer answer = editAnswer(a.edit, *receipt,
                               rows.empty() ? QJsonObject() : instanceJson(rows.front(), rowsOf<PoolRow>(*receipt)),
                               done.arg(a.name->toString()));
    answer.notes = *notes + endpointNotes(a.management);
    return answer;
}

Expected<Answer> add(Session &session, const InstanceArgs &a)
{
    return submitInstance(session, a, AddInstance{newInstance(a), a.pools, a.moveClaims, a.confirmed},
                          u"Instance %1 was added."_s);
}

Expected<Answer> set(Session &session, const InstanceArgs &a)
{
    SetInstance command{*a.name};
    if (a.management)
        command.management = a.management->toString();
    command.network = a.network;
    command.serverAddress = a.serverAddress;
    command.publicAddress = a.publicAddress;
    command.mode = a.mode;
    command.passwordFile = a.passwordFile;
    command.blockLength = a.blockLength;
    command.blockLength6 = a.blockLength6;
    command.collision = a.collision;
    command.standinRange = a.standinRange;
    command.unknownCn = a.unknownCn;
    command.autoAllocate = a.autoAllocate;
    command.moveLive = a.moveLive;
    command.whenStoreDown = a.whenStoreDown;
    command.tenant = a.tenant;
    if (!a.pools.empty())
        command.pools = a.pools;
    command.moveClaims = a.moveClaims;
    command.dropAllocations = a.dropAllocations;
    command.confirmed = a.confirmed;
    return submitInstance(session, a, std::move(command), u"Instance %1 was changed."_s);
}

Expected<Answer> remove(Session &session, const InstanceArgs &a)
{
    return submitInstance(session, a, RemoveInstance{*a.name}, u"Instance %1 was removed."_s);
}

Expected<Answer> list(Session &session, const InstanceArgs & /*args*/)
{
    return session.look([](Topology &topology) {
        Table table({u"INSTANCE"_s, u"MODE"_s, u"MANAGEMENT"_s, u"NETWORK"_s, u"POOLS"_s, u"STAND-INS"_s,
                     u"COLLISION"_s, u"BLOCK"_s},
                    u"There are no instances yet. 'instance add' makes one."_s);
        QJsonArray instances;
        for (const InstanceRow &row : topology.rows<InstanceRow>()) {
            const QJsonObject object = instanceJson(topology, row);
            QStringList pools;
            for (const QJsonValue pool : object.value(u"pools"_s).toArray())
                pools += pool.toString();
            table.add({row.name.toString(), enumText(row.mode), row.management, row.network.toString(),
                       pools.join(u' '), row.standinRange.toString(), enumText(row.collision),
                       u"/%1"_s.arg(row.blockLength)});
            instances.append(object);
        }
        return Answer{{{u"instances"_s, instances}}, table.toString(), {}, 0};
    });
}

} // namespace

void addInstanceCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("instance", "OpenVPN servers: their pools, ranges and policies");
    tree.addVerb<InstanceArgs>(group, "add", "Add an instance", declareAdd, add);
    tree.addVerb<InstanceArgs>(group, "set", "Change what is given of an instance", declareSet, set);
    tree.addVerb<InstanceArgs>(group, "list", "List instances", declareList, list);
    tree.addVerb<InstanceArgs>(group, "remove", "Remove an instance that nothing hangs on", declareRemove, remove);
    addInstanceCheck(tree, group);
}

} // namespace interlock
