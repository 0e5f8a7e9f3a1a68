// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetqueries.h"

#include "model/rules/prefixset.h"
#include "model/rules/subnetblockers.h"
#include "model/rules/subnetplacement.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

using Entry = TenantTree::Entry;

constexpr std::array kFamilies{Family::IPv4, Family::IPv6};

/// Entries that a page looks at in one go.
constexpr std::size_t kLeastPiece = 64;
constexpr std::size_t kMostPiece = 4096;

uint128 sizeOf(const Prefix &prefix)
{
    const uint128 less = prefix.last().value() - prefix.first().value();
    return less == ~uint128{0} ? less : less + 1;
}

/// The outermost child of (tenant, subnet) that holds `address`.
std::optional<Prefix> childAt(const Topology &topology, const QString &tenant, const Prefix &subnet, Address address)
{
    std::optional<Prefix> found;
    const auto look = [&](const TenantTree &tree) {
        const auto child = tree.childAt(subnet, address);
        if (child && (!found || child->prefix.length() < found->length()))
            found = child->prefix;
    };
    if (!tenant.isEmpty()) {
        look(topology.subnets().tree(tenant));
        return found;
    }
    for (const auto &[other, tree] : topology.subnets().trees())
        look(tree);
    return found;
}

/// Adds what of `tenant` goes on the page. \returns false when it is full and more would follow
bool addToPage(SubnetPage &page, const Topology &topology, const QString &tenant, const Prefix &whole,
               const SubnetFilter &filter, std::optional<Prefix> after, std::size_t limit)
{
    const TenantTree &tree = topology.subnets().tree(tenant);
    for (;;) {
        // One more than there is room for tells whether there is a next page.
        const std::size_t wanted = std::clamp(limit - page.rows.size(), kLeastPiece, kMostPiece) + 1;
        const std::vector<Entry> entries = tree.contained(whole, after, wanted);
        for (const Entry &entry : entries) {
            SubnetRow row = topology.subnets().row(tenant, entry);
            if (!matches(row, filter))
                continue;
            if (page.rows.size() == limit)
                return false;
            page.rows.push_back(std::move(row));
        }
        if (entries.size() < wanted)
            return true;
        after = entries.back().prefix;
    }
}

HostState stateOf(AddressState state)
{
    switch (state) {
    case AddressState::Used:
        return HostState::Used;
    case AddressState::Reserved:
        return HostState::Reserved;
    case AddressState::Quarantined:
        return HostState::Quarantined;
    }
    Q_UNREACHABLE();
}

} // namespace

bool matches(const SubnetRow &row, const SubnetFilter &filter)
{
    return (!filter.tenant || row.tenant == *filter.tenant) &&
           (!filter.within || filter.within->contains(row.prefix)) && (!filter.role || row.role == *filter.role) &&
           (filter.tag.isEmpty() || row.tags.split(u';').contains(filter.tag));
}

SubnetPage listSubnets(const Topology &topology, const SubnetFilter &filter, const std::optional<SubnetKey> &after,
                       std::size_t limit)
{
    SubnetPage page;
    const auto &trees = topology.subnets().trees();
    for (auto it = after ? trees.lower_bound(after->tenant) : trees.begin(); it != trees.end(); ++it) {
        const QString &tenant = it->first;
        if (filter.tenant && *filter.tenant != tenant)
            continue;
        const auto from = after && after->tenant == tenant ? std::optional(after->prefix) : std::nullopt;
        for (const Family family : kFamilies) {
            const Prefix whole = filter.within.value_or(Prefix(Address(family, 0), 0));
            if (whole.family() != family || addToPage(page, topology, tenant, whole, filter, from, limit))
                continue;
            if (!page.rows.empty())
                page.next = SubnetKey{page.rows.back().tenant, page.rows.back().prefix};
            return page;
        }
    }
    return page;
}

std::vector<SubnetRow> subnetChain(const Topology &topology, const std::optional<QString> &tenant, const Prefix &prefix)
{
    std::vector<SubnetRow> chain;
    for (const auto &[other, tree] : topology.subnets().trees()) {
        if (tenant && !other.isEmpty() && other != *tenant)
            continue;
        for (const Entry &entry : tree.containing(prefix))
            chain.push_back(topology.subnets().row(other, entry));
    }
    std::ranges::stable_sort(chain, {}, [](const SubnetRow &row) { return row.prefix.length(); });
    return chain;
}

std::optional<SubnetRow> parentOf(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    const auto outer = prefix.parent();
    if (!outer)
        return std::nullopt;
    for (const QString &candidate : {tenant, QString()}) {
        if (const auto found = topology.subnets().tree(candidate).longestMatch(*outer))
            return topology.subnets().row(candidate, *found);
    }
    return std::nullopt;
}

std::optional<SubnetRow> longestMatch(const Topology &topology, const QString &tenant, Address address)
{
    for (const QString &candidate : {tenant, QString()}) {
        if (const auto found = topology.subnets().tree(candidate).longestMatch(address))
            return topology.subnets().row(candidate, *found);
    }
    return std::nullopt;
}

std::vector<SubnetRow> childrenOf(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    std::vector<SubnetRow> children;
    const std::vector<Entry> own = topology.subnets().tree(tenant).children(prefix);
    children.reserve(own.size());
    for (const Entry &entry : own)
        children.push_back(topology.subnets().row(tenant, entry));
    if (!tenant.isEmpty())
        return children;
    const auto isInShared = [&](const Prefix &inner) {
        const auto behind = std::ranges::upper_bound(own, inner, {}, &Entry::prefix);
        return behind != own.begin() && std::prev(behind)->prefix.contains(inner);
    };
    for (const auto &[other, entry] : tenantsBeside(topology, prefix, prefix, own)) {
        if (!isInShared(entry.prefix))
            children.push_back(topology.subnets().row(other, entry));
    }
    std::ranges::stable_sort(children, {}, &SubnetRow::prefix);
    return children;
}

std::vector<DerivedSubnet> derivedSubnets(const Topology &topology, const std::optional<Prefix> &within,
                                          const std::optional<DerivedSubnet> &after, std::size_t limit)
{
    const auto order = [](const DerivedSubnet &row) { return std::tie(row.prefix, row.kind, row.owner); };
    std::vector<DerivedSubnet> all;
    const auto add = [&](DerivedSubnet row) {
        if ((!within || within->contains(row.prefix)) && (!after || order(*after) < order(row)))
            all.push_back(std::move(row));
    };
    for (const PoolRow &row : topology.rows<PoolRow>())
        add({DerivedKind::Pool, row.prefix, row.instance.toString()});
    for (const IrouteRow &row : topology.rows<IrouteRow>())
        add({DerivedKind::Iroute, row.prefix, row.cn.toString()});
    for (const ClaimRow &row : topology.rows<ClaimRow>()) {
        if (!row.isSentinel())
            add({DerivedKind::StandIn, row.virtualPrefix, row.cn.toString()});
    }
    std::ranges::sort(all, {}, order);
    if (all.size() > limit)
        all.resize(limit);
    return all;
}

std::vector<Prefix> freeGaps(const Topology &topology, const QString &tenant, const Prefix &parent,
                             const std::optional<Prefix> &after, std::size_t limit)
{
    std::vector<Prefix> gaps;
    if (!tenant.isEmpty()) {
        gaps = topology.subnets().tree(tenant).gaps(parent);
    } else {
        std::vector<Prefix> holes;
        for (const SubnetRow &child : childrenOf(topology, tenant, parent))
            holes.push_back(child.prefix);
        gaps = PrefixSet::subtract(parent, holes);
    }
    if (after)
        gaps.erase(gaps.begin(), std::ranges::upper_bound(gaps, *after));
    if (gaps.size() > limit)
        gaps.resize(limit);
    return gaps;
}

Utilisation utilisationOf(const Topology &topology, const QString &tenant, const Prefix &prefix)
{
    Utilisation sum;
    sum.size = sizeOf(prefix);
    const std::vector<SubnetRow> children = childrenOf(topology, tenant, prefix);
    for (const SubnetRow &child : children)
        sum.inChildren += sizeOf(child.prefix);
    const auto isInChild = [&](Address address) {
        const auto behind = std::ranges::upper_bound(children, Prefix::host(address), {}, &SubnetRow::prefix);
        return behind != children.begin() && std::prev(behind)->prefix.contains(address);
    };
    const auto count = [&](Address address, AddressState state, bool isOwn) {
        if (state == AddressState::Used)
            ++sum.usedBelow;
        if (!isOwn || isInChild(address))
            return;
        ++(state == AddressState::Used ? sum.used : state == AddressState::Reserved ? sum.reserved : sum.quarantined);
    };
    const auto countAll = [&](const QString &space) {
        topology.addresses().forEachState(
            space, prefix.first(), prefix.last(),
            [&](Address address, AddressState state) { count(address, state, space == tenant); });
    };
    countAll(tenant);
    if (tenant.isEmpty()) {
        for (const auto &[other, tree] : topology.subnets().trees()) {
            if (!other.isEmpty())
                countAll(other);
        }
    }
    for (const InstanceRow &instance : topology.rows<InstanceRow>()) {
        if (instance.tenant != tenant && !tenant.isEmpty())
            continue;
        for (const AllocationRow *row : topology.allocationsIn(instance.name, prefix))
            count(row->address, AddressState::Used, instance.tenant == tenant);
    }
    const auto [first, last] = usableRange(prefix);
    if (first != prefix.first() && !isInChild(prefix.first()))
        ++sum.unusable;
    if (last != prefix.last() && !isInChild(prefix.last()))
        ++sum.unusable;
    sum.free = sum.size - sum.inChildren - sum.used - sum.reserved - sum.quarantined - sum.unusable;
    return sum;
}

Expected<HostPage> listHosts(const Topology &topology, const QString &tenant, const Prefix &subnet,
                             const std::optional<Address> &from, std::size_t limit)
{
    if (from && !subnet.contains(*from)) {
        return fail(ErrorKind::Invalid, u"invalid address: %1 is not in %2"_s.arg(from->toString(), subnet.toString()),
                    {{u"field"_s, u"from"_s}, {u"address"_s, from->toString()}, {u"prefix"_s, subnet.toString()}});
    }
    const auto [first, last] = usableRange(subnet);
    HostPage page;
    Address address = from ? std::max(*from, first) : first;
    if (address > last || limit == 0)
        return page;
    const uint128 most = std::min<uint128>(last.value() - address.value(), limit - 1);
    const Address end(address.family(), address.value() + most);
    std::vector<AddressRow> held;
    topology.addresses().forEachIn(tenant, address, end, [&](AddressRow row) {
        held.push_back(std::move(row));
        return true;
    });
    std::optional<Prefix> child;
    for (auto next = held.begin();; address = Address(address.family(), address.value() + 1)) {
        HostRow host{address, HostState::Free, {}};
        if (!child || !child->contains(address))
            child = childAt(topology, tenant, subnet, address);
        if (next != held.end() && next->address == address) {
            host.state = stateOf(next->state);
            host.holder = (next++)->holder;
        } else if (const auto *allocation = topology.holderOf(tenant, address)) {
            host.state = HostState::Allocation;
            host.holder = allocation->cn.toString();
        } else if (child) {
            host.state = HostState::InChild;
            host.holder = child->toString();
        }
        page.rows.push_back(std::move(host));
        if (address == end)
            break;
    }
    if (end < last)
        page.next = Address(end.family(), end.value() + 1);
    return page;
}

std::vector<AddressRow> listAddresses(const Topology &topology, const QString &tenant, const Prefix &within,
                                      const std::optional<Address> &after, std::size_t limit)
{
    std::vector<AddressRow> rows;
    const Address from = after && *after > within.first() ? *after : within.first();
    if (limit == 0)
        return rows;
    topology.addresses().forEachIn(tenant, from, within.last(), [&](AddressRow row) {
        if (!after || row.address > *after)
            rows.push_back(std::move(row));
        return rows.size() < limit;
    });
    return rows;
}

} // namespace interlock
