// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/commitpath.h"

#include "tests/support/storeproof.h"

#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

class FixedClock final : public Clock
{
public:
    [[nodiscard]] Timestamp now() const override { return Timestamp::fromMilliseconds(1'767'225'600'000); }
};

/// One process as far as the store is concerned, that looks at others' commits only when it commits.
struct Writer
{
    explicit Writer(const StoreUrl &url)
        : connection(Connection::open(url, Connection::Access::Existing).value()), path(replica, clock)
    {
    }

    Expected<Receipt> submit(Command command, std::optional<Lease> fence = {})
    {
        Submission submission{std::move(command), u"test"_s, {}};
        submission.fence = std::move(fence);
        auto result = path.commit(*connection, {std::move(submission)});
        told.clear();
        for (const JournalEntry &entry : result.entries)
            told.append(entry.id.value);
        return std::move(result.receipts.front());
    }

    FixedClock clock;
    std::unique_ptr<Connection> connection;
    Replica replica;
    CommitPath path;
    QList<qint64> told; ///< the entries that the last commit brought, others' as well
};

ReplaceIroutes lan(const char *who, const char *prefixText)
{
    return {cn(who), {prefix(prefixText)}};
}

ResolveClaim claim(const char *who)
{
    return {cn(who), prefix("192.168.1.0/24"), instanceName()};
}

QString virtualOf(const Expected<Receipt> &receipt)
{
    return std::get<ClaimRow>(receipt->rows().at(0)).virtualPrefix.toString();
}

} // namespace

class TestCommitPath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatAnotherWroteJustNowIsDecidedOn_data() { addDialectRows(); }
    void whatAnotherWroteJustNowIsDecidedOn() // SEMANTICS 5
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        Writer one(place.url());
        Writer other(place.url());
        // Twice, so that on PostgreSQL it trusts that it is alone.
        VERIFY_OK(one.submit(lan("a", "10.1.0.0/16")));
        VERIFY_OK(one.submit(lan("b", "10.2.0.0/16")));
        QCOMPARE(one.told, QList<qint64>{3});
        const auto first = other.submit(claim("x"));
        VERIFY_OK(first);
        QCOMPARE(virtualOf(first), u"192.168.1.0/24"_s);
        // It would have been the first by what it knew.
        const auto second = one.submit(claim("y"));
        VERIFY_OK(second);
        QVERIFY(virtualOf(second).startsWith(u"100."_s));
        QCOMPARE(second->journal->value, 5);
        QCOMPARE(one.told, (QList<qint64>{4, 5}));
        // A refusal and an edit that changes nothing are decided on what is there, too.
        VERIFY_OK(other.submit(ReleaseClaim{cn("y"), prefix("192.168.1.0/24")}));
        VERIFY_FAILS(one.submit(ReleaseClaim{cn("y"), prefix("192.168.1.0/24")}), ErrorKind::NotFound);
        VERIFY_OK(other.submit(lan("b", "10.3.0.0/16")));
        const auto again = one.submit(lan("b", "10.2.0.0/16"));
        VERIFY_OK(again);
        QVERIFY(again->journal);
        QCOMPARE(findings(*store), QStringList());
    }

    void anEntryUnderALeaseThatIsGoneIsRefused_data() { addDialectRows(); }
    void anEntryUnderALeaseThatIsGoneIsRefused() // SEMANTICS 4
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        VERIFY_OK(
            raw(*rawConnection(place.url()),
                u"INSERT INTO lease (kind, name, holder, epoch, expires_at) VALUES ('instance', 'vpn', 'h', 3, 0)"_s));
        Lease lease;
        lease.kind = LeaseKind::Instance;
        lease.name = u"vpn"_s;
        lease.holder = u"h"_s;
        lease.epoch = 3;
        Writer writer(place.url());
        VERIFY_OK(writer.submit(lan("a", "10.1.0.0/16"), lease));
        VERIFY_OK(writer.submit(lan("b", "10.2.0.0/16"), lease));
        VERIFY_OK(raw(*rawConnection(place.url()), u"UPDATE lease SET epoch = 4"_s));
        const auto rows = allRows(*store);
        VERIFY_FAILS(writer.submit(lan("c", "10.3.0.0/16"), lease), ErrorKind::LeaseHeld);
        QVERIFY(allRows(*store) == rows);
        lease.epoch = 4;
        const auto renewed = writer.submit(lan("c", "10.3.0.0/16"), lease);
        VERIFY_OK(renewed);
        QCOMPARE(renewed->journal->value, 4);
    }

    void aRowThatSomebodyDeletedByHandIsNotUpdated_data() { addDialectRows(); }
    void aRowThatSomebodyDeletedByHandIsNotUpdated()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        const auto store = place.open();
        VERIFY_OK(submit(*store, usualInstance()));
        Writer writer(place.url());
        const auto set = [&](const char *group) {
            return writer.submit(SetConnector{cn("a"), {}, QString::fromLatin1(group), {}});
        };
        VERIFY_OK(set("one"));
        VERIFY_OK(set("two"));
        // Past the journal: nothing tells the writer of it but the count of its update.
        VERIFY_OK(raw(*rawConnection(place.url()), u"DELETE FROM connector"_s));
        const auto made = set("three");
        VERIFY_OK(made);
        QCOMPARE(made->changes.size(), 1U);
        QVERIFY(!made->changes.front().before); // decided anew, on what is there
        QCOMPARE(made->journal->value, 4);
        VERIFY_OK(set("four"));
    }
};

QTEST_GUILESS_MAIN(TestCommitPath)
#include "tst_commitpath.moc"
