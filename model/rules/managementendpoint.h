// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>
#include <QStringView>

#include <cstdint>

namespace interlock {

/// Where an OpenVPN process offers its management interface: `tcp:HOST:PORT` or `unix:PATH`.
class ManagementEndpoint
{
public:
    /// HOST is a name, an IPv4 address or an IPv6 address in brackets; PORT is 1..65535. PATH is absolute, below 108
    /// bytes of UTF-8 (what a socket address holds with its final zero) and without control characters.
    /// \returns Invalid
    [[nodiscard]] static Expected<ManagementEndpoint> parse(QStringView text);

    [[nodiscard]] bool isUnix() const { return m_port == 0; }
    /// Name or address without brackets; empty for a unix socket.
    [[nodiscard]] const QString &host() const { return m_host; }
    /// 1..65535, 0 for a unix socket.
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// The socket's path; empty for TCP.
    [[nodiscard]] const QString &path() const { return m_path; }

    /// True if what is sent there cannot leave this machine: a unix socket, `localhost`, 127.0.0.0/8 or ::1. The
    /// interface is clear text, so everything else deserves a warning.
    [[nodiscard]] bool isLoopback() const;

    /// Canonical text; parse() reads it back.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const ManagementEndpoint &, const ManagementEndpoint &) = default;

private:
    ManagementEndpoint(QString host, std::uint16_t port, QString path)
        : m_host(std::move(host)), m_path(std::move(path)), m_port(port)
    {
    }

    QString m_host;
    QString m_path;
    std::uint16_t m_port = 0;
};

} // namespace interlock
