// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/membertablemodel.h"

#include <QStringList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

MemberTableModel::MemberTableModel(QObject *parent) : LineTableModel(parent) {}

MemberTableModel::~MemberTableModel() = default;

void MemberTableModel::setLines(std::vector<MemberLine> lines)
{
    std::stable_sort(lines.begin(), lines.end(),
                     [](const MemberLine &a, const MemberLine &b) { return a.node < b.node; });
    lines.erase(std::unique(lines.begin(), lines.end(),
                            [](const MemberLine &a, const MemberLine &b) { return a.node == b.node; }),
                lines.end());
    show(std::move(lines), {Qt::DisplayRole, Qt::ToolTipRole, StateRole, OursRole, OnlineRole, ErrorRole});
}

int MemberTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString MemberTableModel::stateText(MemberState state)
{
    switch (state) {
    case MemberState::Pushed:
        return tr("pushed");
    case MemberState::Staged:
        return tr("staged");
    case MemberState::Failed:
        return tr("failed");
    case MemberState::Absent:
        return tr("absent");
    case MemberState::Pending:
        return tr("pending");
    case MemberState::Foreign:
        return tr("foreign");
    }
    Q_UNREACHABLE();
}

QString MemberTableModel::yesOrNo(const std::optional<bool> &value)
{
    if (!value)
        return {};
    return *value ? tr("yes") : tr("no");
}

/// What it has, and behind the arrow what it is to have, when that is something else.
QString MemberTableModel::addressText(const MemberLine &line)
{
    const QString live = QStringList(line.addresses.begin(), line.addresses.end()).join(u", "_s);
    if (!line.planned || live == line.planned->toString())
        return live;
    return (live.isEmpty() ? QString() : live + u' ') + u"\u2192 "_s + line.planned->toString();
}

QString MemberTableModel::text(const MemberLine &line, Column column)
{
    switch (column) {
    case Column::Node:
        return line.node.toString();
    case Column::Name:
        return line.name;
    case Column::State:
        return stateText(line.state);
    case Column::Authorized:
        return yesOrNo(line.isAuthorized);
    case Column::Address:
        return addressText(line);
    case Column::Online:
        return yesOrNo(line.isOnline);
    case Column::Version:
        return line.version;
    }
    Q_UNREACHABLE();
}

QVariant MemberTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const MemberLine &line = lineAt(index.row());
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(line, column);
    case Qt::ToolTipRole:
        return column == Column::State && !line.lastError.isEmpty() ? QVariant(line.lastError) : QVariant();
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case IdRole:
        return line.key();
    case StateRole:
        return static_cast<int>(line.state);
    case OursRole:
        return line.standing.has_value();
    case OnlineRole:
        return line.isOnline ? QVariant(*line.isOnline) : QVariant();
    case ErrorRole:
        return line.lastError;
    default:
        return {};
    }
}

QVariant MemberTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Column::Node:
        return tr("Node");
    case Column::Name:
        return tr("Name");
    case Column::State:
        return tr("State");
    case Column::Authorized:
        return tr("Authorised");
    case Column::Address:
        return tr("Address");
    case Column::Online:
        return tr("Online");
    case Column::Version:
        return tr("Client version");
    }
    return {};
}

} // namespace interlock
