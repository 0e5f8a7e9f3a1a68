// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/store/commitpath.h"
#include "model/store/connection.h"

#include <QTemporaryDir>

#include <functional>
#include <memory>
#include <vector>

namespace interlock::bench {

class SteadyClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override { return Timestamp::fromMilliseconds(1'767'225'600'000); }
};

/// An empty migrated store of its own, and a connection to it: a file in the folder of the temporary files, or a new
/// database on the server that INTERLOCK_TEST_POSTGRES names, dropped at the end.
class BenchStore
{
public:
    explicit BenchStore(Dialect dialect);
    ~BenchStore();
    BenchStore(const BenchStore &) = delete;
    BenchStore &operator=(const BenchStore &) = delete;

    [[nodiscard]] Connection &connection() { return *m_connection; }
    [[nodiscard]] const StoreUrl &url() const { return m_url; }

    /// Writes `rows` in one transaction, without the journal.
    void fill(const std::vector<Row> &rows);
    /// Decides and commits one command as the store's thread does. \returns the receipt; ends the program on a refusal
    Receipt commit(Command command);
    /// The same transaction by hand: the row changes and a journal row of the same bytes, prepared, in one COMMIT.
    void commitByHand(const ChangeSet &changes, const QString &journalBytes);

private:
    QTemporaryDir m_folder;
    StoreUrl m_url;
    std::unique_ptr<Connection> m_connection;
    SteadyClock m_clock;
    Replica m_replica;
    CommitPath m_path{m_replica, m_clock};
};

/// The back ends that can be measured here.
[[nodiscard]] std::vector<Dialect> dialects();
[[nodiscard]] QString nameOf(Dialect dialect);

/// Ends the program with the error's text: a benchmark whose set-up fails has nothing to say.
template <typename T>
T orDie(Expected<T> value)
{
    if (!value)
        qFatal("%s", qPrintable(value.error().detail));
    if constexpr (!std::is_void_v<T>)
        return *std::move(value);
}

/// An instance "vpn" whose pool covers 10.0.0.0/8, so that every LAN in it needs a stand-in.
[[nodiscard]] std::vector<Row> instanceRows();
[[nodiscard]] ConnectorRow connectorRow(int number);
/// The claim of connector `number` on a LAN in the pool, with the stand-in that the lowest-first order gives it.
[[nodiscard]] ClaimRow claimRow(int number);
/// The LAN of connector `number`: a /27 in 10.0.0.0/8.
[[nodiscard]] Prefix lanOf(int number);
[[nodiscard]] CommonName cnOf(int number);

/// Everything a journal entry for `changes` holds, as one text: for a peer that writes the same bytes in one row.
[[nodiscard]] QString journalBytes(const ChangeSet &changes);

} // namespace interlock::bench
