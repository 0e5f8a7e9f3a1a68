// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/irouteverdict.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/standardinput.h"
#include "app/interlockctl/table.h"
#include "model/rules/prefixlist.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct IrouteArgs
{
    std::optional<CommonName> cn;
    std::optional<InstanceName> instance;
    QStringList words;
    std::vector<Confirmation> confirmed;
    EditOptions edit;
};

void declareList(Arguments args, IrouteArgs &a)
{
    args.optional("CN", a.cn, "Only the LANs of this connector");
    args.optional("--instance", a.instance,
                  "Whose policy judges unclaimed LANs (default: where the connector has an address)", "NAME");
}

void declareSet(Arguments args, IrouteArgs &a)
{
    args.required("CN", a.cn, "Common name; the connector is made when there is none");
    args.words("PREFIX", a.words,
               "All LANs of the connector, as 10.0.0.0/8 or 10.0.0.0 255.0.0.0; none clears; - reads a list from "
               "standard input");
    args.confirm(a.confirmed);
    args.edit(a.edit);
}

Answer irouteAnswer(const std::vector<IrouteVerdict> &verdicts, const QString &whenEmpty)
{
    Table table({u"CN"_s, u"LAN"_s, u"STATE"_s}, whenEmpty);
    QJsonArray iroutes;
    for (const IrouteVerdict &verdict : verdicts) {
        iroutes.append(irouteJson(verdict));
        table.add({verdict.row.cn.toString(), verdict.row.prefix.toString(), stateText(verdict)});
    }
    return {{{u"iroutes"_s, iroutes}}, table.toString(), {}, 0};
}

Expected<Answer> list(Session &session, const IrouteArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        if (a.instance) {
            if (const auto known = instanceIn(topology, *a.instance); !known)
                return fail(known.error());
        }
        std::vector<CommonName> names;
        if (a.cn) {
            if (const auto known = connectorIn(topology, *a.cn); !known)
                return fail(known.error());
            names.push_back(*a.cn);
        } else {
            for (const ConnectorRow &row : topology.rows<ConnectorRow>())
                names.push_back(row.cn);
        }
        std::vector<IrouteVerdict> verdicts;
        for (const CommonName &cn : names) {
            TopologyEdit trial(topology); // one each: a trial claim of one connector is no obstacle to the next
            std::ranges::move(verdictsOf(trial, cn, a.instance, Session::now()), std::back_inserter(verdicts));
        }
        return irouteAnswer(verdicts, u"No LAN is declared."_s);
    });
}

Expected<std::vector<Prefix>> prefixesOf(const QStringList &words)
{
    if (words != QStringList{u"-"_s})
        return parsePrefixList(words.join(u' '));
    return readStandardInput().and_then([](const QString &text) { return parsePrefixList(text); });
}

Expected<Answer> set(Session &session, const IrouteArgs &a)
{
    const auto prefixes = prefixesOf(a.words);
    if (!prefixes)
        return fail(prefixes.error());
    const auto receipt = session.edit(ReplaceIroutes{*a.cn, *prefixes, a.confirmed}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    // The states are those of the rows as they will be; a dry run has them from the receipt alone.
    const auto verdicts = session.look([&](Topology &topology) {
        TopologyEdit trial(topology);
        if (a.edit.isDryRun) {
            for (const RowChange &change : receipt->changes)
                change.after ? trial.put(*change.after) : trial.erase(*change.before);
        }
        return verdictsOf(trial, *a.cn, std::nullopt, Session::now());
    });
    if (!verdicts)
        return fail(verdicts.error());
    Answer listed = irouteAnswer(*verdicts, u"%1 has no LANs now."_s.arg(a.cn->toString()));
    listed.document.insert(u"cn"_s, a.cn->toString());
    return editAnswer(a.edit, *receipt, listed.document, listed.text);
}

} // namespace

void addIrouteCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("iroute", "The LANs behind connectors");
    tree.addVerb<IrouteArgs>(group, "list", "List LANs with their verdict, or the one they would get", declareList,
                             list);
    tree.addVerb<IrouteArgs>(group, "set", "Replace all LANs of a connector", declareSet, set);
}

} // namespace interlock
