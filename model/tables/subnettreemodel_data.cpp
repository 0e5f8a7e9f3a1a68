// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnettreemodel.h"

#include <QLocale>

#include <cmath>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr double kInFull = 1e7;
constexpr double kAsPower = 1e15;

/// "65,536", "14.4 M", "2^64".
QString countText(double count)
{
    const QLocale locale;
    if (count < kInFull)
        return locale.toString(static_cast<qlonglong>(count));
    if (count < 1e9)
        return SubnetTreeModel::tr("%1 M").arg(locale.toString(count / 1e6, 'f', 1));
    if (count < kAsPower)
        return SubnetTreeModel::tr("%1 G").arg(locale.toString(count / 1e9, 'f', 1));
    const double power = std::log2(count);
    const double nearest = std::round(power);
    const bool isExact = std::abs(power - nearest) < 1e-9;
    return (isExact ? u"2^"_s : u"~2^"_s) + QString::number(static_cast<int>(isExact ? nearest : std::floor(power)));
}

} // namespace

SubnetTreeModel::RowKind SubnetTreeModel::kindAt(int row) const
{
    if (!at(row).isItem())
        return RowKind::Gap;
    const SubnetKind kind = m_forest->kind(at(row).slot());
    if (kind == SubnetKind::Address)
        return RowKind::Address;
    return isDerived(kind) ? RowKind::Derived : RowKind::Subnet;
}

SubnetItem SubnetTreeModel::itemAt(int row) const
{
    const VisibleRow shown = at(row);
    return m_forest->item(shown.part() == VisibleRow::Part::Gap ? m_forest->parent(shown.slot()) : shown.slot());
}

SubnetUse SubnetTreeModel::useAt(int row) const
{
    if (const auto gap = gapAt(row))
        return {gap->size(), 0, 0};
    return m_forest->use(at(row).slot());
}

std::optional<SubnetGap> SubnetTreeModel::gapAt(int row) const
{
    if (at(row).isItem())
        return std::nullopt;
    return m_rows.gap(at(row));
}

bool SubnetTreeModel::isExpanded(int row) const
{
    return at(row).isItem() && m_rows.isOpen(at(row).slot());
}

int SubnetTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int SubnetTreeModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString SubnetTreeModel::gapText(VisibleRow row, Column column) const
{
    const SubnetGap gap = m_rows.gap(row);
    switch (column) {
    case Column::Prefix:
        return gap.firstPrefix().toString();
    case Column::Name:
        return gap.firstPrefix().last() == gap.last ? QString() : tr("to %1").arg(gap.last.toString());
    case Column::Used:
        return tr("free");
    case Column::Free:
        return countText(gap.size());
    default:
        return {};
    }
}

QVariant SubnetTreeModel::text(VisibleRow row, Column column) const
{
    const Slot slot = row.slot();
    switch (column) {
    case Column::Prefix:
        return m_forest->kind(slot) == SubnetKind::Address ? m_forest->prefix(slot).first().toString()
                                                           : m_forest->prefix(slot).toString();
    case Column::Name:
        return m_forest->name(slot);
    case Column::Role:
        return m_forest->role(slot);
    case Column::Tenant:
        return m_forest->tenant(slot);
    case Column::Tags:
        return m_forest->tags(slot);
    default:
        return figure(row, column);
    }
}

QVariant SubnetTreeModel::figure(VisibleRow row, Column column) const
{
    if (m_forest->kind(row.slot()) == SubnetKind::Address)
        return {};
    const SubnetUse use = m_forest->use(row.slot());
    switch (column) {
    case Column::Used:
        // Rounded down, so that 100 % is full.
        return m_forest->isReserved(row.slot())
                   ? tr("held back")
                   : tr("%1 %").arg(QLocale().toString(static_cast<int>(std::floor(use.share() * 100))));
    case Column::Addresses:
        return countText(use.used);
    default:
        return countText(use.free());
    }
}

QString SubnetTreeModel::idOf(VisibleRow row) const
{
    const Slot slot = row.slot();
    QString id = QString::number(static_cast<int>(m_forest->kind(slot))) + u'|' + m_forest->tenant(slot) + u'|' +
                 m_forest->prefix(slot).toString();
    if (isDerived(m_forest->kind(slot)))
        id += u'|' + m_forest->name(slot);
    if (row.isItem())
        return id;
    return (row.part() == VisibleRow::Part::Gap ? u"before|"_s : u"behind|"_s) + id;
}

QVariant SubnetTreeModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const VisibleRow row = at(index.row());
    const auto column = static_cast<Column>(index.column());
    const bool isItem = row.isItem();
    switch (role) {
    case Qt::DisplayRole:
        return isItem ? text(row, column) : gapText(row, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter |
                          (column == Column::Addresses || column == Column::Free ? Qt::AlignRight : Qt::AlignLeft)));
    case IdRole:
        return idOf(row);
    case DepthRole:
        return m_rows.depth(row);
    case ExpandableRole:
        return isItem && m_rows.isExpandable(row.slot());
    case ExpandedRole:
        return isItem && m_rows.isOpen(row.slot());
    case KindRole:
        return static_cast<int>(kindAt(index.row()));
    case ShareRole:
        return isItem && m_forest->kind(row.slot()) != SubnetKind::Address ? QVariant(m_forest->use(row.slot()).share())
                                                                           : QVariant();
    case ReservedRole:
        return isItem && m_forest->isReserved(row.slot());
    case MatchRole:
        return !m_rows.isMarking() || m_rows.isMatch(row.slot());
    case SortRole:
        return column == Column::Free        ? QVariant(useAt(index.row()).free())
               : column == Column::Addresses ? QVariant(useAt(index.row()).used)
                                             : QVariant();
    default:
        return {};
    }
}

QVariant SubnetTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter |
                          (column == Column::Addresses || column == Column::Free ? Qt::AlignRight : Qt::AlignLeft)));
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Column::Prefix:
        return tr("Prefix");
    case Column::Name:
        return tr("Name");
    case Column::Role:
        return tr("Role");
    case Column::Used:
        return tr("Used");
    case Column::Addresses:
        return tr("Addresses");
    case Column::Free:
        return tr("Free");
    case Column::Tenant:
        return tr("Tenant");
    case Column::Tags:
        return tr("Tags");
    }
    return {};
}

QHash<int, QByteArray> SubnetTreeModel::roleNames() const
{
    auto names = QAbstractTableModel::roleNames();
    names.insert({{IdRole, "id"},
                  {DepthRole, "depth"},
                  {ExpandableRole, "isExpandable"},
                  {ExpandedRole, "isExpanded"},
                  {KindRole, "kind"}});
    return names;
}

} // namespace interlock
