// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/tenanttree.h"

#include <algorithm>

namespace interlock {

namespace {

using Entry = TenantTree::Entry;

/// Who asks about one address asks about its neighbours next: the children in so many bits around it are read together.
constexpr int kNeighbourBits = 12;

/// Of a chain the outermost that is longer than `parent`.
std::optional<Entry> outermostIn(const std::vector<Entry> &chain, const Prefix &parent)
{
    const auto found =
        std::ranges::find_if(chain, [&](const Entry &entry) { return entry.prefix.length() > parent.length(); });
    return found == chain.end() ? std::nullopt : std::optional(*found);
}

} // namespace

void TenantTree::note(TreePart::Kind kind, const Prefix &prefix) const
{
    m_notes->note({kind, m_tenant, prefix});
}

TenantTree::Place TenantTree::placeAmongChildren(const Prefix &prefix) const
{
    const auto parent = m_known.innermostParent(prefix);
    if (!parent)
        return {};
    const auto child = outermostIn(m_index.containing(prefix), *parent);
    return {true, child ? std::optional(child->prefix) : std::nullopt};
}

bool TenantTree::isChainKnown(const Prefix &prefix) const
{
    if (m_known.hasChain(prefix))
        return true;
    // What lies beside all children has nothing more around it than their parent has.
    const Place place = placeAmongChildren(prefix);
    return place.isKnown && (!place.child || *place.child == prefix);
}

bool TenantTree::areChildrenKnown(const Prefix &prefix) const
{
    if (m_known.hasChildren(prefix))
        return true;
    const Place place = placeAmongChildren(prefix);
    return place.isKnown && !place.child;
}

std::optional<Entry> TenantTree::at(const Prefix &prefix) const
{
    if (m_notes && !isChainKnown(prefix))
        note(TreePart::Kind::Chain, prefix);
    const auto equal = m_index.equalTo(prefix);
    return equal.empty() ? std::nullopt : std::optional(equal.front());
}

std::optional<Entry> TenantTree::longestMatch(const Prefix &prefix) const
{
    if (m_notes && !isChainKnown(prefix))
        note(TreePart::Kind::Chain, prefix);
    return m_index.longestMatch(prefix);
}

std::optional<Entry> TenantTree::longestMatch(Address address) const
{
    return longestMatch(Prefix::host(address));
}

std::vector<Entry> TenantTree::containing(const Prefix &prefix) const
{
    if (m_notes && !isChainKnown(prefix))
        note(TreePart::Kind::Chain, prefix);
    return m_index.containing(prefix);
}

std::vector<Entry> TenantTree::children(const Prefix &prefix) const
{
    if (m_notes && !areChildrenKnown(prefix))
        note(TreePart::Kind::Children, prefix);
    return m_index.children(prefix);
}

std::vector<Entry> TenantTree::childrenIn(const Prefix &parent, const Prefix &part) const
{
    // Who knows the children knows the chain.
    if (m_notes && !areChildrenKnown(part))
        note(TreePart::Kind::Children, part);
    if (const auto around = outermostIn(m_index.containing(part), parent))
        return {*around};
    return m_index.children(part);
}

std::optional<Entry> TenantTree::childAt(const Prefix &parent, Address address) const
{
    const Prefix host = Prefix::host(address);
    if (m_notes && !m_known.hasChain(host) && !areChildrenKnown(parent)) {
        const Prefix around(address, std::max(parent.length(), address.width() - kNeighbourBits));
        if (!areChildrenKnown(around))
            note(TreePart::Kind::Children, around);
    }
    return outermostIn(m_index.containing(host), parent);
}

std::vector<Prefix> TenantTree::gaps(const Prefix &parent) const
{
    if (m_notes && !areChildrenKnown(parent))
        note(TreePart::Kind::Children, parent);
    return m_index.gaps(parent);
}

std::vector<Entry> TenantTree::contained(const Prefix &prefix) const
{
    if (m_notes && !m_known.hasInside(prefix))
        note(TreePart::Kind::Inside, prefix);
    return m_index.contained(prefix);
}

std::vector<Entry> TenantTree::contained(const Prefix &prefix, const std::optional<Prefix> &after,
                                         std::size_t limit) const
{
    if (m_notes && !m_known.hasInside(prefix))
        note(TreePart::Kind::Inside, prefix);
    return m_index.contained(prefix, after, limit);
}

std::vector<Entry> TenantTree::overlapping(const Prefix &prefix) const
{
    if (m_notes && !m_known.hasInside(prefix))
        note(TreePart::Kind::Inside, prefix);
    return m_index.overlapping(prefix);
}

std::optional<Entry> TenantTree::firstOverlap(const Prefix &prefix) const
{
    if (m_notes && !isChainKnown(prefix))
        note(TreePart::Kind::Chain, prefix);
    const auto found = m_index.firstOverlap(prefix);
    // What is around comes first; the first one inside is a child.
    if (m_notes && (!found || !found->prefix.contains(prefix)) && !areChildrenKnown(prefix))
        note(TreePart::Kind::Children, prefix);
    return found;
}

std::optional<Entry> TenantTree::any() const
{
    const auto found = firstOverlap(Prefix(Address(Family::IPv4, 0), 0));
    return found ? found : firstOverlap(Prefix(Address(Family::IPv6, 0), 0));
}

} // namespace interlock
