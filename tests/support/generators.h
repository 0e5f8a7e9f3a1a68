// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/macaddress.h"
#include "model/values/prefix.h"

#include <rapidcheck.h>

#include <ostream>

// Random values for property tests, and how a failing one is shown.

namespace interlock {

inline void showValue(const Address &address, std::ostream &out)
{
    out << address.toString().toStdString();
}
inline void showValue(const Prefix &prefix, std::ostream &out)
{
    out << prefix.toString().toStdString();
}
inline void showValue(const MacAddress &mac, std::ostream &out)
{
    out << mac.toString().toStdString();
}

} // namespace interlock

namespace rc {

template <>
struct Arbitrary<interlock::Address>
{
    static Gen<interlock::Address> arbitrary()
    {
        return gen::exec([] {
            using namespace interlock;
            if (*gen::arbitrary<bool>())
                return Address::ipv4(*gen::arbitrary<std::uint32_t>());
            // Whole groups of zeros are what the short form of IPv6 is about, and random numbers have none.
            uint128 value = 0;
            for (int group = 0; group < 8; ++group)
                value = (value << 16U) | *gen::oneOf(gen::just<std::uint16_t>(0), gen::arbitrary<std::uint16_t>());
            return Address(Family::IPv6, value);
        });
    }
};

template <>
struct Arbitrary<interlock::Prefix>
{
    static Gen<interlock::Prefix> arbitrary()
    {
        return gen::exec([] {
            const auto address = *gen::arbitrary<interlock::Address>();
            return interlock::Prefix(address, *gen::inRange(0, address.width() + 1));
        });
    }
};

template <>
struct Arbitrary<interlock::MacAddress>
{
    static Gen<interlock::MacAddress> arbitrary()
    {
        return gen::map(gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 48U),
                        [](std::uint64_t value) { return interlock::MacAddress(value); });
    }
};

} // namespace rc
