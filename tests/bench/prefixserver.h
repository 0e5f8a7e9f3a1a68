// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixindex.h"

#include <QString>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

struct pg_conn;
struct pg_result;

namespace interlock::bench {

/// What one would ask a PostgreSQL server instead: a table of prefixes under a GiST index of inet_ops, in a database of
/// its own on the server that INTERLOCK_TEST_POSTGRES names, loaded by COPY, asked by prepared statements through
/// libpq. What goes wrong ends the program.
class PrefixServer
{
public:
    /// False without a server; the peers that need one then say so in the table.
    [[nodiscard]] static bool isThere();

    explicit PrefixServer(const std::vector<PrefixIndex::Entry> &entries);
    ~PrefixServer();
    PrefixServer(const PrefixServer &) = delete;
    PrefixServer &operator=(const PrefixServer &) = delete;

    /// Identity of the longest match, plus one; 0 without any.
    [[nodiscard]] std::uint64_t longestMatch(const Address &address);
    /// How many entries lie in `prefix`, counted by the server.
    [[nodiscard]] std::uint64_t countInside(const Prefix &prefix);
    /// How many entries lie in `prefix`, each brought here.
    [[nodiscard]] std::uint64_t fetchInside(const Prefix &prefix);
    /// The lowest /24 of `parent` that overlaps no entry strictly inside of it, by an anti-join over the candidates.
    [[nodiscard]] std::optional<Prefix> firstFree24(const Prefix &parent);

private:
    struct Finish
    {
        void operator()(pg_conn *server) const;
    };
    struct Clear
    {
        void operator()(pg_result *result) const;
    };
    using Server = std::unique_ptr<pg_conn, Finish>;
    using Result = std::unique_ptr<pg_result, Clear>;

    [[nodiscard]] static Server connect(const QString &database);
    void run(const char *sql);
    void load(const std::vector<PrefixIndex::Entry> &entries);
    [[nodiscard]] Result ask(const char *statement, const QString &argument);

    QString m_database;
    Server m_server;
};

} // namespace interlock::bench
