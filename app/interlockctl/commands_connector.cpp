// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/irouteverdict.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ConnectorArgs
{
    std::optional<CommonName> cn;
    std::optional<CommonName> to;
    std::optional<Translation> translation;
    std::optional<QString> group;
    std::optional<QString> description;
    EditOptions edit;
};

void declareList(Arguments args, ConnectorArgs &a)
{
    args.optional("--group", a.group, "Only connectors of this group", "G");
}

void declareShow(Arguments args, ConnectorArgs &a)
{
    args.required("CN", a.cn, "Common name");
}

void declareSet(Arguments args, ConnectorArgs &a)
{
    args.required("CN", a.cn, "Common name; the connector is made when there is none");
    args.optional("--translation", a.translation, "Where stand-ins are translated: client (default), router, host",
                  "WHERE");
    args.optional("--group", a.group, "Group, for options that several connectors share; empty: none", "G");
    args.optional("--description", a.description, "Free text", "D");
    args.edit(a.edit);
}

void declareRename(Arguments args, ConnectorArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.required("NEW", a.to, "The new common name");
    args.edit(a.edit);
}

void declareRemove(Arguments args, ConnectorArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.edit(a.edit);
}

/// How many rows of each kind hang on a connector.
struct Counts
{
    qsizetype iroutes = 0;
    qsizetype claims = 0;
    qsizetype unusedClaims = 0;
    qsizetype allocations = 0;
};

Counts countsOf(const Topology &topology, const CommonName &cn)
{
    const auto claims = topology.list<ClaimRow>(cn);
    const auto unused = std::ranges::count_if(
        claims, [&](const ClaimRow *claim) { return !topology.find<IrouteRow>(cn, claim->real); });
    return {std::ssize(topology.list<IrouteRow>(cn)), std::ssize(claims), unused,
            std::ssize(topology.allocationsOf(cn))};
}

Expected<Answer> list(Session &session, const ConnectorArgs &a)
{
    return session.look([&a](Topology &topology) {
        Table table({u"CN"_s, u"GROUP"_s, u"TRANSLATION"_s, u"ADDRESS"_s, u"IROUTES"_s, u"CLAIMS"_s, u"UNUSED"_s,
                     u"DESCRIPTION"_s},
                    a.group ? u"No connector is in that group."_s
                            : u"There are no connectors yet. 'connector set' or 'iroute set' makes one."_s);
        QJsonArray connectors;
        for (const ConnectorRow &row : topology.rows<ConnectorRow>()) {
            if (a.group && row.group != *a.group)
                continue;
            const Counts counts = countsOf(topology, row.cn);
            QStringList addresses;
            for (const AllocationRow *allocation : topology.allocationsOf(row.cn))
                addresses += allocation->address.toString();
            QJsonObject object = rowJson(row);
            object.insert(u"irouteCount"_s, counts.iroutes);
            object.insert(u"claimCount"_s, counts.claims);
            object.insert(u"unusedClaimCount"_s, counts.unusedClaims);
            object.insert(u"allocationCount"_s, counts.allocations);
            connectors.append(object);
            table.add({row.cn.toString(), row.group, enumText(row.translation), addresses.join(u' '),
                       QString::number(counts.iroutes), QString::number(counts.claims),
                       QString::number(counts.unusedClaims), row.description});
        }
        return Answer{{{u"connectors"_s, connectors}}, table.toString(), {}, 0};
    });
}

/// Collects both forms of one of the lists that `show` prints.
struct Section
{
    QJsonArray rows;
    Table table;

    void add(const QJsonObject &object, const QStringList &cells)
    {
        rows.append(object);
        table.add(cells);
    }
};

Section iroutesOf(Topology &topology, const CommonName &cn)
{
    Section section{{}, Table({u"LAN"_s, u"STATE"_s}, u"no iroutes"_s)};
    TopologyEdit trial(topology);
    for (const IrouteVerdict &verdict : verdictsOf(trial, cn, std::nullopt, Session::now()))
        section.add(irouteJson(verdict), {verdict.row.prefix.toString(), stateText(verdict)});
    return section;
}

Section allocationsOf(const Topology &topology, const CommonName &cn)
{
    Section section{{}, Table({u"INSTANCE"_s, u"ADDRESS"_s, u"BLOCK"_s}, u"no allocations"_s)};
    for (const AllocationRow *row : topology.allocationsOf(cn)) {
        const QJsonObject object = allocationJson(*row, topology.find<InstanceRow>(row->instance));
        section.add(object, {row->instance.toString(), row->address.toString(), object.value(u"block"_s).toString()});
    }
    return section;
}

Section claimsOf(const Topology &topology, const CommonName &cn)
{
    Section section{{}, Table({u"REAL"_s, u"VIRTUAL"_s, u"KIND"_s, u"USED"_s}, u"no claims"_s)};
    for (const ClaimRow *row : topology.list<ClaimRow>(cn)) {
        const QJsonObject object = claimJson(topology, *row);
        section.add(object,
                    {row->real.toString(), row->virtualPrefix.toString(),
                     row->isSentinel() ? u"sentinel"_s : u"stand-in"_s, yesNo(object.value(u"used"_s).toBool())});
    }
    return section;
}

Section optionsOf(const Topology &topology, const ConnectorRow &connector)
{
    Section section{{}, Table({u"FOR"_s, u"TYPE"_s, u"VALUE"_s}, u"no options"_s)};
    const auto addAll = [&](OptionScope scope, const QString &holder) {
        for (const OptionRow *row : topology.list<OptionRow>(scope, holder))
            section.add(optionJson(*row), {enumText(scope) + u' ' + holder, enumText(row->type), row->value});
    };
    if (!connector.group.isEmpty())
        addAll(OptionScope::Group, connector.group);
    addAll(OptionScope::Cn, connector.cn.toString());
    return section;
}

Expected<Answer> show(Session &session, const ConnectorArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        const auto found = connectorIn(topology, *a.cn);
        if (!found)
            return fail(found.error());
        const ConnectorRow connector = **found;
        const Section iroutes = iroutesOf(topology, *a.cn);
        const Section allocations = allocationsOf(topology, *a.cn);
        const Section claims = claimsOf(topology, *a.cn);
        const Section options = optionsOf(topology, connector);
        QJsonObject object = rowJson(connector);
        object.insert(u"iroutes"_s, iroutes.rows);
        object.insert(u"allocations"_s, allocations.rows);
        object.insert(u"claims"_s, claims.rows);
        object.insert(u"options"_s, options.rows);

        Table head({u"CN"_s, u"GROUP"_s, u"TRANSLATION"_s, u"VERSION"_s, u"DESCRIPTION"_s}, QString());
        head.add({connector.cn.toString(), connector.group, enumText(connector.translation),
                  QString::number(connector.version), connector.description});
        const QStringList parts{head.toString(), iroutes.table.toString(), allocations.table.toString(),
                                claims.table.toString(), options.table.toString()};
        return Answer{object, parts.join(u"\n\n"_s), {}, 0};
    });
}

Expected<Answer> answerRow(const EditOptions &options, const Expected<Receipt> &receipt, const QString &done)
{
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<ConnectorRow>(*receipt);
    return editAnswer(options, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()), done);
}

Expected<Answer> set(Session &session, const ConnectorArgs &a)
{
    const auto receipt = session.edit(SetConnector{*a.cn, a.translation, a.group, a.description}, a.edit);
    return answerRow(a.edit, receipt, u"Connector %1 was set."_s.arg(a.cn->toString()));
}

Expected<Answer> rename(Session &session, const ConnectorArgs &a)
{
    const auto receipt = session.edit(RenameConnector{*a.cn, *a.to}, a.edit);
    return answerRow(a.edit, receipt, u"Connector %1 is called %2 now."_s.arg(a.cn->toString(), a.to->toString()));
}

Expected<Answer> remove(Session &session, const ConnectorArgs &a)
{
    const auto receipt = session.edit(RemoveConnector{*a.cn}, a.edit);
    auto answer = answerRow(a.edit, receipt,
                            u"Connector %1 was removed, with everything that hung on it."_s.arg(a.cn->toString()));
    if (!answer || a.edit.isDryRun)
        return answer;
    answer->notes += u"Its certificate is not this program's business: revoke it where it was issued."_s;
    // What was learnt is no row of the journal; the entry stands whether or not this works.
    const auto store = session.store();
    const auto forgotten = Session::wait((*store)->macs().forgetMacsOf(*a.cn));
    if (forgotten)
        answer->document.insert(u"macsForgotten"_s, *forgotten);
    else
        answer->notes += u"warning: the MACs learnt behind it are still listed: "_s + forgotten.error().detail;
    return answer;
}

} // namespace

void addConnectorCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("connector", "OpenVPN clients that bring LANs");
    tree.addVerb<ConnectorArgs>(group, "list", "List connectors", declareList, list);
    tree.addVerb<ConnectorArgs>(group, "show", "Show a connector with its LANs, addresses, claims and options",
                                declareShow, show);
    tree.addVerb<ConnectorArgs>(group, "set", "Make or change a connector", declareSet, set);
    tree.addVerb<ConnectorArgs>(group, "rename", "Give a connector another common name", declareRename, rename);
    tree.addVerb<ConnectorArgs>(group, "remove", "Remove a connector and everything that hangs on it", declareRemove,
                                remove);
}

} // namespace interlock
