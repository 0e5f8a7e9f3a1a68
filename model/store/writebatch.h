// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/pipeline.h"

#include <optional>

namespace interlock {

/// The end of a write transaction: statements and a COMMIT, on PostgreSQL in one round trip. The caller has begun the
/// transaction and rolls it back when commit() fails.
class WriteBatch
{
public:
    explicit WriteBatch(Connection &connection) : m_connection(connection)
    {
        if (connection.dialect() == Dialect::Postgres)
            m_pipeline.emplace(connection);
    }

    template <typename ValueOf>
    void add(const QString &statement, ValueOf &&valueOf)
    {
        if (m_pipeline)
            m_pipeline->add(statement, false, valueOf);
        else if (m_outcome)
            m_outcome = m_connection.run(statement, valueOf).map([](Statement *) {});
    }

    /// \returns the first error of all
    [[nodiscard]] Expected<void> commit()
    {
        if (m_pipeline)
            return m_pipeline->runAndCommit();
        return m_outcome ? m_connection.commit() : m_outcome;
    }

private:
    Connection &m_connection;
    std::optional<Pipeline> m_pipeline;
    Expected<void> m_outcome;
};

} // namespace interlock
