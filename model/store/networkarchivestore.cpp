// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/networkarchivestore.h"

#include "model/store/rowreading.h"
#include "model/store/writebatch.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Begins a write transaction, lets `add` fill it, and commits it.
template <typename Add>
Expected<void> write(Connection &connection, Add &&add)
{
    if (connection.isReadOnly())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    if (const auto begun = connection.beginWrite(); !begun)
        return fail(begun.error());
    Expected<void> done = add();
    if (!done)
        connection.rollback();
    return done;
}

QByteArray bodyOf(const NetworkSnapshot &snapshot)
{
    QJsonArray members;
    for (const QJsonObject &member : snapshot.members)
        members.append(member);
    return QJsonDocument(QJsonObject{{u"network"_s, snapshot.network}, {u"members"_s, members}})
        .toJson(QJsonDocument::Compact);
}

/// What differs between two copies of a network that nobody changed is not counted.
QString checksumOf(const NetworkSnapshot &snapshot)
{
    return QString::fromLatin1(QCryptographicHash::hash(bodyOf(snapshot), QCryptographicHash::Sha256).toHex());
}

Expected<SnapshotInfo> infoFrom(const Statement &row)
{
    const auto network = NetworkName::parse(row.text(1));
    const auto networkId = NetworkId::parse(row.text(2));
    if (!network || !networkId)
        return fail(ErrorKind::StoreCorrupt, u"a snapshot of a network does not parse"_s);
    return SnapshotInfo{
        SnapshotId{row.number(0)}, *network, *networkId, timeAt(row, 3), row.text(4), row.number(5), row.text(6)};
}

QVariant valueOf(const NetworkSnapshot &snapshot, const QByteArray &packed, const QString &name)
{
    const SnapshotInfo &info = snapshot.info;
    if (name == u"network"_s)
        return info.network.toString();
    if (name == u"network_id"_s)
        return info.networkId.toString();
    if (name == u"taken_at"_s)
        return info.takenAt.milliseconds();
    if (name == u"reason"_s)
        return neverNull(info.reason);
    if (name == u"members"_s)
        return info.members;
    if (name == u"checksum"_s)
        return info.checksum;
    if (name == u"body"_s)
        return packed;
    if (name == u"kept"_s)
        return kKeptSnapshots;
    return info.id.value;
}

Expected<qint64> nextId(Connection &connection)
{
    qint64 last = 0;
    const auto read = forEachRow(connection, u"network_snapshot_last"_s,
                                 [&](const Statement &row) { last = row.isNull(0) ? 0 : row.number(0); });
    return read ? Expected<qint64>(last + 1) : Expected<qint64>(fail(read.error()));
}

QVariant valueOf(const MemberPush &push, const QString &name)
{
    if (name == u"network"_s)
        return push.network.toString();
    if (name == u"node"_s)
        return push.node.toString();
    if (name == u"row_version"_s)
        return push.version;
    if (name == u"tries"_s)
        return push.tries;
    if (name == u"last_error"_s)
        return neverNull(push.lastError);
    return push.pushedAt.milliseconds();
}

} // namespace

Expected<SnapshotInfo> writeSnapshot(Connection &connection, const NetworkSnapshot &given)
{
    NetworkSnapshot snapshot = given;
    snapshot.info.members = static_cast<qint64>(snapshot.members.size());
    snapshot.info.checksum = checksumOf(snapshot);
    const auto present = readSnapshots(connection, snapshot.info.network);
    if (!present)
        return fail(present.error());
    if (!present->empty() && present->front().checksum == snapshot.info.checksum)
        return present->front();
    const QByteArray packed = qCompress(bodyOf(snapshot));
    const auto done = write(connection, [&]() -> Expected<void> {
        const auto id = nextId(connection);
        if (!id)
            return fail(id.error());
        snapshot.info.id = SnapshotId{*id};
        WriteBatch batch(connection);
        const auto bound = [&](const QString &name) { return valueOf(snapshot, packed, name); };
        batch.add(u"network_snapshot_copy"_s, bound);
        batch.add(u"network_snapshot_trim"_s, bound);
        return batch.commit();
    });
    return done ? Expected<SnapshotInfo>(snapshot.info) : Expected<SnapshotInfo>(fail(done.error()));
}

Expected<std::vector<SnapshotInfo>> readSnapshots(Connection &connection, const NetworkName &network)
{
    std::vector<SnapshotInfo> found;
    Expected<void> parsed;
    const auto read = forEachRow(
        connection, u"network_snapshot_list"_s, [&](const QString &) -> QVariant { return network.toString(); },
        [&](const Statement &row) {
            auto info = infoFrom(row);
            if (info)
                found.push_back(*std::move(info));
            else
                parsed = fail(info.error());
        });
    if (!read)
        return fail(read.error());
    if (!parsed)
        return fail(parsed.error());
    return found;
}

Expected<NetworkSnapshot> readSnapshot(Connection &connection, const NetworkName &network,
                                       const std::optional<SnapshotId> &id)
{
    const auto list = readSnapshots(connection, network);
    if (!list)
        return fail(list.error());
    const auto wanted = std::ranges::find_if(*list, [&](const SnapshotInfo &info) { return !id || info.id == *id; });
    if (wanted == list->end()) {
        return fail(ErrorKind::NotFound,
                    id ? u"network %1 has no snapshot %2"_s.arg(network.toString()).arg(id->value)
                       : u"there is no snapshot of network %1"_s.arg(network.toString()),
                    {{u"network"_s, network.toString()}});
    }
    QByteArray body;
    const auto read = forEachRow(
        connection, u"network_snapshot_body"_s, [&](const QString &) -> QVariant { return wanted->id.value; },
        [&](const Statement &row) { body = qUncompress(row.bytes(0)); });
    if (!read)
        return fail(read.error());
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    NetworkSnapshot snapshot{*wanted, object["network"_L1].toObject(), {}};
    for (const QJsonValue member : object["members"_L1].toArray())
        snapshot.members.push_back(member.toObject());
    if (checksumOf(snapshot) != wanted->checksum) {
        return fail(ErrorKind::StoreCorrupt,
                    u"snapshot %1 of network %2 is not what was saved"_s.arg(wanted->id.value).arg(network.toString()));
    }
    return snapshot;
}

Expected<void> writePushes(Connection &connection, const std::vector<MemberPush> &pushes)
{
    if (pushes.empty())
        return {};
    return write(connection, [&]() -> Expected<void> {
        WriteBatch batch(connection);
        for (const MemberPush &push : pushes)
            batch.add(u"member_push_upsert"_s, [&](const QString &name) { return valueOf(push, name); });
        return batch.commit();
    });
}

Expected<std::vector<MemberPush>> readPushes(Connection &connection, const NetworkName &network)
{
    std::vector<MemberPush> found;
    bool isGood = true;
    const auto read = forEachRow(
        connection, u"member_push_of"_s, [&](const QString &) -> QVariant { return network.toString(); },
        [&](const Statement &row) {
            const auto node = NodeId::parse(row.text(0));
            isGood = isGood && node;
            if (node)
                found.push_back(
                    {network, *node, row.number(1), static_cast<int>(row.number(2)), row.text(3), timeAt(row, 4)});
        });
    if (!read)
        return fail(read.error());
    if (!isGood)
        return fail(ErrorKind::StoreCorrupt, u"a note about a member does not parse"_s);
    return found;
}

Expected<void> writeRendering(Connection &connection, const SavedRendering &rendering)
{
    return write(connection, [&]() -> Expected<void> {
        WriteBatch batch(connection);
        batch.add(u"rendering_upsert"_s, [&](const QString &name) -> QVariant {
            if (name == u"device"_s)
                return rendering.device;
            if (name == u"template"_s)
                return rendering.name;
            if (name == u"checksum"_s)
                return rendering.checksum;
            if (name == u"body"_s)
                return neverNull(rendering.text);
            return rendering.renderedAt.milliseconds();
        });
        return batch.commit();
    });
}

Expected<std::optional<SavedRendering>> readRendering(Connection &connection, const QString &device,
                                                      const QString &name)
{
    std::optional<SavedRendering> found;
    const auto read = forEachRow(
        connection, u"rendering_one"_s,
        [&](const QString &place) -> QVariant { return place == u"device"_s ? device : name; },
        [&](const Statement &row) {
            found = SavedRendering{device, name, row.text(0), row.text(1), timeAt(row, 2)};
        });
    if (!read)
        return fail(read.error());
    return found;
}

} // namespace interlock
