// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/networkarchive.h"
#include "model/rules/networkcontext.h"

#include <QString>

#include <optional>
#include <span>
#include <vector>

namespace interlock {

/// How far a member of a network has come.
enum class MemberState {
    Pushed,  ///< ours, and the controller has it as it is to be
    Staged,  ///< ours, and the controller has it otherwise
    Failed,  ///< ours, and the last attempt to send this version of the row failed
    Absent,  ///< ours, not at the controller, and nothing has to be sent for that
    Pending, ///< not ours, and not authorised: it wants to join
    Foreign, ///< not ours, and authorised by somebody else
};

template <>
struct EnumNames<MemberState>
{
    static constexpr NameTable<MemberState, 6> kTable{{{MemberState::Pushed, u"pushed"},
                                                       {MemberState::Staged, u"staged"},
                                                       {MemberState::Failed, u"failed"},
                                                       {MemberState::Absent, u"absent"},
                                                       {MemberState::Pending, u"pending"},
                                                       {MemberState::Foreign, u"foreign"}}};
};

/// A member as it is listed: a row of ours, what the controller has, or both.
struct MemberLine
{
    NodeId node;
    QString name = {}; ///< the device of ours, or else what the controller calls it
    MemberState state = MemberState::Pending;
    std::optional<MemberStanding> standing = {}; ///< what it is to be; none when it is not ours
    std::optional<bool> isAuthorized = {};       ///< what it is; none when the controller does not have it
    std::vector<QString> addresses = {};         ///< as the controller holds them
    std::optional<Address> planned = {};         ///< of our row
    std::optional<bool> isOnline = {};           ///< none when it is not known who is
    bool isBridge = false;
    bool hasJoined = false;
    QString version = {};   ///< of its client; empty when it is not known
    int tries = 0;          ///< of sending the row, that failed
    QString lastError = {}; ///< of the last of them

    [[nodiscard]] QString key() const { return node.toString(); }
    friend bool operator==(const MemberLine &, const MemberLine &) = default;
};

/// The members of a network, ascending by node, each once. A member that is to be removed and is not at the controller
/// is left out: only we remember it.
/// \param pushes       of this network
/// \param peersOrNone  what the controller's node has heard of; none when that is not known
/// \complexity O(n log n)
/// \source CASES.md D1, D10; zerotier/FACTS.md 39, 47
[[nodiscard]] std::vector<MemberLine> memberLines(const NetworkContext &rows, std::span<const MemberRecord> records,
                                                  std::span<const MemberPush> pushes,
                                                  const std::optional<std::vector<PeerRecord>> &peersOrNone = {});

} // namespace interlock
