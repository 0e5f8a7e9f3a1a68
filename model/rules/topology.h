// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/addressspace.h"
#include "model/rules/carveoutallocator.h"
#include "model/rules/changeset.h"
#include "model/rules/prefixmultimap.h"
#include "model/rules/rowset.h"
#include "model/rules/subnetspace.h"

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

namespace interlock {

/// Every journalled row, in memory, with the indexes that the rules ask: a replica that is brought forward by the
/// changes of the journal, in order. Of the tree of subnets it may hold only what was asked for. It holds no clock and
/// does no I/O; it trusts the rows, which the store's constraints guard.
///
/// Not copyable, because its indexes point at its rows; use TopologyEdit to try something out.
class Topology
{
public:
    Topology() = default;
    Topology(const Topology &) = delete;
    Topology &operator=(const Topology &) = delete;
    Topology(Topology &&) noexcept = default;
    Topology &operator=(Topology &&) noexcept = default;

    /// All rows of one table, ordered by key.
    template <typename R>
    [[nodiscard]] const RowSet<R> &rows() const
    {
        return std::get<RowSet<R>>(m_rows);
    }

    /// The row with that key, or null.
    template <typename R, typename... Key>
    [[nodiscard]] const R *find(const Key &...key) const
    {
        const auto it = rows<R>().find(std::tie(key...));
        return it == rows<R>().end() ? nullptr : &*it;
    }

    /// Rows whose key begins with `key`: `range<IrouteRow>(cn)`.
    template <typename R, typename... Key>
    [[nodiscard]] auto range(const Key &...key) const
    {
        const auto bound = std::tie(key...);
        return std::pair(rows<R>().lower_bound(bound), rows<R>().upper_bound(bound));
    }

    template <typename R, typename... Key>
    [[nodiscard]] std::vector<const R *> list(const Key &...key) const
    {
        // One way down the tree: the end shows when it is there, and most lists are short.
        const auto bound = std::tie(key...);
        std::vector<const R *> found;
        for (auto it = rows<R>().lower_bound(bound); it != rows<R>().end() && !ByKey<R>()(bound, *it); ++it)
            found.push_back(&*it);
        return found;
    }

    /// Subnets and addresses of the tree are too many for sets of rows.
    [[nodiscard]] const SubnetSpace &subnets() const { return m_subnets; }
    [[nodiscard]] const AddressSpace &addresses() const { return m_addresses; }
    template <typename R>
    static constexpr bool kIsInSpace = std::is_same_v<R, SubnetRow> || std::is_same_v<R, AddressRow>;

    /// Calls `visit(row)` for every row of one table, in the order of keys.
    template <typename R, typename Visit>
    void forEachRow(Visit &&visit) const
    {
        if constexpr (std::is_same_v<R, SubnetRow>) {
            m_subnets.forEach(visit);
        } else if constexpr (std::is_same_v<R, AddressRow>) {
            m_addresses.forEach(visit);
        } else {
            for (const R &row : rows<R>())
                visit(row);
        }
    }

    /// Takes in a row that is known not to be there; nothing may be asked before endLoad().
    void load(Row row);
    void load(const SubnetRow &row) { m_subnets.load(row); }
    void load(const AddressRow &row) { m_addresses.insert(row); }
    void endLoad();

    // A topology may hold the tree of subnets in parts, those that somebody asked about. A rule then answers from what
    // is there, and notes what it should have known: who wants its answer reads these parts and asks again, until
    // nothing was noted. Everything else is always here.

    /// Forgets subnets and addresses, and holds them in parts from now on. \param tenants  all that have subnets
    void beginParts(const std::vector<QString> &tenants);
    /// Forgets subnets and addresses; all that there are follow by load() and endLoad().
    void beginWhole();
    [[nodiscard]] bool hasWholeTree() const { return m_subnets.isWhole(); }
    /// What was asked and is not known; nothing for a topology with the whole tree.
    [[nodiscard]] bool hasNotes() const { return m_notes && !m_notes->isEmpty(); }
    [[nodiscard]] TreeNotes takeNotes();
    /// Whoever knows that it is going to ask everywhere.
    void noteWhole();
    /// Takes in the rows of a part that was noted, ascending.
    void learn(const TreePart &part, const std::vector<Row> &rows);
    /// The rows of a part, for another topology to learn(); notes what is missing here.
    [[nodiscard]] std::vector<Row> rowsOf(const TreePart &part) const;

    /// Subnets that count as exclusions and overlap `prefix`: those strictly inside of an instance's stand-in range,
    /// whose role is not `standin-range`. \source SEMANTICS.md 2
    [[nodiscard]] std::vector<SubnetRow> subnetExclusions(const Prefix &prefix) const;
    [[nodiscard]] bool hasSubnetExclusion(const Prefix &prefix) const;

    /// The row now stored under the identity of `row`, or none.
    [[nodiscard]] std::optional<Row> current(const Row &row) const;

    /// Carries out one change. `change.before` is not compared with what is there: that is the caller's business.
    ///
    /// \complexity O(log n)
    void apply(const RowChange &change);
    /// apply() for what others have committed: where nobody has asked about a part of the tree, nothing is to be done.
    void follow(const RowChange &change);
    /// For an edit, before it takes a row away.
    void noteRemoval(const Row &row) const;

    /// Claims of any CN whose real prefix or hold overlaps `prefix`, each once, ordered by (cn, real).
    ///
    /// \complexity of the answer, which is every claim when everybody has that LAN: ask hasClaim() where that will do
    [[nodiscard]] std::vector<const ClaimRow *> claimsOverlapping(const Prefix &prefix) const;
    /// Claims of any CN whose hold overlaps `prefix`, ordered by (cn, real): never many, because holds are apart.
    [[nodiscard]] std::vector<const ClaimRow *> claimsHolding(const Prefix &prefix) const;
    /// True if `matches(claim)` is, for a claim whose real prefix or hold overlaps `prefix`; stops at the first that
    /// does.
    template <typename Predicate>
    [[nodiscard]] bool hasClaim(const Prefix &prefix, Predicate &&matches) const
    {
        const auto test = [&](const Prefix &, const ClaimRow *claim) { return matches(*claim); };
        return m_holds.anyOverlapping(prefix, test) || m_translated.anyOverlapping(prefix, test);
    }
    /// Pools of all instances that overlap `prefix`, ordered by key.
    [[nodiscard]] std::vector<const PoolRow *> poolsOverlapping(const Prefix &prefix) const;
    /// Ordered by prefix.
    [[nodiscard]] std::vector<const ExclusionRow *> exclusionsOverlapping(const Prefix &prefix) const;
    /// Quarantined carve-outs that overlap `prefix` and whose time has not passed at `now`, ordered by prefix.
    [[nodiscard]] std::vector<const QuarantineRow *> quarantinesOverlapping(const Prefix &prefix, Timestamp now) const;
    /// Those that overlap `prefix` and whose time has passed: rows that nothing needs any more.
    [[nodiscard]] std::vector<const QuarantineRow *> expiredQuarantines(const Prefix &prefix, Timestamp now) const;

    /// Who holds `address` in `tenant`, or null.
    [[nodiscard]] const AllocationRow *holderOf(const QString &tenant, Address address) const;
    /// Everybody who does: more than one only inside of an edit that is about to be refused or not done yet.
    [[nodiscard]] std::vector<const AllocationRow *> holdersOf(const QString &tenant, Address address) const;
    /// The lowest address of `pool`, which is IPv4, that nobody holds in `tenant` and that is none of `unusable`.
    /// The first question about a pool files its allocations; later ones cost O(log n).
    [[nodiscard]] std::optional<Address> freeAddress(const QString &tenant, const Prefix &pool,
                                                     std::span<const Address> unusable);
    /// Allocations of `instance` with an address in `block`, ascending.
    [[nodiscard]] std::vector<const AllocationRow *> allocationsIn(const InstanceName &instance,
                                                                   const Prefix &block) const;
    /// Allocations of `cn` on all instances.
    [[nodiscard]] std::vector<const AllocationRow *> allocationsOf(const CommonName &cn) const;

    /// Members of `network` that are to have `address`: more than one only inside of an edit.
    [[nodiscard]] std::vector<const MemberRow *> membersAt(const NetworkName &network, Address address) const;

    /// The lowest carve-out of `length` in `range` that nothing occupies at `now`: no claim's real prefix or hold, no
    /// pool, no exclusion, no quarantine. None when the range is exhausted. The first question about a range files
    /// every row into an allocator; later ones cost O(log n).
    [[nodiscard]] std::optional<Prefix> freeCarveOut(const Prefix &range, int length, Timestamp now);
    /// True if nothing occupies any part of `prefix` at `now` except what belongs to `cn`'s claim on `real`.
    [[nodiscard]] bool isUnoccupied(const Prefix &prefix, Timestamp now, const CommonName &cn,
                                    const Prefix &real) const;
    /// The allocator of `range` as it stands at `now`, for counts, gaps and maps.
    [[nodiscard]] const CarveOutAllocator &allocatorOf(const Prefix &range, Timestamp now);

    /// Keeps `prefix` out of freeCarveOut() for as long as it lives.
    class Occupation
    {
    public:
        Occupation(Topology &topology, const Prefix &prefix);
        ~Occupation();
        Occupation(const Occupation &) = delete;
        Occupation &operator=(const Occupation &) = delete;

    private:
        Topology &m_topology;
        Prefix m_prefix;
    };

    /// A setting's value, or `fallback`.
    [[nodiscard]] QString setting(const QString &name, const QString &fallback) const;

private:
    template <typename R>
    RowSet<R> &mutableRows()
    {
        return std::get<RowSet<R>>(m_rows);
    }
    template <typename R>
    void removeRow(const R &row);
    template <typename R>
    void insertRow(const R &row);
    void followSubnet(const RowChange &change, const SubnetRow &row);

    // What a row occupies in the allocators and indexes; most tables occupy nothing.
    template <typename R>
    void file(const R &)
    {
    }
    template <typename R>
    void unfile(const R &)
    {
    }
    void file(const PoolRow &row);
    void file(const AllocationRow &row);
    void file(const ClaimRow &row);
    void file(const ExclusionRow &row);
    void file(const QuarantineRow &row);
    void file(const SubnetRow &row);
    void file(const MemberRow &row);
    void unfile(const PoolRow &row);
    void unfile(const AllocationRow &row);
    void unfile(const ClaimRow &row);
    void unfile(const ExclusionRow &row);
    void unfile(const QuarantineRow &row);
    void unfile(const SubnetRow &row);
    void unfile(const MemberRow &row);

    void occupy(const Prefix &prefix);
    void vacate(const Prefix &prefix);
    template <typename Found>
    bool anySubnetExclusion(const Prefix &prefix, Found &&found) const;
    void occupyAddress(const AllocationRow &row);
    void vacateAddress(const AllocationRow &row);
    CarveOutAllocator &allocatorFor(const Prefix &range);
    void setQuarantineTime(Timestamp now);

    std::tuple<RowSet<InstanceRow>, RowSet<PoolRow>, RowSet<ConnectorRow>, RowSet<IrouteRow>, RowSet<AllocationRow>,
               RowSet<ClaimRow>, RowSet<ExclusionRow>, RowSet<QuarantineRow>, RowSet<OptionRow>, RowSet<SettingRow>,
               RowSet<TenantRow>, RowSet<ControllerRow>, RowSet<NetworkRow>, RowSet<OwnedRouteRow>,
               RowSet<OwnedPoolRow>, RowSet<GroupRow>, RowSet<DeviceRow>, RowSet<MemberRow>, RowSet<VariableRow>,
               RowSet<TemplateRow>, RowSet<DivisionRuleRow>, RowSet<DivisionShareRow>>
        m_rows;
    SubnetSpace m_subnets;
    AddressSpace m_addresses;
    std::shared_ptr<TreeNotes> m_notes; ///< where the two note; none when the tree is whole
    PrefixMultiMap<const ClaimRow *> m_holds;
    PrefixMultiMap<const ClaimRow *> m_translated; ///< claims with a stand-in, by their real prefix
    PrefixMultiMap<const PoolRow *> m_pools;
    PrefixMultiMap<const ExclusionRow *> m_exclusions;
    PrefixMultiMap<const QuarantineRow *> m_quarantines;
    // Two rows may hold one address for a moment, when an edit exchanges addresses.
    std::multimap<std::pair<QString, Address>, const AllocationRow *> m_holders;
    std::multimap<std::pair<InstanceName, Address>, const AllocationRow *> m_byAddress;
    std::multimap<std::pair<NetworkName, Address>, const MemberRow *> m_memberAddresses;
    std::map<Prefix, CarveOutAllocator> m_allocators;
    std::map<std::pair<QString, Prefix>, CarveOutAllocator>
        m_addressSpaces; ///< by tenant and pool, in blocks of one address
    std::vector<Prefix> m_occupations;
    /// Every quarantined carve-out, soonest end first. The allocators count those as occupied that end after
    /// m_quarantineTime.
    std::set<std::pair<Timestamp, Prefix>> m_quarantineEnds;
    Timestamp m_quarantineTime = Timestamp::fromMilliseconds(std::numeric_limits<qint64>::min());
};

} // namespace interlock
