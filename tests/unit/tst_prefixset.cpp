// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixset.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <bitset>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

std::vector<Prefix> prefixes(const QStringList &list)
{
    std::vector<Prefix> all;
    for (const auto &each : list)
        all.push_back(prefix(each));
    return all;
}

QStringList texts(const std::vector<Prefix> &all)
{
    QStringList list;
    for (const auto &each : all)
        list << each.toString();
    return list;
}

/// A small world in which sets of addresses can be written out: the last eight bits of either family.
constexpr std::size_t kAddresses = 256;
using Addresses = std::bitset<kAddresses>;

Prefix inWorld(Family family, unsigned address, int bits)
{
    const auto base =
        family == Family::IPv4 ? prefix(u"255.255.255.0/24") : prefix(u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120");
    return {Address(family, base.first().value() + address), widthOf(family) - 8 + bits};
}

Addresses addressesOf(const std::vector<Prefix> &all, Family family)
{
    Addresses addresses;
    for (const auto &each : all) {
        if (each.family() != family)
            continue;
        for (auto at = each.first().value();; ++at) {
            addresses.set(static_cast<std::size_t>(at % kAddresses));
            if (at == each.last().value())
                break;
        }
    }
    return addresses;
}

/// How many prefixes `addresses` need, by halving.
std::size_t fewest(const Addresses &addresses, std::size_t first = 0, std::size_t count = kAddresses)
{
    std::size_t members = 0;
    for (std::size_t at = first; at < first + count; ++at)
        members += addresses.test(at) ? 1U : 0U;
    if (members == 0 || members == count)
        return members == 0 ? 0U : 1U;
    return fewest(addresses, first, count / 2) + fewest(addresses, first + count / 2, count / 2);
}

std::vector<Prefix> anyPrefixes()
{
    const auto shapes = *rc::gen::container<std::vector<std::tuple<bool, unsigned, int>>>(
        rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange(0U, 256U), rc::gen::inRange(0, 9)));
    std::vector<Prefix> all;
    for (const auto &[isV4, address, bits] : shapes)
        all.push_back(inWorld(isV4 ? Family::IPv4 : Family::IPv6, address, bits));
    return all;
}

} // namespace

class TestPrefixSet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aggregateKeepsTheAddressesInTheFewestPrefixes_data()
    {
        QTest::addColumn<QStringList>("given");
        QTest::addColumn<QStringList>("minimal");
        QTest::newRow("nothing") << QStringList{} << QStringList{};
        QTest::newRow("one") << QStringList{u"10.0.0.0/24"_s} << QStringList{u"10.0.0.0/24"_s};
        QTest::newRow("twice the same") << QStringList{u"10.0.0.0/24"_s, u"10.0.0.0/24"_s}
                                        << QStringList{u"10.0.0.0/24"_s};
        QTest::newRow("two halves, the upper first")
            << QStringList{u"10.0.1.0/24"_s, u"10.0.0.0/24"_s} << QStringList{u"10.0.0.0/23"_s};
        QTest::newRow("neighbours that are no halves")
            << QStringList{u"10.0.1.0/24"_s, u"10.0.2.0/24"_s} << QStringList{u"10.0.1.0/24"_s, u"10.0.2.0/24"_s};
        QTest::newRow("inside another") << QStringList{u"10.0.1.0/24"_s, u"10.0.0.0/8"_s}
                                        << QStringList{u"10.0.0.0/8"_s};
        QTest::newRow("halves that make a half")
            << QStringList{u"10.0.0.0/24"_s, u"10.0.1.0/25"_s, u"10.0.1.128/25"_s} << QStringList{u"10.0.0.0/23"_s};
        QTest::newRow("everything") << QStringList{u"0.0.0.0/1"_s, u"128.0.0.0/1"_s, u"::/1"_s, u"8000::/1"_s}
                                    << QStringList{u"0.0.0.0/0"_s, u"::/0"_s};
        QTest::newRow("inside everything") << QStringList{u"::/0"_s, u"fd00::/8"_s} << QStringList{u"::/0"_s};
        QTest::newRow("the families do not mix")
            << QStringList{u"fd00::1/128"_s, u"10.0.0.1/32"_s, u"fd00::/128"_s, u"10.0.0.0/32"_s}
            << QStringList{u"10.0.0.0/31"_s, u"fd00::/127"_s};
    }
    void aggregateKeepsTheAddressesInTheFewestPrefixes()
    {
        QFETCH(QStringList, given);
        QFETCH(QStringList, minimal);
        QCOMPARE(texts(PrefixSet::aggregate(prefixes(given))), minimal);
    }

    void subtractLeavesTheRest_data()
    {
        QTest::addColumn<QStringList>("holes");
        QTest::addColumn<QStringList>("rest");
        QTest::newRow("nothing") << QStringList{} << QStringList{u"10.0.0.0/22"_s};
        QTest::newRow("elsewhere") << QStringList{u"10.1.0.0/16"_s, u"::/0"_s} << QStringList{u"10.0.0.0/22"_s};
        QTest::newRow("all of it") << QStringList{u"10.0.0.0/8"_s} << QStringList{};
        QTest::newRow("exactly it") << QStringList{u"10.0.0.0/22"_s} << QStringList{};
        QTest::newRow("in the middle") << QStringList{u"10.0.1.0/24"_s}
                                       << QStringList{u"10.0.0.0/24"_s, u"10.0.2.0/23"_s};
        QTest::newRow("both ends") << QStringList{u"10.0.3.0/24"_s, u"10.0.0.0/24"_s}
                                   << QStringList{u"10.0.1.0/24"_s, u"10.0.2.0/24"_s};
    }
    void subtractLeavesTheRest()
    {
        QFETCH(QStringList, holes);
        QFETCH(QStringList, rest);
        QCOMPARE(texts(PrefixSet::subtract(prefix(u"10.0.0.0/22"), prefixes(holes))), rest);
    }

    void aRangeOfAddressesIsTheFewestPrefixes_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("last");
        QTest::addColumn<QStringList>("fewest");
        QTest::newRow("backwards") << u"10.0.0.2"_s << u"10.0.0.1"_s << QStringList{};
        QTest::newRow("one address") << u"10.0.0.1"_s << u"10.0.0.1"_s << QStringList{u"10.0.0.1/32"_s};
        QTest::newRow("all of IPv4") << u"0.0.0.0"_s << u"255.255.255.255"_s << QStringList{u"0.0.0.0/0"_s};
        QTest::newRow("all of IPv6") << u"::"_s << u"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"_s
                                     << QStringList{u"::/0"_s};
        QTest::newRow("hosts of a /29") << u"10.0.0.1"_s << u"10.0.0.6"_s
                                        << QStringList{u"10.0.0.1/32"_s, u"10.0.0.2/31"_s, u"10.0.0.4/31"_s,
                                                       u"10.0.0.6/32"_s};
    }
    void aRangeOfAddressesIsTheFewestPrefixes()
    {
        QFETCH(QString, first);
        QFETCH(QString, last);
        QFETCH(QStringList, fewest);
        std::vector<Prefix> into;
        PrefixSet::appendRange(Address::parse(first).value(), Address::parse(last).value(), into);
        QCOMPARE(texts(into), fewest);
    }

    // PERF:D1: lossless and minimal
    void anySetKeepsItsAddressesAndIsMinimal()
    {
        QVERIFY(rc::check([] {
            const auto given = anyPrefixes();
            const auto minimal = PrefixSet::aggregate(given);
            const auto v4 = addressesOf(given, Family::IPv4);
            const auto v6 = addressesOf(given, Family::IPv6);
            RC_ASSERT(addressesOf(minimal, Family::IPv4) == v4);
            RC_ASSERT(addressesOf(minimal, Family::IPv6) == v6);
            RC_ASSERT(minimal.size() == fewest(v4) + fewest(v6));
            RC_ASSERT(std::is_sorted(minimal.begin(), minimal.end()));
        }));
    }

    void whatIsSubtractedAndWhatIsLeftAreTheWhole()
    {
        QVERIFY(rc::check([] {
            const auto holes = anyPrefixes();
            const auto whole = inWorld(Family::IPv4, *rc::gen::inRange(0U, 256U), *rc::gen::inRange(0, 9));
            const auto left = PrefixSet::subtract(whole, holes);
            const auto expected = addressesOf({whole}, Family::IPv4) & ~addressesOf(holes, Family::IPv4);
            RC_ASSERT(addressesOf(left, Family::IPv4) == expected);
            RC_ASSERT(left.size() == fewest(expected));
            RC_ASSERT(addressesOf(left, Family::IPv6).none());
        }));
    }
};

QTEST_GUILESS_MAIN(TestPrefixSet)
#include "tst_prefixset.moc"
