// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixindex.h"

#include "model/rules/prefixset.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>
#include <set>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

using Entry = PrefixIndex::Entry;

Prefix prefix(QStringView text)
{
    return Prefix::parse(text).value();
}

QString text(const std::optional<Prefix> &each)
{
    return each ? each->toString() : u"none"_s;
}

QString text(const std::optional<Entry> &entry)
{
    return entry ? entry->prefix.toString() + u" #"_s + QString::number(entry->identity) : u"none"_s;
}

template <typename T>
QStringList texts(const std::vector<T> &all)
{
    QStringList list;
    for (const auto &each : all)
        list << text(std::optional(each));
    return list;
}

/// A tree with two tenants on 10.1.0.0/16, nested three deep, and IPv6 beside it.
PrefixIndex sites()
{
    const std::vector<Entry> entries{
        {prefix(u"10.1.2.0/24"), 4}, {prefix(u"10.0.0.0/8"), 1},      {prefix(u"10.1.0.0/16"), 3},
        {prefix(u"10.1.0.0/16"), 2}, {prefix(u"10.1.0.0/24"), 5},     {prefix(u"10.3.0.0/16"), 6},
        {prefix(u"fd00::/48"), 7},   {prefix(u"fd00:0:0:1::/64"), 8},
    };
    return PrefixIndex(entries);
}

/// Entries, looked through one by one.
struct NaiveIndex
{
    std::set<Entry> entries;

    template <typename Predicate>
    [[nodiscard]] std::vector<Entry> where(Predicate predicate) const
    {
        std::vector<Entry> found;
        std::copy_if(entries.begin(), entries.end(), std::back_inserter(found), predicate);
        return found;
    }
    [[nodiscard]] std::vector<Entry> containing(const Prefix &p) const
    {
        return where([&](const Entry &entry) { return entry.prefix.contains(p); });
    }
    [[nodiscard]] std::vector<Entry> inside(const Prefix &p) const
    {
        return where([&](const Entry &entry) { return p.contains(entry.prefix) && p != entry.prefix; });
    }
    [[nodiscard]] std::vector<Entry> children(const Prefix &p) const
    {
        std::vector<Entry> outermost;
        for (const auto &entry : inside(p)) {
            if (outermost.empty() || !outermost.back().prefix.contains(entry.prefix))
                outermost.push_back(entry);
        }
        return outermost;
    }
    [[nodiscard]] std::vector<PrefixIndex::Overlap> overlaps() const
    {
        std::vector<PrefixIndex::Overlap> found;
        for (const auto &inner : entries) {
            for (const auto &outer : entries) {
                if (outer < inner && outer.prefix.contains(inner.prefix))
                    found.push_back({outer, inner});
            }
        }
        return found;
    }
    [[nodiscard]] std::optional<Prefix> nextFree(const Prefix &parent, int length,
                                                 const std::vector<Address> &taken) const
    {
        if (length < parent.length())
            return std::nullopt;
        const auto step = uint128{1} << static_cast<unsigned>(parent.first().width() - length);
        for (auto first = parent.first().value();; first += step) {
            const Prefix candidate(Address(parent.family(), first), length);
            const bool blocked =
                std::any_of(entries.begin(), entries.end(),
                            [&](const Entry &entry) {
                                return entry.prefix.overlaps(candidate) && parent.contains(entry.prefix) &&
                                       (entry.prefix != parent || candidate == parent);
                            }) ||
                std::any_of(taken.begin(), taken.end(), [&](const Address &a) { return candidate.contains(a); });
            if (!blocked)
                return candidate;
            if (candidate.last() == parent.last())
                return std::nullopt;
        }
    }
};

/// Prefixes crowd into the last 64 addresses of a family, with some wide ones around them.
Prefix anyPrefix()
{
    const bool isV4 = *rc::gen::arbitrary<bool>();
    const auto family = isV4 ? Family::IPv4 : Family::IPv6;
    const auto address = Address(family, maxOf(family) - *rc::gen::inRange<std::uint32_t>(0, 64));
    const auto wide = *rc::gen::weightedOneOf<bool>({{1, rc::gen::just(true)}, {6, rc::gen::just(false)}});
    const int width = widthOf(family);
    return {address, wide ? *rc::gen::inRange(0, width - 6) : *rc::gen::inRange(width - 6, width + 1)};
}

std::vector<Entry> anyEntries()
{
    const auto count = *rc::gen::inRange(0, 40);
    std::vector<Entry> entries;
    for (int i = 0; i < count; ++i)
        entries.push_back({anyPrefix(), *rc::gen::inRange(0U, 3U)});
    return entries;
}

void answersLikeTheNaiveIndex(const PrefixIndex &index, const NaiveIndex &naive, const Prefix &asked)
{
    const auto around = naive.containing(asked);
    const auto inside = naive.inside(asked);
    RC_ASSERT(index.containing(asked) == around);
    RC_ASSERT(index.longestMatch(asked) == (around.empty() ? std::nullopt : std::optional(around.back())));
    const Prefix host(asked.last(), asked.first().width());
    const auto holders = naive.containing(host);
    RC_ASSERT(index.longestMatch(asked.last()) == (holders.empty() ? std::nullopt : std::optional(holders.back())));
    std::optional<Entry> seen;
    if (const auto hit = index.lookUp(asked.last()))
        seen = Entry{Prefix(asked.last(), hit->length), hit->identity};
    RC_ASSERT(seen == (holders.empty() ? std::nullopt : std::optional(holders.back())));
    RC_ASSERT(index.equalTo(asked) == naive.where([&](const Entry &entry) { return entry.prefix == asked; }));
    RC_ASSERT(index.contained(asked) == naive.where([&](const Entry &entry) { return asked.contains(entry.prefix); }));
    RC_ASSERT(index.children(asked) == naive.children(asked));
    auto overlapping = around;
    overlapping.insert(overlapping.end(), inside.begin(), inside.end());
    RC_ASSERT(index.overlapping(asked) == overlapping);
    RC_ASSERT(index.firstOverlap(asked) == (overlapping.empty() ? std::nullopt : std::optional(overlapping.front())));
    RC_ASSERT(index.overlaps() == naive.overlaps());
}

} // namespace

class TestPrefixIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theInnermostEntryMatches_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("match");
        QTest::newRow("third level") << u"10.1.2.200"_s << u"10.1.2.0/24 #4"_s;
        QTest::newRow("equal prefixes: the greatest identity") << u"10.1.77.1"_s << u"10.1.0.0/16 #3"_s;
        QTest::newRow("behind the last sibling") << u"10.200.0.1"_s << u"10.0.0.0/8 #1"_s;
        QTest::newRow("before everything") << u"9.255.255.255"_s << u"none"_s;
        QTest::newRow("behind everything") << u"11.0.0.0"_s << u"none"_s;
        QTest::newRow("IPv6") << u"fd00:0:0:1::1"_s << u"fd00:0:0:1::/64 #8"_s;
        QTest::newRow("IPv6, outer") << u"fd00:0:0:2::1"_s << u"fd00::/48 #7"_s;
        QTest::newRow("IPv6 with the bits of an IPv4 address") << u"::10.1.2.3"_s << u"none"_s;
    }
    void theInnermostEntryMatches()
    {
        QFETCH(QString, address);
        QFETCH(QString, match);
        QCOMPARE(text(sites().longestMatch(Address::parse(address).value())), match);
    }

    void theChainOfContainingEntriesIsCompleteAndOutermostFirst()
    {
        QCOMPARE(texts(sites().containing(prefix(u"10.1.2.0/25"))),
                 QStringList({u"10.0.0.0/8 #1"_s, u"10.1.0.0/16 #2"_s, u"10.1.0.0/16 #3"_s, u"10.1.2.0/24 #4"_s}));
        QCOMPARE(texts(sites().containing(prefix(u"10.0.0.0/7"))), QStringList());
    }

    void aSubtreeIsOneRun()
    {
        const auto index = sites();
        const auto run = index.containedRun(prefix(u"10.1.0.0/16"));
        QStringList entries;
        for (auto at = run.begin; at < run.end; ++at)
            entries << text(std::optional(index.at(run.family, at)));
        QCOMPARE(entries,
                 QStringList({u"10.1.0.0/16 #2"_s, u"10.1.0.0/16 #3"_s, u"10.1.0.0/24 #5"_s, u"10.1.2.0/24 #4"_s}));
        QCOMPARE(index.containedRun(prefix(u"10.2.0.0/16")).size(), 0U);
        QCOMPARE(index.containedRun(prefix(u"::/0")).size(), 2U);
    }

    // SOURCES:Z7: the next free /24
    void theNextFreePrefixIsTheLowestThatOverlapsNothing()
    {
        const auto index = sites();
        QCOMPARE(text(index.nextFree(prefix(u"10.1.0.0/16"), 24)), u"10.1.1.0/24"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.1.0.0/16"), 23)), u"10.1.4.0/23"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.0.0.0/8"), 16)), u"10.0.0.0/16"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.1.2.0/24"), 32)), u"10.1.2.0/32"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.1.0.0/16"), 16)), u"none"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.1.0.0/16"), 8)), u"none"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.4.0.0/16"), 16)), u"10.4.0.0/16"_s);
        QCOMPARE(text(index.nextFree(prefix(u"10.4.0.0/16"), 33)), u"none"_s);
        const std::vector<Address> taken{Address::parse(u"10.1.1.9").value(), Address::parse(u"10.1.3.255").value()};
        QCOMPARE(text(index.nextFree(prefix(u"10.1.0.0/16"), 24, taken)), u"10.1.4.0/24"_s);
    }

    void anOverlapIsFoundInEitherDirection()
    {
        const auto index = sites();
        QCOMPARE(text(index.firstOverlap(prefix(u"10.1.2.128/25"))), u"10.0.0.0/8 #1"_s);
        QCOMPARE(text(index.firstOverlap(prefix(u"fd00::/8"))), u"fd00::/48 #7"_s);
        QCOMPARE(text(index.firstOverlap(prefix(u"192.168.0.0/16"))), u"none"_s);
        QCOMPARE(index.overlaps().size(), 11U);
        QCOMPARE(index.overlaps(3).size(), 3U);
    }

    void anEntryIsThereOnceAndAnEditSaysWhetherItChangedAnything()
    {
        PrefixIndex index;
        const Entry entry{prefix(u"10.0.0.0/8"), 1};
        QVERIFY(index.insert(entry));
        QVERIFY(!index.insert(entry));
        index.merge();
        QVERIFY(!index.insert(entry));
        QVERIFY(index.erase(entry));
        QVERIFY(!index.erase(entry));
        QVERIFY(!index.contains(entry));
        QVERIFY(index.isEmpty());
        QVERIFY(index.insert(entry));
        QVERIFY(index.contains(entry));
        QCOMPARE(index.size(), 1U);
    }

    void manyEditsMergeByThemselves()
    {
        PrefixIndex index;
        for (std::uint32_t i = 0; i < 10'000; ++i)
            QVERIFY(index.insert({Prefix(Address::ipv4(i << 8U), 24), i}));
        QCOMPARE(index.size(), 10'000U);
        QVERIFY(index.bytes() > 0);
        for (std::uint32_t i = 0; i < 10'000; ++i)
            QCOMPARE(text(index.longestMatch(Address::ipv4(i << 8U | 1U))),
                     text(std::optional(Entry{Prefix(Address::ipv4(i << 8U), 24), i})));
    }

    // PERF:B2
    void aMillionPrefixesTakeAtMost40BytesEach()
    {
        std::vector<Entry> entries;
        for (std::uint32_t i = 0; i < 1'000'000; ++i)
            entries.push_back({Prefix(Address::ipv4(i << 12U), 20 + static_cast<int>(i % 13)), i});
        QVERIFY(PrefixIndex(entries).bytes() <= 40'000'000);
        for (auto &entry : entries)
            entry.prefix = Prefix(Address(Family::IPv6, entry.prefix.first().value() << 90U), 40);
        QVERIFY(PrefixIndex(entries).bytes() <= 40'000'000);
    }

    void everyQueryAnswersLikeTheNaiveIndex()
    {
        QVERIFY(rc::check("built", [] {
            const auto entries = anyEntries();
            const NaiveIndex naive{{entries.begin(), entries.end()}};
            const PrefixIndex index(entries);
            RC_ASSERT(index.size() == naive.entries.size());
            answersLikeTheNaiveIndex(index, naive, anyPrefix());
        }));
        QVERIFY(rc::check("edited, with and without merging", [] {
            const auto entries = anyEntries();
            NaiveIndex naive{{entries.begin(), entries.end()}};
            PrefixIndex index(entries);
            for (const auto &edit : anyEntries()) {
                if (*rc::gen::arbitrary<bool>())
                    RC_ASSERT(index.insert(edit) == naive.entries.insert(edit).second);
                else
                    RC_ASSERT(index.erase(edit) == (naive.entries.erase(edit) > 0));
            }
            for (std::size_t i = 0; i < entries.size(); i += 2)
                RC_ASSERT(index.erase(entries[i]) == (naive.entries.erase(entries[i]) > 0));
            RC_ASSERT(index.size() == naive.entries.size());
            const auto asked = anyPrefix();
            answersLikeTheNaiveIndex(index, naive, asked);
            index.merge();
            RC_ASSERT(index.isMerged());
            answersLikeTheNaiveIndex(index, naive, asked);
        }));
    }

    void gapsAndChildrenCoverTheParentExactlyAndDisjointly()
    {
        QVERIFY(rc::check([] {
            const auto entries = anyEntries();
            PrefixIndex index(entries);
            for (const auto &edit : anyEntries())
                index.insert(edit);
            for (std::size_t i = 0; i < entries.size(); i += 3)
                index.erase(entries[i]);
            const auto parent = anyPrefix();
            auto parts = index.gaps(parent);
            std::vector<Prefix> children;
            for (const auto &child : index.children(parent))
                children.push_back(child.prefix);
            RC_ASSERT(parts == PrefixSet::subtract(parent, children)); // also: as few as possible
            parts.insert(parts.end(), children.begin(), children.end());
            std::sort(parts.begin(), parts.end());
            auto at = parent.first().value();
            for (const auto &part : parts) {
                RC_ASSERT(part.first().value() == at);
                at = part.last().value() + 1;
            }
            RC_ASSERT(at == static_cast<uint128>(parent.last().value() + 1));
        }));
    }

    void nextFreeIsWhatTheNaiveSearchFinds()
    {
        QVERIFY(rc::check([] {
            const auto entries = anyEntries();
            NaiveIndex naive{{entries.begin(), entries.end()}};
            PrefixIndex index(entries);
            for (const auto &edit : anyEntries()) {
                naive.entries.insert(edit);
                index.insert(edit);
            }
            for (std::size_t i = 0; i < entries.size(); i += 3) {
                naive.entries.erase(entries[i]);
                index.erase(entries[i]);
            }
            const auto family = *rc::gen::arbitrary<bool>() ? Family::IPv4 : Family::IPv6;
            const int width = widthOf(family);
            const auto address = [&] {
                return Address(family, maxOf(family) - *rc::gen::inRange<std::uint32_t>(0, 64));
            };
            const Prefix parent(address(), *rc::gen::inRange(width - 8, width + 1));
            const int length = *rc::gen::inRange(parent.length() - 1, width + 1);
            std::vector<Address> taken(*rc::gen::inRange<std::size_t>(0, 12));
            std::generate(taken.begin(), taken.end(), address);
            std::sort(taken.begin(), taken.end());
            RC_ASSERT(index.nextFree(parent, length, taken) == naive.nextFree(parent, length, taken));
        }));
    }
};

QTEST_GUILESS_MAIN(TestPrefixIndex)
#include "tst_prefixindex.moc"
