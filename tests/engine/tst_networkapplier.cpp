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

} // namespace

/// What an apply asks of a controller; what it does is told by tests/e2e/cli_zt_test.py.
class TestNetworkApplier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsWrittenWhenNothingChangedForTenThousandMembers();
    void everyForeignMemberSurvivesAnApply();
    void applyThatCannotReadBackSaysThatItIsPartlyDone();
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
    // The two readings of the look, the one before the write, and then none.
    Fault fault;
    fault.kind = Fault::Kind::Reset;
    fault.method = "GET";
    fault.path = "*";
    fault.count = -1;
    const auto pending = applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s});
    QVERIFY(QTest::qWaitFor([&] { return bed.writes() > 0 || pending.isFinished(); }, 60'000));
    bed.controller.fail(fault);
    const auto report = NetworkBed::result(pending);
    // Either the reading overtook the fault, and all is well, or it is said that something was sent.
    if (!report)
        QVERIFY(report.error().payload["partly"_L1].toBool());
    else
        QVERIFY(report->isWhole());
}

QTEST_GUILESS_MAIN(TestNetworkApplier)
#include "tst_networkapplier.moc"
