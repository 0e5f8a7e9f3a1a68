// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/memberwalk.h"

#include "model/link/zerotier/controllerexchange.h"

#include <algorithm>

namespace interlock {

void MemberWalk::begin()
{
    exchange<std::map<NodeId, qint64>>(
        m_sender, m_dialect.getMemberList(m_network),
        [dialect = m_dialect](const QByteArray &body) { return dialect.readMemberRevisions(body); },
        [self = shared_from_this()](const Expected<std::map<NodeId, qint64>> &revisions, const ControllerReply &) {
            if (!revisions) {
                self->m_answer.give(fail(revisions.error()));
                return;
            }
            for (const auto &[node, revision] : *revisions)
                self->m_nodes.push_back(node);
            if (self->m_nodes.empty())
                self->m_answer.give(std::vector<MemberRecord>());
            for (int started = 0; started < RequestQueue::kAtOnce; ++started)
                self->next();
        });
}

void MemberWalk::next()
{
    if (m_isOver || m_asked == m_nodes.size())
        return;
    const NodeId node = m_nodes[m_asked++];
    exchange<MemberRecord>(
        m_sender, m_dialect.getMember(m_network, node),
        [dialect = m_dialect, node](const QByteArray &body) { return dialect.readMember(body, node); },
        [self = shared_from_this()](Expected<MemberRecord> member, const ControllerReply &) {
            self->take(std::move(member));
        });
}

void MemberWalk::take(Expected<MemberRecord> member)
{
    if (m_isOver)
        return;
    ++m_answered;
    if (member) {
        m_found.push_back(*std::move(member));
    } else if (member.error().kind != ErrorKind::NotFound) { // it may have been deleted since
        m_isOver = true;
        m_answer.give(fail(member.error()));
        return;
    }
    if (m_answered < m_nodes.size()) {
        next();
        return;
    }
    m_isOver = true;
    std::sort(m_found.begin(), m_found.end(),
              [](const MemberRecord &a, const MemberRecord &b) { return a.node < b.node; });
    m_answer.give(std::move(m_found));
}

} // namespace interlock
