// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/banner.h"

#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace interlock {

Banner::Banner(QWidget *parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_heading(new QLabel(this)), m_text(new QLabel(this)),
      m_retry(new QPushButton(tr("Try now"), this))
{
    for (QLabel *label : {m_heading, m_text}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_heading->setFont(fontOf(TextRole::Heading, font()));
    m_retry->setToolTip(tr("Ask the store again"));
    auto *layout = new QGridLayout(this);
    const int gap = grid(2, font());
    layout->setContentsMargins(grid(3, font()), gap, grid(3, font()), gap);
    layout->setHorizontalSpacing(gap);
    layout->setVerticalSpacing(grid(1, font()));
    layout->addWidget(m_icon, 0, 0, Qt::AlignTop);
    layout->addWidget(m_heading, 0, 1);
    layout->addWidget(m_text, 1, 1);
    layout->addWidget(m_retry, 0, 2, 2, 1, Qt::AlignVCenter);
    layout->setColumnStretch(1, 1);
    connect(m_retry, &QPushButton::clicked, this, &Banner::retryRequested);
    restyle();
}

void Banner::setTexts(const QString &heading, const QString &text)
{
    m_heading->setText(heading);
    m_text->setText(text);
    setAccessibleName(Banner::text());
}

QString Banner::text() const
{
    return m_heading->text() + u' ' + m_text->text();
}

void Banner::restyle()
{
    const int size = grid(4, font());
    m_icon->setPixmap(
        glyphIcon(u"warn"_s, Theme::in(palette()).color(Token::Warn)).pixmap(QSize(size, size), devicePixelRatioF()));
}

void Banner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        restyle();
    QFrame::changeEvent(event);
}

void Banner::paintEvent(QPaintEvent *)
{
    const Theme &theme = Theme::in(palette());
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(Token::WarnTint));
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.color(Token::Border));
}

} // namespace interlock
