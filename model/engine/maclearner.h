// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/engine/leasekeeper.h"
#include "model/link/openvpn/statussnapshot.h"

#include <map>

namespace interlock {

/// Keeps the MAC map of one instance whose device is a tap: what the hook and the status say of it is written as it
/// changes, under the lease and only while it is there. Nothing waits for it.
///
/// \source SOURCES S4; SEMANTICS.md 3; openvpn/FACTS.md 51, 54, 55
class MacLearner
{
public:
    /// The port and the lease must outlive it.
    MacLearner(InstanceName instance, MacMap &macs, const LeaseKeeper &lease)
        : m_instance(std::move(instance)), m_port(macs), m_lease(lease)
    {
    }

    /// For who takes the lease, and at a new generation.
    void wipe();
    void learn(const openvpn::StatusSnapshot &snapshot, Timestamp now);
    /// What OpenVPN's hook said: `verb` is add, update or delete.
    void learn(const QString &verb, const QString &address, const QString &cn, Timestamp now);
    /// Its last session has ended.
    void forget(const CommonName &cn);

private:
    void write(MacAddress mac, const CommonName &cn, Timestamp now);
    void erase(MacAddress mac);

    const InstanceName m_instance;
    MacMap &m_port;
    const LeaseKeeper &m_lease;
    std::map<MacAddress, CommonName> m_macs; ///< what was written
};

} // namespace interlock
