// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/interlockstyle.h"

#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QPainter>
#include <QStyleOption>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr int kRadius = 4;

void roundedBox(QPainter *painter, const QRect &rect, const QColor &fill, const QColor &outline, int width)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill);
    painter->setPen(QPen(outline, width));
    const qreal inset = width / 2.0;
    painter->drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
    painter->restore();
}

/// The outline of a button or field: a ring of two pixels while it has the focus.
void controlBox(const QStyleOption *option, QPainter *painter, Token fill)
{
    const Theme &theme = Theme::in(option->palette);
    const bool hasFocus = option->state & QStyle::State_HasFocus;
    const bool isEnabled = option->state & QStyle::State_Enabled;
    const Token outline = hasFocus ? Token::Focus : isEnabled ? Token::Control : Token::Border;
    roundedBox(painter, option->rect, theme.color(fill), theme.color(outline), hasFocus ? 2 : 1);
}

void toolButtonBox(const QStyleOption *option, QPainter *painter)
{
    const Theme &theme = Theme::in(option->palette);
    if (option->state & (QStyle::State_MouseOver | QStyle::State_On | QStyle::State_Sunken))
        roundedBox(painter, option->rect, theme.color(Token::Hover), theme.color(Token::Hover), 1);
    if (option->state & QStyle::State_HasFocus)
        roundedBox(painter, option->rect, Qt::transparent, theme.color(Token::Focus), 2);
}

void headerSection(const QStyleOption *option, QPainter *painter)
{
    const Theme &theme = Theme::in(option->palette);
    painter->fillRect(option->rect, theme.color(Token::Panel));
    painter->setPen(theme.color(Token::Border));
    painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
}

void scrollBar(const QStyle &style, const QStyleOptionSlider *option, QPainter *painter, const QWidget *widget)
{
    const Theme &theme = Theme::in(option->palette);
    painter->fillRect(option->rect, theme.color(Token::Base));
    const QRect slider = style.subControlRect(QStyle::CC_ScrollBar, option, QStyle::SC_ScrollBarSlider, widget);
    const bool isUsed = option->state & QStyle::State_MouseOver;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.color(isUsed ? Token::Muted : Token::Control));
    const QRectF thumb = QRectF(slider).adjusted(3, 3, -3, -3);
    painter->drawRoundedRect(thumb, std::min(thumb.width(), thumb.height()) / 2,
                             std::min(thumb.width(), thumb.height()) / 2);
    painter->restore();
}

} // namespace

InterlockStyle::InterlockStyle() : QProxyStyle(u"Fusion"_s) {}

void InterlockStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                                   const QWidget *widget) const
{
    const Theme &theme = Theme::in(option->palette);
    switch (element) {
    case PE_PanelButtonCommand:
        controlBox(option, painter, option->state & (State_MouseOver | State_Sunken) ? Token::Hover : Token::Raised);
        return;
    case PE_PanelButtonTool:
        toolButtonBox(option, painter);
        return;
    case PE_PanelLineEdit:
        if (!(widget && widget->property("flat").toBool()))
            controlBox(option, painter, Token::Sunken);
        return;
    case PE_FrameLineEdit:
    case PE_FrameStatusBarItem:
        return;
    case PE_PanelStatusBar:
        painter->fillRect(QRect(option->rect.topLeft(), QSize(option->rect.width(), 1)), theme.color(Token::Border));
        return;
    case PE_FrameMenu:
        painter->setPen(theme.color(Token::Control));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractButton *>(widget))
            return; // its box has the ring
        painter->setPen(theme.colorOnSelection(Token::Focus));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_IndicatorHeaderArrow:
        // In the direction of the order: up is ascending.
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option))
            drawGlyph(*painter, option->rect,
                      header->sortIndicator == QStyleOptionHeader::SortDown ? u"up"_s : u"down"_s,
                      theme.color(Token::Muted));
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void InterlockStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                                 const QWidget *widget) const
{
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        headerSection(option, painter);
        return;
    case CE_HeaderLabel:
        if (const auto *header = qstyleoption_cast<const QStyleOptionHeader *>(option)) {
            QStyleOptionHeader muted = *header;
            muted.palette.setColor(QPalette::ButtonText, Theme::in(option->palette).color(Token::Muted));
            muted.state &= ~State_On; // never bolder because a cell below is selected
            // Above the text of its cells; the margin of a header is one of its height too.
            const int step = grid(header->section == 0 ? 2 : 1, widget ? widget->font() : QFont());
            if (header->textAlignment & Qt::AlignRight)
                muted.rect.adjust(0, 0, header->sortIndicator == QStyleOptionHeader::None ? -step : 0, 0);
            else
                muted.rect.adjust(step, 0, 0, 0);
            QProxyStyle::drawControl(element, &muted, painter, widget);
        }
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, Theme::in(option->palette).color(Token::Border));
        return;
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void InterlockStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                                        const QWidget *widget) const
{
    const auto *slider = qstyleoption_cast<const QStyleOptionSlider *>(option);
    const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
    if (control == CC_ScrollBar && slider) {
        scrollBar(*this, slider, painter, widget);
    } else if (control == CC_ToolButton && button) {
        QStyleOptionToolButton plain = *button;
        plain.features &= ~QStyleOptionToolButton::HasMenu; // its text says so; no second arrow in its corner
        QProxyStyle::drawComplexControl(control, &plain, painter, widget);
    } else {
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

int InterlockStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    const QFont font = widget ? widget->font() : QFont();
    switch (metric) {
    case PM_HeaderMargin:
        return grid(1, font);
    case PM_HeaderMarkSize:
        return grid(3, font);
    case PM_ScrollBarExtent:
        return grid(3, font);
    case PM_SplitterWidth:
        return 1;
    case PM_ButtonMargin:
        return grid(3, font);
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int InterlockStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                              QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_ItemView_ActivateItemOnSingleClick:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    case SH_ScrollBar_Transient:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void InterlockStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton *>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

} // namespace interlock
