// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_networkparts.h"
#include "model/commands/decide_parts.h"
#include "model/rules/variables.h"

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// Values belong to something that is there. \returns NotFound, Invalid
Expected<void> checkHolder(const Topology &topology, VariableScope scope, const QString &holder)
{
    const auto missing = [&](bool isThere) {
        return isThere ? Expected<void>()
                       : Expected<void>(fail(ErrorKind::NotFound, u"there is no %1 '%2'"_s.arg(enumText(scope), holder),
                                             {{enumText(scope), holder}}));
    };
    switch (scope) {
    case VariableScope::Store:
        return holder.isEmpty() ? Expected<void>()
                                : fail(ErrorKind::Invalid, u"values of the store are nobody's in particular"_s);
    case VariableScope::Group:
        return missing(topology.find<GroupRow>(holder));
    case VariableScope::Template:
        return missing(topology.find<TemplateRow>(holder));
    case VariableScope::Device:
        return missing(topology.find<DeviceRow>(holder));
    case VariableScope::Network:
        return fail(ErrorKind::Unsupported, u"what a network says is computed from its rows"_s);
    }
    Q_UNREACHABLE();
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SetVariables &c, Timestamp)
{
    if (const auto ok = checkHolder(edit.now(), c.scope, c.holder); !ok)
        return fail(ok.error());
    for (const auto &[typed, value] : c.values) {
        const auto name = checkVariableName(typed);
        if (!name)
            return fail(name.error());
        VariableRow row{c.scope, c.holder, *name, {}, 0};
        if (!value) {
            edit.erase(row);
            continue;
        }
        const auto checked = checkVariableValue(*value);
        if (!checked)
            return fail(checked.error());
        row.value = *checked;
        edit.put(row);
    }
    std::vector<Row> rows;
    for (const VariableRow *row : edit.now().list<VariableRow>(c.scope, c.holder))
        rows.emplace_back(*row);
    return Outcome(std::move(rows));
}

} // namespace interlock::parts
