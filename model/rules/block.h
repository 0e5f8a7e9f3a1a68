// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

namespace interlock {

/// The block of `address`: the canonical prefix of `length` that contains it. Two addresses see each other exactly when
/// their blocks are equal. `length` is 0..width of the family (asserted); 0 is one block for everybody.
///
/// \source SOURCES S8
[[nodiscard]] Prefix blockOf(const Address &address, int length);

} // namespace interlock
