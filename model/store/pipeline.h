// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

#include <vector>

namespace interlock {

/// Statements of resources/sql that go to a PostgreSQL server in one round trip instead of one each, inside of the open
/// transaction. The driver's own interface waits for every answer; a commit is mostly waiting.
class Pipeline
{
public:
    explicit Pipeline(Connection &connection) : m_connection(connection) {}

    /// Adds a statement. With `mustChangeOne` it is an error if it changes another number of rows than one.
    template <typename ValueOf>
    void add(const QString &statement, bool mustChangeOne, ValueOf &&valueOf)
    {
        Item item{statement, m_connection.positionalText(statement), {}, mustChangeOne};
        for (const QString &name : item.text->placeholders)
            item.values.push_back(valueOf(name));
        m_checksRows = m_checksRows || mustChangeOne;
        m_items.push_back(std::move(item));
    }

    /// Sends everything and a COMMIT, and waits for the answers. The COMMIT goes along unless rows have to be counted
    /// first. \returns Conflict when a constraint or a count refuses; the transaction is then to be rolled back
    [[nodiscard]] Expected<void> runAndCommit();

private:
    struct Item
    {
        QString name;
        const SqlText *text;
        std::vector<QVariant> values;
        bool mustChangeOne;
    };

    [[nodiscard]] Expected<void> exchange(bool withCommit);

    Connection &m_connection;
    std::vector<Item> m_items;
    bool m_checksRows = false;
};

} // namespace interlock
