// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/kernelroutekeeper.h"
#include "tests/support/fakestore.h"
#include "tests/support/ownnetwork.h"
#include "tests/support/topologies.h"

#include <QRegularExpression>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

const QString kRange = u"100.64.0.0/10"_s;
const QString kLan = u"192.168.1.0/24"_s;

QStringList texts(const std::vector<Prefix> &prefixes)
{
    QStringList list;
    for (const Prefix &prefix : prefixes)
        list += prefix.toString();
    return list;
}

/// A keeper of the instance `main`, whose tunnel device is tun0, and what it tells.
struct Bed
{
    explicit Bed(std::optional<std::vector<Prefix>> live = std::vector<Prefix>()) : installed(std::move(live))
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s)); // each test names what has to be said, once
        store.put(instanceRow(u"main", u"10.8.0.0/24"));
        store.put(poolRow(u"main", u"10.8.0.0/24"));
        QObject::connect(&keeper, &KernelRouteKeeper::routesChanged, &keeper,
                         [this](const InstanceName &instance, const std::vector<Prefix> &routes) {
                             told = instance.toString() + u": "_s + texts(routes).join(u' ');
                             ++looks;
                         });
        keeper.add(iname(u"main"));
    }

    void declare(QStringView cn, QStringView address, const QString &lan)
    {
        store.put(connectorRow(cn));
        store.put(allocationRow(u"main", cn, address));
        store.put(irouteRow(cn, lan));
        store.put(ClaimRow{cname(cn), pfx(lan), pfx(lan), pfx(lan), iname(u"main"), {}, 1});
    }
    /// Waits for a look that began after this.
    void look()
    {
        const int before = looks;
        keeper.touch();
        QTRY_VERIFY(looks > before);
    }

    SteppedClock clock;
    FakeStore store{clock};
    TopologyMirror mirror{store.queries, store.feed};
    std::optional<std::vector<Prefix>> installed; ///< on the live sessions, as far as anybody knows
    KernelRouteKeeper keeper{mirror, [this](const InstanceName &) { return installed; }};
    QString told;
    int looks = 0;
};

/// Our routes on tun0, as the kernel has them.
QStringList ours()
{
    return texts(KernelRouteTable::open().value().routes(u"tun0"_s).value());
}

void run(const QString &script)
{
    const Ran ran = sh(script);
    QVERIFY2(ran.exitCode == 0, qPrintable(ran.output));
}

} // namespace

/// On tun0 of a network namespace of its own, which is gone with the process.
class TestKernelRouteKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ENTER_OWN_NETWORK_OR_SKIP(); }
    void init();
    void cleanup();

    void declaredLansAreRouted();
    void aLanThatNobodyDeclaresAnyMoreLosesItsRoute();
    void aRouteStaysAsLongAsASessionHasTheLan();
    void aReleasedLanThatIsStillInstalledIsRouted();
    void whileTheSessionsAreNotKnownNothingIsTakenAway();
    void aDeviceThatComesBackGetsItsRoutesAgain();
    void withoutADeviceNothingIsRoutedHere();
    void aForeignRouteIsLeftAloneAndSaid();
    void aForeignRouteThatGoesAwayMakesRoom();
    void aPartThatIsLedElsewhereIsSaidAndNotCounted();
    void aRouteWithoutADeviceIsSaidToo();
    void whatIsNotLookedAfterAnyMoreStays();
};

void TestKernelRouteKeeper::init()
{
    run(u"ip link set lo up; ip tuntap add dev tun0 mode tun; ip tuntap add dev eth9 mode tap; "
        "ip addr add 10.8.0.1/24 dev tun0; ip addr add 172.30.0.1/24 dev eth9; ip link set tun0 up; "
        "ip link set eth9 up"_s);
}

void TestKernelRouteKeeper::cleanup()
{
    run(u"ip link del tun0 2>/dev/null || true; ip link del eth9; ip route flush type blackhole"_s);
}

void TestKernelRouteKeeper::declaredLansAreRouted() // openvpn/FACTS.md 5; SEMANTICS.md 3
{
    Bed bed;
    bed.look();
    QCOMPARE(ours(), QStringList{kRange});
    QCOMPARE(bed.told, u"main: 100.64.0.0/10"_s);
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.declare(u"bob", u"10.8.0.11", u"fd00:1::/64"_s);
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan, u"fd00:1::/64"_s}));
    QCOMPARE(bed.told, u"main: 100.64.0.0/10 192.168.1.0/24 fd00:1::/64"_s);
}

void TestKernelRouteKeeper::aLanThatNobodyDeclaresAnyMoreLosesItsRoute() // its claim still holds it
{
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan}));
    bed.store.remove(irouteRow(u"ana", kLan));
    bed.look();
    QCOMPARE(ours(), QStringList{kRange});
}

void TestKernelRouteKeeper::aRouteStaysAsLongAsASessionHasTheLan() // openvpn/FACTS.md 49
{
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.installed = pfxs({kLan});
    bed.look();
    bed.store.remove(irouteRow(u"ana", kLan));
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan}));
    bed.installed = pfxs({});
    QTRY_COMPARE(ours(), QStringList{kRange}); // nobody has to tell it
    QTRY_COMPARE(bed.told, u"main: 100.64.0.0/10"_s);
}

void TestKernelRouteKeeper::aReleasedLanThatIsStillInstalledIsRouted()
{
    Bed bed(pfxs({kLan, u"0.0.0.0/0"_s})); // the default route is nobody's LAN, whoever installed it
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan}));
}

void TestKernelRouteKeeper::whileTheSessionsAreNotKnownNothingIsTakenAway()
{
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    bed.installed.reset();
    bed.store.remove(irouteRow(u"ana", kLan));
    bed.declare(u"bob", u"10.8.0.11", u"192.168.9.0/24"_s);
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan, u"192.168.9.0/24"_s}));
    QCOMPARE(bed.told, u"main: 100.64.0.0/10 192.168.1.0/24 192.168.9.0/24"_s);
    bed.installed = pfxs({});
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, u"192.168.9.0/24"_s}));
}

void TestKernelRouteKeeper::aDeviceThatComesBackGetsItsRoutesAgain() // as at SIGUSR1: openvpn/FACTS.md 39
{
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    run(u"ip link del tun0; ip tuntap add dev tun0 mode tun; ip addr add 10.8.0.1/24 dev tun0; ip link set tun0 up"_s);
    QTRY_COMPARE(ours(), (QStringList{kRange, kLan}));
}

void TestKernelRouteKeeper::withoutADeviceNothingIsRoutedHere()
{
    run(u"ip link del tun0"_s);
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    QCOMPARE(bed.told, u"main: "_s);
}

void TestKernelRouteKeeper::aForeignRouteIsLeftAloneAndSaid()
{
    run(u"ip route add 192.168.1.0/24 via 172.30.0.254 dev eth9"_s);
    const QString before = sh(u"ip route show dev eth9"_s).output;
    QTest::ignoreMessage(QtWarningMsg, "instance=main routed into tun0, except what somebody else's route leads "
                                       "elsewhere: 192.168.1.0/24 is not (there is 192.168.1.0/24 on eth9)");
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    bed.look(); // and says it once
    QCOMPARE(ours(), QStringList{kRange});
    QCOMPARE(bed.told, u"main: 100.64.0.0/10"_s);
    bed.store.remove(irouteRow(u"ana", kLan));
    bed.look();
    QCOMPARE(sh(u"ip route show dev eth9"_s).output, before);
}

void TestKernelRouteKeeper::aForeignRouteThatGoesAwayMakesRoom()
{
    run(u"ip route add 192.168.1.0/24 via 172.30.0.254 dev eth9"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"192\\.168\\.1\\.0/24 is not"_s));
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    run(u"ip route del 192.168.1.0/24 dev eth9"_s);
    QTRY_COMPARE(ours(), (QStringList{kRange, kLan}));
}

void TestKernelRouteKeeper::aPartThatIsLedElsewhereIsSaidAndNotCounted()
{
    run(u"ip route add 192.168.1.128/25 via 172.30.0.254 dev eth9; ip route add 100.64.0.0/11 dev tun0"_s);
    QTest::ignoreMessage(QtWarningMsg,
                         "instance=main routed into tun0, except what somebody else's route leads "
                         "elsewhere: a part of 192.168.1.0/24 is not (there is 192.168.1.128/25 on eth9)");
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    QCOMPARE(ours(), (QStringList{kRange, kLan}));
    QCOMPARE(bed.told, u"main: 100.64.0.0/10 192.168.1.0/25"_s);
}

void TestKernelRouteKeeper::aRouteWithoutADeviceIsSaidToo()
{
    run(u"ip route add blackhole 192.168.1.0/24"_s);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"\\(there is 192\\.168\\.1\\.0/24 without a device\\)"_s));
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.look();
    QCOMPARE(ours(), QStringList{kRange});
}

void TestKernelRouteKeeper::whatIsNotLookedAfterAnyMoreStays()
{
    Bed bed;
    bed.declare(u"ana", u"10.8.0.10", kLan);
    bed.store.put(instanceRow(u"other", u"10.9.0.0/24"));
    bed.keeper.add(iname(u"other"));
    bed.look();
    bed.keeper.remove(iname(u"main"));
    bed.store.remove(irouteRow(u"ana", kLan));
    bed.look();
    QCOMPARE(ours(), (QStringList{kLan})); // the range, which both have, is nobody's as a whole
}

QTEST_GUILESS_MAIN(TestKernelRouteKeeper)
#include "tst_kernelroutekeeper.moc"
