// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/error.h"

#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

QString nameOf(ErrorKind kind)
{
    // In the order of the enumeration.
    static const std::array kNames{
        u"usage"_s,          u"invalid"_s,
        u"hostBits"_s,       u"notFound"_s,
        u"exists"_s,         u"overlap"_s,
        u"overlapsItself"_s, u"poolOverlap"_s,
        u"poolOwned"_s,      u"tooWide"_s,
        u"exhausted"_s,      u"conflict"_s,
        u"stale"_s,          u"leaseHeld"_s,
        u"noOwner"_s,        u"unsupported"_s,
        u"limit"_s,          u"storeUnavailable"_s,
        u"storeNewer"_s,     u"storeCorrupt"_s,
        u"readOnly"_s,       u"backendUnavailable"_s,
        u"backendRefused"_s, u"backendMismatch"_s,
    };
    return kNames.at(static_cast<std::size_t>(kind));
}

} // namespace interlock
