// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/rowjson.h"

#include "model/commands/revertible.h"
#include "model/rules/block.h"
#include "model/rules/pushoption.h"
#include "model/rules/rowcodec.h"
#include "model/rules/rowimage.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

template <typename R>
QJsonObject fieldsOf(const R &row)
{
    QJsonObject object;
    forEachField(row, [&]<typename T>(const auto &field, const T &value) {
        const QString key = QString::fromUtf16(field.json);
        if constexpr (std::same_as<T, Timestamp>)
            object.insert(key, value.toString());
        else if constexpr (kIsOptional<T>)
            object.insert(key, value ? QJsonValue(encodeField(*value)) : QJsonValue());
        else
            object.insert(key, encodeField(value));
    });
    return object;
}

template <>
QJsonObject fieldsOf(const ClaimRow &row)
{
    return {{u"cn"_s, row.cn.toString()},
            {u"real"_s, row.real.toString()},
            {u"virtual"_s, row.virtualPrefix.toString()},
            {u"sentinel"_s, row.isSentinel()},
            {u"carveOut"_s, row.isSentinel() ? QJsonValue() : QJsonValue(row.hold.toString())},
            {u"instance"_s, row.instance.toString()},
            {u"allocatedAt"_s, row.allocatedAt.toString()},
            {u"version"_s, row.version}};
}

QJsonArray tagsJson(const QString &tags)
{
    return tags.isEmpty() ? QJsonArray() : QJsonArray::fromStringList(tags.split(u';'));
}

QJsonObject customJson(const QString &custom)
{
    return QJsonDocument::fromJson(custom.toUtf8()).object();
}

template <>
QJsonObject fieldsOf(const SubnetRow &row)
{
    return {{u"tenant"_s, row.tenant},
            {u"prefix"_s, row.prefix.toString()},
            {u"name"_s, row.name},
            {u"role"_s, enumText(row.role)},
            {u"description"_s, row.description},
            {u"tags"_s, tagsJson(row.tags)},
            {u"custom"_s, customJson(row.custom)},
            {u"createdAt"_s, row.createdAt.toString()},
            {u"version"_s, row.version}};
}

template <>
QJsonObject fieldsOf(const AddressRow &row)
{
    const bool waits = row.state == AddressState::Quarantined;
    return {{u"tenant"_s, row.tenant},
            {u"address"_s, row.address.toString()},
            {u"state"_s, enumText(row.state)},
            {u"holder"_s, row.holder},
            {u"description"_s, row.description},
            {u"tags"_s, tagsJson(row.tags)},
            {u"custom"_s, customJson(row.custom)},
            {u"until"_s, waits ? QJsonValue(row.until.toString()) : QJsonValue()},
            {u"allocatedAt"_s, row.allocatedAt.toString()},
            {u"version"_s, row.version}};
}

template <>
QJsonObject fieldsOf(const VariableRow &row)
{
    return {{u"scope"_s, enumText(row.scope)},
            {u"holder"_s, row.holder},
            {u"name"_s, row.variable},
            {u"value"_s, row.value},
            {u"version"_s, row.version}};
}

QJsonValue rowOrNull(const std::optional<Row> &row)
{
    return row ? QJsonValue(rowJson(*row)) : QJsonValue();
}

} // namespace

QJsonObject rowJson(const Row &row)
{
    return std::visit([](const auto &r) { return fieldsOf(r); }, row);
}

QJsonObject instanceJson(const InstanceRow &row, std::vector<PoolRow> pools)
{
    std::ranges::sort(pools, {}, &PoolRow::ordinal);
    QJsonArray list;
    for (const PoolRow &pool : pools)
        list.append(pool.prefix.toString());
    QJsonObject object = fieldsOf(row);
    object.insert(u"pools"_s, list);
    return object;
}

QJsonObject instanceJson(const Topology &topology, const InstanceRow &row)
{
    std::vector<PoolRow> pools;
    for (const PoolRow *pool : topology.list<PoolRow>(row.name))
        pools.push_back(*pool);
    return instanceJson(row, std::move(pools));
}

QJsonObject allocationJson(const AllocationRow &row, const InstanceRow *instanceOrNull)
{
    QJsonObject object = fieldsOf(row);
    QJsonValue block;
    if (instanceOrNull) {
        const int length = row.address.isIPv4() ? instanceOrNull->blockLength : instanceOrNull->blockLength6;
        block = blockOf(row.address, length).toString();
    }
    object.insert(u"block"_s, block);
    return object;
}

QJsonObject claimJson(const Topology &topology, const ClaimRow &row)
{
    QJsonObject object = fieldsOf(row);
    object.insert(u"used"_s, topology.find<IrouteRow>(row.cn, row.real) != nullptr);
    return object;
}

QJsonObject optionJson(const OptionRow &row)
{
    QJsonObject object = fieldsOf(row);
    const auto option = PushOption::parse(row.type, row.value);
    object.insert(u"line"_s, option ? QJsonValue(option->toLine()) : QJsonValue());
    return object;
}

QJsonObject macJson(const MacEntry &entry)
{
    return {{u"mac"_s, entry.mac.toString()},
            {u"cn"_s, entry.cn.toString()},
            {u"instance"_s, entry.instance.toString()},
            {u"lastSeen"_s, entry.lastSeen.toString()},
            {u"state"_s, u"learnt"_s}};
}

QJsonArray changesJson(const ChangeSet &changes)
{
    QJsonArray list;
    for (const RowChange &change : changes) {
        const QString word = !change.before ? u"inserted"_s : !change.after ? u"removed"_s : u"changed"_s;
        list.append(QJsonObject{{u"table"_s, QString::fromUtf16(kTableNames.at(tableOf(change.any())))},
                                {u"change"_s, word},
                                {u"before"_s, rowOrNull(change.before)},
                                {u"after"_s, rowOrNull(change.after)}});
    }
    return list;
}

QJsonObject entryJson(const JournalEntry &entry)
{
    const auto obstacle = whyNotRevertible(entry);
    return {{u"journal"_s, entry.id.value},
            {u"at"_s, entry.at.toString()},
            {u"actor"_s, entry.actor},
            {u"command"_s, entry.command},
            {u"arguments"_s, entry.arguments},
            {u"reverts"_s, entry.reverts ? QJsonValue(entry.reverts->value) : QJsonValue()},
            {u"revertible"_s, !obstacle},
            {u"whyNotRevertible"_s, obstacle ? QJsonValue(enumText(*obstacle)) : QJsonValue()},
            {u"hasImages"_s, entry.hasImages}};
}

QJsonArray prefixesJson(std::span<const Prefix> prefixes)
{
    QJsonArray list;
    for (const Prefix &prefix : prefixes)
        list.append(prefix.toString());
    return list;
}

} // namespace interlock
