// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/storetables.h"
#include "ui/shell/tablepage.h"
#include "ui/theme/theme.h"

#include <QMainWindow>

class QLabel;
class QListWidget;
class QStackedWidget;
class QToolButton;

namespace interlock {

class Banner;
class FactsView;

/// The store in a plain window: its tables at the left, the rows of one in the middle, everything about one row at the
/// right. It shows and does not edit.
class StoreWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// \param storeName  how the store is called, without a password
    /// \param ctl        how interlockctl is called for this store
    StoreWindow(QString storeName, const QString &ctl, const Clock &clock, QWidget *parent = nullptr);

    /// One theme, whatever the system has. Without it the window follows the system.
    void setTheme(ThemeKind kind);
    [[nodiscard]] ThemeKind theme() const;

    void showOpening();
    /// The store did not open.
    void showFailure(const Error &error);
    /// Shows the tables as they come; they must outlive the window or the next call.
    void showTables(StoreTables &tables);

    [[nodiscard]] Table currentTable() const;
    void openTable(Table table);
    [[nodiscard]] TablePage &page(Table table) const;

Q_SIGNALS:
    /// The store should be opened again.
    void openRequested();

protected:
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void setUpNavigation();
    void setUpPages(const QString &ctl);
    void setUpDetails();
    void setUpTopBar();
    void setUpStatusBar();
    void setUpActions();
    QAction *addCommand(const QString &text, const QKeySequence &keys, const QString &help, std::function<void()> act);
    void setWaiting(const StateText &state);
    void applyTheme(const Theme &theme);
    void updatePage();
    void updateCounts();
    void updateDetails();
    void updateStatus();
    void updateBanner();
    void copySelection();
    void focusNextRegion(int step);
    void retry();

    const QString m_storeName;
    const Clock &m_clock;
    StoreTables *m_tables = nullptr;
    std::optional<Error> m_failure;
    bool m_isShown = false; ///< the models are in the pages
    bool m_followsSystem = true;
    bool m_areDetailsWanted = true;

    QListWidget *m_navigation;
    QStackedWidget *m_pages;
    Banner *m_banner;
    QWidget *m_details;
    FactsView *m_facts;
    QLabel *m_title;
    QToolButton *m_menuButton;
    QMenu *m_menu;
    QAction *m_detailsAction = nullptr;
    QLabel *m_storeIcon;
    QLabel *m_store;
    QLabel *m_storeKind;
    QLabel *m_stateIcon;
    QLabel *m_state;
    QLabel *m_journal;
    QTimer m_statusTimer;
};

} // namespace interlock
