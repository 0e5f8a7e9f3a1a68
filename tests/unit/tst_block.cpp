// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/block.h"

#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestBlock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // SOURCES:S8
    void anAddressFallsIntoOneCanonicalBlock_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("block");
        QTest::newRow("/24, low") << u"10.8.1.31"_s << 24 << u"10.8.1.0/24"_s;
        QTest::newRow("/24, high") << u"10.8.1.255"_s << 24 << u"10.8.1.0/24"_s;
        QTest::newRow("/27, last of the first") << u"10.8.1.31"_s << 27 << u"10.8.1.0/27"_s;
        QTest::newRow("/27, first of the second") << u"10.8.1.32"_s << 27 << u"10.8.1.32/27"_s;
        QTest::newRow("/30, last of the first") << u"10.8.1.3"_s << 30 << u"10.8.1.0/30"_s;
        QTest::newRow("/30, first of the second") << u"10.8.1.4"_s << 30 << u"10.8.1.4/30"_s;
        QTest::newRow("a block for each address") << u"10.8.1.31"_s << 32 << u"10.8.1.31/32"_s;
        QTest::newRow("everybody") << u"10.8.1.31"_s << 0 << u"0.0.0.0/0"_s;
        QTest::newRow("IPv6 /64") << u"fd00:1:2:3:4::9"_s << 64 << u"fd00:1:2:3::/64"_s;
        QTest::newRow("IPv6 /64, the next") << u"fd00:1:2:4::"_s << 64 << u"fd00:1:2:4::/64"_s;
        QTest::newRow("IPv6 everybody") << u"fd00::1"_s << 0 << u"::/0"_s;
    }
    void anAddressFallsIntoOneCanonicalBlock()
    {
        QFETCH(QString, address);
        QFETCH(int, length);
        QFETCH(QString, block);
        QCOMPARE(blockOf(Address::parse(address).value(), length).toString(), block);
    }
};

QTEST_GUILESS_MAIN(TestBlock)
#include "tst_block.moc"
