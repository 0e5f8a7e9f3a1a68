// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/importmerge.h"
#include "tests/support/desk.h"

#include <QTest>

#include <rapidcheck.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

QString anyTenant()
{
    return *rc::gen::element(QString(), QString(), u"a"_s, u"b"_s);
}

/// One of so few prefixes that they often meet.
Prefix anyPrefix()
{
    const int length = *rc::gen::inRange(26, 33);
    const quint32 first = 0x0a000000U + static_cast<quint32>(*rc::gen::inRange(0, 16)) * 4;
    return {Address::ipv4(first), length};
}

Address anyAddress()
{
    return Address::ipv4(0x0a000000U + static_cast<quint32>(*rc::gen::inRange(0, 64)));
}

SubnetRow anySubnet()
{
    SubnetRow row;
    row.tenant = anyTenant();
    row.prefix = anyPrefix();
    return row;
}

Command anyEdit()
{
    switch (*rc::gen::inRange(0, 9)) {
    case 0:
    case 1:
        return AddSubnet{anySubnet()};
    case 2:
        return RemoveSubnet{anyTenant(), anyPrefix(), *rc::gen::arbitrary<bool>()};
    case 3: {
        SetSubnet command{anyTenant(), anyPrefix()};
        command.description = u"text"_s;
        return command;
    }
    case 4:
        return AddAddress{anyTenant(), anyAddress(), *rc::gen::element(AddressState::Used, AddressState::Reserved),
                          u"they"_s};
    case 5:
        return RequestAddress{anyTenant(), anyPrefix(), u"they"_s};
    case 6:
        return ReleaseAddress{anyTenant(), anyAddress()};
    case 7:
        return RemoveTenant{*rc::gen::element(u"a"_s, u"b"_s)};
    default:
        return AddInstance{instanceRow(u"main", u"10.0.0.0/26"), {anyPrefix()}};
    }
}

ImportSubnets anyImport()
{
    ImportSubnets rows;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
        rows.subnets.push_back(anySubnet());
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        AddressRow row;
        row.tenant = anyTenant();
        row.address = anyAddress();
        row.state = *rc::gen::element(AddressState::Used, AddressState::Reserved, AddressState::Quarantined);
        rows.addresses.push_back(row);
    }
    rows.createTenants = *rc::gen::arbitrary<bool>();
    rows.keepExisting = *rc::gen::arbitrary<bool>();
    return rows;
}

/// Edits that are made, and what each changed.
std::vector<ChangeSet> madeOn(Desk &desk, int most)
{
    std::vector<ChangeSet> made;
    for (int i = *rc::gen::inRange(0, most); i > 0; --i) {
        if (desk.run(anyEdit()) == u"accepted"_s)
            made.push_back(desk.lastChanges);
    }
    return made;
}

void applyAll(Topology &topology, const std::vector<ChangeSet> &sets)
{
    for (const ChangeSet &changes : sets) {
        for (const RowChange &change : changes)
            topology.apply(change);
    }
}

QStringList rowsIn(const Topology &topology)
{
    QStringList lines;
    const auto add = [&](const auto &row) { lines += imageText(Row(row)); };
    topology.forEachRow<TenantRow>(add);
    topology.forEachRow<SubnetRow>(add);
    topology.forEachRow<AddressRow>(add);
    topology.forEachRow<PoolRow>(add);
    return lines;
}

ChangeSet decided(Topology &topology, SubnetImport &import)
{
    TopologyEdit edit(topology);
    import.step(edit, import.total());
    return edit.take();
}

bool hasTenants(const std::vector<ChangeSet> &sets)
{
    return std::ranges::any_of(sets, [](const ChangeSet &changes) {
        return std::ranges::any_of(
            changes, [](const RowChange &change) { return std::holds_alternative<TenantRow>(change.any()); });
    });
}

SubnetRow subnetRow(QStringView prefix)
{
    SubnetRow row;
    row.prefix = pfx(prefix);
    return row;
}

} // namespace

class TestImportMerge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsTakenInIsWhatWouldHaveBeenDecidedAfterwards()
    {
        int same = 0;
        int different = 0;
        QVERIFY(rc::check("as if the import came last", [&] {
            Desk desk;
            const auto base = madeOn(desk, 12);
            const ImportSubnets rows = anyImport();
            Topology merged;
            applyAll(merged, base);
            SubnetImport import(rows, desk.now);
            const ChangeSet first = decided(merged, import);
            RC_PRE(import.refusals().empty());
            ImportMerge merge(merged, rows, desk.now);
            merge.note(first);
            merge.begin(import);
            const auto others = madeOn(desk, 12); // so many that some of them matter
            auto verdict = ImportMerge::Verdict::Same;
            for (std::size_t i = 0; i < others.size() && verdict == ImportMerge::Verdict::Same; ++i)
                verdict = merge.take(others[i], 1000);

            SubnetImport last(rows, desk.now);
            const ChangeSet after = decided(desk.topology, last);
            if (verdict == ImportMerge::Verdict::Same) {
                ++same;
                RC_ASSERT(last.refusals().empty());
                RC_ASSERT(after == first);
                RC_ASSERT(rowsIn(merged) == rowsIn(desk.topology));
            } else {
                ++different;
                RC_ASSERT(verdict == ImportMerge::Verdict::Different);
                // Nothing is decided anew for nothing, but tenants may come and go.
                RC_ASSERT(hasTenants(others) || others.size() > 1 || !last.refusals().empty() || after != first);
            }
        }));
        QVERIFY2(same > 20 && different > 5, qPrintable(u"%1 same, %2 different"_s.arg(same).arg(different)));
    }

    void moreThanMayBeDecidedAgainIsLeftAlone()
    {
        ImportSubnets rows;
        rows.subnets = {subnetRow(u"10.0.0.0/24"), subnetRow(u"10.0.0.0/25"), subnetRow(u"10.0.0.0/26"),
                        subnetRow(u"10.0.1.0/24")};
        Topology topology;
        SubnetImport import(rows, {});
        const ChangeSet first = decided(topology, import);
        ImportMerge merge(topology, rows, {});
        merge.note(first);
        merge.begin(import);
        const QStringList before = rowsIn(topology);
        const ChangeSet inside{{std::nullopt, Row(subnetRow(u"10.0.0.0/30"))}};
        QCOMPARE(merge.take(inside, 2), ImportMerge::Verdict::TooMuch);
        QCOMPARE(rowsIn(topology), before);
        QCOMPARE(merge.take(inside, 3), ImportMerge::Verdict::Same);
        QCOMPARE(rowsIn(topology).size(), before.size() + 1);
        const ChangeSet elsewhere{{std::nullopt, Row(subnetRow(u"10.0.2.0/24"))}};
        QCOMPARE(merge.take(elsewhere, 0), ImportMerge::Verdict::Same);
    }
};

QTEST_GUILESS_MAIN(TestImportMerge)
#include "tst_importmerge.moc"
