// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/factsview.h"

#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QTextBlock>

using namespace Qt::StringLiterals;

namespace interlock {

FactsView::FactsView(QWidget *parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    viewport()->setBackgroundRole(QPalette::Light);
    document()->setDocumentMargin(grid(3, font()));
    setAccessibleName(tr("Details of the selected row"));
}

void FactsView::show(const StoreTableModel *modelOrNull, const QString &id)
{
    QString heading;
    QString caption;
    std::vector<Fact> facts;
    if (const int at = modelOrNull ? modelOrNull->find(id) : -1; at >= 0) {
        const TableRow &row = modelOrNull->rowAt(at);
        heading = row.cells.front().text;
        caption = modelOrNull->columns().front().title;
        for (std::size_t i = 1; i < row.cells.size(); ++i)
            facts.push_back({modelOrNull->columns()[i].title, row.cells[i].text});
        facts.insert(facts.end(), row.facts.begin(), row.facts.end());
    } else {
        caption = tr("No row is selected.");
    }
    if (heading == m_heading && caption == m_caption && facts == m_facts)
        return;
    m_heading = std::move(heading);
    m_caption = std::move(caption);
    m_facts = std::move(facts);
    render();
}

void FactsView::render()
{
    const Theme &theme = Theme::in(palette());
    QTextCharFormat muted;
    muted.setFont(fontOf(TextRole::Caption, font()));
    muted.setForeground(theme.color(Token::Muted));
    QTextCharFormat value;
    value.setFont(font());
    value.setForeground(theme.color(Token::Text));
    QTextCharFormat bold = value;
    bold.setFont(fontOf(TextRole::Heading, font()));
    QTextBlockFormat first;
    QTextBlockFormat next;
    next.setTopMargin(grid(2, font()));

    clear();
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.setBlockFormat(first);
    cursor.insertText(m_caption, muted);
    if (!m_heading.isEmpty()) {
        cursor.insertBlock(first);
        cursor.insertText(m_heading, bold);
    }
    for (const Fact &fact : m_facts) {
        cursor.insertBlock(next);
        cursor.insertText(fact.label, muted);
        cursor.insertBlock(first);
        cursor.insertText(fact.value.isEmpty() ? u"–"_s : fact.value, fact.value.isEmpty() ? muted : value);
    }
    cursor.endEditBlock();
    moveCursor(QTextCursor::Start);
}

void FactsView::changeEvent(QEvent *event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        render();
}

} // namespace interlock
