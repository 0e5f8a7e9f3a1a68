// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cstddef>

namespace interlock::bench {

/// What the routes of a made-up server look like.
enum class Routes {
    IPv4, ///< the client's address and one iroute
    IPv6  ///< the same, in IPv6
};

/// The answer to `status 3` of a server with `clients` clients, each with two routes, in the order of no table: as the
/// server walks its hashes.
[[nodiscard]] QByteArray makeStatus(std::size_t clients, Routes routes);

/// `lines` lines of `>BYTECOUNT_CLI:`, clients 0..clients-1 in turn.
[[nodiscard]] QByteArray makeByteCounts(std::size_t lines, std::size_t clients);

} // namespace interlock::bench
