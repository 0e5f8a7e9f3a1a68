// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/sentroutes.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

QString matched(const std::vector<RouteText> &list, QStringView address)
{
    const auto match = SentRoutes(list).match(Address::parse(address).value());
    return match ? u"%1 at %2"_s.arg(match->target.toString()).arg(match->position) : u"none"_s;
}

int pick(int end)
{
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, end));
}

} // namespace

class TestSentRoutes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theLongestTargetGivesThePrefix();
    void hostBitsOfATargetDoNotCount();
    void onlyTheFirst128AreSent();
    void itAgreesWithLookingAtEveryEntry();
};

void TestSentRoutes::theLongestTargetGivesThePrefix() // ZF 31
{
    const std::vector<RouteText> list{
        {u"10.0.0.0/8"_s, {}}, {u"10.1.1.0/24"_s, u"10.0.0.1"_s}, {u"10.1.1.0/24"_s, {}}, {u"fd00::/64"_s, {}}};
    QCOMPARE(matched(list, u"10.1.1.10"), u"10.1.1.0/24 at 1"_s);
    QCOMPARE(matched(list, u"10.2.1.10"), u"10.0.0.0/8 at 0"_s);
    QCOMPARE(matched(list, u"fd00::1"), u"fd00::/64 at 3"_s);
    QCOMPARE(matched(list, u"192.168.0.1"), u"none"_s);
    QCOMPARE(matched({}, u"192.168.0.1"), u"none"_s);
}

void TestSentRoutes::hostBitsOfATargetDoNotCount() // ZF 26
{
    const std::vector<RouteText> list{{u"10.1.1.7/24"_s, {}}, {u"10.2.0.0"_s, {}}, {u"junk/24"_s, {}}};
    QCOMPARE(matched(list, u"10.1.1.200"), u"10.1.1.0/24 at 0"_s);
    QCOMPARE(matched(list, u"10.2.0.0"), u"none"_s);
    QCOMPARE(matched({{u"10.1.1.0/0"_s, {}}}, u"203.0.113.1"), u"0.0.0.0/0 at 0"_s);
}

void TestSentRoutes::onlyTheFirst128AreSent() // ZF 29, 30
{
    std::vector<RouteText> list;
    for (int i = 0; i < 200; ++i)
        list.push_back({u"10.1.%1.0/24"_s.arg(i), {}});
    const SentRoutes sent(list);
    const auto last = Address::parse(u"10.1.127.9").value();
    const auto lost = Address::parse(u"10.1.128.9").value();
    QVERIFY(sent.match(last));
    QVERIFY(!sent.matchBeyond(last));
    QVERIFY(!sent.match(lost));
    QCOMPARE(sent.matchBeyond(lost), std::optional(SentRoutes::Match{Prefix(lost, 24), 128}));
}

void TestSentRoutes::itAgreesWithLookingAtEveryEntry()
{
    QVERIFY(rc::check("longest wins, of equal ones the first", [] {
        std::vector<RouteText> list;
        const int count = pick(300);
        for (int i = 0; i < count; ++i)
            list.push_back({u"10.1.%1.0/%2"_s.arg(pick(256)).arg(16 + pick(9)), {}});
        const SentRoutes sent(list);
        const Address address = Address::ipv4(0x0a010000U + static_cast<std::uint32_t>(pick(65'536)));
        std::optional<SentRoutes::Match> expected;
        for (std::size_t at = 0; at < std::min(list.size(), kMaxSentRoutes); ++at) {
            const auto target = Prefix::parseMasked(list[at].target).value();
            if (target.contains(address) && (!expected || target.length() > expected->target.length()))
                expected = SentRoutes::Match{target, at};
        }
        RC_ASSERT(sent.match(address) == expected);
    }));
}

QTEST_APPLESS_MAIN(TestSentRoutes)
#include "tst_sentroutes.moc"
