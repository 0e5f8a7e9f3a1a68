// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/linetablemodel.h"
#include "model/tables/routelines.h"

namespace interlock {

/// The routes of one network as an apply would leave them: in the order of sending, and what goes behind the entry that
/// it followed. The order is what members get, so that it is never another one.
class RouteTableModel : public LineTableModel<RouteLine>
{
    Q_OBJECT

public:
    enum class Column { Number, Target, Via, State, Note, Members };
    static constexpr int kColumnCount = 6;
    enum Role {
        IdRole = Qt::UserRole, ///< QString, what a widget keeps
        KindRole,              ///< int of RouteChangeKind
        HeldRole,              ///< bool: waits for a decision
        DriftRole,             ///< bool: somebody changed what we had proved
        BeyondLimitRole,       ///< bool: sent, and no member gets it
    };

    explicit RouteTableModel(QObject *parent = nullptr);
    ~RouteTableModel() override;

    /// Replaces what is shown by minimal changes; a row stays the same row as long as its target is the same.
    /// \param below  where the names come from, as in NetworkContext
    void setDiff(const NetworkDiff &diff, std::span<const PlanSubnet> below = {});
    /// No network, or nothing is known about it.
    void clear();

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] static QString stateText(RouteChangeKind kind);
    [[nodiscard]] static QString viaText(const RouteChange &change);
    [[nodiscard]] static QString decisionText(const RouteChange &change);
    [[nodiscard]] static QString noteText(const RouteLine &line);
    [[nodiscard]] static QString text(const RouteLine &line, Column column);
};

} // namespace interlock
