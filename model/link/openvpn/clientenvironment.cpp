// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/clientenvironment.h"

#include "model/link/openvpn/fields.h"

namespace interlock::openvpn {

using namespace Qt::StringLiterals;

void ClientEnvironment::add(QByteArrayView name, QByteArrayView value)
{
    if (name.isEmpty() || name == QByteArrayView("password"))
        return;
    if (m_variables.size() >= kMaxVariables || m_bytes.size() + name.size() + value.size() > kMaxBytes) {
        m_isTruncated = true;
        return;
    }
    if (m_variables.empty()) {
        // A CONNECT has some fifty, of 2 kB (FACTS 25).
        m_variables.reserve(64);
        m_bytes.reserve(2048);
    }
    m_variables.push_back({static_cast<std::uint32_t>(m_bytes.size()), static_cast<std::uint32_t>(name.size()),
                           static_cast<std::uint32_t>(value.size())});
    m_bytes.append(name).append(value);
}

std::optional<QByteArrayView> ClientEnvironment::value(QByteArrayView name) const
{
    for (const auto &variable : m_variables) {
        const QByteArrayView own(m_bytes.constData() + variable.begin, variable.nameSize);
        if (own == name)
            return QByteArrayView(own.end(), variable.valueSize);
    }
    return std::nullopt;
}

QString ClientEnvironment::text(QByteArrayView name) const
{
    const auto found = value(name);
    return found ? QString::fromUtf8(*found) : QString();
}

Expected<CommonName> ClientEnvironment::commonName() const
{
    const auto found = value("common_name");
    if (found)
        return CommonName::parse(QString::fromUtf8(*found));
    if (m_isTruncated)
        return fail(ErrorKind::Limit, u"the client's environment was too large, and its common name is lost"_s);
    return fail(ErrorKind::NotFound, u"the server told no common name; env-filter must be 0"_s);
}

QString ClientEnvironment::realAddress() const
{
    for (const auto &[ip, ip6, port] : {std::tuple{"trusted_ip", "trusted_ip6", "trusted_port"},
                                        std::tuple{"untrusted_ip", "untrusted_ip6", "untrusted_port"}}) {
        const auto address = text(ip);
        if (!address.isEmpty())
            return address + u':' + text(port);
        const auto address6 = text(ip6);
        if (!address6.isEmpty())
            return address6;
    }
    return {};
}

std::optional<DeviceType> ClientEnvironment::deviceType() const
{
    const auto found = value("dev_type");
    if (found && *found == QByteArrayView("tun"))
        return DeviceType::Tun;
    if (found && *found == QByteArrayView("tap"))
        return DeviceType::Tap;
    return std::nullopt;
}

std::optional<std::chrono::seconds> ClientEnvironment::timeDuration() const
{
    const auto seconds = moment("time_duration");
    return seconds ? std::optional(std::chrono::seconds(seconds->milliseconds() / 1000)) : std::nullopt;
}

std::optional<Address> ClientEnvironment::address(QByteArrayView name) const
{
    const auto parsed = Address::parse(text(name));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<quint64> ClientEnvironment::number(QByteArrayView name) const
{
    const auto found = value(name);
    return found ? readNumber<quint64>({found->data(), static_cast<std::size_t>(found->size())}) : std::nullopt;
}

std::optional<Timestamp> ClientEnvironment::moment(QByteArrayView name) const
{
    const auto found = value(name);
    return found ? readMoment({found->data(), static_cast<std::size_t>(found->size())}) : std::nullopt;
}

} // namespace interlock::openvpn
