// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnetforest.h"

#include "model/rules/prefixcover.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>

namespace interlock {

namespace {

constexpr int kBehindEveryLength = 129;

} // namespace

std::uint16_t SubnetForest::tenantNumberOf(const QString &tenant)
{
    auto at = m_tenants.indexOf(tenant);
    if (at < 0) {
        // What does not fit is one with the last.
        at = std::min<qsizetype>(m_tenants.size(), std::numeric_limits<std::uint16_t>::max());
        if (at == m_tenants.size())
            m_tenants += tenant;
    }
    return static_cast<std::uint16_t>(at);
}

std::uint8_t SubnetForest::roleNumberOf(const QString &role)
{
    auto at = m_roles.indexOf(role);
    if (at < 0) {
        at = std::min<qsizetype>(m_roles.size(), std::numeric_limits<std::uint8_t>::max());
        if (at == m_roles.size())
            m_roles += role;
    }
    return static_cast<std::uint8_t>(at);
}

SubnetForest::Slot SubnetForest::create(const SubnetItem &item)
{
    auto slot = static_cast<Slot>(m_nodes.size());
    if (m_unused.empty()) {
        m_nodes.emplace_back();
    } else {
        slot = m_unused.back();
        m_unused.pop_back();
        m_nodes[slot] = {};
    }
    Node &node = m_nodes[slot];
    node.length = static_cast<std::uint8_t>(item.prefix.length());
    node.bits = static_cast<std::uint8_t>(item.kind);
    node.tenant = tenantNumberOf(item.tenant);
    if (item.prefix.isIPv4()) {
        node.first = static_cast<std::uint32_t>(item.prefix.first().value());
    } else {
        node.bits |= kIPv6;
        node.first = static_cast<std::uint32_t>(m_wide.size());
        m_wide.push_back(item.prefix.first().value());
    }
    fill(slot, item);
    return slot;
}

/// What may change while the identity stays.
void SubnetForest::fill(Slot slot, const SubnetItem &item)
{
    Node &node = m_nodes[slot];
    node.role = roleNumberOf(item.role);
    node.own = item.kind != SubnetKind::Address ? item.addresses : item.isReserved ? 0 : 1;
    node.bits = static_cast<std::uint8_t>((node.bits & ~kReserved) | (item.isReserved ? kReserved : 0));
    const QByteArray name = item.name.toUtf8();
    const QByteArray tags = item.tags.toUtf8();
    const bool isSame = name == text(slot) && tags == text(slot) + std::strlen(text(slot)) + 1;
    if (isSame)
        return;
    node.text = static_cast<std::uint32_t>(m_texts.size());
    // As C strings: a zero inside of a name would end it here, and nowhere be read as the beginning of the tags.
    m_texts.append(name.constData()).append('\0').append(tags.constData()).append('\0');
}

QString SubnetForest::tags(Slot slot) const
{
    return QString::fromUtf8(text(slot) + std::strlen(text(slot)) + 1);
}

SubnetItem SubnetForest::item(Slot slot) const
{
    const std::uint32_t own = m_nodes[slot].own;
    return {prefix(slot), kind(slot), tenant(slot),     name(slot),
            role(slot),   tags(slot), isReserved(slot), kind(slot) == SubnetKind::Address ? own - 1 : own};
}

SubnetUse SubnetForest::use(Slot slot) const
{
    const Node &node = m_nodes[slot];
    const double size = std::ldexp(1, widthOf(family(slot)) - node.length);
    const double used = std::min<double>(node.used, size);
    return {size, used, std::min(node.held, size - used)};
}

int SubnetForest::compare(Slot a, Slot b) const
{
    const Node &one = m_nodes[a];
    const Node &other = m_nodes[b];
    const auto sign = [](const auto &x, const auto &y) { return x < y ? -1 : y < x ? 1 : 0; };
    if (const int bits = sign(one.bits & kIPv6, other.bits & kIPv6); bits != 0)
        return bits;
    if (const int spaces = sign(space(a), space(b)); spaces != 0)
        return spaces;
    if (const int firsts = sign(first(a), first(b)); firsts != 0)
        return firsts;
    if (const int ends = sign(one.length << 3 | (one.bits & kKindMask), other.length << 3 | (other.bits & kKindMask));
        ends != 0)
        return ends;
    if (const int tenants = sign(one.tenant, other.tenant); tenants != 0)
        return tenants;
    return isDerived(kind(a)) ? sign(std::strcmp(text(a), text(b)), 0) : 0;
}

bool SubnetForest::accepts(Slot parent, Slot child) const
{
    const Node &outer = m_nodes[parent];
    const Node &inner = m_nodes[child];
    if (((outer.bits ^ inner.bits) & kIPv6) != 0 || (outer.bits & kNote) != 0 || outer.length > inner.length ||
        kind(parent) == SubnetKind::Address || space(parent) != space(child))
        return false;
    if (outer.length == inner.length && kind(parent) != SubnetKind::Subnet)
        return false;
    const auto behind = static_cast<unsigned>(widthOf(family(parent)) - outer.length);
    if ((outer.bits & kIPv6) == 0)
        return behind == 32 || (outer.first ^ inner.first) >> behind == 0;
    return behind == 128 || (first(parent) ^ first(child)) >> behind == 0;
}

bool SubnetForest::isInside(Slot slot, Slot ancestor) const
{
    const int depth = m_nodes[ancestor].depth;
    if (m_nodes[slot].depth <= depth)
        return false;
    while (m_nodes[slot].depth > depth)
        slot = m_nodes[slot].parent;
    return slot == ancestor;
}

bool SubnetForest::isCovered(const std::vector<Prefix> &cover, Slot slot) const
{
    return m_nodes[slot].tenant != 0 && isInOneOf(cover, prefix(slot));
}

std::vector<Prefix> SubnetForest::sharedCover() const
{
    std::vector<Prefix> shared;
    for (const Slot slot : m_order) {
        if (isShared(slot) && (shared.empty() || !shared.back().contains(prefix(slot))))
            shared.push_back(prefix(slot));
    }
    return shared;
}

std::size_t SubnetForest::lowerBound(const Prefix &prefix, int space) const
{
    return lowerBound(prefix.family(), space, prefix.first().value(), prefix.length());
}

std::size_t SubnetForest::lowerBound(Family wanted, int wantedSpace, uint128 wantedFirst, int length) const
{
    const auto it = std::ranges::partition_point(m_order, [&](Slot slot) {
        return std::tuple(family(slot), space(slot), first(slot), int{m_nodes[slot].length}) <
               std::tuple(wanted, wantedSpace, wantedFirst, length);
    });
    return static_cast<std::size_t>(it - m_order.begin());
}

SubnetForest::Range SubnetForest::contents(const Dirty &dirty) const
{
    const Prefix &outer = dirty.prefix;
    return {lowerBound(outer, dirty.space),
            lowerBound(outer.family(), dirty.space, outer.last().value(), kBehindEveryLength)};
}

std::size_t SubnetForest::positionOf(Slot slot) const
{
    const auto it = std::ranges::partition_point(m_order, [&](Slot each) { return compare(each, slot) < 0; });
    return static_cast<std::size_t>(it - m_order.begin());
}

SubnetForest::Slot SubnetForest::find(const SubnetItem &identity) const
{
    const auto tenant = m_tenants.indexOf(identity.tenant);
    if (tenant < 0)
        return kNone;
    const Slot own = find(identity, static_cast<int>(tenant));
    return own != kNone || tenant == 0 ? own : find(identity, 0);
}

SubnetForest::Slot SubnetForest::find(const SubnetItem &identity, int inSpace) const
{
    const QByteArray name = identity.name.toUtf8();
    for (std::size_t at = lowerBound(identity.prefix, inSpace); at < m_order.size(); ++at) {
        const Slot slot = m_order[at];
        if (prefix(slot) != identity.prefix || space(slot) != inSpace)
            break;
        if (kind(slot) == identity.kind && tenant(slot) == identity.tenant &&
            (!isDerived(identity.kind) || name == text(slot)))
            return slot;
    }
    return kNone;
}

SubnetForest::Slot SubnetForest::innermost(const Prefix &wanted) const
{
    for (int each = 0; each < m_tenants.size(); ++each) {
        std::size_t at = lowerBound(wanted.family(), each, wanted.first().value(), wanted.length() + 1);
        Slot slot = at == 0 ? kNone : m_order[at - 1];
        while (slot != kNone &&
               (space(slot) != each || (m_nodes[slot].bits & kNote) != 0 || !prefix(slot).contains(wanted)))
            slot = m_nodes[slot].parent;
        if (slot != kNone)
            return slot;
    }
    return kNone;
}

std::size_t SubnetForest::bytes() const
{
    return m_nodes.capacity() * sizeof(Node) + m_wide.capacity() * sizeof(uint128) + m_order.capacity() * sizeof(Slot) +
           m_unused.capacity() * sizeof(Slot) + static_cast<std::size_t>(m_texts.capacity());
}

} // namespace interlock
