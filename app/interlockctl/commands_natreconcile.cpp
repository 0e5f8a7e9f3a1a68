// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/table.h"
#include "model/link/linux/nftables.h"
#include "model/rules/hostnat.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ReconcileArgs
{
    std::vector<InterfaceName> interfaces;
    EditOptions edit;
};

void declareReconcile(Arguments args, ReconcileArgs &a)
{
    args.repeated("--interface", a.interfaces, false, "A tunnel device of this host; repeat for more (default tun0)",
                  "NAME");
    args.dryRun(a.edit);
}

QJsonObject pairJson(const CommonName &cn, const NatPair &pair)
{
    return {{u"cn"_s, cn.toString()}, {u"real"_s, pair.real.toString()}, {u"virtual"_s, pair.virtualPrefix.toString()}};
}

Answer planAnswer(const HostNatPlan &plan, const QString &text)
{
    Table table({u"CN"_s, u"REAL"_s, u"VIRTUAL"_s}, u"No connector is to be translated on this host."_s);
    QJsonArray rules;
    QJsonArray refused;
    Answer answer;
    for (const HostNatRule &rule : plan.rules) {
        rules.append(pairJson(rule.cn, rule.pair));
        table.add({rule.cn.toString(), rule.pair.real.toString(), rule.pair.virtualPrefix.toString()});
    }
    for (const HostNatRefusal &refusal : plan.refusals) {
        QJsonObject object = pairJson(refusal.cn, refusal.pair);
        object.insert(u"kind"_s, nameOf(refusal.error.kind));
        object.insert(u"message"_s, refusal.error.detail);
        object.insert(u"details"_s, refusal.error.payload);
        refused.append(object);
        answer.notes += u"refused: %1: %2"_s.arg(refusal.cn.toString(), refusal.error.detail);
    }
    answer.document = {{u"rules"_s, rules}, {u"refused"_s, refused}, {u"text"_s, text}};
    answer.text =
        plan.rules.empty() && !plan.refusals.empty() ? u"No rule can be correct on this host."_s : table.toString();
    // What can be done is done; the rest cannot be, as long as the rows are so.
    answer.exitCode = plan.refusals.empty() ? 0 : 3;
    return answer;
}

/// Loads the table. \returns whether anything is different from before
Expected<bool> load(const QString &text)
{
    const QString table = u"ip interlock_host"_s;
    auto tables = Nftables::open();
    if (!tables)
        return fail(tables.error());
    const auto before = tables->listTable(table);
    if (!before)
        return fail(before.error());
    if (const auto done = tables->apply(text); !done)
        return fail(done.error());
    return tables->listTable(table).map([&before](const QString &after) { return after != *before; });
}

Expected<Answer> reconcile(Session &session, const ReconcileArgs &a)
{
    const auto plan = session.look([](Topology &topology) { return planHostNat(topology); });
    if (!plan)
        return fail(plan.error());
    const auto tunnels = a.interfaces.empty() ? std::vector{InterfaceName::parse(u"tun0").value()} : a.interfaces;
    const QString text = renderHostNft(*plan, tunnels);
    Answer answer = planAnswer(*plan, text);
    if (a.edit.isDryRun) {
        answer.document.insert(u"dryRun"_s, true);
        answer.text = u"Dry run: nothing was changed. These rules would be loaded:\n\n"_s + text.trimmed();
        return answer;
    }
    return load(text).map([&answer](bool isChanged) {
        answer.document.insert(u"changed"_s, isChanged);
        answer.text += isChanged ? u"\n\nThe rules of this host were replaced."_s : u"\n\nNothing had to change."_s;
        return answer;
    });
}

} // namespace

void addNatReconcile(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<ReconcileArgs>(group, "reconcile",
                                "Make the rules of this host those of connectors with 'translation host'",
                                declareReconcile, reconcile);
}

} // namespace interlock
