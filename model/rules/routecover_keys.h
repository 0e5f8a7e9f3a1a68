// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace interlock {

// A wanted prefix and its group in few bytes, which sort like the prefix and then by group. A group is a position in
// the list of groups, less than 2^26.

class CoverKeyV4
{
public:
    using Number = std::uint64_t;
    using Gap = std::uint32_t; ///< between prefixes: less than all addresses
    static constexpr Family kFamily = Family::IPv4;

    CoverKeyV4() = default;
    CoverKeyV4(Number first, int length, std::uint32_t group)
        : m_key(first << 32U | static_cast<std::uint64_t>(length) << 26U | group)
    {
    }
    [[nodiscard]] Number first() const { return m_key >> 32U; }
    [[nodiscard]] int length() const { return static_cast<int>(m_key >> 26U & 0x3fU); }
    [[nodiscard]] std::uint32_t group() const { return static_cast<std::uint32_t>(m_key & 0x3ff'ffffU); }
    friend bool operator<(const CoverKeyV4 &a, const CoverKeyV4 &b) { return a.m_key < b.m_key; }
    friend bool operator==(const CoverKeyV4 &, const CoverKeyV4 &) = default;

private:
    std::uint64_t m_key = 0;
};

class CoverKeyV6
{
public:
    using Number = uint128;
    using Gap = uint128;
    static constexpr Family kFamily = Family::IPv6;

    CoverKeyV6() = default;
    CoverKeyV6(Number first, int length, std::uint32_t group)
        : m_high(static_cast<std::uint64_t>(first >> 64U)), m_low(static_cast<std::uint64_t>(first)),
          m_tail(static_cast<std::uint64_t>(length) << 32U | group)
    {
    }
    [[nodiscard]] Number first() const { return Number{m_high} << 64U | m_low; }
    [[nodiscard]] int length() const { return static_cast<int>(m_tail >> 32U); }
    [[nodiscard]] std::uint32_t group() const { return static_cast<std::uint32_t>(m_tail); }
    friend bool operator<(const CoverKeyV6 &a, const CoverKeyV6 &b)
    {
        if (a.m_high != b.m_high)
            return a.m_high < b.m_high;
        return a.m_low != b.m_low ? a.m_low < b.m_low : a.m_tail < b.m_tail;
    }
    friend bool operator==(const CoverKeyV6 &, const CoverKeyV6 &) = default;

private:
    std::uint64_t m_high = 0;
    std::uint64_t m_low = 0;
    std::uint64_t m_tail = 0;
};

/// Addresses in a prefix of `length`; of ::/0, where that needs a 129th bit, 0. Differences of sums are right anyway.
template <typename Key>
[[nodiscard]] typename Key::Number sizeOf(int length)
{
    if (length == 0 && widthOf(Key::kFamily) == 128)
        return 0;
    return typename Key::Number{1} << static_cast<unsigned>(widthOf(Key::kFamily) - length);
}

/// The first address of the prefix of `length` around `address`.
template <typename Key>
[[nodiscard]] typename Key::Number firstAround(typename Key::Number address, int length)
{
    return length == 0 ? 0 : address & ~(sizeOf<Key>(length) - 1);
}

template <typename Key>
[[nodiscard]] bool contains(const Key &outer, const Key &inner)
{
    return outer.length() <= inner.length() && firstAround<Key>(inner.first(), outer.length()) == outer.first();
}

template <typename Key>
[[nodiscard]] Prefix prefixOf(const Key &key)
{
    return {Address(Key::kFamily, key.first()), key.length()};
}

/// How many leading bits two addresses have in common.
template <typename Key>
[[nodiscard]] int sharedLength(typename Key::Number a, typename Key::Number b)
{
    const auto difference = uint128{a ^ b};
    const auto high = static_cast<std::uint64_t>(difference >> 64U);
    const auto low = static_cast<std::uint64_t>(difference);
    const int leading = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(low);
    return leading - (128 - widthOf(Key::kFamily));
}

/// Sorts by one distribution over the highest bits in which the keys differ, and std::sort of each part: where
/// addresses are spread, the parts are tiny and lie in the cache. \complexity O(n log n), near O(n) for spread keys
template <typename Key>
void sortKeys(std::vector<Key> &keys)
{
    using Number = typename Key::Number;
    constexpr std::size_t kFew = 4096;
    constexpr int kMaxBits = 16;
    Number differing = 0;
    for (const Key &key : keys)
        differing |= key.first() ^ keys.front().first();
    if (keys.size() < kFew || differing == 0) {
        std::sort(keys.begin(), keys.end());
        return;
    }
    const int bits = std::min(kMaxBits, static_cast<int>(std::bit_width(keys.size())) - 3);
    const int above = sharedLength<Key>(differing, 0);
    const auto down = static_cast<unsigned>(std::max(0, widthOf(Key::kFamily) - above - bits));
    const auto mask = static_cast<std::size_t>((std::size_t{1} << static_cast<unsigned>(bits)) - 1);
    const auto partOf = [=](const Key &key) { return static_cast<std::size_t>(key.first() >> down) & mask; };
    std::vector<std::uint32_t> ends(mask + 2);
    for (const Key &key : keys)
        ++ends[partOf(key) + 1];
    for (std::size_t part = 1; part < ends.size(); ++part)
        ends[part] += ends[part - 1];
    std::vector<Key> sorted(keys.size());
    for (const Key &key : keys)
        sorted[ends[partOf(key)]++] = key; // afterwards ends[part] is where the part ends
    std::uint32_t begin = 0;
    for (std::size_t part = 0; part <= mask; ++part) {
        if (ends[part] - begin > 1)
            std::sort(sorted.begin() + begin, sorted.begin() + ends[part]);
        begin = ends[part];
    }
    keys.swap(sorted);
}

/// Appends to `minimal` the fewest prefixes that hold exactly the addresses of `keys`: sorted, of one group. No two
/// halves are made one that is shorter than `shortest`. \complexity O(n)
template <typename Key>
void appendMinimal(const std::vector<Key> &keys, int shortest, std::vector<Key> &minimal)
{
    const auto bottom = minimal.size();
    minimal.resize(bottom + keys.size());
    Key *const base = minimal.data() + bottom;
    Key *top = base; // one past what is disjoint and has no two halves on top
    for (const Key &key : keys) {
        if (top != base && contains(*(top - 1), key))
            continue;
        *top++ = key;
        while (top - base > 1 && (top - 1)->length() == (top - 2)->length() && (top - 1)->length() > shortest &&
               ((top - 1)->first() ^ (top - 2)->first()) == sizeOf<Key>((top - 1)->length())) {
            --top;
            *(top - 1) = Key((top - 1)->first(), (top - 1)->length() - 1, key.group());
        }
    }
    minimal.resize(bottom + static_cast<std::size_t>(top - base));
}

} // namespace interlock
