// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionkey.h"
#include "model/rules/policies.h"
#include "model/values/address.h"
#include "model/values/timestamp.h"

#include <limits>
#include <optional>

namespace interlock {

/// Why a session ended, as far as it is known.
enum class EndReason {
    Killed,        ///< an operator's kill or reconnect
    Denied,        ///< refused: by an operator, by policy, or because its connector was removed
    Restarted,     ///< made to ask again by the engine, because of the rows
    Replaced,      ///< the same CN came back while it was still there
    ServerRestart, ///< the OpenVPN server ended or began anew
    PingTimeout,   ///< the client fell silent
    Left,          ///< the client said that it leaves
    Unwatched,     ///< it ended while no engine was there to see it
};

template <>
struct EnumNames<EndReason>
{
    static constexpr NameTable<EndReason, 8> kTable{{{EndReason::Killed, u"killed"},
                                                     {EndReason::Denied, u"denied"},
                                                     {EndReason::Restarted, u"restarted"},
                                                     {EndReason::Replaced, u"replaced"},
                                                     {EndReason::ServerRestart, u"serverRestart"},
                                                     {EndReason::PingTimeout, u"pingTimeout"},
                                                     {EndReason::Left, u"left"},
                                                     {EndReason::Unwatched, u"unwatched"}}};
};

/// What is kept of a session for good. One row a session: written at its connect, every five minutes, and at its
/// disconnect. Key: key.
struct SessionHistoryRow
{
    SessionKey key;
    std::optional<CommonName> cn = {};
    QString username = {};
    QString realAddress = {}; ///< as OpenVPN writes it, with the port
    std::optional<Address> address = {};
    std::optional<Address> address6 = {};
    Timestamp connectedSince = {};
    Timestamp sampledAt = {};              ///< when the counters were read
    std::optional<Timestamp> endedAt = {}; ///< none while it lives, and for ever when nobody saw it end
    qint64 bytesIn = 0;
    qint64 bytesOut = 0;
    QString clientVersion = {};
    QString platform = {};
    std::optional<EndReason> endReason = {}; ///< none while it lives, and where nothing is known

    friend bool operator==(const SessionHistoryRow &, const SessionHistoryRow &) = default;
};

/// A place between two rows of the history, whose order is the newest connect first, then the greatest key.
struct HistoryPosition
{
    Timestamp connectedSince;
    SessionKey key;

    friend bool operator==(const HistoryPosition &, const HistoryPosition &) = default;
};

struct HistoryFilter
{
    std::optional<CommonName> cn = {};
    std::optional<Address> ip = {};             ///< the virtual address of either family, or the real one
    std::optional<Timestamp> from = {};         ///< only sessions that lived at this moment or later
    std::optional<Timestamp> to = {};           ///< only sessions that had connected by this moment
    int limit = 100;                            ///< newest first
    std::optional<HistoryPosition> before = {}; ///< page: rows after this one of the page before
};

} // namespace interlock
