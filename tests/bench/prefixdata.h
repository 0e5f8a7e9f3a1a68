// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixindex.h"

#include <cstdint>
#include <map>
#include <vector>

namespace interlock::bench {

/// A fixed sequence of numbers, the same on every machine.
class Sequence
{
public:
    explicit Sequence(std::uint64_t seed) : m_state(seed) {}
    /// 64 well-mixed bits. \source splitmix64, Steele et al. 2014
    std::uint64_t next()
    {
        m_state += 0x9e3779b97f4a7c15U;
        auto mixed = m_state;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }
    /// 0..bound-1.
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }

private:
    std::uint64_t m_state;
};

/// Where the prefixes of a set lie.
enum class Spread {
    WholeInternet, ///< lengths as in a routing table, all over IPv4
    OnePrivateNet, ///< nested subnets of 10.0.0.0/8, crowded
    IPv6           ///< /32 to /64 below fd00::/8
};

/// `count` different prefixes in random order, each with its position as identity.
[[nodiscard]] std::vector<PrefixIndex::Entry> makeEntries(Spread spread, std::size_t count);

/// Addresses to look up: three of four lie in an entry.
[[nodiscard]] std::vector<Address> makeQueries(const std::vector<PrefixIndex::Entry> &entries, std::size_t count);

/// What one would write with the standard library: an ordered map whose nodes know their parent.
template <typename Key>
class MapIndex
{
public:
    explicit MapIndex(const std::vector<PrefixIndex::Entry> &entries)
    {
        for (const auto &entry : entries)
            m_nodes.emplace(keyOf(entry.prefix), Node{entry.prefix, entry.identity, nullptr});
        std::vector<const Node *> open;
        for (auto &[key, node] : m_nodes) {
            while (!open.empty() && !open.back()->prefix.contains(node.prefix))
                open.pop_back();
            node.parent = open.empty() ? nullptr : open.back();
            open.push_back(&node);
        }
    }

    /// Identity of the longest match, plus one; 0 without any.
    [[nodiscard]] std::uint64_t longestMatch(const Address &address) const
    {
        auto found = m_nodes.upper_bound(keyOf(Prefix(address, address.width())));
        if (found == m_nodes.begin())
            return 0;
        const auto *node = &std::prev(found)->second;
        while (node && !node->prefix.contains(address))
            node = node->parent;
        return node ? std::uint64_t{node->identity} + 1 : 0;
    }

    /// How many entries lie in `prefix`, found by walking them.
    [[nodiscard]] std::size_t countInside(const Prefix &prefix) const
    {
        std::size_t count = 0;
        for (auto at = m_nodes.lower_bound(keyOf(prefix)); at != m_nodes.end() && prefix.contains(at->second.prefix);
             ++at)
            ++count;
        return count;
    }

    /// The lowest prefix of `length` strictly inside `parent` that overlaps no entry there.
    [[nodiscard]] std::optional<Prefix> nextFree(const Prefix &parent, int length) const
    {
        Prefix candidate(parent.first(), length);
        for (auto at = m_nodes.upper_bound(keyOf(parent)); at != m_nodes.end(); ++at) {
            const auto &taken = at->second.prefix;
            if (taken.last() < candidate.first())
                continue;
            if (taken.first() > candidate.last())
                break;
            const auto last = std::max(taken.last(), candidate.last());
            if (last >= parent.last())
                return std::nullopt;
            candidate = Prefix(Address(last.family(), last.value() + 1), length);
        }
        return candidate;
    }

private:
    struct Node
    {
        Prefix prefix;
        std::uint32_t identity;
        const Node *parent;
    };

    /// One number that sorts like the prefix where it fits: the fastest map that one could ask for.
    static Key keyOf(const Prefix &prefix)
    {
        if constexpr (std::is_same_v<Key, std::uint64_t>)
            return static_cast<std::uint64_t>(prefix.first().value()) << 8U |
                   static_cast<std::uint64_t>(prefix.length());
        else
            return prefix;
    }

    std::map<Key, Node> m_nodes;
};

} // namespace interlock::bench
