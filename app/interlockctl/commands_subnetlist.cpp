// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "app/interlockctl/subnettree.h"
#include "app/interlockctl/table.h"
#include "model/rules/subnettext.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kListPage = 100'000;

struct ListArgs
{
    std::optional<Prefix> prefix;
    std::optional<QString> tenant;
    std::optional<Prefix> within;
    std::optional<SubnetRole> role;
    std::optional<QString> tag;
    std::optional<int> limit;
    std::optional<QString> after;
};

void declareTenant(Arguments args, ListArgs &a)
{
    args.optional("--tenant", a.tenant, "Only this tenant's; --tenant= is the shared tree", "TENANT");
}

void declareList(Arguments args, ListArgs &a)
{
    declareTenant(args, a);
    args.optional("--within", a.within, "Only what lies in this prefix", "PREFIX");
    args.optional("--role", a.role, "Only subnets of this role", "ROLE");
    args.optional("--tag", a.tag, "Only subnets with this tag", "TAG");
    args.optional("--limit", a.limit, "At most so many (default: all)", "N");
    args.optional("--after", a.after, "Go on behind this one: 'next' of the page before", "PREFIX[@TENANT]");
}

void declareTree(Arguments args, ListArgs &a)
{
    args.optional("PREFIX", a.within, "Only what lies in this prefix");
    declareTenant(args, a);
}

void declareShow(Arguments args, ListArgs &a)
{
    args.required("PREFIX", a.prefix, "A stored subnet");
    args.optional("--tenant", a.tenant, "Whose; --tenant= is the shared tree (default: the one that has it)", "TENANT");
}

void declareFind(Arguments args, ListArgs &a)
{
    args.required("PREFIX", a.prefix, "An address or a prefix", "ADDRESS|PREFIX");
    declareTenant(args, a);
}

/// What the filter lets through behind `after`, page by page, as `limit` rows at most.
Expected<SubnetPage> collect(Session &session, const SubnetFilter &filter, const std::optional<SubnetKey> &after,
                             std::size_t limit)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    SubnetPage all{{}, after};
    do {
        const std::size_t most = std::min(kListPage, limit - all.rows.size());
        auto page = Session::wait((*store)->queries().listSubnets(filter, all.next, most));
        if (!page)
            return fail(page.error());
        all.rows.insert(all.rows.end(), std::make_move_iterator(page->rows.begin()),
                        std::make_move_iterator(page->rows.end()));
        all.next = page->next;
    } while (all.next && all.rows.size() < limit);
    return all;
}

/// "10.0.0.0/8" of the shared tree, "10.0.0.0/8@acme" of a tenant's.
QString keyText(const SubnetKey &key)
{
    return key.tenant.isEmpty() ? key.prefix.toString() : key.prefix.toString() + u'@' + key.tenant;
}

Expected<SubnetKey> parseKey(const QString &text)
{
    const qsizetype at = text.indexOf(u'@');
    const auto prefix = Prefix::parse(at < 0 ? text : text.left(at));
    if (!prefix)
        return fail(prefix.error().kind, u"--after: "_s + prefix.error().detail, {{u"argument"_s, u"--after"_s}});
    return checkTenant(at < 0 ? QString() : text.mid(at + 1)).map([&](const QString &tenant) {
        return SubnetKey{tenant, *prefix};
    });
}

Table tableOf(const std::vector<SubnetRow> &rows, const QString &whenEmpty)
{
    Table table({u"PREFIX"_s, u"TENANT"_s, u"NAME"_s, u"ROLE"_s, u"TAGS"_s, u"DESCRIPTION"_s}, whenEmpty);
    for (const SubnetRow &row : rows)
        table.add(
            {row.prefix.toString(), tenantText(row.tenant), row.name, enumText(row.role), row.tags, row.description});
    return table;
}

QJsonArray arrayOf(const std::vector<SubnetRow> &rows)
{
    QJsonArray list;
    for (const SubnetRow &row : rows)
        list.append(rowJson(row));
    return list;
}

Expected<Answer> list(Session &session, const ListArgs &a)
{
    if (a.limit && *a.limit < 1)
        return fail(ErrorKind::Invalid, u"a limit is at least 1"_s, {{u"argument"_s, u"--limit"_s}});
    const std::size_t limit = a.limit ? static_cast<std::size_t>(*a.limit) : std::numeric_limits<std::size_t>::max();
    std::optional<SubnetKey> after;
    if (a.after) {
        const auto key = parseKey(*a.after);
        if (!key)
            return fail(key.error());
        after = *key;
    }
    return collect(session, {a.tenant, a.within, a.role, a.tag.value_or(QString())}, after, limit)
        .map([](const SubnetPage &page) {
            const QJsonValue next = page.next ? QJsonValue(keyText(*page.next)) : QJsonValue();
            QString text = tableOf(page.rows, u"There are no such subnets."_s).toString();
            if (page.next)
                text += u"\nThere is more: --after %1"_s.arg(next.toString());
            return Answer{{{u"subnets"_s, arrayOf(page.rows)}, {u"next"_s, next}}, text, {}, 0};
        });
}

Expected<Answer> drawTree(Session &session, const ListArgs &a)
{
    auto all = collect(session, {a.tenant, a.within, {}, {}}, {}, std::numeric_limits<std::size_t>::max());
    if (!all)
        return fail(all.error());
    auto derived = session.look([&](Topology &topology) {
        return derivedSubnets(topology, a.within, {}, std::numeric_limits<std::size_t>::max());
    });
    if (!derived)
        return fail(derived.error());
    const SubnetTreeText drawn(std::move(all->rows), *std::move(derived));
    return Answer{{{u"subnets"_s, drawn.toJson()}}, drawn.toString(), {}, 0};
}

/// How full it is, in twenty steps.
QString bar(const Utilisation &use)
{
    const uint128 taken = use.size - use.free;
    const int steps = static_cast<int>(use.size > uint128{1} << 120U ? taken / (use.size / 20) : taken * 20 / use.size);
    return u"[%1%2]"_s.arg(QString(steps, u'#'), QString(20 - std::min(steps, 20), u'.'));
}

/// Numbers of addresses as text, since they may need 128 bits.
QJsonObject useJson(const Utilisation &use)
{
    return {{u"size"_s, countText(use.size)},
            {u"inChildren"_s, countText(use.inChildren)},
            {u"used"_s, countText(use.used)},
            {u"reserved"_s, countText(use.reserved)},
            {u"quarantined"_s, countText(use.quarantined)},
            {u"unusable"_s, countText(use.unusable)},
            {u"free"_s, countText(use.free)},
            {u"usedBelow"_s, countText(use.usedBelow)}};
}

Expected<Answer> show(Session &session, const ListArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto row = subnetIn(topology, a.tenant, *a.prefix);
        if (!row)
            return fail(row.error());
        const auto parent = parentOf(topology, row->tenant, row->prefix);
        const auto children = childrenOf(topology, row->tenant, row->prefix);
        const auto derived = derivedSubnets(topology, row->prefix, {}, kListPage);
        const Utilisation use = utilisationOf(topology, row->tenant, row->prefix);
        QJsonObject object = rowJson(*row);
        object.insert(u"parent"_s, parent ? QJsonValue(parent->prefix.toString()) : QJsonValue());
        object.insert(u"children"_s, arrayOf(children));
        object.insert(u"utilisation"_s, useJson(use));
        QJsonArray others;
        QStringList lines{tableOf({*row}, {}).toString(),
                          u"parent       %1"_s.arg(parent ? parent->prefix.toString() : u"none"_s),
                          u"addresses    %1 %2 free of %3; used %4, reserved %5, waiting %6, in children %7"_s.arg(
                              bar(use), countText(use.free), countText(use.size), countText(use.used),
                              countText(use.reserved), countText(use.quarantined), countText(use.inChildren))};
        for (const SubnetRow &child : children)
            lines += u"child        %1  %2"_s.arg(child.prefix.toString(), child.name).trimmed();
        for (const DerivedSubnet &one : derived) {
            others.append(derivedJson(one));
            lines += u"also         %1  %2"_s.arg(one.prefix.toString(), derivedText(one));
        }
        object.insert(u"derived"_s, others);
        return Answer{object, lines.join(u'\n'), {}, 0};
    });
}

/// Who has `address`, for each tenant whose subnets hold it.
std::vector<AddressRow> holdersOf(const Topology &topology, const std::vector<SubnetRow> &chain, Address address)
{
    std::vector<AddressRow> rows;
    for (const SubnetRow &subnet : chain) {
        const auto row = topology.addresses().find(subnet.tenant, address);
        if (row && std::ranges::find(rows, *row) == rows.end())
            rows.push_back(*row);
    }
    return rows;
}

Expected<Answer> find(Session &session, const ListArgs &a)
{
    return session.look([&a](Topology &topology) {
        const auto chain = subnetChain(topology, a.tenant, *a.prefix);
        std::vector<AddressRow> holders;
        if (a.prefix->isSingleAddress())
            holders = holdersOf(topology, chain, a.prefix->first());
        QJsonArray addresses;
        QStringList lines{tableOf(chain, u"No subnet contains %1."_s.arg(a.prefix->toString())).toString()};
        for (const AddressRow &row : holders) {
            addresses.append(rowJson(row));
            lines += u"%1 is %2  %3"_s.arg(row.address.toString(), enumText(row.state), row.holder).trimmed();
        }
        const QJsonValue match = chain.empty() ? QJsonValue() : QJsonValue(rowJson(chain.back()));
        return Answer{{{u"prefix"_s, a.prefix->toString()},
                       {u"subnets"_s, arrayOf(chain)},
                       {u"match"_s, match},
                       {u"addresses"_s, addresses}},
                      lines.join(u'\n'),
                      {},
                      0};
    });
}

} // namespace

void addSubnetLists(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<ListArgs>(group, "list", "List subnets", declareList, list);
    tree.addVerb<ListArgs>(group, "tree", "Draw subnets, each below its parent", declareTree, drawTree);
    tree.addVerb<ListArgs>(group, "show", "A subnet, how full it is, and what lies in it", declareShow, show);
    tree.addVerb<ListArgs>(group, "find", "What contains an address or prefix, outermost first", declareFind, find);
}

} // namespace interlock
