// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/tablerow.h"

#include <QRegularExpression>

#include <vector>

namespace interlock {

/// What an operator types over a table: every word must be in some cell, without regard to case. `-word` must be in
/// none, `in:10.1.0.0/16` asks for an address inside, `/pattern/` is a regular expression; "two words" in quotes are
/// one.
class RowFilter
{
public:
    /// Lets everything through.
    RowFilter() = default;

    /// \returns Invalid for an `in:` without a prefix and for a pattern that is none
    [[nodiscard]] static Expected<RowFilter> parse(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }
    /// \complexity O(cells x terms)
    [[nodiscard]] bool matches(const TableRow &row) const;

    /// One of `inside`, `pattern` and `word`, in this order.
    struct Term
    {
        bool isNegated = false;
        QString word;
        std::optional<Prefix> inside = {};
        std::optional<QRegularExpression> pattern = {};

        [[nodiscard]] bool matches(const Cell &cell) const;
    };
    /// For those who match without cells.
    [[nodiscard]] const std::vector<Term> &terms() const { return m_terms; }

private:
    [[nodiscard]] static Expected<Term> termOf(QString text);

    std::vector<Term> m_terms;
};

} // namespace interlock
