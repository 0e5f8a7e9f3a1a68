// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/policies.h"

namespace interlock {

/// What an apply to a controller does only after somebody said that it is meant: the KIND of `zt apply --confirm KIND`.
/// Plain additions need none. \source SEMANTICS.md 6
enum class ApplyNeed {
    Removals,       ///< a route of ours goes
    Adopt,          ///< a route that somebody else put there, and that we plan, becomes ours
    ReplaceForeign, ///< a route that somebody else put there goes, because we plan its target with another gateway
    Outside,        ///< a member has an address that is in no route of the plan (CASES.md D9)
    LostAddresses,  ///< a member loses an address that it has now (CASES.md P15)
    Regateway,      ///< the gateway of a target changes, which takes the target away for a moment (CASES.md M5)
};

template <>
struct EnumNames<ApplyNeed>
{
    static constexpr NameTable<ApplyNeed, 6> kTable{{{ApplyNeed::Removals, u"removals"},
                                                     {ApplyNeed::Adopt, u"adopt"},
                                                     {ApplyNeed::ReplaceForeign, u"replace-foreign"},
                                                     {ApplyNeed::Outside, u"outside"},
                                                     {ApplyNeed::LostAddresses, u"lost-addresses"},
                                                     {ApplyNeed::Regateway, u"regateway"}}};
};

} // namespace interlock
