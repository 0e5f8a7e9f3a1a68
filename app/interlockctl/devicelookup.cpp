// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/devicelookup.h"

#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/variablewords.h"

#include <map>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

template <typename R>
Expected<R> rowNamed(const Topology &topology, const QString &what, const QString &name)
{
    if (const auto *found = topology.find<R>(name))
        return *found;
    return fail(ErrorKind::NotFound, u"there is no %1 '%2'"_s.arg(what, name), {{what, name}});
}

} // namespace

Expected<DeviceRow> deviceIn(const Topology &topology, const QString &device)
{
    return rowNamed<DeviceRow>(topology, u"device"_s, device);
}

Expected<GroupRow> groupIn(const Topology &topology, const QString &group)
{
    return rowNamed<GroupRow>(topology, u"group"_s, group);
}

Expected<TemplateRow> templateIn(const Topology &topology, const QString &name)
{
    return rowNamed<TemplateRow>(topology, u"template"_s, name);
}

template <typename R>
QJsonObject holderBody(const Receipt &receipt)
{
    const auto rows = rowsOf<R>(receipt);
    QJsonObject object = rows.empty() ? QJsonObject() : rowJson(rows.front());
    object.insert(u"variables"_s, namesJson(rowsOf<VariableRow>(receipt)));
    return object;
}
template QJsonObject holderBody<DeviceRow>(const Receipt &receipt);
template QJsonObject holderBody<GroupRow>(const Receipt &receipt);
template QJsonObject holderBody<TemplateRow>(const Receipt &receipt);

QStringList shareNotes(const Receipt &receipt)
{
    std::map<QString, QStringList> given;
    for (const RowChange &change : receipt.changes) {
        const auto *share = change.after ? std::get_if<DivisionShareRow>(&*change.after) : nullptr;
        if (share)
            given[share->label] += share->part == 0 ? share->prefix.toString() : share->prefix.first().toString();
    }
    QStringList notes;
    for (const auto &[label, what] : given)
        notes += u"By division rule %1 it has %2."_s.arg(label, what.join(u", "));
    return notes;
}

QStringList pushNotes(const Receipt &receipt)
{
    std::set<NetworkName> networks;
    for (const RowChange &change : receipt.changes) {
        if (const auto *member = std::get_if<MemberRow>(&change.any()))
            networks.insert(member->network);
    }
    QStringList notes;
    for (const NetworkName &network : networks)
        notes += u"The controller of network %1 does not know it yet: 'zt push %1', or interlockd, tells it."_s.arg(
            network.toString());
    return notes;
}

} // namespace interlock
