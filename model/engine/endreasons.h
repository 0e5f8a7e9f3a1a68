// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionhistory.h"
#include "model/engine/sessionregistry.h"

#include <map>
#include <unordered_map>

namespace interlock {

/// Finds out why sessions end. A DISCONNECT gives no reason: it is known from what was done before, from what the
/// server wrote into its log, and from who else is there.
///
/// \source openvpn/FACTS.md 21, 28, 29; the words of the log were measured on OpenVPN 2.6.14
class EndReasons
{
public:
    /// Something was done that will end the session.
    void note(openvpn::ClientId cid, EndReason why) { m_noted.insert_or_assign(cid, why); }
    /// A line of the server's log, from its real-time notification. Only the end of a line, behind the client's
    /// address, is believed: what stands before it is a client's to choose.
    void hear(const QString &logLine);
    /// Why `session` ended, which is not in `registry` any more; none when nothing is known. To be asked once.
    [[nodiscard]] std::optional<EndReason> take(const LiveSession &session, const SessionRegistry &registry);
    /// A new run has begun.
    void clear();

private:
    std::map<openvpn::ClientId, EndReason> m_noted;
    std::unordered_map<QString, EndReason> m_heard; ///< by real address
};

} // namespace interlock
