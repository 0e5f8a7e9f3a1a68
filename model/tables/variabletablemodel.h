// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/variables.h"
#include "model/tables/linetablemodel.h"

namespace interlock {

/// A variable with what it stands for, as it is listed.
struct VariableLine
{
    ResolvedVariable variable;

    [[nodiscard]] QString key() const { return variable.name; }
    friend bool operator==(const VariableLine &, const VariableLine &) = default;
};

/// The variables of one device, ascending by name, with where each comes from and what it hides.
class VariableTableModel : public LineTableModel<VariableLine>
{
    Q_OBJECT

public:
    enum class Column { Name, Value, Origin, Overrode };
    static constexpr int kColumnCount = 4;
    enum Role {
        IdRole = Qt::UserRole, ///< QString, the name: what a widget keeps
        ValueRole,             ///< QString, the value with all its lines; the cell shows the first one
        OriginRole,            ///< int of VariableScope
        ClashRole,             ///< bool: a computed value hides one that somebody typed
    };

    explicit VariableTableModel(QObject *parent = nullptr);
    ~VariableTableModel() override;

    /// Replaces what is shown by minimal changes, by name. They may come in any order; of two with one name the first
    /// counts. \complexity O(n log n)
    void setVariables(std::vector<ResolvedVariable> variables);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] static QString originText(VariableScope scope, const QString &holder);
    [[nodiscard]] static QString overrodeText(const ResolvedVariable &variable, const QString &separator);
    [[nodiscard]] static QString text(const ResolvedVariable &variable, Column column);
    [[nodiscard]] static QVariant toolTip(const ResolvedVariable &variable, Column column);
};

} // namespace interlock
