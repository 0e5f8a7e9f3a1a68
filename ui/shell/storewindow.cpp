// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/storewindow.h"

#include "ui/delegates/navigationdelegate.h"
#include "ui/shell/emptystates.h"
#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/factsview.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QResizeEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

/// Below this many grid units beside the left list the details leave the table alone.
constexpr double kWideEnough = 235;

QString clockText(Timestamp at)
{
    return at.toString().mid(11, 8) + u'Z';
}

} // namespace

StoreWindow::StoreWindow(QString storeName, const QString &ctl, const Clock &clock, QWidget *parent)
    : QMainWindow(parent), m_storeName(std::move(storeName)), m_clock(clock), m_navigation(new QListWidget(this)),
      m_pages(new QStackedWidget(this)), m_banner(new Banner(this)), m_details(new QWidget(this)),
      m_facts(new FactsView(this)), m_title(new QLabel(this)), m_menuButton(new QToolButton(this)),
      m_menu(new QMenu(this)), m_storeIcon(new QLabel(this)), m_store(new QLabel(this)), m_storeKind(new QLabel(this)),
      m_stateIcon(new QLabel(this)), m_state(new QLabel(this)), m_journal(new QLabel(this))
{
    setWindowTitle(tr("Interlock: %1").arg(m_storeName));
    setUpNavigation();
    setUpPages(ctl);
    setUpDetails();
    setUpTopBar();
    setUpStatusBar();
    setUpActions();
    applyTheme(Theme::of(Theme::kindFor(QGuiApplication::palette())));
    connect(&m_statusTimer, &QTimer::timeout, this, &StoreWindow::updateStatus);
    m_statusTimer.start(1s);
    m_navigation->setCurrentRow(0);
    showOpening();
    m_navigation->setFocus();
}

void StoreWindow::setUpNavigation()
{
    m_navigation->setAccessibleName(tr("Tables"));
    m_navigation->setFrameShape(QFrame::NoFrame);
    m_navigation->setItemDelegate(new NavigationDelegate(m_navigation));
    m_navigation->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_navigation->viewport()->setBackgroundRole(QPalette::Window);
    m_navigation->viewport()->setAttribute(Qt::WA_Hover);
    m_navigation->setMouseTracking(true);
    for (const Table table : kTables) {
        auto *item = new QListWidgetItem(titleOf(table), m_navigation);
        item->setData(NavigationDelegate::GlyphRole, glyphOf(table));
        item->setData(Qt::AccessibleTextRole, titleOf(table));
    }
    connect(m_navigation, &QListWidget::currentRowChanged, this, &StoreWindow::updatePage);
}

void StoreWindow::setUpPages(const QString &ctl)
{
    for (const Table table : kTables) {
        auto *page = new TablePage(table, ctl, m_pages);
        connect(page, &TablePage::currentChanged, this, &StoreWindow::updateDetails);
        connect(page, &TablePage::buttonClicked, this, &StoreWindow::retry);
        m_pages->addWidget(page);
    }
    connect(m_banner, &Banner::retryRequested, this, &StoreWindow::retry);
    m_banner->hide();
}

void StoreWindow::setUpDetails()
{
    m_details->setBackgroundRole(QPalette::Light);
    m_details->setAutoFillBackground(true);
    auto *column = new QVBoxLayout(m_details);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_facts);
    m_details->setMinimumWidth(grid(64, font()));
}

void StoreWindow::setUpTopBar()
{
    auto *bar = new QWidget(this);
    auto *line = new QHBoxLayout(bar);
    line->setContentsMargins(grid(3, font()), 0, grid(2, font()), 0);
    m_title->setFont(fontOf(TextRole::Title, font()));
    line->addWidget(m_title, 1);
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_menuButton->setAutoRaise(true);
    m_menuButton->setMenu(m_menu);
    m_menuButton->setText(tr("Menu"));
    m_menuButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_menuButton->setToolTip(tr("Everything that this window can do (F10)"));
    m_menuButton->setFocusPolicy(Qt::TabFocus);
    line->addWidget(m_menuButton);
    bar->setFixedHeight(grid(11, font()));
    m_menu->setAttribute(Qt::WA_WindowPropagation);

    auto *middle = new QWidget(this);
    auto *column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    auto *hairline = new QWidget(middle);
    hairline->setFixedHeight(1);
    hairline->setBackgroundRole(QPalette::Mid);
    hairline->setAutoFillBackground(true);
    column->addWidget(hairline);
    column->addWidget(m_banner);
    column->addWidget(m_pages, 1);

    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_navigation);
    splitter->addWidget(middle);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({m_navigation->sizeHintForColumn(0) + grid(8, font()), grid(200, font()), grid(80, font())});
    setCentralWidget(splitter);
}

void StoreWindow::setUpStatusBar()
{
    QStatusBar *bar = statusBar();
    bar->setSizeGripEnabled(false);
    bar->setMinimumHeight(grid(7, font()));
    m_store->setFont(fontOf(TextRole::Heading, font()));
    m_store->setTextFormat(Qt::PlainText);
    for (QLabel *label : {m_storeIcon, m_store, m_storeKind, m_stateIcon, m_state})
        bar->addWidget(label);
    m_storeKind->setContentsMargins(0, 0, grid(3, font()), 0);
    bar->addPermanentWidget(m_journal);
    m_storeKind->setForegroundRole(QPalette::PlaceholderText);
    m_journal->setForegroundRole(QPalette::PlaceholderText);
    bar->setContentsMargins(grid(2, font()), 0, grid(2, font()), 0);
}

QAction *StoreWindow::addCommand(const QString &text, const QKeySequence &keys, const QString &help,
                                 std::function<void()> act)
{
    auto *action = new QAction(text, this);
    action->setShortcut(keys);
    action->setToolTip(help);
    action->setStatusTip(QString());
    connect(action, &QAction::triggered, this, std::move(act));
    addAction(action);
    m_menu->addAction(action);
    return action;
}

void StoreWindow::setUpActions()
{
    for (std::size_t i = 0; i < kTables.size(); ++i) {
        const Table table = kTables[i];
        addCommand(titleOf(table), QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))),
                   tr("Show this table"), [this, table] {
                       openTable(table);
                       page(table).focusContent();
                   });
    }
    m_menu->addSeparator();
    addCommand(tr("Filter"), QKeySequence::Find, tr("Type what a row must hold"),
               [this] { page(currentTable()).focusFilter(); });
    QAction *copy = addCommand(tr("Copy rows"), QKeySequence::Copy,
                               tr("The selected rows with a header, separated by tabs"), [this] { copySelection(); });
    for (const Table table : kTables)
        page(table).findChild<QAbstractItemView *>()->addAction(copy);
    m_detailsAction =
        addCommand(tr("Details"), Qt::Key_F4, tr("Show or hide everything about the selected row"), [this] {
            m_areDetailsWanted = !m_details->isVisible();
            m_details->setVisible(m_areDetailsWanted);
        });
    addCommand(tr("Ask the store now"), Qt::Key_F5, tr("See at once whether the store answers"), [this] { retry(); });
    addCommand(tr("Next region"), Qt::Key_F6, tr("Tables, rows, details"), [this] { focusNextRegion(1); });
    addCommand(tr("Previous region"), Qt::SHIFT | Qt::Key_F6, tr("Details, rows, tables"),
               [this] { focusNextRegion(-1); });
    m_menu->addSeparator();
    addCommand(tr("Quit"), QKeySequence::Quit, tr("Close this window; nothing is lost by it"), [this] { close(); });
    auto *open = new QAction(this);
    open->setShortcut(Qt::Key_F10);
    connect(open, &QAction::triggered, m_menuButton, &QToolButton::showMenu);
    addAction(open);
}

void StoreWindow::setTheme(ThemeKind kind)
{
    m_followsSystem = false;
    applyTheme(Theme::of(kind));
}

ThemeKind StoreWindow::theme() const
{
    return Theme::in(palette()).kind();
}

void StoreWindow::applyTheme(const Theme &theme)
{
    setPalette(theme.palette());
    QToolTip::setPalette(theme.palette());
    m_menuButton->setIcon(glyphIcon(u"more"_s, theme.color(Token::Text)));
    const int size = grid(3.5, font());
    m_storeIcon->setPixmap(
        glyphIcon(u"store"_s, theme.color(Token::Muted)).pixmap(QSize(size, size), devicePixelRatioF()));
    updateStatus();
}

bool StoreWindow::event(QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && m_followsSystem)
        applyTheme(Theme::of(Theme::kindFor(QGuiApplication::palette())));
    return QMainWindow::event(event);
}

void StoreWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    m_details->setVisible(m_areDetailsWanted && event->size().width() >= grid(kWideEnough, font()));
}

Table StoreWindow::currentTable() const
{
    return kTables[static_cast<std::size_t>(std::max(0, m_navigation->currentRow()))];
}

void StoreWindow::openTable(Table table)
{
    m_navigation->setCurrentRow(static_cast<int>(table));
}

TablePage &StoreWindow::page(Table table) const
{
    return *qobject_cast<TablePage *>(m_pages->widget(static_cast<int>(table)));
}

void StoreWindow::setWaiting(const StateText &state)
{
    for (const Table table : kTables)
        page(table).setWaiting(state);
}

void StoreWindow::showOpening()
{
    m_failure.reset();
    setWaiting({u"store"_s, Token::Muted, tr("Opening the store."), m_storeName, {}, {}});
    updateStatus();
}

void StoreWindow::showFailure(const Error &error)
{
    m_failure = error;
    setWaiting({u"critical"_s,
                Token::Critical,
                tr("The store cannot be opened: %1").arg(error.detail),
                tr("%1 (%2). Nothing was changed.").arg(m_storeName, nameOf(error.kind)),
                {},
                tr("Try again")});
    updateStatus();
}

void StoreWindow::showTables(StoreTables &tables)
{
    m_tables = &tables;
    m_failure.reset();
    m_isShown = false;
    connect(m_tables, &StoreTables::stateChanged, this, &StoreWindow::updateStatus);
    connect(m_tables, &StoreTables::countsChanged, this, &StoreWindow::updateCounts);
    setWaiting({u"store"_s, Token::Muted, tr("Loading the rows."), m_storeName, {}, {}});
    updateStatus();
}

void StoreWindow::updatePage()
{
    m_pages->setCurrentIndex(static_cast<int>(currentTable()));
    m_title->setText(titleOf(currentTable()));
    updateDetails();
}

void StoreWindow::updateCounts()
{
    if (!m_tables || !m_tables->isLoaded())
        return;
    for (const Table table : kTables) {
        const QString count = locale().toString(m_tables->count(table));
        QListWidgetItem *item = m_navigation->item(static_cast<int>(table));
        item->setData(NavigationDelegate::CountRole, count);
        item->setData(Qt::AccessibleTextRole, u"%1, %2"_s.arg(titleOf(table), count));
    }
}

void StoreWindow::updateDetails()
{
    const TablePage &now = page(currentTable());
    m_facts->show(now.modelOrNull(), now.currentId());
}

void StoreWindow::updateStatus()
{
    if (m_tables && m_tables->isLoaded() && !m_isShown) {
        m_isShown = true;
        for (const Table table : kTables) {
            page(table).setModel(&m_tables->model(table));
            page(table).selectFirst();
        }
        updateCounts();
        updateDetails();
    }
    const bool isLost = m_failure || (m_tables && m_tables->state() == StoreTables::State::Unavailable);
    const bool isReady = m_tables && m_tables->state() == StoreTables::State::Ready;
    if (isLost && m_tables && !m_isShown)
        setWaiting({u"critical"_s,
                    Token::Critical,
                    tr("The store does not answer: %1").arg(m_tables->error().detail),
                    tr("Nothing was changed. The next try comes by itself."),
                    {},
                    tr("Try now")});

    m_store->setText(m_storeName);
    if (m_tables && m_tables->info())
        m_storeKind->setText(
            tr("%1, schema %2, shown only").arg(m_tables->info()->backend).arg(m_tables->info()->schemaVersion));
    const Theme &theme = Theme::in(palette());
    const int size = grid(3.5, font());
    const Token token = isLost ? Token::Stale : isReady ? Token::Ok : Token::Muted;
    const QString glyph = isLost ? u"stale"_s : isReady ? u"ok"_s : u"unknown"_s;
    m_stateIcon->setPixmap(glyphIcon(glyph, theme.color(token)).pixmap(QSize(size, size), devicePixelRatioF()));
    QPalette colored = palette();
    colored.setColor(QPalette::WindowText, theme.color(token));
    m_state->setPalette(colored);
    const auto lastGood = m_tables ? m_tables->lastGood() : std::nullopt;
    if (isReady) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(m_clock.now() - *lastGood);
        m_state->setText(tr("live, data %n s old", nullptr, static_cast<int>(std::max(age, 0s).count())));
    } else if (isLost) {
        m_state->setText(lastGood ? tr("does not answer, as of %1").arg(clockText(*lastGood)) : tr("does not answer"));
    } else {
        m_state->setText(tr("opening"));
    }
    m_journal->setText(m_tables && m_tables->info()
                           ? tr("journal %1").arg(locale().toString(m_tables->info()->head.value))
                           : QString());
    updateBanner();
}

void StoreWindow::updateBanner()
{
    const bool isStale = m_isShown && m_tables->state() == StoreTables::State::Unavailable;
    if (isStale) {
        const QString since = m_tables->lastGood() ? clockText(*m_tables->lastGood()) : QString();
        m_banner->setTexts(tr("The store does not answer since %1 (%2).").arg(since, m_tables->error().detail),
                           tr("You see the rows of that time. Nothing was changed. The next try comes by itself."));
    }
    m_banner->setVisible(isStale);
}

void StoreWindow::copySelection()
{
    if (const QString text = page(currentTable()).selectedText(); !text.isEmpty())
        QGuiApplication::clipboard()->setText(text);
}

void StoreWindow::focusNextRegion(int step)
{
    const QWidget *now = focusWidget();
    const QList<QWidget *> regions = m_details->isVisible() ? QList<QWidget *>{m_navigation, m_pages, m_details}
                                                            : QList<QWidget *>{m_navigation, m_pages};
    qsizetype at = 0;
    for (qsizetype i = 0; i < regions.size(); ++i) {
        if (now && (regions[i] == now || regions[i]->isAncestorOf(now)))
            at = i;
    }
    QWidget *next = regions[(at + step + regions.size()) % regions.size()];
    if (next == m_pages)
        page(currentTable()).focusContent();
    else if (next == m_details)
        m_facts->setFocus(Qt::ShortcutFocusReason);
    else
        next->setFocus(Qt::ShortcutFocusReason);
}

void StoreWindow::retry()
{
    if (m_tables)
        m_tables->look();
    else if (m_failure)
        Q_EMIT openRequested();
}

} // namespace interlock
