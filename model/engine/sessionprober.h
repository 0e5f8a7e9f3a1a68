// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/engine/sessionregistry.h"
#include "model/link/linux/echoprobe.h"
#include "model/rules/rows.h"

#include <QJsonObject>
#include <QObject>

#include <functional>

namespace interlock {

/// Where a probe of a session goes to: the first host of the first IPv4 LAN that is installed for it, under the prefix
/// by which it is reached (a stand-in, or the real one).
/// \returns NotFound when nothing is installed for it, Unsupported when nothing of it is IPv4
[[nodiscard]] Expected<Prefix> probedLan(const LiveSession &session);
/// The network's first host; of a /31 the first, of a /32 the only address.
[[nodiscard]] Address firstHost(const Prefix &lan);

/// Looks whether there is somebody behind a session: one datagram from the VPN host into the tunnel.
///
/// The result is `{"target", "lan", "outcome", "answeredBy", "milliseconds"}`; the outcome is `reached` (an echo reply
/// from the target), `answered` (another address answered: the branch's router that knows no such machine, or somebody
/// on the way) or `nothing` (no answer within four seconds). It never proves which site answered: a router that
/// translates wrongly, or another site with the same LAN, answers as well (openvpn/FACTS.md 10, 12).
class SessionProber : public QObject
{
    Q_OBJECT

public:
    using Reply = std::function<void(const Expected<QJsonObject> &)>;

    using QObject::QObject;

    /// \param serverAddress  the tunnel address of the server, by which its device is known on this host
    /// `reply` is called once, later or at once: NotFound, Unsupported as probedLan() and EchoProbe::send() say;
    /// Unsupported when the server does not run on this host; BackendUnavailable
    void probe(const LiveSession &session, const Address &serverAddress, const Reply &reply);
};

} // namespace interlock
