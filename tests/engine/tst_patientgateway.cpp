// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/whendone.h"
#include "model/engine/patientgateway.h"
#include "tests/support/fakestore.h"
#include "tests/support/topologies.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Bed
{
    explicit Bed(std::chrono::milliseconds patience) : gateway(store, patience) {}

    void submit(QStringView cn)
    {
        whenDone(gateway.submit({SetConnector{cname(cn), {}, {}, {}}, u"ops"_s}), &context,
                 [this, name = cn.toString()](const Expected<Receipt> &receipt) {
                     said += name + u": "_s + (receipt ? u"done"_s : nameOf(receipt.error().kind));
                     why = receipt ? QString() : receipt.error().detail;
                 });
    }

    SteppedClock clock;
    FakeStore store{clock};
    PatientGateway gateway;
    QObject context;
    QStringList said;
    QString why;
};

} // namespace

class TestPatientGateway : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatTheStoreSaysIsPassedOn();
    void aStoreThatSaysNothingIsAway();
    void whatComesTooLateIsToldToNobodyAndTheNextIsAskedAgain();
};

void TestPatientGateway::whatTheStoreSaysIsPassedOn()
{
    Bed bed(60s);
    bed.submit(u"ana");
    QTRY_COMPARE(bed.said, QStringList(u"ana: done"_s));
    bed.store.goAway();
    bed.submit(u"bob");
    QTRY_COMPARE(bed.said, (QStringList{u"ana: done"_s, u"bob: storeUnavailable"_s}));
    QCOMPARE(bed.why, u"the disk is gone"_s);
}

void TestPatientGateway::aStoreThatSaysNothingIsAway() // openvpn/FACTS.md 31: the client gives up by itself
{
    Bed bed(20ms);
    bed.store.isHeld = true;
    bed.submit(u"ana");
    bed.submit(u"bob");
    QTRY_COMPARE(bed.said, (QStringList{u"ana: storeUnavailable"_s, u"bob: storeUnavailable"_s}));
    QCOMPARE(bed.why, u"the store has not answered for 20 ms"_s);
}

void TestPatientGateway::whatComesTooLateIsToldToNobodyAndTheNextIsAskedAgain()
{
    Bed bed(20ms);
    bed.store.isHeld = true;
    bed.submit(u"ana");
    QTRY_COMPARE(bed.said.size(), 1);
    bed.store.commitAll();
    QCOMPARE(bed.store.commits, 1);
    bed.submit(u"bob"); // answered after whatever there is of the first
    QTRY_COMPARE(bed.said, (QStringList{u"ana: storeUnavailable"_s, u"bob: done"_s}));
}

QTEST_GUILESS_MAIN(TestPatientGateway)
#include "tst_patientgateway.moc"
