// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/link/openvpn/statussnapshot.h"

#include <map>

namespace interlock {

/// Keeps the MAC map of one instance whose device is a tap: what the hook and the status say of it is written as it
/// changes. Nothing waits for it.
///
/// \source SOURCES S4; SEMANTICS.md 3; openvpn/FACTS.md 51, 54, 55
class MacLearner
{
public:
    /// The port must outlive it.
    MacLearner(InstanceName instance, MacMap &macs) : m_instance(std::move(instance)), m_port(macs) {}

    /// For who takes the lease, and at a new generation.
    void wipe();
    void learn(const openvpn::StatusSnapshot &snapshot, Timestamp now);
    /// What OpenVPN's hook said: `verb` is add, update or delete.
    void learn(const QString &verb, const QString &address, const QString &cn, Timestamp now);
    /// Its last session has ended.
    void forget(const CommonName &cn);

private:
    const InstanceName m_instance;
    MacMap &m_port;
    std::map<MacAddress, CommonName> m_macs; ///< what was written
};

} // namespace interlock
