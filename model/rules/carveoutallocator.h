// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/alignedblocks.h"
#include "model/values/prefix.h"

#include <map>
#include <optional>
#include <vector>

namespace interlock {

/// Which parts of a stand-in range are free, held or excluded, in aligned carve-outs of any size.
///
/// The smallest piece is a prefix of unitLength(); every count is in such blocks. A block is free when nobody holds it
/// and no exclusion covers it: the two are layers, so exclusions may overlap held carve-outs and one another, and
/// releasing and lifting them in any order leaves exactly the right blocks free. A copy is cheap enough for a preview
/// (about 70 kB for 100.64.0.0/10 in /27), and costs only what is in it for ranges of more than 2^22 blocks.
///
/// A prefix that is longer than unitLength() stands for the whole block that it lies in. A prefix wider than the range
/// stands for the range, and one outside of it for nothing.
///
/// \source SOURCES S6
class CarveOutAllocator
{
public:
    static constexpr int kSmallestLength = 27;

    /// All of `range` free. Blocks are of `smallestLength`, or of the range's own length when that is longer; for IPv6
    /// say what you mean, the default is meant for IPv4. At most 2^62 blocks: a wider span has coarser ones.
    explicit CarveOutAllocator(Prefix range, int smallestLength = kSmallestLength);

    [[nodiscard]] Prefix range() const { return m_range; }
    [[nodiscard]] int unitLength() const { return m_unitLength; }

    /// Takes the lowest free carve-out of `length`; a length beyond unitLength() takes and returns a whole block.
    /// Nothing is returned when no aligned run of that size is free, or the range is smaller than that.
    /// \complexity O(sizes in use), independent of how many are held
    [[nodiscard]] std::optional<Prefix> allocate(int length);
    /// What allocate(length) would return now. \complexity as allocate()
    [[nodiscard]] std::optional<Prefix> peek(int length) const;

    /// Holds exactly the blocks of `prefix`. False, and nothing changed, unless all of them are free. A prefix outside
    /// the range needs no blocks: true.
    bool reserve(const Prefix &prefix);

    /// Gives back what one allocate() or reserve() of the same blocks took; neighbours merge, excluded blocks stay
    /// shut. False, and nothing changed, when exactly these blocks are not held as one. Outside the range: true.
    bool release(const Prefix &prefix);

    /// Shuts the blocks of `prefix`, held or not, for later allocations. Counted: each exclude() needs its unexclude().
    void exclude(const Prefix &prefix);
    /// Lifts one exclude() of the same blocks; what nobody holds and nothing else excludes is free again.
    /// False, and nothing changed, when there was none. Outside the range: true.
    bool unexclude(const Prefix &prefix);

    /// True if `prefix` lies in the range and every block of it is free.
    [[nodiscard]] bool isFree(const Prefix &prefix) const;
    /// True if `prefix` overlaps a held carve-out.
    [[nodiscard]] bool overlapsHeld(const Prefix &prefix) const;

    /// Blocks in the range.
    [[nodiscard]] std::uint64_t capacity() const { return std::uint64_t{1} << static_cast<unsigned>(m_topOrder); }
    /// Blocks that can be handed out now.
    [[nodiscard]] std::uint64_t freeBlocks() const { return m_freeUnits; }
    /// Blocks that are held, excluded or not.
    [[nodiscard]] std::uint64_t heldBlocks() const { return m_heldUnits; }
    /// Blocks under at least one exclusion, held or not.
    [[nodiscard]] std::uint64_t excludedBlocks() const { return m_excludedUnits; }
    /// Length of the widest carve-out that allocate() could return now; none when nothing is free.
    [[nodiscard]] std::optional<int> largestFree() const;

    /// The free space as the fewest aligned prefixes, ascending. \complexity O(n log n) in their number
    [[nodiscard]] std::vector<Prefix> freeGaps() const;
    /// The held carve-outs, ascending. \complexity O(n log n) in their number
    [[nodiscard]] std::vector<Prefix> held() const;

private:
    [[nodiscard]] std::optional<AlignedBlock> blockFor(const Prefix &prefix) const;
    [[nodiscard]] std::optional<int> orderFor(int length) const;
    [[nodiscard]] Prefix prefixOf(const AlignedBlock &block) const;
    [[nodiscard]] std::vector<Prefix> sortedPrefixes(const AlignedBlocks &blocks) const;
    [[nodiscard]] std::uint64_t newlyExcluded(const AlignedBlock &block) const;
    void takeFrom(AlignedBlock free, const AlignedBlock &wanted);
    void addFree(AlignedBlock block);
    void addFreeUnits(std::uint64_t begin, std::uint64_t end);
    void reopen(const AlignedBlock &block);

    Prefix m_range;
    int m_unitLength;
    int m_topOrder;
    AlignedBlocks m_free; ///< maximal: two buddies are never both in it
    AlignedBlocks m_held; ///< as they were taken; never overlapping
    AlignedBlocks m_excluded;
    /// How often a member of m_excluded was excluded, where that is more than once; keyed by (order, index).
    std::map<std::pair<int, std::uint64_t>, std::uint32_t> m_repeats;
    std::uint64_t m_freeUnits;
    std::uint64_t m_heldUnits = 0;
    std::uint64_t m_excludedUnits = 0;
};

} // namespace interlock
