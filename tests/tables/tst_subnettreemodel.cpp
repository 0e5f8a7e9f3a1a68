// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnettreemodel.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

#include <rapidcheck.h>

#include <map>

using namespace interlock;
using namespace Qt::StringLiterals;

using TreeColumn = SubnetTreeModel::Column;

namespace {

SubnetItem subnet(const QString &prefix, const QString &name = {}, const QString &tenant = {})
{
    return {Prefix::parse(prefix).value(), SubnetKind::Subnet, tenant, name};
}

SubnetItem derived(SubnetKind kind, const QString &prefix, const QString &holder, std::uint32_t addresses = 0)
{
    SubnetItem item{Prefix::parse(prefix).value(), kind, {}, holder};
    item.addresses = addresses;
    return item;
}

SubnetItem address(const QString &text)
{
    return {Prefix::parse(text).value(), SubnetKind::Address};
}

SubnetItemChange added(const SubnetItem &item)
{
    return {{}, item};
}

SubnetItemChange removed(const SubnetItem &item)
{
    return {item, {}};
}

/// One line a row: two dots a level, `-` open, `+` closed, `=` free space; with the last address where a gap is longer
/// than its prefix.
QStringList shown(const SubnetTreeModel &model)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row, 0);
        QString line = QString(index.data(SubnetTreeModel::DepthRole).toInt() * 2, u'.');
        if (index.data(SubnetTreeModel::KindRole).toInt() == static_cast<int>(SubnetTreeModel::RowKind::Gap))
            line += u"= "_s;
        else if (index.data(SubnetTreeModel::ExpandableRole).toBool())
            line += index.data(SubnetTreeModel::ExpandedRole).toBool() ? u"- "_s : u"+ "_s;
        line += index.data().toString();
        const QString name = index.siblingAtColumn(static_cast<int>(TreeColumn::Name)).data().toString();
        lines += name.isEmpty() ? line : line + u' ' + name;
    }
    return lines;
}

/// A model that is watched by the tester, and must not be reset after its loading.
struct Watched
{
    SubnetTreeModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted};
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    QSignalSpy layout{&model, &QAbstractItemModel::layoutChanged};
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    QSignalSpy reset{&model, &QAbstractItemModel::modelReset};
    QSignalSpy filtered{&model, &SubnetTreeModel::filterDone};

    explicit Watched(const std::vector<SubnetItem> &items)
    {
        model.load(SubnetForest(items));
        reset.clear();
    }
    void open(const QString &prefix, const QString &tenant = {})
    {
        model.expand(model.find(subnet(prefix, {}, tenant)));
    }
    void filter(const QString &text)
    {
        filtered.clear();
        model.setFilter(RowFilter::parse(text).value());
        QTRY_VERIFY(filtered.count() > 0);
    }
    [[nodiscard]] SubnetUse use(const QString &prefix) const { return model.useAt(model.find(subnet(prefix))); }
};

std::vector<SubnetItem> site()
{
    return {subnet(u"10.1.4.128/25"_s, u"ankara-02"_s),
            subnet(u"10.0.0.0/8"_s, u"overlay"_s),
            subnet(u"10.1.0.0/16"_s, u"turkey"_s),
            subnet(u"10.1.4.0/23"_s, u"ankara"_s),
            subnet(u"10.1.4.0/25"_s, u"ankara-01"_s),
            subnet(u"10.2.0.0/16"_s, u"germany"_s),
            subnet(u"fd00::/48"_s, u"six"_s)};
}

/// The rows as one would list them without any index: every question is asked of all items.
class Naive
{
public:
    std::vector<Prefix> items;
    std::map<Prefix, bool> isOpen;

    [[nodiscard]] std::optional<Prefix> parentOf(const Prefix &prefix) const
    {
        std::optional<Prefix> parent;
        for (const Prefix &each : items) {
            if (each != prefix && each.contains(prefix) && (!parent || each.length() > parent->length()))
                parent = each;
        }
        return parent;
    }
    [[nodiscard]] std::vector<Prefix> childrenOf(const std::optional<Prefix> &parent) const
    {
        std::vector<Prefix> children;
        std::ranges::copy_if(items, std::back_inserter(children),
                             [&](const Prefix &each) { return parentOf(each) == parent; });
        std::ranges::sort(children);
        return children;
    }
    [[nodiscard]] QStringList lines(const std::optional<Prefix> &parent = {}, int depth = 0) const
    {
        QStringList lines;
        const QString indent(depth * 2, u'.');
        std::optional<uint128> next = parent ? std::optional(parent->first().value()) : std::nullopt;
        const auto gapTo = [&](uint128 end) {
            if (!next || *next >= end)
                return;
            const SubnetGap gap{Address(Family::IPv4, *next), Address(Family::IPv4, end - 1)};
            const Prefix first = gap.firstPrefix();
            lines += indent + u"= "_s + first.toString() +
                     (first.last() == gap.last ? QString() : u" to "_s + gap.last.toString());
        };
        for (const Prefix &child : childrenOf(parent)) {
            gapTo(child.first().value());
            const bool isParent = !childrenOf(child).empty();
            const auto open = isOpen.find(child);
            const bool isShown = isParent && open != isOpen.end() && open->second;
            lines += indent + (!isParent ? u""_s : isShown ? u"- "_s : u"+ "_s) + child.toString();
            if (isShown)
                lines += this->lines(child, depth + 1);
            if (next)
                next = child.last().value() + 1;
        }
        if (parent)
            gapTo(parent->last().value() + 1);
        return lines;
    }
};

} // namespace

class TestSubnetTreeModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rootsAreShownFirst();
    void openingShowsChildrenByAddressAndTheFreeSpaceBetween();
    void aBranchOpensAsItWasLeft();
    void openingAnnouncesOneRun();
    void everythingInsideOpensAtOnce();
    void gapsAndChildrenAreTheParent();
    void gapsCanBeLeftOut();
    void figuresAddUp();
    void aReservedPrefixIsHeldBackAndNotUsed();
    void derivedRowsAreNotesUnderTheirSubnet();
    void connectorsWithTheSameLanStandSideBySide();
    void tenantsMayUseTheSameAddresses();
    void aTenantsPrefixMovesIntoWhatBecomesShared();
    void addressesSplitNoGap();
    void anInsertionInsideOfAClosedBranchShowsNoRow();
    void aNewParentTakesItsChildrenOver();
    void selectionStaysWithItsItems();
    void anAncestorsFiguresFollowAnEditBelow();
    void aScatteredBatchIsANewOrderAndNoReset();
    void anotherNameIsAChangedRow();
    void loadingAnewKeepsWhatIsOpen();
    void aFilterShowsMatchesAndWhatTheyAreIn();
    void theFilterKnowsEveryColumn_data();
    void theFilterKnowsEveryColumn();
    void clearingTheFilterBringsBackWhatWasOpen();
    void editsWaitForTheFilterAndFollowIt();
    void theLastFilterCounts();
    void revealOpensTheWay();
    void rolesSayWhatARowIs();
    void anySequenceEndsAsANaiveTree();
};

void TestSubnetTreeModel::rootsAreShownFirst()
{
    const Watched w(site());
    QCOMPARE(shown(w.model), (QStringList{u"+ 10.0.0.0/8 overlay"_s, u"fd00::/48 six"_s}));
    QCOMPARE(w.model.totalCount(), 7);
}

void TestSubnetTreeModel::openingShowsChildrenByAddressAndTheFreeSpaceBetween()
{
    Watched w(site());
    w.open(u"10.0.0.0/8"_s);
    w.open(u"10.1.0.0/16"_s);
    w.open(u"10.1.4.0/23"_s);
    QCOMPARE(shown(w.model),
             (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..= 10.0.0.0/16"_s, u"..- 10.1.0.0/16 turkey"_s,
                          u"....= 10.1.0.0/22"_s, u"....- 10.1.4.0/23 ankara"_s, u"......10.1.4.0/25 ankara-01"_s,
                          u"......10.1.4.128/25 ankara-02"_s, u"......= 10.1.5.0/24"_s,
                          u"....= 10.1.6.0/23 to 10.1.255.255"_s, u"..10.2.0.0/16 germany"_s,
                          u"..= 10.3.0.0/16 to 10.255.255.255"_s, u"fd00::/48 six"_s}));
    w.model.collapse(0);
    QCOMPARE(shown(w.model), (QStringList{u"+ 10.0.0.0/8 overlay"_s, u"fd00::/48 six"_s}));
}

void TestSubnetTreeModel::aBranchOpensAsItWasLeft()
{
    Watched w(site());
    w.open(u"10.0.0.0/8"_s);
    w.open(u"10.1.0.0/16"_s);
    const QStringList before = shown(w.model);
    w.model.collapse(0);
    w.model.expand(0);
    QCOMPARE(shown(w.model), before);
}

void TestSubnetTreeModel::openingAnnouncesOneRun()
{
    Watched w(site());
    w.model.expand(0);
    w.model.collapse(0);
    QCOMPARE(w.inserted.count(), 1);
    QCOMPARE(w.removed.count(), 1);
    w.model.collapse(0); // is closed
    w.model.expand(1);   // has nothing inside
    QCOMPARE(w.inserted.count() + w.removed.count(), 2);
}

void TestSubnetTreeModel::everythingInsideOpensAtOnce()
{
    Watched w(site());
    w.model.expand(0);
    QCOMPARE(w.model.countInside(0), 5);
    w.model.expandAll(0);
    QCOMPARE(w.model.rowCount(), 12);
    w.model.collapseAll();
    QCOMPARE(w.model.rowCount(), 2);
    w.model.expand(0);
    QCOMPARE(w.model.rowCount(), 6);
}

void TestSubnetTreeModel::gapsAndChildrenAreTheParent()
{
    Watched w(site());
    w.model.expandAll(0);
    std::map<int, double> sums; // by row of the parent
    for (int row = 0; row < w.model.rowCount(); ++row) {
        if (const int parent = w.model.parentRow(row); parent >= 0)
            sums[parent] += w.model.useAt(row).size;
    }
    QCOMPARE(sums.size(), 3U);
    for (const auto &[parent, sum] : sums)
        QCOMPARE(sum, w.model.useAt(parent).size);
}

void TestSubnetTreeModel::gapsCanBeLeftOut()
{
    Watched w(site());
    w.model.expandAll(0);
    const QStringList before = shown(w.model);
    w.model.setGapsShown(false);
    QCOMPARE(shown(w.model), before.filter(QRegularExpression(u"^[^=]*$"_s)));
    w.model.setGapsShown(true);
    QCOMPARE(shown(w.model), before);
}

void TestSubnetTreeModel::figuresAddUp()
{
    auto items = site();
    items[0].addresses = 68;  // 10.1.4.128/25
    items[4].addresses = 111; // 10.1.4.0/25
    items[5].addresses = 7;   // 10.2.0.0/16
    Watched w(items);
    w.model.expandAll(0);
    QCOMPARE(w.use(u"10.1.4.0/25"_s), (SubnetUse{128, 111, 2}));
    QCOMPARE(w.use(u"10.1.4.0/23"_s), (SubnetUse{512, 179, 4}));
    QCOMPARE(w.use(u"10.0.0.0/8"_s), (SubnetUse{16777216, 186, 6}));
    double used = 0;
    double held = 0;
    double free = 0;
    for (int row = 1; row < w.model.rowCount(); ++row) {
        if (w.model.parentRow(row) != 0)
            continue;
        used += w.model.useAt(row).used;
        held += w.model.useAt(row).held;
        free += w.model.useAt(row).free();
    }
    QCOMPARE((SubnetUse{used + held + free, used, held}), w.use(u"10.0.0.0/8"_s));
    QCOMPARE(w.model.index(0, static_cast<int>(TreeColumn::Free)).data().toString(), u"16.8 M"_s);
    QCOMPARE(w.model.index(0, static_cast<int>(TreeColumn::Addresses)).data().toString(), u"186"_s);
    const int ankara = w.model.find(subnet(u"10.1.4.0/25"_s));
    QCOMPARE(w.model.index(ankara, static_cast<int>(TreeColumn::Used)).data().toString(), u"86 %"_s);
    QCOMPARE(w.model.index(ankara, 0).data(SubnetTreeModel::ShareRole).toDouble(), 111.0 / 128);
}

void TestSubnetTreeModel::aReservedPrefixIsHeldBackAndNotUsed()
{
    SubnetItem reserve = subnet(u"10.1.5.192/26"_s, u"reserve"_s);
    reserve.isReserved = true;
    Watched w({subnet(u"10.1.5.0/24"_s), reserve});
    w.model.expandAll(0);
    QCOMPARE(w.use(u"10.1.5.0/24"_s), (SubnetUse{256, 0, 64}));
    const int row = w.model.find(reserve);
    QCOMPARE(w.model.index(row, static_cast<int>(TreeColumn::Used)).data().toString(), u"held back"_s);
    QVERIFY(w.model.index(row, 0).data(SubnetTreeModel::ReservedRole).toBool());
}

void TestSubnetTreeModel::derivedRowsAreNotesUnderTheirSubnet()
{
    Watched w({subnet(u"10.8.0.0/22"_s, u"vpn"_s), derived(SubnetKind::Pool, u"10.8.0.0/22"_s, u"ovpn-tr1"_s, 787),
               subnet(u"10.8.1.0/24"_s, u"static"_s)});
    w.model.expandAll(0);
    QCOMPARE(shown(w.model), (QStringList{u"- 10.8.0.0/22 vpn"_s, u"..10.8.0.0/22 ovpn-tr1"_s, u"..= 10.8.0.0/24"_s,
                                          u"..10.8.1.0/24 static"_s, u"..= 10.8.2.0/23"_s}));
    QCOMPARE(w.model.kindAt(1), SubnetTreeModel::RowKind::Derived);
    QCOMPARE(w.use(u"10.8.0.0/22"_s).used, 787.0);
}

void TestSubnetTreeModel::connectorsWithTheSameLanStandSideBySide()
{
    Watched w({subnet(u"192.168.0.0/16"_s), derived(SubnetKind::Lan, u"192.168.1.0/24"_s, u"b"_s),
               derived(SubnetKind::Lan, u"192.168.1.0/24"_s, u"a"_s)});
    w.model.expandAll(0);
    QCOMPARE(shown(w.model), (QStringList{u"- 192.168.0.0/16"_s, u"..= 192.168.0.0/24"_s, u"..192.168.1.0/24 a"_s,
                                          u"..192.168.1.0/24 b"_s, u"..= 192.168.2.0/23 to 192.168.255.255"_s}));
    QVERIFY(w.model.index(2, 0).data(SubnetTreeModel::IdRole) != w.model.index(3, 0).data(SubnetTreeModel::IdRole));
}

// CASES I2, I6
void TestSubnetTreeModel::tenantsMayUseTheSameAddresses()
{
    Watched w({subnet(u"10.0.0.0/16"_s, {}, u"a"_s), subnet(u"10.0.0.0/16"_s, {}, u"b"_s),
               subnet(u"10.0.0.0/24"_s, u"of-b"_s, u"b"_s), subnet(u"172.16.0.0/12"_s, u"shared"_s),
               subnet(u"172.16.0.0/16"_s, u"a-in-shared"_s, u"a"_s)});
    for (int row = w.model.rowCount() - 1; row >= 0; --row)
        w.model.expandAll(row);
    w.model.setGapsShown(false);
    QCOMPARE(shown(w.model), (QStringList{u"- 172.16.0.0/12 shared"_s, u"..172.16.0.0/16 a-in-shared"_s,
                                          u"10.0.0.0/16"_s, u"- 10.0.0.0/16"_s, u"..10.0.0.0/24 of-b"_s}));
}

void TestSubnetTreeModel::aTenantsPrefixMovesIntoWhatBecomesShared()
{
    Watched w({subnet(u"10.0.0.0/16"_s, {}, u"a"_s), subnet(u"10.0.1.0/24"_s, {}, u"a"_s),
               subnet(u"192.0.2.0/24"_s, u"shared"_s)});
    w.model.setGapsShown(false);
    w.model.apply({added(subnet(u"10.0.0.0/8"_s))});
    w.model.expandAll(w.model.find(subnet(u"10.0.0.0/8"_s)));
    QCOMPARE(shown(w.model),
             (QStringList{u"- 10.0.0.0/8"_s, u"..- 10.0.0.0/16"_s, u"....10.0.1.0/24"_s, u"192.0.2.0/24 shared"_s}));
    w.model.apply({removed(subnet(u"10.0.0.0/8"_s))});
    QCOMPARE(shown(w.model), (QStringList{u"192.0.2.0/24 shared"_s, u"- 10.0.0.0/16"_s, u"..10.0.1.0/24"_s}));
    QCOMPARE(w.reset.count(), 0);
}

void TestSubnetTreeModel::addressesSplitNoGap()
{
    Watched w({subnet(u"10.0.0.0/24"_s), address(u"10.0.0.5"_s), address(u"10.0.0.9"_s)});
    w.model.expand(0);
    QCOMPARE(shown(w.model), (QStringList{u"- 10.0.0.0/24"_s, u"..10.0.0.5"_s, u"..10.0.0.9"_s}));
    QCOMPARE(w.use(u"10.0.0.0/24"_s), (SubnetUse{256, 2, 2}));
    w.model.apply({added(subnet(u"10.0.0.128/25"_s))});
    QCOMPARE(shown(w.model), (QStringList{u"- 10.0.0.0/24"_s, u"..10.0.0.5"_s, u"..10.0.0.9"_s, u"..= 10.0.0.0/25"_s,
                                          u"..10.0.0.128/25"_s}));
}

void TestSubnetTreeModel::anInsertionInsideOfAClosedBranchShowsNoRow()
{
    Watched w(site());
    w.model.apply({added(subnet(u"10.3.0.0/16"_s)), removed(subnet(u"10.2.0.0/16"_s))});
    QCOMPARE(w.inserted.count() + w.removed.count(), 0);
    w.model.expand(0);
    QVERIFY(shown(w.model).contains(u"..10.3.0.0/16"_s));
    QVERIFY(shown(w.model).contains(u"..= 10.2.0.0/16"_s));
}

void TestSubnetTreeModel::aNewParentTakesItsChildrenOver()
{
    Watched w(site());
    w.open(u"10.0.0.0/8"_s);
    w.model.apply({added(subnet(u"10.0.0.0/14"_s, u"west"_s))});
    QCOMPARE(shown(w.model), (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..+ 10.0.0.0/14 west"_s,
                                          u"..= 10.4.0.0/14 to 10.255.255.255"_s, u"fd00::/48 six"_s}));
    w.open(u"10.0.0.0/14"_s);
    w.open(u"10.1.0.0/16"_s);
    w.model.apply({removed(subnet(u"10.0.0.0/14"_s))});
    QCOMPARE(shown(w.model),
             (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..= 10.0.0.0/16"_s, u"..- 10.1.0.0/16 turkey"_s,
                          u"....= 10.1.0.0/22"_s, u"....+ 10.1.4.0/23 ankara"_s, u"....= 10.1.6.0/23 to 10.1.255.255"_s,
                          u"..10.2.0.0/16 germany"_s, u"..= 10.3.0.0/16 to 10.255.255.255"_s, u"fd00::/48 six"_s}));
}

void TestSubnetTreeModel::selectionStaysWithItsItems()
{
    Watched w(site());
    w.model.expandAll(0);
    std::vector<SubnetItemChange> even; // so that the others come between them, each in a place of its own
    for (int i = 4; i < 120; i += 2)
        even.push_back(added(subnet(u"10.%1.0.0/16"_s.arg(i))));
    w.model.apply(even);
    QItemSelectionModel selection(&w.model);
    const QModelIndex germany = w.model.index(w.model.find(subnet(u"10.2.0.0/16"_s)), 0);
    selection.setCurrentIndex(germany, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    const QString id = germany.data(SubnetTreeModel::IdRole).toString();
    std::vector<SubnetItemChange> scattered;
    for (int i = 3; i < 120; i += 2)
        scattered.push_back(added(subnet(u"10.%1.0.0/16"_s.arg(i))));
    scattered.push_back(added(subnet(u"9.0.0.0/8"_s)));
    w.model.apply(scattered);
    QCOMPARE(selection.currentIndex().data(SubnetTreeModel::IdRole).toString(), id);
    QCOMPARE(selection.selectedRows().size(), 1);
    QCOMPARE(selection.selectedRows().first().data(SubnetTreeModel::IdRole).toString(), id);
    for (SubnetItemChange &change : scattered)
        std::swap(change.before, change.after);
    w.model.apply(scattered);
    QCOMPARE(selection.selectedRows().first().data(SubnetTreeModel::IdRole).toString(), id);
    QVERIFY(w.layout.count() > 0);
    QCOMPARE(w.reset.count(), 0);
}

void TestSubnetTreeModel::anAncestorsFiguresFollowAnEditBelow()
{
    Watched w(site());
    SubnetItem busy = site()[4];
    busy.addresses = 100;
    w.model.apply({{site()[4], busy}});
    QCOMPARE(w.use(u"10.0.0.0/8"_s).used, 100.0);
    QCOMPARE(w.changed.count(), 1);
    QCOMPARE(w.changed.first().at(0).toModelIndex().row(), 0);
    w.model.apply({removed(busy)});
    QCOMPARE(w.use(u"10.0.0.0/8"_s), (SubnetUse{16777216, 0, 4}));
}

void TestSubnetTreeModel::aScatteredBatchIsANewOrderAndNoReset()
{
    std::vector<SubnetItem> items{subnet(u"10.0.0.0/8"_s)};
    std::vector<SubnetItemChange> odd;
    for (int i = 0; i < 4000; ++i) {
        const SubnetItem item = subnet(u"10.%1.%2.0/24"_s.arg(i / 256).arg(i % 256));
        if (i % 2 == 0)
            items.push_back(item);
        else
            odd.push_back(added(item));
    }
    Watched w(items);
    w.model.expand(0);
    const QPersistentModelIndex last = w.model.index(w.model.find(items.back()), 0);
    w.inserted.clear();
    w.model.apply(odd);
    QCOMPARE(w.inserted.count(), 1);
    QCOMPARE(w.reset.count(), 0);
    QCOMPARE(last.data().toString(), items.back().prefix.toString());
    std::vector<SubnetItem> all = items;
    for (const SubnetItemChange &change : odd)
        all.push_back(*change.after);
    Watched fresh(all);
    fresh.model.expand(0);
    QCOMPARE(shown(w.model), shown(fresh.model));
}

void TestSubnetTreeModel::anotherNameIsAChangedRow()
{
    Watched w(site());
    w.model.expand(0);
    w.changed.clear();
    const int row = w.model.find(subnet(u"10.2.0.0/16"_s));
    w.model.apply({{subnet(u"10.2.0.0/16"_s, u"germany"_s), subnet(u"10.2.0.0/16"_s, u"austria"_s)}});
    QCOMPARE(w.model.index(row, static_cast<int>(TreeColumn::Name)).data().toString(), u"austria"_s);
    QCOMPARE(w.changed.count(), 1);
    QCOMPARE(w.changed.first().at(0).toModelIndex().row(), row);
    w.changed.clear();
    w.model.apply({{{}, subnet(u"10.2.0.0/16"_s, u"austria"_s)}}); // once more, as a feed may
    QCOMPARE(w.changed.count(), 0);
}

void TestSubnetTreeModel::loadingAnewKeepsWhatIsOpen()
{
    Watched w(site());
    w.open(u"10.0.0.0/8"_s);
    w.open(u"10.1.0.0/16"_s);
    auto items = site();
    items.push_back(subnet(u"10.4.0.0/14"_s));
    w.model.load(SubnetForest(items));
    QVERIFY(w.model.isExpanded(0));
    QVERIFY(w.model.isExpanded(w.model.find(subnet(u"10.1.0.0/16"_s))));
    QVERIFY(w.model.find(subnet(u"10.4.0.0/14"_s)) > 0);
}

void TestSubnetTreeModel::aFilterShowsMatchesAndWhatTheyAreIn()
{
    Watched w(site());
    w.filter(u"ankara-0"_s);
    QCOMPARE(shown(w.model),
             (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..- 10.1.0.0/16 turkey"_s, u"....- 10.1.4.0/23 ankara"_s,
                          u"......10.1.4.0/25 ankara-01"_s, u"......10.1.4.128/25 ankara-02"_s}));
    QCOMPARE(w.model.matchCount(), 2);
    QVERIFY(!w.model.index(2, 0).data(SubnetTreeModel::MatchRole).toBool());
    QVERIFY(w.model.index(3, 0).data(SubnetTreeModel::MatchRole).toBool());
    w.model.collapse(1);
    QCOMPARE(shown(w.model), (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..+ 10.1.0.0/16 turkey"_s}));
    QCOMPARE(w.reset.count(), 0);
}

void TestSubnetTreeModel::theFilterKnowsEveryColumn_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("matches");
    QTest::newRow("a piece of a prefix") << u"10.1.4."_s << 3;
    QTest::newRow("a piece of an IPv6 prefix") << u"FD00:"_s << 1;
    QTest::newRow("a name in any case") << u"ANKARA"_s << 3;
    QTest::newRow("a name with an umlaut") << u"ÖLNHAUSEN"_s << 1;
    QTest::newRow("a role") << u"container"_s << 1;
    QTest::newRow("a tenant") << u"acme"_s << 1;
    QTest::newRow("a tag") << u"critical"_s << 1;
    QTest::newRow("inside of a prefix") << u"in:10.1.0.0/16"_s << 4;
    QTest::newRow("two words") << u"ankara 128"_s << 1;
    QTest::newRow("a word that is not there") << u"-ankara"_s << 7;
    QTest::newRow("a pattern") << u"/^ankara-0[12]$/"_s << 2;
    QTest::newRow("nothing") << u"mars"_s << 0;
}

void TestSubnetTreeModel::theFilterKnowsEveryColumn()
{
    QFETCH(const QString, text);
    auto items = site();
    items[1].role = u"container"_s;
    items.push_back(subnet(u"10.7.0.0/16"_s, u"Kölnhausen"_s));
    items.push_back(subnet(u"10.8.0.0/16"_s, u"x"_s, u"acme"_s));
    items.push_back(subnet(u"172.16.0.0/12"_s));
    items.back().tags = u"critical;noc"_s;
    Watched w(items);
    w.filter(text);
    QTEST(w.model.matchCount(), "matches");
}

void TestSubnetTreeModel::clearingTheFilterBringsBackWhatWasOpen()
{
    Watched w(site());
    w.open(u"10.0.0.0/8"_s);
    const QStringList before = shown(w.model);
    const QPersistentModelIndex turkey = w.model.index(w.model.find(subnet(u"10.1.0.0/16"_s)), 0);
    w.filter(u"ankara"_s);
    QCOMPARE(turkey.data().toString(), u"10.1.0.0/16"_s);
    w.model.setFilter({});
    QCOMPARE(shown(w.model), before);
    QCOMPARE(w.model.matchCount(), 7);
    QCOMPARE(turkey.data().toString(), u"10.1.0.0/16"_s);
}

void TestSubnetTreeModel::editsWaitForTheFilterAndFollowIt()
{
    Watched w(site());
    w.model.setFilter(RowFilter::parse(u"ankara"_s).value());
    QVERIFY(w.model.isFiltering());
    w.model.apply({added(subnet(u"10.9.0.0/16"_s, u"ankara-new"_s)), added(subnet(u"10.10.0.0/16"_s, u"other"_s))});
    QCOMPARE(w.model.totalCount(), 7);
    QTRY_COMPARE(w.model.totalCount(), 9);
    QCOMPARE(w.model.matchCount(), 4);
    QVERIFY(w.model.find(subnet(u"10.9.0.0/16"_s)) > 0);
    QCOMPARE(w.model.find(subnet(u"10.10.0.0/16"_s)), -1);
    w.model.apply({removed(subnet(u"10.9.0.0/16"_s))});
    QCOMPARE(w.model.matchCount(), 3);
}

void TestSubnetTreeModel::theLastFilterCounts()
{
    Watched w(site());
    w.model.setFilter(RowFilter::parse(u"germany"_s).value());
    w.model.setFilter(RowFilter::parse(u"turkey"_s).value());
    QTRY_COMPARE(w.filtered.count(), 1);
    QCOMPARE(shown(w.model), (QStringList{u"- 10.0.0.0/8 overlay"_s, u"..10.1.0.0/16 turkey"_s}));
    w.model.setFilter(RowFilter::parse(u"six"_s).value());
    w.model.setFilter({});
    QCOMPARE(w.filtered.count(), 2);
    QCOMPARE(w.model.rowCount(), 2);
}

void TestSubnetTreeModel::revealOpensTheWay()
{
    Watched w(site());
    const int row = w.model.reveal(subnet(u"10.1.4.128/25"_s));
    QCOMPARE(shown(w.model).value(row), u"......10.1.4.128/25 ankara-02"_s);
    QCOMPARE(w.model.parentRow(w.model.parentRow(w.model.parentRow(row))), 0);
    QCOMPARE(w.model.reveal(subnet(u"10.99.0.0/16"_s)), -1);
}

void TestSubnetTreeModel::rolesSayWhatARowIs()
{
    Watched w(
        {subnet(u"10.0.0.0/8"_s), derived(SubnetKind::StandIn, u"10.0.0.0/27"_s, u"site"_s), address(u"10.1.0.1"_s)});
    w.model.expandAll(0);
    const auto kinds = [&] {
        QList<SubnetTreeModel::RowKind> list;
        for (int row = 0; row < w.model.rowCount(); ++row)
            list += w.model.kindAt(row);
        return list;
    };
    using Kind = SubnetTreeModel::RowKind;
    QCOMPARE(kinds(), (QList{Kind::Subnet, Kind::Derived, Kind::Address, Kind::Gap}));
    for (int column = 0; column < w.model.columnCount(); ++column)
        QVERIFY(!w.model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
}

void TestSubnetTreeModel::anySequenceEndsAsANaiveTree()
{
    const bool holds = rc::check("opening, closing, adding and removing end as in a naive tree", [] {
        Watched w({});
        Naive naive;
        for (int step = *rc::gen::inRange(5, 40); step > 0; --step) {
            std::vector<SubnetItemChange> changes;
            for (int i = *rc::gen::element(0, 1, 2, 30); i > 0; --i) {
                // Few lengths and few addresses, so that many of them meet.
                const int length = *rc::gen::element(4, 8, 9, 10, 12, 16, 24);
                const auto bits = static_cast<std::uint32_t>(*rc::gen::inRange(0, 64)) << 20U;
                const Prefix prefix(Address::ipv4(0x0a000000U ^ bits), length);
                const SubnetItem item{prefix};
                const auto it = std::ranges::find(naive.items, prefix);
                if (*rc::gen::inRange(0, 3) > 0) {
                    changes.push_back(added(item));
                    if (it == naive.items.end()) {
                        naive.items.push_back(prefix);
                        naive.isOpen.erase(prefix);
                    }
                } else {
                    changes.push_back(removed(item));
                    if (it != naive.items.end())
                        naive.items.erase(it);
                }
            }
            w.model.apply(changes);
            if (w.model.rowCount() > 0) {
                const int row = *rc::gen::inRange(0, w.model.rowCount());
                if (w.model.index(row, 0).data(SubnetTreeModel::ExpandableRole).toBool()) {
                    const bool isOpen = !w.model.isExpanded(row);
                    isOpen ? w.model.expand(row) : w.model.collapse(row);
                    naive.isOpen[w.model.itemAt(row).prefix] = isOpen;
                }
            }
            RC_ASSERT(shown(w.model) == naive.lines());
        }
        RC_ASSERT(w.reset.count() == 0);
    });
    QVERIFY(holds);
}

QTEST_GUILESS_MAIN(TestSubnetTreeModel)
#include "tst_subnettreemodel.moc"
