// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/linux/nftables.h"
#include "model/rules/hostnat.h"
#include "tests/support/ownnetwork.h"
#include "tests/support/tundevice.h"

#include <QTest>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <thread>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

QString failureOf(const Expected<void> &result)
{
    return result ? u"done"_s : nameOf(result.error().kind) + u": "_s + result.error().detail;
}

QString nft(const QString &arguments)
{
    return sh(u"nft "_s + arguments).output;
}

HostNatRule rule(const QString &cn, const QString &real, const QString &standIn)
{
    return {CommonName::parse(cn).value(), {Prefix::parse(real).value(), Prefix::parse(standIn).value()}};
}

Address address(const QString &text)
{
    return Address::parse(text).value();
}

QString rendered(std::vector<HostNatRule> rules)
{
    return renderHostNft({std::move(rules), {}},
                         {InterfaceName::parse(u"tun0").value(), InterfaceName::parse(u"tun1").value()});
}

const QString kTable = u"ip interlock_host"_s;

const QString kTwoSites = uR"(table ip interlock_host {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		dnat ip prefix to ip daddr map { 100.64.0.0/27 : 192.168.1.0/27, 100.64.0.32/30 : 10.1.2.4/30 }
	}

	chain output {
		type nat hook output priority -100; policy accept;
		dnat ip prefix to ip daddr map { 100.64.0.0/27 : 192.168.1.0/27, 100.64.0.32/30 : 10.1.2.4/30 }
	}

	chain postrouting {
		type nat hook postrouting priority srcnat - 5; policy accept;
		iifname { "tun0", "tun1" } snat ip prefix to ip saddr map { 10.1.2.4/30 : 100.64.0.32/30, 192.168.1.0/27 : 100.64.0.0/27 }
	}
}
)"_s;

} // namespace

/// In a network namespace of its own, which is gone with the process.
class TestNftables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();

    void loadedTableIsTheOneThatNftShows();
    void loadingTwiceIsLoadingOnce();
    void planWithoutRulesRemovesTheTable();
    void foreignTablesSurvive();
    void dryRunChangesNothing();
    void aBadLineLeavesEverythingAsItWas();
    void missingTableIsEmpty();
    void withoutTheCapabilityItSaysSo();
    void hostPartIsKeptAcrossTheTranslation();
};

void TestNftables::initTestCase()
{
    ENTER_OWN_NETWORK_OR_SKIP();
    QCOMPARE(sh(u"ip link set lo up"_s).output, QString());
}

void TestNftables::cleanup()
{
    QCOMPARE(nft(u"flush ruleset"_s), QString());
}

void TestNftables::loadedTableIsTheOneThatNftShows() // openvpn/FACTS.md 13
{
    auto tables = Nftables::open().value();
    QCOMPARE(failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s),
                                              rule(u"b"_s, u"10.1.2.4/30"_s, u"100.64.0.32/30"_s)}))),
             u"done"_s);
    QCOMPARE(nft(u"list ruleset"_s), kTwoSites);
    QCOMPARE(tables.listTable(kTable).value(), kTwoSites);
}

void TestNftables::loadingTwiceIsLoadingOnce()
{
    auto tables = Nftables::open().value();
    const QString text = rendered(
        {rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s), rule(u"b"_s, u"10.1.2.4/30"_s, u"100.64.0.32/30"_s)});
    for (int i = 0; i < 3; ++i)
        QCOMPARE(failureOf(tables.apply(text)), u"done"_s);
    QCOMPARE(nft(u"list ruleset"_s), kTwoSites);
}

void TestNftables::planWithoutRulesRemovesTheTable()
{
    auto tables = Nftables::open().value();
    QCOMPARE(failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s)}))), u"done"_s);
    QVERIFY(!nft(u"list ruleset"_s).isEmpty());
    for (int i = 0; i < 2; ++i) {
        QCOMPARE(failureOf(tables.apply(rendered({}))), u"done"_s);
        QCOMPARE(nft(u"list ruleset"_s), QString());
    }
}

void TestNftables::foreignTablesSurvive()
{
    // One of an administrator, one that `nat plan --format nft` made, and one of our name in another family.
    const QByteArray theirs =
        "table ip nat { chain post { type nat hook postrouting priority srcnat; masquerade; }; }\n"
        "table ip interlock { chain c { counter accept; }; }\n"
        "table ip6 interlock_host { chain c { accept; }; }\n";
    QCOMPARE(sh(u"nft -f -"_s, theirs).output, QString());
    const QString before = nft(u"list ruleset"_s);
    auto tables = Nftables::open().value();
    QCOMPARE(failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s)}))), u"done"_s);
    QVERIFY(nft(u"list ruleset"_s) != before);
    QCOMPARE(failureOf(tables.apply(rendered({}))), u"done"_s);
    QCOMPARE(nft(u"list ruleset"_s), before);
}

void TestNftables::dryRunChangesNothing()
{
    auto tables = Nftables::open().value();
    const QString text = rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s)});
    QCOMPARE(failureOf(tables.apply(text, true)), u"done"_s);
    QCOMPARE(nft(u"list ruleset"_s), QString());
    QCOMPARE(failureOf(tables.apply(text)), u"done"_s); // and is over with that call
    QVERIFY(!nft(u"list ruleset"_s).isEmpty());
}

void TestNftables::aBadLineLeavesEverythingAsItWas()
{
    auto tables = Nftables::open().value();
    QCOMPARE(failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s)}))), u"done"_s);
    const QString before = nft(u"list ruleset"_s);
    const auto refused = tables.apply(rendered({}) + u"add rule ip nothing here accept\n"_s);
    QCOMPARE(nameOf(refused.error().kind), u"backendRefused"_s);
    QVERIFY2(refused.error().detail.contains(u"No such file or directory"), qPrintable(refused.error().detail));
    QCOMPARE(nft(u"list ruleset"_s), before);
    QCOMPARE(failureOf(tables.apply(rendered({}))), u"done"_s); // it goes on working
}

void TestNftables::missingTableIsEmpty()
{
    QCOMPARE(Nftables::open().value().listTable(kTable).value(), QString());
}

void TestNftables::withoutTheCapabilityItSaysSo()
{
    QStringList said;
    std::thread([&] { // capabilities belong to a thread
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        std::array<__user_cap_data_struct, 2> none{};
        said += syscall(SYS_capset, &header, none.data()) == 0 ? u"dropped"_s : u"kept"_s;
        auto tables = Nftables::open().value();
        said += failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.0/27"_s)})));
        const auto listed = tables.listTable(kTable);
        said += listed ? u"listed"_s : nameOf(listed.error().kind);
    })
        .join();
    QCOMPARE(said, (QStringList{u"dropped"_s,
                                u"readOnly: the rules of this host cannot be read or changed: it needs CAP_NET_ADMIN"_s,
                                u"readOnly"_s}));
    QCOMPARE(nft(u"list ruleset"_s), QString());
}

/// A LAN behind tun0, a client behind tun1, the host between them; and a machine with the LAN's addresses elsewhere.
void TestNftables::hostPartIsKeptAcrossTheTranslation()
{
    const TunDevice lan("tun0");
    const TunDevice client("tun1");
    const TunDevice elsewhere("tun2");
    QVERIFY(lan.isOpen() && client.isOpen() && elsewhere.isOpen());
    const Ran made = sh(u"ip addr add 10.8.0.1/24 dev tun0; ip addr add 10.9.0.1/24 dev tun1; "
                        "ip link set tun0 up; ip link set tun1 up; ip link set tun2 up; "
                        "ip route add 192.168.1.0/27 dev tun0; ip route add 172.16.0.0/16 dev tun2; "
                        "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done; "
                        "echo 1 > /proc/sys/net/ipv4/ip_forward"_s);
    QVERIFY2(made.exitCode == 0, qPrintable(made.output));
    auto tables = Nftables::open().value();
    QCOMPARE(failureOf(tables.apply(rendered({rule(u"a"_s, u"192.168.1.0/27"_s, u"100.64.0.32/27"_s)}))), u"done"_s);

    QVERIFY(client.send(address(u"10.9.0.5"_s), address(u"100.64.0.42"_s), 1000, 2000));
    QCOMPARE(lan.receive(), u"10.9.0.5:1000 > 192.168.1.10:2000"_s);
    QVERIFY(lan.send(address(u"192.168.1.10"_s), address(u"10.9.0.5"_s), 2000, 1000));
    QCOMPARE(client.receive(), u"100.64.0.42:2000 > 10.9.0.5:1000"_s);

    // What the LAN begins carries the stand-in wherever it goes.
    QVERIFY(lan.send(address(u"192.168.1.11"_s), address(u"10.9.0.5"_s), 3000, 4000));
    QCOMPARE(client.receive(), u"100.64.0.43:3000 > 10.9.0.5:4000"_s);
    QVERIFY(lan.send(address(u"192.168.1.12"_s), address(u"172.16.0.1"_s), 3000, 4000));
    QCOMPARE(elsewhere.receive(), u"100.64.0.44:3000 > 172.16.0.1:4000"_s);

    // What only has the same addresses, and comes from no tunnel of ours, is left alone.
    QVERIFY(elsewhere.send(address(u"192.168.1.13"_s), address(u"10.9.0.5"_s), 5000, 6000));
    QCOMPARE(client.receive(), u"192.168.1.13:5000 > 10.9.0.5:6000"_s);
}

QTEST_GUILESS_MAIN(TestNftables)
#include "tst_nftables.moc"
