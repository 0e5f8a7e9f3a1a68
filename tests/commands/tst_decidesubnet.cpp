// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/rules/subnetqueries.h"

#include "tests/support/desk.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

SubnetRow subnetRow(const QString &tenant, QStringView prefix, const QString &name = {})
{
    return {tenant, pfx(prefix), name, SubnetRole::None, {}, {}, {}, {}, 0};
}

/// A desk whose subnets are written as "tenant:prefix", without a tenant for the shared tree.
struct TreeDesk : Desk
{
    static std::pair<QString, Prefix> place(const QString &text)
    {
        const qsizetype colon = text.contains(u'.') ? text.indexOf(u':') : -1;
        return {colon < 0 ? QString() : text.left(colon), pfx(text.mid(colon + 1))};
    }
    static AddSubnet adding(const QString &text, const QString &name = {})
    {
        const auto [tenant, prefix] = place(text);
        return {{tenant, prefix, name, SubnetRole::None, {}, {}, {}, {}, 0}};
    }
    /// "accepted", or kind and sentence of the refusal.
    QString said(const Command &command)
    {
        const auto outcome = submit(command);
        return outcome ? u"accepted"_s : nameOf(outcome.error().kind) + u": "_s + outcome.error().detail;
    }
    QString add(const QString &text, const QString &name = {}) { return said(adding(text, name)); }
    void given(const QStringList &texts)
    {
        for (const QString &text : texts)
            QCOMPARE(add(text), u"accepted"_s);
    }
    [[nodiscard]] QStringList subnets() const
    {
        QStringList list;
        topology.subnets().forEach([&](const SubnetRow &row) {
            list += (row.tenant.isEmpty() ? QString() : row.tenant + u':') + row.prefix.toString() +
                    (row.name.isEmpty() ? QString() : u' ' + row.name);
        });
        return list;
    }
    [[nodiscard]] QStringList addresses() const
    {
        QStringList list;
        topology.addresses().forEach([&](const AddressRow &row) {
            list += (row.tenant.isEmpty() ? QString() : row.tenant + u':') + row.address.toString() + u' ' +
                    enumText(row.state) + (row.holder.isEmpty() ? QString() : u' ' + row.holder);
        });
        return list;
    }
    /// The addresses that were handed out, or the refusal.
    QString request(const QString &text, int count = 1, AddressChoice choice = AddressChoice::Lowest)
    {
        const auto [tenant, prefix] = place(text);
        RequestAddress command{tenant, prefix, u"someone"_s};
        command.count = count;
        command.choice = choice;
        command.seed = 7;
        const auto outcome = submit(command);
        if (!outcome)
            return nameOf(outcome.error().kind);
        QStringList list;
        for (const Row &row : std::get<SubnetOutcome>(*outcome).rows)
            list += std::get<AddressRow>(row).address.toString();
        return list.join(u' ');
    }
    QString take(const QString &tenant, QStringView address, const QString &holder = u"someone"_s)
    {
        AddAddress command{tenant, addr(address), AddressState::Used, holder};
        return said(command);
    }
    /// The whole content is as before after `command` and its undo.
    void verifyUndo(const Command &command)
    {
        const QStringList before = content();
        const QString outcome = said(command);
        QCOMPARE(outcome, u"accepted"_s);
        QVERIFY(content() != before);
        QCOMPARE(undo(), u"accepted"_s);
        QCOMPARE(content(), before);
    }
};

} // namespace

class TestDecideSubnet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSubnetIsPlaced_data();
    void aSubnetIsPlaced();
    void rootsAndParentsAreAsserted_data();
    void rootsAndParentsAreAsserted();
    void badTextIsRefusedByField_data();
    void badTextIsRefusedByField();
    void anEditKeepsEverythingAndIsOneUndo();
    void aSplitPutsPartsInThePlaceOfTheWhole();
    void aSplitRefusesWhatWouldTakeAnAddressAway();
    void mergedSubnetsLoseNothing();
    void whatMakesUpNoPrefixIsNotMerged();
    void aSubnetGrowsAndShrinks();
    void aShrunkSubnetLeavesNoAddressBehind();
    void aMovedSubtreeIsReaddressed(); // CASES I13
    void anInvalidMoveChangesNothing_data();
    void anInvalidMoveChangesNothing(); // CASES I13
    void removingKeepsChildrenUnlessTheyAreNamed();
    void childrenAreAllocatedLowestFirst(); // CASES I15, SOURCES Z7
    void addressesAreHandedOut();           // CASES A3, A4, A6
    void smallSubnetsAreUsedWhole_data();
    void smallSubnetsAreUsedWhole();
    void anAddressIsHeldOnce(); // CASES A1, A2
    void sparseAndRandomAddressesAreFree();
    void aReleasedAddressWaits();
    void aPoolHandsItsAddressesOutItself();       // SEMANTICS 1
    void subnetsInTheStandInRangeAreExclusions(); // SEMANTICS 2
    void anImportIsAllOrNothing();
    void anUndoThatLeavesAnAddressHomelessIsRefused();
    void previewsTellWhatIsTouched();
    void everyCommandIsInTheJournal();
};

void TestDecideSubnet::aSubnetIsPlaced_data()
{
    QTest::addColumn<QStringList>("present");
    QTest::addColumn<QString>("added");
    QTest::addColumn<QString>("said");
    const QString ok = u"accepted"_s;
    QTest::newRow("I2 the same space in two tenants") << QStringList{u"a:10.0.0.0/16"_s} << u"b:10.0.0.0/24"_s << ok;
    QTest::newRow("I3 a shared one above a tenant's nests it")
        << QStringList{u"a:10.0.0.0/16"_s} << u"10.0.0.0/8"_s << ok;
    QTest::newRow("I5 two children") << QStringList{u"10.0.0.0/23"_s, u"10.0.0.0/24"_s} << u"10.0.1.0/24"_s << ok;
    QTest::newRow("I6 tenant child of a shared parent") << QStringList{u"10.0.0.0/8"_s} << u"a:10.1.0.0/16"_s << ok;
    QTest::newRow("I6 shared child of a tenant's parent")
        << QStringList{u"a:10.0.0.0/8"_s} << u"10.1.0.0/16"_s
        << u"overlap: 10.1.0.0/16 (shared) overlaps with 10.0.0.0/8 of tenant a"_s;
    QTest::newRow("I6 a tenant's around a shared one")
        << QStringList{u"10.1.0.0/16"_s} << u"a:10.0.0.0/8"_s
        << u"overlap: 10.0.0.0/8 of tenant a overlaps with 10.1.0.0/16 (shared)"_s;
    QTest::newRow("I7 inside another tenant's under a shared parent")
        << QStringList{u"10.0.0.0/8"_s, u"a:10.1.1.0/24"_s} << u"b:10.1.1.0/25"_s
        << u"overlap: 10.1.1.0/25 of tenant b overlaps with 10.1.1.0/24 of tenant a"_s;
    QTest::newRow("I7 the same as another tenant's under a shared parent")
        << QStringList{u"10.0.0.0/8"_s, u"a:10.1.1.0/24"_s} << u"b:10.1.1.0/24"_s
        << u"exists: 10.1.1.0/24 of tenant b is there already: 10.1.1.0/24 of tenant a"_s;
    QTest::newRow("I7 a shared parent over two tenants that overlap")
        << QStringList{u"a:10.1.1.0/24"_s, u"b:10.1.1.0/25"_s} << u"10.0.0.0/8"_s
        << u"overlap: 10.1.1.0/25 of tenant b overlaps with 10.1.1.0/24 of tenant a"_s;
    QTest::newRow("I12 same tenant") << QStringList{u"a:10.0.0.0/16"_s} << u"a:10.0.0.0/16"_s
                                     << u"exists: 10.0.0.0/16 of tenant a is there already: 10.0.0.0/16 of tenant a"_s;
    QTest::newRow("I12 shared and shared") << QStringList{u"10.0.0.0/16"_s} << u"10.0.0.0/16"_s
                                           << u"exists: 10.0.0.0/16 (shared) is there already: 10.0.0.0/16 (shared)"_s;
    QTest::newRow("I12 shared and tenant")
        << QStringList{u"10.0.0.0/16"_s} << u"a:10.0.0.0/16"_s
        << u"exists: 10.0.0.0/16 of tenant a is there already: 10.0.0.0/16 (shared)"_s;
    QTest::newRow("I12 tenant and shared")
        << QStringList{u"a:10.0.0.0/16"_s} << u"10.0.0.0/16"_s
        << u"exists: 10.0.0.0/16 (shared) is there already: 10.0.0.0/16 of tenant a"_s;
    QTest::newRow("I12 other tenant") << QStringList{u"a:10.0.0.0/16"_s} << u"b:10.0.0.0/16"_s << ok;
}

void TestDecideSubnet::aSubnetIsPlaced()
{
    QFETCH(QStringList, present);
    QFETCH(QString, added);
    TreeDesk d;
    d.given(present);
    const QStringList before = d.fingerprint();
    QTEST(d.add(added), "said");
    if (d.fingerprint() != before) {
        QCOMPARE(d.undo(), u"accepted"_s);
        QStringList subnets;
        for (const QString &line : d.fingerprint()) {
            if (line.startsWith(u"subnet "_s))
                subnets += line;
        }
        QCOMPARE(subnets.size(), present.size());
    }
}

void TestDecideSubnet::rootsAndParentsAreAsserted_data()
{
    QTest::addColumn<QStringList>("present");
    QTest::addColumn<QString>("added");
    QTest::addColumn<QString>("under"); // empty: as a root
    QTest::addColumn<QString>("said");
    QTest::newRow("I1") << QStringList{u"10.0.0.0/16"_s} << u"10.0.0.0/24"_s << QString()
                        << u"overlap: 10.0.0.0/24 (shared) overlaps with 10.0.0.0/16 (shared)"_s;
    QTest::newRow("I1 in the reverse order") << QStringList{u"10.0.0.0/24"_s} << u"10.0.0.0/16"_s << QString()
                                             << u"overlap: 10.0.0.0/16 (shared) overlaps with 10.0.0.0/24 (shared)"_s;
    QTest::newRow("I2 as a root") << QStringList{u"a:10.0.0.0/16"_s} << u"b:10.0.0.0/24"_s << QString()
                                  << u"accepted"_s;
    QTest::newRow("I3") << QStringList{u"a:10.0.0.0/16"_s} << u"10.0.0.0/8"_s << QString()
                        << u"overlap: 10.0.0.0/8 (shared) overlaps with 10.0.0.0/16 of tenant a"_s;
    QTest::newRow("I3 in the reverse order") << QStringList{u"10.0.0.0/8"_s} << u"a:10.0.0.0/16"_s << QString()
                                             << u"overlap: 10.0.0.0/16 of tenant a overlaps with 10.0.0.0/8 (shared)"_s;
    QTest::newRow("I4") << QStringList{u"10.0.0.0/23"_s} << u"192.168.2.0/24"_s << u"10.0.0.0/23"_s
                        << u"invalid: invalid parent: 192.168.2.0/24 does not lie in 10.0.0.0/23"_s;
    QTest::newRow("I10") << QStringList{u"fd00::/48"_s} << u"10.0.0.0/24"_s << u"fd00::/48"_s
                         << u"invalid: IP version mismatch: 10.0.0.0/24 cannot lie in fd00::/48"_s;
    QTest::newRow("the parent is there") << QStringList{u"10.0.0.0/23"_s} << u"10.0.0.0/24"_s << u"10.0.0.0/23"_s
                                         << u"accepted"_s;
    QTest::newRow("the parent is a nearer one")
        << QStringList{u"10.0.0.0/8"_s, u"10.0.0.0/16"_s} << u"10.0.0.0/24"_s << u"10.0.0.0/8"_s
        << u"invalid: invalid parent: 10.0.0.0/24 lies in 10.0.0.0/16 (shared)"_s;
    QTest::newRow("the parent is not stored") << QStringList() << u"10.0.0.0/24"_s << u"10.0.0.0/8"_s
                                              << u"notFound: there is no subnet 10.0.0.0/8 (shared)"_s;
}

void TestDecideSubnet::rootsAndParentsAreAsserted()
{
    QFETCH(QStringList, present);
    QFETCH(QString, added);
    QFETCH(QString, under);
    TreeDesk d;
    d.given(present);
    AddSubnet command = TreeDesk::adding(added);
    command.isRoot = under.isEmpty();
    if (!under.isEmpty())
        command.under = pfx(under);
    QTEST(d.said(command), "said");
}

void TestDecideSubnet::badTextIsRefusedByField_data()
{
    QTest::addColumn<QString>("tenant");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("custom");
    QTest::addColumn<QString>("field");
    QTest::newRow("X6 slug with a blank") << u"two words"_s << QString() << QString() << u"tenant"_s;
    QTest::newRow("upper case slug") << u"Acme"_s << QString() << QString() << u"tenant"_s;
    QTest::newRow("I11 blank name") << QString() << u"   "_s << QString() << u"name"_s;
    QTest::newRow("control character in a name") << QString() << u"a\tb"_s << QString() << u"name"_s;
    QTest::newRow("custom is a list") << QString() << QString() << u"[1]"_s << u"custom"_s;
    QTest::newRow("custom value is a number") << QString() << QString() << uR"({"a":1})"_s << u"custom"_s;
    QTest::newRow("custom key has a blank") << QString() << QString() << uR"({"a b":"1"})"_s << u"custom"_s;
}

void TestDecideSubnet::badTextIsRefusedByField()
{
    QFETCH(QString, tenant);
    QFETCH(QString, name);
    QFETCH(QString, custom);
    TreeDesk d;
    AddSubnet command{subnetRow(tenant, u"10.0.0.0/24", name)};
    command.subnet.custom = custom;
    const auto outcome = d.submit(command);
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Invalid);
    QTEST(outcome.error().payload.value("field"_L1).toString(), "field");
    QCOMPARE(d.subnets(), QStringList());
}

void TestDecideSubnet::anEditKeepsEverythingAndIsOneUndo()
{
    TreeDesk d;
    AddSubnet command = TreeDesk::adding(u"a:10.0.0.0/24"_s, u" office "_s);
    command.subnet.tags = u"prod; edge;prod"_s;
    command.subnet.custom = uR"({ "rack": "7" })"_s;
    QCOMPARE(d.said(command), u"accepted"_s);
    const SubnetRow stored{
        u"a"_s, pfx(u"10.0.0.0/24"), u"office"_s, SubnetRole::None, {}, u"edge;prod"_s, uR"({"rack":"7"})"_s, d.now, 1};
    QCOMPARE(*d.topology.subnets().find(u"a"_s, pfx(u"10.0.0.0/24")), stored);
    SetSubnet edit{u"a"_s, pfx(u"10.0.0.0/24")};
    edit.name = u"branch"_s;
    edit.role = SubnetRole::ConnectorLan;
    d.verifyUndo(edit);
    QCOMPARE(d.said(edit), u"accepted"_s);
    SubnetRow changed = stored;
    changed.name = u"branch"_s;
    changed.role = SubnetRole::ConnectorLan;
    const auto now = *d.topology.subnets().find(u"a"_s, pfx(u"10.0.0.0/24"));
    QVERIFY(sameContent(Row(now), Row(changed)));
    QCOMPARE(now.createdAt, stored.createdAt);
    QCOMPARE(d.said(SetSubnet{u"a"_s, pfx(u"10.0.1.0/24")}), u"notFound: there is no subnet 10.0.1.0/24 of tenant a"_s);
}

void TestDecideSubnet::aSplitPutsPartsInThePlaceOfTheWhole()
{
    TreeDesk d;
    QCOMPARE(d.add(u"10.0.0.0/22"_s, u"campus"_s), u"accepted"_s);
    QCOMPARE(d.add(u"10.0.1.0/25"_s, u"lab"_s), u"accepted"_s);
    QCOMPARE(d.add(u"10.0.2.0/23"_s, u"hall"_s), u"accepted"_s);
    QCOMPARE(d.take({}, u"10.0.0.9"), u"accepted"_s);
    d.verifyUndo(SplitSubnet{{}, pfx(u"10.0.0.0/22"), 24});
    QCOMPARE(d.said(SplitSubnet{{}, pfx(u"10.0.0.0/22"), 24}), u"accepted"_s);
    // What lies in the hall is the hall's.
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/24 campus"_s, u"10.0.1.0/24 campus"_s, u"10.0.1.0/25 lab"_s,
                                       u"10.0.2.0/23 hall"_s}));
    QCOMPARE(d.addresses(), QStringList{u"10.0.0.9 used someone"_s});
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.said(SplitSubnet{{}, pfx(u"10.0.0.0/22"), 23, true}), u"accepted"_s);
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/22 campus"_s, u"10.0.0.0/23 campus"_s, u"10.0.1.0/25 lab"_s,
                                       u"10.0.2.0/23 hall"_s}));
    QCOMPARE(d.topology.subnets().find({}, pfx(u"10.0.0.0/22"))->role, SubnetRole::Container);
    QVERIFY(d.said(SplitSubnet{{}, pfx(u"10.0.0.0/22"), 22}).startsWith(u"invalid"_s));
    QCOMPARE(d.add(u"fd00::/48"_s), u"accepted"_s);
    QVERIFY(d.said(SplitSubnet{{}, pfx(u"fd00::/48"), 96}).startsWith(u"limit"_s));
}

void TestDecideSubnet::aSplitRefusesWhatWouldTakeAnAddressAway()
{
    TreeDesk d;
    d.given({u"10.0.0.0/24"_s});
    QCOMPARE(d.take({}, u"10.0.0.128"), u"accepted"_s);
    const QStringList before = d.fingerprint();
    QVERIFY(d.said(SplitSubnet{{}, pfx(u"10.0.0.0/24"), 25}).startsWith(u"conflict"_s));
    QCOMPARE(d.fingerprint(), before);
}

void TestDecideSubnet::mergedSubnetsLoseNothing()
{
    TreeDesk d;
    AddSubnet left = TreeDesk::adding(u"10.0.0.0/25"_s, u"left"_s);
    left.subnet.tags = u"a"_s;
    left.subnet.custom = uR"({"rack":"1"})"_s;
    AddSubnet right = TreeDesk::adding(u"10.0.0.128/25"_s, u"right"_s);
    right.subnet.tags = u"b"_s;
    right.subnet.custom = uR"({"rack":"2","row":"9"})"_s;
    QCOMPARE(d.said(left), u"accepted"_s);
    QCOMPARE(d.said(right), u"accepted"_s);
    d.given({u"10.0.0.0/28"_s});
    QCOMPARE(d.take({}, u"10.0.0.200"), u"accepted"_s);
    const MergeSubnets merge{{}, pfxs({u"10.0.0.128/25"_s, u"10.0.0.0/25"_s})};
    d.verifyUndo(merge);
    QCOMPARE(d.said(merge), u"accepted"_s);
    const auto row = *d.topology.subnets().find({}, pfx(u"10.0.0.0/24"));
    QCOMPARE(row.name, u"left"_s);
    QCOMPARE(row.description, u"10.0.0.128/25: right\n10.0.0.128/25: rack=2"_s);
    QCOMPARE(row.tags, u"a;b"_s);
    QCOMPARE(row.custom, uR"({"rack":"1","row":"9"})"_s);
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/24 left"_s, u"10.0.0.0/28"_s}));
    QCOMPARE(d.addresses(), QStringList{u"10.0.0.200 used someone"_s});
}

void TestDecideSubnet::whatMakesUpNoPrefixIsNotMerged()
{
    TreeDesk d;
    d.given({u"10.0.0.0/24"_s, u"10.0.1.0/24"_s, u"10.0.2.0/24"_s, u"10.0.0.0/25"_s, u"10.0.0.0/8"_s});
    const auto merge = [&](const QStringList &texts) {
        return d.said(MergeSubnets{{}, pfxs(texts)}).section(u':', 0, 0);
    };
    QCOMPARE(merge({u"10.0.1.0/24"_s, u"10.0.2.0/24"_s}), u"invalid"_s);
    QCOMPARE(merge({u"10.0.0.0/24"_s}), u"invalid"_s);
    QCOMPARE(merge({u"10.0.0.0/24"_s, u"10.0.0.0/25"_s}), u"invalid"_s);
    QCOMPARE(merge({u"10.0.0.0/24"_s, u"10.0.0.0/24"_s}), u"invalid"_s);
    QCOMPARE(merge({u"10.0.2.0/24"_s, u"10.0.3.0/24"_s}), u"notFound"_s);
    d.given({u"10.0.0.0/23"_s});
    QCOMPARE(merge({u"10.0.0.0/24"_s, u"10.0.1.0/24"_s}), u"exists"_s);
}

void TestDecideSubnet::aSubnetGrowsAndShrinks()
{
    TreeDesk d;
    d.given({u"10.0.0.0/16"_s, u"10.0.4.0/24"_s, u"10.0.5.0/24"_s});
    QCOMPARE(d.add(u"10.0.4.0/26"_s), u"accepted"_s);
    const ResizeSubnet grow{{}, pfx(u"10.0.4.0/24"), 22};
    d.verifyUndo(grow);
    const auto outcome = d.submit(grow);
    QVERIFY(outcome);
    const auto &effects = std::get<SubnetOutcome>(*outcome).effects;
    QCOMPARE(effects.movedSubnets, (std::vector<SubnetMove>{{{}, pfx(u"10.0.4.0/24"), pfx(u"10.0.4.0/22")}}));
    QCOMPARE(effects.newChildren.size(), std::size_t{1});
    QCOMPARE(effects.newChildren.front().prefix, pfx(u"10.0.5.0/24"));
    d.verifyUndo(ResizeSubnet{{}, pfx(u"10.0.4.0/22"), 25});
    const auto kind = [&](int length) {
        return d.said(ResizeSubnet{{}, pfx(u"10.0.4.0/22"), length}).section(u':', 0, 0);
    };
    QCOMPARE(kind(16), u"overlap"_s); // its parent
    QCOMPARE(kind(8), u"overlap"_s);
    QCOMPARE(kind(26), u"overlap"_s); // its child
    QCOMPARE(kind(33), u"invalid"_s);
}

void TestDecideSubnet::aShrunkSubnetLeavesNoAddressBehind()
{
    TreeDesk d;
    d.given({u"10.0.4.0/24"_s});
    QCOMPARE(d.take({}, u"10.0.4.200"), u"accepted"_s);
    const auto outcome = d.submit(ResizeSubnet{{}, pfx(u"10.0.4.0/24"), 25});
    QVERIFY(!outcome);
    QCOMPARE(outcome.error().kind, ErrorKind::Conflict);
    QCOMPARE(outcome.error().payload.value("addresses"_L1).toArray(), QJsonArray{u"10.0.4.200"_s});
    // A parent of the same tenant takes it over.
    d.given({u"10.0.0.0/16"_s});
    d.verifyUndo(ResizeSubnet{{}, pfx(u"10.0.4.0/24"), 25});
}

void TestDecideSubnet::aMovedSubtreeIsReaddressed()
{
    TreeDesk d;
    QCOMPARE(d.add(u"a:10.0.0.0/16"_s, u"site"_s), u"accepted"_s);
    QCOMPARE(d.add(u"a:10.0.1.0/24"_s, u"lan"_s), u"accepted"_s);
    QCOMPARE(d.add(u"a:10.2.0.0/16"_s, u"other"_s), u"accepted"_s);
    QCOMPARE(d.take(u"a"_s, u"10.0.1.7", u"printer"_s), u"accepted"_s);
    QCOMPARE(d.take(u"a"_s, u"10.2.0.7", u"stays"_s), u"accepted"_s);
    const MoveSubnet move{u"a"_s, pfx(u"10.0.0.0/16"), pfx(u"172.16.0.0/16")};
    d.verifyUndo(move);
    const auto outcome = d.submit(move);
    QVERIFY(outcome);
    QCOMPARE(d.subnets(), (QStringList{u"a:10.2.0.0/16 other"_s, u"a:172.16.0.0/16 site"_s, u"a:172.16.1.0/24 lan"_s}));
    QCOMPARE(d.addresses(), (QStringList{u"a:10.2.0.7 used stays"_s, u"a:172.16.1.7 used printer"_s}));
    const std::vector<AddressMove> moved{{u"a"_s, addr(u"10.0.1.7"), addr(u"172.16.1.7"), u"printer"_s}};
    QCOMPARE(std::get<SubnetOutcome>(*outcome).effects.movedAddresses, moved);
    d.verifyUndo(MoveSubnet{u"a"_s, pfx(u"172.16.0.0/16"), pfx(u"172.16.0.0/16"), u"b"_s});
}

void TestDecideSubnet::anInvalidMoveChangesNothing_data()
{
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("toTenant");
    QTest::addColumn<QString>("kind");
    QTest::newRow("another length") << u"172.16.0.0/17"_s << QString() << u"invalid"_s;
    QTest::newRow("another family") << u"fd00::/16"_s << QString() << u"invalid"_s;
    QTest::newRow("somebody is there") << u"10.2.0.0/16"_s << QString() << u"exists"_s;
    QTest::newRow("somebody is inside") << u"10.3.0.0/16"_s << QString() << u"overlap"_s;
    QTest::newRow("under a parent where another tenant is") << u"192.168.0.0/16"_s << u"a"_s << u"exists"_s;
    QTest::newRow("to a tenant that is none") << u"172.16.0.0/16"_s << u"No One"_s << u"invalid"_s;
}

void TestDecideSubnet::anInvalidMoveChangesNothing()
{
    QFETCH(QString, to);
    QFETCH(QString, toTenant);
    TreeDesk d;
    d.given({u"10.0.0.0/16"_s, u"10.0.1.0/24"_s, u"10.2.0.0/16"_s, u"10.3.4.0/24"_s, u"192.0.0.0/8"_s,
             u"b:192.168.0.0/16"_s});
    QCOMPARE(d.take({}, u"10.0.1.7"), u"accepted"_s);
    const QStringList before = d.fingerprint();
    MoveSubnet command{{}, pfx(u"10.0.0.0/16"), pfx(to)};
    if (!toTenant.isEmpty())
        command.toTenant = toTenant;
    QTEST(d.said(command).section(u':', 0, 0), "kind");
    QCOMPARE(d.fingerprint(), before);
}

void TestDecideSubnet::removingKeepsChildrenUnlessTheyAreNamed()
{
    TreeDesk d;
    d.given({u"10.0.0.0/8"_s, u"10.0.0.0/16"_s, u"10.0.1.0/24"_s});
    QCOMPARE(d.take({}, u"10.0.0.5", u"direct"_s), u"accepted"_s);
    QCOMPARE(d.take({}, u"10.0.1.5", u"below"_s), u"accepted"_s);
    QCOMPARE(d.take({}, u"10.5.0.5", u"above"_s), u"accepted"_s);
    d.verifyUndo(RemoveSubnet{{}, pfx(u"10.0.0.0/16")});
    d.verifyUndo(RemoveSubnet{{}, pfx(u"10.0.0.0/16"), true});
    QCOMPARE(d.said(RemoveSubnet{{}, pfx(u"10.0.0.0/16")}), u"accepted"_s);
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/8"_s, u"10.0.1.0/24"_s}));
    QCOMPARE(d.addresses(), (QStringList{u"10.0.1.5 used below"_s, u"10.5.0.5 used above"_s}));
    QCOMPARE(d.said(RemoveSubnet{{}, pfx(u"10.0.0.0/8"), true}), u"accepted"_s);
    QCOMPARE(d.subnets(), QStringList());
    QCOMPARE(d.addresses(), QStringList());
}

void TestDecideSubnet::childrenAreAllocatedLowestFirst()
{
    TreeDesk d;
    d.given({u"10.0.0.0/8"_s, u"10.0.0.0/24"_s, u"10.0.2.0/24"_s, u"a:10.0.3.128/25"_s});
    AllocateSubnets command{{}, pfx(u"10.0.0.0/8"), 24, 2, subnetRow({}, u"0.0.0.0/0", u"server"_s), 1, 1};
    command.like.role = SubnetRole::ZerotierChild;
    d.verifyUndo(command);
    QCOMPARE(d.said(command), u"accepted"_s);
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/8"_s, u"10.0.0.0/24"_s, u"10.0.1.0/24 server"_s, u"10.0.2.0/24"_s,
                                       u"10.0.4.0/24 server"_s, u"a:10.0.3.128/25"_s}));
    // SOURCES Z7: the router's and the controller's addresses are kept back
    QCOMPARE(d.addresses(), (QStringList{u"10.0.1.1 reserved"_s, u"10.0.1.254 reserved"_s, u"10.0.4.1 reserved"_s,
                                         u"10.0.4.254 reserved"_s}));
    QCOMPARE(d.request(u"10.0.1.0/24"_s), u"10.0.1.2"_s);
    command.parent = pfx(u"10.0.0.0/24");
    command.length = 26;
    command.count = 5;
    QCOMPARE(d.said(command), u"exhausted: 10.0.0.0/24 has only 4 free /26"_s);
    command.length = 24;
    QVERIFY(d.said(command).startsWith(u"tooWide"_s));
}

void TestDecideSubnet::addressesAreHandedOut()
{
    TreeDesk d;
    d.given({u"10.0.0.0/8"_s, u"10.0.0.0/30"_s, u"10.0.0.4/31"_s, u"fd00::/64"_s});
    // CASES A6: never an address of a child
    QCOMPARE(d.request(u"10.0.0.0/8"_s, 2), u"10.0.0.6 10.0.0.7"_s);
    QCOMPARE(d.request(u"10.0.0.0/30"_s, 2), u"10.0.0.1 10.0.0.2"_s);
    QCOMPARE(d.request(u"10.0.0.0/30"_s), u"exhausted"_s);
    QCOMPARE(d.request(u"fd00::/64"_s), u"fd00::1"_s); // CASES A3
    QCOMPARE(d.request(u"fd00::/64"_s), u"fd00::2"_s);
    QCOMPARE(d.said(ReleaseAddress{{}, addr(u"fd00::1")}), u"accepted"_s);
    QCOMPARE(d.request(u"fd00::/64"_s), u"fd00::1"_s);
    const QStringList before = d.fingerprint();
    QCOMPARE(d.request(u"10.0.0.0/30"_s, 3), u"exhausted"_s);
    QCOMPARE(d.request(u"10.0.0.0/8"_s, 0), u"limit"_s);
    QCOMPARE(d.request(u"10.0.0.0/9"_s), u"notFound"_s);
    QCOMPARE(d.fingerprint(), before);
}

void TestDecideSubnet::smallSubnetsAreUsedWhole_data()
{
    QTest::addColumn<QString>("subnet");
    QTest::addColumn<QString>("all");
    QTest::newRow("A4 /32") << u"10.0.0.1/32"_s << u"10.0.0.1"_s;
    QTest::newRow("/31") << u"10.0.0.2/31"_s << u"10.0.0.2 10.0.0.3"_s;
    QTest::newRow("/30") << u"10.0.0.4/30"_s << u"10.0.0.5 10.0.0.6"_s;
    QTest::newRow("/128") << u"fd00::5/128"_s << u"fd00::5"_s;
    QTest::newRow("/127") << u"fd00::6/127"_s << u"fd00::6 fd00::7"_s;
    QTest::newRow("/126") << u"fd00::8/126"_s << u"fd00::9 fd00::a fd00::b"_s;
    QTest::newRow("the last /32") << u"255.255.255.255/32"_s << u"255.255.255.255"_s;
    QTest::newRow("the last /127")
        << u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127"_s
        << u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"_s;
}

void TestDecideSubnet::smallSubnetsAreUsedWhole()
{
    QFETCH(QString, subnet);
    QFETCH(QString, all);
    for (const AddressChoice choice : {AddressChoice::Lowest, AddressChoice::Random, AddressChoice::Sparse}) {
        TreeDesk d;
        d.given({subnet});
        QStringList found;
        for (QString one = d.request(subnet, 1, choice); one != u"exhausted"_s; one = d.request(subnet, 1, choice)) {
            found += one;
            QVERIFY(found.size() <= 4);
        }
        QStringList expected = all.split(u' ');
        found.sort();
        expected.sort();
        QCOMPARE(found, expected);
    }
}

void TestDecideSubnet::anAddressIsHeldOnce()
{
    TreeDesk d;
    d.given({u"192.168.2.0/24"_s, u"10.0.0.0/8"_s, u"10.0.1.0/24"_s, u"a:10.0.2.0/24"_s, u"fd00::/64"_s});
    AddAddress elsewhere{{}, addr(u"10.0.0.2"), AddressState::Used, u"x"_s};
    elsewhere.subnet = pfx(u"192.168.2.0/24");
    QCOMPARE(d.said(elsewhere), u"invalid: 10.0.0.2 does not belong to the subnet 192.168.2.0/24"_s); // CASES A1
    QCOMPARE(d.take({}, u"172.16.0.1"), u"invalid: 172.16.0.1 does not belong to any subnet of the shared tree"_s);
    QCOMPARE(d.take({}, u"10.0.1.1", u"first"_s), u"accepted"_s);
    QCOMPARE(d.take({}, u"10.0.1.1"), u"exists: 10.0.1.1 is already the address of 'first'"_s); // CASES A2
    AddAddress above{{}, addr(u"10.0.1.9"), AddressState::Used, u"x"_s};
    above.subnet = pfx(u"10.0.0.0/8");
    QVERIFY(d.said(above).startsWith(u"invalid: 10.0.1.9 does not belong to the subnet 10.0.0.0/8 itself"_s));
    QCOMPARE(d.take({}, u"10.0.2.1"), u"invalid: 10.0.2.1 belongs to 10.0.2.0/24 of tenant a"_s);
    QCOMPARE(d.take(u"a"_s, u"10.0.2.1"), u"accepted"_s);
    QCOMPARE(d.take({}, u"fd00::1", u"six"_s), u"accepted"_s);
    QCOMPARE(d.take({}, u"fd00:0::1"), u"exists: fd00::1 is already the address of 'six'"_s);
    QCOMPARE(d.take({}, u"10.0.1.0"), u"invalid: 10.0.1.0 is the network address of 10.0.1.0/24"_s);
    QCOMPARE(d.take({}, u"10.0.1.255"), u"invalid: 10.0.1.255 is the broadcast address of 10.0.1.0/24"_s);
}

void TestDecideSubnet::sparseAndRandomAddressesAreFree()
{
    TreeDesk d;
    d.given({u"10.0.0.0/24"_s, u"10.0.0.64/26"_s});
    QCOMPARE(d.request(u"10.0.0.0/24"_s, 3, AddressChoice::Sparse), u"10.0.0.191 10.0.0.32 10.0.0.159"_s);
    const QString some = d.request(u"10.0.0.0/24"_s, 187, AddressChoice::Random);
    QCOMPARE(some.split(u' ').size(), 187);
    for (const QString &text : some.split(u' '))
        QVERIFY(!pfx(u"10.0.0.64/26").contains(addr(text)));
    QCOMPARE(d.topology.addresses().size(), std::size_t{190});
    QCOMPARE(d.request(u"10.0.0.0/24"_s, 1, AddressChoice::Random), u"exhausted"_s);
}

void TestDecideSubnet::aReleasedAddressWaits()
{
    TreeDesk d;
    d.given({u"10.0.0.0/30"_s});
    QCOMPARE(d.run(SetSetting{u"addressQuarantineHours"_s, u"2"_s}), u"accepted"_s);
    QCOMPARE(d.request(u"10.0.0.0/30"_s), u"10.0.0.1"_s);
    d.verifyUndo(ReleaseAddress{{}, addr(u"10.0.0.1")});
    QCOMPARE(d.said(ReleaseAddress{{}, addr(u"10.0.0.1")}), u"accepted"_s);
    QCOMPARE(d.addresses(), QStringList{u"10.0.0.1 quarantined someone"_s});
    QCOMPARE(d.request(u"10.0.0.0/30"_s), u"10.0.0.2"_s);
    QCOMPARE(d.request(u"10.0.0.0/30"_s), u"exhausted"_s);
    d.pass(2h);
    QCOMPARE(d.request(u"10.0.0.0/30"_s), u"10.0.0.1"_s);
    QCOMPARE(d.said(ReleaseAddress{{}, addr(u"10.0.0.2"), true}), u"accepted"_s);
    QCOMPARE(d.addresses(), QStringList{u"10.0.0.1 used someone"_s});
}

void TestDecideSubnet::aPoolHandsItsAddressesOutItself()
{
    TreeDesk d;
    d.addInstance(u"main", {u"10.8.0.0/24"_s});
    d.given({u"10.8.0.0/16"_s, u"10.8.0.0/24"_s, u"10.8.0.0/26"_s});
    QCOMPARE(d.request(u"10.8.0.0/24"_s), u"poolOwned"_s);
    QCOMPARE(d.request(u"10.8.0.0/26"_s), u"poolOwned"_s);
    QCOMPARE(d.take({}, u"10.8.0.9").section(u':', 0, 0), u"poolOwned"_s);
    QCOMPARE(d.said(RemoveSubnet{{}, pfx(u"10.8.0.0/24"), true}), u"accepted"_s);
    QCOMPARE(d.request(u"10.8.0.0/16"_s), u"10.8.1.0"_s);
    // An address that was there before the pool stays whose it is.
    QCOMPARE(d.take({}, u"10.8.1.9", u"old"_s), u"accepted"_s);
    QCOMPARE(d.addInstance(u"next", {u"10.8.1.0/24"_s}), u"accepted"_s);
    QCOMPARE(d.run(SetAllocation{cname(u"cn"), iname(u"next"), addr(u"10.8.1.9")}), u"!exists"_s);
}

void TestDecideSubnet::subnetsInTheStandInRangeAreExclusions()
{
    TreeDesk d;
    d.addInstance(u"main", {u"10.8.0.0/24"_s});
    d.given({u"100.64.0.0/26"_s});
    AddSubnet range = TreeDesk::adding(u"100.64.0.0/10"_s);
    range.subnet.role = SubnetRole::StandinRange;
    QCOMPARE(d.said(range), u"accepted"_s);
    (void)d.resolve(u"first", u"192.168.1.0/27");
    QCOMPARE(d.resolve(u"second", u"192.168.1.0/27"), d.resolve(u"second", u"192.168.1.0/27"));
    QCOMPARE(d.topology.find<ClaimRow>(cname(u"second"), pfx(u"192.168.1.0/27"))->hold, pfx(u"100.64.0.64/27"));
    // A LAN that lies on it needs a stand-in.
    (void)d.resolve(u"third", u"100.64.0.32/27");
    QVERIFY(!d.topology.find<ClaimRow>(cname(u"third"), pfx(u"100.64.0.32/27"))->isSentinel());
    QCOMPARE(d.said(RemoveSubnet{{}, pfx(u"100.64.0.0/26")}), u"accepted"_s);
    (void)d.resolve(u"fourth", u"192.168.1.0/27");
    QCOMPARE(d.topology.find<ClaimRow>(cname(u"fourth"), pfx(u"192.168.1.0/27"))->hold, pfx(u"100.64.0.0/27"));
}

void TestDecideSubnet::anImportIsAllOrNothing()
{
    TreeDesk d;
    d.given({u"10.0.0.0/16"_s});
    QCOMPARE(d.take({}, u"10.0.0.1", u"kept"_s), u"accepted"_s);
    const QStringList before = d.fingerprint();
    ImportSubnets import;
    import.subnets = {subnetRow({}, u"10.0.0.0/24"), subnetRow({}, u"10.0.0.0/16", u"other name"_s),
                      subnetRow(u"nobody"_s, u"10.1.0.0/16")};
    import.addresses = {{{}, addr(u"10.0.0.1"), AddressState::Used, u"other"_s, {}, {}, {}, {}, {}, 0},
                        {{}, addr(u"10.0.0.2"), AddressState::Used, u"new"_s, {}, {}, {}, {}, {}, 0},
                        { {},
                          addr(u"11.0.0.2"),
                          AddressState::Used,
                          u"stray"_s,
                          {},
                          {},
                          {},
                          {},
                          {},
                          0 }};
    const auto refused = d.submit(import);
    QVERIFY(!refused);
    QStringList errors;
    for (const QJsonValue &value : refused.error().payload.value("errors"_L1).toArray()) {
        const QJsonObject error = value.toObject();
        errors += u"%1 %2 %3"_s.arg(error.value("table"_L1).toString())
                      .arg(error.value("row"_L1).toInt())
                      .arg(error.value("kind"_L1).toString());
    }
    QCOMPARE(errors, (QStringList{u"subnet 2 notFound"_s, u"address 2 invalid"_s})); // CASES X4, X6
    QCOMPARE(d.fingerprint(), before);
    import.createTenants = true;
    import.addresses.pop_back();
    d.verifyUndo(import);
    QCOMPARE(d.said(import), u"accepted"_s);
    QCOMPARE(d.subnets(), (QStringList{u"10.0.0.0/16"_s, u"10.0.0.0/24"_s, u"nobody:10.1.0.0/16"_s}));
    QCOMPARE(d.addresses(), (QStringList{u"10.0.0.1 used kept"_s, u"10.0.0.2 used new"_s})); // CASES X3
}

void TestDecideSubnet::anUndoThatLeavesAnAddressHomelessIsRefused()
{
    TreeDesk d;
    d.given({u"10.0.0.0/24"_s});
    const JournalId added = d.head();
    QCOMPARE(d.request(u"10.0.0.0/24"_s), u"10.0.0.1"_s);
    QCOMPARE(d.run(Revert{added}), u"!conflict"_s);
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.run(Revert{added}), u"accepted"_s);
    QCOMPARE(d.subnets(), QStringList());
}

void TestDecideSubnet::previewsTellWhatIsTouched()
{
    TreeDesk d;
    d.addInstance(u"main", {u"10.8.0.0/24"_s});
    QCOMPARE(d.setIroutes(u"branch", {u"10.1.0.0/24"_s}), u"accepted"_s);
    (void)d.resolve(u"branch", u"10.1.0.0/24");
    const auto outcome = d.submit(TreeDesk::adding(u"10.0.0.0/8"_s));
    QVERIFY(outcome);
    const SubnetEffects &effects = std::get<SubnetOutcome>(*outcome).effects;
    QStringList touched;
    for (const Row &row : effects.touched)
        touched += QString::fromUtf16(kTableNames.at(tableOf(row))) + u' ' + keyOf(row);
    QCOMPARE(touched, (QStringList{u"instance_pool [\"main\",\"10.8.0.0/24\"]"_s,
                                   u"virtual_claim [\"branch\",\"10.1.0.0/24\"]"_s,
                                   u"client_iroute [\"branch\",\"10.1.0.0/24\"]"_s}));
    QCOMPARE(effects.connectors, std::vector<CommonName>{cname(u"branch")});
}

void TestDecideSubnet::everyCommandIsInTheJournal()
{
    TreeDesk d;
    QCOMPARE(d.run(SetTenant{u"acme"_s, u"The customer"_s}), u"accepted"_s);
    QCOMPARE(d.run(RemoveTenant{u"acme"_s}), u"accepted"_s);
    QCOMPARE(d.run(RemoveTenant{u"acme"_s}), u"!notFound"_s);
    d.given({u"acme:10.0.0.0/24"_s});
    QCOMPARE(d.run(RemoveTenant{u"acme"_s}), u"!conflict"_s);
    QCOMPARE(d.request(u"acme:10.0.0.0/24"_s), u"10.0.0.1"_s);
    SetAddress set{u"acme"_s, addr(u"10.0.0.1")};
    set.holder = u"printer"_s;
    QCOMPARE(d.run(set), u"accepted"_s);
    QStringList names;
    for (const JournalEntry &entry : d.journal)
        names += entry.command + u' ' + QString::number(entry.changes.size());
    QCOMPARE(names, (QStringList{u"setTenant 1"_s, u"removeTenant 1"_s, u"addSubnet 2"_s, u"requestAddress 1"_s,
                                 u"setAddress 1"_s}));
}

QTEST_GUILESS_MAIN(TestDecideSubnet)
#include "tst_decidesubnet.moc"
