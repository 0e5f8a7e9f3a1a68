// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QStyledItemDelegate>

namespace interlock {

/// Paints cells of a StoreTableModel: a state as icon, text and colour; addresses with digits of one width, elided in
/// the middle; what is empty as a dash.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    /// The whole text of a cell that is cut, and what a dash or a state means.
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                   const QModelIndex &index) override;

private:
    void drawText(QPainter &painter, const QRect &rect, const QString &text, bool isAddress,
                  Qt::Alignment alignment) const;
};

} // namespace interlock
