// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/rowfilter.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Words at blanks, except inside of quotes or of a pattern between slashes. What is still being typed ends at the end.
QStringList wordsOf(const QString &text)
{
    static const QRegularExpression kWord(uR"(-?(?:"[^"]*"?|/(?:\\.|[^/\\])+/(?=\s|$)|in:\S+|\S+))"_s);
    QStringList words;
    for (auto it = kWord.globalMatch(text); it.hasNext();)
        words += it.next().captured();
    return words;
}

} // namespace

Expected<RowFilter::Term> RowFilter::termOf(QString text)
{
    Term term;
    term.isNegated = text.size() > 1 && text.startsWith(u'-');
    if (term.isNegated)
        text.remove(0, 1);
    if (text.startsWith("in:"_L1)) {
        const auto inside = Prefix::parseMasked(QStringView(text).mid(3));
        if (!inside)
            return fail(inside.error());
        term.inside = *inside;
    } else if (text.size() > 2 && text.startsWith(u'/') && text.endsWith(u'/')) {
        term.pattern.emplace(text.mid(1, text.size() - 2), QRegularExpression::CaseInsensitiveOption);
        if (!term.pattern->isValid())
            return fail(ErrorKind::Invalid, term.pattern->errorString());
    } else {
        term.word = text.remove(u'"');
    }
    return term;
}

Expected<RowFilter> RowFilter::parse(const QString &text)
{
    RowFilter filter;
    for (const QString &word : wordsOf(text)) {
        auto term = termOf(word);
        if (!term)
            return fail(term.error());
        filter.m_terms.push_back(*std::move(term));
    }
    return filter;
}

bool RowFilter::Term::matches(const Cell &cell) const
{
    if (inside)
        return std::ranges::any_of(cell.prefixes, [this](const Prefix &prefix) { return inside->contains(prefix); });
    if (pattern)
        return pattern->match(cell.text).hasMatch();
    return cell.text.contains(word, Qt::CaseInsensitive);
}

bool RowFilter::matches(const TableRow &row) const
{
    return std::ranges::all_of(m_terms, [&](const Term &term) {
        return term.isNegated != std::ranges::any_of(row.cells, [&](const Cell &cell) { return term.matches(cell); });
    });
}

} // namespace interlock
