// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetfree.h"
#include "model/rules/subnetplacement.h"
#include "model/rules/subnetqueries.h"

#include <array>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

/// Quarantines that one request clears away at most.
constexpr std::size_t kMostExpired = 1024;

/// Refuses what OpenVPN hands out itself. \returns PoolOwned \source SEMANTICS.md 1
Expected<void> checkNoPool(const Topology &topology, const Prefix &prefix)
{
    for (const PoolRow *pool : topology.poolsOverlapping(prefix)) {
        if (!pool->prefix.contains(prefix))
            continue;
        return fail(ErrorKind::PoolOwned,
                    u"%1 lies in the pool %2 of instance %3, which hands its addresses out"_s.arg(
                        prefix.isSingleAddress() ? prefix.first().toString() : prefix.toString(),
                        pool->prefix.toString(), pool->instance.toString()),
                    {{u"prefix"_s, pool->prefix.toString()}, {u"instance"_s, pool->instance.toString()}});
    }
    return {};
}

tl::unexpected<Error> taken(Address address, const QString &owner)
{
    return fail(ErrorKind::Exists, u"%1 is already the address of '%2'"_s.arg(address.toString(), owner),
                {{u"field"_s, u"address"_s}, {u"address"_s, address.toString()}, {u"owner"_s, owner}});
}

/// The subnet that `address` is to be stored in. \source CASES.md A1
Expected<SubnetRow> subnetFor(const Topology &topology, const QString &tenant, Address address,
                              const std::optional<Prefix> &asked)
{
    const QJsonObject payload{{u"field"_s, u"address"_s}, {u"address"_s, address.toString()}};
    if (asked && !asked->contains(address)) {
        return fail(ErrorKind::Invalid,
                    u"%1 does not belong to the subnet %2"_s.arg(address.toString(), asked->toString()), payload);
    }
    if (asked && !topology.subnets().contains(tenant, *asked) && !topology.subnets().contains({}, *asked))
        return fail(subnetAt(topology, tenant, *asked).error());
    const auto found = longestMatch(topology, tenant, address);
    if (!found) {
        return fail(ErrorKind::Invalid,
                    u"%1 does not belong to any subnet of %2"_s.arg(
                        address.toString(), tenant.isEmpty() ? u"the shared tree"_s : u"tenant "_s + tenant),
                    payload);
    }
    if (asked && found->prefix != *asked) {
        return fail(ErrorKind::Invalid,
                    u"%1 does not belong to the subnet %2 itself but to %3 in it"_s.arg(
                        address.toString(), asked->toString(), subnetText(found->tenant, found->prefix)),
                    payload);
    }
    if (!found->tenant.isEmpty())
        return *found;
    // In a shared subnet a tenant may have a child that holds the address.
    for (const auto &[other, tree] : topology.subnets().trees()) {
        const auto inner = other.isEmpty() ? std::nullopt : tree.longestMatch(address);
        if (inner && found->prefix.contains(inner->prefix)) {
            return fail(ErrorKind::Invalid,
                        u"%1 belongs to %2"_s.arg(address.toString(), subnetText(other, inner->prefix)), payload);
        }
    }
    return *found;
}

quint64 nextRandom(quint64 &state)
{
    // splitmix64: small, and every seed is a good one.
    state += 0x9e3779b97f4a7c15U;
    quint64 z = state;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
}

/// The free address that the choice names.
class Chooser
{
public:
    Chooser(const FreeAddresses &free, AddressChoice choice, quint64 seed)
        : m_free(free), m_choice(choice), m_state(seed), m_from(free.range().first)
    {
    }

    std::optional<Address> next()
    {
        if (m_choice == AddressChoice::Sparse)
            return m_free.middleOfGreatestGap();
        if (m_choice == AddressChoice::Random)
            return random();
        // What one request has passed is taken.
        auto found = m_free.next(m_from);
        if (found)
            m_from = *found;
        return found;
    }

private:
    std::optional<Address> random()
    {
        const auto [first, last] = m_free.range();
        const uint128 less = last.value() - first.value();
        const uint128 number = (static_cast<uint128>(nextRandom(m_state)) << 64U) | nextRandom(m_state);
        const uint128 offset = less == ~uint128{0} ? number : number % (less + 1);
        const auto found = m_free.next(Address(first.family(), first.value() + offset));
        return found ? found : m_free.lowest();
    }

    const FreeAddresses &m_free;
    AddressChoice m_choice;
    quint64 m_state;
    Address m_from;
};

} // namespace

Expected<AddressRow> takeAddress(TopologyEdit &edit, AddressRow row, const std::optional<Prefix> &subnet, Timestamp now)
{
    const auto place = subnetFor(edit.now(), row.tenant, row.address, subnet);
    if (!place)
        return fail(place.error());
    if (const auto ok = checkUsable(place->prefix, row.address); !ok)
        return fail(ok.error());
    if (const auto ok = checkNoPool(edit.now(), Prefix::host(row.address)); !ok)
        return fail(ok.error());
    for (const QString &space : {place->tenant, QString()}) {
        if (const auto *holder = edit.now().holderOf(space, row.address))
            return taken(row.address, holder->cn.toString());
        const auto present = edit.now().addresses().find(space, row.address);
        if (present && (present->state == AddressState::Used || space != place->tenant))
            return taken(row.address, present->holder);
    }
    row.tenant = place->tenant;
    row.allocatedAt = now;
    row.until = {};
    row.version = 0;
    edit.put(row);
    return *edit.now().addresses().find(row.tenant, row.address);
}

Expected<Outcome> run(TopologyEdit &edit, const RequestAddress &c, Timestamp now)
{
    const auto checked =
        checkedAddress({c.tenant, {}, AddressState::Used, c.holder, c.description, {}, {}, {}, now, 0});
    if (!checked)
        return fail(checked.error());
    const auto subnet = subnetAt(edit.now(), c.tenant, c.subnet);
    if (!subnet)
        return fail(subnet.error());
    if (const auto ok = checkNoPool(edit.now(), c.subnet); !ok)
        return fail(ok.error());
    if (c.count < 1 || c.count > kMostAtOnce) {
        return fail(ErrorKind::Limit, u"count: a number from 1 to %1"_s.arg(kMostAtOnce),
                    {{u"field"_s, u"count"_s}, {u"limit"_s, kMostAtOnce}});
    }
    for (const AddressRow &row : edit.now().addresses().expired(c.tenant, c.subnet, now, kMostExpired))
        edit.erase(row);
    const FreeAddresses free(edit.now(), c.tenant, c.subnet);
    Chooser chooser(free, c.choice, c.seed);
    std::vector<Row> rows;
    for (int i = 0; i < c.count; ++i) {
        const auto address = chooser.next();
        if (!address) {
            return fail(ErrorKind::Exhausted, u"%1 has only %2 free addresses left"_s.arg(c.subnet.toString()).arg(i),
                        {{u"prefix"_s, c.subnet.toString()}, {u"free"_s, i}});
        }
        AddressRow row = *checked;
        row.address = *address;
        edit.put(row);
        rows.emplace_back(std::move(row));
    }
    return subnetOutcome(edit.now(), rows, {});
}

Expected<Outcome> run(TopologyEdit &edit, const AddAddress &c, Timestamp now)
{
    if (c.state == AddressState::Quarantined)
        return fail(ErrorKind::Invalid, u"state: used or reserved"_s, {{u"field"_s, u"state"_s}});
    const auto checked =
        checkedAddress({c.tenant, c.address, c.state, c.holder, c.description, c.tags, c.custom, {}, now, 0});
    if (!checked)
        return fail(checked.error());
    const auto row = takeAddress(edit, *checked, c.subnet, now);
    if (!row)
        return fail(row.error());
    return subnetOutcome(edit.now(), std::array<Row, 1>{*row}, {});
}

namespace {

Expected<AddressRow> addressAt(const Topology &topology, const QString &tenant, Address address)
{
    if (auto row = topology.addresses().find(tenant, address))
        return *std::move(row);
    if (const auto *allocation = topology.holderOf(tenant, address)) {
        return fail(ErrorKind::PoolOwned,
                    u"%1 is the allocation of %2 on instance %3"_s.arg(address.toString(), allocation->cn.toString(),
                                                                       allocation->instance.toString()),
                    {{u"owner"_s, allocation->cn.toString()}, {u"instance"_s, allocation->instance.toString()}});
    }
    return fail(ErrorKind::NotFound, u"nobody has %1"_s.arg(address.toString()),
                {{u"address"_s, address.toString()}, {u"tenant"_s, tenant}});
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const SetAddress &c, Timestamp)
{
    const auto present = addressAt(edit.now(), c.tenant, c.address);
    if (!present)
        return fail(present.error());
    AddressRow row = *present;
    row.holder = c.holder.value_or(row.holder);
    row.description = c.description.value_or(row.description);
    row.tags = c.tags.value_or(row.tags);
    row.custom = c.custom.value_or(row.custom);
    const auto checked = checkedAddress(std::move(row));
    if (!checked)
        return fail(checked.error());
    edit.put(*checked);
    return subnetOutcome(edit.now(), std::array<Row, 1>{*checked}, {});
}

Expected<Outcome> run(TopologyEdit &edit, const ReleaseAddress &c, Timestamp now)
{
    const auto present = addressAt(edit.now(), c.tenant, c.address);
    if (!present)
        return fail(present.error());
    const int hours = edit.now().setting(u"addressQuarantineHours"_s, u"0"_s).toInt();
    if (c.now || hours <= 0 || present->state != AddressState::Used) {
        edit.erase(*present);
    } else {
        AddressRow row = *present;
        row.state = AddressState::Quarantined;
        row.until = now + std::chrono::hours(hours);
        edit.put(row);
    }
    SubnetOutcome outcome;
    outcome.rows = {Row(*present)};
    return Outcome(std::move(outcome));
}

} // namespace interlock::parts
