// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/prefix.h"

#include <optional>
#include <set>

namespace interlock {

/// Which parts of one tenant's tree a topology holds, where it does not hold all of it. Whoever knows what is in a
/// prefix knows what is around it, too.
class TreeKnowledge
{
public:
    void learnChain(const Prefix &prefix) { m_chains.insert(prefix); }
    void learnChildren(const Prefix &prefix) { m_parents.insert(prefix); }
    void learnInside(const Prefix &prefix);

    /// Whether everything in `prefix` is known. \complexity O(log facts)
    [[nodiscard]] bool hasInside(const Prefix &prefix) const;
    /// Whether everything around `prefix` is, by a fact about it or about something in it.
    [[nodiscard]] bool hasChain(const Prefix &prefix) const;
    /// Whether the outermost in `prefix` are.
    [[nodiscard]] bool hasChildren(const Prefix &prefix) const;
    /// The longest prefix strictly around `prefix` whose children are known.
    [[nodiscard]] std::optional<Prefix> innermostParent(const Prefix &prefix) const;

    /// Whether somebody else's edit of `prefix` leaves what is known complete once it is repeated here: it is in a
    /// prefix of which all is known, or around one.
    [[nodiscard]] bool isKept(const Prefix &prefix) const;
    /// Forgets chains and children, and keeps what is known as a whole.
    void forgetLoose();
    [[nodiscard]] bool hasLoose() const { return !m_chains.empty() || !m_parents.empty(); }

private:
    std::set<Prefix> m_chains;
    std::set<Prefix> m_parents;
    std::set<Prefix> m_insides; ///< none in another
};

} // namespace interlock
