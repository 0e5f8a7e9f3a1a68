// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/networkstore.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/exactjsonreader.h"
#include "model/sim/zerotier/networkpost.h"

#include <algorithm>

namespace interlock {

QByteArray networkIdText(quint64 network)
{
    return QByteArray::number(network, 16).rightJustified(16, '0');
}

const NetworkStore::Stored *NetworkStore::findOrNull(quint64 network) const
{
    const auto found = m_networks.find(network);
    return found == m_networks.end() ? nullptr : &found->second;
}

NetworkStore::Stored *NetworkStore::findOrNull(quint64 network)
{
    const auto found = m_networks.find(network);
    return found == m_networks.end() ? nullptr : &found->second;
}

ExactJson NetworkStore::draft(quint64 network, qint64 now) const
{
    const Stored *stored = findOrNull(network);
    return stored ? *readExactJson(stored->text) : newNetwork(networkIdText(network), now);
}

QByteArray NetworkStore::save(quint64 network, ExactJson draft, bool isKept, qint64 now)
{
    QByteArray text = draft.toText();
    const Stored *stored = findOrNull(network);
    if (network == 0 || (stored && stored->text == text))
        return text;
    const ExactJson *revision = draft.findOrNull("revision");
    draft["revision"] = (revision ? coercedUnsigned(*revision, 0) : 0) + 1;
    text = draft.toText();
    if (isKept) {
        Stored &kept = m_networks[network];
        kept.text = text;
        kept.changed = std::max(now, kept.changed + 1);
    }
    return text;
}

void NetworkStore::put(quint64 network, const ExactJson &record)
{
    m_networks[network].text = record.toText();
}

QByteArray NetworkStore::erase(quint64 network)
{
    const auto found = m_networks.find(network);
    if (found == m_networks.end())
        return {};
    const QByteArray text = found->second.text;
    m_networks.erase(found);
    m_orphans.erase(network);
    return text;
}

void NetworkStore::lose(quint64 network)
{
    const auto found = m_networks.find(network);
    if (found == m_networks.end())
        return;
    MemberStore members = std::move(found->second.members);
    members.merge(std::move(m_orphans[network]));
    m_orphans[network] = std::move(members);
    m_networks.erase(found);
}

void NetworkStore::restart()
{
    for (auto orphan = m_orphans.begin(); orphan != m_orphans.end();) {
        Stored *network = findOrNull(orphan->first);
        if (network)
            network->members.merge(std::move(orphan->second));
        orphan = network ? m_orphans.erase(orphan) : std::next(orphan);
    }
}

QByteArray NetworkStore::idsText() const
{
    QByteArray out;
    for (const auto &[id, network] : m_networks)
        out += (out.isEmpty() ? "\"" : ",\"") + networkIdText(id) + '"';
    return '[' + out + ']';
}

QByteArray NetworkStore::bulkText() const
{
    QByteArray out;
    for (const auto &[id, network] : m_networks) {
        ExactJson record = *readExactJson(network.text);
        record["meta"]["authorizedMemberCount"] = quint64(network.members.authorized());
        record["meta"]["totalMemberCount"] = quint64(network.members.size());
        out += (out.isEmpty() ? "" : ",") + record.toText();
    }
    return "{\"data\":[" + out + "],\"meta\":{\"networkCount\":" + QByteArray::number(quint64(m_networks.size())) +
           "}}";
}

} // namespace interlock
