// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/rowtext.h"

#include "app/interlockctl/rowjson.h"
#include "model/values/route.h"

#include <QJsonDocument>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QString text(const InstanceRow &row)
{
    return u"instance %1 at %2, network %3"_s.arg(row.name.toString(), row.management, row.network.toString());
}
QString text(const PoolRow &row)
{
    return u"pool %2 of instance %1"_s.arg(row.instance.toString(), row.prefix.toString());
}
QString text(const ConnectorRow &row)
{
    return u"connector %1"_s.arg(row.cn.toString());
}
QString text(const IrouteRow &row)
{
    return u"iroute %2 of %1"_s.arg(row.cn.toString(), row.prefix.toString());
}
QString text(const AllocationRow &row)
{
    return u"allocation %3 for %1 on %2"_s.arg(row.cn.toString(), row.instance.toString(), row.address.toString());
}
QString text(const ClaimRow &row)
{
    if (row.isSentinel())
        return u"claim of %1 on %2 (sentinel)"_s.arg(row.cn.toString(), row.real.toString());
    return u"claim of %1 on %2 as %3"_s.arg(row.cn.toString(), row.real.toString(), row.virtualPrefix.toString());
}
QString text(const ExclusionRow &row)
{
    return u"exclusion %1"_s.arg(row.prefix.toString());
}
QString text(const QuarantineRow &row)
{
    return u"quarantine of %1 until %2"_s.arg(row.carveOut.toString(), row.until.toString());
}
QString text(const OptionRow &row)
{
    return u"option %3 for %1 %2"_s.arg(enumText(row.scope), row.holder,
                                        (enumText(row.type) + u' ' + row.value).trimmed());
}
QString text(const SettingRow &row)
{
    return u"setting %1 = %2"_s.arg(row.name, row.value);
}

QString text(const TenantRow &row)
{
    return u"tenant %1"_s.arg(row.tenant);
}
QString text(const ControllerRow &row)
{
    return u"controller %1 at %2"_s.arg(row.name.toString(), row.url);
}
QString text(const NetworkRow &row)
{
    return u"network %1 (%2) on %3, subnet %4"_s.arg(row.name.toString(), row.networkId.toString(),
                                                     row.controller.toString(), row.subnet.toString());
}
QString text(const OwnedRouteRow &row)
{
    return u"route %2 of network %1"_s.arg(row.network.toString(), Route{row.target, row.via}.toString());
}
QString text(const OwnedPoolRow &row)
{
    return u"pool %2 of network %1"_s.arg(row.network.toString(), AssignmentPool{row.first, row.last}.toString());
}
QString text(const GroupRow &row)
{
    return u"group %1"_s.arg(row.group);
}
QString text(const DeviceRow &row)
{
    return u"device %1"_s.arg(row.device);
}
QString text(const MemberRow &row)
{
    return u"member %2 of network %1, %3"_s.arg(row.network.toString(), row.node.toString(), enumText(row.standing));
}
QString text(const VariableRow &row)
{
    return u"variable %1 of %2"_s.arg(row.variable, (enumText(row.scope) + u' ' + row.holder).trimmed());
}
QString text(const TemplateRow &row)
{
    return u"template %1"_s.arg(row.name);
}
QString text(const DivisionRuleRow &row)
{
    return u"division rule %1 of %2"_s.arg(row.label, row.master.toString());
}
QString text(const DivisionShareRow &row)
{
    return u"%3 of device %2 by rule %1"_s.arg(row.label, row.device, row.prefix.toString());
}
QString ofTenant(const QString &tenant)
{
    return tenant.isEmpty() ? QString() : u" of "_s + tenant;
}
QString text(const SubnetRow &row)
{
    const QString name = row.name.isEmpty() ? QString() : u" (%1)"_s.arg(row.name);
    return u"subnet %1%2%3"_s.arg(row.prefix.toString(), name, ofTenant(row.tenant));
}
QString text(const AddressRow &row)
{
    const QString holder = row.holder.isEmpty() ? QString() : u" of %1"_s.arg(row.holder);
    return u"address %1%2 (%3)"_s.arg(row.address.toString(), holder, enumText(row.state)) + ofTenant(row.tenant);
}

QString shown(const QJsonValue &value)
{
    if (value.isString())
        return value.toString().isEmpty() ? u"(empty)"_s : value.toString();
    if (value.isBool())
        return value.toBool() ? u"yes"_s : u"no"_s;
    if (value.isObject())
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    if (value.isArray())
        return value.toVariant().toStringList().join(u';');
    return value.isNull() ? u"(none)"_s : QString::number(value.toInteger());
}

QString differences(const Row &before, const Row &after)
{
    const QJsonObject old = rowJson(before);
    const QJsonObject now = rowJson(after);
    QStringList parts;
    for (auto it = now.begin(); it != now.end(); ++it) {
        if (it.key() != u"version"_s && old.value(it.key()) != it.value())
            parts += u"%1 %2 -> %3"_s.arg(it.key(), shown(old.value(it.key())), shown(it.value()));
    }
    return parts.join(u", "_s);
}

} // namespace

QString rowText(const Row &row)
{
    return std::visit([](const auto &r) { return text(r); }, row);
}

QString changesText(const ChangeSet &changes)
{
    QStringList lines;
    for (const RowChange &change : changes) {
        if (std::holds_alternative<DivisionShareRow>(change.any()))
            continue; // its subnets and addresses say it
        if (!change.before) {
            lines += u"  + "_s + rowText(*change.after);
        } else if (!change.after) {
            lines += u"  - "_s + rowText(*change.before);
        } else {
            const QString what = differences(*change.before, *change.after);
            lines += u"  ~ "_s + rowText(*change.after) + (what.isEmpty() ? u" (new version)"_s : u": "_s + what);
        }
    }
    return lines.join(u'\n');
}

} // namespace interlock
