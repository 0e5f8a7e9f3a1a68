// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/natkeeper.h"
#include "tests/support/fakestore.h"
#include "tests/support/ownnetwork.h"
#include "tests/support/topologies.h"

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <linux/capability.h>
#include <sys/syscall.h>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

QString nft(const QString &arguments)
{
    return sh(u"nft "_s + arguments).output;
}
void run(const QString &script)
{
    const Ran ran = sh(script);
    QVERIFY2(ran.exitCode == 0, qPrintable(ran.output));
}

/// What is translated, as "STAND-IN : REAL", in the order of the kernel's map; empty without our table.
QStringList translated()
{
    static const QRegularExpression kMap(u"dnat ip prefix to ip daddr map \\{ ([^}]*) \\}"_s);
    const auto match = kMap.match(nft(u"list ruleset"_s));
    return match.hasMatch() ? match.captured(1).split(u", "_s) : QStringList();
}
/// The number that the kernel gave our table when it was loaded; empty without one.
QString loading()
{
    static const QRegularExpression kHandle(u"table ip interlock_host \\{ # handle (\\d+)"_s);
    return kHandle.match(nft(u"-a list ruleset"_s)).captured(1);
}

/// This thread has no right to change the network for as long as this lives.
class WithoutCapability
{
public:
    WithoutCapability()
    {
        syscall(SYS_capget, &m_header, m_before.data());
        auto less = m_before;
        less[0].effective &= ~(1U << static_cast<unsigned>(CAP_NET_ADMIN));
        m_isDropped = syscall(SYS_capset, &m_header, less.data()) == 0;
    }
    ~WithoutCapability() { syscall(SYS_capset, &m_header, m_before.data()); }
    WithoutCapability(const WithoutCapability &) = delete;
    WithoutCapability &operator=(const WithoutCapability &) = delete;

    [[nodiscard]] bool isDropped() const { return m_isDropped; }

private:
    __user_cap_header_struct m_header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> m_before{};
    bool m_isDropped = false;
};

/// A keeper on a store with the instance `main`, whose tunnel device is tun0.
struct Bed
{
    Bed()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s)); // each test names what has to be said
        store.put(instanceRow(u"main", u"10.8.0.0/24"));
        store.put(poolRow(u"main", u"10.8.0.0/24"));
    }

    /// A connector whose LAN has that stand-in, which the VPN host translates.
    void translate(QStringView cn, QStringView real, QStringView standIn)
    {
        ConnectorRow row = connectorRow(cn);
        row.translation = Translation::Host;
        store.put(row);
        store.put(ClaimRow{cname(cn), pfx(real), pfx(standIn), pfx(standIn), iname(u"main"), {}, 1});
    }
    void stop(QStringView cn, QStringView real)
    {
        store.remove(*store.queries.topology.find<ClaimRow>(cname(cn), pfx(real)));
    }
    /// Two connectors that the host cannot tell apart: refused, whatever else there is. When that was told, a look that
    /// began after this has ended.
    void look()
    {
        const QString real = u"172.16.%1.0/24"_s.arg(++looks);
        translate(u"x", real, u"100.127.%1.0/24"_s.arg(looks));
        translate(u"y", real, u"100.126.%1.0/24"_s.arg(looks));
        QTRY_COMPARE(problemsOf(u"x"), looks);
    }
    [[nodiscard]] int problemsOf(QStringView cn) const
    {
        const auto it = keeper.problems().find(cname(cn));
        return it == keeper.problems().end() ? 0 : static_cast<int>(it->second.size());
    }
    [[nodiscard]] QStringList sentences(QStringView cn) const
    {
        const auto it = keeper.problems().find(cname(cn));
        return it == keeper.problems().end() ? QStringList() : it->second;
    }

    SteppedClock clock;
    FakeStore store{clock};
    TopologyMirror mirror{store.queries, store.feed};
    NatKeeper keeper{mirror};
    int looks = 0;
};

const QStringList kAna{u"100.64.0.0/27 : 192.168.1.0/27"_s};

} // namespace

/// On tun0 of a network namespace of its own, which is gone with the process.
class TestNatKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { ENTER_OWN_NETWORK_OR_SKIP(); }
    void init();
    void cleanup();

    void whatTheHostTranslatesIsLoaded();
    void aChangedRowIsLoadedAndTheLastOneTakesTheTableAlong();
    void whereNothingIsTranslatedThereIsNoTable();
    void whatIsLoadedIsNotLoadedAgain();
    void aTableThatSomebodyTookAwayComesBack();
    void aTableThatSomebodyChangedIsPutRight();
    void foreignTablesAreLeftAlone();
    void whatCannotBeToldApartIsAProblemUntilItCan();
    void withoutATunnelWhatIsLoadedStays();
    void aHostThatRefusesIsAProblemOfEachConnector();
};

void TestNatKeeper::init()
{
    run(u"ip link set lo up; ip tuntap add dev tun0 mode tun; ip addr add 10.8.0.1/24 dev tun0; ip link set tun0 up"_s);
}

void TestNatKeeper::cleanup()
{
    run(u"ip link del tun0 2>/dev/null || true; nft flush ruleset"_s);
}

void TestNatKeeper::whatTheHostTranslatesIsLoaded() // SEMANTICS.md 3
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    bed.translate(u"bob", u"192.168.2.0/30", u"100.64.0.32/30");
    QTRY_COMPARE(translated(), (QStringList{kAna.first(), u"100.64.0.32/30 : 192.168.2.0/30"_s}));
    QVERIFY(nft(u"list ruleset"_s).contains(u"iifname \"tun0\" snat"_s));
    QVERIFY(bed.keeper.problems().empty());
}

void TestNatKeeper::aChangedRowIsLoadedAndTheLastOneTakesTheTableAlong()
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.64/27");
    QTRY_COMPARE(translated(), QStringList(u"100.64.0.64/27 : 192.168.1.0/27"_s));
    bed.store.put(connectorRow(u"ana")); // its own client translates now
    QTRY_COMPARE(nft(u"list ruleset"_s), QString());
}

void TestNatKeeper::whereNothingIsTranslatedThereIsNoTable()
{
    Bed bed;
    bed.store.put(connectorRow(u"ana"));
    bed.store.put(ClaimRow{
        cname(u"ana"), pfx(u"192.168.1.0/27"), pfx(u"100.64.0.0/27"), pfx(u"100.64.0.0/27"), iname(u"main"), {}, 1});
    bed.look();
    QCOMPARE(nft(u"list ruleset"_s), QString());
}

void TestNatKeeper::whatIsLoadedIsNotLoadedAgain()
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    const QString first = loading();
    QVERIFY(!first.isEmpty());
    bed.look();
    bed.look();
    QCOMPARE(loading(), first);
    bed.translate(u"bob", u"192.168.2.0/30", u"100.64.0.32/30");
    QTRY_VERIFY(loading() != first);
}

void TestNatKeeper::aTableThatSomebodyTookAwayComesBack()
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    run(u"nft flush ruleset"_s);
    bed.keeper.touch();
    QTRY_COMPARE(translated(), kAna);
}

void TestNatKeeper::aTableThatSomebodyChangedIsPutRight()
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    const QString before = nft(u"list ruleset"_s);
    run(u"nft flush chain ip interlock_host prerouting"_s);
    QVERIFY(nft(u"list ruleset"_s) != before);
    bed.keeper.touch();
    QTRY_COMPARE(nft(u"list ruleset"_s), before);
}

void TestNatKeeper::foreignTablesAreLeftAlone()
{
    run(u"nft add table ip theirs; nft add chain ip theirs c; nft add rule ip theirs c accept"_s);
    const QString theirs = nft(u"list table ip theirs"_s);
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    QCOMPARE(nft(u"list table ip theirs"_s), theirs);
    bed.stop(u"ana", u"192.168.1.0/27");
    QTRY_COMPARE(nft(u"list ruleset"_s), theirs);
}

void TestNatKeeper::whatCannotBeToldApartIsAProblemUntilItCan() // openvpn/FACTS.md 10
{
    Bed bed;
    const QSignalSpy told(&bed.keeper, &NatKeeper::problemsChanged);
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    bed.translate(u"bob", u"192.168.1.0/24", u"100.64.1.0/24");
    bed.translate(u"eve", u"192.168.9.0/24", u"100.64.2.0/24");
    QTRY_COMPARE(translated(), QStringList(u"100.64.2.0/24 : 192.168.9.0/24"_s));
    QTRY_COMPARE(
        bed.sentences(u"ana"),
        QStringList(u"192.168.1.0/27 overlaps 192.168.1.0/24 of bob, so the VPN host cannot tell the two apart"_s));
    QCOMPARE(
        bed.sentences(u"bob"),
        QStringList(u"192.168.1.0/24 overlaps 192.168.1.0/27 of ana, so the VPN host cannot tell the two apart"_s));
    QCOMPARE(bed.sentences(u"eve"), QStringList());
    const auto times = told.size();
    bed.stop(u"bob", u"192.168.1.0/24");
    QTRY_COMPARE(told.size(), times + 1);
    QVERIFY(bed.keeper.problems().empty());
    QTRY_COMPARE(translated(), (QStringList{kAna.first(), u"100.64.2.0/24 : 192.168.9.0/24"_s}));
}

void TestNatKeeper::withoutATunnelWhatIsLoadedStays() // sessions of a server that comes back need it at once
{
    Bed bed;
    bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
    QTRY_COMPARE(translated(), kAna);
    const QString before = nft(u"list ruleset"_s);
    run(u"ip link del tun0"_s);
    bed.translate(u"bob", u"192.168.2.0/30", u"100.64.0.32/30");
    bed.look();
    QCOMPARE(nft(u"list ruleset"_s), before);
    init();
    bed.keeper.touch();
    QTRY_COMPARE(translated(), (QStringList{kAna.first(), u"100.64.0.32/30 : 192.168.2.0/30"_s}));
}

void TestNatKeeper::aHostThatRefusesIsAProblemOfEachConnector()
{
    const QString why = u"the rules of this host cannot be read or changed: it needs CAP_NET_ADMIN"_s;
    Bed bed;
    {
        const WithoutCapability dropped;
        QVERIFY(dropped.isDropped());
        QTest::ignoreMessage(QtWarningMsg, qPrintable(u"host rules are not loaded why=\"%1\""_s.arg(why)));
        bed.translate(u"ana", u"192.168.1.0/27", u"100.64.0.0/27");
        QTRY_COMPARE(bed.sentences(u"ana"), QStringList(u"the VPN host does not translate 192.168.1.0/27: "_s + why));
        bed.look(); // and says it once
    }
    QCOMPARE(nft(u"list ruleset"_s), QString());
    bed.keeper.touch();
    QTRY_COMPARE(bed.sentences(u"ana"), QStringList());
    QCOMPARE(translated(), kAna);
}

QTEST_GUILESS_MAIN(TestNatKeeper)
#include "tst_natkeeper.moc"
