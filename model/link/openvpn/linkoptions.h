// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QString>

#include <chrono>
#include <cstdint>
#include <functional>

namespace interlock::openvpn {

/// Where to connect: a unix socket if `path` is set, else TCP.
struct LinkEndpoint
{
    QString host = {};
    std::uint16_t port = 0;
    QString path = {};

    friend bool operator==(const LinkEndpoint &, const LinkEndpoint &) = default;
};

/// How long to wait for what. Tests shorten them.
struct LinkTimes
{
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds busyAfter{2'000};    ///< connected and silent for so long: Busy
    std::chrono::milliseconds keepAlive{5'000};    ///< Ready and silent for so long: `pid` is sent
    std::chrono::milliseconds blockedAfter{2'000}; ///< a command unanswered and nothing heard for so long: Blocked
    std::chrono::milliseconds answer{30'000};      ///< a command unanswered for so long: the link is dropped
    std::chrono::milliseconds statusRetry{250};    ///< the server is not yet able to tell its status
    std::chrono::milliseconds retryFirst{250};     ///< doubles up to retryMost, and begins again after Ready
    std::chrono::milliseconds retryMost{5'000};
    std::chrono::milliseconds retryPassword{60'000};
};

struct LinkOptions
{
    LinkEndpoint endpoint = {};
    /// Called on the link's thread when the server asks. Not set: there is none.
    std::function<Expected<QByteArray>()> password = {};
    /// 0 <= x < 1, spreads the retries of many consoles; not set: no spread.
    std::function<double()> random = {};
    std::chrono::seconds byteCountInterval{1};
    LinkTimes times = {};
};

} // namespace interlock::openvpn
