// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/address.h"

#include <map>
#include <optional>

namespace interlock {

/// A set of addresses of both families as ranges.
class AddressRanges
{
public:
    /// Adds `first` to `last`, which are of one family. \complexity O(log n + ranges that become one)
    void add(Address first, Address last);
    [[nodiscard]] bool contains(Address first, Address last) const;
    /// The last address of the range that holds `address`.
    [[nodiscard]] std::optional<Address> endAt(Address address) const;

private:
    std::map<Address, Address> m_ranges; ///< first to last; none touches another
};

} // namespace interlock
