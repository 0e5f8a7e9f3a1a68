// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/openvpn/status3.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;
using namespace interlock::openvpn;

/// parseStatus3: every row is a client, a route or counted, and what refers to something refers to what is there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    QByteArray text = bytesOf(data, size);
    text.detach();
    const auto snapshot = parseStatus3(text);
    if (!snapshot) {
        FUZZ_EXPECT(snapshot.error().kind == ErrorKind::BackendMismatch);
        return 0;
    }
    const auto rows = snapshot->clients().size() + snapshot->routes().size() + snapshot->malformedRows();
    FUZZ_EXPECT(static_cast<qsizetype>(rows) <= text.count('\n') + 1);
    for (const auto &client : snapshot->clients()) {
        const auto *found = snapshot->clientOrNull(client.cid());
        FUZZ_EXPECT(found && found->cid() == client.cid());
        (void)client.commonName();
        FUZZ_EXPECT(client.realAddressText().size() <= text.size());
    }
    for (const auto &route : snapshot->routes()) {
        FUZZ_EXPECT(route.cn().size() <= static_cast<std::size_t>(text.size()));
        FUZZ_EXPECT(route.isMac() || route.prefix().length() <= route.prefix().first().width());
        if (!route.client())
            continue;
        FUZZ_EXPECT(*route.client() < snapshot->clients().size());
        FUZZ_EXPECT(snapshot->clients()[*route.client()].realAddress() == route.realAddress());
    }
    return 0;
}
