// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/maclearner.h"

namespace interlock {

void MacLearner::write(MacAddress mac, const CommonName &cn, Timestamp now)
{
    if (m_lease.lease())
        (void)m_port.learnMac({mac, cn, m_instance, now}, m_lease.lease());
}

void MacLearner::erase(MacAddress mac)
{
    if (m_lease.lease())
        (void)m_port.forgetMac(mac, m_lease.lease());
}

void MacLearner::wipe()
{
    m_macs.clear();
    if (m_lease.lease())
        (void)m_port.wipeMacs(m_instance, m_lease.lease());
}

void MacLearner::learn(const openvpn::StatusSnapshot &snapshot, Timestamp now)
{
    std::map<MacAddress, CommonName> seen;
    for (const openvpn::StatusRoute &route : snapshot.routes()) {
        if (!route.isMac())
            continue;
        const auto cn = CommonName::parse(route.cnText());
        if (!cn)
            continue;
        seen.insert_or_assign(route.mac(), *cn);
        const auto known = m_macs.find(route.mac());
        if (known == m_macs.end() || known->second != *cn)
            write(route.mac(), *cn, now);
    }
    for (const auto &entry : m_macs) {
        if (!seen.contains(entry.first))
            erase(entry.first);
    }
    m_macs = std::move(seen);
}

void MacLearner::learn(const QString &verb, const QString &address, const QString &cn, Timestamp now)
{
    const auto mac = MacAddress::parse(address);
    if (!mac)
        return; // an IP address that a client of a tap device uses
    if (verb == QLatin1String("delete")) {
        m_macs.erase(*mac);
        erase(*mac);
        return;
    }
    if (const auto owner = CommonName::parse(cn)) {
        m_macs.insert_or_assign(*mac, *owner);
        write(*mac, *owner, now);
    }
}

void MacLearner::forget(const CommonName &cn)
{
    std::erase_if(m_macs, [&](const auto &entry) { return entry.second == cn; });
    if (m_lease.lease())
        (void)m_port.forgetMacsOf(cn, m_lease.lease());
}

} // namespace interlock
