// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/values/name.h"
#include "model/values/timestamp.h"

#include <chrono>
#include <optional>

namespace interlock {

/// What somebody may be the only one to own.
enum class LeaseKind {
    Instance, ///< an OpenVPN instance
    Network,  ///< the writes of a ZeroTier network
    Agent,    ///< no lease: that an interlockd is alive, see Leases::beat()
};

template <>
struct EnumNames<LeaseKind>
{
    static constexpr NameTable<LeaseKind, 3> kTable{
        {{LeaseKind::Instance, u"instance"}, {LeaseKind::Network, u"network"}, {LeaseKind::Agent, u"agent"}}};
};

/// How long a lease lasts that nobody renews. \source SEMANTICS.md 4
inline constexpr std::chrono::milliseconds kLeaseTime{5000};
/// How long after the last renewal a lease may be taken whose holder's process is known to be gone. Longer than a
/// holder trusts a renewal (LeaseTimes), so that one that lives after all has stopped answering. \source DECISIONS.md
/// 29
inline constexpr std::chrono::milliseconds kOrphanTime{2000};
/// How long after its last beat an agent counts as alive. \source SEMANTICS.md 4
inline constexpr std::chrono::milliseconds kAgentTime{10000};

/// The proof of an ownership: what its holder shows with every write.
struct Lease
{
    LeaseKind kind = LeaseKind::Instance;
    QString name;                         ///< of what is owned
    QString holder;                       ///< who owns it, in words that an operator understands; unique to the process
    qint64 epoch = 0;                     ///< greater at each acquisition; the greatest is the owner
    Timestamp expires;                    ///< by the database's clock
    std::optional<QString> wantedBy = {}; ///< who has asked the holder to hand over

    friend bool operator==(const Lease &, const Lease &) = default;
};

/// A lease as others see it.
struct LeaseState
{
    Lease lease;
    bool isFresh = false; ///< somebody has it (of an agent: it is alive)

    friend bool operator==(const LeaseState &, const LeaseState &) = default;
};

} // namespace interlock
