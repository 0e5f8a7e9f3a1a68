// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/storeproof.h"

#include <QDir>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

class TestStoreUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAddressSaysWhereTheStoreIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical"); // as toString() gives it
        QTest::addColumn<QString>("password");
        QTest::newRow("file") << u"sqlite:/var/lib/x/store.db"_s << u"sqlite:/var/lib/x/store.db"_s << QString();
        QTest::newRow("file with slashes")
            << u"sqlite:///var/lib/x/store.db"_s << u"sqlite:/var/lib/x/store.db"_s << QString();
        QTest::newRow("relative file") << u"sqlite:store.db"_s << u"sqlite:"_s + QDir::currentPath() + u"/store.db"_s
                                       << QString();
        QTest::newRow("file with odd name")
            << u"sqlite:/x/a b?c%20#d.db"_s << u"sqlite:/x/a b?c%20#d.db"_s << QString();
        QTest::newRow("server") << u"postgresql://jo@db.example/net"_s
                                << u"postgresql://jo@db.example:5432/net?sslmode=verify-full"_s << QString();
        QTest::newRow("other scheme") << u"postgres://jo@db.example/net"_s
                                      << u"postgresql://jo@db.example:5432/net?sslmode=verify-full"_s << QString();
        QTest::newRow("port") << u"postgresql://db.example:6000/net"_s
                              << u"postgresql://db.example:6000/net?sslmode=verify-full"_s << QString();
        QTest::newRow("IPv6") << u"postgresql://[2001:db8::1]:6000/net"_s
                              << u"postgresql://[2001:db8::1]:6000/net?sslmode=verify-full"_s << QString();
        QTest::newRow("loopback") << u"postgresql://127.0.0.9/net"_s
                                  << u"postgresql://127.0.0.9:5432/net?sslmode=prefer"_s << QString();
        QTest::newRow("loopback, IPv6") << u"postgresql://[::1]/net"_s
                                        << u"postgresql://[::1]:5432/net?sslmode=prefer"_s << QString();
        QTest::newRow("socket folder") << u"postgresql://jo@%2Frun%2Fpg/net"_s
                                       << u"postgresql://jo@%2Frun%2Fpg:5432/net?sslmode=prefer"_s << QString();
        QTest::newRow("default socket") << u"postgresql:///net"_s << u"postgresql://:5432/net?sslmode=prefer"_s
                                        << QString();
        QTest::newRow("weaker TLS by wish") << u"postgresql://db.example/net?sslmode=require"_s
                                            << u"postgresql://db.example:5432/net?sslmode=require"_s << QString();
        QTest::newRow("password") << u"postgresql://jo:p%40ss%3Aw%2Frd@db.example/net"_s
                                  << u"postgresql://jo@db.example:5432/net?sslmode=verify-full"_s << u"p@ss:w/rd"_s;
        QTest::newRow("percent everywhere")
            << u"postgresql://j%25o@%2Fr%251/n%251et"_s << u"postgresql://j%25o@%2Fr%251:5432/n%251et?sslmode=prefer"_s
            << QString();
    }
    void anAddressSaysWhereTheStoreIs()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        QFETCH(QString, password);
        const auto url = StoreUrl::parse(text);
        VERIFY_OK(url);
        QCOMPARE(url->toString(), canonical);
        QCOMPARE(url->password, password);
        const auto again = StoreUrl::parse(url->toString());
        VERIFY_OK(again);
        QCOMPARE(again->toString(), canonical);
        QCOMPARE(again->host, url->host);
        QCOMPARE(again->database, url->database);
    }

    void whatIsNoAddressIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("path alone") << u"/var/lib/store.db"_s;
        QTest::newRow("no path") << u"sqlite:"_s;
        QTest::newRow("other database") << u"mysql://host/db"_s;
        QTest::newRow("no database") << u"postgresql://host"_s;
        QTest::newRow("empty database") << u"postgresql://host/"_s;
        QTest::newRow("port in words") << u"postgresql://host:x/db"_s;
        QTest::newRow("port too large") << u"postgresql://host:65536/db"_s;
        QTest::newRow("port zero") << u"postgresql://host:0/db"_s;
        QTest::newRow("unknown parameter") << u"postgresql://host/db?options=-csearch_path%3Dx"_s;
        QTest::newRow("unknown TLS mode") << u"postgresql://host/db?sslmode=maybe"_s;
    }
    void whatIsNoAddressIsRefused()
    {
        QFETCH(QString, text);
        VERIFY_FAILS(StoreUrl::parse(text), ErrorKind::Usage);
    }

    void aPasswordIsInNoMessage()
    {
        const auto store =
            Store::open(StoreUrl::parse(u"postgresql://jo:hunter2@127.0.0.1:1/net?sslmode=disable"_s).value(),
                        Store::Opening::Existing);
        VERIFY_FAILS(store, ErrorKind::StoreUnavailable);
        QVERIFY(!store.error().detail.contains(u"hunter2"_s));
        QVERIFY(store.error().detail.contains(u"jo@127.0.0.1:1/net"_s));
    }

    /// What is put into the connection string is a value there, whatever it is made of.
    void aValueAddsNoOptionOfItsOwn()
    {
        const auto url = StoreUrl::parse(u"postgresql://jo'%20host=x@127.0.0.1:1/a'%20b;c=d?sslmode=disable"_s);
        VERIFY_OK(url);
        VERIFY_FAILS(Store::open(*url, Store::Opening::Existing), ErrorKind::StoreUnavailable);
    }
};

QTEST_GUILESS_MAIN(TestStoreUrl)
#include "tst_storeurl.moc"
