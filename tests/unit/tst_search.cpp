// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/search.h"

#include "model/rules/rowimage.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace interlock;

namespace {

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

CommonName cn(QStringView text)
{
    return CommonName::parse(text).value();
}

InstanceName site(QStringView text)
{
    return InstanceName::parse(text).value();
}

/// Two branches with the same LAN, a head office around them, and what hangs on them.
Topology network()
{
    Topology topology;
    const auto put = [&](const Row &row) { topology.apply({std::nullopt, row}); };
    put(InstanceRow{site(u"berlin"),
                    u"unix:/run/openvpn/berlin.sock"_s,
                    prefix(u"10.8.0.0/24"),
                    Address::parse(u"10.8.0.1").value(),
                    {},
                    DeviceMode::Tun,
                    {},
                    27,
                    64,
                    CollisionPolicy::KeepFirst,
                    prefix(u"100.64.0.0/10"),
                    UnknownCnPolicy::Deny,
                    false,
                    MoveLivePolicy::Never,
                    StoreDownPolicy::AdmitKnown,
                    {},
                    {},
                    1});
    put(ConnectorRow{cn(u"branch-a"), u"bakeries"_s, u"Oven Street 4"_s, Translation::Client, {}, 1});
    put(ConnectorRow{cn(u"branch-b"), {}, u"near branch-a"_s, Translation::Client, {}, 1});
    put(ConnectorRow{cn(u"Head Office"), {}, {}, Translation::Client, {}, 1});
    put(IrouteRow{cn(u"branch-a"), prefix(u"192.168.1.0/24"), {}, 1});
    put(IrouteRow{cn(u"branch-b"), prefix(u"192.168.1.0/24"), {}, 1});
    put(IrouteRow{cn(u"Head Office"), prefix(u"172.16.0.0/12"), {}, 1});
    put(ClaimRow{cn(u"branch-a"),
                 prefix(u"192.168.1.0/24"),
                 prefix(u"192.168.1.0/24"),
                 prefix(u"192.168.1.0/24"),
                 site(u"berlin"),
                 {},
                 1});
    put(ClaimRow{cn(u"branch-b"),
                 prefix(u"192.168.1.0/24"),
                 prefix(u"100.64.0.0/24"),
                 prefix(u"100.64.0.0/24"),
                 site(u"berlin"),
                 {},
                 1});
    put(AllocationRow{site(u"berlin"), cn(u"branch-a"), 4, Address::parse(u"10.8.0.31").value(), {}, {}, 1});
    put(ExclusionRow{prefix(u"100.64.0.0/16"), u"the provider's own"_s, {}, 1});
    return topology;
}

/// "table key match field" of each hit.
QStringList shown(const std::vector<SearchHit> &hits)
{
    QStringList lines;
    for (const SearchHit &hit : hits) {
        lines += u"%1 %2 %3 %4"_s.arg(QString::fromUtf16(kTableNames.at(tableOf(hit.row))), keyOf(hit.row),
                                      nameOf(hit.match), hit.field);
    }
    return lines;
}

} // namespace

class tst_Search : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void putsTheBestFirst_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QStringList>("expected");

        QTest::newRow("a whole common name before one that mentions it")
            << u"branch-a"_s
            << QStringList{uR"(connector ["branch-a"] exact cn)"_s, uR"(connector ["branch-b"] text description)"_s};
        QTest::newRow("a piece in another case")
            << u"HEAD"_s << QStringList{uR"(connector ["Head Office"] textStart cn)"_s};
        QTest::newRow("a group") << u"bakeries"_s << QStringList{uR"(connector ["branch-a"] exact group)"_s};
        QTest::newRow("blanks around do not matter")
            << u"  oven street "_s << QStringList{uR"(connector ["branch-a"] textStart description)"_s};
        QTest::newRow("a LAN that two sites have")
            << u"192.168.1.0/24"_s
            << QStringList{uR"(client_iroute ["branch-a","192.168.1.0/24"] exact prefix)"_s,
                           uR"(client_iroute ["branch-b","192.168.1.0/24"] exact prefix)"_s,
                           uR"(virtual_claim ["branch-a","192.168.1.0/24"] exact real)"_s,
                           uR"(virtual_claim ["branch-b","192.168.1.0/24"] exact real)"_s};
        QTest::newRow("the same with a mask, and host bits")
            << u"192.168.1.77 255.255.255.0"_s
            << QStringList{uR"(client_iroute ["branch-a","192.168.1.0/24"] exact prefix)"_s,
                           uR"(client_iroute ["branch-b","192.168.1.0/24"] exact prefix)"_s,
                           uR"(virtual_claim ["branch-a","192.168.1.0/24"] exact real)"_s,
                           uR"(virtual_claim ["branch-b","192.168.1.0/24"] exact real)"_s};
        QTest::newRow("a host behind a stand-in: the narrowest around it first")
            << u"100.64.0.9"_s
            << QStringList{uR"(virtual_claim ["branch-b","192.168.1.0/24"] contains virtual)"_s,
                           uR"(claim_exclusion ["100.64.0.0/16"] contains prefix)"_s,
                           uR"(instance ["berlin"] contains standinRange)"_s};
        QTest::newRow("a tunnel address: its holder before the network")
            << u"10.8.0.31"_s
            << QStringList{uR"(address ["berlin","branch-a",4] exact address)"_s,
                           uR"(instance ["berlin"] contains network)"_s};
        QTest::newRow("everything inside a wide prefix")
            << u"172.0.0.0/8"_s << QStringList{uR"(client_iroute ["Head Office","172.16.0.0/12"] inside prefix)"_s};
        QTest::newRow("a piece of an address")
            << u"172.16."_s << QStringList{uR"(client_iroute ["Head Office","172.16.0.0/12"] textStart prefix)"_s};
        QTest::newRow("an instance by name") << u"berlin"_s << QStringList{uR"(instance ["berlin"] exact instance)"_s};
        QTest::newRow("a note") << u"provider"_s << QStringList{uR"(claim_exclusion ["100.64.0.0/16"] text note)"_s};
        QTest::newRow("nothing like it") << u"zzz"_s << QStringList();
        QTest::newRow("blanks only") << u"  "_s << QStringList();
    }

    void putsTheBestFirst()
    {
        QFETCH(QString, typed);
        const Topology topology = network();
        QTEST(shown(search(topology, typed)), "expected");
    }

    void stopsAtTheLimitWithTheBest()
    {
        const Topology topology = network();
        QCOMPARE(shown(search(topology, u"192.168.1.0/24", 1)),
                 QStringList{uR"(client_iroute ["branch-a","192.168.1.0/24"] exact prefix)"_s});
    }
};

QTEST_GUILESS_MAIN(tst_Search)
#include "tst_search.moc"
