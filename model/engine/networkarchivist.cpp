// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkarchivist.h"

#include "model/commands/andthen.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

struct NetworkArchivist::Run
{
    explicit Run(RestoreOrder given) : order(std::move(given)) {}

    RestoreOrder order;
    std::shared_ptr<NetworkTurn> turn;
    std::optional<NetworkContext> rows;
    ControllerClient *client = nullptr;
    std::optional<NetworkSnapshot> snapshot;
    std::optional<NetworkRecord> saved;
    std::vector<MemberRecord> savedMembers;
    RestoreReport report;
};

namespace {

/// All of a record that can be asked for, to be compared with what is there.
NetworkEdit editOf(const NetworkRecord &record)
{
    NetworkEdit edit;
    edit.name = record.name;
    edit.isPrivate = record.isPrivate;
    edit.hasBroadcast = record.hasBroadcast;
    edit.routes = record.routes;
    edit.pools = record.pools;
    edit.isAutoAssign4 = record.isAutoAssign4;
    edit.assign6 = record.assign6;
    edit.multicastLimit = record.multicastLimit;
    edit.mtu = record.mtu;
    if (!record.dns.domain.isEmpty())
        edit.dns = record.dns;
    return edit;
}

QByteArray textOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Error inTheWay(const NetworkRow &network, const std::vector<FieldDifference> &differences)
{
    QStringList texts;
    for (const FieldDifference &one : differences)
        texts += one.toString();
    return {
        ErrorKind::Conflict,
        u"network %1 is there and differs from the snapshot: %2; --confirm overwrite puts the snapshot in its place"_s
            .arg(network.name.toString(), texts.mid(0, 5).join(u"; "_s)),
        {{u"network"_s, network.name.toString()}, {u"confirm"_s, QJsonArray{u"overwrite"_s}}}};
}

} // namespace

NetworkArchivist::NetworkArchivist(const NetworkPorts &ports, QObject *parent)
    : QObject(parent), m_ports(ports), m_reader(ports, this)
{
}

QFuture<Expected<SnapshotInfo>> NetworkArchivist::keep(const NetworkName &network, const QString &reason)
{
    return andThen(m_reader.look(network), this, [this, reason](const NetworkSight &sight) {
        return m_ports.archive.saveSnapshot(snapshotOf(sight, reason, m_ports.clock.now()));
    });
}

QFuture<Expected<RestoreReport>> NetworkArchivist::restore(RestoreOrder order)
{
    const auto run = std::make_shared<Run>(std::move(order));
    const auto turn = NetworkTurn::take(m_ports.leases, run->order.network, run->order.holder);
    const auto read = andThen(turn, this, [this, run](const std::shared_ptr<NetworkTurn> &taken) {
        run->turn = taken;
        return m_reader.rows(run->order.network);
    });
    const auto known = andThen(read, this, [this, run](const NetworkContext &rows) {
        run->rows = rows;
        return m_ports.controllers.client(rows.controller);
    });
    const auto found = andThen(known, this, [this, run](ControllerClient *client) {
        run->client = client;
        return m_ports.archive.snapshot(run->order.network, run->order.snapshot);
    });
    const auto looked = andThen(found, this, [this, run](const NetworkSnapshot &snapshot) {
        run->snapshot = snapshot;
        run->report.snapshot = snapshot.info;
        return look(run);
    });
    const auto written = andThen(looked, this, [this, run] { return write(run); });
    const auto proved = andThen(written, this, [this, run] { return prove(run); });
    const auto missing = andThen(proved, this, [this, run] { return findMissing(run); });
    const auto made = andThen(missing, this, [this, run] { return makeMembers(run); });
    return andThen(made, this, [run] { return answered<RestoreReport>(run->report); });
}

/// What the snapshot says, and whether the network is there.
NetworkArchivist::Step NetworkArchivist::look(const std::shared_ptr<Run> &run)
{
    const ControllerDialect dialect(run->rows->controller.flavour);
    const NetworkId id = run->rows->network.networkId;
    const auto saved = dialect.readNetwork(textOf(run->snapshot->network), id);
    if (!saved)
        return answered<void>(fail(saved.error()));
    run->saved = *saved;
    for (const QJsonObject &raw : run->snapshot->members) {
        const auto node = NodeId::parse(raw["nodeId"_L1].toString(raw["id"_L1].toString()));
        auto member = node ? dialect.readMember(textOf(raw), *node) : fail(node.error());
        if (!member)
            return answered<void>(fail(member.error()));
        run->savedMembers.push_back(*std::move(member));
    }
    const Answer<void> answer;
    whenDone(run->client->network(id), this, [run, answer](const Expected<NetworkRecord> &live) {
        if (live) {
            run->report.differences = differences(editOf(*run->saved), *live);
            if (!run->report.differences.empty() && !run->order.isOverwriting)
                answer.give(fail(inTheWay(run->rows->network, run->report.differences)));
        } else if (live.error().kind == ErrorKind::NotFound) {
            run->report.wasLost = true;
        } else {
            answer.give(fail(live.error()));
        }
        answer.give({});
    });
    return answer.future();
}

NetworkArchivist::Step NetworkArchivist::write(const std::shared_ptr<Run> &run)
{
    if (!run->report.wasLost && run->report.differences.empty())
        return answered<void>({});
    if (const auto ok = run->turn->check(); !ok)
        return answered<void>(fail(ok.error()));
    const Answer<void> answer;
    const auto sent = run->client->restoreNetwork(run->rows->network.networkId, run->snapshot->network);
    whenDone(sent, this, [run, answer](const Expected<NetworkRecord> &reply) {
        run->report.isWritten = reply.has_value();
        if (reply)
            answer.give({});
        else
            answer.give(
                fail(reply.error().kind == ErrorKind::BackendUnavailable ? partly(reply.error()) : reply.error()));
    });
    return answer.future();
}

NetworkArchivist::Step NetworkArchivist::prove(const std::shared_ptr<Run> &run)
{
    const Answer<void> answer;
    const auto read = run->client->network(run->rows->network.networkId);
    whenDone(read, this, [run, answer](const Expected<NetworkRecord> &now) {
        if (!now) {
            answer.give(fail(run->report.isWritten ? partly(now.error()) : now.error()));
            return;
        }
        run->report.differences = differences(editOf(*run->saved), *now);
        answer.give({});
    });
    return answer.future();
}

NetworkArchivist::Step NetworkArchivist::findMissing(const std::shared_ptr<Run> &run)
{
    const Answer<void> answer;
    const auto read = run->client->members(run->rows->network.networkId);
    whenDone(read, this, [run, answer](const Expected<std::vector<MemberRecord>> &live) {
        if (!live) {
            answer.give(fail(run->report.isWritten ? partly(live.error()) : live.error()));
            return;
        }
        std::set<NodeId> there;
        for (const MemberRecord &record : *live)
            there.insert(record.node);
        for (const MemberRecord &record : run->savedMembers) {
            if (!there.contains(record.node))
                run->report.missing.push_back(record.node);
        }
        answer.give({});
    });
    return answer.future();
}

NetworkArchivist::Step NetworkArchivist::makeMembers(const std::shared_ptr<Run> &run)
{
    if (!run->order.hasMembers || run->report.missing.empty())
        return answered<void>({});
    const Answer<void> answer;
    const auto open = std::make_shared<std::size_t>(run->report.missing.size());
    const std::set<NodeId> missing(run->report.missing.begin(), run->report.missing.end());
    for (std::size_t i = 0; i < run->savedMembers.size(); ++i) {
        const NodeId node = run->savedMembers[i].node;
        if (!missing.contains(node))
            continue;
        const auto sent = run->client->restoreMember(run->rows->network.networkId, node, run->snapshot->members[i]);
        whenDone(sent, this, [run, answer, open, node](const Expected<MemberRecord> &made) {
            if (made) {
                run->report.restored.push_back(node);
                std::erase(run->report.missing, node);
            } else {
                run->report.failed.push_back({node, made.error()});
            }
            if (--*open == 0)
                answer.give({});
        });
    }
    return answer.future();
}

} // namespace interlock
