// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/rowtext.h"
#include "app/interlockctl/table.h"
#include "model/rules/search.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct SearchArgs
{
    std::optional<QString> text;
};

void declareSearch(Arguments args, SearchArgs &a)
{
    args.required(
        "TEXT", a.text,
        "A common name, address, prefix or MAC, or a piece of one; a piece of a name, holder, tag or description");
}

/// The names of the kinds of rows that search() finds.
QString typeOf(const Row &row)
{
    struct Names
    {
        QString operator()(const ConnectorRow &) const { return u"connector"_s; }
        QString operator()(const IrouteRow &) const { return u"iroute"_s; }
        QString operator()(const ClaimRow &) const { return u"claim"_s; }
        QString operator()(const AllocationRow &) const { return u"allocation"_s; }
        QString operator()(const InstanceRow &) const { return u"instance"_s; }
        QString operator()(const ExclusionRow &) const { return u"exclusion"_s; }
        QString operator()(const PoolRow &) const { return u"pool"_s; }
        QString operator()(const QuarantineRow &) const { return u"quarantine"_s; }
        QString operator()(const OptionRow &) const { return u"option"_s; }
        QString operator()(const SettingRow &) const { return u"setting"_s; }
        QString operator()(const TenantRow &) const { return u"tenant"_s; }
        QString operator()(const SubnetRow &) const { return u"subnet"_s; }
        QString operator()(const AddressRow &) const { return u"address"_s; }
        QString operator()(const ControllerRow &) const { return u"controller"_s; }
        QString operator()(const NetworkRow &) const { return u"network"_s; }
        QString operator()(const OwnedRouteRow &) const { return u"route"_s; }
        QString operator()(const OwnedPoolRow &) const { return u"assignmentPool"_s; }
        QString operator()(const GroupRow &) const { return u"group"_s; }
        QString operator()(const DeviceRow &) const { return u"device"_s; }
        QString operator()(const MemberRow &) const { return u"member"_s; }
        QString operator()(const VariableRow &) const { return u"variable"_s; }
        QString operator()(const TemplateRow &) const { return u"template"_s; }
        QString operator()(const DivisionRuleRow &) const { return u"divisionRule"_s; }
        QString operator()(const DivisionShareRow &) const { return u"divisionShare"_s; }
    };
    return std::visit(Names(), row);
}

struct Found
{
    QJsonArray results;
    Table table{{u"TYPE"_s, u"MATCH"_s, u"WHAT"_s}, u"Nothing matches."_s};

    void add(QJsonObject object, const QString &type, const QString &match, const QString &field, const QString &what)
    {
        object.insert(u"type"_s, type);
        object.insert(u"match"_s, match);
        object.insert(u"field"_s, field);
        results.append(object);
        table.add({type, match, what});
    }
};

void addMacs(Found &found, const std::vector<MacEntry> &entries, const QString &text)
{
    const auto asked = MacAddress::parse(text);
    for (const MacEntry &entry : entries) {
        const bool isExact = asked && entry.mac == *asked;
        const bool isPiece = text.size() >= 2 && entry.mac.toString().contains(text, Qt::CaseInsensitive);
        if (found.results.size() < qsizetype{kSearchLimit} && (isExact || isPiece))
            found.add(
                macJson(entry), u"mac"_s, isExact ? u"exact"_s : u"text"_s, u"mac"_s,
                u"%1 behind %2 on %3"_s.arg(entry.mac.toString(), entry.cn.toString(), entry.instance.toString()));
    }
}

Expected<Answer> searchAll(Session &session, const SearchArgs &a)
{
    const QString text = a.text->trimmed();
    if (text.isEmpty())
        return fail(ErrorKind::Invalid, u"there is nothing to search for"_s, {{u"argument"_s, u"TEXT"_s}});
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    // The tree is looked through where it is stored, while the other rows are read.
    auto searching = (*store)->queries().searchTree(text, kSearchLimit);
    auto hits = session.look([&text](Topology &topology) { return search(topology, text); });
    if (!hits)
        return fail(hits.error());
    const auto inTree = Session::wait(std::move(searching));
    if (!inTree)
        return fail(inTree.error());
    hits->insert(hits->end(), inTree->begin(), inTree->end());
    const auto macs = Session::wait((*store)->queries().macs());
    if (!macs)
        return fail(macs.error());
    Found found;
    // A whole MAC is nothing else; a piece of one may be anything, and comes last.
    const bool isMac = MacAddress::parse(text).has_value();
    if (isMac)
        addMacs(found, *macs, text);
    for (const SearchHit &hit : bestHits(*std::move(hits))) {
        if (found.results.size() < qsizetype{kSearchLimit})
            found.add(rowJson(hit.row), typeOf(hit.row), nameOf(hit.match), hit.field, rowText(hit.row));
    }
    if (!isMac)
        addMacs(found, *macs, text);
    return Answer{{{u"results"_s, found.results}}, found.table.toString(), {}, 0};
}

} // namespace

void addSearchCommand(CommandTree &tree)
{
    tree.addVerb<SearchArgs>(tree.root(), "search", "Every object that matches, best first, at most 50", declareSearch,
                             searchAll);
}

} // namespace interlock
