// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixtable.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace interlock {

/// Finds prefixes by the addresses that they hold, among millions of both families.
///
/// An entry is a prefix with an identity that the caller gives meaning to; equal prefixes with different identities
/// (two tenants) are legal, the same pair twice is one entry. Entries come out in the order of prefixes, then
/// identities. Edits go to a small overlay and are merged now and then, so that an edit costs microseconds and a query
/// stays exact. Reading is safe from several threads as long as nobody edits.
class PrefixIndex
{
public:
    struct Entry
    {
        Prefix prefix;
        std::uint32_t identity = 0;

        friend bool operator==(const Entry &, const Entry &) = default;
        friend std::strong_ordering operator<=>(const Entry &, const Entry &) = default;
    };
    /// An entry seen from an address in it: its prefix is Prefix(address, length).
    struct Hit
    {
        std::uint32_t identity = 0;
        int length = 0;

        friend bool operator==(const Hit &, const Hit &) = default;
    };
    /// Two entries of which the first contains the second, or equals it.
    struct Overlap
    {
        Entry outer;
        Entry inner;

        friend bool operator==(const Overlap &, const Overlap &) = default;
    };
    /// Positions [begin, end) of one family in a merged index.
    struct Run
    {
        Family family = Family::IPv4;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;

        [[nodiscard]] std::uint32_t size() const { return end - begin; }
        friend bool operator==(const Run &, const Run &) = default;
    };
    static constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

    PrefixIndex() = default;
    /// \complexity O(n log n), O(n) when `entries` are sorted
    explicit PrefixIndex(std::span<const Entry> entries);

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool isEmpty() const { return size() == 0; }

    /// False when it is there already. \complexity amortised O(n / overlay size), some microseconds at a million
    bool insert(const Entry &entry);
    /// False when it is not there. \complexity as insert()
    bool erase(const Entry &entry);
    /// Moves the overlay into the arrays, which makes runs valid. \complexity O(n); nothing to do is free
    void merge();
    [[nodiscard]] bool isMerged() const { return pendingEdits() == 0; }

    [[nodiscard]] bool contains(const Entry &entry) const;
    /// The innermost entry that holds `address`; of equal prefixes the one with the greatest identity.
    [[nodiscard]] std::optional<Entry> longestMatch(const Address &address) const;
    /// The innermost entry that contains or equals `prefix`; of equal prefixes the one with the greatest identity.
    [[nodiscard]] std::optional<Entry> longestMatch(const Prefix &prefix) const;
    /// longestMatch() in half the time, because it writes no entry: for those who look up millions.
    [[nodiscard]] std::optional<Hit> lookUp(const Address &address) const;
    /// Every entry that contains or equals `prefix`, outermost first.
    [[nodiscard]] std::vector<Entry> containing(const Prefix &prefix) const;
    /// Every entry whose prefix equals `prefix`.
    [[nodiscard]] std::vector<Entry> equalTo(const Prefix &prefix) const;
    /// Every entry inside or equal to `prefix`, in order. \complexity O(log n + answer)
    [[nodiscard]] std::vector<Entry> contained(const Prefix &prefix) const;
    /// The first `limit` of these, or of those whose prefix sorts behind `after`. \complexity O(log n + answer)
    [[nodiscard]] std::vector<Entry> contained(const Prefix &prefix, const std::optional<Prefix> &after,
                                               std::size_t limit) const;
    /// The outermost entries strictly inside `prefix`, one for each that overlaps no other of the answer, in order.
    /// Of equal ones the one with the lowest identity.
    [[nodiscard]] std::vector<Entry> children(const Prefix &prefix) const;

    /// contained() as positions, without a copy. The index must be merged (asserted). \complexity O(log n)
    [[nodiscard]] Run containedRun(const Prefix &prefix) const;
    /// The entry at a position of a run. The index must be merged (asserted).
    [[nodiscard]] Entry at(Family family, std::uint32_t position) const;

    /// The free space of `parent`, whether that is stored or not: together with children(parent) it is exactly
    /// `parent`, in the fewest prefixes. \complexity O(log n + children)
    [[nodiscard]] std::vector<Prefix> gaps(const Prefix &parent) const;
    /// The lowest prefix of `length` inside `parent` that overlaps no entry inside it and holds none of `taken`, which
    /// must be sorted. An entry equal to `parent` counts only against `parent` as the answer. None without room, or
    /// when `length` is shorter than the parent's or longer than the family's.
    /// \complexity O(log n + children and taken addresses below the answer)
    [[nodiscard]] std::optional<Prefix> nextFree(const Prefix &parent, int length,
                                                 std::span<const Address> taken = {}) const;

    /// An entry that overlaps `prefix`: the outermost around it, else the first inside it.
    [[nodiscard]] std::optional<Entry> firstOverlap(const Prefix &prefix) const;
    /// Every entry that overlaps `prefix`: those around or equal to it, then those strictly inside it, in order.
    [[nodiscard]] std::vector<Entry> overlapping(const Prefix &prefix) const;
    /// Every two entries that overlap, ordered by the inner one, at most `limit` of them; equal prefixes count.
    /// \complexity O(n + answer)
    [[nodiscard]] std::vector<Overlap> overlaps(std::size_t limit = kNoLimit) const;

    /// Bytes held by the arrays, overlay not counted.
    [[nodiscard]] std::size_t bytes() const { return m_v4.table.bytes() + m_v6.table.bytes(); }

private:
    /// The arrays and the overlay of one family.
    template <typename Key>
    struct Layers
    {
        PrefixTable<Key> table;
        std::vector<bool> erased; ///< by position; empty until something was erased
        std::size_t erasedCount = 0;
        std::set<Entry> added; ///< none of them is in the table, erased or not

        [[nodiscard]] bool isMerged() const { return added.empty() && erasedCount == 0; }
        [[nodiscard]] bool isLive(std::uint32_t at) const { return erased.empty() || !erased[at]; }
    };
    template <typename Key>
    class Walk;

    template <typename F>
    auto withLayers(Family family, F &&use) const
    {
        return family == Family::IPv4 ? use(m_v4) : use(m_v6);
    }
    template <typename F>
    auto withLayers(Family family, F &&use)
    {
        return family == Family::IPv4 ? use(m_v4) : use(m_v6);
    }
    [[nodiscard]] std::optional<Entry> longestMatch(const Address &first, int length) const;
    [[nodiscard]] std::size_t pendingEdits() const;
    void mergeIfDue();

    Layers<std::uint32_t> m_v4;
    Layers<uint128> m_v6;
};

} // namespace interlock
