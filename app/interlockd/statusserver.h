// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHttpServer>

namespace interlock {

class Agent;

/// `/healthz` and `/metrics` (Prometheus' text format) on the loopback. Names of instances only: no CN, no address.
class StatusServer
{
public:
    /// The agent must outlive it.
    explicit StatusServer(const Agent &agent);

    /// \returns false when the port is taken
    [[nodiscard]] bool listen(quint16 port);

private:
    const Agent &m_agent;
    QHttpServer m_server;
};

} // namespace interlock
