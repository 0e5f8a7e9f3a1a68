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

template <typename R>
void touchRow(TopologyEdit &edit, const QString &holder)
{
    if (const auto *row = edit.now().find<R>(holder))
        edit.touch(R(*row));
}

/// Who decides by the version of the holder's row has to see that its values are others.
void touchHolder(TopologyEdit &edit, VariableScope scope, const QString &holder)
{
    if (scope == VariableScope::Group)
        touchRow<GroupRow>(edit, holder);
    else if (scope == VariableScope::Template)
        touchRow<TemplateRow>(edit, holder);
    else if (scope == VariableScope::Device)
        touchRow<DeviceRow>(edit, holder);
}

/// One that is not there may go. \returns Invalid, Limit with the name, never with the value
Expected<void> setVariable(TopologyEdit &edit, const SetVariables &c, const QString &typed,
                           const std::optional<QString> &value)
{
    const auto name = checkVariableName(typed);
    if (!name)
        return fail(name.error());
    VariableRow row{c.scope, c.holder, *name, {}, 0};
    const auto *found = edit.now().find<VariableRow>(c.scope, c.holder, *name);
    if (!value) {
        if (found)
            edit.erase(row);
        return {};
    }
    const auto checked = checkVariableValue(*value);
    if (!checked) {
        return fail(checked.error().kind, u"variable %1: %2"_s.arg(*name, checked.error().detail),
                    {{u"variable"_s, *name}});
    }
    row.value = *checked;
    edit.put(row);
    return {};
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SetVariables &c, Timestamp)
{
    if (const auto ok = checkHolder(edit.now(), c.scope, c.holder); !ok)
        return fail(ok.error());
    std::vector<VariableRow> before;
    for (const VariableRow *row : edit.now().list<VariableRow>(c.scope, c.holder))
        before.push_back(*row);
    for (const auto &[name, value] : c.values) {
        if (const auto ok = setVariable(edit, c, name, value); !ok)
            return fail(ok.error());
    }
    std::vector<VariableRow> after;
    for (const VariableRow *row : edit.now().list<VariableRow>(c.scope, c.holder))
        after.push_back(*row);
    if (after != before)
        touchHolder(edit, c.scope, c.holder);
    return Outcome(std::vector<Row>(after.begin(), after.end()));
}

} // namespace interlock::parts
