// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/networkdesk.h"
#include "app/interlockctl/table.h"
#include "app/interlockctl/ztjson.h"
#include "model/engine/networkarchivist.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct SnapshotArgs
{
    std::optional<NetworkName> network;
    std::optional<qint64> snapshot;
    std::vector<QString> confirmed;
    bool hasMembers = false;
};

void declareNetwork(Arguments args, SnapshotArgs &a)
{
    args.required("NETWORK", a.network, "A network");
}

void declareRestore(Arguments args, SnapshotArgs &a)
{
    declareNetwork(args, a);
    args.optional("--snapshot", a.snapshot, "Which one (default: the newest)", "ID");
    args.flag("--members", a.hasMembers,
              "Also make the members that the controller does not have; better restart it first: it may still have "
              "their files");
    args.repeated("--confirm", a.confirmed, false, "overwrite: although the network is there, and otherwise", "KIND");
}

QJsonObject snapshotJson(const SnapshotInfo &info)
{
    return {{u"snapshot"_s, info.id.value},
            {u"network"_s, info.network.toString()},
            {u"networkId"_s, info.networkId.toString()},
            {u"takenAt"_s, info.takenAt.toString()},
            {u"reason"_s, info.reason},
            {u"memberCount"_s, info.members},
            {u"checksum"_s, info.checksum}};
}

Expected<Answer> keep(Session &session, const SnapshotArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    NetworkArchivist archivist((*desk)->ports());
    const auto kept = NetworkDesk::wait(archivist.keep(*a.network, u"manual"_s));
    if (!kept)
        return fail(kept.error());
    return Answer{snapshotJson(*kept),
                  u"Snapshot %1 of %2 holds the network and %3 members."_s.arg(kept->id.value)
                      .arg(a.network->toString())
                      .arg(kept->members),
                  {},
                  0};
}

Expected<Answer> list(Session &session, const SnapshotArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto rows = NetworkDesk::wait((*desk)->ports().archive.snapshots(*a.network));
    if (!rows)
        return fail(rows.error());
    Table table({u"SNAPSHOT"_s, u"TAKEN"_s, u"REASON"_s, u"MEMBERS"_s},
                u"There is no snapshot of it yet; every apply keeps one."_s);
    QJsonArray snapshots;
    for (const SnapshotInfo &info : *rows) {
        snapshots.append(snapshotJson(info));
        table.add(
            {QString::number(info.id.value), info.takenAt.toString(), info.reason, QString::number(info.members)});
    }
    return Answer{{{u"snapshots"_s, snapshots}}, table.toString(), {}, 0};
}

QString textOf(const RestoreReport &report, const NetworkName &network)
{
    QStringList lines;
    if (!report.isWritten)
        lines += u"Network %1 is as snapshot %2 has it; nothing was sent."_s.arg(network.toString())
                     .arg(report.snapshot->id.value);
    else
        lines += u"Snapshot %2 of %1 is back under %3."_s.arg(network.toString())
                     .arg(report.snapshot->id.value)
                     .arg(report.snapshot->networkId.toString());
    if (!report.restored.empty())
        lines += u"%1 members were made again."_s.arg(report.restored.size());
    if (!report.missing.empty()) {
        lines += counted(std::ssize(report.missing), u"member of the snapshot is"_s, u"members of the snapshot are"_s) +
                 u" not there. Restart the controller: their files may still be on its "
                 "disk. Then run this again; with --members those still missing are made again."_s;
    } else {
        lines += u"Every member of the snapshot is there."_s;
    }
    return lines.join(u'\n');
}

Expected<Answer> restore(Session &session, const SnapshotArgs &a)
{
    for (const QString &word : a.confirmed) {
        if (word != u"overwrite"_s)
            return fail(ErrorKind::Usage, u"--confirm overwrite is all there is to confirm"_s);
    }
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    NetworkArchivist archivist((*desk)->ports());
    RestoreOrder order{*a.network, {}, !a.confirmed.empty(), a.hasMembers, (*desk)->holder()};
    if (a.snapshot)
        order.snapshot = SnapshotId{*a.snapshot};
    const auto report = NetworkDesk::wait(archivist.restore(std::move(order)));
    if (!report)
        return fail(report.error());
    QJsonArray missing;
    for (const NodeId &node : report->missing)
        missing.append(node.toString());
    QJsonObject document = snapshotJson(*report->snapshot);
    document.insert(u"lost"_s, report->wasLost);
    document.insert(u"written"_s, report->isWritten);
    document.insert(u"restored"_s, static_cast<qint64>(report->restored.size()));
    document.insert(u"missing"_s, missing);
    document.insert(u"differences"_s, differencesJson(report->differences));
    Answer answer{document, textOf(*report, *a.network), {}, 0};
    for (const FieldDifference &one : report->differences)
        answer.notes += u"not as asked: "_s + one.toString();
    for (const FailedMember &one : report->failed)
        answer.notes += u"member %1: %2"_s.arg(one.node.toString(), one.error.detail);
    if (!answer.notes.isEmpty())
        answer.exitCode = 3;
    return answer;
}

} // namespace

void addZtSnapshots(CommandTree &tree, CLI::App &zt)
{
    tree.addVerb<SnapshotArgs>(zt, "snapshot", "Keep a copy of a network and all its members", declareNetwork, keep);
    tree.addVerb<SnapshotArgs>(zt, "snapshots", "List the copies that are kept", declareNetwork, list);
    tree.addVerb<SnapshotArgs>(zt, "restore", "Put a copy back under the same id", declareRestore, restore);
}

} // namespace interlock
