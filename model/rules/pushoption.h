// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"
#include "model/values/error.h"

#include <QString>
#include <QStringList>
#include <QStringView>

namespace interlock {

/// True where a client obeys one value only, so that a newer value replaces the older: redirect-gateway,
/// block-outside-dns, ping, ping-restart.
[[nodiscard]] bool isSingle(OptionType type);

/// One option that is pushed to a client, of a known type and with a checked value. It is the only way in which an
/// operator's text reaches a connect answer, so its line has no quote, backslash, comma or control character inside.
///
/// \source SEMANTICS.md 3; openvpn/FACTS.md 48, 60-63
class PushOption
{
public:
    /// Reads the value of an option of `type`:
    ///  - route: `PREFIX [GATEWAY|vpn_gateway|net_gateway] [METRIC]`, IPv4. A metric alone means vpn_gateway.
    ///  - route-ipv6: `PREFIX [GATEWAY [METRIC]]`; clients take no gateway names here (OpenVPN's options.c)
    ///  - dhcp-option: `DNS|WINS|NTP|NBDD ADDRESS` (IPv6 for DNS only), `DOMAIN|DOMAIN-SEARCH|ADAPTER_DOMAIN_SUFFIX
    ///  NAME`,
    ///    `DISABLE-NBT`
    ///  - redirect-gateway: any of `def1 local autolocal bypass-dhcp bypass-dns block-local ipv6 !ipv4`, or nothing
    ///  - block-outside-dns: nothing
    ///  - ping: seconds, 1..65535; ping-restart also 0, which means never
    ///
    /// \returns HostBits with payload `canonical`; Limit when the line would be longer than OpenVPN reads; Invalid
    [[nodiscard]] static Expected<PushOption> parse(OptionType type, QStringView value);

    /// Reads an option as OpenVPN's own files spell it, split into words: `route 10.0.0.0 255.0.0.0`. Unlike parse() an
    /// IPv4 route in CIDR form is refused, because OpenVPN does not understand it.
    /// \returns Unsupported when the first word is no type of ours; otherwise as parse()
    [[nodiscard]] static Expected<PushOption> fromDirective(const QStringList &words);

    [[nodiscard]] OptionType type() const { return m_type; }
    /// Canonical text of the value; parse(type(), value()) gives this option again.
    [[nodiscard]] const QString &value() const { return m_value; }
    /// What the client reads: `route 10.0.0.0 255.0.0.0`.
    [[nodiscard]] const QString &directive() const { return m_directive; }
    /// The line of a connect answer or a client-config-dir file: `push "route 10.0.0.0 255.0.0.0"`, at most 254 bytes.
    [[nodiscard]] QString toLine() const;

    friend bool operator==(const PushOption &, const PushOption &) = default;

private:
    PushOption(OptionType type, QString value, QString directive)
        : m_type(type), m_value(std::move(value)), m_directive(std::move(directive))
    {
    }

    OptionType m_type;
    QString m_value;
    QString m_directive;
};

} // namespace interlock
