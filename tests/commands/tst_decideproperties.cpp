// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"

#include "model/rules/lan.h"
#include "tests/support/desk.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

// What SEMANTICS.md 2 and 5 promise for every sequence of commands, refused ones included.

namespace {

template <typename T>
T pick(std::initializer_list<T> values)
{
    return *rc::gen::elementOf(std::vector<T>(values));
}

CommonName anyCn()
{
    return cname(pick<QStringView>({u"a", u"b", u"c", u"d"}));
}
InstanceName anyInstance()
{
    return iname(pick<QStringView>({u"main", u"both"}));
}
/// Few enough to collide, inside the ranges and outside, of several lengths and both families.
Prefix anyLan()
{
    return pfx(pick<QStringView>({u"192.168.1.0/24", u"192.168.0.0/22", u"192.168.1.64/27", u"192.168.1.66/32",
                                  u"192.168.3.0/24", u"100.64.0.0/26", u"100.64.0.32/27", u"100.64.1.0/24",
                                  u"100.64.0.0/30", u"10.8.0.0/25", u"10.9.0.0/16", u"10.7.0.0/24", u"fd00:1::/48",
                                  u"fd00:1:0:1::/64", u"172.16.0.0/12"}));
}
Prefix anyInRange()
{
    const auto offset = static_cast<std::uint32_t>(*rc::gen::inRange(0, 512));
    return Prefix(Address::ipv4(0x6440'0000U + offset), *rc::gen::inRange(22, 33));
}

Command anyIrouteSet()
{
    std::vector<Prefix> lans;
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i)
        lans.push_back(anyLan());
    return ReplaceIroutes{anyCn(), lans};
}

Command anyPools()
{
    SetInstance command{anyInstance()};
    command.network = pfx(u"10.0.0.0/8");
    command.serverAddress = addr(u"10.255.0.1");
    command.pools =
        std::vector{pfx(pick<QStringView>({u"10.8.0.0/24", u"10.9.0.0/24", u"10.9.4.0/22", u"10.7.0.0/25"}))};
    if (pick({true, false}))
        command.pools->push_back(pfx(u"fd00:1::/56"));
    command.moveClaims = pick({true, true, false});
    command.dropAllocations = pick({true, false});
    return command;
}

Command anyPolicy()
{
    SetInstance command{anyInstance()};
    command.collision = pick({CollisionPolicy::KeepFirst, CollisionPolicy::StandInBoth});
    command.autoAllocate = pick({true, false});
    command.standinRange = pfx(pick<QStringView>({u"100.64.0.0/22", u"100.64.0.0/23", u"100.64.2.0/24"}));
    return command;
}

Command anyImport()
{
    std::vector<CcdEntry> entries;
    for (const auto *cn : {u"a", u"b"}) {
        const auto last = static_cast<std::uint32_t>(*rc::gen::inRange(2, 5));
        entries.push_back(
            {cname(cn), Address::ipv4(0x0a08'0000U + last), {}, {anyLan()}, {{OptionType::Ping, u"10"_s}}});
    }
    return ImportCcd{iname(u"main"), entries};
}

Command anyRevert(const Desk &desk)
{
    const auto size = static_cast<int>(desk.journal.size());
    // Mostly of late entries: the older ones are conflicts nearly always.
    const int back = *rc::gen::inRange(0, std::min(size, pick({1, 3, 100})) + 1);
    return Revert{{size - back}};
}

Command anyCommand(const Desk &desk)
{
    switch (*rc::gen::inRange(0, 22)) {
    case 0:
    case 1:
        return anyIrouteSet();
    case 2:
    case 3:
    case 4:
    case 5:
        return ResolveClaim{anyCn(), anyLan(), anyInstance()};
    case 6:
        return ReleaseClaim{anyCn(), anyLan()};
    case 7:
        return ReassignClaim{pick({true, false}) ? anyLan() : anyInRange(), anyCn(), iname(u"main")};
    case 8:
        return StandInClaim{anyCn(), anyLan()};
    case 9:
        return StandInClaim{anyCn(), anyLan(), anyInRange()};
    case 10:
        return ExcludePrefix{anyInRange(), {}};
    case 11:
        return UnexcludePrefix{anyInRange()};
    case 12:
        return anyPools();
    case 13:
        return anyPolicy();
    case 14:
        return RemoveConnector{anyCn()};
    case 15:
        return RenameConnector{anyCn(), cname(pick<QStringView>({u"a", u"b", u"e"}))};
    case 16:
        return DecideConnect{anyCn(), anyInstance()};
    case 17:
        return SetSetting{u"quarantineHours"_s, pick({u"0"_s, u"1"_s, u""_s})};
    case 18:
        return anyImport();
    case 19:
        return RequestAllocation{anyCn(), anyInstance()};
    default:
        return anyRevert(desk);
    }
}

Desk smallDesk()
{
    Desk desk;
    for (const auto *name : {u"main", u"both"}) {
        InstanceRow row = instanceRow(name, u"10.0.0.0/8");
        row.serverAddress = addr(u"10.255.0.1");
        row.standinRange = pfx(u"100.64.0.0/22");
        if (row.name == iname(u"both"))
            row.collision = CollisionPolicy::StandInBoth;
        const QStringList pools{row.name == iname(u"main") ? u"10.8.0.0/24"_s : u"10.10.0.0/24"_s};
        if (!desk.submit(AddInstance{row, pfxs(pools)}))
            qFatal("the desk of the test is broken");
    }
    return desk;
}

/// Calls `check(desk, command, outcome, claims before)` after each of many random commands.
template <typename Check>
void afterEachOfManyCommands(Check &&check)
{
    Desk desk = smallDesk();
    const int count = *rc::gen::inRange(1, 60);
    for (int i = 0; i < count; ++i) {
        const Command command = anyCommand(desk);
        const RowSet<ClaimRow> before = desk.topology.rows<ClaimRow>();
        desk.lastChanges.clear();
        const auto outcome = desk.submit(command);
        RC_LOG() << commandName(command).toStdString() << ": " << refusalOf(outcome).toStdString() << '\n';
        check(desk, command, outcome, before);
        desk.pass(std::chrono::minutes(*rc::gen::inRange(0, 40)));
    }
}

void holdsAreApart(const Topology &topology)
{
    const auto &claims = topology.rows<ClaimRow>();
    for (auto a = claims.begin(); a != claims.end(); ++a) {
        RC_ASSERT(a->hold.contains(a->virtualPrefix));
        RC_ASSERT(a->virtualPrefix.length() == a->real.length());
        RC_ASSERT(topology.poolsOverlapping(a->hold).empty());
        RC_ASSERT(topology.find<ConnectorRow>(a->cn) && topology.find<InstanceRow>(a->instance));
        for (auto b = std::next(a); b != claims.end(); ++b) {
            // Two kept prefixes of one CN may overlap, when one of them is out of use; nothing else may.
            const bool mayOverlap = a->cn == b->cn && a->isSentinel() && b->isSentinel();
            RC_ASSERT(mayOverlap || !a->hold.overlaps(b->hold));
        }
    }
}

/// Claims whose verdict is another one than in `before`, or new.
std::vector<ClaimRow> newVerdicts(const Topology &topology, const RowSet<ClaimRow> &before)
{
    std::vector<ClaimRow> found;
    for (const ClaimRow &claim : topology.rows<ClaimRow>()) {
        const auto it = before.find(claim);
        if (it == before.end() || it->virtualPrefix != claim.virtualPrefix)
            found.push_back(claim);
    }
    return found;
}

/// What a stand-in must not lie on at the moment it is granted; later a LAN may come that does.
void standInIsClean(const Desk &desk, const ClaimRow &claim)
{
    RC_ASSERT(desk.topology.exclusionsOverlapping(claim.hold).empty());
    RC_ASSERT(desk.topology.quarantinesOverlapping(claim.hold, desk.now).empty());
    for (const ClaimRow *other : desk.topology.claimsOverlapping(claim.hold))
        RC_ASSERT(*other == claim);
}

bool mayChangeVerdicts(const Command &command, const Desk &desk, const ClaimRow &claim)
{
    if (const auto *rename = std::get_if<RenameConnector>(&command))
        return claim.cn == rename->from;
    if (const auto *removed = std::get_if<RemoveConnector>(&command))
        return claim.cn == removed->cn;
    if (const auto *released = std::get_if<ReleaseClaim>(&command))
        return claim.cn == released->cn && claim.real == released->real;
    if (const auto *moved = std::get_if<StandInClaim>(&command))
        return claim.cn == moved->cn && claim.real == moved->real;
    if (const auto *reassigned = std::get_if<ReassignClaim>(&command))
        return claim.hold.overlaps(reassigned->real) || (claim.cn == reassigned->to && claim.real == reassigned->real);
    if (const auto *set = std::get_if<SetInstance>(&command))
        return set->moveClaims;
    const auto collides = [&](const InstanceName &instance) {
        return desk.topology.find<InstanceRow>(instance)->collision == CollisionPolicy::StandInBoth &&
               claim.isSentinel();
    };
    if (const auto *resolve = std::get_if<ResolveClaim>(&command))
        return collides(resolve->instance) && claim.cn != resolve->cn && claim.real.overlaps(resolve->real);
    if (const auto *connect = std::get_if<DecideConnect>(&command))
        return collides(connect->instance) && claim.cn != connect->cn;
    return std::holds_alternative<Revert>(command);
}

} // namespace

class TestDecideProperties : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsOfDifferentConnectorsNeverOverlap();
    void aNewStandInLiesOnNothing();
    void verdictsChangeOnlyByTheVerbsThatMayChangeThem();
    void resolvingAgainInAnyOrderReshufflesNothing();
    void aRefusedOrPreviewedCommandLeavesNoTrace();
    void replayedChangeSetsGiveTheSameRows();
    void changesAreCarriedOutInOrderWithoutMeetingAnybody();
    void whatWasRevertedIsAsItWas();
    void allocationsAreUniqueAndInTheirPools();
};

void TestDecideProperties::holdsOfDifferentConnectorsNeverOverlap()
{
    QVERIFY(rc::check("holds are apart, as long as the LAN, and on no pool", [] {
        afterEachOfManyCommands(
            [](const Desk &desk, const Command &, const auto &, const auto &) { holdsAreApart(desk.topology); });
    }));
}

void TestDecideProperties::aNewStandInLiesOnNothing()
{
    QVERIFY(rc::check("a stand-in that is granted overlaps no claim, exclusion or quarantine", [] {
        afterEachOfManyCommands(
            [](const Desk &desk, const Command &command, const auto &, const RowSet<ClaimRow> &before) {
                if (std::holds_alternative<RenameConnector>(command) || std::holds_alternative<Revert>(command))
                    return; // they grant nothing new
                for (const ClaimRow &claim : newVerdicts(desk.topology, before)) {
                    if (!claim.isSentinel())
                        standInIsClean(desk, claim);
                }
            });
    }));
}

void TestDecideProperties::verdictsChangeOnlyByTheVerbsThatMayChangeThem()
{
    QVERIFY(rc::check("a verdict that exists stays unless a verb is about it", [] {
        afterEachOfManyCommands(
            [](const Desk &desk, const Command &command, const auto &, const RowSet<ClaimRow> &before) {
                for (const ClaimRow &claim : before) {
                    const auto *now = desk.topology.find<ClaimRow>(claim.cn, claim.real);
                    if (!now || now->virtualPrefix != claim.virtualPrefix)
                        RC_ASSERT(mayChangeVerdicts(command, desk, claim));
                    else
                        RC_ASSERT(*now == claim); // not even its version
                }
            });
    }));
}

void TestDecideProperties::resolvingAgainInAnyOrderReshufflesNothing()
{
    QVERIFY(rc::check("every existing claim is answered as it stands", [] {
        Desk desk = smallDesk();
        const int count = *rc::gen::inRange(1, 40);
        for (int i = 0; i < count; ++i)
            (void)desk.submit(anyCommand(desk));
        const std::vector<ClaimRow> claims(desk.topology.rows<ClaimRow>().begin(),
                                           desk.topology.rows<ClaimRow>().end());
        const QStringList before = desk.fingerprint();
        for (int i = 0; i < 10 && !claims.empty(); ++i) {
            const ClaimRow &claim = claims[*rc::gen::inRange<std::size_t>(0, claims.size())];
            RC_ASSERT(refusalOf(desk.submit(ResolveClaim{claim.cn, claim.real, anyInstance()})) == u"accepted"_s);
        }
        RC_ASSERT(desk.fingerprint() == before);
    }));
}

void TestDecideProperties::aRefusedOrPreviewedCommandLeavesNoTrace()
{
    QVERIFY(rc::check("rows and free space are as before after a refusal and after a preview", [] {
        Desk desk = smallDesk();
        const int count = *rc::gen::inRange(1, 40);
        for (int i = 0; i < count; ++i) {
            const Command command = anyCommand(desk);
            if (std::holds_alternative<Revert>(command))
                continue;
            const QStringList before = desk.fingerprint();
            {
                TopologyEdit edit(desk.topology);
                (void)decide(edit, command, desk.now);
            }
            RC_ASSERT(desk.fingerprint() == before);
            if (!desk.submit(command))
                RC_ASSERT(desk.fingerprint() == before);
        }
    }));
}

void TestDecideProperties::replayedChangeSetsGiveTheSameRows()
{
    QVERIFY(rc::check("the journal rebuilds the tables, and every before image is what was there", [] {
        Desk desk = smallDesk();
        const int count = *rc::gen::inRange(1, 60);
        for (int i = 0; i < count; ++i)
            (void)desk.submit(anyCommand(desk));
        Topology replayed;
        (void)fingerprintOf(replayed, desk.now, desk.ranges());
        for (const JournalEntry &entry : desk.journal) {
            std::set<std::pair<std::size_t, QString>> touched;
            bool isBehindDeletions = false;
            for (const RowChange &change : entry.changes) {
                RC_ASSERT(touched.emplace(tableOf(change.any()), keyOf(change.any())).second);
                RC_ASSERT(change.before != change.after);
                RC_ASSERT(replayed.current(change.any()) == change.before);
                RC_ASSERT(change.after || !isBehindDeletions);
                isBehindDeletions = change.after.has_value();
                replayed.apply(change);
            }
        }
        RC_ASSERT(fingerprintOf(replayed, desk.now, desk.ranges()) == desk.fingerprint());
    }));
}

void TestDecideProperties::changesAreCarriedOutInOrderWithoutMeetingAnybody()
{
    QVERIFY(rc::check("no step of a change set lays a claim on another's", [] {
        Desk desk = smallDesk();
        const int count = *rc::gen::inRange(1, 60);
        for (int i = 0; i < count; ++i)
            (void)desk.submit(anyCommand(desk));
        Topology replayed;
        for (const JournalEntry &entry : desk.journal) {
            for (const RowChange &change : entry.changes) {
                replayed.apply(change);
                const auto *claim = change.after ? std::get_if<ClaimRow>(&*change.after) : nullptr;
                if (!claim)
                    continue;
                for (const ClaimRow *other : replayed.claimsHolding(claim->hold))
                    RC_ASSERT(other->cn == claim->cn);
            }
        }
    }));
}

void TestDecideProperties::whatWasRevertedIsAsItWas()
{
    QVERIFY(rc::check("the newest entry can always be taken back, and gives what was there", [] {
        Desk desk = smallDesk();
        const int count = *rc::gen::inRange(1, 40);
        for (int i = 0; i < count; ++i) {
            const Command command = anyCommand(desk);
            if (std::holds_alternative<Revert>(command))
                continue;
            const auto isRow = [](const QString &line) {
                return !line.startsWith(u"free"_s) && !line.startsWith(u"claim_quarantine"_s);
            };
            const auto rows = [&] {
                QStringList list;
                for (const QString &line : desk.content()) {
                    if (isRow(line))
                        list += line;
                }
                return list;
            };
            const QStringList before = rows();
            const auto entries = desk.journal.size();
            RC_LOG() << commandName(command).toStdString() << '\n';
            if (!desk.submit(command) || desk.journal.size() == entries)
                continue;
            if (*rc::gen::inRange(0, 3) == 0) {
                if (std::holds_alternative<DecideConnect>(command)) {
                    RC_ASSERT(desk.undo() == u"!unsupported"_s);
                    continue;
                }
                RC_ASSERT(desk.undo() == u"accepted"_s);
                RC_ASSERT(rows() == before);
            }
        }
    }));
}

void TestDecideProperties::allocationsAreUniqueAndInTheirPools()
{
    QVERIFY(rc::check("an address has one holder and lies in a pool of its instance", [] {
        afterEachOfManyCommands([](const Desk &desk, const Command &, const auto &, const auto &) {
            for (const AllocationRow &row : desk.topology.rows<AllocationRow>()) {
                RC_ASSERT(desk.topology.holdersOf(row.tenant, row.address).size() == 1U);
                const auto pools = desk.topology.poolsOverlapping(Prefix(row.address, row.address.width()));
                RC_ASSERT(
                    std::ranges::any_of(pools, [&](const PoolRow *pool) { return pool->instance == row.instance; }));
                RC_ASSERT(desk.topology.find<ConnectorRow>(row.cn) != nullptr);
            }
        });
    }));
}

QTEST_GUILESS_MAIN(TestDecideProperties)
#include "tst_decideproperties.moc"
