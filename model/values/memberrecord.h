// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"
#include "model/values/name.h"
#include "model/values/timestamp.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace interlock {

/// A member as its controller says that it is. A controller does not know which members are online: see PeerRecord.
struct MemberRecord
{
    NodeId node;
    QString name = {};
    bool isAuthorized = false;
    bool isBridge = false; ///< bridges are served first, and use up the multicast limit (zerotier/FACTS.md 41)
    bool hasNoAutoAssign = false;
    std::vector<QString> addresses = {}; ///< as the controller holds them, unchecked (FACTS 42)
    qint64 revision = 0;
    bool hasJoined = false; ///< it was there once; otherwise the record was only made in advance (FACTS 39)
    QString version = {};   ///< of its client, "1.14.1"; empty when it is not known
    std::optional<Timestamp> lastSeen = {}; ///< Central only
    QString physicalAddress = {};           ///< Central only
    QJsonObject raw = {};

    friend bool operator==(const MemberRecord &, const MemberRecord &) = default;
};

/// What to change in a member. Whether it is a bridge is not among it on purpose: nothing of ours ever makes one.
/// \source CASES.md R7
struct MemberEdit
{
    std::optional<QString> name = {};
    std::optional<bool> isAuthorized = {};
    std::optional<bool> hasNoAutoAssign = {};
    std::optional<std::vector<Address>> addresses = {};

    [[nodiscard]] bool isEmpty() const { return *this == MemberEdit(); }
    friend bool operator==(const MemberEdit &, const MemberEdit &) = default;
};

/// A node that the controller's own node has heard of. \source zerotier/FACTS.md 39
struct PeerRecord
{
    NodeId node;
    int latency = -1;             ///< milliseconds; -1 when it is not known
    QString physicalAddress = {}; ///< of the preferred path, "192.0.2.1/9993"; empty: no path, so it is not online
    std::optional<Timestamp> lastReceive = {};
    QString version = {};
    QString role = {}; ///< "LEAF", "MOON", "PLANET"

    friend bool operator==(const PeerRecord &, const PeerRecord &) = default;
};

} // namespace interlock
