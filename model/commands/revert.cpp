// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/rowimage.h"

#include <QJsonArray>

#include <ranges>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QJsonObject rowName(const Row &row)
{
    return {{u"table"_s, QString::fromUtf16(kTableNames.at(tableOf(row)))}, {u"key"_s, keyOf(row)}};
}

bool isAsLeft(const std::optional<Row> &current, const std::optional<Row> &after)
{
    if (!current || !after)
        return !current && !after;
    return sameContent(*current, *after);
}

/// Who holds now what the restored row would hold, if anybody.
std::optional<QString> takenBy(const Topology &topology, const Row &row)
{
    if (const auto *claim = std::get_if<ClaimRow>(&row)) {
        for (const ClaimRow *other : topology.claimsOverlapping(claim->hold)) {
            if (other->cn != claim->cn && other->hold.overlaps(claim->hold))
                return u"%1 is held by %2 now"_s.arg(claim->hold.toString(), other->cn.toString());
        }
        for (const PoolRow *pool : topology.poolsOverlapping(claim->hold))
            return u"%1 lies on the pool of instance %2 now"_s.arg(claim->hold.toString(), pool->instance.toString());
    } else if (const auto *allocation = std::get_if<AllocationRow>(&row)) {
        const auto *holder = topology.holderOf(allocation->tenant, allocation->address);
        if (holder && (holder->cn != allocation->cn || holder->instance != allocation->instance))
            return u"%1 is the address of %2 now"_s.arg(allocation->address.toString(), holder->cn.toString());
    } else if (const auto *iroute = std::get_if<IrouteRow>(&row)) {
        for (const IrouteRow *other : topology.list<IrouteRow>(iroute->cn)) {
            if (other->prefix != iroute->prefix && other->prefix.overlaps(iroute->prefix))
                return u"%1 overlaps %2 of the same connector now"_s.arg(iroute->prefix.toString(), other->prefix.toString());
        }
    }
    return std::nullopt;
}

} // namespace

Expected<Outcome> revertEntry(TopologyEdit &edit, const JournalEntry &entry)
{
    const QString name = QString::number(entry.id.value);
    if (!entry.isRevertible)
        return fail(ErrorKind::Unsupported, u"journal entry %1 (%2) cannot be taken back"_s.arg(name, entry.command));
    if (!entry.hasImages)
        return fail(ErrorKind::Unsupported, u"the images of journal entry %1 were pruned"_s.arg(name));
    QJsonArray changed;
    for (const RowChange &change : entry.changes) {
        if (!isAsLeft(edit.now().current(change.any()), change.after))
            changed.append(rowName(change.any()));
    }
    if (!changed.isEmpty()) {
        const QJsonObject first = changed.first().toObject();
        return fail(ErrorKind::Conflict,
                    u"%1 rows have changed since journal entry %2, the first is %3 %4"_s.arg(changed.size())
                        .arg(name, first.value("table"_L1).toString(), first.value("key"_L1).toString()),
                    {{u"rows"_s, changed}});
    }
    // Backwards, so that what a row gave up is free again before its former holder comes back.
    std::vector<Row> restored;
    for (const RowChange &change : std::views::reverse(entry.changes)) {
        if (change.after && !change.before)
            edit.erase(*change.after);
    }
    for (const RowChange &change : std::views::reverse(entry.changes)) {
        if (!change.before)
            continue;
        edit.put(*change.before);
        restored.push_back(*edit.now().current(*change.before));
    }
    for (const Row &row : restored) {
        if (const auto reason = takenBy(edit.now(), row)) {
            return fail(ErrorKind::Conflict, u"journal entry %1 cannot be taken back: %2"_s.arg(name, *reason),
                        {{u"rows"_s, QJsonArray{rowName(row)}}});
        }
    }
    return Outcome(std::move(restored));
}

} // namespace interlock
