// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/interfacename.h"
#include "model/rules/natpair.h"
#include "model/rules/policies.h"
#include "model/values/name.h"

#include <QString>

#include <vector>

namespace interlock {

/// What one connector's router has to translate.
struct NatPlan
{
    CommonName cn;
    Translation translation = Translation::Client;
    std::vector<NatPair> pairs; ///< may hold sentinels, which need no rule

    friend bool operator==(const NatPlan &, const NatPlan &) = default;
};

// The three renderers write the same rules for one router: what comes in from the tunnel for a stand-in goes to the
// LAN, what leaves the LAN into the tunnel carries the stand-in; the host part is kept. Loading a text twice leaves the
// router as loading it once; a plan without pairs removes what an earlier one installed. The CN is attacker's text: it
// appears in comments only, with everything but ASCII letters, digits, '.', '-' and '@' replaced by '_'. All return
// Unsupported for an IPv6 pair, OverlapsItself when two real or two virtual prefixes overlap, and Invalid when a pair's
// lengths differ.

/// Text for `nft -f -`: the own table `ip interlock`, replaced as a whole in one transaction.
/// \source openvpn/FACTS.md 13
[[nodiscard]] Expected<QString> renderNft(const NatPlan &plan, const InterfaceName &tunnel);

/// Text for `iptables-restore --noflush`: the own chains INTERLOCK-PRE and INTERLOCK-POST. Its comment names the two
/// commands that hook them in, because that format has no jump that is added only once.
[[nodiscard]] Expected<QString> renderIptables(const NatPlan &plan, const InterfaceName &tunnel);

/// RouterOS commands; own rules are known by their comment, which begins with `interlock `.
[[nodiscard]] Expected<QString> renderRouterOs(const NatPlan &plan, const InterfaceName &tunnel);

} // namespace interlock
