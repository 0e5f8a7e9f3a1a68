// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/stateview.h"

#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace interlock {

StateView::StateView(QWidget *parent)
    : QWidget(parent), m_icon(new QLabel(this)), m_heading(new QLabel(this)), m_text(new QLabel(this)),
      m_command(new QLabel(this)), m_button(new QPushButton(this))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_heading->setFont(fontOf(TextRole::Heading, font()));
    m_command->setFont(fontOf(TextRole::Code, font()));
    m_text->setForegroundRole(QPalette::PlaceholderText);
    for (QLabel *label : {m_heading, m_text, m_command}) {
        label->setAlignment(Qt::AlignHCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    m_command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_command->setAccessibleName(tr("Command for a terminal"));
    m_icon->setAlignment(Qt::AlignHCenter);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(grid(6, font()), grid(3, font()), grid(6, font()), grid(3, font()));
    column->setSpacing(grid(2, font()));
    column->addStretch(1);
    column->addWidget(m_icon);
    column->addWidget(m_heading);
    column->addWidget(m_text);
    column->addWidget(m_command);
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_button, &QPushButton::clicked, this, &StateView::clicked);
}

void StateView::show(const StateText &state)
{
    m_glyph = state.glyph;
    m_token = state.token;
    m_heading->setText(state.heading);
    m_text->setText(state.text);
    m_text->setVisible(!state.text.isEmpty());
    m_command->setText(state.command);
    m_command->setVisible(!state.command.isEmpty());
    m_button->setText(state.button);
    m_button->setVisible(!state.button.isEmpty());
    setAccessibleName(state.heading + u' ' + state.text);
    restyle();
}

QString StateView::heading() const
{
    return m_heading->text();
}

void StateView::restyle()
{
    const int size = grid(6, font());
    m_icon->setPixmap(
        glyphIcon(m_glyph, Theme::in(palette()).color(m_token)).pixmap(QSize(size, size), devicePixelRatioF()));
}

void StateView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        restyle();
    QWidget::changeEvent(event);
}

} // namespace interlock
