// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/macaddress.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;

/// MacAddress: what is read is below 2^48 and is written so that it is read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (const auto mac = MacAddress::parse(textOf(data, size))) {
        FUZZ_EXPECT(mac->value() >> 48U == 0);
        FUZZ_EXPECT(mac->toString().size() == 17);
        FUZZ_EXPECT(MacAddress::parse(mac->toString()) == *mac);
    }
    return 0;
}
