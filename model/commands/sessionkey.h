// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/name.h"

namespace interlock {

/// Which session is meant: a client id is unique only within one run of the daemon. \source openvpn/FACTS.md 39
struct SessionKey
{
    InstanceName instance;
    qint64 generation = 0;
    qint64 cid = 0;

    /// Reads `instance/generation/cid`, numbers in decimal without signs or leading zeros.
    /// \returns Invalid
    [[nodiscard]] static Expected<SessionKey> parse(QStringView text);
    /// parse() reads it back.
    [[nodiscard]] QString toString() const;

    friend bool operator==(const SessionKey &, const SessionKey &) = default;
    friend std::strong_ordering operator<=>(const SessionKey &, const SessionKey &) = default;
    friend size_t qHash(const SessionKey &key, size_t seed = 0)
    {
        return qHashMulti(seed, key.instance, key.generation, key.cid);
    }
};

} // namespace interlock
