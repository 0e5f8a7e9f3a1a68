// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

#include <utility>
#include <vector>

struct pg_conn;
struct pg_result;

namespace interlock {

/// Statements of resources/sql that go to a PostgreSQL server in one round trip instead of one each, at the end of the
/// open transaction, or as a whole one. The driver's own interface waits for every answer; a commit is mostly waiting.
class Pipeline
{
public:
    /// Inside of the open transaction.
    explicit Pipeline(Connection &connection) : m_connection(connection) {}
    /// A whole write transaction, from BEGIN on: it comes to nothing unless the journal stands at `head`.
    Pipeline(Connection &connection, const JournalHead &head);

    /// Adds a statement. With `mustChangeOne` it is an error if it changes another number of rows than one.
    template <typename ValueOf>
    void add(const QString &statement, bool mustChangeOne, ValueOf &&valueOf)
    {
        add(statement, mustChangeOne ? Kind::ChangeOne : Kind::Plain, std::forward<ValueOf>(valueOf));
    }

    /// Adds a statement that fails by dividing by zero where somebody else was quicker.
    template <typename ValueOf>
    void addGuard(const QString &statement, ValueOf &&valueOf)
    {
        add(statement, Kind::Guard, std::forward<ValueOf>(valueOf));
    }

    /// Sends everything and a COMMIT, and waits for the answers.
    /// \returns Conflict when a constraint or a count refuses; the transaction was then rolled back
    [[nodiscard]] Expected<void> runAndCommit();
    /// After a failure: somebody else has written since `head`, and nothing else is wrong.
    [[nodiscard]] bool wasOvertaken() const { return m_wasOvertaken; }

private:
    enum class Kind { Word, Guard, ChangeOne, Plain };
    struct Item
    {
        Kind kind;
        QString name;
        const SqlText *text; ///< none for a word
        std::vector<QVariant> values;
    };

    template <typename ValueOf>
    void add(const QString &statement, Kind kind, ValueOf &&valueOf)
    {
        Item item{kind, statement, m_connection.positionalText(statement), {}};
        for (const QString &name : item.text->placeholders)
            item.values.push_back(valueOf(name));
        m_items.push_back(std::move(item));
    }
    void addWord(const QString &word) { m_items.push_back({Kind::Word, word, nullptr, {}}); }
    [[nodiscard]] bool send(pg_conn *server, const Item &item);
    [[nodiscard]] Expected<void> receive(pg_conn *server);
    [[nodiscard]] Error failureOf(const Item &item, const pg_result *answer);

    Connection &m_connection;
    std::vector<Item> m_items;
    QStringList m_fresh; ///< prepared here for the first time
    bool m_wasOvertaken = false;
};

} // namespace interlock
