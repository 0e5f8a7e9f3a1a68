// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/routetablemodel.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace interlock {

RouteTableModel::RouteTableModel(QObject *parent) : LineTableModel(parent) {}

RouteTableModel::~RouteTableModel() = default;

void RouteTableModel::setDiff(const NetworkDiff &diff, std::span<const PlanSubnet> below)
{
    show(routeLines(diff, below), {Qt::DisplayRole, KindRole, HeldRole, DriftRole, BeyondLimitRole});
}

void RouteTableModel::clear()
{
    show({}, {});
}

int RouteTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString RouteTableModel::stateText(RouteChangeKind kind)
{
    switch (kind) {
    case RouteChangeKind::Keep:
        return tr("keep");
    case RouteChangeKind::Add:
        return tr("add");
    case RouteChangeKind::Remove:
        return tr("remove");
    case RouteChangeKind::Gone:
        return tr("gone");
    case RouteChangeKind::Regateway:
        return tr("regateway");
    case RouteChangeKind::Adopt:
        return tr("adopt");
    case RouteChangeKind::Conflict:
        return tr("conflict");
    case RouteChangeKind::Foreign:
        return tr("foreign");
    }
    Q_UNREACHABLE();
}

QString RouteTableModel::viaText(const RouteChange &change)
{
    const auto text = [](const RouteText &route) { return route.via.isEmpty() ? tr("attached") : route.via; };
    if (!change.was || !change.route)
        return text(change.route ? *change.route : change.was.value_or(RouteText()));
    if (change.was->via == change.route->via)
        return text(*change.route);
    return text(*change.was) + u" \u2192 "_s + text(*change.route);
}

/// What was decided about the entry, or has to be.
QString RouteTableModel::decisionText(const RouteChange &change)
{
    const QString planned = change.planned ? change.planned->toString() : QString();
    switch (change.kind) {
    case RouteChangeKind::Keep:
    case RouteChangeKind::Regateway:
        if (change.isHeld)
            return tr("waits for a decision about another's route; planned is %1").arg(planned);
        return change.route ? QString() : tr("replaced by %1").arg(planned);
    case RouteChangeKind::Adopt:
        if (change.isHeld)
            return tr("somebody else's, equal to the plan: waits to be adopted");
        return change.route ? tr("becomes ours") : tr("merged into %1").arg(planned);
    case RouteChangeKind::Conflict:
        if (change.isHeld)
            return tr("somebody else's, in the way of %1: waits to be replaced").arg(planned);
        return tr("replaced by %1").arg(planned);
    case RouteChangeKind::Foreign:
        return tr("somebody else's, stays");
    case RouteChangeKind::Gone:
        return tr("not there any more");
    case RouteChangeKind::Add:
    case RouteChangeKind::Remove:
        return {};
    }
    Q_UNREACHABLE();
}

QString RouteTableModel::noteText(const RouteLine &line)
{
    QStringList notes{line.name, decisionText(line.change)};
    if (line.change.isDrift)
        notes += tr("somebody changed what we had put there");
    if (line.isBeyondLimit())
        notes += tr("behind the first %1 routes: no member gets it").arg(kMaxSentRoutes);
    notes.removeAll(QString());
    return notes.join(u"; "_s);
}

QString RouteTableModel::text(const RouteLine &line, Column column)
{
    const auto count = [](const std::optional<std::size_t> &value) {
        return value ? QString::number(*value) : QString();
    };
    switch (column) {
    case Column::Number:
        return count(line.number);
    case Column::Target:
        return line.shown().target;
    case Column::Via:
        return viaText(line.change);
    case Column::State:
        return stateText(line.change.kind);
    case Column::Note:
        return noteText(line);
    case Column::Members:
        return count(line.members);
    }
    Q_UNREACHABLE();
}

QVariant RouteTableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const RouteLine &line = lineAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(line, static_cast<Column>(index.column()));
    case Qt::TextAlignmentRole:
        return headerData(index.column(), Qt::Horizontal, role);
    case IdRole:
        return line.id;
    case KindRole:
        return static_cast<int>(line.change.kind);
    case HeldRole:
        return line.change.isHeld;
    case DriftRole:
        return line.change.isDrift;
    case BeyondLimitRole:
        return line.isBeyondLimit();
    default:
        return {};
    }
}

QVariant RouteTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = column == Column::Number || column == Column::Members;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft)));
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Column::Number:
        return tr("No.");
    case Column::Target:
        return tr("Target");
    case Column::Via:
        return tr("Via");
    case Column::State:
        return tr("State");
    case Column::Note:
        return tr("Note");
    case Column::Members:
        return tr("Members");
    }
    return {};
}

} // namespace interlock
