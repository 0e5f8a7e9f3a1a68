// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/prefix.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;
using namespace Qt::StringLiterals;

/// Prefix and Address: what is read is written so that it is read again; strict and masking parsers agree.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = textOf(data, size);
    if (const auto address = Address::parse(text))
        FUZZ_EXPECT(Address::parse(address->toString()) == *address);
    const auto strict = Prefix::parse(text);
    const auto masked = Prefix::parseMasked(text);
    if (strict) {
        FUZZ_EXPECT(masked == strict);
        FUZZ_EXPECT(Prefix::parse(strict->toString()) == *strict);
        FUZZ_EXPECT(Prefix::parse(strict->toNetworkAndMask()) == *strict);
        FUZZ_EXPECT(Prefix::fromSortKey(strict->sortKey()) == *strict);
    } else if (masked) {
        FUZZ_EXPECT(strict.error().kind == ErrorKind::HostBits);
        FUZZ_EXPECT(strict.error().payload.value("canonical"_L1).toString() == masked->toString());
    }
    if (const auto prefix = Prefix::fromSortKey(bytesOf(data, size)))
        FUZZ_EXPECT(prefix->sortKey() == bytesOf(data, size));
    return 0;
}
