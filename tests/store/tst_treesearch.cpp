// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fakequeries.h"
#include "tests/support/registryfill.h"
#include "tests/support/teststore.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// A store with a made-up registry and some rows to find, and the same rows in memory.
struct Bed
{
    explicit Bed(Dialect dialect) : place(dialect), store(place.open())
    {
        const auto connection = Connection::open(place.url(), Connection::Access::Existing).value();
        if (const auto filled = fillWithRegistry(*connection, {2000, 300}); !filled)
            qFatal("the registry cannot be stored: %s", qPrintable(filled.error().detail));
        const auto add = [&](const char *text, const QString &tenant, const QString &name, const QString &description,
                             const QString &tags) {
            const SubnetRow row{tenant, prefix(text), name, SubnetRole::None, description, tags, {}, {}, 0};
            if (const auto done = submit(*store, AddSubnet{row}); !done)
                qFatal("%s: %s", text, qPrintable(done.error().detail));
        };
        add("192.0.2.0/24", u"acme"_s, u"Zürich"_s, u"100% of 5_6 c:\\new"_s, u"edge;wan"_s);
        add("192.0.2.0/26", u"acme"_s, u"zürich-west"_s, u"peer of 10.0.1.0/24"_s, u"wan-backup"_s);
        add("198.51.100.0/24", {}, u"ZÜRICH"_s, {}, u"Wan"_s);
        add("2001:db8::/32", {}, u"six"_s, u"wan"_s, {});
        const AddAddress printer{u"acme"_s, address("192.0.2.200"), AddressState::Used, u"Printer"_s, u"Zürich"_s,
                                 u"wan"_s};
        if (const auto done = submit(*store, printer); !done)
            qFatal("%s", qPrintable(done.error().detail));
        for (const Row &row : allRows(*store))
            memory.topology.load(row);
        memory.topology.endLoad();
    }

    StorePlace place;
    std::unique_ptr<Store> store;
    FakeQueries memory;
};

/// "prefix@tenant match field" of each hit.
QStringList shown(const Expected<std::vector<SearchHit>> &hits)
{
    QStringList lines;
    if (!hits)
        return {hits.error().detail};
    for (const SearchHit &hit : *hits) {
        const auto *subnet = std::get_if<SubnetRow>(&hit.row);
        const auto *address = std::get_if<AddressRow>(&hit.row);
        const QString key = subnet    ? subnet->prefix.toString() + u'@' + subnet->tenant
                            : address ? address->address.toString() + u'@' + address->tenant
                                      : u"another table"_s;
        lines += u"%1 %2 %3"_s.arg(key, nameOf(hit.match), hit.field);
    }
    return lines;
}

} // namespace

class TestTreeSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theBestComesFirst_data();
    void theBestComesFirst();
    void itFindsWhatLookingAtAllRowsFinds_data() { addDialectRows(); }
    void itFindsWhatLookingAtAllRowsFinds();
    void pagesAreTheListInPieces_data() { addDialectRows(); }
    void pagesAreTheListInPieces();
};

void TestTreeSearch::theBestComesFirst_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("an address: who has it, then what is around it, narrowest first")
        << u"192.0.2.200"_s << QStringList{u"192.0.2.200@acme exact address"_s, u"192.0.2.0/24@acme contains prefix"_s};
    QTest::newRow("a prefix: itself, what is in it, and who mentions it")
        << u"192.0.2.0/24"_s
        << QStringList{u"192.0.2.0/24@acme exact prefix"_s, u"192.0.2.0/26@acme inside prefix"_s,
                       u"192.0.2.200@acme inside address"_s};
    QTest::newRow("a prefix with another mask and host bits")
        << u"198.51.100.9 255.255.255.0"_s << QStringList{u"198.51.100.0/24@ exact prefix"_s};
    QTest::newRow("IPv6") << u"2001:DB8::1"_s << QStringList{u"2001:db8::/32@ contains prefix"_s};
    QTest::newRow("a name in any case, beyond ASCII, too")
        << u"zürich"_s
        << QStringList{u"198.51.100.0/24@ exact name"_s, u"192.0.2.0/24@acme exact name"_s,
                       u"192.0.2.200@acme exact description"_s, u"192.0.2.0/26@acme textStart name"_s};
    QTest::newRow("a tag before a piece of one")
        << u"wan"_s
        << QStringList{u"2001:db8::/32@ exact description"_s, u"192.0.2.0/24@acme exact tags"_s,
                       u"192.0.2.200@acme exact tags"_s, u"198.51.100.0/24@ exact tags"_s,
                       u"192.0.2.0/26@acme textStart tags"_s};
    QTest::newRow("signs that mean something to a database")
        << u"100% of 5_6 c:\\n"_s << QStringList{u"192.0.2.0/24@acme textStart description"_s};
    QTest::newRow("a percent sign is no wild card") << u"1%0"_s << QStringList();
    QTest::newRow("a tenant: everything that it has")
        << u"acme"_s
        << QStringList{u"192.0.2.0/24@acme text tenant"_s, u"192.0.2.0/26@acme text tenant"_s,
                       u"192.0.2.200@acme text tenant"_s};
    QTest::newRow("a piece of an address")
        << u"192.0.2."_s
        << QStringList{u"192.0.2.0/24@acme textStart prefix"_s, u"192.0.2.0/26@acme textStart prefix"_s,
                       u"192.0.2.200@acme textStart address"_s};
    QTest::newRow("nothing like it") << u"zzz"_s << QStringList();
    QTest::newRow("blanks") << u"  "_s << QStringList();
}

void TestTreeSearch::theBestComesFirst()
{
    QFETCH(QString, typed);
    QFETCH(QStringList, expected);
    static const Bed bed(Dialect::Sqlite);
    QCOMPARE(shown(await(bed.store->searchTree(typed, 50))), expected);
}

void TestTreeSearch::itFindsWhatLookingAtAllRowsFinds()
{
    QFETCH(Dialect, dialect);
    Bed bed(dialect);
    for (const auto *typed :
         {u"10.0.0.0/8", u"10.0.1.20",    u"172.16.0.0/12", u"fd00::/8",   u"::/0",   u"0.0.0.0/0", u"10.0.1.",
          u"srv",        u"srv-00001",    u"SRV-00001-03",  u"region-000", u"backup", u"voice",     u"Ticket",
          u"a",          u"host-0000007", u"host",          u"zürich",     u"Ü",      u"wan",       u"_",
          u"%",          u"\\",           u"5_6",           u"fd00:"}) {
        for (const std::size_t limit : {std::size_t{1}, std::size_t{50}, std::size_t{100'000}}) {
            const QString text = QString::fromUtf16(typed);
            const auto expected = await(bed.memory.searchTree(text, limit));
            const auto found = await(bed.store->searchTree(text, limit));
            QVERIFY2(shown(found) == shown(expected), qPrintable(shown(found).join(u'\n')));
        }
    }
}

void TestTreeSearch::pagesAreTheListInPieces()
{
    QFETCH(Dialect, dialect);
    Bed bed(dialect);
    const std::vector<SubnetFilter> filters{{},
                                            {u"acme"_s, {}, {}, {}},
                                            {QString(), {}, {}, {}},
                                            {{}, prefix("10.0.0.0/16"), {}, {}},
                                            {{}, prefix("10.0.1.0/24"), {}, {}},
                                            {{}, prefix("::/0"), {}, {}},
                                            {{}, prefix("0.0.0.0/0"), SubnetRole::Container, {}},
                                            {{}, {}, SubnetRole::ZerotierChild, {}},
                                            {{}, {}, {}, u"wan"_s},
                                            {{}, {}, {}, u"voice"_s},
                                            {u"nobody"_s, {}, {}, {}}};
    for (const SubnetFilter &filter : filters) {
        const auto all = await(bed.memory.listSubnets(filter, {}, 100'000));
        for (const std::size_t limit : {std::size_t{7}, std::size_t{333}, std::size_t{100'000}}) {
            std::vector<SubnetRow> rows;
            std::optional<SubnetKey> after;
            do {
                const auto page = await(bed.store->listSubnets(filter, after, limit));
                QVERIFY2(page, page ? "" : qPrintable(page.error().detail));
                QVERIFY(page->rows.size() == limit || !page->next);
                rows.insert(rows.end(), page->rows.begin(), page->rows.end());
                after = page->next;
            } while (after);
            QCOMPARE(rows.size(), all->rows.size());
            QVERIFY(rows == all->rows);
        }
    }
}

QTEST_GUILESS_MAIN(TestTreeSearch)
#include "tst_treesearch.moc"
