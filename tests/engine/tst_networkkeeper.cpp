// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkkeeper.h"

#include "tests/support/networkbed.h"

#include <QSignalSpy>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr NetworkTimes kFast{20ms, 5ms, 5s, 60s, 60s};

/// A keeper and what it told.
struct Kept
{
    explicit Kept(NetworkBed &bed) : keeper(bed.ports, bed.store->feed(), u"keeper"_s, kFast)
    {
        QObject::connect(&keeper, &NetworkKeeper::noticed,
                         [this](const NetworkNotice &notice) { notices.push_back(notice); });
        keeper.start();
    }

    [[nodiscard]] bool rounds(int count)
    {
        QSignalSpy ended(&keeper, &NetworkKeeper::roundEnded);
        return QTest::qWaitFor([&] { return ended.count() >= count; }, 60'000);
    }
    [[nodiscard]] qsizetype told(NoticeLevel level, const QString &part) const
    {
        return std::ranges::count_if(
            notices, [&](const NetworkNotice &notice) { return notice.level == level && notice.text.contains(part); });
    }

    NetworkKeeper keeper;
    std::vector<NetworkNotice> notices;
};

const NodeId kNode = NodeId::parse(u"aabbccddee").value();

} // namespace

class TestNetworkKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsStagedIsSentOnce();
    void memberThatCannotBeWrittenIsCountedAndItsRecoveryToldOnce();
    void refusalIsToldOnceAndNotRepeated();
    void driftIsToldOnceAndSoIsItsEnd();
    void lostNetworkIsToldOnce();
    void copyIsKept();
};

// SOURCES Z8; CASES D5
void TestNetworkKeeper::whatIsStagedIsSentOnce()
{
    NetworkBed bed(Dialect::Sqlite);
    Kept kept(bed);
    QVERIFY(kept.rounds(1));
    bed.controller.forgetRequests();
    bed.addMember(kNode, "10.1.1.10");
    QTRY_COMPARE_WITH_TIMEOUT(bed.controller.member(bed.id, kNode)["ipAssignments"_L1].toArray(),
                              QJsonArray{u"10.1.1.10"_s}, 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(bed.controller.member(bed.id, kNode)["authorized"_L1].toBool(), 60'000);
    QVERIFY(kept.rounds(3));
    const int sent = bed.writes();
    QVERIFY(kept.rounds(3));
    QCOMPARE(bed.writes(), sent);
    QCOMPARE(kept.told(NoticeLevel::Error, QString()), 0);
}

// CASES C11, C12
void TestNetworkKeeper::memberThatCannotBeWrittenIsCountedAndItsRecoveryToldOnce()
{
    NetworkBed bed(Dialect::Sqlite);
    bed.addMember(kNode, "10.1.1.10");
    Fault fault;
    fault.kind = Fault::Kind::Status;
    fault.method = "POST";
    fault.path = "*";
    fault.count = -1;
    fault.status = 503;
    bed.controller.fail(fault);
    Kept kept(bed);
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Error, u"try 5/5"_s), 1, 60'000);
    QCOMPARE(kept.told(NoticeLevel::Warning, u"try 4/5"_s), 1);
    QVERIFY(kept.rounds(3));
    QCOMPARE(kept.told(NoticeLevel::Error, QString()), 1);

    bed.controller.stopFailing();
    bed.edit(AssignMember{bed.name, kNode, address("10.1.1.11")}); // another version of the row is tried at once
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Info, u"as it should be again"_s), 1, 60'000);
    QVERIFY(kept.rounds(3));
    QCOMPARE(kept.told(NoticeLevel::Info, u"as it should be again"_s), 1);
}

// CASES C10
void TestNetworkKeeper::refusalIsToldOnceAndNotRepeated()
{
    NetworkBed bed(Dialect::Sqlite);
    bed.addMember(kNode, "10.1.1.10");
    Fault fault;
    fault.kind = Fault::Kind::Status;
    fault.method = "POST";
    fault.path = "*";
    fault.count = -1;
    fault.status = 500;
    bed.controller.fail(fault);
    Kept kept(bed);
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Error, kNode.toString()), 1, 60'000);
    const int sent = bed.writes();
    QVERIFY(kept.rounds(4));
    QCOMPARE(bed.writes(), sent);
    QCOMPARE(kept.told(NoticeLevel::Error, kNode.toString()), 1);
}

// CASES R4
void TestNetworkKeeper::driftIsToldOnceAndSoIsItsEnd()
{
    NetworkBed bed(Dialect::Sqlite);
    NetworkApplier applier(bed.ports);
    QVERIFY(NetworkBed::result(applier.apply({bed.name, {}, {}, u"test"_s, u"one"_s})));
    const QByteArray applied = bed.controller.networkText(bed.id);
    Kept kept(bed);
    QVERIFY(kept.rounds(2));
    QCOMPARE(kept.told(NoticeLevel::Warning, QString()), 0);
    bed.controller.editOutside(bed.id, R"({"routes":[{"target":"10.0.0.0/8","via":null}]})");
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Warning, u"10.1.1.0/24 is gone"_s), 1, 60'000);
    QVERIFY(kept.rounds(3));
    QCOMPARE(kept.told(NoticeLevel::Warning, QString()), 1);
    const QJsonObject before = QJsonDocument::fromJson(applied).object();
    bed.controller.editOutside(
        bed.id, QJsonDocument(QJsonObject{{u"routes"_s, before["routes"_L1]}}).toJson(QJsonDocument::Compact));
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Info, u"again as it was applied"_s), 1, 60'000);
}

// CASES M12
void TestNetworkKeeper::lostNetworkIsToldOnce()
{
    NetworkBed bed(Dialect::Sqlite);
    Kept kept(bed);
    QVERIFY(kept.rounds(1));
    bed.controller.wipeNetwork(bed.id);
    QTRY_COMPARE_WITH_TIMEOUT(kept.told(NoticeLevel::Error, u"zt restore"_s), 1, 60'000);
    QVERIFY(kept.rounds(3));
    QCOMPARE(kept.told(NoticeLevel::Error, QString()), 1);
}

// CASES R10
void TestNetworkKeeper::copyIsKept()
{
    NetworkBed bed(Dialect::Sqlite);
    Kept kept(bed);
    QTRY_VERIFY_WITH_TIMEOUT(!NetworkBed::result(bed.store->live().snapshots(bed.name))->empty(), 60'000);
    const auto snapshot = NetworkBed::result(bed.store->live().snapshot(bed.name, {}));
    QVERIFY(snapshot);
    QCOMPARE(snapshot->network["id"_L1].toString(), bed.id.toString());
}

QTEST_GUILESS_MAIN(TestNetworkKeeper)
#include "tst_networkkeeper.moc"
