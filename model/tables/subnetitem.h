// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <QMetaType>
#include <QString>

#include <cstdint>
#include <optional>

namespace interlock {

/// What a row of the subnet tree stands for. Only the first is stored as such; pools, LANs and stand-ins are derived
/// from the OpenVPN side and cannot be edited here.
enum class SubnetKind : std::uint8_t { Subnet, Pool, Lan, StandIn, Address };

[[nodiscard]] constexpr bool isDerived(SubnetKind kind)
{
    return kind == SubnetKind::Pool || kind == SubnetKind::Lan || kind == SubnetKind::StandIn;
}

/// One prefix of the tree, as it is loaded and changed. Identity: kind, prefix and tenant, and for derived rows the
/// name, which is who has it (a common name, an instance).
struct SubnetItem
{
    Prefix prefix = {};
    SubnetKind kind = SubnetKind::Subnet;
    QString tenant = {}; ///< empty: shared by all
    QString name = {};
    QString role = {};
    QString tags = {};
    bool isReserved = false;     ///< held back: never counted as used
    std::uint32_t addresses = 0; ///< in use directly in this prefix, those with a row of their own not counted; an
                                 ///< item of kind Address is one that is in use unless it is reserved, and has 0 here

    friend bool operator==(const SubnetItem &, const SubnetItem &) = default;
};

/// An item before and after an edit; an insertion has no `before`, a removal no `after`.
struct SubnetItemChange
{
    std::optional<SubnetItem> before = {};
    std::optional<SubnetItem> after = {};
};

/// How the addresses of a prefix are taken: size = used + held + free. Exact for IPv4; IPv6 to 53 bits.
struct SubnetUse
{
    double size = 0;
    double used = 0; ///< in use here and in everything inside
    double held = 0; ///< reserved space, network and broadcast addresses: neither used nor free

    [[nodiscard]] double free() const { return size - used - held; }
    /// 0..1
    [[nodiscard]] double share() const { return size > 0 ? used / size : 0; }
    friend bool operator==(const SubnetUse &, const SubnetUse &) = default;
};

} // namespace interlock
