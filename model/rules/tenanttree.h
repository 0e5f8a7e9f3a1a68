// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixindex.h"
#include "model/rules/treeknowledge.h"
#include "model/rules/treepart.h"

#include <memory>
#include <optional>
#include <vector>

namespace interlock {

/// The stored subnets of one tenant, or the parts of them that somebody has read. Each question answers from what is
/// there and notes what it would have had to know: an answer counts when nothing was noted.
class TenantTree
{
public:
    using Entry = PrefixIndex::Entry;

    /// Empty, and nothing else is to be known.
    TenantTree() = default;
    /// Nothing is known, and questions note it.
    TenantTree(QString tenant, std::shared_ptr<TreeNotes> notes)
        : m_tenant(std::move(tenant)), m_notes(std::move(notes))
    {
    }

    /// The entry whose prefix is `prefix`. \complexity of all: O(log n + answer)
    [[nodiscard]] std::optional<Entry> at(const Prefix &prefix) const;
    [[nodiscard]] bool contains(const Prefix &prefix) const { return at(prefix).has_value(); }
    /// The innermost that contains or equals it.
    [[nodiscard]] std::optional<Entry> longestMatch(const Prefix &prefix) const;
    [[nodiscard]] std::optional<Entry> longestMatch(Address address) const;
    /// Those that contain or equal it, outermost first.
    [[nodiscard]] std::vector<Entry> containing(const Prefix &prefix) const;
    /// The outermost strictly inside of it, in order.
    [[nodiscard]] std::vector<Entry> children(const Prefix &prefix) const;
    /// Of the children of `parent` those that overlap `part`, which lies in it: one around it, or those inside.
    [[nodiscard]] std::vector<Entry> childrenIn(const Prefix &parent, const Prefix &part) const;
    /// The child of `parent` that holds `address`.
    [[nodiscard]] std::optional<Entry> childAt(const Prefix &parent, Address address) const;
    /// What of `parent` lies in no child of it, in the fewest prefixes.
    [[nodiscard]] std::vector<Prefix> gaps(const Prefix &parent) const;
    /// Those inside of or equal to it, in order.
    [[nodiscard]] std::vector<Entry> contained(const Prefix &prefix) const;
    /// The first `limit` of these, or of those that sort behind `after`.
    [[nodiscard]] std::vector<Entry> contained(const Prefix &prefix, const std::optional<Prefix> &after,
                                               std::size_t limit) const;
    /// Those that overlap it: around or equal to it, then inside.
    [[nodiscard]] std::vector<Entry> overlapping(const Prefix &prefix) const;
    /// One of these: the outermost around it, else the first inside.
    [[nodiscard]] std::optional<Entry> firstOverlap(const Prefix &prefix) const;
    /// One of all.
    [[nodiscard]] std::optional<Entry> any() const;

private:
    friend class SubnetSpace;

    void note(TreePart::Kind kind, const Prefix &prefix) const;
    [[nodiscard]] bool isChainKnown(const Prefix &prefix) const;
    [[nodiscard]] bool areChildrenKnown(const Prefix &prefix) const;
    /// Among known children what lies around `prefix`: nothing is known without them.
    struct Place
    {
        bool isKnown = false;
        std::optional<Prefix> child;
    };
    [[nodiscard]] Place placeAmongChildren(const Prefix &prefix) const;

    QString m_tenant;
    PrefixIndex m_index;
    std::vector<Entry> m_loaded; ///< waits for SubnetSpace::endLoad()
    TreeKnowledge m_known;
    std::shared_ptr<TreeNotes> m_notes; ///< none: everything is known
};

} // namespace interlock
