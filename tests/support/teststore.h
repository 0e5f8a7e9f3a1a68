// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/store/store.h"

#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace interlock::test {

/// A time that moves only when a test says so.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override { return m_now; }
    void advance(std::chrono::milliseconds by) { m_now = m_now + by; }

private:
    Timestamp m_now = Timestamp::fromMilliseconds(1'767'225'600'000); // 2026-01-01
};

/// A place for one empty store, gone afterwards: a file in a temporary folder, or a database of its own on the server
/// that INTERLOCK_TEST_POSTGRES names.
class StorePlace
{
public:
    explicit StorePlace(Dialect dialect);
    ~StorePlace();
    StorePlace(const StorePlace &) = delete;
    StorePlace &operator=(const StorePlace &) = delete;

    [[nodiscard]] const StoreUrl &url() const { return m_url; }
    /// Opens the store there; a failure ends the test program, because nothing after it could mean anything.
    [[nodiscard]] std::unique_ptr<Store> open(const Clock *clockOrNull = nullptr) const;
    /// A path in the folder that goes with the place.
    [[nodiscard]] QString path(const QString &name) const { return m_folder.filePath(name); }

private:
    QTemporaryDir m_folder;
    StoreUrl m_url;
};

/// Rows for data-driven tests over both back ends: column "dialect". Without a server the PostgreSQL row is left out,
/// except in CI, where that fails.
void addDialectRows();

/// True when tests can use a PostgreSQL server.
[[nodiscard]] bool hasPostgres();

/// The answer, waited for; a test must not wait longer than `seconds`.
template <typename T>
[[nodiscard]] T await(QFuture<T> future)
{
    future.waitForFinished();
    return future.result();
}

/// Submits as the operator "test" and waits.
[[nodiscard]] Expected<Receipt> submit(Store &store, Command command, std::optional<qint64> expectedVersion = {});

/// Every row of the store, table by table, ordered by key.
[[nodiscard]] std::vector<Row> allRows(Store &store);

[[nodiscard]] Prefix prefix(const char *text);
[[nodiscard]] Address address(const char *text);
[[nodiscard]] CommonName cn(const char *text);
[[nodiscard]] InstanceName instanceName(const char *text = "vpn");

/// An instance "vpn" with the pool 10.8.0.0/16 and the usual policies.
[[nodiscard]] AddInstance usualInstance(const char *name = "vpn", const char *pool = "10.8.0.0/16");

} // namespace interlock::test

Q_DECLARE_METATYPE(interlock::Dialect)
