// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/variablewords.h"

#include "app/interlockctl/rowjson.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kLongestCell = 60;

QString elided(const QString &value)
{
    return value.size() <= kLongestCell ? value : value.left(kLongestCell - 1) + u'…';
}

/// "group shops", "store"
QString originText(VariableScope scope, const QString &holder)
{
    return holder.isEmpty() ? enumText(scope) : enumText(scope) + u' ' + holder;
}

QString kindText(NetworkVariableWarning::Kind kind)
{
    switch (kind) {
    case NetworkVariableWarning::Kind::OutsideSubnet:
        return u"outsideSubnet"_s;
    case NetworkVariableWarning::Kind::NoChild:
        return u"noChild"_s;
    case NetworkVariableWarning::Kind::NotRouted:
        return u"notRouted"_s;
    case NetworkVariableWarning::Kind::PrefixDiffers:
        return u"prefixDiffers"_s;
    case NetworkVariableWarning::Kind::UnprintableName:
        return u"unprintableName"_s;
    case NetworkVariableWarning::Kind::NoAddress:
        return u"noAddress"_s;
    }
    Q_UNREACHABLE();
}

} // namespace

Expected<VariableEdits> readAssignments(std::span<const QString> words, BareName bareName)
{
    VariableEdits edits;
    for (const QString &word : words) {
        const auto at = word.indexOf(u'=');
        if (at > 0) {
            edits.emplace_back(word.left(at), word.mid(at + 1));
            continue;
        }
        // The word itself is not shown: it may be a value whose name was forgotten.
        if (at == 0 || word.isEmpty() || bareName == BareName::Refused) {
            return fail(ErrorKind::Invalid,
                        u"variable %1 of the line is not NAME=VALUE"_s.arg(static_cast<qsizetype>(edits.size()) + 1),
                        {{u"argument"_s, u"NAME=VALUE"_s}});
        }
        edits.emplace_back(word, std::nullopt);
    }
    return edits;
}

std::vector<VariableRow> variablesIn(const Topology &topology, VariableScope scope, const QString &holder)
{
    std::vector<VariableRow> rows;
    for (const VariableRow *row : topology.list<VariableRow>(scope, holder))
        rows.push_back(*row);
    return rows;
}

QJsonArray variablesJson(std::span<const VariableRow> rows)
{
    QJsonArray list;
    for (const VariableRow &row : rows)
        list.append(rowJson(row));
    return list;
}

QJsonArray namesJson(std::span<const VariableRow> rows)
{
    QJsonArray list;
    for (const VariableRow &row : rows) {
        QJsonObject object = rowJson(row);
        object.remove(u"value"_s);
        list.append(object);
    }
    return list;
}

Table variableTable(std::span<const VariableRow> rows, const QString &whenEmpty)
{
    Table table({u"NAME"_s, u"VALUE"_s, u"FROM"_s}, whenEmpty);
    for (const VariableRow &row : rows)
        table.add({row.variable, elided(row.value), originText(row.scope, row.holder)});
    return table;
}

QJsonArray resolvedJson(std::span<const ResolvedVariable> values)
{
    QJsonArray list;
    for (const ResolvedVariable &variable : values) {
        QJsonArray overrode;
        for (const OverriddenValue &hidden : variable.overrode) {
            overrode.append(QJsonObject{
                {u"origin"_s, enumText(hidden.scope)}, {u"holder"_s, hidden.holder}, {u"value"_s, hidden.value}});
        }
        list.append(QJsonObject{{u"name"_s, variable.name},
                                {u"value"_s, variable.value},
                                {u"origin"_s, enumText(variable.origin)},
                                {u"holder"_s, variable.holder},
                                {u"overrode"_s, overrode},
                                {u"clash"_s, variable.hasClash}});
    }
    return list;
}

Table resolvedTable(std::span<const ResolvedVariable> values, const QString &whenEmpty)
{
    Table table({u"NAME"_s, u"VALUE"_s, u"FROM"_s, u"OVERRODE"_s}, whenEmpty);
    for (const ResolvedVariable &variable : values) {
        QStringList overrode;
        for (const OverriddenValue &hidden : variable.overrode)
            overrode += u"%1 (%2)"_s.arg(elided(hidden.value), originText(hidden.scope, hidden.holder));
        table.add({variable.name, elided(variable.value), originText(variable.origin, variable.holder),
                   overrode.join(u", "_s)});
    }
    return table;
}

QJsonArray warningsJson(std::span<const NetworkVariableWarning> warnings)
{
    QJsonArray list;
    for (const NetworkVariableWarning &warning : warnings) {
        list.append(
            QJsonObject{{u"kind"_s, kindText(warning.kind)}, {u"key"_s, warning.key}, {u"message"_s, warning.detail}});
    }
    return list;
}

QStringList warningNotes(std::span<const NetworkVariableWarning> warnings)
{
    QStringList notes;
    for (const NetworkVariableWarning &warning : warnings)
        notes += u"warning: network %1: %2"_s.arg(warning.key, warning.detail);
    return notes;
}

QStringList clashNotes(std::span<const ResolvedVariable> values)
{
    QStringList notes;
    for (const ResolvedVariable &variable : values) {
        if (!variable.hasClash)
            continue;
        QStringList holders;
        for (const OverriddenValue &hidden : variable.overrode)
            holders += originText(hidden.scope, hidden.holder);
        notes += u"warning: %1 of %2 is not in force: %3 says what it is"_s.arg(
            variable.name, holders.join(u", "_s), originText(variable.origin, variable.holder));
    }
    return notes;
}

} // namespace interlock
