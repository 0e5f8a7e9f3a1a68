// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerdialect.h"
#include "model/link/zerotier/controllersender.h"
#include "model/link/zerotier/pendinganswer.h"
#include "model/link/zerotier/writelanes.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace interlock {

/// The requests that make one new network, and one only, also when an answer is lost on its way.
///
/// Self-hosted: under an id that we chose, so that a second POST finds the first one's network (FACTS 14, 15). Central
/// chooses the id itself: there the networks before and after are compared, and a new one of the same name is ours.
/// \source zerotier/FACTS.md 14, 15, 57
class NetworkCreation : public std::enable_shared_from_this<NetworkCreation>
{
public:
    struct Tools
    {
        ControllerSender &sender; ///< outlives it: whoever is called back by it is gone with it
        ControllerDialect dialect;
        WriteLanes &lanes;
        int tries; ///< of the POST
    };

    NetworkCreation(Tools tools, NetworkEdit edit, PendingAnswer<NetworkRecord> answer)
        : m_tools(tools), m_edit(std::move(edit)), m_answer(std::move(answer))
    {
    }

    /// Self-hosted: with `id`, or with a free one of the controller's. Answers Exists, Invalid when `id` is not of this
    /// controller, Exhausted when every id that was tried is taken.
    void beginHere(const std::optional<NetworkId> &id);
    void beginAtCentral();

private:
    void look(const NodeId &node);
    void post();
    void lookAgain(const Error &why);
    void postToCentral();
    void lookAtCentral(const Error &why);
    void readFromCentral(const std::vector<NetworkId> &fresh, std::size_t at, const Error &why);
    /// Whether there is another try after `why`.
    [[nodiscard]] bool isWorthAnotherTry(const Error &why, const ControllerReply &reply) const;

    Tools m_tools;
    NetworkEdit m_edit;
    PendingAnswer<NetworkRecord> m_answer;
    WriteLanes::Turn m_turn;
    std::optional<NetworkId> m_id;   ///< as it was asked for, or as we chose it
    bool m_isChosenHere = false;     ///< by us: if it is taken, another one does
    std::vector<NetworkId> m_before; ///< at Central
    int m_choices = 0;
    int m_posts = 0;
};

} // namespace interlock
