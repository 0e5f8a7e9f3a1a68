// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

#include <cstdint>

namespace interlock::openvpn {

/// How it stands with a management interface.
enum class LinkState : std::uint8_t {
    Stopped,       ///< not wanted
    Connecting,    ///< trying, or between greeting and Ready
    NotThere,      ///< no such socket, or no such host
    Refused,       ///< nobody listens
    NoAccess,      ///< the socket's permissions keep us out
    WrongPassword, ///< refused, or asked for and not configured; tried again rarely
    Busy,          ///< connected and silent: another console is attached (FACTS 16); we wait in line
    Ready,         ///< speaking
    Blocked,       ///< was speaking, and leaves commands unanswered: a hook or a stopped process (FACTS 53)
    Gone           ///< was connected and is lost; tried again
};

/// "connecting", "wrongPassword"...: stable, for logs and scripts.
[[nodiscard]] QString nameOf(LinkState state);

} // namespace interlock::openvpn

Q_DECLARE_METATYPE(interlock::openvpn::LinkState)
