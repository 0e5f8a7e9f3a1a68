// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/rowsteps.h"

#include <QTest>

#include <rapidcheck.h>

#include <algorithm>

using namespace interlock;

namespace {

using From = std::vector<std::optional<std::size_t>>;

/// How many of `order` can stay at most: every choice is tried.
std::size_t mostInOrder(const std::vector<std::size_t> &order)
{
    std::size_t most = 0;
    for (std::size_t choice = 0; choice < (std::size_t{1} << order.size()); ++choice) {
        std::vector<std::size_t> chosen;
        for (std::size_t at = 0; at < order.size(); ++at) {
            if ((choice >> at & 1U) != 0)
                chosen.push_back(order[at]);
        }
        if (std::ranges::is_sorted(chosen))
            most = std::max(most, chosen.size());
    }
    return most;
}

} // namespace

class TestRowSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neighboursAreOneRun();
    void aRowThatGoesToTheFrontIsOneMove();
    void equalListsNeedNothing();
    void asManyRowsStayAsCan();
};

void TestRowSteps::neighboursAreOneRun()
{
    // a b c d e f  becomes  x y a d z f
    const RowSteps steps = rowSteps({{}, {}, 0, 3, {}, 5}, 6);
    QCOMPARE(steps, (RowSteps{{{1, 2}, {4, 4}}, {0, 1, 2}, {}, {{0, 1}, {4, 4}}}));
    QCOMPARE(steps.count(), std::size_t{4});
}

void TestRowSteps::aRowThatGoesToTheFrontIsOneMove()
{
    QCOMPARE(rowSteps({3, 0, 1, 2}, 4), (RowSteps{{}, {1, 2, 3, 0}, {0}, {}}));
    QCOMPARE(rowSteps({1, 2, 3, 0}, 4), (RowSteps{{}, {3, 0, 1, 2}, {3}, {}}));
}

void TestRowSteps::equalListsNeedNothing()
{
    QCOMPARE(rowSteps({0, 1, 2}, 3), (RowSteps{{}, {0, 1, 2}, {}, {}}));
    QCOMPARE(rowSteps({}, 0), RowSteps());
}

void TestRowSteps::asManyRowsStayAsCan()
{
    const bool holds = rc::check([] {
        std::vector<std::size_t> order;
        for (const int key : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 8))) {
            const auto place = static_cast<std::size_t>(key);
            if (std::ranges::find(order, place) == order.end())
                order.push_back(place);
        }
        const From from(order.begin(), order.end());
        const RowSteps steps = rowSteps(from, 8);
        RC_ASSERT(steps.moved.size() == order.size() - mostInOrder(steps.kept));
        RC_ASSERT(std::ranges::is_sorted(steps.moved));
        std::vector<std::size_t> staying;
        std::ranges::copy_if(steps.kept, std::back_inserter(staying),
                             [&](std::size_t rank) { return !std::ranges::binary_search(steps.moved, rank); });
        RC_ASSERT(std::ranges::is_sorted(staying));
    });
    QVERIFY(holds);
}

QTEST_GUILESS_MAIN(TestRowSteps)
#include "tst_rowsteps.moc"
