// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/subnetlookup.h"

#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/rowtext.h"
#include "model/rules/subnettext.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The only one of `tenants`; which they are when there are several.
Expected<QString> onlyOne(const QStringList &tenants, const QString &what)
{
    if (tenants.isEmpty())
        return fail(ErrorKind::NotFound, u"there is no %1"_s.arg(what));
    if (tenants.size() == 1)
        return tenants.front();
    QStringList shown;
    for (const QString &tenant : tenants)
        shown += tenantText(tenant);
    return fail(ErrorKind::Conflict,
                u"%1 is there for several tenants (%2): say which with --tenant"_s.arg(what, shown.join(u", "_s)),
                {{u"tenants"_s, QJsonArray::fromStringList(tenants)}});
}

Expected<QStringList> candidates(const Topology &topology, const std::optional<QString> &tenant)
{
    if (tenant)
        return checkTenant(*tenant).map([](const QString &slug) { return QStringList{slug}; });
    QStringList all{QString()};
    for (const TenantRow &row : topology.rows<TenantRow>())
        all += row.tenant;
    return all;
}

} // namespace

QString tenantText(const QString &tenant)
{
    return tenant.isEmpty() ? u"shared"_s : tenant;
}

Expected<SubnetRow> subnetIn(const Topology &topology, const std::optional<QString> &tenant, const Prefix &prefix)
{
    auto tenants = candidates(topology, tenant);
    if (!tenants)
        return fail(tenants.error());
    tenants->removeIf([&](const QString &t) { return !topology.subnets().contains(t, prefix); });
    QString what = u"subnet %1"_s.arg(prefix.toString());
    if (tenant)
        what += u" of %1"_s.arg(tenantText(*tenant));
    return onlyOne(*tenants, what).map([&](const QString &t) { return topology.subnets().find(t, prefix).value(); });
}

Expected<QString> tenantHolding(const Topology &topology, const std::optional<QString> &tenant, Address address)
{
    if (tenant)
        return checkTenant(*tenant);
    const auto chain = subnetChain(topology, std::nullopt, Prefix::host(address));
    QStringList tenants;
    for (const SubnetRow &row : chain) {
        if (row.prefix.length() == chain.back().prefix.length() && !tenants.contains(row.tenant))
            tenants += row.tenant;
    }
    return onlyOne(tenants, u"subnet that holds %1"_s.arg(address.toString()));
}

Expected<AddressRow> addressIn(const Topology &topology, const std::optional<QString> &tenant, Address address)
{
    auto tenants = candidates(topology, tenant);
    if (!tenants)
        return fail(tenants.error());
    tenants->removeIf([&](const QString &t) { return !topology.addresses().find(t, address); });
    return onlyOne(*tenants, u"address %1"_s.arg(address.toString())).map([&](const QString &t) {
        return topology.addresses().find(t, address).value();
    });
}

QJsonObject effectsJson(const SubnetEffects &effects)
{
    QJsonArray subnets;
    for (const SubnetMove &move : effects.movedSubnets)
        subnets.append(
            QJsonObject{{u"tenant"_s, move.tenant}, {u"from"_s, move.from.toString()}, {u"to"_s, move.to.toString()}});
    QJsonArray addresses;
    for (const AddressMove &move : effects.movedAddresses)
        addresses.append(QJsonObject{{u"tenant"_s, move.tenant},
                                     {u"from"_s, move.from.toString()},
                                     {u"to"_s, move.to.toString()},
                                     {u"holder"_s, move.holder}});
    const auto rowsJson = [](const std::vector<Row> &rows) {
        QJsonArray list;
        for (const Row &row : rows)
            list.append(rowJson(row));
        return list;
    };
    QJsonArray children;
    for (const SubnetRow &row : effects.newChildren)
        children.append(rowJson(row));
    QJsonArray connectors;
    for (const CommonName &cn : effects.connectors)
        connectors.append(cn.toString());
    return {
        {u"movedSubnets"_s, subnets},        {u"movedAddresses"_s, addresses},          {u"newChildren"_s, children},
        {u"lost"_s, rowsJson(effects.lost)}, {u"touched"_s, rowsJson(effects.touched)}, {u"connectors"_s, connectors}};
}

QStringList effectLines(const SubnetEffects &effects)
{
    QStringList lines;
    for (const SubnetMove &move : effects.movedSubnets)
        lines += u"  moves %1 -> %2"_s.arg(move.from.toString(), move.to.toString());
    for (const AddressMove &move : effects.movedAddresses)
        lines += u"  moves %1 -> %2  %3"_s.arg(move.from.toString(), move.to.toString(), move.holder).trimmed();
    for (const SubnetRow &row : effects.newChildren)
        lines += u"  takes over %1"_s.arg(rowText(row));
    for (const Row &row : effects.lost)
        lines += u"  ends %1"_s.arg(rowText(row));
    for (const Row &row : effects.touched)
        lines += u"  overlaps %1"_s.arg(rowText(row));
    for (const CommonName &cn : effects.connectors)
        lines += u"  concerns the sessions of %1"_s.arg(cn.toString());
    return lines;
}

SubnetEffects effectsOf(const Receipt &receipt)
{
    const auto *outcome = std::get_if<SubnetOutcome>(&receipt.outcome);
    return outcome ? outcome->effects : SubnetEffects();
}

Answer subnetEditAnswer(const EditOptions &options, const Receipt &receipt, QJsonObject body, const QString &done)
{
    const SubnetEffects effects = effectsOf(receipt);
    body.insert(u"effects"_s, effectsJson(effects));
    const QStringList lines = effectLines(effects);
    Answer answer = editAnswer(options, receipt, body, (QStringList{done} + lines).join(u'\n'));
    if (options.isDryRun && !lines.isEmpty())
        answer.text += u"\nWith these effects:\n"_s + lines.join(u'\n');
    return answer;
}

QJsonObject subnetsBody(const Receipt &receipt)
{
    QJsonArray list;
    for (const SubnetRow &row : rowsOf<SubnetRow>(receipt))
        list.append(rowJson(row));
    return {{u"subnets"_s, list}};
}

Expected<QString> withCustom(const QString &custom, const std::vector<QString> &assignments)
{
    QJsonObject object = QJsonDocument::fromJson(custom.toUtf8()).object();
    for (const QString &assignment : assignments) {
        const auto at = assignment.indexOf(u'=');
        if (at <= 0)
            return fail(ErrorKind::Invalid, u"'%1' is not KEY=VALUE"_s.arg(assignment.left(80)),
                        {{u"argument"_s, u"--custom"_s}});
        const QString value = assignment.mid(at + 1);
        if (value.isEmpty())
            object.remove(assignment.left(at));
        else
            object.insert(assignment.left(at), value);
    }
    return canonicalCustom(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

QString countText(uint128 count)
{
    QString digits;
    do {
        digits.prepend(QChar(u'0' + static_cast<char16_t>(count % 10)));
        count /= 10;
    } while (count > 0);
    return digits;
}

} // namespace interlock
