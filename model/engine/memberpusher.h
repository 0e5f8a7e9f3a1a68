// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/networkreader.h"
#include "model/rules/networkdiff.h"

#include <functional>

namespace interlock {

struct FailedMember
{
    NodeId node;
    Error error;
};

/// What became of the members of one network.
struct PushReport
{
    std::vector<NodeId> written; ///< and proved by reading them again
    std::vector<NodeId> deleted; ///< the controller forgot them; whoever still runs comes back unauthorised
    std::vector<FailedMember> failed;
    std::vector<MemberWrite> refused; ///< not sent: another member has the address (CASES.md D8)
    std::size_t equal = 0;            ///< that needed nothing
};

/// Brings the members of a controller to what the rows say: one write for each that differs, and the proof by reading
/// all of them once more. Nothing is written when nothing differs.
///
/// \source SOURCES Z8; CASES.md D1, D5, D6, D8; zerotier/FACTS.md 37, 46, 48
class MemberPusher : public QObject
{
public:
    /// `done` of `all` were answered; called on the thread of the pusher.
    using Progress = std::function<void(std::size_t done, std::size_t all)>;

    explicit MemberPusher(const NetworkPorts &ports, QObject *parent = nullptr);

    /// \param sight  as it was just read, by who has the turn to write
    /// \returns StoreUnavailable; what reading the members does. A member that fails is no error of the whole.
    [[nodiscard]] QFuture<Expected<PushReport>> push(NetworkSight sight, Progress progress = {});

private:
    struct Run;

    void send(const std::shared_ptr<Run> &run);
    void sendOne(const std::shared_ptr<Run> &run, const MemberWrite &write);
    void forgetRemoved(const std::shared_ptr<Run> &run);
    void oneDone(const std::shared_ptr<Run> &run);
    void prove(const std::shared_ptr<Run> &run);
    void judge(const std::shared_ptr<Run> &run, const std::vector<MemberRecord> &live);
    void note(const std::shared_ptr<Run> &run);
    [[nodiscard]] std::vector<MemberPush> notesOf(const Run &run, const std::vector<MemberPush> &before) const;

    NetworkPorts m_ports;
    NetworkReader m_reader;
};

} // namespace interlock
