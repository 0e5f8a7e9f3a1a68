// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>

#include <chrono>

namespace interlock {

enum class Dialect { Sqlite, Postgres };

/// Where a store is: `sqlite:PATH` or `postgresql://[user@]host[:port]/database[?sslmode=...]`.
///
/// A host that is a percent-encoded path names a directory with a unix socket. A password in the address is used but
/// never shown; better places are a password file or PGPASSFILE.
struct StoreUrl
{
    Dialect dialect = Dialect::Sqlite;
    QString path; ///< SQLite: the file, absolute
    QString host;
    int port = 5432;
    QString database;
    QString user;
    QString password;
    QString sslmode; ///< verify-full unless given, or the server is on a socket or loopback
    /// How long to wait for a turn to write. Another process commits in well under a second, but sixteen of them on a
    /// slow disk take turns; after so long something is wrong there. No part of the text.
    std::chrono::milliseconds patience{40'000};

    /// \returns Usage
    [[nodiscard]] static Expected<StoreUrl> parse(QStringView text);

    /// Without the password.
    [[nodiscard]] QString toString() const;
};

} // namespace interlock
