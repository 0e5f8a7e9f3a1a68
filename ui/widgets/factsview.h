// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/storetablemodel.h"

#include <QTextEdit>

namespace interlock {

/// Everything about one row, to be read and copied: long names break anywhere.
class FactsView : public QTextEdit
{
    Q_OBJECT

public:
    explicit FactsView(QWidget *parent = nullptr);

    /// The row `id` of `model`; with an empty id it says that nothing is selected. A text that did not change keeps the
    /// caret and the scroll position.
    void show(const StoreTableModel *modelOrNull, const QString &id);
    using QWidget::show;

protected:
    void changeEvent(QEvent *event) override;

private:
    void render();

    QString m_heading;
    QString m_caption;
    std::vector<Fact> m_facts;
};

} // namespace interlock
