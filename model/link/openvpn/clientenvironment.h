// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"
#include "model/values/error.h"
#include "model/values/name.h"
#include "model/values/timestamp.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace interlock::openvpn {

enum class DeviceType : std::uint8_t { Tun, Tap };

/// The ENV lines of one client event. Attackers choose most of the values; passwords are never in it.
/// \source openvpn/FACTS.md 25, 56, 57
class ClientEnvironment
{
public:
    static constexpr std::size_t kMaxVariables = 4096;
    static constexpr qsizetype kMaxBytes = 256 * 1024;

    /// Adds `name`, unless it is there already, is a secret, or the block is full (see isTruncated()).
    void add(QByteArrayView name, QByteArrayView value);
    /// Notes that something of the block was lost.
    void markTruncated() { m_isTruncated = true; }

    /// True if variables are missing because the block was too large or a line too long: then nothing that is absent
    /// proves anything.
    [[nodiscard]] bool isTruncated() const { return m_isTruncated; }
    [[nodiscard]] std::size_t size() const { return m_variables.size(); }

    /// The value as it came; valid as long as this object is neither changed nor gone.
    /// \complexity O(size()), about 50
    [[nodiscard]] std::optional<QByteArrayView> value(QByteArrayView name) const;
    /// The value as text; empty when absent.
    [[nodiscard]] QString text(QByteArrayView name) const;

    /// \returns NotFound without one (`env-filter`), Invalid when empty or no common name, Limit when truncated
    [[nodiscard]] Expected<CommonName> commonName() const;
    /// Empty when the client gave none.
    [[nodiscard]] QString username() const { return text("username"); }

    /// Address and port of the client, in the words of `status 3` (`10.99.0.11:56101`; an IPv6 address there has no
    /// port): the trusted one, or else the untrusted one that a CONNECT has. Empty when there is neither.
    /// \source openvpn/FACTS.md 36
    [[nodiscard]] QString realAddress() const;

    /// The server's own tunnel address and the mask of the tunnel network.
    [[nodiscard]] std::optional<Address> ifconfigLocal() const { return address("ifconfig_local"); }
    [[nodiscard]] std::optional<Address> ifconfigNetmask() const { return address("ifconfig_netmask"); }
    /// What the client was given; from ESTABLISHED on.
    [[nodiscard]] std::optional<Address> ifconfigPoolRemote() const { return address("ifconfig_pool_remote_ip"); }
    [[nodiscard]] std::optional<DeviceType> deviceType() const;

    /// "2.6.14", "linux" and the like: the client's word, not proved. Empty when absent.
    [[nodiscard]] QString ivVersion() const { return text("IV_VER"); }
    [[nodiscard]] QString ivPlatform() const { return text("IV_PLAT"); }

    /// Totals of the session, with DISCONNECT only.
    [[nodiscard]] std::optional<quint64> bytesReceived() const { return number("bytes_received"); }
    [[nodiscard]] std::optional<quint64> bytesSent() const { return number("bytes_sent"); }
    [[nodiscard]] std::optional<std::chrono::seconds> timeDuration() const;
    /// When the session began; from ESTABLISHED on.
    [[nodiscard]] std::optional<Timestamp> timeUnix() const { return moment("time_unix"); }

    /// The server's process and its start: with them a run is recognised.
    [[nodiscard]] std::optional<quint64> daemonPid() const { return number("daemon_pid"); }
    [[nodiscard]] std::optional<Timestamp> daemonStartTime() const { return moment("daemon_start_time"); }

    friend bool operator==(const ClientEnvironment &, const ClientEnvironment &) = default;

private:
    struct Variable
    {
        std::uint32_t begin; ///< of the name in m_bytes; the value follows it
        std::uint32_t nameSize;
        std::uint32_t valueSize;

        friend bool operator==(const Variable &, const Variable &) = default;
    };

    [[nodiscard]] std::optional<Address> address(QByteArrayView name) const;
    [[nodiscard]] std::optional<quint64> number(QByteArrayView name) const;
    [[nodiscard]] std::optional<Timestamp> moment(QByteArrayView name) const;

    QByteArray m_bytes;
    std::vector<Variable> m_variables;
    bool m_isTruncated = false;
};

} // namespace interlock::openvpn
