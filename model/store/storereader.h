// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/connection.h"

#include <QObject>

namespace interlock {

/// What lives on a store's second thread: a connection for long questions, opened at the first one, so that no commit
/// waits behind a check, a copy or a page of the journal.
class StoreReader : public QObject
{
    Q_OBJECT

public:
    explicit StoreReader(StoreUrl url) : m_url(std::move(url)) {}

    /// On the reader's thread: the connection, made anew if it was lost. \returns StoreUnavailable
    [[nodiscard]] Expected<Connection *> connection();
    /// On the reader's thread, last of all.
    void close() { m_connection.reset(); }

private:
    const StoreUrl m_url;
    std::unique_ptr<Connection> m_connection;
};

} // namespace interlock
