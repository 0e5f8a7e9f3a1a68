// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/kernelroutetable.h"
#include "tests/support/ownnetwork.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <thread>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

std::vector<Prefix> prefixes(const QStringList &texts)
{
    std::vector<Prefix> list;
    for (const QString &text : texts)
        list.push_back(Prefix::parse(text).value());
    return list;
}

QStringList texts(const std::vector<Prefix> &list)
{
    QStringList result;
    for (const Prefix &prefix : list)
        result += prefix.toString();
    return result;
}

QString failureOf(const Expected<KernelRouteChange> &result)
{
    return result ? u"done"_s : nameOf(result.error().kind) + u": "_s + result.error().detail;
}

/// The main tables as iproute2 shows them, without what the kernel adds by itself for IPv6.
QStringList shownRoutes(const QString &filter = {})
{
    QStringList lines;
    for (const QString &command : {u"ip -4 route show table main "_s, u"ip -6 route show table main "_s}) {
        for (const QString &line : sh(command + filter).output.split(u'\n', Qt::SkipEmptyParts)) {
            if (!line.startsWith(u"fe80::"))
                lines += line.simplified();
        }
    }
    return lines;
}

/// Takes every capability from the calling thread.
bool dropCapabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> none{};
    return syscall(SYS_capset, &header, none.data()) == 0;
}

} // namespace

/// On tun0 of a network namespace of its own, which is gone with the process.
class TestKernelRouteTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void wantedRoutesAreThereWithOurNumberAndWithoutGateway();
    void secondReconciliationChangesNothing();
    void whatIsNoLongerWantedIsRemoved();
    void aWantedPrefixIsAddedOnceHoweverOftenItIsListed();
    void foreignRoutesSurvive();
    void aRouteOfTheServersConfigurationServes();
    void aForeignRouteElsewhereKeepsOursOut();
    void aConnectedNetworkKeepsItsHosts();
    void aWiderPrefixThanAConnectedNetworkIsAdded();
    void partsThatAreLedElsewhereAreNamedAndLeftAlone();
    void ourRoutesOnAnotherDeviceAreLeftAlone();
    void aRouteThatSomebodyTookAwayComesBack();
    void aThousandRoutesAreOneReconciliation();
    void missingDeviceIsNamed();
    void deviceThatIsDownIsNamed();
    void withoutTheCapabilityItSaysSo();
    void openTableCanBeMoved();

private:
    KernelRouteTable table() { return KernelRouteTable::open().value(); }
};

void TestKernelRouteTable::initTestCase()
{
    ENTER_OWN_NETWORK_OR_SKIP();
    const Ran made = sh(u"ip link set lo up; ip tuntap add dev tun0 mode tun; ip tuntap add dev tun1 mode tun; "
                        "ip tuntap add dev eth9 mode tap"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
}

void TestKernelRouteTable::init()
{
    const Ran made = sh(u"ip addr add 10.8.0.1/24 dev tun0; ip addr add 10.9.0.1/24 dev tun1; "
                        "ip addr add 192.168.50.1/24 dev eth9; ip link set tun0 up; ip link set tun1 up; "
                        "ip link set eth9 up"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
}

void TestKernelRouteTable::cleanup()
{
    // Taking a device down takes its routes with it.
    const Ran cleared = sh(u"for d in tun0 tun1 eth9; do ip link set $d down; ip addr flush dev $d; done; "
                           "ip route flush type blackhole"_s);
    QVERIFY2(cleared.exitCode == 0, qPrintable(cleared.output));
    QCOMPARE(shownRoutes(), QStringList());
}

void TestKernelRouteTable::wantedRoutesAreThereWithOurNumberAndWithoutGateway()
{
    const auto change = table().reconcile(
        u"tun0"_s, prefixes({u"100.64.0.0/10"_s, u"192.168.1.0/27"_s, u"10.77.0.5/32"_s, u"fd00:64:1::/64"_s}));
    QVERIFY2(change.has_value(), qPrintable(failureOf(change)));
    QCOMPARE(texts(change->added),
             (QStringList{u"10.77.0.5/32"_s, u"100.64.0.0/10"_s, u"192.168.1.0/27"_s, u"fd00:64:1::/64"_s}));
    QCOMPARE(texts(change->removed), QStringList());
    QVERIFY(change->foreign.empty());
    QCOMPARE(
        shownRoutes(u"proto 77 dev tun0"_s),
        (QStringList{u"10.77.0.5 scope link linkdown"_s, u"100.64.0.0/10 scope link linkdown"_s,
                     u"192.168.1.0/27 scope link linkdown"_s, u"fd00:64:1::/64 metric 1024 linkdown pref medium"_s}));
    QCOMPARE(texts(table().routes(u"tun0"_s).value()), texts(change->added));
    QCOMPARE(texts(table().routes(u"tun1"_s).value()), QStringList());
}

void TestKernelRouteTable::secondReconciliationChangesNothing()
{
    const auto wanted = prefixes({u"100.64.0.0/10"_s, u"192.168.1.0/27"_s, u"fd00:64:1::/64"_s});
    QVERIFY(table().reconcile(u"tun0"_s, wanted).has_value());
    const QStringList before = shownRoutes();
    QCOMPARE(table().reconcile(u"tun0"_s, wanted), KernelRouteChange());
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::whatIsNoLongerWantedIsRemoved()
{
    const QStringList before = shownRoutes();
    auto routes = table();
    QVERIFY(routes.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s, u"192.168.2.0/27"_s, u"fd00:1::/64"_s})));
    const auto change = routes.reconcile(u"tun0"_s, prefixes({u"192.168.2.0/27"_s, u"192.168.3.0/27"_s}));
    QCOMPARE(change, (KernelRouteChange{
                         prefixes({u"192.168.3.0/27"_s}), prefixes({u"192.168.1.0/27"_s, u"fd00:1::/64"_s}), {}}));
    QCOMPARE(texts(routes.routes(u"tun0"_s).value()), (QStringList{u"192.168.2.0/27"_s, u"192.168.3.0/27"_s}));
    QCOMPARE(routes.clear(u"tun0"_s),
             (KernelRouteChange{{}, prefixes({u"192.168.2.0/27"_s, u"192.168.3.0/27"_s}), {}}));
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::aWantedPrefixIsAddedOnceHoweverOftenItIsListed()
{
    const auto change =
        table().reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s, u"10.1.0.0/16"_s, u"192.168.1.0/27"_s}));
    QCOMPARE(change, (KernelRouteChange{prefixes({u"10.1.0.0/16"_s, u"192.168.1.0/27"_s}), {}, {}}));
}

void TestKernelRouteTable::foreignRoutesSurvive()
{
    // The administrator's, one of a routing daemon on the same device, a default route and one in another table.
    const Ran made =
        sh(u"ip route add 172.16.0.0/16 dev tun0; ip route add 172.17.0.0/16 dev tun0 proto isis; "
           "ip route add default via 192.168.50.254 dev eth9; ip route add blackhole 10.99.0.0/16; "
           "ip route add 192.168.1.0/27 dev tun0 table 77 proto 77; ip -6 route add fd00:9::/64 dev tun0"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    const QStringList before = shownRoutes();
    const QString elsewhere = sh(u"ip route show table 88"_s).output;
    auto routes = table();
    QCOMPARE(routes.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s})),
             (KernelRouteChange{prefixes({u"192.168.1.0/27"_s}), {}, {}}));
    QCOMPARE(routes.clear(u"tun0"_s), (KernelRouteChange{{}, prefixes({u"192.168.1.0/27"_s}), {}}));
    QCOMPARE(shownRoutes(), before);
    QCOMPARE(sh(u"ip route show table 88"_s).output, elsewhere);
    QVERIFY(!elsewhere.isEmpty());
}

void TestKernelRouteTable::aRouteOfTheServersConfigurationServes() // openvpn/FACTS.md 5
{
    const Ran made = sh(u"ip route add 100.64.0.0/10 via 10.8.0.2 dev tun0"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    const QStringList before = shownRoutes();
    QCOMPARE(table().reconcile(u"tun0"_s, prefixes({u"100.64.0.0/10"_s})),
             (KernelRouteChange{
                 {},
                 {},
                 {{prefixes({u"100.64.0.0/10"_s}).front(), prefixes({u"100.64.0.0/10"_s}).front(), u"tun0"_s, true}}}));
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::aForeignRouteElsewhereKeepsOursOut()
{
    const Ran made = sh(u"ip route add 192.168.7.0/24 via 192.168.50.254 dev eth9 metric 50; "
                        "ip route add blackhole 192.168.8.0/24; ip -6 route add fd00:7::/64 dev eth9 metric 5"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    const QStringList before = shownRoutes();
    const auto wanted = prefixes({u"192.168.7.0/24"_s, u"192.168.8.0/24"_s, u"fd00:7::/64"_s});
    QCOMPARE(table().reconcile(u"tun0"_s, wanted), (KernelRouteChange{{},
                                                                      {},
                                                                      {{wanted[0], wanted[0], u"eth9"_s, false},
                                                                       {wanted[1], wanted[1], {}, false},
                                                                       {wanted[2], wanted[2], u"eth9"_s, false}}}));
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::aConnectedNetworkKeepsItsHosts()
{
    const QStringList before = shownRoutes();
    const auto wanted = prefixes({u"192.168.50.0/24"_s, u"192.168.50.128/25"_s});
    const Prefix connected = wanted.front();
    QCOMPARE(table().reconcile(u"tun0"_s, wanted),
             (KernelRouteChange{
                 {}, {}, {{wanted[0], connected, u"eth9"_s, false}, {wanted[1], connected, u"eth9"_s, false}}}));
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::aWiderPrefixThanAConnectedNetworkIsAdded()
{
    QVERIFY(sh(u"ip route add default dev eth9"_s).exitCode == 0); // no network that a device is in
    const auto wanted = prefixes({u"192.168.0.0/16"_s, u"10.20.0.0/16"_s});
    QCOMPARE(table().reconcile(u"tun0"_s, wanted),
             (KernelRouteChange{prefixes({u"10.20.0.0/16"_s, u"192.168.0.0/16"_s}),
                                {},
                                {},
                                {{wanted[0], prefixes({u"192.168.50.0/24"_s}).front(), u"eth9"_s, false}}}));
    QVERIFY(sh(u"ip route get 192.168.50.7"_s).output.contains(u"dev eth9"));
    QVERIFY(sh(u"ip route get 192.168.51.7"_s).output.contains(u"dev tun0"));
}

void TestKernelRouteTable::partsThatAreLedElsewhereAreNamedAndLeftAlone()
{
    const Ran made =
        sh(u"ip route add 192.168.7.64/26 via 192.168.50.254 dev eth9; ip route add 192.168.7.0/26 dev tun0; "
           "ip route add blackhole 192.168.7.128/25; ip -6 route add fd00:7:0:1::/64 dev eth9"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    const QStringList before = shownRoutes();
    const auto wanted = prefixes({u"192.168.7.0/24"_s, u"fd00:7::/48"_s});
    const auto parts = prefixes({u"192.168.7.64/26"_s, u"192.168.7.128/25"_s, u"fd00:7:0:1::/64"_s});
    const std::vector<ForeignRoute> inside{{wanted[0], parts[0], u"eth9"_s, false},
                                           {wanted[0], parts[1], {}, false},
                                           {wanted[1], parts[2], u"eth9"_s, false}};
    auto routes = table();
    QCOMPARE(routes.reconcile(u"tun0"_s, wanted), (KernelRouteChange{wanted, {}, {}, inside}));
    QCOMPARE(routes.reconcile(u"tun0"_s, wanted), (KernelRouteChange{{}, {}, {}, inside})); // as long as they are there
    QCOMPARE(routes.clear(u"tun0"_s), (KernelRouteChange{{}, wanted, {}, {}}));
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::ourRoutesOnAnotherDeviceAreLeftAlone()
{
    auto routes = table();
    QVERIFY(routes.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s})));
    const auto second = routes.reconcile(u"tun1"_s, prefixes({u"192.168.1.0/27"_s, u"192.168.2.0/27"_s}));
    const Prefix shared = prefixes({u"192.168.1.0/27"_s}).front();
    QCOMPARE(second, (KernelRouteChange{prefixes({u"192.168.2.0/27"_s}), {}, {{shared, shared, u"tun0"_s, false}}}));
    QVERIFY(routes.clear(u"tun1"_s).has_value());
    QCOMPARE(texts(routes.routes(u"tun0"_s).value()), QStringList{u"192.168.1.0/27"_s});
}

void TestKernelRouteTable::aRouteThatSomebodyTookAwayComesBack()
{
    auto routes = table();
    const auto wanted = prefixes({u"192.168.1.0/27"_s, u"192.168.2.0/27"_s});
    QVERIFY(routes.reconcile(u"tun0"_s, wanted).has_value());
    QVERIFY(sh(u"ip route del 192.168.2.0/27"_s).exitCode == 0);
    QCOMPARE(routes.reconcile(u"tun0"_s, wanted), (KernelRouteChange{prefixes({u"192.168.2.0/27"_s}), {}, {}}));
}

void TestKernelRouteTable::aThousandRoutesAreOneReconciliation()
{
    std::vector<Prefix> wanted;
    for (unsigned i = 0; i < 1000; ++i)
        wanted.emplace_back(Address::ipv4(0x0A40'0000U + (i << 8U)), 24);
    auto routes = table();
    QElapsedTimer timer;
    timer.start();
    const auto change = routes.reconcile(u"tun0"_s, wanted);
    const qint64 added = timer.nsecsElapsed();
    QVERIFY2(change.has_value(), qPrintable(failureOf(change)));
    QCOMPARE(change->added, wanted);
    timer.restart();
    QCOMPARE(routes.reconcile(u"tun0"_s, wanted), KernelRouteChange());
    qInfo("1000 routes: %.1f us each to add, %.1f ms for a reconciliation without a change", double(added) / 1e6,
          double(timer.nsecsElapsed()) / 1e6);
}

void TestKernelRouteTable::missingDeviceIsNamed()
{
    for (const QString &name : {u"tun9"_s, QString(), u"a-name-that-no-device-can-have"_s}) {
        const auto change = table().reconcile(name, prefixes({u"192.168.1.0/27"_s}));
        QCOMPARE(failureOf(change), u"backendUnavailable: there is no network device '%1' on this host"_s.arg(name));
        QCOMPARE(change.error().payload, (QJsonObject{{u"device"_s, name}}));
    }
}

void TestKernelRouteTable::deviceThatIsDownIsNamed()
{
    QVERIFY(sh(u"ip link set tun1 down"_s).exitCode == 0);
    QCOMPARE(failureOf(table().reconcile(u"tun1"_s, prefixes({u"192.168.1.0/27"_s}))),
             u"backendUnavailable: the network device 'tun1' is down"_s);
    QCOMPARE(table().clear(u"tun1"_s), KernelRouteChange()); // nothing is left there
}

void TestKernelRouteTable::withoutTheCapabilityItSaysSo()
{
    QVERIFY(table().reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s})).has_value());
    const QStringList before = shownRoutes();
    QStringList said;
    QStringList read;
    bool dropped = false;
    // Capabilities belong to a thread.
    std::thread([&] {
        dropped = dropCapabilities();
        auto routes = table();
        read = texts(routes.routes(u"tun0"_s).value());
        said += failureOf(routes.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s})));
        said += failureOf(routes.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s, u"192.168.2.0/27"_s})));
        said += failureOf(routes.clear(u"tun0"_s));
    }).join();
    QVERIFY(dropped);
    const QString refusal = u"readOnly: routes of this host cannot be changed: it needs CAP_NET_ADMIN"_s;
    QCOMPARE(said, (QStringList{u"done"_s, refusal, refusal}));
    QCOMPARE(read, QStringList{u"192.168.1.0/27"_s});
    QCOMPARE(shownRoutes(), before);
}

void TestKernelRouteTable::openTableCanBeMoved()
{
    auto first = table();
    KernelRouteTable second = std::move(first);
    QVERIFY(second.reconcile(u"tun0"_s, prefixes({u"192.168.1.0/27"_s})).has_value());
}

QTEST_GUILESS_MAIN(TestKernelRouteTable)
#include "tst_kernelroutetable.moc"
