// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/rowfilter.h"
#include "model/tables/subnetforest.h"

#include <QByteArray>

#include <atomic>
#include <cstdint>
#include <vector>

namespace interlock {

/// RowFilter over a forest, looking at its bytes: prefix, name, role, tenant and tags of every item.
class SubnetFilter
{
public:
    struct Result
    {
        std::vector<std::uint8_t> marks; ///< by slot, of VisibleRows::Mark
        std::size_t matches = 0;
    };

    explicit SubnetFilter(const RowFilter &filter);

    /// \complexity O(n), some ten nanoseconds an item and word without umlauts
    [[nodiscard]] bool matches(const SubnetForest &forest, SubnetForest::Slot slot) const;
    /// Every item, and what leads to a match. May run on any thread while nobody edits the forest; an empty result when
    /// `isCancelled` becomes true.
    [[nodiscard]] Result marks(const SubnetForest &forest, const std::atomic_bool &isCancelled) const;

private:
    struct Word
    {
        RowFilter::Term term;
        QByteArray lower;        ///< the word in lower case; empty when it is not plain ASCII
        bool isAddressy = false; ///< could be a part of a prefix
        bool isIPv4Text = false; ///< could be a part of an IPv4 prefix
    };

    [[nodiscard]] static bool matches(const Word &word, const SubnetForest &forest, SubnetForest::Slot slot);
    [[nodiscard]] static bool matchesTexts(const Word &word, const SubnetForest &forest, SubnetForest::Slot slot);

    std::vector<Word> m_words;
};

} // namespace interlock
