// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"

#include "tests/support/desk.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

/// A desk with the instance `main` on 10.8.0.0/24.
struct MainDesk : Desk
{
    MainDesk() { addInstance(u"main", {u"10.8.0.0/24"_s}); }

    QString setPools(const QStringList &pools, bool moveClaims = false, bool dropAllocations = false)
    {
        SetInstance command{iname(u"main")};
        command.network = pfx(u"10.0.0.0/8");
        command.serverAddress = addr(u"10.8.0.1");
        command.pools = pfxs(pools);
        command.moveClaims = moveClaims;
        command.dropAllocations = dropAllocations;
        last = submit(command);
        return refusalOf(last);
    }
    QString allocate(QStringView cn, QStringView address)
    {
        return run(SetAllocation{cname(cn), iname(u"main"), addr(address)});
    }
    QString setOption(QStringView cn, OptionType type, QStringView value)
    {
        return run(SetOption{OptionScope::Cn, cn.toString(), type, value.toString()});
    }
    [[nodiscard]] QStringList options() const
    {
        QStringList list;
        for (const OptionRow &row : topology.rows<OptionRow>())
            list += enumText(row.scope) + u' ' + row.holder + u' ' + enumText(row.type) + u' ' + row.value;
        return list;
    }
    [[nodiscard]] QStringList lans(QStringView cn) const
    {
        QStringList list;
        for (const IrouteRow *row : topology.list<IrouteRow>(cname(cn)))
            list += row->prefix.toString();
        return list;
    }
    [[nodiscard]] qint64 version(QStringView cn) const
    {
        const auto *row = topology.find<ConnectorRow>(cname(cn));
        return row ? row->version : 0;
    }
    [[nodiscard]] QStringList pools() const
    {
        QStringList list;
        for (const PoolRow &row : topology.rows<PoolRow>())
            list += row.prefix.toString() + u' ' + QString::number(row.ordinal);
        return list;
    }

    Expected<Outcome> last = std::monostate();
};

} // namespace

class TestDecide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReplacedSetIsExactlyTheSet();        // SOURCES S1, S2
    void theSameSetAgainChangesNothing();      // SOURCES S2
    void theEmptySetClears();                  // SOURCES S2
    void rowsThatStayKeepTheirCreationTime();  // SOURCES S1, SEMANTICS 5
    void theConnectorsVersionIsThatOfItsSet(); // SEMANTICS 5
    void aSetThatOverlapsItselfIsRefused();    // SEMANTICS 2
    void settingIroutesMakesNoClaim();         // SEMANTICS 2
    void removingAnIrouteLeavesItsClaim();     // SEMANTICS 2
    void clearingAnUnknownConnectorMakesNone();
    void anInstanceNeedsWhatItNeeds_data();
    void anInstanceNeedsWhatItNeeds();
    void poolsOfOneTenantDoNotOverlap();
    void aPoolOnAKeptPrefixIsRefusedWithTheList();     // SEMANTICS 2
    void movedClaimsGetAStandInInTheSameTransaction(); // SEMANTICS 2
    void aStandInOnTheNewPoolMovesToo();               // SEMANTICS 2
    void ipv6ClaimsOnThePoolCannotMove();
    void aNewInstanceMayMoveClaims();
    void allocationsOutsideOfThePoolsAreRefusedWithTheList(); // SEMANTICS 2
    void droppedAllocationsGoInTheSameTransaction();          // SEMANTICS 2
    void poolsKeepTheirOrder();
    void changingTheRangeKeepsStandIns(); // SEMANTICS 2
    void anInstanceThatMovesTenantTakesItsAddressesAlong();
    void anInstanceInUseIsNotRemoved();
    void anInstanceGoesWithItsPoolsAndOptions();
    void aConnectorTakesEverythingAlongWhenItIsRenamed();
    void aRenameOntoSomebodyIsRefused();
    void aRemovedConnectorLeavesOnlyQuarantine(); // SEMANTICS 2
    void aConnectorIsMadeAndChanged();
    void hostTranslationIsRefusedWhereItCannotWork(); // SEMANTICS 3
    void singleOptionsAreReplacedAndOthersAdded();
    void optionsAreClearedByHolderTypeOrValue();
    void optionsNeedAHolderAndAValue();
    void excludingARangeInUseKeepsAndListsItsClaims(); // SEMANTICS 2
    void excludingAgainKeepsTheTime();
    void unexcludeOpensTheRangeAgain();
    void settingsAreChecked();
    void anImportIsAllOrNothing();
    void anImportReplacesWhatItNames();
    void anImportMayExchangeAddresses();
    void anImportTwiceIsOneEntry();
    void everyCommandAnswersTheRowsItSpeaksOf();
    void aRevertIsNotDecidedHere();
    void theVersionOfTheSubject_data();
    void theVersionOfTheSubject(); // SEMANTICS 5
    void commandsWithoutASubjectHaveNoVersion();
};

void TestDecide::aReplacedSetIsExactlyTheSet()
{
    MainDesk d;
    QCOMPARE(d.setIroutes(u"a", {u"10.1.0.0/24"_s, u"10.2.0.0/24"_s, u"fd00:1::/48"_s}), u"accepted"_s);
    const auto outcome =
        d.submit(ReplaceIroutes{cname(u"a"), pfxs({u"10.3.0.0/24"_s, u"10.2.0.0/24"_s, u"10.3.0.0/24"_s})});
    const QStringList expected{u"10.2.0.0/24"_s, u"10.3.0.0/24"_s};
    QCOMPARE(d.lans(u"a"), expected);
    const QStringList rows{u"client_iroute [\"a\",\"10.2.0.0/24\"]"_s, u"client_iroute [\"a\",\"10.3.0.0/24\"]"_s};
    QCOMPARE(rowsOf(outcome), rows);
}

void TestDecide::theSameSetAgainChangesNothing()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s, u"10.2.0.0/24"_s});
    const auto entries = d.journal.size();
    const QStringList before = d.fingerprint();
    d.pass(1h);
    QCOMPARE(d.setIroutes(u"a", {u"10.2.0.0/24"_s, u"10.1.0.0/24"_s}), u"accepted"_s);
    QCOMPARE(d.journal.size(), entries);
    QCOMPARE(d.fingerprint(), before);
}

void TestDecide::theEmptySetClears()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s, u"10.2.0.0/24"_s});
    QCOMPARE(d.setIroutes(u"a", {}), u"accepted"_s);
    QCOMPARE(d.lans(u"a"), QStringList());
    QVERIFY(d.topology.find<ConnectorRow>(cname(u"a")));
}

void TestDecide::rowsThatStayKeepTheirCreationTime()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s, u"10.2.0.0/24"_s});
    const Timestamp first = d.now;
    d.pass(1h);
    d.setIroutes(u"a", {u"10.2.0.0/24"_s, u"10.3.0.0/24"_s});
    QCOMPARE(d.topology.find<IrouteRow>(cname(u"a"), pfx(u"10.2.0.0/24"))->createdAt, first);
    QCOMPARE(d.topology.find<IrouteRow>(cname(u"a"), pfx(u"10.3.0.0/24"))->createdAt, d.now);
    QCOMPARE(d.topology.find<ConnectorRow>(cname(u"a"))->createdAt, first);
}

void TestDecide::theConnectorsVersionIsThatOfItsSet()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s});
    QCOMPARE(d.version(u"a"), 1);
    d.setIroutes(u"a", {u"10.1.0.0/24"_s});
    QCOMPARE(d.version(u"a"), 1);
    d.setIroutes(u"a", {u"10.2.0.0/24"_s});
    QCOMPARE(d.version(u"a"), 2);
    d.setIroutes(u"a", {});
    QCOMPARE(d.version(u"a"), 3);
    d.setIroutes(u"a", {});
    d.resolve(u"a", u"10.2.0.0/24");
    QCOMPARE(d.version(u"a"), 3);
}

void TestDecide::aSetThatOverlapsItselfIsRefused()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s});
    const QStringList before = d.fingerprint();
    QCOMPARE(d.setIroutes(u"a", {u"10.1.0.0/16"_s, u"10.1.5.0/24"_s}), u"!overlapsItself"_s);
    QCOMPARE(d.setIroutes(u"a", {u"10.1.0.0/16"_s, u"127.0.0.0/8"_s}), u"!unsupported"_s);
    QCOMPARE(d.setIroutes(u"new", {u"0.0.0.0/0"_s}), u"!unsupported"_s);
    QCOMPARE(d.fingerprint(), before);
}

void TestDecide::settingIroutesMakesNoClaim()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s});
    QCOMPARE(d.claims(), QStringList());
}

void TestDecide::removingAnIrouteLeavesItsClaim()
{
    MainDesk d;
    d.setIroutes(u"a", {u"10.1.0.0/24"_s});
    d.resolve(u"a", u"10.1.0.0/24");
    d.setIroutes(u"a", {});
    QCOMPARE(d.claims(), QStringList{u"a 10.1.0.0/24 kept"_s});
    QCOMPARE(d.resolve(u"b", u"10.1.0.0/24"), u"100.64.0.0/24"_s);
}

void TestDecide::clearingAnUnknownConnectorMakesNone()
{
    MainDesk d;
    QCOMPARE(d.setIroutes(u"nobody", {}), u"accepted"_s);
    QVERIFY(!d.topology.find<ConnectorRow>(cname(u"nobody")));
}

void TestDecide::anInstanceNeedsWhatItNeeds_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("answer");
    QTest::newRow("a management address") << "management"
                                          << "nonsense"
                                          << "!invalid";
    QTest::newRow("an absolute password file") << "passwordFile"
                                               << "secret.txt"
                                               << "!invalid";
    QTest::newRow("a server inside of the network") << "serverAddress"
                                                    << "10.9.0.1"
                                                    << "!invalid";
    QTest::newRow("pools inside of the network") << "pools"
                                                 << "10.9.0.0/24"
                                                 << "!invalid";
    QTest::newRow("pools") << "pools"
                           << ""
                           << "!invalid";
    QTest::newRow("pools that do not overlap") << "pools"
                                               << "10.8.0.0/24,10.8.0.0/25"
                                               << "!overlapsItself";
    QTest::newRow("an IPv4 range") << "standinRange"
                                   << "fd00::/8"
                                   << "!unsupported";
    QTest::newRow("a range beside the network") << "standinRange"
                                                << "10.0.0.0/8"
                                                << "!overlap";
    QTest::newRow("a block length") << "blockLength"
                                    << "33"
                                    << "!invalid";
    QTest::newRow("an IPv6 block length") << "blockLength6"
                                          << "129"
                                          << "!invalid";
    QTest::newRow("a name of its own") << "name"
                                       << "main"
                                       << "!exists";
    QTest::newRow("nothing more") << ""
                                  << ""
                                  << "accepted";
}

void TestDecide::anInstanceNeedsWhatItNeeds()
{
    QFETCH(QString, field);
    QFETCH(QString, value);
    Desk d;
    d.addInstance(u"main", {u"10.20.0.0/24"_s});
    AddInstance command{instanceRow(u"new", u"10.8.0.0/24"), pfxs({u"10.8.0.0/24"_s}), false};
    InstanceRow &row = command.instance;
    if (field == u"management")
        row.management = value;
    if (field == u"passwordFile")
        row.passwordFile = value;
    if (field == u"serverAddress")
        row.serverAddress = addr(value);
    if (field == u"pools")
        command.pools = pfxs(value.split(u',', Qt::SkipEmptyParts));
    if (field == u"standinRange")
        row.standinRange = pfx(value);
    if (field == u"blockLength")
        row.blockLength = value.toInt();
    if (field == u"blockLength6")
        row.blockLength6 = value.toInt();
    if (field == u"name")
        row.name = iname(value);
    const QStringList before = d.fingerprint();
    QTEST(d.run(command), "answer");
    if (!field.isEmpty())
        QCOMPARE(d.fingerprint(), before);
}

void TestDecide::poolsOfOneTenantDoNotOverlap()
{
    MainDesk d;
    QCOMPARE(d.addInstance(u"other", {u"10.8.0.0/25"_s}), u"!poolOverlap"_s);
    AddInstance blue{instanceRow(u"blue", u"10.8.0.0/24"), pfxs({u"10.8.0.0/24"_s}), false};
    blue.instance.tenant = u"blue"_s;
    QCOMPARE(d.run(blue), u"accepted"_s);
    SetInstance back{iname(u"blue")};
    back.tenant = QString();
    QCOMPARE(d.run(back), u"!poolOverlap"_s);
}

void TestDecide::aPoolOnAKeptPrefixIsRefusedWithTheList()
{
    MainDesk d;
    d.resolve(u"a", u"10.20.0.0/24");
    d.resolve(u"b", u"10.21.0.0/16");
    d.resolve(u"c", u"10.99.0.0/24");
    const QStringList before = d.fingerprint();
    QCOMPARE(d.setPools({u"10.8.0.0/24"_s, u"10.20.0.0/14"_s}), u"!poolOverlap"_s);
    QStringList listed;
    const QJsonArray claims = d.last.error().payload.value("claims"_L1).toArray();
    for (const QJsonValue &claim : claims)
        listed += claim["cn"_L1].toString() + u' ' + claim["real"_L1].toString();
    const QStringList expected{u"a 10.20.0.0/24"_s, u"b 10.21.0.0/16"_s};
    QCOMPARE(listed, expected);
    QCOMPARE(d.fingerprint(), before);
}

void TestDecide::movedClaimsGetAStandInInTheSameTransaction()
{
    MainDesk d;
    d.resolve(u"z", u"10.20.0.0/24");
    d.pass(1min);
    d.resolve(u"a", u"10.21.0.0/24");
    const auto entries = d.journal.size();
    QCOMPARE(d.setPools({u"10.8.0.0/24"_s, u"10.20.0.0/15"_s}, true), u"accepted"_s);
    QCOMPARE(d.journal.size(), entries + 1);
    const QStringList expected{u"a 10.21.0.0/24 100.64.1.0/24"_s, u"z 10.20.0.0/24 100.64.0.0/24"_s};
    QCOMPARE(d.claims(), expected);
}

void TestDecide::aStandInOnTheNewPoolMovesToo()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24"); // 100.64.0.0/24
    d.resolve(u"c", u"192.168.1.0/30"); // 100.64.1.0/30
    const AddInstance add{instanceRow(u"inner", u"100.64.0.0/23"), pfxs({u"100.64.0.0/23"_s}), true};
    AddInstance refused = add;
    refused.moveClaims = false;
    QCOMPARE(d.run(add), u"!overlap"_s); // its own range lies around its network
    AddInstance apart = add;
    apart.instance.standinRange = pfx(u"100.127.0.0/16");
    refused.instance.standinRange = apart.instance.standinRange;
    QCOMPARE(d.run(refused), u"!poolOverlap"_s);
    QCOMPARE(d.run(apart), u"accepted"_s);
    const QStringList expected{u"a 192.168.1.0/24 kept"_s, u"b 192.168.1.0/24 100.64.2.0/24"_s,
                               u"c 192.168.1.0/30 100.64.3.0/30 in 100.64.3.0/27"_s};
    QCOMPARE(d.claims(), expected);
    QCOMPARE(d.topology.rows<QuarantineRow>().size(), std::size_t{2});
}

void TestDecide::ipv6ClaimsOnThePoolCannotMove()
{
    MainDesk d;
    d.resolve(u"a", u"10.20.0.0/24");
    d.resolve(u"b", u"fd00:20::/64");
    const QStringList before = d.fingerprint();
    QCOMPARE(d.setPools({u"10.20.0.0/16"_s, u"fd00:20::/32"_s}), u"!poolOverlap"_s);
    QCOMPARE(d.last.error().payload.value("claims"_L1).toArray().size(), 2);
    QCOMPARE(d.setPools({u"10.20.0.0/16"_s, u"fd00:20::/32"_s}, true), u"!unsupported"_s);
    QCOMPARE(d.last.error().payload.value("claims"_L1).toArray().size(), 1);
    QCOMPARE(d.fingerprint(), before);
    d.release(u"b", u"fd00:20::/64");
    QCOMPARE(d.setPools({u"10.20.0.0/16"_s, u"fd00:20::/32"_s}, true), u"accepted"_s);
    QCOMPARE(d.resolve(u"b", u"fd00:20::/64"), u"!conflict"_s);
}

void TestDecide::aNewInstanceMayMoveClaims()
{
    MainDesk d;
    d.resolve(u"a", u"10.20.0.0/24");
    QCOMPARE(d.addInstance(u"new", {u"10.20.0.0/16"_s}), u"!poolOverlap"_s);
    QCOMPARE(d.addInstance(u"new", {u"10.20.0.0/16"_s}, true), u"accepted"_s);
    QCOMPARE(d.claims(), QStringList{u"a 10.20.0.0/24 100.64.0.0/24"_s});
}

void TestDecide::allocationsOutsideOfThePoolsAreRefusedWithTheList()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    d.allocate(u"b", u"10.8.0.200");
    const QStringList before = d.fingerprint();
    QCOMPARE(d.setPools({u"10.8.0.0/25"_s}), u"!conflict"_s);
    QCOMPARE(d.last.error().payload.value("allocations"_L1).toArray(),
             (QJsonArray{QJsonObject{{u"cn"_s, u"b"_s}, {u"address"_s, u"10.8.0.200"_s}}}));
    QCOMPARE(d.fingerprint(), before);
    SetInstance server{iname(u"main")};
    server.serverAddress = addr(u"10.8.0.10");
    QCOMPARE(d.run(server), u"!conflict"_s);
}

void TestDecide::droppedAllocationsGoInTheSameTransaction()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    d.allocate(u"b", u"10.8.0.200");
    const auto entries = d.journal.size();
    QCOMPARE(d.setPools({u"10.8.0.0/25"_s}, false, true), u"accepted"_s);
    QCOMPARE(d.journal.size(), entries + 1);
    QCOMPARE(d.topology.rows<AllocationRow>().size(), std::size_t{1});
}

void TestDecide::poolsKeepTheirOrder()
{
    MainDesk d;
    d.setPools({u"10.9.0.0/24"_s, u"10.8.0.0/24"_s});
    const QStringList expected{u"10.8.0.0/24 1"_s, u"10.9.0.0/24 0"_s};
    QCOMPARE(d.pools(), expected);
    SetInstance other{iname(u"main")};
    other.blockLength = 24;
    QCOMPARE(d.run(other), u"accepted"_s);
    QCOMPARE(d.lastChanges.size(), std::size_t{1});
    QCOMPARE(d.pools(), expected);
}

void TestDecide::changingTheRangeKeepsStandIns()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    SetInstance command{iname(u"main")};
    command.standinRange = pfx(u"100.99.0.0/16");
    QCOMPARE(d.run(command), u"accepted"_s);
    QCOMPARE(d.resolve(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
    QCOMPARE(d.resolve(u"c", u"192.168.1.0/24"), u"100.99.0.0/24"_s);
}

void TestDecide::anInstanceThatMovesTenantTakesItsAddressesAlong()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    SetInstance command{iname(u"main")};
    command.tenant = u"blue"_s;
    QCOMPARE(d.run(command), u"accepted"_s);
    QVERIFY(!d.topology.holderOf({}, addr(u"10.8.0.10")));
    QCOMPARE(d.topology.holderOf(u"blue"_s, addr(u"10.8.0.10"))->cn, cname(u"a"));
    QCOMPARE(d.run(RequestAllocation{cname(u"b"), iname(u"main")}), u"accepted"_s);
    QCOMPARE(d.topology.find<AllocationRow>(iname(u"main"), cname(u"b"), 4)->tenant, u"blue"_s);
}

void TestDecide::anInstanceInUseIsNotRemoved()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    d.resolve(u"a", u"192.168.1.0/24");
    const QStringList before = d.fingerprint();
    QCOMPARE(d.run(RemoveInstance{iname(u"main")}), u"!conflict"_s);
    d.run(ReleaseAllocation{cname(u"a")});
    QCOMPARE(d.run(RemoveInstance{iname(u"main")}), u"!conflict"_s);
    d.release(u"a", u"192.168.1.0/24");
    QCOMPARE(d.run(RemoveInstance{iname(u"main")}), u"accepted"_s);
    QVERIFY(d.fingerprint() != before);
    QCOMPARE(d.run(RemoveInstance{iname(u"main")}), u"!notFound"_s);
}

void TestDecide::anInstanceGoesWithItsPoolsAndOptions()
{
    MainDesk d;
    d.run(SetOption{OptionScope::Instance, u"main"_s, OptionType::Ping, u"10"_s});
    QCOMPARE(d.run(RemoveInstance{iname(u"main")}), u"accepted"_s);
    QCOMPARE(d.pools(), QStringList());
    QCOMPARE(d.options(), QStringList());
}

void TestDecide::aConnectorTakesEverythingAlongWhenItIsRenamed()
{
    MainDesk d;
    d.resolve(u"x", u"192.168.1.0/24");
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    d.resolve(u"a", u"192.168.1.0/24");
    d.allocate(u"a", u"10.8.0.10");
    d.setOption(u"a", OptionType::Ping, u"10");
    const Timestamp born = d.now;
    d.pass(1h);
    const auto outcome = d.submit(RenameConnector{cname(u"a"), cname(u"b")});
    QCOMPARE(rowsOf(outcome), QStringList{u"connector [\"b\"]"_s});
    QVERIFY(!d.topology.find<ConnectorRow>(cname(u"a")));
    QCOMPARE(d.topology.find<ConnectorRow>(cname(u"b"))->createdAt, born);
    QCOMPARE(d.lans(u"b"), QStringList{u"192.168.1.0/24"_s});
    QCOMPARE(d.claims(), (QStringList{u"b 192.168.1.0/24 100.64.0.0/24"_s, u"x 192.168.1.0/24 kept"_s}));
    QCOMPARE(d.topology.holderOf({}, addr(u"10.8.0.10"))->cn, cname(u"b"));
    QCOMPARE(d.options(), QStringList{u"cn b ping 10"_s});
    QCOMPARE(d.topology.rows<QuarantineRow>().size(), std::size_t{0});
}

void TestDecide::aRenameOntoSomebodyIsRefused()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    d.setIroutes(u"b", {u"192.168.2.0/24"_s});
    QCOMPARE(d.run(RenameConnector{cname(u"a"), cname(u"b")}), u"!exists"_s);
    QCOMPARE(d.run(RenameConnector{cname(u"z"), cname(u"y")}), u"!notFound"_s);
    QCOMPARE(d.run(RenameConnector{cname(u"a"), cname(u"a")}), u"accepted"_s);
    QCOMPARE(d.lastChanges, ChangeSet());
}

void TestDecide::aRemovedConnectorLeavesOnlyQuarantine()
{
    MainDesk d;
    d.resolve(u"x", u"192.168.1.0/24");
    const QStringList before = d.fingerprint().filter(u"quarantine"_s) + d.claims();
    d.setIroutes(u"a", {u"192.168.1.0/24"_s, u"192.168.2.0/24"_s});
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"a", u"192.168.2.0/24");
    d.allocate(u"a", u"10.8.0.10");
    d.setOption(u"a", OptionType::Ping, u"10");
    const auto entries = d.journal.size();
    QCOMPARE(d.run(RemoveConnector{cname(u"a")}), u"accepted"_s);
    QCOMPARE(d.journal.size(), entries + 1);
    QCOMPARE(d.claims(), before);
    QCOMPARE(d.lans(u"a"), QStringList());
    QCOMPARE(d.options(), QStringList());
    QCOMPARE(d.topology.rows<AllocationRow>().size(), std::size_t{0});
    QVERIFY(!d.topology.find<ConnectorRow>(cname(u"a")));
    const QuarantineRow expected{pfx(u"100.64.0.0/24"), cname(u"a"), d.now, d.now + 24h, 1};
    QCOMPARE(*d.topology.rows<QuarantineRow>().begin(), expected);
    QCOMPARE(d.run(RemoveConnector{cname(u"a")}), u"!notFound"_s);
}

void TestDecide::aConnectorIsMadeAndChanged()
{
    MainDesk d;
    SetConnector command{cname(u"a")};
    command.group = u"branches"_s;
    QCOMPARE(d.run(command), u"accepted"_s);
    command = SetConnector{cname(u"a")};
    command.translation = Translation::Router;
    command.description = u"Ulm"_s;
    QCOMPARE(d.run(command), u"accepted"_s);
    const ConnectorRow expected{cname(u"a"), u"branches"_s, u"Ulm"_s, Translation::Router, d.now, 2};
    QCOMPARE(*d.topology.find<ConnectorRow>(cname(u"a")), expected);
    command.group = u" spaced "_s;
    QCOMPARE(d.run(command), u"!invalid"_s);
}

void TestDecide::hostTranslationIsRefusedWhereItCannotWork()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    d.setIroutes(u"b", {u"10.8.0.0/25"_s});
    d.resolve(u"x", u"192.168.0.0/16");
    SetConnector command{cname(u"a")};
    command.translation = Translation::Host;
    QCOMPARE(d.run(command), u"!conflict"_s);
    command.cn = cname(u"b");
    QCOMPARE(d.run(command), u"!conflict"_s);
    d.release(u"x", u"192.168.0.0/16");
    command.cn = cname(u"a");
    QCOMPARE(d.run(command), u"accepted"_s);
}

void TestDecide::singleOptionsAreReplacedAndOthersAdded()
{
    MainDesk d;
    d.setOption(u"a", OptionType::Ping, u"10");
    d.setOption(u"a", OptionType::Ping, u"20");
    d.setOption(u"a", OptionType::DhcpOption, u"DNS 10.0.0.1");
    d.setOption(u"a", OptionType::DhcpOption, u"DNS 10.0.0.2");
    const QStringList expected{u"cn a dhcp-option DNS 10.0.0.1"_s, u"cn a dhcp-option DNS 10.0.0.2"_s,
                               u"cn a ping 20"_s};
    QStringList options = d.options();
    options.sort();
    QCOMPARE(options, expected);
    const auto entries = d.journal.size();
    d.setOption(u"a", OptionType::Ping, u"20");
    d.setOption(u"a", OptionType::DhcpOption, u"DNS   10.0.0.2");
    QCOMPARE(d.journal.size(), entries);
}

void TestDecide::optionsAreClearedByHolderTypeOrValue()
{
    MainDesk d;
    for (const auto *dns : {u"DNS 10.0.0.1", u"DNS 10.0.0.2", u"DNS 10.0.0.3"})
        d.setOption(u"a", OptionType::DhcpOption, dns);
    d.setOption(u"a", OptionType::Ping, u"10");
    d.setOption(u"b", OptionType::Ping, u"10");
    d.run(ClearOptions{OptionScope::Cn, u"a"_s, OptionType::DhcpOption, u"DNS  10.0.0.2"_s});
    QCOMPARE(d.options().size(), 4);
    d.run(ClearOptions{OptionScope::Cn, u"a"_s, OptionType::DhcpOption});
    QCOMPARE(d.options(), (QStringList{u"cn a ping 10"_s, u"cn b ping 10"_s}));
    d.run(ClearOptions{OptionScope::Cn, u"a"_s});
    QCOMPARE(d.options(), QStringList{u"cn b ping 10"_s});
}

void TestDecide::optionsNeedAHolderAndAValue()
{
    MainDesk d;
    QCOMPARE(d.run(SetOption{OptionScope::Instance, u"nowhere"_s, OptionType::Ping, u"10"_s}), u"!notFound"_s);
    QCOMPARE(d.run(SetOption{OptionScope::Group, u"branches"_s, OptionType::Ping, u"10"_s}), u"accepted"_s);
    QCOMPARE(d.run(SetOption{OptionScope::Group, QString(), OptionType::Ping, u"10"_s}), u"!invalid"_s);
    QCOMPARE(d.run(SetOption{OptionScope::Cn, u"new"_s, OptionType::Ping, u"often"_s}), u"!invalid"_s);
    QVERIFY(!d.topology.find<ConnectorRow>(cname(u"new")));
    QCOMPARE(d.run(ClearOptions{OptionScope::Cn, u"new"_s}), u"!notFound"_s);
}

void TestDecide::excludingARangeInUseKeepsAndListsItsClaims()
{
    MainDesk d;
    d.resolve(u"a", u"192.168.1.0/24");
    d.resolve(u"b", u"192.168.1.0/24");
    d.resolve(u"c", u"100.64.5.0/24");
    d.resolve(u"d", u"172.16.0.0/24");
    const QStringList before = d.claims();
    const auto outcome = d.submit(ExcludePrefix{pfx(u"100.64.0.0/16"), u"lab"_s});
    const QStringList expected{u"claim_exclusion [\"100.64.0.0/16\"]"_s, u"virtual_claim [\"b\",\"192.168.1.0/24\"]"_s,
                               u"virtual_claim [\"c\",\"100.64.5.0/24\"]"_s};
    QCOMPARE(rowsOf(outcome), expected);
    QCOMPARE(d.claims(), before);
    QCOMPARE(d.resolve(u"e", u"192.168.1.0/24"), u"100.65.0.0/24"_s);
}

void TestDecide::excludingAgainKeepsTheTime()
{
    MainDesk d;
    d.run(ExcludePrefix{pfx(u"100.64.0.0/16"), u"lab"_s});
    const Timestamp first = d.now;
    d.pass(1h);
    d.run(ExcludePrefix{pfx(u"100.64.0.0/16"), u"laboratory"_s});
    const ExclusionRow expected{pfx(u"100.64.0.0/16"), u"laboratory"_s, first, 2};
    QCOMPARE(*d.topology.rows<ExclusionRow>().begin(), expected);
}

void TestDecide::unexcludeOpensTheRangeAgain()
{
    MainDesk d;
    d.run(ExcludePrefix{pfx(u"100.64.0.0/16"), {}});
    QCOMPARE(d.run(UnexcludePrefix{pfx(u"100.64.0.0/17")}), u"!notFound"_s);
    QCOMPARE(d.run(UnexcludePrefix{pfx(u"100.64.0.0/16")}), u"accepted"_s);
    d.resolve(u"a", u"192.168.1.0/24");
    QCOMPARE(d.resolve(u"b", u"192.168.1.0/24"), u"100.64.0.0/24"_s);
}

void TestDecide::settingsAreChecked()
{
    MainDesk d;
    QCOMPARE(d.run(SetSetting{u"colour"_s, u"red"_s}), u"!notFound"_s);
    for (const auto *wrong : {u"-1", u"soon", u"8761", u"1.5"})
        QCOMPARE(d.run(SetSetting{u"quarantineHours"_s, QString::fromUtf16(wrong)}), u"!invalid"_s);
    QCOMPARE(d.run(SetSetting{u"quarantineHours"_s, u"2"_s}), u"accepted"_s);
    QCOMPARE(d.topology.setting(u"quarantineHours"_s, {}), u"2"_s);
    QCOMPARE(d.run(SetSetting{u"quarantineHours"_s, {}}), u"accepted"_s);
    QCOMPARE(d.topology.rows<SettingRow>().size(), std::size_t{0});
}

void TestDecide::anImportIsAllOrNothing()
{
    MainDesk d;
    const QStringList before = d.fingerprint();
    CcdEntry good{cname(u"a"), addr(u"10.8.0.10"), {}, pfxs({u"192.168.1.0/24"_s}), {{OptionType::Ping, u"10"_s}}};
    for (const CcdEntry &bad :
         {CcdEntry{cname(u"b"), addr(u"10.9.0.10")}, CcdEntry{cname(u"b"), addr(u"10.8.0.10")}, CcdEntry{cname(u"a")},
          CcdEntry{cname(u"b"), {}, {}, pfxs({u"10.0.0.0/8"_s, u"10.1.0.0/16"_s})},
          CcdEntry{cname(u"b"), {}, {}, {}, {{OptionType::Ping, u"often"_s}}}}) {
        const auto outcome = d.submit(ImportCcd{iname(u"main"), {good, bad}});
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().payload.value("cn"_L1).toString(), bad.cn.toString());
        QCOMPARE(d.fingerprint(), before);
    }
    QCOMPARE(d.run(ImportCcd{iname(u"nowhere"), {good}}), u"!notFound"_s);
    QCOMPARE(d.run(ImportCcd{iname(u"main"), {good}}), u"accepted"_s);
}

void TestDecide::anImportReplacesWhatItNames()
{
    MainDesk d;
    d.setIroutes(u"a", {u"192.168.1.0/24"_s});
    d.allocate(u"a", u"10.8.0.10");
    d.setOption(u"a", OptionType::Ping, u"10");
    d.setIroutes(u"other", {u"192.168.9.0/24"_s});
    const CcdEntry entry{
        cname(u"a"), {}, {}, pfxs({u"192.168.2.0/24"_s}), {{OptionType::DhcpOption, u"DNS 10.0.0.1"_s}}};
    QCOMPARE(d.run(ImportCcd{iname(u"main"), {entry}}), u"accepted"_s);
    QCOMPARE(d.lans(u"a"), QStringList{u"192.168.2.0/24"_s});
    QCOMPARE(d.options(), QStringList{u"cn a dhcp-option DNS 10.0.0.1"_s});
    QCOMPARE(d.topology.allocationsOf(cname(u"a")).size(), std::size_t{0});
    QCOMPARE(d.lans(u"other"), QStringList{u"192.168.9.0/24"_s});
}

void TestDecide::anImportMayExchangeAddresses()
{
    MainDesk d;
    d.allocate(u"a", u"10.8.0.10");
    d.allocate(u"b", u"10.8.0.11");
    const ImportCcd import{iname(u"main"), {{cname(u"a"), addr(u"10.8.0.11")}, {cname(u"b"), addr(u"10.8.0.10")}}};
    QCOMPARE(d.run(import), u"accepted"_s);
    QCOMPARE(d.topology.holderOf({}, addr(u"10.8.0.11"))->cn, cname(u"a"));
    QCOMPARE(d.topology.holderOf({}, addr(u"10.8.0.10"))->cn, cname(u"b"));
    QCOMPARE(d.undo(), u"accepted"_s);
    QCOMPARE(d.topology.holderOf({}, addr(u"10.8.0.10"))->cn, cname(u"a"));
}

void TestDecide::anImportTwiceIsOneEntry()
{
    MainDesk d;
    const CcdEntry entry{
        cname(u"a"), addr(u"10.8.0.10"), {}, pfxs({u"192.168.2.0/24"_s}), {{OptionType::Ping, u"10"_s}}};
    d.run(ImportCcd{iname(u"main"), {entry}});
    const auto entries = d.journal.size();
    d.pass(1h);
    d.run(ImportCcd{iname(u"main"), {entry}});
    QCOMPARE(d.journal.size(), entries);
}

void TestDecide::everyCommandAnswersTheRowsItSpeaksOf()
{
    MainDesk d;
    const auto rows = [&](const Command &command) { return rowsOf(d.submit(command)); };
    QCOMPARE(rows(ResolveClaim{cname(u"a"), pfx(u"192.168.1.0/24"), iname(u"main")}),
             QStringList{u"virtual_claim [\"a\",\"192.168.1.0/24\"]"_s});
    QCOMPARE(rows(StandInClaim{cname(u"a"), pfx(u"192.168.1.0/24")}),
             QStringList{u"virtual_claim [\"a\",\"192.168.1.0/24\"]"_s});
    QCOMPARE(
        rows(ReassignClaim{pfx(u"100.64.0.0/24"), cname(u"b")}),
        (QStringList{u"virtual_claim [\"b\",\"100.64.0.0/24\"]"_s, u"virtual_claim [\"a\",\"192.168.1.0/24\"]"_s}));
    QCOMPARE(rows(ReleaseClaim{cname(u"a"), pfx(u"192.168.1.0/24")}),
             QStringList{u"virtual_claim [\"a\",\"192.168.1.0/24\"]"_s});
    QCOMPARE(rows(RequestAllocation{cname(u"a"), iname(u"main")}), QStringList{u"address [\"main\",\"a\",4]"_s});
    QCOMPARE(rows(ReleaseAllocation{cname(u"a")}), QStringList{u"address [\"main\",\"a\",4]"_s});
    QCOMPARE(rows(SetInstance{iname(u"main")}),
             (QStringList{u"instance [\"main\"]"_s, u"instance_pool [\"main\",\"10.8.0.0/24\"]"_s}));
    const auto decision = d.submit(DecideConnect{cname(u"a"), iname(u"main")});
    QCOMPARE(std::get<ConnectDecision>(*decision).cn, cname(u"a"));
}

void TestDecide::aRevertIsNotDecidedHere()
{
    MainDesk d;
    TopologyEdit edit(d.topology);
    QCOMPARE(refusalOf(decide(edit, Revert{{1}}, d.now)), u"!unsupported"_s);
}

void TestDecide::theVersionOfTheSubject_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("instance") << 0;
    QTest::newRow("connector") << 1;
    QTest::newRow("claim") << 2;
    QTest::newRow("allocation") << 3;
    QTest::newRow("exclusion") << 4;
    QTest::newRow("setting") << 5;
}

void TestDecide::theVersionOfTheSubject()
{
    QFETCH(int, which);
    MainDesk d;
    SetInstance instance{iname(u"main")};
    instance.blockLength = 20 + which;
    const std::vector<std::vector<Command>> steps{
        {AddInstance{instanceRow(u"new", u"10.9.0.0/24"), pfxs({u"10.9.0.0/24"_s})}},
        {ReplaceIroutes{cname(u"a"), pfxs({u"10.1.0.0/24"_s})}, ReplaceIroutes{cname(u"a"), {}}},
        {ResolveClaim{cname(u"a"), pfx(u"10.1.0.0/24"), iname(u"main")}, StandInClaim{cname(u"a"), pfx(u"10.1.0.0/24")},
         ReassignClaim{pfx(u"10.1.0.0/24"), cname(u"a")}},
        {SetAllocation{cname(u"a"), iname(u"main"), addr(u"10.8.0.9")},
         SetAllocation{cname(u"a"), iname(u"main"), addr(u"10.8.0.8")}},
        {ExcludePrefix{pfx(u"10.1.0.0/24"), {}}, ExcludePrefix{pfx(u"10.1.0.0/24"), u"x"_s},
         UnexcludePrefix{pfx(u"10.1.0.0/24")}},
        {SetSetting{u"quarantineHours"_s, u"1"_s}, SetSetting{u"quarantineHours"_s, u"2"_s}}};
    qint64 expected = 0;
    for (const Command &command : steps[static_cast<std::size_t>(which)]) {
        QCOMPARE(subjectVersion(d.topology, command), std::optional<qint64>(expected));
        QCOMPARE(d.run(command), u"accepted"_s);
        ++expected;
    }
}

void TestDecide::commandsWithoutASubjectHaveNoVersion()
{
    MainDesk d;
    for (const Command &command :
         std::vector<Command>{RequestAllocation{cname(u"a"), iname(u"main")}, Revert{{1}},
                              DecideConnect{cname(u"a"), iname(u"main")}, ImportCcd{iname(u"main"), {}}})
        QCOMPARE(subjectVersion(d.topology, command), std::optional<qint64>());
}

QTEST_GUILESS_MAIN(TestDecide)
#include "tst_decide.moc"
