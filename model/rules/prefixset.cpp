// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixset.h"

#include <algorithm>

namespace interlock {

namespace {

/// An IPv4 prefix as one number that sorts like the prefix: half the time of sorting two fields.
class ItemV4
{
public:
    using Key = std::uint32_t;
    static constexpr Family kFamily = Family::IPv4;

    ItemV4(Key first, int length) : m_key(std::uint64_t{first} << 8U | static_cast<std::uint64_t>(length)) {}
    [[nodiscard]] Key first() const { return static_cast<Key>(m_key >> 8U); }
    [[nodiscard]] int length() const { return static_cast<int>(m_key & 0xffU); }
    friend bool operator<(const ItemV4 &a, const ItemV4 &b) { return a.m_key < b.m_key; }

private:
    std::uint64_t m_key;
};

class ItemV6
{
public:
    using Key = uint128;
    static constexpr Family kFamily = Family::IPv6;

    ItemV6(Key first, int length) : m_first(first), m_length(length) {}
    [[nodiscard]] Key first() const { return m_first; }
    [[nodiscard]] int length() const { return m_length; }
    friend bool operator<(const ItemV6 &a, const ItemV6 &b)
    {
        return a.m_first != b.m_first ? a.m_first < b.m_first : a.m_length < b.m_length;
    }

private:
    Key m_first;
    int m_length;
};

/// The lowest bit of the network part of a prefix of `length` > 0.
template <typename Item>
typename Item::Key lastNetworkBit(int length)
{
    return static_cast<typename Item::Key>(typename Item::Key{1}
                                           << static_cast<unsigned>(widthOf(Item::kFamily) - length));
}

template <typename Item>
bool covers(const Item &outer, const Item &later)
{
    if (outer.length() == 0)
        return true;
    const auto hostBits = static_cast<typename Item::Key>(lastNetworkBit<Item>(outer.length()) - 1);
    return (later.first() & static_cast<typename Item::Key>(~hostBits)) == outer.first();
}

template <typename Item>
bool areHalves(const Item &low, const Item &high)
{
    return low.length() == high.length() && low.length() > 0 &&
           (low.first() ^ high.first()) == lastNetworkBit<Item>(low.length());
}

/// Sorts, then uses the front of `items` as a stack: what is on it is disjoint, and no two on top are halves.
template <typename Item>
void reduce(std::vector<Item> &items)
{
    std::sort(items.begin(), items.end());
    auto top = items.begin(); // one past the top of the stack
    for (const auto item : items) {
        if (top != items.begin() && covers(*std::prev(top), item))
            continue;
        *top++ = item;
        while (top - items.begin() > 1 && areHalves(*(top - 2), *(top - 1))) {
            --top;
            *(top - 1) = Item((top - 1)->first(), (top - 1)->length() - 1);
        }
    }
    items.erase(top, items.end());
}

template <typename Item>
void append(const std::vector<Item> &items, std::vector<Prefix> &into)
{
    for (const auto &item : items)
        into.emplace_back(Address(Item::kFamily, item.first()), item.length());
}

} // namespace

std::vector<Prefix> PrefixSet::aggregate(std::span<const Prefix> prefixes)
{
    std::vector<ItemV4> v4;
    std::vector<ItemV6> v6;
    v4.reserve(prefixes.size());
    for (const auto &prefix : prefixes) {
        if (prefix.isIPv4())
            v4.emplace_back(static_cast<std::uint32_t>(prefix.first().value()), prefix.length());
        else
            v6.emplace_back(prefix.first().value(), prefix.length());
    }
    reduce(v4);
    reduce(v6);
    std::vector<Prefix> minimal;
    minimal.reserve(v4.size() + v6.size());
    append(v4, minimal);
    append(v6, minimal);
    return minimal;
}

std::vector<Prefix> PrefixSet::subtract(const Prefix &whole, std::span<const Prefix> holes)
{
    std::vector<Prefix> left;
    auto at = whole.first();
    for (const auto &hole : aggregate(holes)) {
        if (hole.contains(whole))
            return {};
        if (!whole.contains(hole))
            continue;
        if (hole.first() > at)
            appendRange(at, Address(at.family(), hole.first().value() - 1), left);
        if (hole.last() == whole.last())
            return left;
        at = Address(at.family(), hole.last().value() + 1);
    }
    appendRange(at, whole.last(), left);
    return left;
}

void PrefixSet::appendRange(const Address &first, const Address &last, std::vector<Prefix> &into)
{
    Q_ASSERT(first.family() == last.family());
    auto at = first.value();
    while (at <= last.value()) {
        Prefix widest({first.family(), at}, first.width());
        for (auto wider = widest.parent(); wider && wider->first().value() == at && wider->last() <= last;
             wider = widest.parent())
            widest = *wider;
        into.push_back(widest);
        if (widest.last() == last)
            return; // also where the next address would not exist
        at = widest.last().value() + 1;
    }
}

} // namespace interlock
