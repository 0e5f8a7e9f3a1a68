// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionkey.h"
#include "model/rules/policies.h"
#include "model/values/prefix.h"
#include "model/values/timestamp.h"

#include <QStringList>

#include <optional>
#include <vector>

namespace interlock {

/// Where a session stands.
enum class SessionState {
    Waiting,        ///< asked, and nobody has answered it
    Connecting,     ///< answered, not yet established
    Established,    ///< proved by ESTABLISHED or by the status
    WithoutAddress, ///< established, but it has no virtual address (openvpn/FACTS.md 38)
    Leaving,        ///< killed or denied; its DISCONNECT is to come
};

/// What is known of a session's routes against what the rows want now. \source SEMANTICS.md 3
enum class RouteState {
    Applied,          ///< iroutes and pushes are what would be answered now
    Pending,          ///< until its next connect
    WaitingForHolder, ///< a line is held back while another session has it installed
    Unknown,          ///< the answer is not known
    NoKernelRoute,    ///< declared, but the VPN host has no route for it
};

template <>
struct EnumNames<SessionState>
{
    static constexpr NameTable<SessionState, 5> kTable{{{SessionState::Waiting, u"waiting"},
                                                        {SessionState::Connecting, u"connecting"},
                                                        {SessionState::Established, u"established"},
                                                        {SessionState::WithoutAddress, u"withoutAddress"},
                                                        {SessionState::Leaving, u"leaving"}}};
};
template <>
struct EnumNames<RouteState>
{
    static constexpr NameTable<RouteState, 5> kTable{{{RouteState::Applied, u"applied"},
                                                      {RouteState::Pending, u"pending"},
                                                      {RouteState::WaitingForHolder, u"waiting"},
                                                      {RouteState::Unknown, u"unknown"},
                                                      {RouteState::NoKernelRoute, u"noKernelRoute"}}};
};

/// What is true of one session now, as the holder of its instance's lease has published it. Never a password, never
/// the client's environment.
struct SessionFact
{
    SessionKey key;
    std::optional<CommonName> cn = {}; ///< none where the server shows none (UNDEF) or one that is no name
    QString username = {};
    QString realAddress = {}; ///< as OpenVPN writes it, with the port
    std::optional<Address> address = {};
    std::optional<Address> address6 = {};
    Timestamp connectedSince = {};
    std::optional<Timestamp> lastSeen = {}; ///< of traffic
    qint64 bytesIn = 0;                     ///< from the client
    qint64 bytesOut = 0;                    ///< to the client
    double rateIn = 0;                      ///< bytes a second
    double rateOut = 0;                     ///< bytes a second
    SessionState state = SessionState::Connecting;
    RouteState routes = RouteState::Unknown;
    std::optional<CommonName> waitingFor = {}; ///< the holder, when `routes` is WaitingForHolder
    std::vector<Prefix> declared = {};         ///< what the rows want installed
    std::vector<Prefix> installed = {};        ///< what the server says is installed
    QStringList answer = {};                   ///< the lines sent; empty when they are not known
    QStringList alerts = {};                   ///< sentences
    QString clientVersion = {};
    QString platform = {};

    friend bool operator==(const SessionFact &, const SessionFact &) = default;
};

/// True if the session is to be made to ask again for what the rows say now.
[[nodiscard]] inline bool isPendingUntilReconnect(const SessionFact &fact)
{
    return fact.state == SessionState::Established && fact.routes == RouteState::Pending;
}

/// How it stands between us and one OpenVPN server.
struct InstanceHealth
{
    InstanceName instance;
    QString link = {};     ///< one word for the state of the connection to its management interface
    QString why = {};      ///< a sentence when it is not up
    qint64 generation = 0; ///< 0 before the first
    Timestamp since = {};  ///< of `link`
    QString serverVersion = {};
    std::optional<qint64> loginMicroseconds = {}; ///< from CLIENT:CONNECT to the answer, recent median

    friend bool operator==(const InstanceHealth &, const InstanceHealth &) = default;
};

} // namespace interlock
