// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QString>

#include <functional>

namespace interlock::openvpn {

/// What the server said to a command.
struct Answer
{
    QString text = {};     ///< of SUCCESS
    QByteArray lines = {}; ///< of an answer of many lines, each with LF, without END

    friend bool operator==(const Answer &, const Answer &) = default;
};

/// Called once, on the link's thread.
/// Errors: BackendRefused with the server's words; BackendUnavailable when the link is not there, is lost, or the
/// server does not answer; Limit when too much is waiting to be sent.
using Reply = std::function<void(Expected<Answer>)>;

} // namespace interlock::openvpn
