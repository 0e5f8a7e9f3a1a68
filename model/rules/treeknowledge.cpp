// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/treeknowledge.h"

#include "model/rules/sharedbits.h"

#include <iterator>

namespace interlock {

namespace {

/// One of `prefixes` that lies in or equals `outer`.
bool hasIn(const std::set<Prefix> &prefixes, const Prefix &outer)
{
    const auto first = prefixes.lower_bound(outer);
    return first != prefixes.end() && outer.contains(*first);
}

} // namespace

void TreeKnowledge::learnInside(const Prefix &prefix)
{
    if (hasInside(prefix))
        return;
    const auto begin = m_insides.lower_bound(prefix);
    auto end = begin;
    while (end != m_insides.end() && prefix.contains(*end))
        ++end;
    m_insides.erase(begin, end);
    m_insides.insert(prefix);
}

bool TreeKnowledge::hasInside(const Prefix &prefix) const
{
    // None lies in another: what contains it is the last one that sorts at or before it.
    const auto behind = m_insides.upper_bound(prefix);
    return behind != m_insides.begin() && std::prev(behind)->contains(prefix);
}

bool TreeKnowledge::hasChain(const Prefix &prefix) const
{
    return hasInside(prefix) || hasIn(m_chains, prefix) || hasIn(m_parents, prefix) || hasIn(m_insides, prefix);
}

bool TreeKnowledge::hasChildren(const Prefix &prefix) const
{
    return hasInside(prefix) || m_parents.contains(prefix);
}

std::optional<Prefix> TreeKnowledge::innermostParent(const Prefix &prefix) const
{
    auto behind = m_parents.lower_bound(prefix);
    while (behind != m_parents.begin()) {
        const Prefix &before = *std::prev(behind);
        if (before.contains(prefix))
            return before;
        if (before.family() != prefix.family())
            return std::nullopt;
        // What contains the prefix and sorts lower is no longer than what the two share.
        behind = m_parents.upper_bound(Prefix(prefix.first(), sharedBits(before.first(), prefix.first())));
    }
    return std::nullopt;
}

bool TreeKnowledge::isKept(const Prefix &prefix) const
{
    return hasInside(prefix) || hasIn(m_insides, prefix);
}

void TreeKnowledge::forgetLoose()
{
    m_chains.clear();
    m_parents.clear();
}

} // namespace interlock
