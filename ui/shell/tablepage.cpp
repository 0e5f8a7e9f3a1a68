// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tablepage.h"

#include "ui/delegates/celldelegate.h"
#include "ui/shell/emptystates.h"
#include "ui/theme/glyph.h"
#include "ui/theme/metrics.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Widest column at first, in average characters; what is longer is cut and whole in the details.
constexpr int kWidest = 34;
/// A column of that many is not made narrower so that others fit.
constexpr int kEnough = 20;
/// Rows that are measured for the widths.
constexpr int kMeasured = 200;

} // namespace

TablePage::TablePage(Table table, QString ctl, QWidget *parent)
    : QWidget(parent), m_table(table), m_ctl(std::move(ctl)), m_filter(new QLineEdit(this)),
      m_matches(new QLabel(this)), m_view(new QTableView(this)), m_state(new StateView(this)),
      m_stack(new QStackedLayout), m_filterIcon(m_filter->addAction(QIcon(), QLineEdit::LeadingPosition))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_filter->setPlaceholderText(tr("Filter: words, -without, in:10.1.0.0/16, /pattern/"));
    m_filter->setAccessibleName(tr("Filter of %1").arg(titleOf(table)));
    m_filter->setToolTip(tr("Every word must be somewhere in a row. Esc clears."));
    m_filter->setMinimumHeight(grid(7, font()));
    m_filter->setMaximumWidth(grid(120, font()));
    m_filter->installEventFilter(this);
    m_matches->setForegroundRole(QPalette::PlaceholderText);
    m_matches->setFont(fontOf(TextRole::Caption, font()));

    auto *line = new QHBoxLayout;
    line->setContentsMargins(grid(3, font()), grid(2, font()), grid(3, font()), grid(2, font()));
    line->setSpacing(grid(3, font()));
    line->addWidget(m_filter, 1);
    line->addWidget(m_matches);
    line->addStretch();
    setUpView();
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_state);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(line);
    column->addLayout(m_stack, 1);

    connect(m_filter, &QLineEdit::textChanged, this, &TablePage::applyFilter);
    connect(m_state, &StateView::clicked, this, [this] {
        if (m_model && m_model->totalCount() > 0)
            m_filter->clear();
        else
            Q_EMIT buttonClicked();
    });
    restyle();
    updateState();
}

void TablePage::setUpView()
{
    m_view->setAccessibleName(titleOf(m_table));
    m_view->setItemDelegate(new CellDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setTabKeyNavigation(false);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerItem);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setMouseTracking(true);
    m_view->viewport()->setAttribute(Qt::WA_Hover);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(grid(6, font()));
    m_view->verticalHeader()->setMinimumSectionSize(grid(6, font()));
    QHeaderView *header = m_view->horizontalHeader();
    header->setFont(fontOf(TextRole::Label, font()));
    header->setFixedHeight(grid(6.5, font()));
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setStretchLastSection(true);
    header->setSectionsMovable(true);
    header->setResizeContentsPrecision(kMeasured);
    header->setMinimumSectionSize(grid(12, font()));
}

void TablePage::setModel(StoreTableModel *modelOrNull)
{
    if (m_model)
        disconnect(m_model, nullptr, this, nullptr);
    m_model = modelOrNull;
    m_view->setSortingEnabled(false);
    m_view->setModel(m_model);
    if (m_model) {
        const bool isJournal = m_table == Table::Journal;
        m_view->horizontalHeader()->setSortIndicator(0, isJournal ? Qt::DescendingOrder : Qt::AscendingOrder);
        m_view->setSortingEnabled(true);
        connect(m_model, &QAbstractItemModel::modelReset, this, &TablePage::fitColumns);
        connect(m_model, &QAbstractItemModel::modelReset, this, &TablePage::restoreCurrent);
        connect(m_model, &QAbstractItemModel::modelReset, this, &TablePage::updateState);
        connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            if (last - first + 1 == m_model->rowCount())
                fitColumns(); // the first rows of all
        });
        connect(m_model, &QAbstractItemModel::rowsInserted, this, &TablePage::updateState);
        connect(m_model, &QAbstractItemModel::rowsRemoved, this, &TablePage::updateState);
        connect(m_model, &StoreTableModel::totalChanged, this, &TablePage::updateState);
        connect(m_model, &QAbstractItemModel::dataChanged, this, &TablePage::currentChanged);
        connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
                [this](const QModelIndex &now) {
                    if (m_isChangingFilter)
                        return; // a row that the filter hides for a moment is not let go
                    m_currentId = now.data(StoreTableModel::IdRole).toString();
                    Q_EMIT currentChanged();
                });
        applyFilter(m_filter->text());
        fitColumns();
        restoreCurrent();
    }
    updateState();
}

void TablePage::setWaiting(const StateText &state)
{
    m_waiting = state;
    updateState();
}

void TablePage::applyFilter(const QString &text)
{
    if (!m_model)
        return;
    auto filter = RowFilter::parse(text);
    if (!filter) {
        // While it is typed: nothing is hidden by what is half a thought.
        m_model->setFilter({});
        updateState();
        m_matches->setText(tr("Not a prefix or pattern yet: nothing is filtered."));
        return;
    }
    m_isChangingFilter = true;
    m_model->setFilter(*std::move(filter));
    m_isChangingFilter = false;
    restoreCurrent();
    updateState();
}

void TablePage::restoreCurrent()
{
    if (m_currentId.isEmpty())
        return;
    const int row = m_model->find(m_currentId);
    if (row >= 0 && m_view->currentIndex().row() != row)
        m_view->selectRow(row);
    else if (row < 0)
        m_currentId = m_view->currentIndex().data(StoreTableModel::IdRole).toString();
    Q_EMIT currentChanged();
}

void TablePage::updateState()
{
    const int total = m_model ? m_model->totalCount() : 0;
    const int shown = m_model ? m_model->rowCount() : 0;
    if (!m_model) {
        m_state->show(m_waiting);
    } else if (total == 0) {
        m_state->show(emptyState(m_table, m_ctl));
    } else if (shown == 0) {
        m_state->show({u"filter"_s,
                       Token::Muted,
                       tr("No row matches %1.").arg(m_filter->text()),
                       tr("%n row(s) are hidden.", nullptr, total),
                       {},
                       tr("Clear filter")});
    }
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
    m_filter->setEnabled(total > 0);
    m_matches->setText(total == 0       ? QString()
                       : shown == total ? tr("%n row(s)", nullptr, total)
                                        : tr("%1 of %n row(s)", nullptr, total).arg(locale().toString(shown)));
}

void TablePage::fitColumns()
{
    m_isFitted = isVisible() && m_model && m_model->rowCount() > 0;
    if (!m_isFitted)
        return; // done when its width is known
    m_view->resizeColumnsToContents();
    const int unit = m_view->fontMetrics().averageCharWidth();
    int wanted = 0;
    for (int i = 0; i < m_model->columnCount(); ++i) {
        m_view->setColumnWidth(i, std::min(m_view->columnWidth(i), kWidest * unit));
        wanted += m_view->columnWidth(i);
    }
    // What is too much is taken from the widest, until they are no wider than an IPv4 prefix needs.
    const auto spareOf = [&](int i) {
        const bool isTime = m_model->columns()[static_cast<std::size_t>(i)].isTime;
        return isTime ? 0 : std::max(0, m_view->columnWidth(i) - kEnough * unit);
    };
    // The scroll bar comes when there are more rows, and must not cut the last column then.
    const QScrollBar *bar = m_view->verticalScrollBar();
    const int room = m_view->viewport()->width() - (bar->isVisible() ? 0 : bar->sizeHint().width());
    const int surplus = wanted - room;
    int spare = 0;
    for (int i = 0; i < m_model->columnCount(); ++i)
        spare += spareOf(i);
    for (int i = 0; surplus > 0 && spare > 0 && i < m_model->columnCount(); ++i)
        m_view->setColumnWidth(i, m_view->columnWidth(i) - spareOf(i) * std::min(surplus, spare) / spare);
    // Stretched anew: measuring has given the last one its own width.
    m_view->horizontalHeader()->setStretchLastSection(false);
    m_view->horizontalHeader()->setStretchLastSection(true);
}

void TablePage::selectFirst()
{
    if (m_model && m_model->rowCount() > 0 && !m_view->currentIndex().isValid())
        m_view->selectRow(0);
}

void TablePage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TablePage::focusContent()
{
    selectFirst();
    QWidget *target = m_stack->currentWidget();
    target->setFocus(Qt::ShortcutFocusReason);
}

QString TablePage::selectedText() const
{
    if (!m_model || !m_view->selectionModel()->hasSelection())
        return {};
    QStringList titles;
    for (const Column &column : m_model->columns())
        titles += column.title;
    QStringList lines{titles.join(u'\t')};
    std::set<int> rows;
    for (const QModelIndex &index : m_view->selectionModel()->selectedRows())
        rows.insert(index.row());
    for (const int row : rows) {
        QStringList texts;
        for (const Cell &cell : m_model->rowAt(row).cells)
            texts += cell.text;
        lines += texts.join(u'\t');
    }
    return lines.join(u'\n') + u'\n';
}

bool TablePage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Escape && !m_filter->text().isEmpty()) {
            m_filter->clear();
            return true;
        }
        if (key == Qt::Key_Escape || key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            focusContent();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void TablePage::restyle()
{
    m_filterIcon->setIcon(glyphIcon(u"filter"_s, Theme::in(palette()).color(Token::Muted)));
}

void TablePage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        restyle();
    QWidget::changeEvent(event);
}

void TablePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_isFitted)
        fitColumns();
}

} // namespace interlock
