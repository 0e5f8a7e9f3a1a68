// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/name.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <vector>

namespace interlock {

/// What a controller double is like. The standard values are those of the recorded zerotier-one 1.14.1.
struct ControllerOptions
{
    NodeId node = NodeId::parse(u"4bb8520480").value();
    QByteArray token = "token-of-the-controller-double";
    QByteArray version = "1.14.1";
    QByteArray publicIdentity = {};  ///< one is made up when it is empty
    QByteArray bind = "127.0.0.1";   ///< what /status says, in "bind" and "listeningOn"
    quint16 shownPort = 0;           ///< the port that /status says; 0: the one that it listens on
    bool isOnline = false;           ///< has a root; the API does not depend on it (FACTS 4)
    bool isReady = true;             ///< false: /controller says 503
    bool isManagementAllowed = true; ///< false: as for an address outside of allowManagementFrom, 401 (FACTS 2)
    bool hasUnstable = true;         ///< false: /unstable is 404
    bool hasOldMemberList = false;   ///< the list is an array, as in 1.12.1 (FACTS 44)

    bool isCentral = false;         ///< it is ZeroTier Central, see CentralApi
    QByteArray forbiddenToken = {}; ///< Central: one that is known, but may do nothing: 403
    int requestsPerSecond = 0;      ///< Central: beyond them 429 with Retry-After; 0: no limit

    std::vector<NetworkId> networkIds = {}; ///< given to new networks one by one; then random ones
    std::function<qint64()> clock = {};     ///< milliseconds since 1970; the system's when there is none

    int threads = 8;               ///< connections that are served at a time; the others wait (FACTS 8)
    int requestsPerConnection = 5; ///< the last is answered with `Connection: close` (FACTS 5)
    int backlog = 5;               ///< of listen(), which costs more than it 1 s (FACTS 7)
    std::chrono::milliseconds readTimeout{5000};
    std::chrono::milliseconds keepAliveTimeout{5000};
    /// Between reading a record and writing it: whoever reads it meanwhile loses or is lost (FACTS 35).
    std::chrono::milliseconds writeTime{1};
    /// Until a device that was authorised has fetched its configuration, which changes its record once more (FACTS 37).
    std::chrono::milliseconds askTime{10};
};

} // namespace interlock
