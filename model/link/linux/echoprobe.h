// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>

namespace interlock {

/// What an echo request found out. None of it says whose machine it was: whoever has the address answers, and where two
/// sites have the same one, the last that connected (openvpn/FACTS.md 10).
enum class EchoOutcome {
    Reached,         ///< an echo reply came from the very address that was asked
    AnsweredByOther, ///< another address spoke: a router's "unreachable", or a reply under another address
    Nothing,         ///< nothing came in time: lost, dropped on the way or at the end, or nobody is there
};

struct EchoResult
{
    EchoOutcome outcome = EchoOutcome::Nothing;
    std::optional<Address> answeredBy = {}; ///< none for Nothing
    std::chrono::milliseconds took{0};      ///< until the answer, or until it was given up

    friend bool operator==(const EchoResult &, const EchoResult &) = default;
};

/// Sends one ICMP echo request, and waits for what comes back.
///
/// Not a UDP datagram to a closed port: the port's "unreachable" quotes the real prefix where a client translates, so
/// that it never finds its way to the socket (openvpn/FACTS.md 8). An echo reply does, and an error that a router sends
/// is known by the identifier in it.
///
/// An unprivileged ping socket where the host allows it (net.ipv4.ping_group_range), else a raw one, for which the
/// process needs CAP_NET_RAW. IPv4 only.
class EchoProbe : public QObject
{
    Q_OBJECT

public:
    /// Sends now. finished() is emitted once, from the event loop.
    /// \param device  that it must leave by, and the answer come in by; empty: as the routes say
    /// \returns Unsupported for IPv6, and where the process may use neither kind of socket; BackendUnavailable when the
    ///          kernel did not take it, as without a route or a device
    [[nodiscard]] static Expected<std::unique_ptr<EchoProbe>> send(const Address &target, const QString &device,
                                                                   std::chrono::milliseconds patience);
    ~EchoProbe() override;

Q_SIGNALS:
    void finished(const interlock::EchoResult &result);

private:
    struct Socket;
    EchoProbe(std::unique_ptr<Socket> socket, const Address &target, std::chrono::milliseconds patience);

    void read();
    void end(EchoOutcome outcome, std::optional<Address> answeredBy);

    const std::unique_ptr<Socket> m_socket;
    const Address m_target;
    const std::chrono::steady_clock::time_point m_sent;
    QSocketNotifier m_notifier;
    QTimer m_patience;
};

} // namespace interlock
