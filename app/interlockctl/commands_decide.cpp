// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/rowjson.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct DecideArgs
{
    std::optional<CommonName> cn;
    std::optional<InstanceName> instance;
    EditOptions edit;
};

void declareDecide(Arguments args, DecideArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.required("--instance", a.instance, "The OpenVPN instance that it connects to", "NAME");
    args.dryRun(a.edit);
}

QJsonArray problemsJson(const std::vector<ConnectProblem> &problems)
{
    QJsonArray list;
    for (const ConnectProblem &problem : problems) {
        list.append(QJsonObject{{u"prefix"_s, problem.prefix ? QJsonValue(problem.prefix->toString()) : QJsonValue()},
                                {u"kind"_s, nameOf(problem.error.kind)},
                                {u"message"_s, problem.error.detail},
                                {u"details"_s, problem.error.payload}});
    }
    return list;
}

QJsonObject decisionJson(const ConnectDecision &decision)
{
    QJsonArray claims;
    for (const ClaimRow &claim : decision.claims)
        claims.append(rowJson(claim));
    const bool isDenied = decision.action == ConnectAction::Deny;
    return {{u"cn"_s, decision.cn.toString()},
            {u"instance"_s, decision.instance.toString()},
            {u"action"_s, isDenied ? u"deny"_s : u"accept"_s},
            {u"denyReason"_s, isDenied ? QJsonValue(decision.denyReason) : QJsonValue()},
            {u"lines"_s, QJsonArray::fromStringList(toStringList(decision.lines))},
            {u"claims"_s, claims},
            {u"problems"_s, problemsJson(decision.problems)}};
}

QString decisionText(const ConnectDecision &decision)
{
    QStringList lines;
    if (decision.action == ConnectAction::Deny)
        lines += u"denied: "_s + decision.denyReason;
    else
        lines += toStringList(decision.lines);
    if (lines.isEmpty())
        lines += u"accepted, without a line"_s;
    return lines.join(u'\n');
}

Expected<Answer> decide(Session &session, const DecideArgs &a)
{
    const auto receipt = session.edit(DecideConnect{*a.cn, *a.instance}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto &decision = std::get<ConnectDecision>(receipt->outcome);
    Answer answer = editAnswer(a.edit, *receipt, decisionJson(decision), decisionText(decision));
    // Standard output is exactly the answer; what was written for it stands beside it.
    if (receipt->journal && !a.edit.isDryRun)
        answer.notes += u"claims and addresses: journal entry %1"_s.arg(receipt->journal->value);
    if (a.edit.isDryRun)
        answer.notes += answer.text;
    answer.text = decisionText(decision);
    for (const ConnectProblem &problem : decision.problems)
        answer.notes += u"left out: "_s + problem.error.detail;
    return answer;
}

} // namespace

void addDecideCommand(CommandTree &tree)
{
    tree.addVerb<DecideArgs>(tree.root(), "decide",
                             "The exact lines that a connect would be answered with; makes its claims", declareDecide,
                             decide);
}

} // namespace interlock
