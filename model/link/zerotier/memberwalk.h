// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerdialect.h"
#include "model/link/zerotier/controllersender.h"
#include "model/link/zerotier/pendinganswer.h"

#include <memory>
#include <vector>

namespace interlock {

/// Reads all members one by one, where a controller does not tell them in one answer. Asks for the next when one is
/// there, so that other requests need not wait for thousands of these.
/// \source zerotier/FACTS.md 44; CASES.md C18
class MemberWalk : public std::enable_shared_from_this<MemberWalk>
{
public:
    MemberWalk(ControllerSender &sender, ControllerDialect dialect, NetworkId network,
               PendingAnswer<std::vector<MemberRecord>> answer)
        : m_sender(sender), m_dialect(dialect), m_network(std::move(network)), m_answer(std::move(answer))
    {
    }

    void begin();

private:
    void next();
    void take(Expected<MemberRecord> member);

    ControllerSender &m_sender; ///< outlives it: it is the one that calls it back
    ControllerDialect m_dialect;
    NetworkId m_network;
    PendingAnswer<std::vector<MemberRecord>> m_answer;
    std::vector<NodeId> m_nodes;
    std::vector<MemberRecord> m_found;
    std::size_t m_asked = 0;
    std::size_t m_answered = 0;
    bool m_isOver = false;
};

} // namespace interlock
