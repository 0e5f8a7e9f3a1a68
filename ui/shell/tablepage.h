// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/storetablemodel.h"
#include "ui/widgets/stateview.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QStackedLayout;
class QTableView;

namespace interlock {

/// One table with its filter line; a state takes the table's place while there is nothing to list.
class TablePage : public QWidget
{
    Q_OBJECT

public:
    /// \param ctl  how interlockctl is called for this store, for what an empty table says
    TablePage(Table table, QString ctl, QWidget *parent = nullptr);

    /// The model must live until the next call, or as long as the page.
    void setModel(StoreTableModel *modelOrNull);
    /// What stands here until setModel().
    void setWaiting(const StateText &state);

    [[nodiscard]] Table table() const { return m_table; }
    [[nodiscard]] StoreTableModel *modelOrNull() const { return m_model; }
    /// The current row's id, or empty.
    [[nodiscard]] const QString &currentId() const { return m_currentId; }
    /// Makes the first row current when none is.
    void selectFirst();
    void focusFilter();
    void focusContent();
    /// The rows that are selected as tab-separated text with a header. Empty when none is.
    [[nodiscard]] QString selectedText() const;

Q_SIGNALS:
    /// Another row is current, or the current one has changed.
    void currentChanged();
    void buttonClicked();

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void setUpView();
    void applyFilter(const QString &text);
    void updateState();
    void fitColumns();
    void restoreCurrent();
    void restyle();

    const Table m_table;
    const QString m_ctl;
    StoreTableModel *m_model = nullptr;
    StateText m_waiting;
    QString m_currentId;
    bool m_isChangingFilter = false;
    bool m_isFitted = false; ///< the columns have widths that go with the rows
    QLineEdit *m_filter;
    QLabel *m_matches;
    QTableView *m_view;
    StateView *m_state;
    QStackedLayout *m_stack;
    QAction *m_filterIcon;
};

} // namespace interlock
