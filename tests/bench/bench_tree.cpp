// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnetfilter.h"
#include "model/tables/subnettreemodel.h"
#include "tests/bench/bench.h"
#include "tests/bench/prefixdata.h"

#include <QApplication>
#include <QStandardItemModel>
#include <QTreeView>

#include <malloc.h>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace interlock::bench {

namespace {

constexpr int kRounds = 3;
constexpr std::size_t kMillion = 1'000'000;

/// A registry that one would meet: a /8 and named subnets in it, in no order.
std::vector<SubnetItem> makeItems(std::size_t count)
{
    std::vector<SubnetItem> items;
    items.reserve(count);
    items.push_back({Prefix(Address::ipv4(0x0a000000U), 8), SubnetKind::Subnet, {}, u"overlay"_s, u"container"_s});
    for (const auto &entry : makeEntries(Spread::OnePrivateNet, count - 1)) {
        SubnetItem item{entry.prefix};
        item.name = u"branch-"_s + QString::number(entry.identity);
        item.role = entry.identity % 3 == 0 ? u"zerotier"_s : u"lan"_s;
        item.addresses = entry.identity % 100;
        items.push_back(std::move(item));
    }
    return items;
}

/// The same in the order in which a store has them.
std::vector<SubnetItem> makeSortedItems(std::size_t count)
{
    auto items = makeItems(count);
    std::ranges::sort(items, {}, &SubnetItem::prefix);
    return items;
}

/// Bytes that the program got from the heap and still has.
double heapBytes()
{
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks) + static_cast<double>(info.hblkhd);
}

/// The same rows as one would put them into Qt's own model: six texts each, in their parents.
std::unique_ptr<QStandardItemModel> makePeer(const SubnetForest &forest)
{
    auto model = std::make_unique<QStandardItemModel>(0, 6);
    std::vector<QStandardItem *> rows(forest.slotCount());
    for (const SubnetForest::Slot slot : forest.order()) {
        const SubnetUse use = forest.use(slot);
        QList<QStandardItem *> row;
        for (const QString &text :
             {forest.prefix(slot).toString(), forest.name(slot), forest.role(slot), QString::number(use.share()),
              QString::number(use.used), QString::number(use.free())})
            row += new QStandardItem(text);
        rows[slot] = row.first();
        const auto parent = forest.parent(slot);
        (parent == SubnetForest::kNone ? model->invisibleRootItem() : rows[parent])->appendRow(row);
    }
    return model;
}

void measureCreation(Report &report)
{
    const auto items = makeSortedItems(report.size(kMillion, 20'000));
    const SubnetForest sample(items);
    double ourBytes = 0;
    double peerBytes = 0;
    const auto ours = [&] {
        const double before = heapBytes();
        SubnetTreeModel model;
        const double time = timed([&] { model.load(SubnetForest(items)); });
        model.expandAll(0);
        ourBytes = heapBytes() - before;
        report.check(static_cast<std::size_t>(model.totalCount()) == items.size(), u"E1"_s, u"rows are missing"_s);
        return time;
    };
    const auto peer = [&] {
        const double before = heapBytes();
        std::unique_ptr<QStandardItemModel> model;
        const double time = timed([&] { model = makePeer(sample); });
        peerBytes = heapBytes() - before;
        return time;
    };
    Pair pair;
    for (int round = 0; round < kRounds; ++round) {
        pair.ours.add(ours());
        pair.peer.add(peer());
    }
    report.addFaster(u"E1"_s, u"subnets as a store has them to a usable tree model"_s, u"QStandardItemModel"_s, pair, 1,
                     50);
    const double ratio = peerBytes / ourBytes;
    report.add({u"E1"_s, u"memory of that model, fully opened"_s, QString::number(ourBytes / 1e6, 'f', 0) + u" MB"_s,
                u"QStandardItemModel: "_s + QString::number(peerBytes / 1e6, 'f', 0) + u" MB"_s, ratio,
                u">= 20x smaller"_s, ratio >= 20});
}

void measureSorting(Report &report)
{
    const auto items = makeItems(report.size(kMillion, 20'000));
    const auto ours = [&] {
        return timed([&] {
            const SubnetForest forest(items);
            doNotOptimize(forest.size());
        });
    };
    const auto peer = [&] {
        return timed([&] {
            std::vector<std::uint32_t> ids(items.size());
            std::iota(ids.begin(), ids.end(), 0U);
            std::ranges::sort(ids, {}, [&](std::uint32_t id) { return items[id].prefix; });
            doNotOptimize(ids.front());
        });
    };
    report.addAtMost(u"E2"_s, u"sort, nest and add up"_s, u"std::sort of row ids"_s, interleaved(kRounds, ours, peer),
                     1, 1.5);
}

void measureFilter(Report &report)
{
    const auto items = makeItems(report.size(kMillion, 20'000));
    const SubnetForest forest(items);
    const QString word = u"branch-4711"_s;
    const SubnetFilter filter(RowFilter::parse(word).value());
    const std::atomic_bool isCancelled = false;
    std::size_t ourMatches = 0;
    std::size_t peerMatches = 0;
    const auto ours = [&] { return timed([&] { ourMatches = filter.marks(forest, isCancelled).matches; }); };
    const auto peer = [&] {
        return timed([&] {
            peerMatches = static_cast<std::size_t>(std::ranges::count_if(
                items, [&](const SubnetItem &item) { return item.name.contains(word, Qt::CaseInsensitive); }));
        });
    };
    const auto pair = interleaved(kRounds, ours, peer);
    report.check(ourMatches == peerMatches && ourMatches > 0, u"E2"_s, u"other matches than a plain scan"_s);
    report.addAtMost(u"E2"_s, u"filter, with what leads to a match"_s, u"plain scan of the names"_s, pair, 1, 1.5);
}

/// The same tree as Qt's own model, one column of text.
std::unique_ptr<QStandardItemModel> makeNarrowPeer(const SubnetForest &forest)
{
    auto model = std::make_unique<QStandardItemModel>(0, 1);
    std::vector<QStandardItem *> rows(forest.slotCount());
    for (const SubnetForest::Slot slot : forest.order()) {
        rows[slot] = new QStandardItem(forest.prefix(slot).toString());
        const auto parent = forest.parent(slot);
        (parent == SubnetForest::kNone ? model->invisibleRootItem() : rows[parent])->appendRow(rows[slot]);
    }
    return model;
}

/// Qt's tree view on Qt's model, everything open.
struct PeerView
{
    std::unique_ptr<QStandardItemModel> model;
    QTreeView view;

    explicit PeerView(const SubnetForest &forest) : model(makeNarrowPeer(forest))
    {
        view.setUniformRowHeights(true);
        view.setModel(model.get());
        view.show();
        view.expandAll();
        QApplication::processEvents();
    }
    /// Whatever the view has put off until it is painted.
    void paint() { view.viewport()->grab(); }
};

void measureExpansion(Report &report)
{
    const std::size_t count = report.size(kMillion, 20'000);
    SubnetTreeModel model;
    model.load(SubnetForest(makeSortedItems(count)));
    model.expandAll(0);
    report.check(static_cast<std::size_t>(model.rowCount()) >= count, u"E3"_s, u"rows are not shown"_s);
    PeerView peer(model.forest());
    const QModelIndex root = peer.model->index(0, 0);
    Pair opening;
    Pair closing;
    // Half-way down: the second largest branch that there is, among a million rows that stay.
    int branch = 1;
    for (int row = 1; row < model.rowCount(); ++row) {
        if (model.parentRow(row) == 0 && model.countInside(row) > model.countInside(branch))
            branch = row;
    }
    for (int round = 0; round < kRounds; ++round) {
        closing.ours.add(timed([&] { model.collapse(0); }));
        opening.ours.add(timed([&] { model.expand(0); }));
        closing.peer.add(timed([&] {
            peer.view.collapse(root);
            peer.paint();
        }));
        opening.peer.add(timed([&] {
            peer.view.expand(root);
            peer.paint();
        }));
    }
    report.addFasterWithin(u"E3"_s, u"open a million rows"_s, u"QTreeView"_s, opening, 200, 50e6);
    report.addCompared(u"E3"_s, u"close a million rows"_s, u"QTreeView"_s, closing, 1);
    Samples inside;
    for (int round = 0; round < 5; ++round) {
        inside.add(timed([&] { model.collapse(branch); }));
        inside.add(timed([&] { model.expand(branch); }));
    }
    const double slowest =
        std::max({opening.ours.percentile(100), closing.ours.percentile(100), inside.percentile(100)});
    report.addLimit(u"E3"_s, u"the slowest of these, and of the largest branch among them"_s, durationText(slowest),
                    slowest, 50e6, u"< 50 ms"_s);
}

void measureEdit(Report &report)
{
    const auto items = makeItems(report.size(kMillion, 20'000));
    SubnetTreeModel model;
    model.load(SubnetForest(items));
    model.expandAll(0);
    PeerView view(model.forest());
    QStandardItem *root = view.model->item(0);
    Pair pair;
    for (std::size_t i = 1; i < 20; ++i) {
        pair.ours.add(timed([&] { model.apply({{items[i], {}}}); }));
        pair.ours.add(timed([&] { model.apply({{{}, items[i]}}); }));
        pair.peer.add(timed([&] {
            root->insertRow(root->rowCount() / 2, new QStandardItem(u"new"_s));
            view.paint();
        }));
        pair.peer.add(timed([&] {
            root->removeRow(root->rowCount() / 2);
            view.paint();
        }));
    }
    report.addCompared(u"G4"_s, u"one edit among a million shown rows"_s, u"QStandardItemModel, QTreeView"_s, pair, 1);
    report.addLimit(u"G4"_s, u"the longest of these"_s, durationText(pair.ours.percentile(100)),
                    pair.ours.percentile(100), 50e6, u"< 50 ms"_s);
}

const Registration e1(u"E1"_s, &measureCreation);
const Registration e2Sort(u"E2-sort"_s, &measureSorting);
const Registration e2Filter(u"E2-filter"_s, &measureFilter);
const Registration e3(u"E3"_s, &measureExpansion);
const Registration g4(u"G4-tree"_s, &measureEdit);

} // namespace

} // namespace interlock::bench
