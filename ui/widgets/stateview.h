// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace interlock {

/// What stands where rows would be: why there are none and what to do.
struct StateText
{
    QString glyph;
    Token token = Token::Muted;
    QString heading;
    QString text;
    QString command; ///< a line for a terminal; empty: none
    QString button;  ///< empty: none
};

class StateView : public QWidget
{
    Q_OBJECT

public:
    explicit StateView(QWidget *parent = nullptr);

    void show(const StateText &state);
    using QWidget::show;
    [[nodiscard]] QString heading() const;

Q_SIGNALS:
    void clicked();

protected:
    void changeEvent(QEvent *event) override;

private:
    void restyle();

    QString m_glyph;
    Token m_token = Token::Muted;
    QLabel *m_icon;
    QLabel *m_heading;
    QLabel *m_text;
    QLabel *m_command;
    QPushButton *m_button;
};

} // namespace interlock
