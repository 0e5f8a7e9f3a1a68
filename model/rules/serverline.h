// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/natpair.h"
#include "model/rules/pushoption.h"
#include "model/values/address.h"
#include "model/values/prefix.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace interlock {

/// One line of a connect answer. It can be made from typed values only, because OpenVPN obeys more in an answer than
/// anybody wants (`config`, `push-reset`, ...). Every line has at most 254 bytes of printable ASCII, and quotes only as
/// the pair around a push.
///
/// \source openvpn/FACTS.md 2, 48, 60-63
class ServerLine
{
public:
    /// `ifconfig-push A M`: the client's IPv4 address and the mask of the tunnel network.
    /// \returns Invalid unless `network` is IPv4 and contains `address`
    [[nodiscard]] static Expected<ServerLine> ifconfigPush(Address address, const Prefix &network);

    /// `ifconfig-ipv6-push A/L [REMOTE]`. Without `remote` the server must have an `ifconfig-ipv6` of its own.
    /// \param length  of the tunnel network, 0..128
    /// \returns Invalid unless both addresses are IPv6 and the length is one
    [[nodiscard]] static Expected<ServerLine> ifconfigIpv6Push(Address address, int length,
                                                               std::optional<Address> remote = {});

    /// `iroute N M` or `iroute-ipv6 P`: a prefix behind the client.
    [[nodiscard]] static ServerLine iroute(const Prefix &prefix);

    /// `push "route N M"` or `push "route-ipv6 P"`: a prefix that the client reaches through the tunnel.
    [[nodiscard]] static ServerLine pushRoute(const Prefix &prefix);

    /// `push "client-nat snat N M V"`: the client itself shows `real` as `virtualPrefix`.
    /// \returns Invalid unless the pair is translatable
    [[nodiscard]] static Expected<ServerLine> clientNat(const NatPair &pair);

    /// `push "..."` of an operator's option.
    [[nodiscard]] static ServerLine pushed(const PushOption &option);

    [[nodiscard]] const QString &toString() const { return m_text; }

    friend bool operator==(const ServerLine &, const ServerLine &) = default;

private:
    explicit ServerLine(QString text);

    QString m_text;
};

/// The texts of `lines`, in order.
[[nodiscard]] QStringList toStringList(const std::vector<ServerLine> &lines);

} // namespace interlock
