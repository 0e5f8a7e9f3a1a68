// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/topologyedit.h"

#include <QJsonObject>

#include <optional>
#include <vector>

namespace interlock {

/// A declared LAN with its verdict, or the verdict that it would get.
struct IrouteVerdict
{
    IrouteRow row;
    std::optional<ClaimRow> claim;             ///< the verdict there is
    std::optional<Expected<ClaimRow>> wouldBe; ///< the one it would get; none when no instance is known to ask
};

/// The LANs of `cn`, in order. Unclaimed ones are resolved in `trial`, one after the other.
/// \param instance  judges unclaimed LANs; without it likelyInstanceOrNull() does
[[nodiscard]] std::vector<IrouteVerdict> verdictsOf(TopologyEdit &trial, const CommonName &cn,
                                                    const std::optional<InstanceName> &instance, Timestamp now);

/// The row with `state` (sentinel, standIn, unclaimed), `virtual`, and for an unclaimed one `verdict`:
/// {state: sentinel|standIn, virtual, instance} or {state: "refused", kind, message}, or null.
[[nodiscard]] QJsonObject irouteJson(const IrouteVerdict &verdict);

/// "claimed (sentinel)", "stand-in 100.64.0.0/24", "unclaimed, would be ...".
[[nodiscard]] QString stateText(const IrouteVerdict &verdict);

} // namespace interlock
