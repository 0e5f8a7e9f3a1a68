// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/treepart.h"

#include <algorithm>
#include <utility>

namespace interlock {

namespace {

/// A part costs some ten look-ups; a million rows are read in the time of some ten thousand parts.
constexpr std::size_t kMostParts = 10'000;

} // namespace

void TreeNotes::note(TreePart part)
{
    if (m_wantsWhole || (!m_parts.empty() && m_parts.back() == part))
        return;
    if (m_parts.size() == kMostParts) {
        // Often the same few, again and again.
        std::sort(m_parts.begin(), m_parts.end());
        m_parts.erase(std::unique(m_parts.begin(), m_parts.end()), m_parts.end());
        m_wantsWhole = m_parts.size() > kMostParts / 2;
    }
    if (!m_wantsWhole)
        m_parts.push_back(std::move(part));
}

std::vector<TreePart> TreeNotes::take()
{
    std::vector<TreePart> parts = std::exchange(m_parts, {});
    m_wantsWhole = false;
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts;
}

} // namespace interlock
