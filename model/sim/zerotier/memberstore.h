// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

#include <functional>
#include <map>

namespace interlock {

/// The members of one network, each as the text that an answer carries: ten thousand are one reply in milliseconds.
class MemberStore
{
public:
    struct Stored
    {
        QByteArray id; ///< as it was typed: the key in the list, whatever its case (FACTS 43)
        quint64 revision = 0;
        bool isAuthorized = false;
        QByteArray text;
    };

    [[nodiscard]] const Stored *findOrNull(quint64 node) const;
    /// The record of `node` to work on, or a new one. \complexity O(size of the record)
    [[nodiscard]] ExactJson draft(quint64 node, qint64 now) const;
    /// What storing `draft` stores: if it differs from what is there now, with a revision one above the draft's own,
    /// which is why two who draft at once are given the same revision.
    /// \param isKept  false: stored and forgotten at once, as a disk does that lies
    /// \returns the record's text. Node 0 is answered, but never stored. \source zerotier/FACTS.md 21, 35, 43
    QByteArray save(quint64 node, ExactJson draft, bool isKept);
    /// Stores `record` exactly as it is.
    void put(quint64 node, const ExactJson &record);
    bool erase(quint64 node) { return m_members.erase(node) != 0; }
    /// Takes over those of `other` that are not here.
    void merge(MemberStore &&other) { m_members.merge(std::move(other.m_members)); }

    /// The text of each record, by ascending node.
    void forEach(const std::function<void(const QByteArray &)> &visit) const;
    [[nodiscard]] std::size_t size() const { return m_members.size(); }
    [[nodiscard]] std::size_t authorized() const;
    /// {"aabbccddee":3}, sorted by the id. \complexity O(n log n)
    [[nodiscard]] QByteArray revisionsText() const;
    /// [{"aabbccddee":3}], as release 1.12.1 gave it (FACTS 44).
    [[nodiscard]] QByteArray oldRevisionsText() const;
    /// {"data":[...],"meta":{...}} of all of them, by ascending node. The real order is that of a hash table.
    /// \complexity O(size)
    [[nodiscard]] QByteArray bulkText() const;

private:
    std::map<quint64, Stored> m_members;
};

} // namespace interlock
