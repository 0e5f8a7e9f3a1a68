// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/lease.h"

#include <optional>

namespace interlock {

/// A lock of the operating system beside a SQLite store: one byte of the file `<store>.leases` for each lease. It is
/// free as soon as its process has ended in whatever way. Two of one process exclude each other as well.
class LeaseLock
{
public:
    /// \returns nothing while somebody else has it; StoreUnavailable when the file cannot be written
    [[nodiscard]] static Expected<std::optional<LeaseLock>> take(const QString &store, LeaseKind kind,
                                                                 const QString &name);
    /// Whether anybody has it. Takes nothing.
    [[nodiscard]] static bool isTaken(const QString &store, LeaseKind kind, const QString &name);

    LeaseLock(LeaseLock &&other) noexcept;
    LeaseLock &operator=(LeaseLock &&other) noexcept;
    ~LeaseLock();

private:
    explicit LeaseLock(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor;
};

} // namespace interlock
