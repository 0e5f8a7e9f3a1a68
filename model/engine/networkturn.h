// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/leasekeeper.h"
#include "model/rules/rows.h"

#include <QFuture>

#include <chrono>
#include <memory>

namespace interlock {

/// How long somebody who wants to write to a network waits for the one who does.
inline constexpr std::chrono::milliseconds kTurnPatience{15'000};

/// The right to write to one network: a controller has no locks and loses parallel writes (zerotier/FACTS.md 35), so
/// that one process at a time does. Given back when it is destroyed. \source SEMANTICS.md 4, CASES.md M11
class NetworkTurn
{
public:
    /// Waits until nobody else has it. \param holder  unique to this process, readable
    /// \returns LeaseHeld, naming who has it, when that does not end in time; StoreUnavailable
    [[nodiscard]] static QFuture<Expected<std::shared_ptr<NetworkTurn>>>
    take(Leases &leases, const NetworkName &network, const QString &holder,
         std::chrono::milliseconds patience = kTurnPatience);
    ~NetworkTurn();
    NetworkTurn(const NetworkTurn &) = delete;
    NetworkTurn &operator=(const NetworkTurn &) = delete;

    /// To be asked before each write: whether it is still ours. \returns LeaseHeld
    [[nodiscard]] Expected<void> check() const;

private:
    explicit NetworkTurn(std::unique_ptr<LeaseKeeper> keeper, NetworkName network);

    std::unique_ptr<LeaseKeeper> m_keeper;
    NetworkName m_network;
};

} // namespace interlock
