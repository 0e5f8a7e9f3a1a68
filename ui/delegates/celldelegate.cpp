// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/delegates/celldelegate.h"

#include "model/tables/storetablemodel.h"
#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct StateLook
{
    QString glyph;
    Token token;
};

std::optional<StateLook> lookOf(const QModelIndex &index)
{
    switch (static_cast<CellState>(index.data(StoreTableModel::StateRole).toInt())) {
    case CellState::Sentinel:
        return StateLook{u"sentinel"_s, Token::Muted};
    case CellState::StandIn:
        return StateLook{u"standin"_s, Token::Info};
    case CellState::None:
        break;
    }
    return std::nullopt;
}

QFont fontFor(const QStyleOptionViewItem &option, const QModelIndex &index)
{
    QFont font = option.font;
    if (index.column() == 0)
        font.setWeight(QFont::Medium);
    return font;
}

/// Each digit in a slot as wide as the widest one, for fonts whose digits differ.
void drawDigits(QPainter &painter, QRectF rect, const QString &text)
{
    const QFontMetricsF metrics(painter.font());
    qreal slot = 0;
    for (char16_t digit = u'0'; digit <= u'9'; ++digit)
        slot = std::max(slot, metrics.horizontalAdvance(QChar(digit)));
    for (const QChar c : text) {
        const qreal width = c.isDigit() ? slot : metrics.horizontalAdvance(c);
        painter.drawText(QRectF(rect.left(), rect.top(), width, rect.height()), Qt::AlignCenter | Qt::TextDontClip,
                         QString(c));
        rect.setLeft(rect.left() + width);
    }
}

} // namespace

void CellDelegate::drawText(QPainter &painter, const QRect &rect, const QString &text, bool isAddress,
                            Qt::Alignment alignment) const
{
    const QFontMetrics metrics = painter.fontMetrics();
    const QString shown = metrics.elidedText(text, isAddress ? Qt::ElideMiddle : Qt::ElideRight, rect.width());
    if (isAddress && !(alignment & Qt::AlignRight) && !hasTabularDigits(painter.font()))
        drawDigits(painter, rect, shown);
    else
        painter.drawText(rect, static_cast<int>(alignment) | Qt::TextSingleLine, shown);
}

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = Theme::in(option.palette);
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool isActive = option.state & QStyle::State_Active;
    const auto colorFor = [&](Token token) {
        return isSelected && isActive ? theme.colorOnSelection(token) : theme.color(token);
    };

    painter->save();
    if (isSelected)
        painter->fillRect(option.rect, theme.color(isActive ? Token::Selection : Token::SelInactive));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, theme.color(Token::Hover));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      theme.color(Token::Border));

    const int gap = grid(2, option.font);
    QRect area = option.rect.adjusted(index.column() == 0 ? grid(3, option.font) : gap, 0, -gap, 0);
    Token token = Token::Text;
    if (const auto look = lookOf(index)) {
        const int size = grid(3.5, option.font);
        drawGlyph(*painter, QRect(area.left(), area.center().y() - size / 2, size, size), look->glyph,
                  colorFor(look->token));
        area.setLeft(area.left() + size + grid(1.5, option.font));
        token = look->token;
    }
    const QString text = index.data().toString();
    painter->setFont(fontFor(option, index));
    painter->setPen(colorFor(text.isEmpty() ? Token::Muted : token));
    drawText(*painter, area, text.isEmpty() ? u"–"_s : text, index.data(StoreTableModel::AddressRole).toBool(),
             index.data(Qt::TextAlignmentRole).value<Qt::Alignment>());
    if (option.state & QStyle::State_HasFocus) {
        painter->setPen(colorFor(Token::Focus));
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QFontMetrics metrics(fontFor(option, index));
    int width = metrics.horizontalAdvance(index.data().toString()) + grid(4, option.font) + 2;
    if (index.column() == 0)
        width += grid(1, option.font);
    if (lookOf(index))
        width += grid(5, option.font);
    return {width, grid(6, option.font)};
}

bool CellDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                             const QModelIndex &index)
{
    if (event->type() != QEvent::ToolTip)
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QString help;
    switch (static_cast<CellState>(index.data(StoreTableModel::StateRole).toInt())) {
    case CellState::Sentinel:
        help = tr("Holds the real prefix.");
        break;
    case CellState::StandIn:
        help = tr("Reached under the virtual prefix, one to one.");
        break;
    case CellState::None:
        if (const QString text = index.data().toString(); text.isEmpty())
            help = tr("Nothing is set here.");
        else if (sizeHint(option, index).width() > view->visualRect(index).width())
            help = text.toHtmlEscaped();
        break;
    }
    QToolTip::showText(event->globalPos(), help, view);
    return true;
}

} // namespace interlock
