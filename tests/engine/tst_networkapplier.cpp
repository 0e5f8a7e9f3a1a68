// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkapplier.h"

#include "tests/support/networkbed.h"

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kManyMembers = 10'000;

NodeId numbered(int i)
{
    return NodeId::parse(QString::number(0x1000000000 + i, 16)).value();
}

/// For every request of that method, until it is taken away.
Fault fault(Fault::Kind kind, const QByteArray &method)
{
    Fault made;
    made.kind = kind;
    made.method = method;
    made.path = "*";
    made.count = -1;
    return made;
}

} // namespace

/// What an apply asks of a controller; what it does is told by tests/e2e/cli_zt_test.py.
class TestNetworkApplier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsWrittenWhenNothingChangedForTenThousandMembers();
    void everyForeignMemberSurvivesAnApply();
    void applyThatCannotReadBackSaysThatItIsPartlyDone();
    void lostReplyIsSettledByAReading();
    void writeThatNeverArrivedIsNoPart();
};

// PERF D3; CASES M4
void TestNetworkApplier::nothingIsWrittenWhenNothingChangedForTenThousandMembers()
{
    NetworkBed bed(Dialect::Sqlite, 127);
    AdoptMembers adopt{bed.name, {}};
    for (int i = 0; i < kManyMembers; ++i) {
        const Address address =
            Address::ipv4(0x0a'01'01'00U + 256U * static_cast<unsigned>(i / 250) + static_cast<unsigned>(i % 250) + 1);
        bed.controller.editOutside(bed.id, numbered(i),
                                   "{\"authorized\":true,\"noAutoAssignIps\":true,\"ipAssignments\":[\"" +
                                       address.toString().toLatin1() + "\"]}");
        adopt.members.push_back({numbered(i), MemberStanding::Authorized, address, {}});
    }
    bed.edit(std::move(adopt));
    NetworkApplier applier(bed.ports);
    const auto first = NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"first"_s}));
    QVERIFY2(first, first ? "" : qPrintable(first.error().detail));
    QCOMPARE(first->posts, 1);
    QCOMPARE(first->after->routes.size(), kMaxSentRoutes);
    bed.controller.forgetRequests();

    const auto second = NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"second"_s}));
    QVERIFY(second);
    QCOMPARE(second->posts, 0);
    QCOMPARE(second->members->equal, std::size_t{kManyMembers});
    QCOMPARE(bed.writes(), 0);
    // The network, and all members in one answer.
    QCOMPARE(bed.controller.requests().size(), std::size_t{2});
}

// SOURCES Z6
void TestNetworkApplier::everyForeignMemberSurvivesAnApply()
{
    NetworkBed bed(Dialect::Sqlite);
    bed.controller.editOutside(bed.id, numbered(1),
                               R"({"authorized":true,"ipAssignments":["10.1.1.9"],"activeBridge":true})");
    const QByteArray before = bed.controller.memberText(bed.id, numbered(1));
    NetworkApplier applier(bed.ports);
    const auto report = NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s}));
    QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
    QCOMPARE(bed.controller.memberText(bed.id, numbered(1)), before);
}

void TestNetworkApplier::applyThatCannotReadBackSaysThatItIsPartlyDone()
{
    NetworkBed bed(Dialect::Sqlite);
    NetworkApplier applier(bed.ports);
    Fault slow;
    slow.kind = Fault::Kind::Slow;
    slow.method = "POST";
    slow.path = "*";
    slow.delay = std::chrono::seconds(2);
    bed.controller.fail(slow);
    const auto pending = applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s});
    // The readings before the write are over once it is seen, and those after it come when it was answered.
    QVERIFY(QTest::qWaitFor([&] { return bed.writes() > 0; }, 60'000));
    bed.controller.fail(fault(Fault::Kind::Reset, "GET"));
    const auto report = NetworkBed::result(pending);
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::BackendUnavailable);
    QVERIFY(report.error().payload["partly"_L1].toBool());
}

void TestNetworkApplier::lostReplyIsSettledByAReading()
{
    NetworkBed bed(Dialect::Sqlite);
    bed.controller.fail(fault(Fault::Kind::LostReply, "POST"));
    NetworkApplier applier(bed.ports);
    const auto report = NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s}));
    QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
    QVERIFY(report->isWhole());
    QCOMPARE(report->after->routes.size(), std::size_t{3});
}

void TestNetworkApplier::writeThatNeverArrivedIsNoPart()
{
    NetworkBed bed(Dialect::Sqlite);
    bed.controller.fail(fault(Fault::Kind::Reset, "POST"));
    NetworkApplier applier(bed.ports);
    const auto report = NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s}));
    QVERIFY(!report);
    QVERIFY(!report.error().payload.contains("partly"_L1));
    QVERIFY(bed.controller.network(bed.id)["routes"_L1].toArray().isEmpty());
}

QTEST_GUILESS_MAIN(TestNetworkApplier)
#include "tst_networkapplier.moc"
