// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/sim/zerotier/exactjson.h"

#include <tl/expected.hpp>

namespace interlock {

/// What is in brackets deeper than this is checked but not kept: nothing that a controller stores is half as deep, and
/// a body of 100000 brackets, which a controller takes (transcript 08), must not exhaust the stack when it is thrown
/// away.
inline constexpr std::size_t kKeptJsonDepth = 64;

/// Reads a JSON text as a controller does: numbers exact, the last of equal keys wins.
/// \returns in place of an error the controller's own words, "[json.exception.parse_error.101] parse error at line 1,
///          column 13: ...". They quote the text as it came: these are bytes, not always UTF-8.
/// \complexity O(size), without recursion
/// \source zerotier/FACTS.md 12, transcripts 02 and 05
[[nodiscard]] tl::expected<ExactJson, QByteArray> readExactJson(const QByteArray &text);

} // namespace interlock
