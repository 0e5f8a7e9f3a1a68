// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/variabletablemodel.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A value may have 65,536 characters; nobody reads more of them in a cell.
constexpr qsizetype kLongestCell = 200;

/// The first line, with an ellipsis when there is more.
QString firstLine(const QString &value)
{
    const QString line = value.section(u'\n', 0, 0).remove(u'\r').left(kLongestCell);
    return line == value ? line : line + QChar(0x2026);
}

} // namespace

VariableTableModel::VariableTableModel(QObject *parent) : LineTableModel(parent) {}

VariableTableModel::~VariableTableModel() = default;

void VariableTableModel::setVariables(std::vector<ResolvedVariable> variables)
{
    std::stable_sort(variables.begin(), variables.end(),
                     [](const ResolvedVariable &a, const ResolvedVariable &b) { return a.name < b.name; });
    std::vector<VariableLine> lines;
    lines.reserve(variables.size());
    for (ResolvedVariable &variable : variables) {
        if (lines.empty() || lines.back().variable.name != variable.name)
            lines.push_back({std::move(variable)});
    }
    show(std::move(lines), {Qt::DisplayRole, Qt::ToolTipRole, ValueRole, OriginRole, ClashRole});
}

int VariableTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString VariableTableModel::originText(VariableScope scope, const QString &holder)
{
    switch (scope) {
    case VariableScope::Store:
        return tr("store");
    case VariableScope::Group:
        return tr("group %1").arg(holder);
    case VariableScope::Template:
        return tr("template %1").arg(holder);
    case VariableScope::Device:
        return tr("device %1").arg(holder);
    case VariableScope::Network:
        return holder.isEmpty() ? tr("computed") : tr("network %1").arg(holder);
    }
    Q_UNREACHABLE();
}

QString VariableTableModel::overrodeText(const ResolvedVariable &variable, const QString &separator)
{
    QStringList hidden;
    for (const OverriddenValue &each : variable.overrode)
        hidden += originText(each.scope, each.holder) + u": "_s + firstLine(each.value);
    return hidden.join(separator);
}

QString VariableTableModel::text(const ResolvedVariable &variable, Column column)
{
    switch (column) {
    case Column::Name:
        return variable.name;
    case Column::Value:
        return firstLine(variable.value);
    case Column::Origin:
        return originText(variable.origin, variable.holder);
    case Column::Overrode:
        return overrodeText(variable, u"; "_s);
    }
    Q_UNREACHABLE();
}

QVariant VariableTableModel::toolTip(const ResolvedVariable &variable, Column column)
{
    if (column != Column::Overrode || variable.overrode.empty())
        return {};
    const QString hidden = overrodeText(variable, u"\n"_s);
    return variable.hasClash ? tr("A computed value hides one that somebody typed.") + u'\n' + hidden : hidden;
}

QVariant VariableTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ResolvedVariable &variable = lineAt(index.row()).variable;
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(variable, column);
    case Qt::ToolTipRole:
        return toolTip(variable, column);
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case IdRole:
        return variable.name;
    case ValueRole:
        return variable.value;
    case OriginRole:
        return static_cast<int>(variable.origin);
    case ClashRole:
        return variable.hasClash;
    default:
        return {};
    }
}

QVariant VariableTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Column::Name:
        return tr("Name");
    case Column::Value:
        return tr("Value");
    case Column::Origin:
        return tr("Origin");
    case Column::Overrode:
        return tr("Overrode");
    }
    return {};
}

} // namespace interlock
