// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <QStringView>

#include <vector>

namespace interlock {

/// Reads a list of prefixes as people write or paste it: separated by line ends, blanks, commas or semicolons; `#`
/// begins a comment that ends with its line; an IPv4 address followed by a blank and a mask is one prefix ("10.0.0.0
/// 255.0.0.0"). \returns what Prefix::parse() refuses, with payload `line` (from 1) and `text`
[[nodiscard]] Expected<std::vector<Prefix>> parsePrefixList(QStringView text);

} // namespace interlock
