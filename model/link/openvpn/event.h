// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/openvpn/clientenvironment.h"
#include "model/link/openvpn/clientid.h"
#include "model/values/prefix.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <chrono>
#include <variant>

namespace interlock::openvpn {

/// `>INFO:`, the greeting.
struct Info
{
    int managementVersion = 0; ///< 5 on OpenVPN 2.6; 0 when the text does not say

    friend bool operator==(const Info &, const Info &) = default;
};

/// The server wants the management password before it says anything else.
struct PasswordPrompt
{
    friend bool operator==(const PasswordPrompt &, const PasswordPrompt &) = default;
};

/// `>HOLD:`: the server waits for `hold release`.
struct Hold
{
    std::chrono::seconds wait{0}; ///< what the server suggests to wait

    friend bool operator==(const Hold &, const Hold &) = default;
};

/// `>STATE:`, or a line of the answer to `state`.
struct StateChanged
{
    Timestamp time;
    QString name;   ///< CONNECTING, ASSIGN_IP, ADD_ROUTES, CONNECTED, RECONNECTING, EXITING...
    QString detail; ///< SUCCESS, SIGUSR1...
    std::optional<Address> tunnelAddress;
    std::optional<Address> tunnelAddress6;
    std::optional<Address> remoteAddress;
    std::optional<Address> localAddress;
    std::uint16_t remotePort = 0; ///< 0 when unknown
    std::uint16_t localPort = 0;

    friend bool operator==(const StateChanged &, const StateChanged &) = default;
};

/// `>LOG:`
struct LogLine
{
    Timestamp time;
    QString flags; ///< I informational, F fatal, N non-fatal error, W warning, D debug; may be empty
    QString text;

    friend bool operator==(const LogLine &, const LogLine &) = default;
};

/// `>BYTECOUNT_CLI:`, totals of a live session. Comes only when there is traffic.
/// \source openvpn/FACTS.md 68
struct ByteCount
{
    ClientId cid;
    quint64 bytesIn = 0;  ///< received from the client
    quint64 bytesOut = 0; ///< sent to the client

    friend bool operator==(const ByteCount &, const ByteCount &) = default;
};

/// A client waits for client-auth or client-deny.
struct ClientConnected
{
    ClientId cid;
    KeyId kid;
    ClientEnvironment env;

    friend bool operator==(const ClientConnected &, const ClientConnected &) = default;
};

/// A live client renews its key and waits for an answer; the lines of that answer have no effect.
/// \source openvpn/FACTS.md 42
struct ClientReauth
{
    ClientId cid;
    KeyId kid;
    ClientEnvironment env;

    friend bool operator==(const ClientReauth &, const ClientReauth &) = default;
};

struct ClientEstablished
{
    ClientId cid;
    ClientEnvironment env;

    friend bool operator==(const ClientEstablished &, const ClientEstablished &) = default;
};

struct ClientDisconnected
{
    ClientId cid;
    ClientEnvironment env;

    friend bool operator==(const ClientDisconnected &, const ClientDisconnected &) = default;
};

/// The server installed an address or a prefix for a client: the only proof that an answer had effect.
/// \source openvpn/FACTS.md 21, 22, 47
struct ClientAddress
{
    ClientId cid;
    Prefix prefix; ///< host bits, which the server does not cut off, are cut off here; an address is a /32 or /128
    bool isPrimary = false;

    friend bool operator==(const ClientAddress &, const ClientAddress &) = default;
};

/// A client answered a challenge. The response itself is a secret and is dropped.
struct ClientCrResponse
{
    ClientId cid;
    KeyId kid;
    ClientEnvironment env;

    friend bool operator==(const ClientCrResponse &, const ClientCrResponse &) = default;
};

/// `SUCCESS: text`
struct Success
{
    QString text;

    friend bool operator==(const Success &, const Success &) = default;
};

/// `ERROR: text`; it also ends an answer of many lines.
/// \source openvpn/FACTS.md 18
struct Failure
{
    QString text;

    friend bool operator==(const Failure &, const Failure &) = default;
};

/// A line of an answer of many lines.
struct AnswerLine
{
    QByteArray text;

    friend bool operator==(const AnswerLine &, const AnswerLine &) = default;
};

/// `END` of an answer of many lines.
struct AnswerEnd
{
    friend bool operator==(const AnswerEnd &, const AnswerEnd &) = default;
};

/// `>KIND:` of another kind. The text is kept for FATAL and NOTIFY; others may hold secrets (PASSWORD).
struct Notification
{
    QByteArray kind;
    QString text;

    friend bool operator==(const Notification &, const Notification &) = default;
};

/// A line that is none of these. It is skipped; the text is not repeated, as it may hold anything.
struct Malformed
{
    QString what; ///< an English sentence for the log

    friend bool operator==(const Malformed &, const Malformed &) = default;
};

/// What the management interface says.
using Event = std::variant<Info, PasswordPrompt, Hold, StateChanged, LogLine, ByteCount, ClientConnected, ClientReauth,
                           ClientEstablished, ClientDisconnected, ClientAddress, ClientCrResponse, Success, Failure,
                           AnswerLine, AnswerEnd, Notification, Malformed>;

} // namespace interlock::openvpn

Q_DECLARE_METATYPE(interlock::openvpn::Event)
