// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/memberstore.h"

#include <set>

namespace interlock {

/// The networks of a controller, in its memory and on its disk.
class NetworkStore
{
public:
    struct Stored
    {
        QByteArray text;
        MemberStore members = {};
        qint64 changed = 0; ///< milliseconds since 1970; never the same twice. Central says it, others do not.
        std::set<quint64> asking = {}; ///< devices that joined and go on asking for their configuration
    };

    [[nodiscard]] const Stored *findOrNull(quint64 network) const;
    [[nodiscard]] Stored *findOrNull(quint64 network);
    [[nodiscard]] const std::map<quint64, Stored> &all() const { return m_networks; }

    /// The record of `network` to work on, or a new one.
    [[nodiscard]] ExactJson draft(quint64 network, qint64 now) const;
    /// As MemberStore::save(). Network 0 is answered, but never stored.
    QByteArray save(quint64 network, ExactJson draft, bool isKept, qint64 now);
    /// Stores `record` exactly as it is.
    void put(quint64 network, const ExactJson &record);
    /// Ends a network, its members and its files. \returns the record's text, or nothing when there was none
    QByteArray erase(quint64 network);

    /// The file of a network is lost, as a power cut does it: 404 from now on, its members stay on the disk.
    /// \source zerotier/FACTS.md 50
    void lose(quint64 network);
    /// What a restart reads from the disk: members of a lost network that was made again meanwhile are back, except
    /// those that were written anew. \source zerotier/FACTS.md 51
    void restart();

    /// ["4bb85204802617a7"], ascending.
    [[nodiscard]] QByteArray idsText() const;
    /// {"data":[...],"meta":{"networkCount":1}}, each network with the numbers of its members. \source FACTS 23
    [[nodiscard]] QByteArray bulkText() const;

private:
    std::map<quint64, Stored> m_networks;
    std::map<quint64, MemberStore> m_orphans; ///< members on the disk whose network's file is lost
};

/// Sixteen hexadecimal digits, lower case.
[[nodiscard]] QByteArray networkIdText(quint64 network);

} // namespace interlock
