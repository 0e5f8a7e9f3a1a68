// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/navigationdelegate.h"

#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QPainter>

namespace interlock {

void NavigationDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = Theme::in(option.palette);
    const bool isChosen = option.state & QStyle::State_Selected;
    painter->save();
    if (isChosen)
        painter->fillRect(option.rect, theme.color(Token::Base));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, theme.color(Token::Hover));
    if (isChosen)
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), theme.color(Token::Accent));

    const int size = grid(4, option.font);
    const int gap = grid(2, option.font);
    QRect area = option.rect.adjusted(grid(3, option.font), 0, -grid(3, option.font), 0);
    drawGlyph(*painter, QRect(area.left(), area.center().y() - size / 2, size, size), index.data(GlyphRole).toString(),
              theme.color(isChosen ? Token::Text : Token::Muted));
    area.setLeft(area.left() + size + gap);

    const QString count = index.data(CountRole).toString();
    painter->setFont(fontOf(TextRole::Caption, option.font));
    painter->setPen(theme.color(Token::Muted));
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignRight, count);
    area.setRight(area.right() - painter->fontMetrics().horizontalAdvance(count) - gap);

    painter->setFont(isChosen ? fontOf(TextRole::Heading, option.font) : option.font);
    painter->setPen(theme.color(Token::Text));
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, area.width()));
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(theme.color(Token::Focus));
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

QSize NavigationDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int label = QFontMetrics(fontOf(TextRole::Heading, option.font)).horizontalAdvance(index.data().toString());
    const int count = QFontMetrics(option.font).horizontalAdvance(index.data(CountRole).toString());
    return {label + count + grid(15, option.font), grid(8, option.font)};
}

} // namespace interlock
