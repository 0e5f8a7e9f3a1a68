// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/tablerow.h"

#include "model/commands/revertible.h"
#include "model/rules/rowimage.h"

#include <QCoreApplication>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct TableText
{
    Q_DECLARE_TR_FUNCTIONS(TableText)
};

QString tr(const char *text)
{
    return QCoreApplication::translate("TableText", text);
}

Cell plain(QString text)
{
    return {std::move(text)};
}
Cell cell(const Prefix &prefix)
{
    return {prefix.toString(), {prefix}};
}
Cell cell(Address address)
{
    return {address.toString(), {Prefix::host(address)}};
}
/// Whole seconds, and a time that nobody wrote is no time.
Cell cell(Timestamp at)
{
    if (at == Timestamp())
        return {};
    return {at.toString().left(19) + u'Z', {}, at.milliseconds()};
}
Cell cell(const std::vector<Prefix> &prefixes)
{
    QStringList texts;
    for (const Prefix &prefix : prefixes)
        texts += prefix.toString();
    return {texts.join(u", "_s), prefixes};
}

QString yesOrNo(bool value)
{
    return value ? TableText::tr("yes") : TableText::tr("no");
}

QString undoText(const JournalEntry &entry)
{
    const auto reason = whyNotRevertible(entry);
    if (!reason)
        return TableText::tr("yes");
    switch (*reason) {
    case NotRevertible::ClientAnswer:
        return TableText::tr("no: a connecting client was answered by it");
    case NotRevertible::Restore:
        return TableText::tr("no: a restore replaced everything");
    case NotRevertible::Prune:
        return TableText::tr("no: what was dropped is gone");
    case NotRevertible::Event:
        return TableText::tr("no: it is a note, no edit");
    case NotRevertible::ImagesGone:
        return TableText::tr("no: its images were pruned");
    case NotRevertible::KeptBack:
        return TableText::tr("no: a live session had the block");
    case NotRevertible::Applied:
        return TableText::tr("no: it notes what a controller has");
    }
    Q_UNREACHABLE();
}

Fact versionFact(qint64 version)
{
    return {TableText::tr("Version"), QString::number(version)};
}

Column text(const char *title, QString name)
{
    return {tr(title), std::move(name)};
}
Column addresses(const char *title, QString name)
{
    return {tr(title), std::move(name), true};
}
Column time(const char *title, QString name)
{
    return {tr(title), std::move(name), true, false, true};
}
Column number(const char *title, QString name)
{
    return {tr(title), std::move(name), true, true};
}

} // namespace

QString titleOf(Table table)
{
    switch (table) {
    case Table::Instances:
        return TableText::tr("Instances");
    case Table::Connectors:
        return TableText::tr("Connectors");
    case Table::Iroutes:
        return TableText::tr("Iroutes");
    case Table::Claims:
        return TableText::tr("Claims");
    case Table::Allocations:
        return TableText::tr("Allocations");
    case Table::Exclusions:
        return TableText::tr("Exclusions");
    case Table::Quarantine:
        return TableText::tr("Quarantine");
    case Table::Options:
        return TableText::tr("Options");
    case Table::Journal:
        return TableText::tr("Journal");
    }
    Q_UNREACHABLE();
}

std::vector<Column> columnsOf(Table table)
{
    switch (table) {
    case Table::Instances:
        return {text(QT_TRANSLATE_NOOP("TableText", "Instance"), u"instance"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Mode"), u"mode"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Network"), u"network"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Pools"), u"pools"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Stand-in range"), u"standinRange"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Collision"), u"collision"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Management"), u"management"_s)};
    case Table::Connectors:
        return {text(QT_TRANSLATE_NOOP("TableText", "CN"), u"cn"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Group"), u"group"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Translation"), u"translation"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Since"), u"createdAt"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Description"), u"description"_s)};
    case Table::Iroutes:
        return {text(QT_TRANSLATE_NOOP("TableText", "CN"), u"cn"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Prefix"), u"prefix"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Since"), u"createdAt"_s)};
    case Table::Claims:
        return {text(QT_TRANSLATE_NOOP("TableText", "CN"), u"cn"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Real prefix"), u"real"_s),
                text(QT_TRANSLATE_NOOP("TableText", "State"), u"state"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Virtual prefix"), u"virtual"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Carve-out"), u"carveOut"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Instance"), u"instance"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Since"), u"allocatedAt"_s)};
    case Table::Allocations:
        return {text(QT_TRANSLATE_NOOP("TableText", "CN"), u"cn"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Address"), u"address"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Instance"), u"instance"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Since"), u"allocatedAt"_s)};
    case Table::Exclusions:
        return {addresses(QT_TRANSLATE_NOOP("TableText", "Prefix"), u"prefix"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Since"), u"createdAt"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Note"), u"note"_s)};
    case Table::Quarantine:
        return {addresses(QT_TRANSLATE_NOOP("TableText", "Carve-out"), u"carveOut"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Last holder"), u"cn"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Freed"), u"freedAt"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Until"), u"until"_s)};
    case Table::Options:
        return {text(QT_TRANSLATE_NOOP("TableText", "Holder"), u"holder"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Scope"), u"scope"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Type"), u"type"_s),
                addresses(QT_TRANSLATE_NOOP("TableText", "Value"), u"value"_s)};
    case Table::Journal:
        return {number(QT_TRANSLATE_NOOP("TableText", "Number"), u"id"_s),
                time(QT_TRANSLATE_NOOP("TableText", "Time"), u"at"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Who"), u"actor"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Command"), u"command"_s),
                text(QT_TRANSLATE_NOOP("TableText", "Arguments"), u"arguments"_s)};
    }
    Q_UNREACHABLE();
}

TableRow rowOf(const InstanceRow &row, const std::vector<Prefix> &pools)
{
    return {keyOf(row),
            {plain(row.name.toString()), plain(enumText(row.mode)), cell(row.network), cell(pools),
             cell(row.standinRange), plain(enumText(row.collision)), plain(row.management)},
            {{TableText::tr("Server address"), row.serverAddress.toString()},
             {TableText::tr("Public address"), row.publicAddress ? row.publicAddress->toString() : QString()},
             {TableText::tr("Block length"), u"%1, %2"_s.arg(row.blockLength).arg(row.blockLength6)},
             {TableText::tr("Unknown CN"), enumText(row.unknownCn)},
             {TableText::tr("Allocates by itself"), yesOrNo(row.autoAllocate)},
             {TableText::tr("Moves live sessions"), enumText(row.moveLive)},
             {TableText::tr("When the store is down"), enumText(row.whenStoreDown)},
             {TableText::tr("Password file"), row.passwordFile},
             {TableText::tr("Tenant"), row.tenant},
             {TableText::tr("Since"), cell(row.createdAt).text},
             versionFact(row.version)}};
}

TableRow rowOf(const ConnectorRow &row)
{
    return {keyOf(row),
            {plain(row.cn.toString()), plain(row.group), plain(enumText(row.translation)), cell(row.createdAt),
             plain(row.description)},
            {versionFact(row.version)}};
}

TableRow rowOf(const IrouteRow &row)
{
    return {keyOf(row), {plain(row.cn.toString()), cell(row.prefix), cell(row.createdAt)}, {versionFact(row.version)}};
}

TableRow rowOf(const AllocationRow &row)
{
    return {keyOf(row),
            {plain(row.cn.toString()), cell(row.address), plain(row.instance.toString()), cell(row.allocatedAt)},
            {{TableText::tr("Tenant"), row.tenant}, versionFact(row.version)}};
}

TableRow rowOf(const ClaimRow &row)
{
    const bool isSentinel = row.isSentinel();
    return {keyOf(row),
            {plain(row.cn.toString()),
             cell(row.real),
             {isSentinel ? TableText::tr("sentinel") : TableText::tr("stand-in"),
              {},
              {},
              isSentinel ? CellState::Sentinel : CellState::StandIn},
             cell(row.virtualPrefix),
             cell(row.hold),
             plain(row.instance.toString()),
             cell(row.allocatedAt)},
            {{TableText::tr("Meaning"),
              isSentinel ? TableText::tr("Holds the real prefix.")
                         : TableText::tr("Reached as %1, one to one.").arg(row.virtualPrefix.toString())},
             versionFact(row.version)}};
}

TableRow rowOf(const ExclusionRow &row)
{
    return {keyOf(row), {cell(row.prefix), cell(row.createdAt), plain(row.note)}, {versionFact(row.version)}};
}

TableRow rowOf(const QuarantineRow &row)
{
    return {keyOf(row),
            {cell(row.carveOut), plain(row.cn.toString()), cell(row.freedAt), cell(row.until)},
            {versionFact(row.version)}};
}

TableRow rowOf(const OptionRow &row)
{
    const auto prefix = Prefix::parse(row.value);
    return {keyOf(row),
            {plain(row.holder),
             plain(enumText(row.scope)),
             plain(enumText(row.type)),
             {row.value, prefix ? std::vector{*prefix} : std::vector<Prefix>()}},
            {versionFact(row.version)}};
}

TableRow rowOf(const JournalEntry &entry)
{
    const QString arguments = QString::fromUtf8(QJsonDocument(entry.arguments).toJson(QJsonDocument::Compact));
    return {QString::number(entry.id.value),
            {{QString::number(entry.id.value), {}, entry.id.value},
             cell(entry.at),
             plain(entry.actor),
             plain(entry.command),
             plain(arguments)},
            {{TableText::tr("Takes back"), entry.reverts ? QString::number(entry.reverts->value) : QString()},
             {TableText::tr("Can be taken back"), undoText(entry)}}};
}

} // namespace interlock
