// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/ztjson.h"

#include "app/interlockctl/output.h"
#include "app/interlockctl/table.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

/// Unchanged routes in a row that is longer than this are counted, not listed.
constexpr std::size_t kLongRun = 8;

QJsonObject changeJson(const RouteChange &change)
{
    return {{u"change"_s, enumText(change.kind)},
            {u"was"_s, change.was ? QJsonValue(routeJson(*change.was)) : QJsonValue()},
            {u"route"_s, change.route ? QJsonValue(routeJson(*change.route)) : QJsonValue()},
            {u"planned"_s, change.planned ? QJsonValue(routeJson(RouteText::of(*change.planned))) : QJsonValue()},
            {u"held"_s, change.isHeld},
            {u"drift"_s, change.isDrift}};
}

QString signOf(const RouteChange &change)
{
    switch (change.kind) {
    case RouteChangeKind::Keep:
        return u" "_s;
    case RouteChangeKind::Add:
        return u"+"_s;
    case RouteChangeKind::Remove:
    case RouteChangeKind::Gone:
        return u"-"_s;
    case RouteChangeKind::Regateway:
        return u"~"_s;
    case RouteChangeKind::Adopt:
        return u"="_s;
    case RouteChangeKind::Conflict:
        return u"!"_s;
    case RouteChangeKind::Foreign:
        return u"."_s;
    }
    Q_UNREACHABLE();
}

QString noteOf(const RouteChange &change)
{
    QStringList notes;
    if (change.kind == RouteChangeKind::Regateway && change.planned)
        notes += u"becomes "_s + change.planned->toString();
    if (change.kind == RouteChangeKind::Adopt)
        notes +=
            change.isHeld ? u"somebody else's, equal to the plan: --confirm adopt makes it ours"_s : u"becomes ours"_s;
    if (change.kind == RouteChangeKind::Conflict)
        notes += change.isHeld && change.planned
                     ? u"somebody else's, in the way of %1: --confirm replace-foreign"_s.arg(change.planned->toString())
                     : u"replaced"_s;
    if (change.kind == RouteChangeKind::Foreign)
        notes += u"somebody else's, kept"_s;
    if (change.kind == RouteChangeKind::Gone)
        notes += u"gone already"_s;
    if (change.isDrift)
        notes += u"somebody changed what we had put there"_s;
    return notes.join(u"; "_s);
}

bool isQuiet(const RouteChange &change)
{
    return change.kind == RouteChangeKind::Keep && !change.isDrift;
}

QStringList changeLines(const std::vector<RouteChange> &changes)
{
    QStringList lines;
    for (std::size_t i = 0; i < changes.size();) {
        std::size_t end = i;
        while (end < changes.size() && isQuiet(changes[end]))
            ++end;
        if (end - i > kLongRun) {
            lines += u"    (%1 routes of ours stay)"_s.arg(end - i);
            i = end;
            continue;
        }
        const RouteChange &change = changes[i++];
        const RouteText shown = change.was ? *change.was : change.route.value_or(RouteText());
        const QString note = noteOf(change);
        lines += u"  %1 %2%3"_s.arg(signOf(change), shown.toString(), note.isEmpty() ? QString() : u"   "_s + note);
    }
    return lines;
}

/// What is sent besides routes and pools.
QJsonObject settingsJson(const NetworkEdit &edit)
{
    QJsonObject object;
    if (edit.name)
        object.insert(u"name"_s, *edit.name);
    if (edit.isAutoAssign4)
        object.insert(u"autoAssign"_s, *edit.isAutoAssign4);
    if (edit.multicastLimit)
        object.insert(u"multicastLimit"_s, static_cast<qint64>(*edit.multicastLimit));
    if (edit.mtu)
        object.insert(u"mtu"_s, *edit.mtu);
    if (edit.dns) {
        object.insert(u"dns"_s, QJsonObject{{u"domain"_s, edit.dns->domain},
                                            {u"servers"_s, QJsonArray::fromStringList(
                                                               {edit.dns->servers.begin(), edit.dns->servers.end()})}});
    }
    return object;
}

QJsonArray poolsJson(const std::vector<PoolText> &pools)
{
    QJsonArray list;
    for (const PoolText &pool : pools)
        list.append(QJsonObject{{u"first"_s, pool.first}, {u"last"_s, pool.last}});
    return list;
}

QJsonObject findingJson(const MemberFinding &finding)
{
    QJsonObject object{{u"kind"_s, enumText(finding.kind)},
                       {u"node"_s, finding.node ? QJsonValue(finding.node->toString()) : QJsonValue()},
                       {u"name"_s, finding.name},
                       {u"level"_s, enumText(finding.level())},
                       {u"message"_s, finding.toString()}};
    if (finding.address)
        object.insert(u"address"_s, finding.address->toString());
    if (const auto need = finding.need())
        object.insert(u"confirm"_s, enumText(*need));
    return object;
}

QStringList settingLines(const NetworkEdit &edit)
{
    QStringList lines;
    const QJsonObject settings = settingsJson(edit);
    for (auto it = settings.begin(); it != settings.end(); ++it)
        lines +=
            u"  ~ %1: %2"_s.arg(it.key(), it.value().isObject() ? edit.dns->domain : it.value().toVariant().toString());
    return lines;
}

} // namespace

QJsonObject routeJson(const RouteText &route)
{
    return {{u"target"_s, route.target}, {u"via"_s, orNull(route.via)}};
}

QJsonArray routesJson(const std::vector<RouteText> &routes)
{
    QJsonArray list;
    for (const RouteText &route : routes)
        list.append(routeJson(route));
    return list;
}

QJsonArray planJson(const RoutePlan &plan, std::span<const PlanSubnet> below)
{
    QJsonArray list;
    for (const Route &route : plan.routes) {
        const auto subnet = std::ranges::find(below, route.target, &PlanSubnet::prefix);
        QJsonObject object = routeJson(RouteText::of(route));
        object.insert(u"name"_s, subnet == below.end() ? QString() : subnet->name);
        list.append(object);
    }
    return list;
}

QJsonArray warningsJson(const RoutePlan &plan)
{
    QJsonArray list;
    for (const PlanWarning &warning : plan.warnings)
        list.append(warning.detail);
    return list;
}

QJsonObject networkRecordJson(const NetworkRecord &record)
{
    return {{u"id"_s, record.id.toString()},
            {u"name"_s, record.name},
            {u"private"_s, record.isPrivate},
            {u"routes"_s, routesJson(record.routes)},
            {u"pools"_s, poolsJson(record.pools)},
            {u"autoAssign"_s, record.isAutoAssign4},
            {u"v6"_s, QJsonObject{{u"pool"_s, record.assign6.isPool},
                                  {u"rfc4193"_s, record.assign6.isRfc4193},
                                  {u"sixPlane"_s, record.assign6.isSixPlane}}},
            {u"multicastLimit"_s, static_cast<qint64>(record.multicastLimit)},
            {u"mtu"_s, record.mtu},
            {u"dns"_s, QJsonObject{{u"domain"_s, record.dns.domain},
                                   {u"servers"_s, QJsonArray::fromStringList(
                                                      {record.dns.servers.begin(), record.dns.servers.end()})}}},
            {u"revision"_s, record.revision},
            {u"fingerprint"_s, fingerprintOf(record)}};
}

QJsonObject riskJson(const BroadcastRisk &risk)
{
    QJsonArray notes;
    for (const RiskNote &note : risk.notes)
        notes.append(QJsonObject{{u"reason"_s, enumText(note.reason)}, {u"message"_s, note.toString()}});
    return {{u"members"_s, static_cast<qint64>(risk.members)},
            {u"authorized"_s, static_cast<qint64>(risk.authorized)},
            {u"online"_s, risk.online ? QJsonValue(static_cast<qint64>(*risk.online)) : QJsonValue()},
            {u"bridges"_s, static_cast<qint64>(risk.bridges)},
            {u"multicastLimit"_s, static_cast<qint64>(risk.multicastLimit)},
            {u"recipients"_s, static_cast<qint64>(risk.recipients)},
            {u"arpRecipients"_s, static_cast<qint64>(risk.arpRecipients)},
            {u"outside"_s, static_cast<qint64>(risk.outside)},
            {u"level"_s, enumText(risk.level)},
            {u"notes"_s, notes}};
}

QJsonObject diffJson(const NetworkDiff &diff, const NetworkRecord &live)
{
    QJsonArray changes;
    for (const RouteChange &change : diff.routes.changes)
        changes.append(changeJson(change));
    QJsonArray findings;
    for (const MemberFinding &finding : diff.findings)
        findings.append(findingJson(finding));
    QJsonArray needs;
    for (const ApplyNeed need : diff.needs)
        needs.append(enumText(need));
    QJsonArray members;
    for (const MemberWrite &write : diff.members.writes)
        members.append(write.node.toString());
    return {
        {u"changes"_s, changes},
        {u"first"_s, diff.first.routes ? QJsonValue(routesJson(*diff.first.routes)) : QJsonValue()},
        {u"routes"_s, routesJson(diff.routes.desired)},
        {u"pools"_s, poolsJson(diff.pools.desired)},
        {u"settings"_s, settingsJson(diff.edit)},
        {u"memberWrites"_s, members},
        {u"findings"_s, findings},
        {u"risk"_s, QJsonObject{{u"before"_s, riskJson(diff.risk.before)}, {u"after"_s, riskJson(diff.risk.after)}}},
        {u"confirm"_s, needs},
        {u"warnings"_s, warningsJson(diff.plan)},
        {u"equal"_s, diff.isEqual()},
        {u"fingerprint"_s, fingerprintOf(live)}};
}

QString diffText(const NetworkDiff &diff, const NetworkRecord &live, const NetworkRow &network)
{
    QStringList lines;
    if (diff.isEqual()) {
        lines += u"Plan and controller are equal, order included. Nothing to send."_s;
    } else {
        lines += u"Network %1 (%2): %3 routes now, %4 after the apply, of at most %5."_s.arg(
            network.name.toString(), network.networkId.toString(), QString::number(live.routes.size()),
            QString::number(diff.routes.desired.size()), QString::number(kMaxSentRoutes));
    }
    lines += changeLines(diff.routes.changes);
    for (const AssignmentPool &pool : diff.pools.added)
        lines += u"  + pool "_s + pool.toString();
    for (const AssignmentPool &pool : diff.pools.removed)
        lines += u"  - pool "_s + pool.toString();
    lines += settingLines(diff.edit);
    if (diff.routes.first)
        lines += u"A gateway changes: sent in two requests, its target is away for one configuration push."_s;
    for (const PlanWarning &warning : diff.plan.warnings)
        lines += u"warning: "_s + warning.detail;
    for (const MemberFinding &finding : diff.findings)
        lines += (finding.level() == RiskLevel::Fine ? u"note: "_s : enumText(finding.level()) + u": "_s) +
                 finding.toString();
    if (!diff.members.writes.empty())
        lines += u"%1 members are to be written."_s.arg(diff.members.writes.size());
    if (!diff.needs.empty()) {
        QStringList needs;
        for (const ApplyNeed need : diff.needs)
            needs += u"--confirm "_s + enumText(need);
        lines += u"To be confirmed: "_s + needs.join(u' ');
    }
    return printable(lines.join(u'\n'), true);
}

QJsonArray differencesJson(const std::vector<FieldDifference> &differences)
{
    QJsonArray list;
    for (const FieldDifference &one : differences)
        list.append(QJsonObject{{u"field"_s, one.field}, {u"asked"_s, one.asked}, {u"got"_s, one.got}});
    return list;
}

QJsonObject pushJson(const PushReport &report)
{
    const auto nodes = [](const std::vector<NodeId> &ids) {
        QJsonArray list;
        for (const NodeId &id : ids)
            list.append(id.toString());
        return list;
    };
    QJsonArray failed;
    for (const FailedMember &one : report.failed)
        failed.append(QJsonObject{{u"node"_s, one.node.toString()}, {u"error"_s, errorJson(one.error)}});
    QJsonArray refused;
    for (const MemberWrite &one : report.refused)
        refused.append(one.node.toString());
    return {{u"written"_s, nodes(report.written)},
            {u"deleted"_s, nodes(report.deleted)},
            {u"failed"_s, failed},
            {u"refused"_s, refused},
            {u"equal"_s, static_cast<qint64>(report.equal)}};
}

QStringList pushLines(const PushReport &report)
{
    QStringList lines;
    for (const FailedMember &one : report.failed)
        lines += u"member %1: %2"_s.arg(one.node.toString(), one.error.detail);
    for (const MemberWrite &one : report.refused)
        lines += u"member %1 was not written: another member of the network has its address"_s.arg(one.node.toString());
    return lines;
}

} // namespace interlock
