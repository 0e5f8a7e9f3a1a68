// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace interlock {

/// Paints an entry of the left list: glyph, label, count; the chosen one has a bar at its edge.
class NavigationDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum Role {
        GlyphRole = Qt::UserRole, ///< QString
        CountRole,                ///< QString, empty while it is not known
    };

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace interlock
