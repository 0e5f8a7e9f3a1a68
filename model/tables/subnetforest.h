// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/tables/subnetitem.h"

#include <QByteArray>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace interlock {

/// All prefixes of the tree in the order in which a fully opened tree lists them, each with its parent: some 60 bytes a
/// prefix. A value: built on any thread, moved to the one that shows it.
///
/// A tenant's prefix nests in what is shared if that contains it, else in the tenant's own space, so that tenants may
/// use the same addresses. Of equal prefixes a derived one is a note under the stored one, which has no children;
/// derived ones among each other stand side by side.
class SubnetForest
{
public:
    /// Names an item for as long as it exists.
    using Slot = std::uint32_t;
    static constexpr Slot kNone = 0x3fff'ffffU;

    /// What apply() did. Removed slots can still be asked until release().
    struct Effects
    {
        std::vector<Slot> removed;
        std::vector<Slot> inserted;
        std::vector<Slot> touched; ///< another text, place or figure
        [[nodiscard]] bool isEmpty() const { return removed.empty() && inserted.empty() && touched.empty(); }
    };

    SubnetForest() = default;
    /// Of items with the same identity the last one counts. \complexity O(n)
    explicit SubnetForest(const std::vector<SubnetItem> &items);

    /// Carries out edits; the last one for an identity counts, and removing what is not there is no error.
    /// \complexity O(n) moves of four bytes, O(what lies inside of the changed prefixes and beside their ancestors)
    [[nodiscard]] Effects apply(const std::vector<SubnetItemChange> &changes);
    /// Forgets slots that apply() removed.
    void release(const std::vector<Slot> &removed);

    [[nodiscard]] std::size_t size() const { return m_order.size(); }
    /// Slots are below this.
    [[nodiscard]] std::size_t slotCount() const { return m_nodes.size(); }
    /// Parents before what they contain.
    [[nodiscard]] const std::vector<Slot> &order() const { return m_order; }
    /// \complexity O(log n)
    [[nodiscard]] std::size_t positionOf(Slot slot) const;
    /// The slot of the item with this identity, or kNone. \complexity O(log n)
    [[nodiscard]] Slot find(const SubnetItem &identity) const;
    /// The innermost item on the way to `prefix` that is not a note: the stored or derived prefix that contains or
    /// equals it in what is shared, else in the first tenant that has one; or kNone. \complexity O(tenants log n)
    [[nodiscard]] Slot innermost(const Prefix &prefix) const;

    [[nodiscard]] Prefix prefix(Slot slot) const { return {Address(family(slot), first(slot)), m_nodes[slot].length}; }
    [[nodiscard]] bool isIPv4(Slot slot) const { return (m_nodes[slot].bits & kIPv6) == 0; }
    [[nodiscard]] int length(Slot slot) const { return m_nodes[slot].length; }
    [[nodiscard]] uint128 first(Slot slot) const
    {
        const Node &node = m_nodes[slot];
        return (node.bits & kIPv6) != 0 ? m_wide[node.first] : node.first;
    }
    [[nodiscard]] uint128 last(Slot slot) const
    {
        const int behind = widthOf(family(slot)) - m_nodes[slot].length;
        return behind == 128 ? ~uint128{0} : first(slot) | ((uint128{1} << static_cast<unsigned>(behind)) - 1);
    }
    [[nodiscard]] SubnetKind kind(Slot slot) const { return static_cast<SubnetKind>(m_nodes[slot].bits & kKindMask); }
    [[nodiscard]] bool isReserved(Slot slot) const { return (m_nodes[slot].bits & kReserved) != 0; }
    /// kNone for a root.
    [[nodiscard]] Slot parent(Slot slot) const { return m_nodes[slot].parent; }
    [[nodiscard]] int depth(Slot slot) const { return m_nodes[slot].depth; }
    /// Items in it, itself included.
    [[nodiscard]] std::uint32_t subtreeSize(Slot slot) const { return m_nodes[slot].size; }
    /// False for addresses, and for notes that equal their parent: they leave the free space as it is.
    [[nodiscard]] bool isBounding(Slot slot) const
    {
        return (m_nodes[slot].bits & kNote) == 0 && kind(slot) != SubnetKind::Address;
    }
    [[nodiscard]] bool isInside(Slot slot, Slot ancestor) const; ///< a descendant, itself not
    [[nodiscard]] bool isBefore(Slot a, Slot b) const { return compare(a, b) < 0; }
    [[nodiscard]] SubnetUse use(Slot slot) const;
    [[nodiscard]] QString name(Slot slot) const { return QString::fromUtf8(text(slot)); }
    [[nodiscard]] QString tags(Slot slot) const;
    [[nodiscard]] const QString &tenant(Slot slot) const { return m_tenants[m_nodes[slot].tenant]; }
    [[nodiscard]] const QString &role(Slot slot) const { return m_roles[m_nodes[slot].role]; }
    [[nodiscard]] SubnetItem item(Slot slot) const;

    /// For those who look at every item: the name in UTF-8, a zero, the tags in UTF-8, a zero.
    [[nodiscard]] const char *text(Slot slot) const { return m_texts.constData() + m_nodes[slot].text; }
    [[nodiscard]] int tenantNumber(Slot slot) const { return m_nodes[slot].tenant; }
    [[nodiscard]] int roleNumber(Slot slot) const { return m_nodes[slot].role; }
    [[nodiscard]] const QStringList &tenants() const { return m_tenants; }
    [[nodiscard]] const QStringList &roles() const { return m_roles; }

    /// Bytes held, capacities included.
    [[nodiscard]] std::size_t bytes() const;

private:
    enum Bit : std::uint8_t {
        kKindMask = 7,
        kIPv6 = 8,
        kReserved = 16,
        kNote = 32,     ///< equals its stored parent
        kBounded = 64,  ///< has a child that bounds free space
        kInShared = 128 ///< of a tenant, inside of something shared
    };
    struct Node
    {
        std::uint32_t first = 0; ///< IPv4: the address; IPv6: where it is in m_wide
        Slot parent = kNone;
        std::uint32_t size = 1;
        std::uint32_t text = 0;
        std::uint32_t own = 0;
        std::uint32_t used = 0;
        double held = 0;
        std::uint16_t tenant = 0;
        std::uint8_t length = 0;
        std::uint8_t depth = 0;
        std::uint8_t role = 0;
        std::uint8_t bits = 0;

        friend bool operator==(const Node &, const Node &) = default;
    };
    /// Positions [begin, end) that must be linked anew.
    struct Range
    {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    struct Batch;
    /// A prefix in a space whose contents must be linked anew.
    struct Dirty
    {
        Prefix prefix;
        int space = 0;
    };

    [[nodiscard]] int space(Slot slot) const
    {
        return (m_nodes[slot].bits & kInShared) != 0 ? 0 : m_nodes[slot].tenant;
    }
    [[nodiscard]] Family family(Slot slot) const
    {
        return (m_nodes[slot].bits & kIPv6) != 0 ? Family::IPv6 : Family::IPv4;
    }
    [[nodiscard]] bool isShared(Slot slot) const
    {
        return m_nodes[slot].tenant == 0 && kind(slot) == SubnetKind::Subnet;
    }
    [[nodiscard]] int compare(Slot a, Slot b) const;
    [[nodiscard]] bool accepts(Slot parent, Slot child) const;
    [[nodiscard]] std::uint16_t tenantNumberOf(const QString &tenant);
    [[nodiscard]] std::uint8_t roleNumberOf(const QString &role);
    class Builder;
    Slot create(const SubnetItem &item);
    void fill(Slot slot, const SubnetItem &item);
    [[nodiscard]] Slot find(const SubnetItem &identity, int space) const;
    [[nodiscard]] std::size_t lowerBound(const Prefix &prefix, int space) const;
    [[nodiscard]] std::size_t lowerBound(Family family, int space, uint128 first, int length) const;
    [[nodiscard]] Range contents(const Dirty &dirty) const;
    [[nodiscard]] Slot outerOf(const Range &range) const;
    [[nodiscard]] std::vector<Prefix> sharedCover() const;
    [[nodiscard]] bool isCovered(const std::vector<Prefix> &cover, Slot slot) const;
    [[nodiscard]] bool isInShared(Slot slot) const;
    void edit(const SubnetItemChange &change, Batch &batch);
    void settleTenants(Batch &batch);
    void insertIntoOrder(std::vector<Slot> added);
    void relink(Batch &batch);
    void link(const Range &range);
    void addUp(Slot slot);
    void addTo(Slot parent, Slot child);
    void refresh(const std::vector<Slot> &slots, Effects &effects);

    std::vector<Node> m_nodes;
    std::vector<uint128> m_wide;
    std::vector<Slot> m_order; ///< by compare()
    std::vector<Slot> m_unused;
    QByteArray m_texts = QByteArray(2, '\0'); ///< only grows: a name that was replaced stays until the next load
    QStringList m_tenants{QString()};
    QStringList m_roles{QString()};
};

} // namespace interlock
