// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/subnetfree.h"
#include "model/rules/subnetqueries.h"
#include "tests/support/desk.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

// A topology that holds the tree in parts answers what one with the whole tree answers, once it has read what it noted.

namespace {

/// The rows of a part, found the slow way.
std::vector<Row> rowsOf(const Topology &all, const TreePart &part)
{
    std::vector<Row> rows;
    if (part.kind == TreePart::Kind::Addresses) {
        all.addresses().forEach([&](const AddressRow &row) {
            if (row.tenant == part.tenant && row.address >= part.first && row.address <= part.last &&
                rows.size() < part.atMost)
                rows.emplace_back(row);
        });
        return rows;
    }
    std::vector<SubnetRow> mine;
    all.subnets().forEach([&](const SubnetRow &row) {
        if (row.tenant == part.tenant)
            mine.push_back(row);
    });
    const auto isInside = [&](const Prefix &prefix) { return prefix != part.prefix && part.prefix.contains(prefix); };
    for (const SubnetRow &row : mine) {
        const bool hasOuter = std::ranges::any_of(mine, [&](const SubnetRow &other) {
            return isInside(other.prefix) && other.prefix != row.prefix && other.prefix.contains(row.prefix);
        });
        const bool isWanted = row.prefix.contains(part.prefix) ||
                              (part.kind == TreePart::Kind::Inside && isInside(row.prefix)) ||
                              (part.kind == TreePart::Kind::Children && isInside(row.prefix) && !hasOuter);
        if (isWanted)
            rows.emplace_back(row);
    }
    return rows;
}

/// Two topologies with the same rows: one has the whole tree, the other one reads what it is asked for.
struct Pair
{
    Desk whole;
    Topology parts;
    std::size_t rounds = 0;

    Pair() { forget(); }

    /// Everything of the second topology anew, without the tree.
    void forget()
    {
        std::vector<QString> tenants;
        for (const auto &[tenant, tree] : whole.topology.subnets().trees()) {
            if (tree.any())
                tenants.push_back(tenant);
        }
        parts = Topology();
        whole.topology.forEachRow<InstanceRow>([&](const InstanceRow &row) { parts.load(row); });
        whole.topology.forEachRow<PoolRow>([&](const PoolRow &row) { parts.load(row); });
        whole.topology.forEachRow<ConnectorRow>([&](const ConnectorRow &row) { parts.load(row); });
        whole.topology.forEachRow<IrouteRow>([&](const IrouteRow &row) { parts.load(row); });
        whole.topology.forEachRow<AllocationRow>([&](const AllocationRow &row) { parts.load(row); });
        whole.topology.forEachRow<ClaimRow>([&](const ClaimRow &row) { parts.load(row); });
        whole.topology.forEachRow<SettingRow>([&](const SettingRow &row) { parts.load(row); });
        whole.topology.forEachRow<QuarantineRow>([&](const QuarantineRow &row) { parts.load(row); });
        whole.topology.forEachRow<TenantRow>([&](const TenantRow &row) { parts.load(row); });
        parts.beginParts(tenants);
    }

    /// What `ask(topology)` answers on the second one when nothing is missing any more.
    template <typename Ask>
    auto settled(Ask ask)
    {
        (void)parts.takeNotes();
        for (rounds = 1;; ++rounds) {
            auto answer = ask(parts);
            TreeNotes notes = parts.takeNotes();
            if (notes.isEmpty())
                return answer;
            if (rounds > 100)
                qFatal("a question never ends");
            if (notes.wantsWhole())
                readWhole();
            else {
                for (const TreePart &part : notes.take())
                    parts.learn(part, rowsOf(whole.topology, part));
            }
        }
    }

    void readWhole()
    {
        parts.beginWhole();
        whole.topology.forEachRow<SubnetRow>([&](const SubnetRow &row) { parts.load(row); });
        whole.topology.forEachRow<AddressRow>([&](const AddressRow &row) { parts.load(row); });
        parts.endLoad();
    }
};

template <typename T>
T pick(std::initializer_list<T> values)
{
    return *rc::gen::elementOf(std::vector<T>(values));
}

QString anyTenant()
{
    return pick<QString>({u""_s, u""_s, u"a"_s, u"b"_s});
}

/// In few enough addresses to nest and collide, inside of the stand-in range and outside, of both families.
Prefix anyPrefix()
{
    const int where = *rc::gen::inRange(0, 12);
    if (where == 0)
        return Prefix(Address::ipv4(0x6440'0000U + static_cast<std::uint32_t>(*rc::gen::inRange(0, 1024))),
                      *rc::gen::inRange(21, 33));
    if (where == 1)
        return Prefix(
            Address(Family::IPv6, (uint128{0xfd00} << 112U) + static_cast<std::uint32_t>(*rc::gen::inRange(0, 64))),
            *rc::gen::inRange(118, 129));
    if (where == 2)
        return Prefix(Address(pick({Family::IPv4, Family::IPv6}), 0), 0);
    return Prefix(Address::ipv4(0x0a00'0000U + static_cast<std::uint32_t>(*rc::gen::inRange(0, 512))),
                  *rc::gen::inRange(22, 33));
}

Address anyAddress()
{
    return Address::ipv4(0x0a00'0000U + static_cast<std::uint32_t>(*rc::gen::inRange(0, 512)));
}

/// Mostly one that is stored.
SubnetKey anySubnet(const Topology &topology)
{
    std::vector<SubnetKey> stored;
    topology.subnets().forEach([&](const SubnetRow &row) { stored.push_back({row.tenant, row.prefix}); });
    if (stored.empty() || *rc::gen::inRange(0, 8) == 0)
        return {anyTenant(), anyPrefix()};
    return stored[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(stored.size())))];
}

SubnetRow anyRow()
{
    return {anyTenant(),
            anyPrefix(),
            pick<QString>({u""_s, u"x"_s}),
            pick({SubnetRole::None, SubnetRole::Container}),
            {},
            {},
            {},
            {},
            0};
}

Command anyCommand(const Desk &desk)
{
    const SubnetKey key = anySubnet(desk.topology);
    const int deeper = std::min(key.prefix.length() + *rc::gen::inRange(0, 5), key.prefix.first().width());
    switch (*rc::gen::inRange(0, 24)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
        return AddSubnet{anyRow(), *rc::gen::inRange(0, 6) == 0, {}, *rc::gen::inRange(0, 2), *rc::gen::inRange(0, 2)};
    case 7:
        return AllocateSubnets{key.tenant, key.prefix, deeper, *rc::gen::inRange(1, 4), anyRow(), 0, 0};
    case 8:
        return SplitSubnet{key.tenant, key.prefix, deeper, pick({true, false})};
    case 9: {
        const auto sibling =
            Prefix(Address(key.prefix.family(),
                           key.prefix.first().value() ^
                               (Prefix::maskOf(key.prefix.family(), key.prefix.length()) ^
                                Prefix::maskOf(key.prefix.family(), std::max(0, key.prefix.length() - 1)))),
                   key.prefix.length());
        return MergeSubnets{key.tenant, {key.prefix, sibling}};
    }
    case 10:
        return ResizeSubnet{key.tenant, key.prefix, std::max(0, key.prefix.length() + *rc::gen::inRange(-2, 3))};
    case 11: {
        const Address target = anyPrefix().first();
        return MoveSubnet{key.tenant, key.prefix, Prefix(target, std::min(key.prefix.length(), target.width())),
                          pick<std::optional<QString>>({std::nullopt, u"a"_s, QString()})};
    }
    case 12:
    case 13:
        return RemoveSubnet{key.tenant, key.prefix, pick({true, false})};
    case 14:
    case 15: {
        RequestAddress command{key.tenant, key.prefix, u"someone"_s};
        command.count = *rc::gen::inRange(1, 4);
        command.choice = pick({AddressChoice::Lowest, AddressChoice::Random, AddressChoice::Sparse});
        command.seed = 7;
        return command;
    }
    case 16:
        return AddAddress{key.tenant, anyAddress(), pick({AddressState::Used, AddressState::Reserved}), u"it"_s};
    case 17:
        return ReleaseAddress{key.tenant, anyAddress(), pick({true, false})};
    case 18:
        return RemoveTenant{pick<QString>({u"a"_s, u"b"_s})};
    case 19:
        return ReplaceIroutes{cname(u"site"), {pfx(pick<QStringView>({u"192.168.1.0/24", u"100.64.1.0/24"}))}};
    case 20:
        return ResolveClaim{cname(pick<QStringView>({u"site", u"other"})),
                            pfx(pick<QStringView>({u"192.168.1.0/24", u"100.64.1.0/24", u"100.64.0.0/26"})),
                            iname(u"main")};
    default: {
        const auto size = static_cast<int>(desk.journal.size());
        return Revert{{size - *rc::gen::inRange(0, std::min(size, 4) + 1)}};
    }
    }
}

/// What a command comes to, as text.
QStringList decided(Topology &topology, const Desk &desk, const Command &command, bool isKept)
{
    TopologyEdit edit(topology);
    Expected<Outcome> outcome = std::monostate();
    if (const auto *revert = std::get_if<Revert>(&command)) {
        const auto index = static_cast<std::size_t>(revert->entry.value - 1);
        if (index >= desk.journal.size())
            return {u"no such entry"_s};
        outcome = revertEntry(edit, desk.journal[index], desk.now);
    } else {
        outcome = decide(edit, command, desk.now);
    }
    if (!outcome)
        return {nameOf(outcome.error().kind), outcome.error().detail};
    QStringList text{u"accepted"_s};
    if (const auto *tree = std::get_if<SubnetOutcome>(&*outcome)) {
        for (const Row &row : tree->rows)
            text += u"row "_s + imageText(row);
        for (const SubnetRow &row : tree->effects.newChildren)
            text += u"child "_s + imageText(Row(row));
        for (const Row &row : tree->effects.lost)
            text += u"lost "_s + imageText(row);
    }
    for (const RowChange &change : isKept ? edit.take() : edit.changes()) {
        text += (change.before ? imageText(*change.before) : u"-"_s) + u" -> "_s +
                (change.after ? imageText(*change.after) : u"-"_s);
    }
    return text;
}

QString keysOf(const std::vector<SubnetRow> &rows)
{
    QStringList list;
    for (const SubnetRow &row : rows)
        list += imageText(Row(row));
    return list.join(u'\n');
}

QString textOf(const std::vector<Prefix> &prefixes)
{
    QStringList list;
    for (const Prefix &prefix : prefixes)
        list += prefix.toString();
    return list.join(u' ');
}

QString hostsText(const Topology &topology, const SubnetKey &key, std::size_t limit)
{
    QStringList list;
    const auto page = listHosts(topology, key.tenant, key.prefix, {}, limit);
    for (const HostRow &host : page->rows)
        list += host.address.toString() + u' ' + QString::number(static_cast<int>(host.state)) + u' ' + host.holder;
    return list.join(u'\n') + (page->next ? page->next->toString() : QString());
}

/// A question about the tree and its answer as text.
using Question = std::function<QString(Topology &)>;

Question anyQuestion(const Topology &topology, Timestamp now)
{
    const SubnetKey key = anySubnet(topology);
    const int deeper = std::min(key.prefix.length() + *rc::gen::inRange(0, 9), key.prefix.first().width());
    const int count = *rc::gen::inRange(1, 30);
    const Prefix other = anyPrefix();
    const Address address = anyAddress();
    const auto limit = static_cast<std::size_t>(count);
    switch (*rc::gen::inRange(0, 12)) {
    case 0:
        return [=](Topology &t) { return keysOf(subnetChain(t, {}, other)); };
    case 1:
        return [=](Topology &t) { return keysOf(childrenOf(t, key.tenant, key.prefix)); };
    case 2:
        return [=](Topology &t) { return textOf(freeGaps(t, key.tenant, key.prefix, {}, limit)); };
    case 3:
        return [=](Topology &t) { return textOf(nextFreeSubnets(t, key.tenant, key.prefix, deeper, count)); };
    case 4:
        return [=](Topology &t) {
            const auto found = longestMatch(t, key.tenant, address);
            return found ? imageText(Row(*found)) : u"none"_s;
        };
    case 5:
        return [=](Topology &t) {
            const auto found = parentOf(t, key.tenant, key.prefix);
            return found ? imageText(Row(*found)) : u"none"_s;
        };
    case 6:
        return [=](Topology &t) {
            const Utilisation use = utilisationOf(t, key.tenant, key.prefix);
            return u"%1 %2 %3"_s.arg(static_cast<double>(use.free))
                .arg(static_cast<double>(use.inChildren))
                .arg(static_cast<double>(use.usedBelow));
        };
    case 7:
        return [=](Topology &t) { return hostsText(t, key, limit); };
    case 8:
        return [=](Topology &t) {
            return keysOf(t.subnetExclusions(other)) + (t.hasSubnetExclusion(other) ? u'y' : u'n');
        };
    case 9:
        return [=](Topology &t) {
            const auto free = t.freeCarveOut(pfx(u"100.64.0.0/22"), std::clamp(deeper, 22, 32), now);
            return free ? free->toString() : u"none"_s;
        };
    case 10:
        return [=](Topology &t) {
            const SubnetPage page = listSubnets(t, {{}, other, {}, {}}, SubnetKey{key.tenant, key.prefix}, limit);
            return keysOf(page.rows) + (page.next ? page.next->prefix.toString() : QString());
        };
    default:
        return [=](Topology &t) {
            const auto row = t.addresses().find(key.tenant, address);
            return row ? imageText(Row(*row)) : u"none"_s;
        };
    }
}

void anyStep(Pair &pair)
{
    const int what = *rc::gen::inRange(0, 10);
    if (what == 0)
        return pair.forget();
    if (what < 4) {
        const Question ask = anyQuestion(pair.whole.topology, pair.whole.now);
        RC_ASSERT(pair.settled(ask) == ask(pair.whole.topology));
        return;
    }
    const Command command = anyCommand(pair.whole);
    const bool isOwn = pick({true, false});
    const QStringList expected = decided(pair.whole.topology, pair.whole, command, false);
    const QStringList found =
        pair.settled([&](Topology &topology) { return decided(topology, pair.whole, command, false); });
    RC_ASSERT(found == expected);
    if (expected.front() != u"accepted"_s)
        return;
    if (isOwn)
        (void)decided(pair.parts, pair.whole, command, true);
    RC_ASSERT(!pair.parts.hasNotes());
    RC_ASSERT(pair.whole.submit(command).has_value());
    if (isOwn)
        return;
    for (const RowChange &change : pair.whole.lastChanges)
        pair.parts.follow(change);
    RC_ASSERT(!pair.parts.hasNotes());
}

} // namespace

class TestTreeParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partsAnswerWhatTheWholeAnswers();
    void aQuestionHoldsOnlyWhatItNeeds();
    void whatOthersCommitIsNotHeldUnasked();
};

void TestTreeParts::partsAnswerWhatTheWholeAnswers()
{
    QVERIFY(rc::check([] {
        Pair pair;
        AddInstance command{instanceRow(u"main", u"10.0.1.0/28"), {pfx(u"10.0.1.0/28")}, false};
        command.instance.standinRange = pfx(u"100.64.0.0/22");
        RC_ASSERT(pair.whole.submit(command).has_value());
        RC_ASSERT(pair.whole.submit(SetSetting{u"addressQuarantineHours"_s, u"1"_s}).has_value());
        pair.forget();
        const int steps = *rc::gen::inRange(1, 40);
        for (int i = 0; i < steps; ++i)
            anyStep(pair);
    }));
}

void TestTreeParts::aQuestionHoldsOnlyWhatItNeeds()
{
    Pair pair;
    pair.whole.topology.beginWhole();
    const auto add = [&](const Prefix &prefix) {
        pair.whole.topology.load(SubnetRow{{}, prefix, {}, SubnetRole::None, {}, {}, {}, {}, 1});
    };
    add(pfx(u"10.0.0.0/8"));
    for (std::uint32_t region = 0; region < 8; ++region) {
        add(Prefix(Address::ipv4(0x0a00'0000U + (region << 16U)), 16));
        for (std::uint32_t server = 0; server < 200; ++server)
            add(Prefix(Address::ipv4(0x0a00'0000U + (region << 16U) + (server << 8U)), 24));
    }
    pair.whole.topology.endLoad();
    pair.forget();

    const auto chain = pair.settled([](Topology &t) { return subnetChain(t, {}, pfx(u"10.3.7.9/32")); });
    QCOMPARE(chain.size(), std::size_t{3});
    QCOMPARE(pair.parts.subnets().size(), std::size_t{3});

    // The master's regions, and of one region the servers.
    const auto free = pair.settled([](Topology &t) { return nextFreeSubnets(t, {}, pfx(u"10.0.0.0/8"), 16, 1); });
    QCOMPARE(free, pfxs({u"10.8.0.0/16"_s}));
    QCOMPARE(pair.parts.subnets().size(), std::size_t{1 + 8 + 1});
    const auto inRegion = pair.settled([](Topology &t) { return nextFreeSubnets(t, {}, pfx(u"10.5.0.0/16"), 24, 1); });
    QCOMPARE(inRegion, pfxs({u"10.5.200.0/24"_s}));
    QCOMPARE(pair.parts.subnets().size(), std::size_t{1 + 8 + 1 + 200});
}

void TestTreeParts::whatOthersCommitIsNotHeldUnasked()
{
    Pair pair;
    const SubnetRow known{u"a"_s, pfx(u"10.0.0.0/24"), u"known"_s, SubnetRole::None, {}, {}, {}, {}, 1};
    const SubnetRow other{u"a"_s, pfx(u"10.9.0.0/24"), {}, SubnetRole::None, {}, {}, {}, {}, 1};
    pair.whole.topology.apply({std::nullopt, known});
    pair.forget();
    const auto name = [&] {
        return pair.settled([](Topology &t) {
            const auto row = t.subnets().find(u"a"_s, pfx(u"10.0.0.0/24"));
            return row ? row->name : u"none"_s;
        });
    };
    QCOMPARE(name(), u"known"_s);

    pair.whole.topology.apply({std::nullopt, other});
    pair.parts.follow({std::nullopt, other});
    QVERIFY(pair.parts.subnets().size() <= 1);
    const AddressRow address{u"a"_s, addr(u"10.9.0.1"), AddressState::Used, {}, {}, {}, {}, {}, {}, 1};
    pair.whole.topology.apply({std::nullopt, address});
    pair.parts.follow({std::nullopt, address});
    QCOMPARE(pair.parts.addresses().size(), std::size_t{0});

    SubnetRow renamed = known;
    renamed.name = u"renamed"_s;
    pair.whole.topology.apply({known, renamed});
    pair.parts.follow({known, renamed});
    QCOMPARE(name(), u"renamed"_s);
    pair.whole.topology.apply({renamed, std::nullopt});
    pair.parts.follow({renamed, std::nullopt});
    QCOMPARE(name(), u"none"_s);
}

QTEST_GUILESS_MAIN(TestTreeParts)
#include "tst_treeparts.moc"
