// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/table.h"

#include "app/interlockctl/output.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Columns that a terminal needs, as far as that is known without its font: marks take none.
qsizetype widthOf(const QString &text)
{
    const QList<uint> characters = text.toUcs4();
    return std::ranges::count_if(characters, [](uint c) {
        const QChar::Category category = QChar::category(c);
        return category != QChar::Mark_NonSpacing && category != QChar::Mark_Enclosing;
    });
}

} // namespace

void Table::add(QStringList cells)
{
    Q_ASSERT(cells.size() == m_header.size());
    // Made harmless here, so that a line break in a cell cannot look like a row.
    for (QString &cell : cells)
        cell = printable(cell);
    m_rows.push_back(std::move(cells));
}

QString Table::toString() const
{
    if (m_rows.empty())
        return m_whenEmpty;
    std::vector<qsizetype> widths;
    for (const QString &title : m_header)
        widths.push_back(widthOf(title));
    for (const QStringList &row : m_rows) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            auto &width = widths[static_cast<std::size_t>(i)];
            width = std::max(width, widthOf(row[i]));
        }
    }
    QStringList lines;
    const auto addLine = [&](const QStringList &cells) {
        QString line;
        for (qsizetype i = 0; i < cells.size(); ++i) {
            line += cells[i];
            if (i + 1 < cells.size())
                line += QString(widths[static_cast<std::size_t>(i)] - widthOf(cells[i]) + 2, u' ');
        }
        while (line.endsWith(u' '))
            line.chop(1);
        lines += line;
    };
    addLine(m_header);
    for (const QStringList &row : m_rows)
        addLine(row);
    return lines.join(u'\n');
}

QString yesNo(bool value)
{
    return value ? u"yes"_s : u"no"_s;
}

} // namespace interlock
