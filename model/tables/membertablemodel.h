// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/linetablemodel.h"
#include "model/tables/memberlines.h"

namespace interlock {

/// The members of one network, ascending by node.
class MemberTableModel : public LineTableModel<MemberLine>
{
    Q_OBJECT

public:
    enum class Column { Node, Name, State, Authorized, Address, Online, Version };
    static constexpr int kColumnCount = 7;
    enum Role {
        IdRole = Qt::UserRole, ///< QString, the node: what a widget keeps
        StateRole,             ///< int of MemberState
        OursRole,              ///< bool: a row of ours says what it is to be
        OnlineRole,            ///< bool; invalid when it is not known
        ErrorRole,             ///< QString: why the last attempt to send it failed
    };

    explicit MemberTableModel(QObject *parent = nullptr);
    ~MemberTableModel() override;

    /// Replaces what is shown by minimal changes, by node. The lines may come in any order; of two for one node the
    /// first counts. \complexity O(n log n)
    void setLines(std::vector<MemberLine> lines);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] static QString stateText(MemberState state);
    [[nodiscard]] static QString yesOrNo(const std::optional<bool> &value);
    [[nodiscard]] static QString addressText(const MemberLine &line);
    [[nodiscard]] static QString text(const MemberLine &line, Column column);
};

} // namespace interlock
